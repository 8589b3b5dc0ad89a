"""Leave and business trips: granted for a span of days, taken back day by day."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from attendance.leave.catalogue import ANNUAL, EVENTS, LEAVE_CODES, PRIVATE, TRIP
from attendance.leave.limits import refuse_shortage
from attendance.leave.working_days import working_days
from attendance.models import DayPart, Leave, LeaveRevocation
from attendance.people.employment import lock_employed
from attendance.reasons import checked_reason
from attendance.timesheet.dirty import mark_days
from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Employee
from backend.problems import Problem

#: Nobody is granted more at once: a longer absence is a new decision (maternity is six months).
LONGEST: Final = timedelta(days=366)


class UnknownLeaveCode(Problem):
    code = "unknown_leave_code"
    message = _("Không có loại nghỉ này. Hãy chọn một ký hiệu của bảng chấm công.")


class EventMissing(Problem):
    code = "leave_event_missing"
    message = _("Nghỉ việc riêng hưởng lương (VR) phải chọn việc: kết hôn, con kết hôn, tang…")


class LeaveSpanWrong(Problem):
    code = "leave_span_wrong"
    message = _("Khoảng nghỉ không đúng: kiểm tra ngày đầu, ngày cuối và giờ.")


class NoWorkThen(Problem):
    code = "no_work_then"
    message = _(
        "Những ngày này không phải ngày làm việc của người này nên không cần xin nghỉ."
        " Hãy chọn ngày có ca, hoặc phân ca trước."
    )


class AlreadyAway(Problem):
    code = "already_away"
    status = 409
    message = _("Người này đã có nghỉ phép hoặc công tác trùng với khoảng này.")


def grant_leave(
    *,
    employee: Employee,
    first: date,
    last: date,
    code: str,
    event: str = "",
    part: str | None = DayPart.FULL,
    start: time | None = None,
    end: time | None = None,
    reason: str,
    by: User,
    at: datetime,
) -> list[Leave]:
    """Grant leave (or a trip, `code` CT) on the working days of [first, last].

    A part of each day is `part`, or the clock times [start, end) in its stead. Days off, holidays
    among them, use no leave (§3) and get no row. Raises ReasonMissing, UnknownLeaveCode,
    EventMissing, LeaveSpanWrong, NotEmployedThen, NoWorkThen, AlreadyAway, and BalanceTooLow where the company
    lets nobody go beyond their annual leave; then nothing has changed.
    """
    reason = checked_reason(reason)
    if code not in LEAVE_CODES and code != TRIP:
        raise UnknownLeaveCode
    event = checked_event(code, event)
    if not timedelta(0) <= last - first <= LONGEST:
        raise LeaveSpanWrong
    stored_part = _stored_part(part, start, end)
    with transaction.atomic():
        employee = lock_employed(employee, first, last)
        span = (employee.pk, first, last)
        days = working_days([span])[span]
        if not days:
            raise NoWorkThen
        if _overlaps(employee, days, stored_part, start, end):
            raise AlreadyAway
        granted = Leave.objects.bulk_create(
            Leave(
                employee=employee,
                date=day,
                code=code,
                event=event,
                part=stored_part,
                start=start,
                end=end,
                reason=reason,
                by=by,
                at=at,
            )
            for day in days
        )
        mark_days((employee.pk, day) for day in days)
        if code == ANNUAL:
            today = at.astimezone(VN).date()
            refuse_shortage(employee, first=first, last=last, on=today, with_requests=False)
    return granted


def _stored_part(part: str | None, start: time | None, end: time | None) -> str:
    """ "" where clock times stand in the part's stead. Raises LeaveSpanWrong."""
    if start is None and end is None:
        return DayPart(part or DayPart.FULL).value
    if start is None or end is None or end <= start:
        raise LeaveSpanWrong
    return ""


def checked_event(code: str, event: str) -> str:
    """What private leave is for; nothing for other leave. Raises EventMissing."""
    if code != PRIVATE:
        return ""
    if event not in EVENTS:
        raise EventMissing
    return event


def revoke_leave(leave: Leave, *, reason: str, by: User, at: datetime) -> LeaveRevocation:
    """Take one day of leave or a trip back; the day is computed without it.

    What stood is kept in the revocation. Raises ReasonMissing, AlreadyAway where it is gone.
    """
    reason = checked_reason(reason)
    with transaction.atomic():
        taken = LeaveRevocation.objects.create(
            employee=leave.employee,
            date=leave.date,
            code=leave.code,
            event=leave.event,
            part=leave.part,
            start=leave.start,
            end=leave.end,
            reason=reason,
            by=by,
            at=at,
        )
        gone, _tables = Leave.objects.filter(pk=leave.pk).delete()
        if not gone:
            raise AlreadyAway(_("Ngày nghỉ này đã được thu hồi."))
        mark_days([(leave.employee_id, leave.date)])
    return taken


def _overlaps(
    employee: Employee, days: Sequence[date], part: str, start: time | None, end: time | None
) -> bool:
    """Only the two halves of a day, or hours apart from each other, go together."""
    for other in Leave.objects.filter(employee=employee, date__in=days):
        if {part, other.part} == {DayPart.AM.value, DayPart.PM.value}:
            continue
        apart = start and end and other.start and other.end
        if apart and (end <= other.start or start >= other.end):  # type: ignore[operator]
            continue
        return True
    return False

"""Overtime allowed beforehand or afterwards: only such minutes count as overtime (§7)."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from attendance.engine import facts as engine
from attendance.engine.facts import minute_of
from attendance.models import OvertimeApproval, OvertimeWithdrawal
from attendance.people.employment import lock_employed
from attendance.reasons import checked_reason
from attendance.timesheet.dirty import mark_days
from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Employee
from backend.problems import Problem

#: Longer than this is no overtime but a mistake in a date (12 hours a day with the shift, art. 107).
LONGEST = timedelta(hours=12)


class OvertimeTooLong(Problem):
    code = "overtime_too_long"
    message = _("Một lần làm thêm phải dài hơn 0 phút và không quá 12 giờ. Hãy kiểm tra giờ.")


class OvertimeOverlaps(Problem):
    code = "overtime_overlaps"
    status = 409
    message = _("Người này đã được duyệt làm thêm trong khoảng giờ này. Hãy thu hồi lần trước.")


class OvertimeWithdrawn(Problem):
    code = "overtime_withdrawn"
    status = 409
    message = _("Lần duyệt làm thêm này đã được thu hồi.")


def approve_overtime(
    *, employee: Employee, start: datetime, end: datetime, reason: str, by: User, at: datetime
) -> OvertimeApproval:
    """Allow overtime in [start, end), cut to whole minutes; its days are computed soon.

    Raises ReasonMissing, OvertimeTooLong, NotEmployedThen, OvertimeOverlaps; then nothing changed.
    """
    reason = checked_reason(reason)
    start, end = (moment.replace(second=0, microsecond=0) for moment in (start, end))
    if not timedelta(0) < end - start <= LONGEST:
        raise OvertimeTooLong
    day = start.astimezone(VN).date()
    with transaction.atomic():
        employee = lock_employed(employee, day)
        standing = OvertimeApproval.objects.standing().filter(employee=employee)
        if standing.filter(start__lt=end, end__gt=start).exists():
            raise OvertimeOverlaps
        approval = OvertimeApproval.objects.create(
            employee=employee, start=start, end=end, reason=reason, by=by, at=at
        )
        _mark(approval)
    return approval


def withdraw_overtime(
    approval: OvertimeApproval, *, reason: str, by: User, at: datetime
) -> OvertimeWithdrawal:
    """Take an approval back; its days are computed without it. Raises OvertimeWithdrawn."""
    reason = checked_reason(reason)
    try:
        with transaction.atomic():
            taken = OvertimeWithdrawal.objects.create(
                approval=approval, reason=reason, by=by, at=at
            )
            _mark(approval)
    except IntegrityError:
        raise OvertimeWithdrawn from None
    return taken


def _mark(approval: OvertimeApproval) -> None:
    """From the day before, whose shift it may follow, to the day it ends on."""
    first = approval.start.astimezone(VN).date() - timedelta(days=1)
    last = approval.end.astimezone(VN).date()
    mark_days(
        (approval.employee_id, first + timedelta(days=offset))
        for offset in range((last - first).days + 1)
    )


def approved_overtime(
    employees: Collection[int], low: date, high: date
) -> tuple[engine.Overtime, ...]:
    """What stands of these people on the local days [low, high], as the engine reads it."""
    standing = OvertimeApproval.objects.standing().filter(
        employee__in=employees,
        start__gte=datetime.combine(low, time.min, tzinfo=VN),
        start__lt=datetime.combine(high + timedelta(days=1), time.min, tzinfo=VN),
    )
    return tuple(
        engine.Overtime(str(employee), *(minute_of(_local(moment)) for moment in (start, end)))
        for employee, start, end in standing.values_list("employee_id", "start", "end")
    )


def overtime_days(employees: Collection[int], low: date, high: date) -> dict[int, set[date]]:
    """The local days of [low, high] on which these people's approved overtime starts."""
    found: dict[int, set[date]] = {}
    for each in approved_overtime(employees, low, high):
        day = date.fromordinal(each.start // engine.DAY)
        found.setdefault(int(each.employee), set()).add(day)
    return found


def _local(moment: datetime) -> datetime:
    return moment.astimezone(VN).replace(tzinfo=None)

"""Closing a month: departments confirm, the month is locked, and opened again by a second person.

While a month is closed its rows stay; what comes later becomes adjustments (specification §11).
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from attendance.models import (
    Adjustment,
    CalendarChange,
    DepartmentConfirmation,
    PeriodLock,
    PeriodReopening,
)
from attendance.reasons import ReasonMissing, checked_reason
from attendance.telling import tell_locked, tell_reopened
from attendance.timesheet.checklist import counts
from attendance.timesheet.dirty import hold_owners, mark_dates, mark_days, mark_unwritten_days
from attendance.timesheet.timesheets import compute_waiting, hold_computing, month_of
from backend.accounts.models import User
from backend.accounts.scope import departments_for
from backend.clock import VN
from backend.milestones import announce
from backend.org.models import Department
from backend.problems import Problem


class PeriodNotOver(Problem):
    code = "period_not_over"
    message = _("Tháng này chưa kết thúc nên chưa chốt được. Hãy chờ đến ngày đầu tháng sau.")


class AlreadyLocked(Problem):
    code = "period_already_locked"
    status = 409
    message = _(
        "Kỳ công này đã khóa. Muốn sửa bảng công, hãy mở lại kỳ; lượt chấm đến sau tự thành điều chỉnh."
    )


class NotLocked(Problem):
    code = "period_not_locked"
    status = 409
    message = _("Kỳ công này đang mở, không cần mở lại.")


class SamePerson(Problem):
    code = "period_same_person"
    status = 403
    message = _(
        "Người đã khóa kỳ công không tự mở lại được. Hãy nhờ một người khác của phòng nhân sự."
    )


class LaterPeriodLocked(Problem):
    code = "later_period_locked"
    status = 409
    message = _(
        "Điều chỉnh của kỳ này đã được tính vào một kỳ sau cũng đã khóa. Hãy mở lại kỳ sau trước."
    )


class WholeCompanyOnly(Problem):
    code = "whole_company_only"
    status = 403
    message = _(
        "Tài khoản này chỉ phụ trách một số phòng ban nên không khóa, mở kỳ công của cả công ty được."
    )


class LeftUndone(ReasonMissing):
    code = "period_left_undone"
    message = _(
        "Danh sách kiểm tra còn việc chưa xong. Hãy làm nốt, hoặc ghi lý do vì sao vẫn khóa."
    )


def is_locked(day: date) -> bool:
    """Whether the day's month is closed: its rows stay, changes become adjustments."""
    return PeriodLock.objects.holding(day).exists()


def locked_days(days: Collection[date]) -> set[date]:
    """Those of the days whose months are closed, in one query."""
    months = {day.replace(day=1) for day in days}
    closed = set(
        PeriodLock.objects.standing().filter(period__in=months).values_list("period", flat=True)
    )
    return {day for day in days if day.replace(day=1) in closed}


def lock(month: date, *, note: str, by: User, at: datetime) -> PeriodLock:
    """Close the month at `at`. What had come in before is computed first, all or nothing.

    Whatever the checklist still counts is kept with the lock and wants a reason (`note`).
    Raises PeriodNotOver, AlreadyLocked, WholeCompanyOnly, LeftUndone.
    """
    first, last = month_of(month)
    _whole_company(by)
    if last >= at.astimezone(VN).date():
        raise PeriodNotOver
    with transaction.atomic():
        hold_computing()
        hold_owners(to_change=True)  # punches being stored now are counted as before the lock
        if is_locked(first):
            raise AlreadyLocked
        mark_unwritten_days(first=first, last=last)
        compute_waiting(first, at=at)
        left = {code: count for code, count in counts(first, user=by, at=at).items() if count}
        note = note.strip()
        if left:
            try:
                checked_reason(note)
            except ReasonMissing:
                raise LeftUndone from None
        made = PeriodLock.objects.create(period=first, left=left, note=note, by=by, at=at)
        tell_locked(made)
    announce("period.locked", _("Đã khóa kỳ công %(month)s") % {"month": f"{first:%m/%Y}"})
    return made


def reopen(lock: PeriodLock, *, reason: str, by: User, at: datetime) -> PeriodReopening:
    """Open the month again; its adjustments count no more, their days are made anew, and so are
    those whose calendar changed meanwhile.

    Raises ReasonMissing, SamePerson, NotLocked, LaterPeriodLocked, WholeCompanyOnly.
    """
    reason = checked_reason(reason)
    _whole_company(by)
    if by.pk == lock.by_id:
        raise SamePerson
    with transaction.atomic():
        hold_computing()
        if not PeriodLock.objects.standing().filter(pk=lock.pk).exists():
            raise NotLocked
        carried = Adjustment.objects.filter(lock=lock)
        if locked_days(set(carried.values_list("into", flat=True).distinct())):
            raise LaterPeriodLocked
        opened = PeriodReopening.objects.create(lock=lock, reason=reason, by=by, at=at)
        tell_reopened(opened)
        mark_days(carried.values_list("employee_id", "work_date"))
        kept = CalendarChange.objects.filter(closed=lock)
        mark_dates(set(kept.values_list("date", flat=True)))
    return opened


def confirm(
    department: Department, month: date, *, by: User, at: datetime
) -> DepartmentConfirmation:
    """The department's rows of the month are right, says its head or HR.

    Raises Department.DoesNotExist outside the account's charge, PeriodNotOver, AlreadyLocked.
    """
    first, last = month_of(month)
    department = departments_for(by).get(pk=department.pk)
    if last > at.astimezone(VN).date():
        raise PeriodNotOver
    with transaction.atomic():
        hold_computing()  # what is computed later is later than this
        if is_locked(first):
            raise AlreadyLocked
        return DepartmentConfirmation.objects.create(
            period=first, department=department, by=by, at=at
        )


def _whole_company(by: User) -> None:
    if by.departments.exists():
        raise WholeCompanyOnly

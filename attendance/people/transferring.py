"""Transfers of people between departments, sites and positions (điều chuyển), and taking them back."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from attendance.models import PeriodLock
from attendance.people.employment import lock_employed
from attendance.reasons import checked_reason
from attendance.timesheet.dirty import mark_written_days
from attendance.timesheet.timesheets import hold_computing
from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.org.models import Employee, Placement, Transfer, TransferWithdrawal
from backend.org.transfers import Post, apply_transfers, placement_on
from backend.problems import Problem

_DAY = timedelta(days=1)


class NothingMoves(Problem):
    code = "transfer_moves_nothing"
    message = _("Ngày ấy người này đã ở đúng nơi đó rồi. Hãy chọn nơi khác hoặc ngày khác.")


class AlreadyTransferred(Problem):
    code = "already_transferred"
    status = 409
    message = _("Người này đã có điều chuyển từ đúng ngày ấy. Hãy thu hồi lần trước rồi ghi lại.")


class TransferIsWithdrawn(Problem):
    code = "transfer_withdrawn"
    status = 409
    message = _("Lần điều chuyển này đã được thu hồi.")


class TransferIntoClosedMonth(Problem):
    code = "transfer_into_closed_month"
    status = 409
    message = _(
        "Kỳ công tháng %(month)s đã chốt nên bảng công các phòng không đổi được nữa. "
        "Hãy chọn ngày sau kỳ đã chốt, hoặc mở lại kỳ ấy trước."
    )


def transfer(
    *, employee: Employee, on: date, to: Post, reason: str, by: User, at: datetime
) -> Transfer:
    """Let the employee belong to `to` from the day `on`; a coming day takes effect by itself.

    Their computed days since are marked, for the site is compared with the terminals'. Raises
    ReasonMissing, NotEmployedThen, TransferIntoClosedMonth, AlreadyTransferred, NothingMoves.
    """
    reason = checked_reason(reason)
    with transaction.atomic():
        hold_computing()
        employee = lock_employed(employee, on)
        _refuse_closed(on)
        if _standing(employee).filter(effective_date=on).exists():
            raise AlreadyTransferred
        if _post(placement_on(employee, on)) == to:
            raise NothingMoves
        was = _post(placement_on(employee, on - _DAY))
        made = Transfer.objects.create(
            employee=employee,
            effective_date=on,
            department=to.department,
            site=to.site,
            position=to.position,
            grade=to.grade,
            from_department=was.department,
            from_site=was.site,
            from_position=was.position,
            from_grade=was.grade,
            reason=reason,
            by=by,
            at=at,
        )
        _take_effect(employee, on, at)
    return made


def withdraw_transfer(made: Transfer, *, reason: str, by: User, at: datetime) -> TransferWithdrawal:
    """Take a transfer back: what held before it goes on until the next one.

    Raises ReasonMissing, TransferIntoClosedMonth, TransferIsWithdrawn.
    """
    reason = checked_reason(reason)
    try:
        with transaction.atomic():
            hold_computing()
            [employee] = lock_rows(Employee.objects.filter(pk=made.employee_id))
            _refuse_closed(made.effective_date)
            taken = TransferWithdrawal.objects.create(transfer=made, reason=reason, by=by, at=at)
            _take_effect(employee, made.effective_date, at)
    except IntegrityError:
        raise TransferIsWithdrawn from None
    return taken


def _standing(employee: Employee) -> QuerySet[Transfer]:
    return Transfer.objects.filter(employee=employee, withdrawal__isnull=True)


def _post(placement: Placement) -> Post:
    return Post(placement.department, placement.site, placement.position, placement.grade)


def _refuse_closed(day: date) -> None:
    """Whose department a closed month counts stays: its forms are signed."""
    closed = PeriodLock.objects.standing().filter(period__gte=day.replace(day=1))
    newest = closed.order_by("-period").values_list("period", flat=True).first()
    if newest is not None:
        raise TransferIntoClosedMonth(
            str(TransferIntoClosedMonth.message) % {"month": f"{newest:%m/%Y}"}
        )


def _take_effect(employee: Employee, since: date, at: datetime) -> None:
    """The row says what holds today, and the days until the next transfer are computed anew."""
    apply_transfers(on=at.astimezone(VN).date())
    later = _standing(employee).filter(effective_date__gt=since).order_by("effective_date")
    following = later.values_list("effective_date", flat=True).first()
    last = following - _DAY if following else date.max
    mark_written_days(employee.pk, first=since, last=last)

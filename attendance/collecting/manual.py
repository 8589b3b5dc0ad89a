"""Punches entered by HR: each with its reason, beside the terminals' own and never among them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from attendance.attachments import attach
from attendance.models import Direction, ManualPunch, ManualPunchWithdrawal
from attendance.people.employment import lock_employed
from attendance.people.owners import punches_of
from attendance.reasons import checked_reason
from attendance.timesheet.dirty import mark_days
from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Employee
from backend.problems import Problem

_MINUTE = timedelta(minutes=1)


class PunchInFuture(Problem):
    code = "punch_in_future"
    message = _("Không nhập được lượt chấm ở tương lai. Hãy sửa ngày giờ.")


class AlreadyPunched(Problem):
    code = "already_punched"
    status = 409
    message = _("Người này đã có lượt chấm trong phút đó; không cần nhập thêm.")


class AlreadyWithdrawn(Problem):
    code = "already_withdrawn"
    status = 409
    message = _("Lượt chấm tay này đã được thu hồi.")


@dataclass(frozen=True)
class File:
    """A file as it was sent."""

    name: str
    content: bytes


def enter_punch(
    *,
    employee: Employee,
    moment: datetime,
    reason: str,
    by: User,
    at: datetime,
    direction: Direction = Direction.UNTOLD,
    file: File | None = None,
) -> ManualPunch:
    """Enter a punch at a moment, cut to its minute; the days it touches are computed soon.

    Raises ReasonMissing, PunchInFuture, NotEmployedThen, AlreadyPunched, AttachmentTooLarge,
    AttachmentRefused; then nothing has changed.
    """
    reason = checked_reason(reason)
    minute = moment.replace(second=0, microsecond=0)
    if minute > at:
        raise PunchInFuture
    day = minute.astimezone(VN).date()
    with transaction.atomic():
        employee = lock_employed(employee, day)
        if _punched(employee, minute):
            raise AlreadyPunched
        kept = attach(file.content, name=file.name, by=by, at=at) if file else None
        punch = ManualPunch.objects.create(
            employee=employee,
            punched_at=minute,
            direction=direction,
            reason=reason,
            attachment=kept,
            by=by,
            at=at,
        )
        _mark(employee, day)
    return punch


def withdraw(punch: ManualPunch, *, reason: str, by: User, at: datetime) -> ManualPunchWithdrawal:
    """Take a manual punch back; its days are computed without it. Raises AlreadyWithdrawn."""
    reason = checked_reason(reason)
    try:
        with transaction.atomic():
            taken = ManualPunchWithdrawal.objects.create(punch=punch, reason=reason, by=by, at=at)
            _mark(punch.employee, punch.punched_at.astimezone(VN).date())
    except IntegrityError:
        raise AlreadyWithdrawn from None
    return taken


def _mark(employee: Employee, day: date) -> None:
    """The work date, and the one before: a night's last punch comes on the next day."""
    mark_days([(employee.pk, day), (employee.pk, day - timedelta(days=1))])


def _punched(employee: Employee, minute: datetime) -> bool:
    """Whether a punch of theirs stands in that minute, by hand or at a terminal."""
    within = {"punched_at__gte": minute, "punched_at__lt": minute + _MINUTE}
    if ManualPunch.objects.standing().filter(employee=employee, **within).exists():
        return True
    return punches_of(employee).filter(**within).exists()

"""Whose a terminal's user id is. Mapping one replays the punches that were waiting for it."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from attendance.models import Enrolment, Punch, UserIdSetAside
from attendance.timesheet.dirty import hold_owners, mark_user
from backend.accounts.models import User
from backend.db import lock_rows
from backend.org.models import Employee
from backend.problems import Problem
from backend.reasons import says_why


class UserIdTaken(Problem):
    code = "user_id_taken"
    status = 409
    message = _("Mã này đã thuộc về người khác trong thời gian đó. Hãy sửa ngày hiệu lực.")


class DaysReversed(Problem):
    code = "days_reversed"
    message = _("Ngày cuối đứng trước ngày đầu. Hãy sửa lại.")


class ReasonTooShort(Problem):
    code = "reason_too_short"
    message = _("Hãy ghi rõ vì sao mã này không phải của nhân viên nào (ít nhất 5 ký tự).")


class EnrolmentGone(Problem):
    code = "enrolment_gone"
    status = 409
    message = _("Việc gắn mã này đã bị gỡ trước đó.")


class NothingToSetAside(Problem):
    code = "nothing_to_set_aside"
    status = 409
    message = _("Mã này không có lượt chấm nào đang chờ.")


def enrol(
    *, device_user_id: str, employee: Employee, first: date, last: date | None = None
) -> Enrolment:
    """Give a user id to a person for [first, last]; its waiting punches count from now on.

    Raises UserIdTaken when someone else has it on one of those days, DaysReversed.
    """
    if last is not None and last < first:
        raise DaysReversed
    try:
        with transaction.atomic():
            hold_owners(to_change=True)
            enrolment = Enrolment.objects.create(
                device_user_id=device_user_id, employee=employee, valid_from=first, valid_to=last
            )
            mark_user(device_user_id, employee_id=employee.pk, first=first, last=last)
    except IntegrityError as error:
        if "enrolment_one_owner_at_a_time" in str(error):
            raise UserIdTaken from None
        raise
    return enrolment


def end(enrolment: Enrolment, *, last: date) -> Enrolment:
    """The id is no longer the person's after `last`; later punches wait for their new owner.

    Raises DaysReversed when `last` is before the first day, UserIdTaken when a longer stretch
    would reach into somebody else's, EnrolmentGone.
    """
    try:
        with transaction.atomic():
            hold_owners(to_change=True)
            held = _locked(enrolment)
            if last < held.valid_from:
                raise DaysReversed
            before, held.valid_to = held.valid_to, last
            held.save(update_fields=["valid_to"])
            _mark_between(held, before, last)
    except IntegrityError as error:
        if "enrolment_one_owner_at_a_time" in str(error):
            raise UserIdTaken from None
        raise
    return held


def _locked(enrolment: Enrolment) -> Enrolment:
    for held in lock_rows(Enrolment.objects.filter(pk=enrolment.pk)):
        return held
    raise EnrolmentGone


def _mark_between(enrolment: Enrolment, before: date | None, after: date) -> None:
    """The days that the enrolment lost or won."""
    ends = [after] if before is None else sorted((before, after))
    if before == after:
        return
    mark_user(
        enrolment.device_user_id,
        employee_id=enrolment.employee_id,
        first=ends[0] + timedelta(days=1),
        last=ends[1] if len(ends) > 1 else None,
    )


def withdraw(enrolment: Enrolment) -> None:
    """Take back a mapping that was a mistake: its punches wait again. Raises EnrolmentGone."""
    with transaction.atomic():
        hold_owners(to_change=True)
        held = _locked(enrolment)
        mark_user(
            held.device_user_id,
            employee_id=held.employee_id,
            first=held.valid_from,
            last=held.valid_to,
        )
        held.delete()


def set_aside(*, device_user_id: str, reason: str, by: User, at: datetime) -> UserIdSetAside:
    """The id is no person's (a test finger): it leaves the inbox until it punches again.

    Raises ReasonTooShort, NothingToSetAside.
    """
    told = reason.strip()
    if not says_why(told):
        raise ReasonTooShort
    punches = Punch.objects.filter(device_user_id=device_user_id)
    newest = punches.aggregate(newest=Max("punched_at"))["newest"]
    if newest is None:
        raise NothingToSetAside
    return UserIdSetAside.objects.create(
        device_user_id=device_user_id, upto=newest, reason=told[:200], by=by, at=at
    )


def take_back(*, device_user_id: str, by: User, at: datetime) -> UserIdSetAside:
    """Back into the inbox."""
    return UserIdSetAside.objects.create(
        device_user_id=device_user_id, upto=None, reason="", by=by, at=at
    )

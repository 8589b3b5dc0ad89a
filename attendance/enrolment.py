"""Whose a terminal's user id is. Mapping one replays the punches that were waiting for it."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from attendance.dirty import mark_user
from attendance.models import Enrolment
from backend.org.models import Employee
from backend.problems import Problem


class UserIdTaken(Problem):
    code = "user_id_taken"
    status = 409
    message = _("Mã này đã thuộc về người khác trong thời gian đó. Hãy sửa ngày hiệu lực.")


def enrol(
    *, device_user_id: str, employee: Employee, first: date, last: date | None = None
) -> Enrolment:
    """Give a user id to a person for [first, last]; its waiting punches count from now on.

    Raises UserIdTaken when someone else has it on one of those days.
    """
    try:
        with transaction.atomic():
            enrolment = Enrolment.objects.create(
                device_user_id=device_user_id, employee=employee, valid_from=first, valid_to=last
            )
            mark_user(device_user_id, employee_id=employee.pk, first=first, last=last)
    except IntegrityError as error:
        if "enrolment_one_owner_at_a_time" in str(error):
            raise UserIdTaken from None
        raise
    return enrolment

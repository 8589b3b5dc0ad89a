"""Whose a terminal's user id is. Mapping one replays the punches that were waiting for it."""

from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from attendance.models import Enrolment
from backend.org.models import Employee
from backend.problems import Problem


class UserIdTaken(Problem):
    code = "user_id_taken"
    status = 409
    message = _("Mã này đã thuộc về người khác trong thời gian đó. Hãy sửa ngày hiệu lực.")


FOR_EVER = date(9998, 12, 31)

_MARK = """
    INSERT INTO attendance_dirtyday (employee_id, work_date)
    SELECT DISTINCT %(employee)s::bigint, punch.device_time::date - shifted.days
    FROM attendance_punch punch CROSS JOIN (VALUES (0), (1)) AS shifted(days)
    WHERE punch.device_user_id = %(user)s
      AND punch.device_time >= %(first)s AND punch.device_time < %(last)s
    ORDER BY 1, 2
    ON CONFLICT (employee_id, work_date) DO UPDATE SET work_date = excluded.work_date
"""


def enrol(
    *, device_user_id: str, employee: Employee, first: date, last: date | None = None
) -> Enrolment:
    """Give a user id to a person for [first, last]; its waiting punches count from now on.

    Raises UserIdTaken when someone else has it on one of those days.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            enrolment = Enrolment.objects.create(
                device_user_id=device_user_id, employee=employee, valid_from=first, valid_to=last
            )
            until = datetime.combine((last or FOR_EVER) + timedelta(days=1), time.min)
            cursor.execute(
                _MARK,
                {"employee": employee.pk, "user": device_user_id, "first": first, "last": until},
            )
    except IntegrityError as error:
        if "enrolment_one_owner_at_a_time" in str(error):
            raise UserIdTaken from None
        raise
    return enrolment

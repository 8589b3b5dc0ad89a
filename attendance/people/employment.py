"""Nothing is entered about days on which somebody is not employed."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from backend.db import lock_rows
from backend.org.models import Employee
from backend.problems import Problem


class NotEmployedThen(Problem):
    code = "not_employed_then"
    message = _("Người này không làm việc tại công ty vào ngày đó. Hãy kiểm tra ngày hoặc hồ sơ.")


def lock_employed(employee: Employee, *days: date) -> Employee:
    """Lock the employee until the transaction ends, for what is entered of one person comes one at a time.

    Raises NotEmployedThen unless the person is employed on each of the days.
    """
    [locked] = lock_rows(Employee.objects.filter(pk=employee.pk))
    if not all(locked.is_employed_on(day) for day in days):
        raise NotEmployedThen
    return locked

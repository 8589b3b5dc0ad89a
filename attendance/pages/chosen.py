"""Whom a form names by code, among those the account has in charge."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backend.accounts.permissions import acting
from backend.accounts.scope import employees_for
from backend.org.models import Employee
from backend.problems import Problem


class NobodyOfThisCode(Problem):
    code = "nobody_of_this_code"
    message = _("Không có nhân viên nào mang mã này. Hãy chọn lại.")


def chosen_employee(request: HttpRequest, code: str) -> Employee:
    """Raises NobodyOfThisCode, also for somebody outside one's charge."""
    found = employees_for(acting(request)).filter(code=code).first()
    if found is None:
        raise NobodyOfThisCode
    return found

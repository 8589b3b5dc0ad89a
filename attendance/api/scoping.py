"""Whose attendance an answer may speak of: the scope of the account, narrowed by the question.

A person or a department outside the scope does not exist for the account (404), so that nobody
learns who works where by asking.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.accounts.scope import departments_for, employees_for
from backend.org.models import Employee, EmployeeQuerySet
from backend.problems import Problem


class NobodyThere(Problem):
    code = "employee.unknown"
    status = 404
    message = _(
        "Không có nhân viên nào mang mã này trong phạm vi của tài khoản. "
        "Hãy kiểm tra mã, hoặc hỏi người quản trị về phạm vi được giao."
    )


class NoSuchDepartment(Problem):
    code = "department.unknown"
    status = 404
    message = _(
        "Không có phòng ban nào mang mã này trong phạm vi của tài khoản. "
        "Hãy kiểm tra mã, hoặc hỏi người quản trị về phạm vi được giao."
    )


def sees_company(user: User) -> bool:
    """Whether the account sees everybody, and with them what is nobody's yet."""
    return may(user, "attendance.view") and not user.departments.exists()


def people_asked_for(user: User, query: Mapping[str, Any]) -> EmployeeQuerySet | None:
    """The people of the scope that `employee` and `department` (codes) name; None is everybody.

    Raises NobodyThere, NoSuchDepartment.
    """
    everybody = sees_company(user)
    people = Employee.objects.all()
    if not everybody:
        people = people.filter(pk__in=employees_for(user))
    if "department" in query:
        if not departments_for(user).filter(code=query["department"]).exists():
            raise NoSuchDepartment
        people = people.filter(department__code=query["department"])
    if "employee" in query:
        people = people.filter(code=query["employee"])
        if not people.exists():
            raise NobodyThere
    narrowed = "department" in query or "employee" in query
    return people if narrowed or not everybody else None

"""Whose attendance an answer may speak of: the scope of the account, narrowed by the question.

A person or a department outside the scope does not exist for the account (404), so that nobody
learns who works where by asking.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.accounts.scope import (
    departments_for,
    employees_for,
    placements_for,
    sees_company,
)
from backend.org.models import Employee, EmployeeQuerySet, Placement
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


def days_asked_for(user: User, query: Mapping[str, Any]) -> Q:
    """Of rows with `employee` and `work_date`, those of the scope that the question names.

    A department has the days on which its people belonged to it; the scope, those too and all days
    of the people in it today. Raises NobodyThere, NoSuchDepartment.
    """
    asked = days_narrowed(user, query)
    if not sees_company(user):
        asked &= Q(employee__in=employees_for(user)) | placements_for(user).of_days()
    return asked


def days_narrowed(
    user: User, query: Mapping[str, Any], first: str = "work_date", last: str = "work_date"
) -> Q:
    """Of rows with `employee` and the days [first, last], those that the question names.

    What of them the account may see is another question. Raises NobodyThere, NoSuchDepartment.
    """
    asked = Q()
    if "department" in query:
        if not departments_for(user).filter(code=query["department"]).exists():
            raise NoSuchDepartment
        held = Placement.objects.filter(department__code=query["department"])
        asked &= held.of_days(first, last)
    if "employee" in query:
        seen = Employee.objects.all()
        if not sees_company(user):
            seen = seen.filter(pk__in=employees_for(user, during=(date.min, date.max)))
        if not seen.filter(code=query["employee"]).exists():
            raise NobodyThere
        asked &= Q(employee__code=query["employee"])
    return asked

"""Whose attendance an account may see. What is outside the scope does not exist for it (404)."""

from datetime import date

from django.db.models import Q, QuerySet

from backend.accounts.models import Role, User
from backend.accounts.permissions import may
from backend.org.models import Department, Employee, Placement, PlacementQuerySet


def departments_for(user: User) -> QuerySet[Department]:
    """The departments in the account's charge.

    Who sees attendance (HR, executives, auditors) has those of `User.departments`, or all where
    none is named; a head of department those they manage; anybody else none.
    """
    everything = Department.objects.all()
    if may(user, "attendance.view"):
        named = user.departments.all()
        return everything.filter(pk__in=named) if named.exists() else everything
    if user.role == Role.MANAGER and user.employee_id is not None:
        return everything.filter(manager=user.employee_id)
    return everything.none()


def sees_company(user: User) -> bool:
    """Whether the account sees everybody, and with them what is nobody's yet."""
    return may(user, "attendance.view") and not user.departments.exists()


def employees_for(user: User, *, during: tuple[date, date] | None = None) -> QuerySet[Employee]:
    """The people in the account's charge today, and the account's own person.

    `during` adds those who were in its charge on some day of that span, both days included.
    """
    departments = departments_for(user)
    in_charge = Q(department__in=departments) | Q(pk=user.employee_id)
    if during is not None:
        were = Placement.objects.between(*during).filter(department__in=departments)
        in_charge |= Q(pk__in=were.values("employee"))
    return Employee.objects.filter(in_charge)


def placements_for(user: User) -> PlacementQuerySet:
    """Who is when in the departments in the account's charge; the account's own person always."""
    mine = Q(department__in=departments_for(user)) | Q(employee=user.employee_id)
    return Placement.objects.filter(mine)

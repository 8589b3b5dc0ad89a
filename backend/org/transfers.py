"""Who belongs where on a date, and letting transfers whose date has come take effect."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from backend.org.models import Department, Employee, Placement, Site

# Only people who were ever transferred: everybody else's row is the truth itself.
_APPLY: Final = """
    UPDATE org_employee employee
    SET department_id = placement.department_id, site_id = placement.site_id,
        position = placement.position, grade = placement.grade
    FROM org_placement placement
    WHERE placement.employee_id = employee.id
      AND %(on)s BETWEEN placement.first AND placement.last
      AND EXISTS (SELECT FROM org_transfer WHERE org_transfer.employee_id = employee.id)
      AND (employee.department_id, employee.site_id, employee.position, employee.grade)
          IS DISTINCT FROM
          (placement.department_id, placement.site_id, placement.position, placement.grade)
"""


@dataclass(frozen=True)
class Post:
    """What a transfer gives: department, site, position (chức vụ), grade (ngạch bậc)."""

    department: Department
    site: Site
    position: str
    grade: str


def apply_transfers(*, on: date) -> int:
    """Let everybody's row say what holds on the day; returns how many rows changed."""
    with connection.cursor() as cursor:
        cursor.execute(_APPLY, {"on": on})
        return int(cursor.rowcount)


def placement_on(employee: Employee, day: date) -> Placement:
    """Where the employee belongs on the day."""
    found = Placement.objects.between(day, day).select_related("department", "site")
    return found.get(employee=employee)


def on_day(placements: Iterable[Placement], day: date) -> Placement:
    """The one of a person's placements that holds on the day."""
    return next(each for each in placements if each.first <= day <= each.last)


def placements_between(
    employees: Collection[int], first: date, last: date
) -> Mapping[int, list[Placement]]:
    """The placements of these people that reach into [first, last], by date, in one query."""
    result: dict[int, list[Placement]] = {}
    found = Placement.objects.between(first, last).filter(employee__in=employees)
    for placement in found.select_related("employee", "department", "site").order_by(
        "employee", "first"
    ):
        result.setdefault(placement.employee_id, []).append(placement)
    return result

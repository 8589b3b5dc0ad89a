"""Employees to choose from: found by code or name without accents, with the ids they have."""

from collections import defaultdict

from django.db.models import Q, QuerySet

from attendance.models import Enrolment
from attendance.people.suggesting import Directory, Person
from backend.org.models import Employee
from backend.vntext import search_key

#: A list longer than this is better narrowed by typing on.
MOST = 8


def staff() -> QuerySet[Employee]:
    """Everybody, those who left too: their punches may be what waits."""
    return Employee.objects.select_related("department").by_name()


def directory_of(employees: QuerySet[Employee]) -> Directory:
    return Directory(people_of(employees))


def people_of(employees: QuerySet[Employee]) -> list[Person]:
    """In two queries."""
    rows = list(employees)
    ids: dict[int, list[str]] = defaultdict(list)
    held = Enrolment.objects.filter(employee__in=rows, valid_to__isnull=True)
    for employee, user_id in held.order_by("pk").values_list("employee_id", "device_user_id"):
        ids[employee].append(user_id)
    return [
        Person(
            pk=row.pk,
            code=row.code,
            name=row.full_name,
            department=row.department.name,
            join=row.join_date,
            leave=row.leave_date,
            user_ids=tuple(ids[row.pk]),
        )
        for row in rows
    ]


def found_people(text: str) -> list[Person]:
    """The employees a text can mean: this very code alone, else by part of code and words of name."""
    text = text.strip()
    exact = people_of(staff().filter(code__iexact=text))
    if exact:
        return exact
    by_name = Q()
    for word in search_key(text).split():
        by_name &= Q(search__contains=word)
    return people_of(staff().filter(by_name | Q(code__icontains=text))[:MOST])

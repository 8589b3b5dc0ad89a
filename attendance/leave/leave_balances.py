"""What is left of somebody's annual leave: the year's days, those taken, those granted ahead."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db.models import Case, F, Sum, Value, When

from attendance.leave.annual_leave import entitlement
from attendance.models import DayPart, Leave, TimesheetRow
from attendance.timesheet.month import SHORTEST_DAY, STANDARD_DAY
from backend.org.models import Employee

#: The symbol of annual leave.
ANNUAL: Final = "P"


@dataclass(frozen=True, slots=True)
class LeaveBalance:
    """Days of annual leave of one year, to a tenth; `left` may be below zero."""

    year: int
    entitled: Decimal
    taken: Decimal
    planned: Decimal

    @property
    def left(self) -> Decimal:
        return self.entitled - self.taken - self.planned


def leave_balance(employee: Employee, *, on: date) -> LeaveBalance:
    """The balance of the year of `on`: taken up to that day as computed, planned after it."""
    return leave_balances([employee], on=on)[employee.pk]


def leave_balances(people: Collection[Employee], *, on: date) -> dict[int, LeaveBalance]:
    """The balances of these people, by employee, in two queries."""
    ids = [person.pk for person in people]
    taken, planned = _taken(ids, on), _planned(ids, on)
    return {
        person.pk: LeaveBalance(
            year=on.year,
            entitled=entitlement(on, join=person.join_date, leave=person.leave_date),
            taken=_days(taken.get(person.pk, 0)),
            planned=_days(planned[person.pk]),
        )
        for person in people
    }


def _taken(people: Collection[int], on: date) -> dict[int, int]:
    """Minutes of leave by the day's own length, so that a full day of 7.5 hours is one day."""
    normal = Case(
        When(scheduled__range=(SHORTEST_DAY, STANDARD_DAY), then=F("scheduled")),
        default=Value(STANDARD_DAY),
    )
    rows = TimesheetRow.objects.between(on.replace(month=1, day=1), on)
    summed = rows.filter(employee__in=people, leave_code=ANNUAL).values("employee_id")
    days = summed.annotate(minutes=Sum(F("leave") * Value(STANDARD_DAY) / normal))
    return {
        employee: int(minutes) for employee, minutes in days.values_list("employee_id", "minutes")
    }


def _planned(people: Collection[int], on: date) -> Counter[int]:
    """Minutes of leave granted for the rest of the year."""
    ahead = Leave.objects.filter(
        employee__in=people, code=ANNUAL, date__gt=on, date__lte=on.replace(month=12, day=31)
    )
    minutes = Counter[int]()
    for employee, part, start, end in ahead.values_list("employee_id", "part", "start", "end"):
        minutes[employee] += _minutes(part, start, end)
    return minutes


def _minutes(part: str, start: time | None, end: time | None) -> int:
    if start and end:
        return (end.hour - start.hour) * 60 + end.minute - start.minute
    return STANDARD_DAY if part == DayPart.FULL else STANDARD_DAY // 2


def _days(minutes: int) -> Decimal:
    return (Decimal(minutes) / STANDARD_DAY).quantize(Decimal("0.1"), ROUND_HALF_UP)

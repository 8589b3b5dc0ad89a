"""What is left of somebody's annual leave: the year's days, those taken, those granted ahead."""

from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db.models import Case, F, Sum, Value, When

from attendance.annual_leave import entitlement
from attendance.models import DayPart, Leave, TimesheetRow
from attendance.month import SHORTEST_DAY, STANDARD_DAY
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
    return LeaveBalance(
        year=on.year,
        entitled=entitlement(on, join=employee.join_date, leave=employee.leave_date),
        taken=_taken(employee, on),
        planned=_planned(employee, on),
    )


def _taken(employee: Employee, on: date) -> Decimal:
    """Minutes of leave by the day's own length, so that a full day of 7.5 hours is one day."""
    normal = Case(
        When(scheduled__range=(SHORTEST_DAY, STANDARD_DAY), then=F("scheduled")),
        default=Value(STANDARD_DAY),
    )
    rows = TimesheetRow.objects.between(on.replace(month=1, day=1), on)
    summed = rows.filter(employee=employee, leave_code=ANNUAL).aggregate(
        days=Sum(F("leave") * Value(STANDARD_DAY) / normal)
    )["days"]
    return _days(int(summed or 0))


def _planned(employee: Employee, on: date) -> Decimal:
    ahead = Leave.objects.filter(
        employee=employee, code=ANNUAL, date__gt=on, date__lte=on.replace(month=12, day=31)
    )
    return _days(sum(_minutes(*item) for item in ahead.values_list("part", "start", "end")))


def _minutes(part: str, start: time | None, end: time | None) -> int:
    if start and end:
        return (end.hour - start.hour) * 60 + end.minute - start.minute
    return STANDARD_DAY if part == DayPart.FULL else STANDARD_DAY // 2


def _days(minutes: int) -> Decimal:
    return (Decimal(minutes) / STANDARD_DAY).quantize(Decimal("0.1"), ROUND_HALF_UP)

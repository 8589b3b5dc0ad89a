"""Reads the months of a year, one after the other, for the year's workbook and its forms."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from attendance.exports.year import YearLine, YearMonth
from attendance.models import PeriodLock
from attendance.timesheet.month import MonthSheet, PersonMonth, load_month
from backend.clock import VN
from backend.org.models import PlacementQuerySet

_WEEKDAYS: Final = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


def months_of(year: int, *, at: datetime) -> list[date]:
    """The months of the year that have begun, by their first days."""
    today = at.astimezone(VN).date()
    firsts = (date(year, number, 1) for number in range(1, 13))
    return [first for first in firsts if first <= today]


def load_months(
    held: PlacementQuerySet, months: list[date], *, at: datetime
) -> Iterator[MonthSheet]:
    """The months' timesheets; a few queries each, whatever the number of people."""
    for month in months:
        yield load_month(month, at=at, among=held)


def year_month(sheet: MonthSheet) -> YearMonth:
    return YearMonth(
        month=sheet.first,
        weekdays=tuple(_WEEKDAYS[day.weekday()] for day in sheet.day_types),
        is_locked=PeriodLock.objects.holding(sheet.first).exists(),
        lines=tuple(_line(person) for person in sheet.people),
    )


def _line(person: PersonMonth) -> YearLine:
    return YearLine(
        code=person.code,
        name=person.name,
        part=person.part,
        department=person.department,
        symbols={day: cell.symbol for day, cell in person.days.items()},
        standard=person.regular,
        holidays=sum(person.holidays_by_day.values()),
        leave=person.leave,
        overtime=person.overtime,
        late=person.late,
        questions=person.questions,
    )

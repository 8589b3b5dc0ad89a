"""Which days the company works, for terms that are counted in working days."""

from collections.abc import Mapping
from datetime import date

from attendance.timesheet.timesheets import day_types


def working_days(first: date, last: date) -> Mapping[date, bool]:
    """Whether each day of [first, last] is worked, by the calendar of holidays and moved days."""
    return {day: kind == "work" for day, kind in day_types(first, last).items()}

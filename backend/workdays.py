"""Working days, and terms counted in them. Who works when is told by a function named in the settings, so that
no other room has to be entered."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import count

from django.conf import settings
from django.utils.module_loading import import_string

#: Within so many days there is always a working one: Tết rests nine days at most.
_LOOK = 30

Calendar = Callable[[date, date], Mapping[date, bool]]


def is_worked(day: date) -> bool:
    """Whether the company works on the day."""
    is_working: Calendar = import_string(settings.WORKING_CALENDAR)
    return is_working(day, day)[day]


def after_working_days(day: date, number: int) -> date:
    """The last day of a term of `number` working days that begins the day after."""
    is_working: Calendar = import_string(settings.WORKING_CALENDAR)
    known = is_working(day + timedelta(days=1), day + timedelta(days=7 * number + _LOOK))
    left = number
    for offset in count(1):
        last = day + timedelta(days=offset)
        left -= known[last]
        if not left:
            return last
    raise AssertionError


def terms_ending(days: Iterable[date]) -> Mapping[date, date]:
    """For each last day of a term the day it ends: where nobody works, the next working day
    (Bộ luật Dân sự 91/2015/QH13, điều 148 khoản 5)."""
    asked = set(days)
    if not asked:
        return {}
    is_working: Calendar = import_string(settings.WORKING_CALENDAR)
    known = is_working(min(asked), max(asked) + timedelta(days=_LOOK))
    return {day: next(each for each in _from(day) if known[each]) for day in asked}


def years_without_holidays(days: Iterable[date]) -> list[int]:
    """The years of these days whose calendar nobody has drawn up yet: their holidays count as worked."""
    kinds = import_string(settings.DAY_KINDS)
    years = sorted({day.year for day in days})
    return [
        year
        for year in years
        if "holiday" not in kinds(date(year, 1, 1), date(year, 12, 31)).values()
    ]


def _from(day: date) -> Iterable[date]:
    return (day + timedelta(days=offset) for offset in count())

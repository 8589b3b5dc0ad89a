"""The coming moments of a rule, with the company's days and draws read by the settings' names."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from backend.jobs.rules import (
    LONGEST_SHIFT,
    DayKind,
    Days,
    DrawEvening,
    Every,
    Rule,
    needs_calendar,
    occurrences,
    reach,
)

Kinds = Callable[[date, date], Mapping[date, DayKind]]
Draws = Callable[[date, date], Mapping[date, DrawEvening]]


def planned(
    rule: Rule, *, after: datetime, until: datetime, times: int, timezone: str
) -> list[datetime]:
    """The moments in (after, until], and the next `times` beyond `until`."""
    zone = ZoneInfo(timezone)
    first = min(after, until).astimezone(zone).date() - LONGEST_SHIFT
    last = until.astimezone(zone).date() + reach(rule, times=times)
    days = _days(rule, first.replace(day=1), last)
    moments = occurrences(rule, days, after=min(after, until), zone=zone)
    past = [moment for moment in moments if after < moment <= until]
    return past + [moment for moment in moments if moment > until][:times]


def _days(rule: Rule, first: date, last: date) -> Days:
    """Only what the rule asks about is read."""
    kinds: Kinds = import_string(settings.DAY_KINDS) if needs_calendar(rule) else _all_worked
    draws: Draws = import_string(settings.DRAW_CALENDAR) if rule.every is Every.DRAW else _none
    return Days(kinds(first, last), draws(first, last))


def _all_worked(first: date, last: date) -> dict[date, DayKind]:
    return {first + timedelta(days=offset): "work" for offset in range((last - first).days + 1)}


def _none(_first: date, _last: date) -> dict[date, DrawEvening]:
    return {}

"""Months and days in addresses: "2026-11", "2026-11-02"."""

from datetime import date

from django.http import Http404

FIRST_YEAR, LAST_YEAR = 2000, 2100


def month_from(text: str, *, default: date) -> date:
    """ "2026-11" as the first of that month; anything else is the default's month."""
    return day_from(f"{text}-01") or default.replace(day=1)


def day_or_404(text: str) -> date:
    """The day an address names. Raises Http404."""
    day = day_from(text)
    if day is None:
        raise Http404
    return day


def day_from(text: str) -> date | None:
    """The day, or None when there is no such day in this century."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None

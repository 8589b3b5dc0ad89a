"""Months by their first day."""

from datetime import date, timedelta


def shifted(day: date, by: int) -> date:
    """The first of the month so many months after that of the day."""
    index = day.year * 12 + day.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


def last_day(day: date) -> date:
    """The last day of the day's month."""
    return shifted(day, 1) - timedelta(days=1)

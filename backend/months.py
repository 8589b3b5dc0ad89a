"""Months by their first day."""

from datetime import date, timedelta


def shifted(day: date, by: int) -> date:
    """The first of the month so many months after that of the day."""
    index = day.year * 12 + day.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


def months_of(first: date, last: date) -> list[date]:
    """The first days of the months that hold these days, both included."""
    count = 12 * (last.year - first.year) + last.month - first.month + 1
    return [shifted(first, place) for place in range(count)]


def last_day(day: date) -> date:
    """The last day of the day's month."""
    return shifted(day, 1) - timedelta(days=1)

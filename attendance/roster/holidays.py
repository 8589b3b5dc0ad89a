"""Holidays, and days of rest or work moved for them, from the file shipped with the program."""

import json
from datetime import date
from pathlib import Path

from django.db import transaction

from attendance.models import CalendarChange, CalendarDay
from attendance.roster.calendar_days import locks_of, months_of
from attendance.timesheet.dirty import mark_dates
from attendance.timesheet.timesheets import hold_computing

VIETNAM = Path(__file__).parents[1] / "data" / "vietnam-days.json"


def load_calendar(path: Path = VIETNAM) -> int:
    """Load the days that differ from the ordinary week; answers how many are new.

    Days that HR made, changed or removed are left so, and so are days of closed months.
    """
    with transaction.atomic():
        hold_computing()
        known = {
            *CalendarDay.objects.values_list("date", flat=True),
            *CalendarChange.objects.values_list("date", flat=True),
        }
        new = [day for day in _shipped(path) if day.date not in known]
        closed = {lock.period for lock in locks_of(day.date for day in new)}
        new = [day for day in new if not closed & months_of(day.date)]
        CalendarDay.objects.bulk_create(new)
        mark_dates([day.date for day in new])
    return len(new)


def _shipped(path: Path) -> list[CalendarDay]:
    facts = json.loads(path.read_text(encoding="utf-8"))
    return [
        CalendarDay(
            date=date.fromisoformat(day),
            kind=kind,
            name=name,
            document=facts["documents"].get(document, document),
            status=status,
        )
        for day, kind, name, document, status in facts["days"]
    ]

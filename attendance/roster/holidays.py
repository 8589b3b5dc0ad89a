"""Holidays, and days of rest or work moved for them, from the file shipped with the program."""

import json
from pathlib import Path

from attendance.models import CalendarDay

VIETNAM = Path(__file__).parents[1] / "data" / "vietnam-days.json"


def load_calendar(path: Path = VIETNAM) -> int:
    """Load the days that differ from the ordinary week; answers how many are new.

    Days that exist are left as HR has made them.
    """
    facts = json.loads(path.read_text(encoding="utf-8"))
    before = CalendarDay.objects.count()
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(
                date=day,
                kind=kind,
                name=name,
                document=facts["documents"].get(document, document),
                status=status,
            )
            for day, kind, name, document, status in facts["days"]
        ],
        ignore_conflicts=True,
    )
    return CalendarDay.objects.count() - before

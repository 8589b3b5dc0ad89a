"""The calendar of draws: loads the published one, and makes draws ahead from it."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction

from sales.models import Draw, DrawPause, DrawSchedule

NORTHERN = Path(__file__).parents[1] / "data" / "northern-draws.json"


@transaction.atomic
def load_draw_calendar(path: Path = NORTHERN) -> int:
    """Load hosts by weekday and days without a draw; answers how many rows are new.

    Rows that exist are left as they are; a pause is known by its first day.
    """
    facts = json.loads(path.read_text(encoding="utf-8"))
    hosts = [
        DrawSchedule(
            market=facts["market"],
            weekday=weekday,
            host=host,
            valid_from=date.fromisoformat(facts["schedule_from"]),
            source=facts["schedule_source"],
        )
        for weekday, host in facts["schedule"]
    ]
    known = set(DrawPause.objects.values_list("first_date", flat=True))
    pauses = [
        DrawPause(first_date=first, last_date=date.fromisoformat(last), reason=reason)
        for text, last, reason in facts["pauses"]
        if (first := date.fromisoformat(text)) not in known
    ]
    before = DrawSchedule.objects.count()
    DrawSchedule.objects.bulk_create(hosts, ignore_conflicts=True)
    DrawPause.objects.bulk_create(pauses)
    return DrawSchedule.objects.count() - before + len(pauses)


def planned_draws(first: date, last: date) -> list[Draw]:
    """Unsaved draws of [first, last] by the schedule, none on days of a pause."""
    schedule = list(DrawSchedule.objects.order_by("valid_from", "pk"))
    pauses = list(DrawPause.objects.filter(first_date__lte=last, last_date__gte=first))
    return [
        Draw(date=day, host=host)
        for day in _days(first, last)
        if not any(pause.first_date <= day <= pause.last_date for pause in pauses)
        if (host := _host(schedule, day)) is not None
    ]


def _host(schedule: Iterable[DrawSchedule], day: date) -> str | None:
    """The host of the latest row in force; `schedule` is in order of `valid_from`."""
    in_force = [
        row.host for row in schedule if row.weekday == day.weekday() and row.valid_from <= day
    ]
    return in_force[-1] if in_force else None


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))

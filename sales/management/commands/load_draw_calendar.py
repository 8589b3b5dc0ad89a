"""`load_draw_calendar`: the hosts of the Northern draws, the days without one, coming draws."""

from typing import Any

from django.core.management.base import BaseCommand

from backend import clock
from sales.draws.calendar_keeping import keep_calendar, schedule_keeping
from sales.draws.drawing import load_draw_calendar


class Command(BaseCommand):
    help = (
        "Load the schedule of the Northern draws and its pauses, make the coming draws, and have "
        "the calendar kept every evening. Repeating is harmless."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        rows = load_draw_calendar()
        made, _held = keep_calendar(at=at)
        schedule_keeping(at=at)
        self.stdout.write(f"{rows} new rows of the draw calendar, {made} new draws")

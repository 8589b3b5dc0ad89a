"""`load_draw_calendar`: the hosts of the Northern draws and the days without one."""

from typing import Any

from django.core.management.base import BaseCommand

from sales.drawing import load_draw_calendar


class Command(BaseCommand):
    help = "Load the schedule of the Northern draws and its pauses. Repeating is harmless."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_draw_calendar()} new rows of the draw calendar")

"""`load_calendar`: Vietnamese holidays and the days moved for them."""

from typing import Any

from django.core.management.base import BaseCommand

from attendance.roster.holidays import load_calendar


class Command(BaseCommand):
    help = "Load holidays and moved days of rest or work, 2024 to 2027. Repeating is harmless."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_calendar()} new days of the calendar")

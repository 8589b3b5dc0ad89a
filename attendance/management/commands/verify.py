"""`verify`: do the attendance tables still keep every law they should?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attendance.verifying import laws
from backend import clock


class Command(BaseCommand):
    help = "Check the invariants of the attendance tables; exit code 1 when one is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for law in laws(at=clock.now()):
            broken += law.broken
            state = "ok" if not law.broken else f"BROKEN by {law.broken}"
            ids = f" (ids {', '.join(map(str, law.examples))})" if law.broken else ""
            self.stdout.write(f"{state}: {law.name}; {law.checked} checked{ids}")
        if broken:
            raise CommandError(f"{broken} rows break a law.")

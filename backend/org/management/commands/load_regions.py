"""`load_regions`: the administrative units of Quảng Ninh, from the file shipped with the program."""

from typing import Any

from django.core.management.base import BaseCommand

from backend.org.importing import load_regions


class Command(BaseCommand):
    help = (
        "Load the administrative units of Quảng Ninh, in force and former. Repeating is harmless."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_regions()
        self.stdout.write(
            f"{loaded.regions} units ({loaded.new_regions} new),"
            f" {loaded.successions} successions ({loaded.new_successions} new)"
        )

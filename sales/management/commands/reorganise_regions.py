"""python -m backend reorganise_regions reform.json --dry-run"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from backend import clock
from sales.agents.reorganising import ReorganisationRefused, read_reorganisation, reorganise


class Command(BaseCommand):
    help = "Put new administrative units in force and move what stood in whole old ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="See docs/selling.md.")
        parser.add_argument("--dry-run", action="store_true", help="Tell, and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = read_reorganisation(options["file"])
            with transaction.atomic(), pghistory.context(reason=plan.legal_basis):
                done = reorganise(plan, at=clock.now())
                transaction.set_rollback(options["dry_run"])
        except ReorganisationRefused as refused:
            raise CommandError("\n".join([str(refused), *refused.details["errors"]])) from refused
        self.stdout.write(f"{done.ended} units ended, {done.begun} begun")
        for kind, count in done.moved.items():
            self.stdout.write(f"{kind}: {count} moved")
        for line in done.undecided:
            self.stdout.write(f"undecided: {line}")
        if options["dry_run"]:
            self.stdout.write("dry run: nothing was changed")

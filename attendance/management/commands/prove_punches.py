"""`prove-punches`: is every record that the terminals hold in the ledger, or set aside?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from attendance.collecting.log_check import check
from attendance.models import Collecting, Terminal
from attendance.zk.client import Limits
from backend import clock
from backend.problems import Problem


class Command(BaseCommand):
    help = "Read the terminals' whole logs again and compare each record with what is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--terminal", help="a terminal's code; all that are in use if absent")
        parser.add_argument("--contact-seconds", type=float, default=600.0)

    def handle(self, *args: Any, **options: Any) -> None:
        terminals = Terminal.objects.filter(enabled=True).exclude(collecting=Collecting.PUSH)
        if options["terminal"]:
            terminals = Terminal.objects.filter(code=options["terminal"])
            if not terminals:
                raise CommandError(f"No terminal has the code {options['terminal']}.")
        limits = Limits(contact_seconds=options["contact_seconds"])
        proved = [self._prove(terminal, limits) for terminal in terminals.order_by("code", "pk")]
        self.stdout.write(f"{sum(proved)} of {len(proved)} terminals proved complete")
        if not all(proved):
            raise CommandError("Not every terminal is proved complete.")

    def _prove(self, terminal: Terminal, limits: Limits) -> bool:
        try:
            told, found = check(terminal, by=None, now=clock.now, limits=limits)
        except Problem as problem:
            self.stdout.write(f"{terminal.code}: CANNOT TELL: {problem} ({problem.code})")
            return False
        gap = None if told.device_count is None else told.device_count - found.records
        self.stdout.write(
            f"{terminal.code}: counts {told.device_count}, sent {found.records}: "
            f"{found.stored} stored, {found.parked} parked, {found.missing} missing: "
            f"{'complete' if found.is_complete and not gap else 'NOT PROVED'}"
        )
        for example in found.examples:
            self.stdout.write(f"    missing: {' '.join(example.split(chr(9)))}")
        return found.is_complete and not gap

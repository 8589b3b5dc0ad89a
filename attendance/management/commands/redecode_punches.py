"""`python -m backend redecode_punches`: do the kept bytes still make the punches of the ledger?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from attendance.collecting.redecoding import redecode
from attendance.models import Terminal


class Command(BaseCommand):
    help = "Decode the kept raw bytes again and compare them with the punches; changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--terminal", help="a terminal's code; all of them if absent")

    def handle(self, *args: Any, **options: Any) -> None:
        terminals = Terminal.objects.order_by("code")
        if options["terminal"]:
            terminals = terminals.filter(code=options["terminal"])
            if not terminals:
                raise CommandError(f"No terminal has the code {options['terminal']}.")
        agree = True
        for terminal in terminals:
            found = redecode(terminal)
            agree = agree and found.agrees
            self.stdout.write(
                f"{terminal.code}: {found.batches} batches, {found.records} records, "
                f"{found.parked} parked, {found.missing} missing, {found.unfounded} unfounded, "
                f"{found.damaged} damaged batches: {'agrees' if found.agrees else 'DIFFERS'}"
            )
        if not agree:
            raise CommandError("The ledger and the kept bytes differ.")

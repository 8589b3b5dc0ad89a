"""`terminal-doctor ADDRESS`: what works between this machine and a terminal, and what to do."""

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from attendance.terminals import checkups
from attendance.terminals.doctor import Answer, examine
from attendance.terminals.findings import failures, told, verdict
from backend import clock
from backend.problems import Problem


class Command(BaseCommand):
    help = "Examine the connection to a terminal, given by its code or by any address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="a registered terminal's code, an IP address or a name")
        parser.add_argument("--port", type=int, default=4370)
        parser.add_argument(
            "--key",
            action="store_true",
            help="ask for the comm key (never an argument: others see the command line);"
            " read from standard input where nobody can type",
        )
        parser.add_argument("--english", action="store_true", help="answer in English")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en" if options["english"] else "vi"):
            try:
                answers = self._examine(options["address"], options["port"], options["key"])
            except Problem as problem:
                raise CommandError(str(problem)) from None
            self.stdout.write(verdict(answers))
            if failed := failures(answers):
                raise CommandError(failed[0].finding.code)

    def _examine(self, address: str, port: int, ask_key: bool) -> list[Answer]:
        key = _typed_key() if ask_key else None
        terminal = checkups.registered_at(address, port)
        if terminal is not None:
            by = "terminal-doctor"
            steps = checkups.examine_registered(terminal, by=by, now=clock.now, comm_key=key)
        else:
            patient = checkups.stranger(address, port, comm_key=key or 0)
            steps = examine(patient, now=clock.now)
        answers = []
        for answer in steps:
            self._print(answer)
            answers.append(answer)
        return answers

    def _print(self, answer: Answer) -> None:
        shown = told(answer)
        self.stdout.write(f"[{shown.state}] {shown.title} ({shown.seconds:.1f} s): {shown.found}")
        for line in shown.lines:
            self.stdout.write(f"    {'  '.join(line)}")
        if shown.advice:
            self.stdout.write(f"    → {shown.advice}")


def _typed_key() -> int:
    """A comm key of 0 to 999999, not echoed."""
    text = getpass("Comm key: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not text.strip().isdigit() or int(text) > 999_999:
        raise CommandError("A comm key is a number from 0 to 999999.")
    return int(text)

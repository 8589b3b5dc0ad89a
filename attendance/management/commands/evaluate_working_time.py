"""`evaluate_working_time < in.json > out.json`, where only `python -m backend` is at hand.

`scripts/manage evaluate-working-time` calls attendance/evaluating.py without Django.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from attendance import evaluating
from attendance.engine.reading import UnreadableFacts


class Command(BaseCommand):
    help = evaluating.ABOUT
    requires_system_checks: list[str] = []  # noqa: RUF012 -- Django's own form

    def add_arguments(self, parser: CommandParser) -> None:
        evaluating.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            evaluating.answer(sys.stdin.buffer, sys.stdout.buffer, explain=options["explain"])
        except (evaluating.NotJson, UnreadableFacts) as error:
            raise CommandError(str(error)) from None

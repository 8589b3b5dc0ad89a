"""`evaluate_working_time < in.json > out.json`: the working-time engine on the specification's JSON."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attendance.engine.reading import UnreadableFacts
from attendance.engine.wire import evaluate


class Command(BaseCommand):
    help = "Read facts as JSON from standard input, write rows as JSON to standard output."
    requires_system_checks: list[str] = []  # noqa: RUF012 -- Django's own form

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = evaluate(json.load(sys.stdin))
        except (json.JSONDecodeError, UnreadableFacts) as error:
            raise CommandError(str(error)) from None
        json.dump(answer, self.stdout, ensure_ascii=False, indent=1)
        self.stdout.write("")

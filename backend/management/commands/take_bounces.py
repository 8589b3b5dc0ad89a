"""`./scripts/manage take-bounces < mail`: what a mail server's alias hands a returned mail to."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from backend import clock
from backend.mail.bounces import take
from backend.mail.failure_reports import LARGEST


class Command(BaseCommand):
    help = "Read one returned mail from standard input and note the recipient it did not reach."
    #: A mail server waits for it.
    requires_system_checks: list[str] = []  # noqa: RUF012 -- Django's own form

    def handle(self, *args: Any, **options: Any) -> None:
        content = sys.stdin.buffer.read(LARGEST)
        while sys.stdin.buffer.read(LARGEST):
            """A pipe closed early would look like a failure to the mail server."""
        try:
            bounced = take(content, at=clock.now())
        except (OperationalError, InterfaceError) as error:
            # The mail server keeps the mail and tries again later.
            raise CommandError(str(error), returncode=os.EX_TEMPFAIL) from error
        self.stdout.write("One mail has bounced." if bounced else "Nothing to note.")

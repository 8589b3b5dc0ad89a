"""`python -m backend grant_program_role`: give the program's role its rights again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from backend.database_roles import grant_program_role


class Command(BaseCommand):
    help = "Grant the program's role its rights on all rows (migrate does it too)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", nargs="?", default=settings.PROGRAM_DATABASE_ROLE)

    def handle(self, *args: Any, **options: Any) -> None:
        grant_program_role(options["role"])
        self.stdout.write(f"Granted the rows of all tables to {options['role']}.")

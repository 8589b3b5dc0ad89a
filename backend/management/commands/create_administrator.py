"""Makes the first account of a new installation."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from backend.accounts.models import Role, User

#: Letters and digits that nobody confuses when reading them off a screen.
LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    help = "Make an administrator and show its password, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "username",
            nargs="?",
            help='without a name: "quantri", and only when there is no administrator yet',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when the name is taken."""
        name = options["username"]
        if name is None and User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
            self.stdout.write("There is an administrator already; nothing was changed.")
            return
        password = "-".join("".join(secrets.choice(LEGIBLE) for _ in range(4)) for _ in range(4))
        self._make(name or "quantri", password)
        self.stdout.write(f"Administrator: {name or 'quantri'}\nPassword (shown once): {password}")

    def _make(self, username: str, password: str) -> None:
        with transaction.atomic():
            if User.objects.filter(username=username).exists():
                raise CommandError(f"The name {username!r} is taken; choose another one.")
            User.objects.create_user(username, password=password, role=Role.ADMINISTRATOR)

"""Django's migrate, quick on an empty database, followed by the grants of the program's role: no
migration can forget them."""

from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DEFAULT_DB_ALIAS, connections

from backend.database_roles import grant_program_role, grant_public_role
from backend.fresh_database import create_from_models, is_fresh


class Command(DjangoMigrate):
    help = "Apply migrations as the owner, then grant the program's role its rights on the rows."

    def handle(self, *args: Any, **options: Any) -> str | None:
        only_looks = options["plan"] or options["check_unapplied"]
        connection = connections[options["database"]]
        if not (only_looks or options["app_label"] or options["fake"]) and is_fresh(connection):
            create_from_models(connection)
        answer: str | None = super().handle(*args, **options)
        if options["database"] == DEFAULT_DB_ALIAS and not only_looks:
            self._grant(verbosity=options["verbosity"])
        return answer

    def _grant(self, *, verbosity: int) -> None:
        role, public = settings.PROGRAM_DATABASE_ROLE, settings.PUBLIC_DATABASE_ROLE
        if role == connections[DEFAULT_DB_ALIAS].settings_dict["USER"]:
            return  # one role does both, as in the tests
        grant_program_role(role)
        if verbosity:
            self.stdout.write(f"Granted the rows of all tables to {role}.")
        if public != role:
            grant_public_role(public)
            if verbosity:
                self.stdout.write(f"Granted what the public site shows to {public}.")

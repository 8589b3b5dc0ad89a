"""`python -m backend <command>`: this project's manage.py."""

import os
import sys
from contextlib import suppress

#: Commands that change the schema run as the owner of the tables; everything else runs as a role
#: that owns nothing (see docs/deploy.md).
OWNER_COMMANDS = {"migrate", "sqlmigrate", "dbshell", "grant_program_role"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        sys.argv[1] = sys.argv[1].replace("-", "_")  # terminal-doctor is terminal_doctor
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in OWNER_COMMANDS:
        os.environ["GIAOBAN_DATABASE_ROLE"] = "owner"
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from backend.garbage import loading

    with loading(), suppress(ImproperlyConfigured):  # Django tells it again, and better
        django.setup()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

"""Fills a database without the demonstration: facts of the product, and a first administrator.

In one process, because to start one takes longer than all its work. The administrator comes last:
while there is none the launcher begins again, so that who is killed here misses nothing.
"""

import os
from io import StringIO

import django
from django.core.management import call_command

from backend.garbage import loading

REFERENCE = ("load_regions", "load_calendar", "load_draw_calendar", "load_sales_rules")


def main() -> None:
    """Prints the administrator's name and password, and nothing else."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    with loading():
        django.setup()
    for name in REFERENCE:
        call_command(name, stdout=StringIO())
    call_command("create_administrator")


if __name__ == "__main__":
    main()

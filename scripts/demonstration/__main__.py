"""`python -m scripts.demonstration`: fill the database, make the accounts, list the terminals."""

import argparse
import os
import sys
from datetime import date


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts.demonstration", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    load = commands.add_parser("load", help="fill an empty database; nothing when already filled")
    load.add_argument("--today", type=date.fromisoformat, help="the day it is made for")
    options = parser.parse_args(arguments)
    # Taking foreign keys off for the load needs the owner of the tables (bulk.py).
    if options.command == "load":
        os.environ["GIAOBAN_DATABASE_ROLE"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    import django

    django.setup()
    return _load(options.today)


def _load(today: date | None) -> int:
    from backend import clock
    from scripts.demonstration.load import NotEmpty, load
    from scripts.demonstration.plan import Plan

    try:
        loaded = load(Plan(today=today or clock.today()), at=clock.now())
    except NotEmpty:
        print("This database holds a company already; nothing was changed.", file=sys.stderr)
        return 1
    print(loaded or "The demonstration is there already.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

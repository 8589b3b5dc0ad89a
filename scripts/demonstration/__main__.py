"""`python -m scripts.demonstration`: fill the database, make the accounts, list the terminals.

`load` does all of it for a first start, in one process, but for the first briefing, which needs the
terminals read: `first-briefing`. `terminals` is what later starts need.
"""

import argparse
import os
import sys
from datetime import date
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts.demonstration", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    load = commands.add_parser(
        "load",
        help="company, accounts and terminals of the first start; nothing when there already",
    )
    load.add_argument("--today", type=date.fromisoformat, help="the day it is made for")
    load.add_argument("--passwords-file", type=Path, required=True)
    load.add_argument("--folder", type=Path, required=True, help="where the terminals' files go")
    terminals = commands.add_parser(
        "terminals", help="carry sales and rosters on; write what the simulated terminals run"
    )
    terminals.add_argument("--folder", type=Path, required=True)
    commands.add_parser(
        "first-briefing",
        help="order the weekly briefing and its first edition once the terminals were read",
    )
    options = parser.parse_args(arguments)
    # Taking foreign keys off for the load needs the owner of the tables (bulk.py).
    if options.command == "load":
        os.environ["GIAOBAN_DATABASE_ROLE"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    import django

    from backend.garbage import loading

    with loading():
        django.setup()
    if options.command == "first-briefing":
        _order_briefing()
        return 0
    if options.command == "load":
        refused = _load(options.today)
        if refused:
            return refused
        _accounts(options.passwords_file)
    _terminals(options.folder)
    if options.command == "load":
        _meetings_and_papers()
    return 0


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


def _accounts(passwords: Path) -> None:
    from backend import clock
    from scripts.demonstration.accounts import ensure_accounts

    made = ensure_accounts(passwords, on=clock.today())
    print(f"{len(made)} accounts made: {', '.join(user.username for user in made) or '-'}")


def _order_briefing() -> None:
    """Beside the running collector and scheduler, which read the terminals and make the edition."""
    from backend import clock
    from scripts.demonstration.briefing import (
        is_ordered,
        order_first_briefing,
        wait_for_attendance,
    )

    if is_ordered():
        return
    if not wait_for_attendance(on=clock.today()):
        print("The terminals were not read in time; the first briefing tells so.", file=sys.stderr)
    order_first_briefing(at=clock.now())


def _meetings_and_papers() -> None:
    from backend import clock
    from backend.accounts.models import User
    from scripts.demonstration.documents import create_documents
    from scripts.demonstration.meetings import create_meetings
    from scripts.demonstration.obligations import create_obligations

    people = {user.username: user for user in User.objects.all()}
    create_meetings(
        chair=people["lanhdao"],
        secretary=people["nhansu"],
        others=(people["kinhdoanh"], people["baichay"], people["truongphong"]),
        at=clock.now(),
    )
    create_documents(
        controller=people["nhansu"],
        approver=people["lanhdao"],
        reader=people["kinhdoanh"],
        at=clock.now(),
    )
    create_obligations(clerk=people["kinhdoanh"], chief=people["lanhdao"], at=clock.now())


def _terminals(folder: Path) -> None:
    from backend import clock
    from scripts.demonstration.going_on import carry_on_sales, write_terminals

    print(f"{carry_on_sales(at=clock.now())} lines of sales recorded since the last start")
    print(write_terminals(folder, on=clock.today()))


if __name__ == "__main__":
    sys.exit(main())

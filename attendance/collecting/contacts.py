"""How often each terminal was reached, hour by hour: what the board's 24-hour strip is drawn from.

Counted in the transaction that stores a pull's outcome, so that the strip and the ledger never
disagree. One statement a contact, on one row.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from attendance.models import Pull, PullSource, TerminalHour

#: The board shows a day; the rest answers "since when has it been like this?".
KEPT: Final = timedelta(days=45)
HOUR: Final = timedelta(hours=1)

# The hour that a row is first made for is also when the terminal's oldest rows are dropped.
_COUNT: Final = """
    INSERT INTO attendance_terminalhour (terminal_id, hour, contacts, failures, punches)
    VALUES (%(terminal)s, %(hour)s, %(contacts)s, %(failures)s, %(punches)s)
    ON CONFLICT ON CONSTRAINT terminal_hour_once DO UPDATE SET
        contacts = attendance_terminalhour.contacts + excluded.contacts,
        failures = attendance_terminalhour.failures + excluded.failures,
        punches = attendance_terminalhour.punches + excluded.punches
    RETURNING xmax = 0
"""


def reached(pull: Pull, *, at: datetime) -> None:
    """Count a contact that ended well, with its new punches. An imported file is no contact."""
    if pull.source != PullSource.FILE:
        _count(pull.terminal_id, at=at, contacts=1, punches=pull.stored)


def heard(terminal_id: int, *, at: datetime) -> None:
    """Count that a terminal which pushes has called, without punches."""
    _count(terminal_id, at=at, contacts=1)


def missed(terminal_id: int, *, at: datetime) -> None:
    """Count a contact that failed."""
    _count(terminal_id, at=at, failures=1)


def _count(
    terminal_id: int, *, at: datetime, contacts: int = 0, failures: int = 0, punches: int = 0
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "terminal": terminal_id,
                "hour": _hour(at),
                "contacts": contacts,
                "failures": failures,
                "punches": punches,
            },
        )
        is_new = cursor.fetchone() == (True,)
    if is_new:
        TerminalHour.objects.filter(terminal=terminal_id, hour__lt=at - KEPT).delete()


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


#: (contacts, failures, new punches) of one hour.
HourCounts = tuple[int, int, int]


def last_hours(
    *, at: datetime, count: int = 24
) -> tuple[list[datetime], Mapping[int, Mapping[datetime, HourCounts]]]:
    """The last `count` hours, the running one included, and what each terminal did in them."""
    newest = _hour(at)
    hours = [newest - HOUR * back for back in range(count - 1, -1, -1)]
    found: dict[int, dict[datetime, HourCounts]] = defaultdict(dict)
    rows = TerminalHour.objects.filter(hour__gte=hours[0], hour__lte=newest)
    for terminal, hour, *counts in rows.values_list(
        "terminal_id", "hour", "contacts", "failures", "punches"
    ):
        found[terminal][hour] = (counts[0], counts[1], counts[2])
    return hours, found

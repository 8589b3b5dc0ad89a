"""Unsold tickets in our hands: received, counted, sealed, destroyed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from backend.accounts.models import User
from sales.engine.return_rules import count_faults
from sales.ledger.recording import LinesRefused
from sales.models import RecordingBatch, ReturnState
from sales.tickets.return_sheets import SheetNow
from sales.tickets.return_steps import (
    known_products,
    late_days,
    ready_for,
    serial_moves,
    take_step,
    tally,
)
from sales.tickets.stock import record_moves


def advance_returns(
    sheets: Sequence[int],
    state: ReturnState,
    *,
    by: User,
    at: datetime,
    minutes_no: str = "",
    note: str = "",
) -> int:
    """Receive, seal or destroy sheets together: all of them or none. Answers how many.

    Raises SheetUnknown, NotNow, ReturnsClosed, MinutesNeeded, LinesRefused.
    """
    if state not in (ReturnState.RECEIVED, ReturnState.SEALED, ReturnState.DESTROYED):
        raise ValueError(f"{state} is no step of many sheets")
    with transaction.atomic():
        held = ready_for(state, sheets, by=by, minutes_no=minutes_no)
        received = {now.sheet.draw.date for now in held} if state == ReturnState.RECEIVED else ()
        late = late_days(received, at)
        destroyed = held if state == ReturnState.DESTROYED else ()
        batch = _destroy(destroyed, by=by, at=at, minutes_no=minutes_no)
        take_step(
            state, [now.sheet for now in held], by=by, at=at, minutes_no=minutes_no, note=note,
            late=late, batch=batch,
        )  # fmt: skip
    return len(held)


def _destroy(
    held: Sequence[SheetNow], *, by: User, at: datetime, minutes_no: str
) -> RecordingBatch | None:
    """Move the counted serials to the destroyed ones; None where a company works by counts."""
    lines = [
        line for now in held for line in serial_moves(now, "returned", "destroyed", minutes_no)
    ]
    return record_moves(by=by, at=at, lines=lines, of_sheets=True).batch if lines else None


def count_return(
    sheet: int,
    *,
    tickets: Mapping[str, int],
    by: User,
    at: datetime,
    serials: Mapping[str, Sequence[str]] | None = None,
    minutes_no: str = "",
    note: str = "",
) -> None:
    """Keep what was counted, by product; surplus and shortage follow from it. May be repeated.

    Raises SheetUnknown, NotNow, LinesRefused.
    """
    given = serials or {}
    if faults := count_faults(tickets, given, known_products(tickets)):
        raise LinesRefused(faults)
    with transaction.atomic():
        (now,) = ready_for(ReturnState.COUNTED, [sheet], by=by, minutes_no=minutes_no)
        (step,) = take_step(
            ReturnState.COUNTED, [now.sheet], by=by, at=at, minutes_no=minutes_no, note=note
        )
        missing = {each.product: 0 for each in now.tallies if each.declared}
        tally({step: missing | dict(tickets)}, given)

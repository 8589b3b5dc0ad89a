"""Files of payments of agents: a batch of the journal of money (nộp tiền)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.accounts.models import User
from sales.engine.bodies import Fault
from sales.engine.money_lines import MoneyLine
from sales.ledger.recording import LinesRefused
from sales.ledger.steps import Begins, Step
from sales.models import ImportFile, JournalEntry, RecordingBatch, Source
from sales.models.periods import closed_until
from sales.money.booking import book, money_faults, record_money, reversal_of


def faults(lines: Sequence[MoneyLine], by: User, at: datetime) -> list[Fault]:
    """Also of closed months."""
    found = money_faults(lines, by=by, at=at)
    until = closed_until()
    for row, line in enumerate(lines, 1):
        if until is not None and line.date.replace(day=1) <= until:
            found.append(Fault(row, "date", "import.month_closed", {"month": f"{line.date:%m/%Y}"}))
    return found


def record(
    lines: Sequence[MoneyLine], by: User, at: datetime, _sent: datetime, _note: str, begins: Begins
) -> RecordingBatch | None:
    begins(Step.CHECKING)
    if found := faults(lines, by, at):
        raise LinesRefused(found)
    begins(Step.WRITING)
    return record_money(by=by, at=at, lines=lines, source=Source.IMPORT).batch


def undo(
    file: ImportFile, _lines: Sequence[Any], reason: str, by: User, at: datetime, begins: Begins
) -> RecordingBatch | None:
    """The reversal of every entry of the batch that was not reversed alone."""
    entries = JournalEntry.objects.filter(batch=file.batch_id, reversal=None).order_by("pk")
    reversals = [reversal_of(wrong, reason=reason, at=at) for wrong in entries]
    begins(Step.WRITING)
    return book(reversals, by=by, at=at, key="", source=Source.IMPORT) if reversals else None

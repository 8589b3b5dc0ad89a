"""What each kind of import file does to the books: checked, recorded as one, taken back as one.

What a kind's files say (columns, lines) is in `sales.engine.import_kinds`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from backend.accounts.models import User
from sales.engine.bodies import Fault
from sales.imports.kinds import agents, payments, plans, tickets
from sales.ledger.steps import Begins
from sales.models import ImportFile, ImportKind, RecordingBatch, SalesPlan


class Books(Protocol):
    """What the module of a kind does. `record` and `undo` work in the caller's transaction and tell
    the steps they begin."""

    def faults(self, lines: Sequence[Any], by: User, at: datetime, /) -> list[Fault]:
        """Every reason why the lines would not be recorded now, `row` counting the lines."""

    def record(
        self,
        lines: Sequence[Any],
        by: User,
        at: datetime,
        sent: datetime,
        note: str,
        begins: Begins,
        /,
    ) -> RecordingBatch | SalesPlan | None:
        """What was made of the lines, recorded `at` a moment and `sent` at another; the `note` names
        the file. Raises LinesRefused."""

    def undo(
        self,
        file: ImportFile,
        lines: Sequence[Any],
        reason: str,
        by: User,
        at: datetime,
        begins: Begins,
        /,
    ) -> RecordingBatch | None:
        """The batch of the reversals, where there is one. `lines` are those of a file that made neither
        batch nor plan."""


_BOOKS: Final[Mapping[str, Books]] = {
    ImportKind.ISSUES.value: tickets,
    ImportKind.RETURNS.value: tickets,
    ImportKind.SALES.value: tickets,
    ImportKind.PAYMENTS.value: payments,
    ImportKind.AGENTS.value: agents,
    ImportKind.PLANS.value: plans,
}


def books_of(kind: str) -> Books:
    """What files of the kind (an `ImportKind`) do to the books."""
    return _BOOKS[kind]

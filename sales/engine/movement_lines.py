"""The shape of a line of payments, deposits or adjustments, whose kind the address says. Pure."""

from datetime import date
from typing import Any, Final

import msgspec

from sales.engine.bodies import Code, LineReader, Text
from sales.engine.money_lines import (
    MONEY_SHAPES,
    MOST_AMOUNT,
    Amount,
    Into,
    MoneyEvent,
    MoneyLine,
    Reference,
)


class MovementLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money of an agent on a day, whole đồng: what came in, below nothing what was given back; of
    an adjustment, by how much the debt grows.
    """

    agent: Code
    date: date
    amount: Amount
    into: Into = "cash"
    reference: Reference = ""
    reason: Text = ""

    def of(self, event: MoneyEvent) -> MoneyLine:
        """As a line of the journal."""
        told: dict[str, Any] = msgspec.structs.asdict(self)
        return MoneyLine(event=event, **told)


MOVEMENT_LINES: Final = LineReader(MovementLine, shapes=MONEY_SHAPES, most=MOST_AMOUNT)

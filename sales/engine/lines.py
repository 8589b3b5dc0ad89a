"""The shape of one line people send: a movement of tickets. Pure."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from sales.engine.bodies import Code, EntryId, LineReader, Text

#: A line cannot move more tickets than are printed for one draw (20 series of 100,000).
MOST_TICKETS = 2_000_000

Count = Annotated[int, Meta(ge=-MOST_TICKETS, le=MOST_TICKETS)]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tickets issued to, or taken back from, an agent for a draw (giao vé, trả vé ế).

    `sold` may be sent as a check and must then equal issued − returned; it is never stored as
    sent. A correction names the entry it corrects, and why, and may be negative.
    """

    draw_date: date
    agent: Code
    product: Code
    issued: Count = 0
    returned: Count = 0
    sold: Count | None = None
    corrects: EntryId | None = None
    reason: Text = ""

    @property
    def brings_back(self) -> bool:
        """Whether unsold tickets come back by this line; one that corrects tells of earlier ones."""
        return self.returned > 0 and self.corrects is None


LINES = LineReader(
    Line,
    shapes={
        "draw_date": "line.not_a_date",
        "agent": "line.not_a_code",
        "product": "line.not_a_code",
        "reason": "line.not_a_text",
        "corrects": "line.not_an_entry",
    },
    most=MOST_TICKETS,
)

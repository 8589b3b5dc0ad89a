"""The shape of a line of the plan of what is printed, and whether it may be planned. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from sales.engine.bodies import Code, Fault, LineReader, Text
from sales.engine.lines import MOST_TICKETS

Document = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]


class IssueLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tickets of a product to be printed for a draw, by a document; 0 takes the plan back."""

    draw_date: date
    product: Code
    tickets: Annotated[int, Meta(ge=0, le=MOST_TICKETS)]
    document: Document
    receive_date: date | None = None
    note: Text = ""


ISSUE_LINES: Final = LineReader(
    IssueLine,
    shapes={
        "draw_date": "line.not_a_date",
        "product": "line.not_a_code",
        "document": "issue.not_a_document",
        "receive_date": "line.not_a_date",
        "note": "line.not_a_text",
    },
    most=MOST_TICKETS,
)


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What the lines refer to: draws that are still to be held, the days each product is on sale,
    what was received of a draw and product from the printer, and the most that may be issued of a
    draw on its day (None: no rule says so).
    """

    draws: frozenset[date]
    products: Mapping[str, tuple[date, date | None]]
    printed: Mapping[tuple[date, str], int]
    most: Mapping[date, int | None]


def check(lines: Sequence[IssueLine], facts: IssueFacts) -> list[Fault]:
    """All faults of all lines, in row order."""
    faults: list[Fault] = []
    seen: dict[tuple[date, str], int] = {}
    for row, line in enumerate(lines, 1):
        faults += [*_of_draw(row, line, facts), *_of_tickets(row, line, facts)]
        first = seen.setdefault((line.draw_date, line.product), row)
        if first != row:
            faults.append(Fault(row, "", "issue.duplicate", {"first": first}))
    return faults


def _of_draw(row: int, line: IssueLine, facts: IssueFacts) -> list[Fault]:
    values = {"date": line.draw_date, "product": line.product}
    if line.draw_date not in facts.draws:
        return [Fault(row, "draw_date", "issue.no_draw", values)]
    span = facts.products.get(line.product)
    if span is None:
        return [Fault(row, "product", "product.unknown", values)]
    first, last = span
    if line.draw_date < first or (last is not None and line.draw_date > last):
        return [Fault(row, "product", "product.not_on_sale", values)]
    if line.receive_date is not None and line.receive_date > line.draw_date:
        return [Fault(row, "receive_date", "issue.received_late", values)]
    return []


def _of_tickets(row: int, line: IssueLine, facts: IssueFacts) -> list[Fault]:
    printed = facts.printed.get((line.draw_date, line.product), 0)
    if line.tickets > MOST_TICKETS:  # typed on a page
        return [Fault(row, "tickets", "line.too_many", {"most": MOST_TICKETS})]
    if line.tickets < printed:
        return [Fault(row, "tickets", "issue.below_printed", {"printed": printed})]
    most = facts.most.get(line.draw_date)
    if most is not None and line.tickets > most:
        return [Fault(row, "tickets", "issue.over_cap", {"most": most})]
    return []

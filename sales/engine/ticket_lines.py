"""The shape of one line that moves tickets by serial, and whether it may be recorded. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from sales.engine.bodies import Code, Fault, LineReader, Text
from sales.engine.stock import Held, Place, Shelf

#: No series has longer numbers than six digits.
MOST_NUMBER: Final = 999_999
#: Traditional tickets have five: 100,000 to a series.
MOST_OF_TRADITIONAL: Final = 99_999

Number = Annotated[int, Meta(ge=0, le=MOST_NUMBER)]
Symbol = Annotated[str, Meta(pattern=r"^[0-9A-Z]{1,6}$")]
#: "warehouse", "agent:AN001", "branch:HL".
PlaceName = Annotated[str, Meta(max_length=40, pattern=r"^[a-z]+(:[^\x00-\x1f]{1,20})?$")]
Document = Annotated[str, Meta(max_length=100, pattern=r"^[^\x00-\x1f]*$")]

PRINTER: Final = "printer"
#: Places of which there are many, so that a code tells which.
HELD_BY: Final = {"agent": "agent", "branch": "site"}
#: Where tickets go from where.
WAYS: Final[Mapping[str, frozenset[str]]] = {
    "printer": frozenset({"warehouse"}),
    "warehouse": frozenset({"branch", "agent", "destroyed", "lost", "damaged"}),
    "branch": frozenset({"warehouse", "branch", "agent", "lost", "damaged"}),
    "agent": frozenset({"returned", "warehouse", "branch", "agent", "lost", "damaged"}),
    "returned": frozenset({"destroyed", "agent", "lost", "damaged"}),
    "damaged": frozenset({"destroyed"}),
    "lost": frozenset({"returned", "warehouse"}),
    "destroyed": frozenset(),
}
#: Tickets that are there can be sold; between them and an agent they are issued.
ON_HAND: Final = frozenset({"warehouse", "branch", "agent"})
#: What goes there stands in minutes (biên bản) with a number.
WITH_MINUTES: Final = frozenset({"destroyed", "lost", "damaged"})
#: Tickets there were not sold, or are no longer good: they win nothing.
WITHDRAWN: Final = frozenset({"returned"}) | WITH_MINUTES
#: What undoes or goes round the usual way says why.
WITH_REASON: Final = frozenset(
    {
        ("agent", "warehouse"), ("agent", "branch"), ("agent", "agent"), ("returned", "agent"),
        ("lost", "returned"), ("lost", "warehouse"),
    }
)  # fmt: skip


class TicketLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tickets [first, last] of a series of a draw go from `source` to `target`.

    `document` is the number of the paper (phiếu xuất, biên bản).
    """

    draw_date: date
    product: Code
    series: Symbol
    first: Number
    last: Number
    source: PlaceName
    target: PlaceName
    document: Document = ""
    reason: Text = ""

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    @property
    def concerns_agent(self) -> bool:
        """Whether an agent gives or gets these tickets; else they stay among the company's own places."""
        return self.source.startswith("agent:") or self.target.startswith("agent:")


TICKET_LINES = LineReader(
    TicketLine,
    shapes={
        "draw_date": "line.not_a_date",
        "product": "line.not_a_code",
        "series": "ticket.not_a_symbol",
        "first": "ticket.not_a_number",
        "last": "ticket.not_a_number",
        "source": "ticket.not_a_place",
        "target": "ticket.not_a_place",
        "document": "money.not_a_reference",
        "reason": "line.not_a_text",
    },
    most=MOST_NUMBER,
)

#: Product, draw and symbol.
Series = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What the lines refer to, by code; what the person may not see is not here."""

    agents: Mapping[str, int]
    sites: Mapping[str, int]
    products: Mapping[str, int]
    traditional: frozenset[str]
    draws: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Moved:
    """A line that was carried out."""

    row: int
    line: TicketLine
    series: Series
    source: Place | None
    target: Place | None


def check(lines: Sequence[TicketLine], facts: TicketFacts) -> list[Fault]:
    """All faults of the lines themselves, in row order."""
    return [fault for row, line in enumerate(lines, 1) for fault in _faults(row, line, facts)]


def company_faults(lines: Sequence[TicketLine]) -> list[Fault]:
    """A fault for each line that concerns no agent: only an account of the whole company moves those."""
    return [
        Fault(row, "source", "ticket.of_the_company")
        for row, line in enumerate(lines, 1)
        if not line.concerns_agent
    ]


def series_of(line: TicketLine, facts: TicketFacts) -> Series:
    return facts.products[line.product], facts.draws[line.draw_date], line.series


def carry_out(
    lines: Sequence[TicketLine], facts: TicketFacts, shelves: Mapping[Series, Shelf]
) -> tuple[list[Moved], list[Fault]]:
    """Move the tickets of checked lines on the shelves, one line after the other."""
    moved: list[Moved] = []
    faults: list[Fault] = []
    for row, line in enumerate(lines, 1):
        series = series_of(line, facts)
        source, target = _place(line.source, facts), _place(line.target, facts)
        if elsewhere := shelves[series].move(line.first, line.last, source, target):
            faults.append(_not_there(row, elsewhere[0], facts))
        else:
            moved.append(Moved(row, line, series, source, target))
    return moved, faults


@dataclass(slots=True)
class Counts:
    """What moves change in an agent's counts; `row` and `reason` are those of the first of them."""

    row: int
    reason: str
    issued: int = 0
    returned: int = 0


def counts_of(moved: Sequence[Moved]) -> dict[tuple[str, str, date], Counts]:
    """By agent, product and draw: tickets issued and returned, negative where taken back."""
    sums: dict[tuple[str, str, date], Counts] = {}

    def add(name: str, move: Moved, *, issued: int = 0, returned: int = 0) -> None:
        key = (name.partition(":")[2], move.line.product, move.line.draw_date)
        counts = sums.setdefault(key, Counts(move.row, move.line.reason))
        counts.issued += issued
        counts.returned += returned

    for move in moved:
        source, target = (name.partition(":")[0] for name in (move.line.source, move.line.target))
        count = move.line.count
        if target == "agent" and source in ON_HAND:
            add(move.line.target, move, issued=count)
        elif target == "agent" and source == "returned":
            add(move.line.target, move, returned=-count)
        if source == "agent" and target in ON_HAND:
            add(move.line.source, move, issued=-count)
        elif source == "agent" and target == "returned":
            add(move.line.source, move, returned=count)
    return {key: counts for key, counts in sums.items() if counts.issued or counts.returned}


def _faults(row: int, line: TicketLine, facts: TicketFacts) -> list[Fault]:
    faults: list[Fault] = []
    if line.product not in facts.products:
        faults.append(Fault(row, "product", "product.unknown", {"product": line.product}))
    if line.draw_date not in facts.draws:
        faults.append(Fault(row, "draw_date", "draw.none", {"date": line.draw_date}))
    if line.last < line.first:
        faults.append(Fault(row, "last", "ticket.reversed"))
    for field, name in (("source", line.source), ("target", line.target)):
        faults += _place_faults(row, field, name, facts)
    source, target = line.source.partition(":")[0], line.target.partition(":")[0]
    if not faults and target not in WAYS[source]:
        faults.append(Fault(row, "target", "ticket.no_such_way", {"from": source, "to": target}))
    if source == PRINTER and line.product in facts.traditional and line.last > MOST_OF_TRADITIONAL:
        faults.append(Fault(row, "last", "ticket.not_in_series"))
    if target in WITH_MINUTES and not line.document.strip():
        faults.append(Fault(row, "document", "ticket.needs_minutes"))
    if (source, target) in WITH_REASON and not line.reason.strip():
        faults.append(Fault(row, "reason", "ticket.needs_reason"))
    return faults


def _place_faults(row: int, field: str, name: str, facts: TicketFacts) -> list[Fault]:
    kind, colon, code = name.partition(":")
    if kind not in WAYS or bool(colon) != (kind in HELD_BY):
        return [Fault(row, field, "ticket.not_a_place")]
    if kind == "agent" and code not in facts.agents:
        return [Fault(row, field, "agent.unknown", {"agent": code})]
    if kind == "branch" and code not in facts.sites:
        return [Fault(row, field, "site.unknown", {"site": code})]
    return []


def _place(name: str, facts: TicketFacts) -> Place | None:
    kind, _, code = name.partition(":")
    if kind == PRINTER:
        return None
    return Place(kind, _holder(kind, code, facts))


def _holder(kind: str, code: str, facts: TicketFacts) -> int:
    if kind not in HELD_BY:
        return 0
    return (facts.agents if kind == "agent" else facts.sites)[code]


def _not_there(row: int, held: Held, facts: TicketFacts) -> Fault:
    values: dict[str, object] = {"first": f"{held.first:05d}", "last": f"{held.last:05d}"}
    if held.place is None:
        return Fault(row, "first", "ticket.not_printed", values)
    return Fault(row, "first", "ticket.elsewhere", values | {"place": _told(held.place, facts)})


def _told(place: Place, facts: TicketFacts) -> str:
    """The place as lines name it; whose is told only where the person may see it."""
    if place.kind not in HELD_BY:
        return place.kind
    known = facts.agents if place.kind == "agent" else facts.sites
    code = next((code for code, pk in known.items() if pk == place.holder), "")
    return f"{place.kind}:{code}" if code else place.kind

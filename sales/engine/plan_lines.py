"""The lines of a year's plan as people send them, and what is wrong with them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sales.engine.bank_sheet import number_of

#: Most lines of a plan: 12 months of 3 products for 3,000 agents fit twice.
MOST_LINES: Final = 250_000
MOST_TICKETS: Final = 1_000_000_000
MOST_FAULTS: Final = 100


@dataclass(frozen=True, slots=True)
class PlanLine:
    """Codes as sent; region and agent are empty where the line is the company's."""

    month: int
    product: str
    region: str
    agent: str
    tickets: int


@dataclass(frozen=True, slots=True)
class PlanFault:
    """What is wrong in a row; `code` names it, `value` is what was sent."""

    row: int
    field: str
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Known:
    """The codes a plan may name."""

    products: frozenset[str]
    regions: frozenset[str]
    agents: frozenset[str]


def read_lines(
    rows: Sequence[Mapping[str, Any]], known: Known, *, first_row: int = 1
) -> tuple[list[PlanLine], list[PlanFault]]:
    """The lines and every fault, at most `MOST_FAULTS`; rows count from `first_row`."""
    lines: list[PlanLine] = []
    faults: list[PlanFault] = []
    seen: dict[tuple[int, str, str, str], int] = {}
    for row, sent in enumerate(rows, start=first_row):
        if len(faults) >= MOST_FAULTS:
            break
        line, wrong = _line(row, sent, known)
        if line is not None:
            key = (line.month, line.product, line.region, line.agent)
            before = seen.setdefault(key, row)
            if before != row:
                wrong.append(PlanFault(row, "month", "duplicate", str(before)))
            lines.append(line)
        faults += wrong
    return lines, faults


def _line(
    row: int, sent: Mapping[str, Any], known: Known
) -> tuple[PlanLine | None, list[PlanFault]]:
    month, tickets = number_of(sent.get("month")), number_of(sent.get("tickets"))
    product, region, agent = (_code(sent.get(name)) for name in ("product", "region", "agent"))
    faults = []
    if month is None or not 1 <= month <= 12:
        faults.append(PlanFault(row, "month", "month", str(sent.get("month", ""))[:40]))
    if tickets is None or not 0 <= tickets <= MOST_TICKETS:
        faults.append(PlanFault(row, "tickets", "tickets", str(sent.get("tickets", ""))[:40]))
    if product not in known.products:
        faults.append(PlanFault(row, "product", "product", product))
    if region and region not in known.regions:
        faults.append(PlanFault(row, "region", "region", region))
    if agent and agent not in known.agents:
        faults.append(PlanFault(row, "agent", "agent", agent))
    if region and agent:
        faults.append(PlanFault(row, "agent", "both", f"{region} {agent}"))
    if faults or month is None or tickets is None:
        return None, faults
    return PlanLine(month, product, region, agent, tickets), []


def _code(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()

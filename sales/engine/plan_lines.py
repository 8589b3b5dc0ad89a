"""The lines of a year's plan as people send them, and what is wrong with them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sales.engine.bodies import Fault
from sales.engine.cell_values import code_of, whole

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
class Known:
    """The codes a plan may name."""

    products: frozenset[str]
    regions: frozenset[str]
    agents: frozenset[str]


def read_lines(
    rows: Sequence[Mapping[str, Any]], known: Known, *, most_faults: int = MOST_FAULTS
) -> tuple[list[PlanLine], list[Fault]]:
    """The lines and every fault, about `most_faults` at most; rows count from 1."""
    lines: list[PlanLine] = []
    faults: list[Fault] = []
    seen: dict[tuple[int, str, str, str], int] = {}
    for row, sent in enumerate(rows, start=1):
        if len(faults) >= most_faults:
            break
        line, wrong = _line(row, sent, known)
        if line is not None:
            key = (line.month, line.product, line.region, line.agent)
            first = seen.setdefault(key, row)
            if first != row:
                wrong.append(Fault(row, "month", "plan.duplicate", {"first": first}))
            lines.append(line)
        faults += wrong
    return lines, faults


def _line(row: int, sent: Mapping[str, Any], known: Known) -> tuple[PlanLine | None, list[Fault]]:
    month, tickets = whole(sent.get("month")), whole(sent.get("tickets"))
    product, region, agent = (code_of(sent.get(name)) for name in ("product", "region", "agent"))
    faults = []

    def fault(field: str, code: str, value: Any) -> None:
        faults.append(Fault(row, field, f"plan.{code}", {"value": str(value)[:40]}))

    if month is None or not 1 <= month <= 12:
        fault("month", "month", sent.get("month", ""))
    if tickets is None or not 0 <= tickets <= MOST_TICKETS:
        fault("tickets", "tickets", sent.get("tickets", ""))
    if product not in known.products:
        fault("product", "product", product)
    if region and region not in known.regions:
        fault("region", "region", region)
    if agent and agent not in known.agents:
        fault("agent", "agent", agent)
    if region and agent:
        fault("agent", "both", f"{region} {agent}")
    if faults or month is None or tickets is None:
        return None, faults
    return PlanLine(month, product, region, agent, tickets), []

"""Whether lines may be recorded, and every reason why not. Pure: facts in, faults out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sales.engine.bodies import Fault
from sales.engine.lines import Line
from sales.engine.return_rules import Lateness


@dataclass(frozen=True, slots=True)
class AgentTerms:
    pk: int
    region_id: int
    commission_bps: int
    is_suspended: bool
    opened_date: date
    closed_date: date | None


@dataclass(frozen=True, slots=True)
class ProductTerms:
    pk: int
    face_value_amount: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class DrawTerms:
    pk: int
    is_void: bool
    is_closed: bool = False


#: First day, last day or None, commission in basis points.
Rate = tuple[date, date | None, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the lines refer to. What the person may not see is not here, so it does not exist.

    `corrected` holds agent, product and draw date of the entries that lines correct. `rates` are
    the commissions by contract of an agent and product: first day, last day or None, basis points.
    `returns` tells of the draws that lines bring tickets back of.
    """

    agents: Mapping[str, AgentTerms]
    products: Mapping[str, ProductTerms]
    draws: Mapping[date, DrawTerms]
    corrected: Mapping[int, tuple[str, str, date]]
    rates: Mapping[tuple[int, int], Sequence[Rate]] = field(default_factory=dict)
    returns: Lateness = field(default_factory=Lateness)

    def commission_bps(self, line: Line) -> int:
        """By the contract in force on the draw's day, else the agent's own."""
        agent, product = self.agents[line.agent], self.products[line.product]
        for first, last, bps in self.rates.get((agent.pk, product.pk), ()):
            if first <= line.draw_date and (last is None or line.draw_date <= last):
                return bps
        return agent.commission_bps


def check(lines: Sequence[Line], facts: Facts) -> list[Fault]:
    """All faults of all lines, in row order. A fault never hides another line's."""
    faults: list[Fault] = []
    seen: dict[tuple[str, str, date, int | None], int] = {}
    for row, line in enumerate(lines, 1):
        key = (line.agent, line.product, line.draw_date, line.corrects)
        first = seen.setdefault(key, row)
        if first != row:
            faults.append(Fault(row, "", "line.duplicate", {"first": first}))
        agent = facts.agents.get(line.agent)
        product = facts.products.get(line.product)
        draw = facts.draws.get(line.draw_date)
        if agent is None:
            faults.append(Fault(row, "agent", "agent.unknown", {"agent": line.agent}))
        else:
            faults += _agent_faults(row, line, agent)
        if product is None:
            faults.append(Fault(row, "product", "product.unknown", {"product": line.product}))
        else:
            faults += _product_faults(row, line, product)
        if draw is None:
            faults.append(Fault(row, "draw_date", "draw.none", {"date": line.draw_date}))
        elif draw.is_void and line.issued > 0:
            faults.append(Fault(row, "draw_date", "draw.void", {"date": line.draw_date}))
        elif draw.is_closed and line.corrects is None:
            faults.append(Fault(row, "draw_date", "draw.closed", {"date": line.draw_date}))
        if line.issued <= 0 or line.returned < 0 or line.sold is not None or line.corrects:
            faults += _count_faults(row, line, facts)
        if line.draw_date in facts.returns.refused and line.brings_back:
            faults.append(_too_late(row, line, facts.returns.refused[line.draw_date]))
    return faults


def _too_late(row: int, line: Line, until: datetime) -> Fault:
    values = {"date": line.draw_date, "until": f"{until:%H:%M}", "day": until.date()}
    return Fault(row, "returned", "return.too_late", values)


def _agent_faults(row: int, line: Line, agent: AgentTerms) -> list[Fault]:
    """Why the agent gets no tickets of the draw. What it once got comes back, and is taken away where it
    was recorded wrongly, whatever became of the agent, the product or the draw meanwhile."""
    if line.issued <= 0:
        return []
    values = {"agent": line.agent}
    if line.draw_date < agent.opened_date:
        return [Fault(row, "agent", "agent.not_started", values | {"date": agent.opened_date})]
    if agent.closed_date is not None and line.draw_date > agent.closed_date:
        return [Fault(row, "agent", "agent.ended", values | {"date": agent.closed_date})]
    if agent.is_suspended:
        return [Fault(row, "agent", "agent.suspended", values)]
    return []


def _product_faults(row: int, line: Line, product: ProductTerms) -> list[Fault]:
    is_sold = product.valid_from <= line.draw_date and (
        product.valid_to is None or line.draw_date <= product.valid_to
    )
    values = {"product": line.product, "date": line.draw_date}
    return (
        []
        if is_sold or line.issued <= 0
        else [Fault(row, "product", "product.not_on_sale", values)]
    )


def _count_faults(row: int, line: Line, facts: Facts) -> list[Fault]:
    faults: list[Fault] = []
    if line.issued == 0 and line.returned == 0:
        faults.append(Fault(row, "issued", "line.empty"))
    if line.sold is not None and line.sold != line.issued - line.returned:
        values = {"sold": line.sold, "difference": line.issued - line.returned}
        faults.append(Fault(row, "sold", "sold.mismatch", values))
    if line.corrects is None:
        faults += [
            Fault(row, name, "line.negative")
            for name in ("issued", "returned")
            if getattr(line, name) < 0
        ]
        return faults
    subject = (line.agent, line.product, line.draw_date)
    if line.corrects not in facts.corrected:
        faults.append(Fault(row, "corrects", "correction.unknown", {"entry": line.corrects}))
    elif facts.corrected[line.corrects] != subject:
        faults.append(Fault(row, "corrects", "correction.of_another", {"entry": line.corrects}))
    if not line.reason.strip():
        faults.append(Fault(row, "reason", "correction.needs_reason"))
    return faults

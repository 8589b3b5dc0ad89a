"""What the plans in force mean to sell of what a summary tells: by month, product and one kind of place."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef

from backend.org.models import Region, TerritoryRegion
from backend.validity import holding
from sales.engine.plan_cover import cover
from sales.figures.asked import LEVELS, Asked, Keys, SummaryRow, Told
from sales.figures.plan_by_draw import Line, by_draw, is_in_parts
from sales.figures.rows import rows_of, scope

#: A plan is told by at most one of them; by none it is the company's, or that of the units asked for.
PLACES: Final = ("territory", "region", "agent")
DIMENSIONS: Final = (*PLACES, "product", "month", "draw", "weekday")
# The whole plan of every month the dates touch.
_LINES: Final = """
    from sales_salesplanline line
    join (
        select distinct on (year) id, year from sales_salesplan
        where state = 'approved' order by year, version desc
    ) plan on plan.id = line.plan_id
    join sales_product product on product.id = line.product_id
    left join org_region region on region.id = line.region_id
    left join sales_agent agent on agent.id = line.agent_id
    left join org_region area on area.id = coalesce(line.region_id, agent.region_id)
    where make_date(plan.year, line.month, 1) between date_trunc('month', %(first)s::date) and %(last)s
      and (%(product)s::text is null or product.code = %(product)s)
      and (%(path)s::text is null or area.path ~ %(below)s)
"""
_AGENT_LINES: Final = f"""
    select make_date(plan.year, line.month, 1), product.code, product.name, agent.code, agent.name,
        line.tickets, line.revenue_amount
    {_LINES} and line.agent_id is not null and (%(agent)s::text is null or agent.code = %(agent)s)
"""
_PLACE_LINES: Final = f"""
    select make_date(plan.year, line.month, 1), product.code, product.name, line.region_id,
        coalesce(region.path, ''), line.tickets, line.revenue_amount
    {_LINES} and line.agent_id is null and (%(path)s::text is null or line.region_id is not null)
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is meant to be sold; revenue at face value, đồng."""

    tickets: int
    revenue_amount: int


def is_told_by(names: Iterable[str], *, agent: str | None) -> bool:
    """Whether plans can be told by these dimensions."""
    chosen = set(names)
    places = chosen & set(PLACES)
    return chosen <= set(DIMENSIONS) and len(places | ({"agent"} if agent else set())) <= 1


def planned(asked: Asked) -> dict[Keys, Plan]:
    """The plan of each row of the summary, by its `keys`; rows without a plan are missing.

    The plan of a unit is its own line, without one the lines of the units below it; of the company
    alike. By draw or weekday it is spread over the draws (`plan_by_draw`), else that of whole months.
    `asked.by` must be such that `is_told_by`. Raises PlanTooLong.
    """
    values: dict[str, Any] = {
        "first": asked.first, "last": asked.last, "product": asked.product, "agent": asked.agent,
        **scope(asked.path),
    }  # fmt: skip
    is_by_agent = "agent" in asked.by or asked.agent is not None
    found = _by_agent(values) if is_by_agent else _by_place(values, asked)
    if is_in_parts(asked):
        found = by_draw(found, asked)
    sums: dict[Keys, list[int]] = defaultdict(lambda: [0, 0])
    for told, tickets, revenue in found:
        sum_of = sums[tuple(told[name] for name in asked.by)]
        sum_of[0] += tickets
        sum_of[1] += revenue
    return {keys: Plan(*amounts) for keys, amounts in sums.items()}


def with_planned(rows: list[Told], plans: dict[Keys, Plan], asked: Asked) -> list[Told]:
    """The rows, and those of which there is only a plan: nothing was sold."""
    known = {row.keys for row, _is_estimate in rows}
    is_estimate = None if not rows or rows[0][1] is None else False
    nothing = (0, 0) if asked.is_compared else None
    commission = 0 if asked.has_commission else None
    more: list[Told] = [
        (SummaryRow(keys, 0, 0, 0, commission, nothing, nothing), is_estimate)
        for keys in plans
        if keys not in known
    ]
    if asked.order:
        return rows + more
    return sorted(
        rows + more, key=lambda told: [(v is None, v) for key in told[0].keys for v in key]
    )


def _by_agent(values: dict[str, Any]) -> Iterable[Line]:
    for month, code, product, agent, name, tickets, revenue in rows_of(_AGENT_LINES, **values):
        yield {"month": (month,), "product": (code, product), "agent": (agent, name)}, tickets, revenue  # fmt: skip


def _by_place(values: dict[str, Any], asked: Asked) -> Iterable[Line]:
    """Lines of units (path "" is the company), less those of which a unit above has one as well."""
    shown_in = _shown_in(asked)
    groups: dict[tuple[date, str, Any], dict[str, Line]] = defaultdict(dict)
    for month, code, product, unit, path, *amounts in rows_of(_PLACE_LINES, **values):
        place = shown_in(unit, path)
        if place is None:
            continue
        told = {"month": (month,), "product": (code, product), **place}
        groups[month, code, tuple(place.values())][path] = (told, *amounts)
    for lines in groups.values():
        yield from (lines[path] for path in cover("", lines))


def _shown_in(asked: Asked) -> Any:
    """Of a line's unit: where the summary shows it; None where it does not."""
    if "territory" in asked.by:
        parts = TerritoryRegion.objects.filter(holding(asked.on)).select_related("territory")
        known = {each.region_id: (each.territory.code, each.territory.name) for each in parts}
        return lambda unit, _path: {"territory": known[unit]} if unit in known else None
    if "region" not in asked.by:
        return lambda _unit, _path: {}
    depth = LEVELS[asked.level]
    now = Region.objects.filter(valid_to=None)
    if depth is None:
        leaves = now.exclude(Exists(now.filter(parent=OuterRef("pk"))))
        units = {pk: (code, name) for pk, code, name in leaves.values_list("pk", "code", "name")}
        return lambda unit, _path: {"region": units[unit]} if unit in units else None
    names = {path: (code, name) for path, code, name in now.values_list("path", "code", "name")}

    def above(_unit: int | None, path: str) -> dict[str, tuple[Any, ...]] | None:
        place = (
            names.get("/".join(path.split("/")[:depth])) if path.count("/") >= depth - 1 else None
        )
        return {"region": place} if path and place else None

    return above

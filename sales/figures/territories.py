"""What sales territories and their units are: agents, sales of the last weeks, debts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, QuerySet, Sum

from backend.org.models import Region, Territory, TerritoryRegion
from backend.validity import holding
from sales.figures.rows import held_draws
from sales.models import Agent, AgentBalance, AgentStatus, RegionDayTotal

#: How far back sales are summed, as in the list of agents.
RECENT: Final = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a unit or territory is: active agents, the sales of the last 28 days, debts in đồng."""

    agents: int = 0
    issued: int = 0
    returned: int = 0
    revenue: int = 0
    debt: int = 0

    @property
    def unsold_bps(self) -> int | None:
        return self.returned * 10_000 // self.issued if self.issued else None

    @property
    def revenue_per_agent(self) -> int | None:
        return self.revenue // self.agents if self.agents else None


@dataclass(frozen=True, slots=True)
class Line:
    territory: Territory
    units: list[tuple[TerritoryRegion, Figures]]

    @property
    def figures(self) -> Figures:
        return total(figures for _unit, figures in self.units)


def total(parts: Iterable[Figures]) -> Figures:
    known = list(parts)
    return Figures(*(sum(getattr(part, each.name) for part in known) for each in fields(Figures)))


def lines_of(territories: QuerySet[Territory], today: date) -> list[Line]:
    """Each with the units it has today, in six queries."""
    rows = TerritoryRegion.objects.filter(holding(today), territory__in=territories)
    figures = _figures_by_unit(today)
    units: dict[int, list[tuple[TerritoryRegion, Figures]]] = defaultdict(list)
    for row in rows.select_related("region").order_by("region__path"):
        units[row.territory_id].append((row, _below(row.region.path, figures)))
    return [Line(each, units[each.pk]) for each in territories]


def free_units(today: date) -> list[Region]:
    """Units that belong to no territory."""
    taken = TerritoryRegion.objects.filter(holding(today)).values_list("region__path", flat=True)
    prefixes = tuple(f"{path}/" for path in taken)
    return [unit for unit in _leaves(today) if not f"{unit.path}/".startswith(prefixes)]


def units_elsewhere(territory: Territory, today: date) -> list[tuple[Region, Territory | None]]:
    """Units that may be added to it, each with the territory it would leave."""
    rows = TerritoryRegion.objects.filter(valid_to=None).select_related("territory")
    by_unit = {row.region_id: row.territory for row in rows}
    known = ((unit, by_unit.get(unit.pk)) for unit in _leaves(today))
    return [(unit, other) for unit, other in known if other != territory]


def _leaves(today: date) -> QuerySet[Region]:
    """The units in force that have none below them."""
    known = Region.objects.in_force(today)
    return known.exclude(pk__in=known.exclude(parent=None).values("parent")).order_by("path")


def _below(path: str, figures: Mapping[str, Figures]) -> Figures:
    """Of the unit and what lies below it."""
    return total(
        each for other, each in figures.items() if other == path or other.startswith(f"{path}/")
    )


def _figures_by_unit(today: date) -> Mapping[str, Figures]:
    """By the path of the unit, in four queries."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    counts = Agent.objects.filter(status=AgentStatus.ACTIVE).values_list("region__path")
    for path, agents in counts.annotate(Count("pk")):
        found[path]["agents"] = agents
    held = held_draws(today - RECENT + timedelta(days=1), today)
    sums = RegionDayTotal.objects.filter(draw_date__in=list(held))
    names = ("issued", "returned", "revenue")
    for path, *counted in sums.values_list("region__path").annotate(
        Sum("issued"), Sum("returned"), Sum("revenue_amount")
    ):
        found[path].update(zip(names, counted, strict=True))
    debts = AgentBalance.objects.values_list("agent__region__path").annotate(Sum("receivable"))
    for path, debt in debts:
        found[path]["debt"] = debt
    return {path: Figures(**values) for path, values in found.items()}

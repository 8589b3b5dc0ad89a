"""Any summary by either tree of units: as it was, or today's, where sums of former units go, by the
shares, to who took them over."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from operator import add
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from backend.org.models import Region, TerritoryRegion, scope_pattern
from backend.problems import Problem
from backend.validity import holding
from sales.engine.redistricting import todays
from sales.figures.asked import LEVELS, Asked, SummaryRow, Told
from sales.figures.regions import successors
from sales.figures.summary import summary

#: Sums by recorded unit that are read for one answer.
MOST_PARTS: Final = 200_000


class TooManyParts(Problem):
    code = "tree.too_many"
    message = _("Cây địa bàn hiện nay có quá nhiều dòng. Hãy chọn ít ngày hoặc ít chiều hơn.")


def summary_by_tree(asked: Asked, *, is_today: bool) -> list[Told]:
    """The summary in today's units, or by the tree as it was. Raises TooManyParts, TooManyToOrder."""
    return _in_todays_units(asked) if is_today else [(row, None) for row in summary(asked)]


def _in_todays_units(asked: Asked) -> list[Told]:
    """As `summary`, each row with whether part of it is an estimate: a divided unit's, by shares.

    `asked.path` limits today's units, wherever tickets were recorded. Raises TooManyParts.
    """
    others = tuple(name for name in asked.by if name not in ("region", "territory"))
    parts = summary(
        replace(asked, by=(*others, "unit"), level="unit", path=None, order="", limit=MOST_PARTS)
    )
    if len(parts) > MOST_PARTS:
        raise TooManyParts
    places, heirs = _Places(asked), successors()
    sums: dict[tuple[Any, ...], list[int]] = {}
    estimated: set[tuple[Any, ...]] = set()
    for part in parts:
        known = dict(zip(others, part.keys, strict=False))
        for heir, amounts, is_estimate in todays(part.keys[-1][0], _amounts(part), heirs):
            if not places.holds(heir):
                continue
            keys = tuple(known.get(name) or places.of(name, heir) for name in asked.by)
            sums[keys] = list(map(add, sums.get(keys, [0] * len(amounts)), amounts))
            if is_estimate:
                estimated.add(keys)
    rows = [_row(keys, amounts, asked) for keys, amounts in sums.items()]
    rows.sort(key=_order(asked))
    return [(row, row.keys in estimated) for row in rows[: asked.limit + 1]]


class _Places:
    """Where today's units are shown: at the level asked for, and in which territory."""

    def __init__(self, asked: Asked) -> None:
        self._depth = LEVELS[asked.level]
        self._limit = None if asked.path is None else re.compile(scope_pattern(asked.path))
        self._units = {unit.pk: unit for unit in Region.objects.all()}
        self._now = {unit.path: unit for unit in self._units.values() if unit.valid_to is None}
        self._territories: dict[int, tuple[Any, ...]] = defaultdict(lambda: (None, None))
        for part in TerritoryRegion.objects.filter(holding(asked.on)).select_related("territory"):
            self._territories[part.region_id] = (part.territory.code, part.territory.name)

    def holds(self, unit: int) -> bool:
        return self._limit is None or bool(self._limit.match(self._units[unit].path))

    def of(self, name: str, unit: int) -> tuple[Any, ...]:
        if name == "territory":
            return self._territories[unit]
        path = "/".join(self._units[unit].path.split("/")[: self._depth])
        shown = self._now.get(path, self._units[unit])
        return shown.code, shown.name


def _amounts(row: SummaryRow) -> list[int]:
    tickets = row.tickets
    return [
        tickets.issued, tickets.returned, tickets.revenue_amount, row.commission_amount or 0,
        *(row.week or (0, 0)), *(row.year or (0, 0)),
    ]  # fmt: skip


def _row(keys: tuple[Any, ...], amounts: Sequence[int], asked: Asked) -> SummaryRow:
    issued, returned, revenue, commission, *compared = amounts
    return SummaryRow(
        keys=keys,
        issued=issued,
        returned=returned,
        revenue_amount=revenue,
        commission_amount=commission if asked.has_commission else None,
        week=(compared[0], compared[1]) if asked.is_compared else None,
        year=(compared[2], compared[3]) if asked.is_compared else None,
    )


def _order(asked: Asked) -> Any:
    """By the measure, greatest first, then by the dimensions; what has no value comes last."""

    def key(row: SummaryRow) -> tuple[Any, ...]:
        tickets = row.tickets
        measure = {"sold": tickets.sold, "revenue_amount": tickets.revenue_amount,
                   "returned": tickets.returned}.get(asked.order, 0)  # fmt: skip
        return (-measure, *((value is None, value) for each in row.keys for value in each))

    return key

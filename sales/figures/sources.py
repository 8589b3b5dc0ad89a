"""Which rollups answer a summary: the smallest that can tell it, whole periods before days."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from sales.engine.periods import DAY, MONTH, YEAR, edges_of, parts_of
from sales.figures.asked import COMPARED, WEEKDAYS, Asked
from sales.figures.rows import rows_of
from sales.ledger.rollups import ROLLUPS, MonthsWithEdges, Rollup

#: The sums of an agent's day are the totals that the ledger is checked by.
AGENT_DAYS: Final = Rollup(
    "sales_agentdrawtotal", DAY, ("draw_date", "agent_id", "region_id", "product_id")
)
_ALL: Final = (*ROLLUPS, AGENT_DAYS)
#: The days of "now" and of each side of a comparison, by how many months later they are told.
_Told = dict[tuple[str, int], frozenset[date]]


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of a rollup by the first days of their periods, and what is told of them.

    They are `added` to some of "now" and the sides of comparisons ("week_before", …), and `taken` off
    others. `later` is how many months after their own they are told: what an October is compared with
    is told of that October. Of months with an `edge` the days there are meant alone.
    """

    rollup: Rollup
    later: int
    added: tuple[str, ...]
    taken: tuple[str, ...]
    starts: tuple[date, ...]
    edge: str = ""


class Calendar:
    """The draws held, and all draws, of every year that matters; read when first asked for."""

    def __init__(self, asked: Asked) -> None:
        first = asked.first - COMPARED["year"] if asked.is_compared else asked.first
        self._span = {
            "first": first.replace(month=1, day=1),
            "last": asked.last.replace(month=12, day=31),
        }
        self.sources: dict[Hashable, list[Source]] = {}

    @cached_property
    def _draws(self) -> list[tuple[date, bool]]:
        sql = """
            select date, status = 'held' from sales_draw
            where date between %(first)s and %(last)s order by date
        """
        return rows_of(sql, **self._span)

    def every(self, weekdays: Collection[int]) -> list[date]:
        return _on(weekdays, (day for day, _ in self._draws))

    def held(self, weekdays: Collection[int]) -> list[date]:
        return _on(weekdays, (day for day, is_held in self._draws if is_held))

    def not_held(self, asked: Asked) -> list[date]:
        """Draws of the span that were not held, or not yet."""
        return [
            day for day, is_held in self._draws if not is_held and asked.first <= day <= asked.last
        ]

    def partly(self, asked: Asked) -> tuple[str, ...]:
        """What some draws of the span have no counterpart of."""
        held = set(self.held(WEEKDAYS))
        days = {day for day in held if asked.first <= day <= asked.last}
        return tuple(
            name for name, back in COMPARED.items() if any(day - back not in held for day in days)
        )


def _on(weekdays: Collection[int], days: Iterable[date]) -> list[date]:
    if len(weekdays) == len(WEEKDAYS):
        return list(days)
    return [day for day in days if day.weekday() in weekdays]


def rollups_for(asked: Asked) -> Mapping[str, Rollup]:
    """By grain, the smallest rollups that can tell it; there is always one of days."""
    needed = ["agent_id"] if asked.is_by_agent else ["region_id"] if asked.is_by_region else []
    fit = [rollup for rollup in _ALL if _is_of(rollup, needed) and _tells(rollup, asked)]
    smallest_last = sorted(fit, key=lambda rollup: "product_id" not in rollup.keys)
    return {rollup.grain: rollup for rollup in smallest_last}


def _is_of(rollup: Rollup, needed: list[str]) -> bool:
    """Whether it is of agents, of regions, or of the company as needed, and no finer.

    Months of regions are fewer than days of the company.
    """
    kept = [key for key in ("agent_id", "region_id") if key in rollup.keys]
    is_of_company = not needed and rollup.grain == MONTH and kept == ["region_id"]
    return kept[:1] == needed or is_of_company


def _tells(rollup: Rollup, asked: Asked) -> bool:
    if asked.is_by_product and "product_id" not in rollup.keys:
        return False
    if rollup.grain == DAY:
        return True
    if "draw" in asked.by:
        return False
    if "month" in asked.by and rollup.grain != MONTH:
        return False
    if asked.is_by_weekday and not (asked.is_by_agent or asked.is_by_region):
        return False
    return rollup.is_of_weekdays == asked.is_by_weekday


def sources(asked: Asked, rollups: Mapping[str, Rollup], calendar: Calendar) -> list[Source]:
    """Periods and days that add up to the draws asked for, and to those they are compared with.

    What is told of the same rows is told together, so that nothing is read twice. An answer that is read
    in parts, or twice, has the same of each part.
    """
    told_by = "month" in asked.by, asked.is_compared, tuple(rollups.values())
    known = asked.first, asked.last, asked.days_of_week, told_by
    if known not in calendar.sources:
        calendar.sources[known] = _sources(asked, rollups, calendar)
    return calendar.sources[known]


def _sources(asked: Asked, rollups: Mapping[str, Rollup], calendar: Calendar) -> list[Source]:
    every = calendar.every(asked.days_of_week)
    uses: dict[tuple[str, int, date], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    told = _told(asked, set(calendar.held(asked.days_of_week)))
    for (later, days), names in _alike(told).items():
        others = [day for day in every if day not in days]
        parts = parts_of(sorted(days), others, grains=rollups.keys() & {YEAR, MONTH})
        for sign, periods in enumerate((parts.added, parts.taken)):
            for grain, starts in periods.items():
                for start in starts:
                    uses[grain, later, start][sign].extend(names)
    alike: dict[tuple[str, int, tuple[str, ...], tuple[str, ...]], list[date]] = defaultdict(list)
    for (grain, later, start), (added, taken) in uses.items():
        alike[grain, later, tuple(added), tuple(taken)].append(start)
    found = [
        Source(rollups[grain], later, added, taken, tuple(starts))
        for (grain, later, added, taken), starts in alike.items()
    ]
    months = rollups.get(MONTH)
    if not asked.is_compared or not isinstance(months, MonthsWithEdges):
        return found
    draws = _by_month(every)
    return [part for source in found for part in _by_edges(source, months, draws)]


def _by_edges(source: Source, months: Rollup, draws: Mapping[date, list[date]]) -> Iterator[Source]:
    """The source, or edges of months instead of their single days. Of edges the revenue is known alone."""
    if source.rollup.grain != DAY or "now" in source.added + source.taken:
        yield source
        return
    edges, days = edges_of(source.starts, draws)
    for edge, starts in edges.items():
        yield replace(source, rollup=months, starts=tuple(starts), edge=edge)
    if days:
        yield replace(source, starts=tuple(days))


def _by_month(days: Iterable[date]) -> Mapping[date, list[date]]:
    found: dict[date, list[date]] = defaultdict(list)
    for day in days:
        found[day.replace(day=1)].append(day)
    return found


def _alike(told: _Told) -> dict[tuple[int, frozenset[date]], list[str]]:
    """What is told of the same days, together."""
    names: dict[tuple[int, frozenset[date]], list[str]] = defaultdict(list)
    for (name, later), days in told.items():
        names[later, days].append(name)
    return names


def _told(asked: Asked, held: set[date]) -> _Told:
    """The draws held in the span; compared, those with a counterpart, and the counterparts."""
    days = frozenset(day for day in held if asked.first <= day <= asked.last)
    told = {("now", 0): days}
    if asked.is_compared:
        for name, back in COMPARED.items():
            matched = frozenset(day for day in days if day - back in held)
            told[f"{name}_now", 0] = matched
            counterparts: dict[int, set[date]] = defaultdict(set)
            for day in matched:
                counterparts[_months_later(asked, day - back, day)].add(day - back)
            told |= {(f"{name}_before", n): frozenset(some) for n, some in counterparts.items()}
    return told


def _months_later(asked: Asked, day: date, told_for: date) -> int:
    """By how many months what was drawn then is told later; only who tells months asks."""
    if "month" not in asked.by:
        return 0
    return (told_for.year - day.year) * 12 + told_for.month - day.month

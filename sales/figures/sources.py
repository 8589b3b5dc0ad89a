"""Which rollups answer a summary: the smallest that can tell it, whole periods before days."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sales.engine.periods import DAY, MONTH, YEAR, parts_of
from sales.figures.asked import Asked
from sales.figures.rows import rows_of
from sales.ledger.rollups import ROLLUPS, Rollup

WEEK: Final = timedelta(days=7)
#: The same weekday a year earlier.
YEAR_BACK: Final = timedelta(days=364)
#: The sums of an agent's day are the totals that the ledger is checked by.
AGENT_DAYS: Final = Rollup(
    "sales_agentdrawtotal", DAY, ("draw_date", "agent_id", "region_id", "product_id")
)
_ALL: Final = (*ROLLUPS, AGENT_DAYS)


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of a rollup that are to be added (or taken off), by the first days of their periods.

    `told` is what they are: "now", or sides of comparisons ("week_before", …).
    """

    rollup: Rollup
    told: tuple[str, ...]
    starts: tuple[date, ...]
    is_taken: bool


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
    if "draw" in asked.by or ("month" in asked.by and asked.is_compared):
        return False
    if "month" in asked.by and rollup.grain != MONTH:
        return False
    if asked.is_by_weekday and not (asked.is_by_agent or asked.is_by_region):
        return False
    return ("weekday" in rollup.keys) == asked.is_by_weekday


def sources(asked: Asked, rollups: Mapping[str, Rollup]) -> list[Source]:
    """Periods and days that add up to the draws asked for, and to those they are compared with."""
    held, calendar = _calendar(asked)
    alike: dict[frozenset[date], list[str]] = defaultdict(list)
    for told, days in _told(asked, held).items():
        alike[days].append(told)
    return [
        Source(rollups[grain], tuple(told), tuple(starts), is_taken)
        for days, told in alike.items()
        for is_taken, grain, starts in _periods(days, calendar, rollups)
    ]


def _periods(
    days: frozenset[date], calendar: list[date], rollups: Mapping[str, Rollup]
) -> Iterator[tuple[bool, str, list[date]]]:
    others = [day for day in calendar if day not in days]
    parts = parts_of(sorted(days), others, grains=rollups.keys() & {YEAR, MONTH})
    for is_taken, periods in ((False, parts.added), (True, parts.taken)):
        yield from ((is_taken, grain, starts) for grain, starts in periods.items())


def _told(asked: Asked, held: set[date]) -> dict[str, frozenset[date]]:
    """The draws held in the span; compared, those with a counterpart, and the counterparts."""
    days = frozenset(day for day in held if asked.first <= day <= asked.last)
    told = {"now": days}
    if asked.is_compared:
        for name, back in (("week", WEEK), ("year", YEAR_BACK)):
            told[f"{name}_now"] = frozenset(day for day in days if day - back in held)
            told[f"{name}_before"] = frozenset(day - back for day in told[f"{name}_now"])
    return told


def _calendar(asked: Asked) -> tuple[set[date], list[date]]:
    """The draws held, and all draws, of every year that matters, of the weekday asked for."""
    first = asked.first - YEAR_BACK if asked.is_compared else asked.first
    rows = rows_of(
        """
        select date, status = 'held' from sales_draw where date between %(first)s and %(last)s
          and (%(weekday)s::int is null or extract(isodow from date) - 1 = %(weekday)s)
        """,
        first=first.replace(month=1, day=1),
        last=asked.last.replace(month=12, day=31),
        weekday=asked.weekday,
    )
    return {day for day, is_held in rows if is_held}, [day for day, _ in rows]

"""How many tickets to give an agent for a draw: the newsvendor's answer on censored demand. Pure.

A ticket too many costs `unsold_amount`, one too few `lost_sale_amount`. The best number is the
quantile of demand at lost / (lost + unsold): the dearer a lost sale, the more is given.

An agent's own draws tell its level well, but not how far demand strays from it: there are too few
of them, and the highest are cut off by what it had. That is learned from all agents together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Final

from sales.growth.demand import Demand, Quantile, Sale, quantile
from sales.growth.seasons import Seasons

#: How far back an agent's own draws are looked at, and the age at which one counts half.
MEMORY: Final = timedelta(weeks=10)
HALF_LIFE_DAYS: Final = 14
#: Fewer draws than these tell nothing.
LEAST_DRAWS: Final = 8
#: Where nearly every draw sold out, the demand is felt for in steps of a tenth.
PROBE: Final = 1.10
#: Tickets go out in bundles (cây) of so many.
BUNDLE: Final = 10
#: The spread is learned from stretches of so many days, each judged by the level before it.
STRETCH: Final = timedelta(days=14)
STRETCHES: Final = 3


@dataclass(frozen=True, slots=True)
class Costs:
    """In đồng a ticket: one that comes back, and one that was wanted and not there."""

    unsold_amount: int
    lost_sale_amount: int

    @property
    def share(self) -> float:
        """The share of draws in which demand is to be met. Raises ValueError where one is not
        above 0."""
        if self.unsold_amount <= 0 or self.lost_sale_amount <= 0:
            raise ValueError("both costs are above nothing")
        return self.lost_sale_amount / (self.lost_sale_amount + self.unsold_amount)


@dataclass(frozen=True, slots=True)
class Advice:
    """Tickets for one agent and draw, and what they follow from.

    `usual`: the demand of an ordinary day that half of the draws keep within; `index`: what the
    weekday and Tết make of it; `reserve`: what is added (or left out) for the days above it;
    `draws` looked at, of which `sold_out` sold all. `is_probe`: so many sold out that the demand
    is not known, and a tenth more is tried.
    """

    tickets: int
    usual: float
    index: float
    reserve: float
    draws: int
    sold_out: int
    is_probe: bool


def advise(
    history: Iterable[Sale],
    day: date,
    *,
    seasons: Seasons,
    reserve: float,
    bundle: int = BUNDLE,
) -> Advice | None:
    """The advice for `day` from the draws before it; None where they are too few to tell.

    `reserve` is `reserve_for` of all agents and the costs.
    """
    sales = _remembered(history, day)
    if len(sales) < LEAST_DRAWS:
        return None
    usual, index = _level(sales, day, seasons), seasons.index(day)
    tickets = usual.tickets * index * reserve * (PROBE if usual.is_beyond else 1.0)
    return Advice(
        tickets=ceil(tickets / bundle - 1e-9) * bundle,
        usual=usual.tickets,
        index=index,
        reserve=reserve,
        draws=len(sales),
        sold_out=sum(sale.is_sold_out for sale in sales),
        is_probe=usual.is_beyond,
    )


def reserve_for(
    histories: Iterable[Sequence[Sale]], day: date, *, seasons: Seasons, costs: Costs
) -> float:
    """The multiple of an agent's level that meets demand in the share of draws the costs ask for.

    1.0 while nothing is known.
    """
    strayed = [one for sales in histories for one in _strayed(sales, day, seasons)]
    return quantile(strayed, costs.share).tickets if strayed else 1.0


def _strayed(history: Sequence[Sale], day: date, seasons: Seasons) -> Iterator[Demand]:
    """Demand as a multiple of the level that was known before each stretch of days."""
    for number in range(STRETCHES, 0, -1):
        start = day - number * STRETCH
        before = _remembered(history, start)
        if len(before) < LEAST_DRAWS:
            continue
        level = _level(before, start, seasons)
        if level.is_beyond or level.tickets <= 0:
            continue
        for sale in history:
            if start <= sale.day < start + STRETCH and sale.issued > 0:
                wanted = sale.sold / seasons.index(sale.day) / level.tickets
                yield Demand(wanted, sale.is_sold_out)


def _remembered(history: Iterable[Sale], day: date) -> list[Sale]:
    return [sale for sale in history if day - MEMORY <= sale.day < day and sale.issued > 0]


def _level(sales: Iterable[Sale], day: date, seasons: Seasons) -> Quantile:
    """The demand of an ordinary day that half of the draws keep within, older ones lighter."""
    return quantile(
        (
            Demand(
                sale.sold / seasons.index(sale.day),
                sale.is_sold_out,
                0.5 ** ((day - sale.day).days / HALF_LIFE_DAYS),
            )
            for sale in sales
        ),
        0.5,
    )

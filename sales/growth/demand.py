"""How many tickets an agent could have sold, told by what it did sell. Pure; counts are tickets.

An agent that sold all its tickets could have sold more: its demand is known only to be no less
than what it had ("censored"). Counting such draws as if they told the demand would advise too
little for ever. The Kaplan-Meier estimate (Journal of the American Statistical Association, 1958)
is the distribution that fits both kinds best, whatever its shape.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Sale:
    """One draw of one agent: the tickets it had in the end, and those it sold."""

    day: date
    issued: int
    sold: int

    @property
    def is_sold_out(self) -> bool:
        return self.sold >= self.issued


@dataclass(frozen=True, slots=True)
class Demand:
    """One observation: `least` tickets were wanted, or more than that where `is_censored`."""

    least: float
    is_censored: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Quantile:
    """The demand that is not exceeded in a share of the draws.

    `is_beyond`: so many draws sold out that the observations do not reach the share; `tickets` is
    then the greatest of them, and the true quantile lies higher.
    """

    tickets: float
    is_beyond: bool


def quantile(observed: Iterable[Demand], share: float) -> Quantile:
    """The least demand that at least `share` (over 0, under 1) of the weighted draws keep within.

    Raises ValueError without observations.
    """
    ordered = sorted(observed, key=lambda one: one.least)
    if not ordered:
        raise ValueError("no observation")
    at_risk = sum(one.weight for one in ordered)
    exceeding = 1.0
    for tickets, group in groupby(ordered, key=lambda one: one.least):
        same = list(group)
        known = sum(one.weight for one in same if not one.is_censored)
        exceeding *= 1 - known / at_risk
        if exceeding <= 1 - share + 1e-9:
            return Quantile(tickets, is_beyond=False)
        at_risk -= sum(one.weight for one in same)
    return Quantile(ordered[-1].least, is_beyond=True)

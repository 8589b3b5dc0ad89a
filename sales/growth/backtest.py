"""How good an advice would have been: history played again, each day knowing only the days before.

Pure; counts are tickets, amounts đồng. Where a draw sold out nobody knows what was lost, so those
draws are judged apart unless the true demand is given (as invented companies can give it).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sales.growth.allocation import Costs, advise, reserve_for
from sales.growth.demand import Sale
from sales.growth.seasons import Seasons, learn_seasons


@dataclass(frozen=True, slots=True)
class Known:
    """What all agents' draws before a month tell."""

    seasons: Seasons
    reserve: float


#: What is given for a draw: by the agent's draws before it, the draw as it was, and what is known.
Policy = Callable[[Sequence[Sale], Sale, Known], int | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a way of giving tickets brought over some draws of some agents."""

    draws: int = 0
    issued: int = 0
    sold: int = 0
    lost: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.draws + other.draws,
            self.issued + other.issued,
            self.sold + other.sold,
            self.lost + other.lost,
        )

    @property
    def unsold(self) -> int:
        return self.issued - self.sold

    @property
    def unsold_share(self) -> float:
        return self.unsold / self.issued if self.issued else 0.0

    def profit_amount(self, costs: Costs) -> int:
        """What was earned by the tickets sold, less the cost of those that came back."""
        return self.sold * costs.lost_sale_amount - self.unsold * costs.unsold_amount


def own_order(_history: Sequence[Sale], now: Sale, _known: Known) -> int | None:
    """What the agent was given in truth."""
    return now.issued


def as_last_week(history: Sequence[Sale], now: Sale, _known: Known) -> int | None:
    """What it was given for the draw a week before."""
    before = now.day - timedelta(days=7)
    return next((sale.issued for sale in reversed(history) if sale.day == before), None)


def advised(history: Sequence[Sale], now: Sale, known: Known) -> int | None:
    """The advice."""
    advice = advise(history, now.day, seasons=known.seasons, reserve=known.reserve)
    return advice.tickets if advice else None


def compare(
    agents: Iterable[Sequence[Sale]],
    policies: Mapping[str, Policy],
    *,
    since: date,
    costs: Costs,
    demand: Callable[[Sale, int], int] | None = None,
) -> dict[str, Outcome]:
    """What each policy would have brought in the draws from `since` on, for which all have a number.

    `demand(sale, n)` is the true demand of that draw of the nth agent; without it draws that sold
    out are left out.
    """
    histories = [sorted(sales, key=lambda sale: sale.day) for sales in agents]
    months = _known_by_month(histories, since, costs)
    totals = dict.fromkeys(policies, Outcome())
    for number, sales in enumerate(histories):
        for place, now in enumerate(sales):
            if now.day < since or (demand is None and now.is_sold_out):
                continue
            wanted = demand(now, number) if demand else now.sold
            known = months[now.day.replace(day=1)]
            given = {name: policy(sales[:place], now, known) for name, policy in policies.items()}
            for name, outcome in _outcomes(given, wanted):
                totals[name] += outcome
    return totals


def _outcomes(given: Mapping[str, int | None], wanted: int) -> Iterator[tuple[str, Outcome]]:
    if any(tickets is None for tickets in given.values()):
        return
    for name, tickets in given.items():
        sold = min(tickets or 0, wanted)
        yield name, Outcome(1, tickets or 0, sold, wanted - sold)


def _known_by_month(
    histories: Sequence[Sequence[Sale]], since: date, costs: Costs
) -> dict[date, Known]:
    """For each month what the draws before it show: nothing is learned from the future."""
    sold: dict[date, int] = {}
    for sales in histories:
        for sale in sales:
            sold[sale.day] = sold.get(sale.day, 0) + sale.sold
    months = sorted({day.replace(day=1) for day in sold if day >= since})
    return {month: _known(histories, sold, month, costs) for month in months}


def _known(
    histories: Sequence[Sequence[Sale]], sold: Mapping[date, int], month: date, costs: Costs
) -> Known:
    seasons = learn_seasons({day: tickets for day, tickets in sold.items() if day < month})
    return Known(seasons, reserve_for(histories, month, seasons=seasons, costs=costs))

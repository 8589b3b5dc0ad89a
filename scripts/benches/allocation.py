"""Allocation advice and the slump alert on an invented company whose true demand is known.

No time is measured: what counts is the money. 60 agents over 20 months, with a level of their own
that moves now and then, weekdays, Tết and chance. They were given what companies give: the number
of the same weekday a week before, a little more where it sold out, a little less where much came
back. The advice knows only what was sold.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sales.growth.allocation import Costs
from sales.growth.backtest import Outcome, advised, as_last_week, compare, own_order
from sales.growth.demand import Sale
from sales.growth.health import State, health
from scripts.benches.measure import Measure, is_trial
from scripts.demonstration.seasons import day_factor

AGENTS = 60
DAYS = 600
LAST = date(2026, 11, 26)
SINCE = date(2026, 1, 1)
COSTS = Costs(unsold_amount=300, lost_sale_amount=1_700)
#: An agent's level moves every so many days.
STEP = 90
LOOK_BACK = 70


@dataclass(frozen=True)
class Invented:
    """An agent's draws, and what was wanted in each."""

    sales: list[Sale]
    wanted: dict[date, int]


def run() -> list[Measure]:
    luck = random.Random(1679)  # noqa: S311 -- the same company every time
    agents = list(_agents(luck, AGENTS // 4 if is_trial() else AGENTS))
    found = compare(
        [one.sales for one in agents],
        {"own": own_order, "last week": as_last_week, "advice": advised},
        since=SINCE,
        costs=COSTS,
        demand=lambda sale, number: agents[number].wanted[sale.day],
    )
    advice = found["advice"]
    return [
        *(_profit(name, found[name], advice) for name in ("last week", "own")),
        _measure("lost sales, advice", advice.lost, "last week", found["last week"].lost, most=0.6),
        *_alarms([{sale.day: sale.sold for sale in one.sales} for one in agents]),
    ]


def _profit(name: str, other: Outcome, advice: Outcome) -> Measure:
    ours, theirs = advice.profit_amount(COSTS), other.profit_amount(COSTS)
    return Measure(
        f"profit by advice ({advice.unsold_share:.1%} unsold)", ours / 1e6,
        f"{name} ({other.unsold_share:.1%} unsold)", theirs / 1e6, ours / theirs,
        "of its profit", at_least=1.005, unit="million đồng",
    )  # fmt: skip


def _agents(luck: random.Random, count: int) -> Iterator[Invented]:
    first = LAST - timedelta(days=DAYS - 1)
    days = [first + timedelta(days=n) for n in range(DAYS)]
    weather = {day: 1 + luck.gauss(0, 0.012) - 0.03 * (luck.random() < 0.06) for day in days}
    for _ in range(count):
        usual = min(max(luck.lognormvariate(5.6, 0.45), 80), 1_400)
        sales: list[Sale] = []
        wanted: dict[date, int] = {}
        for n, day in enumerate(days):
            if n and n % STEP == 0:
                usual *= luck.choice((1, 1, 1.15, 0.87))
            planned = usual * day_factor(day)
            wanted[day] = int(planned * weather[day] * luck.lognormvariate(0, 0.12))
            given = _copied(sales[-7]) if n >= 7 else planned * 1.08
            issued = max(round(given * luck.uniform(0.97, 1.03) / 10) * 10, 20)
            sales.append(Sale(day, issued, min(issued, wanted[day])))
        yield Invented(sales, wanted)


def _copied(before: Sale) -> float:
    """The number of a week ago, after a look at what came back."""
    if before.is_sold_out:
        return before.issued * 1.06
    much = before.issued - before.sold > before.issued * 0.18
    return before.issued * (0.95 if much else 1.0)


def _alarms(agents: list[dict[date, int]]) -> Iterator[Measure]:
    """False alarms while nothing moved, and slumps of three tenths found within a week."""
    draws = sorted(agents[0])
    company = {day: sum(own[day] for own in agents) for day in draws}
    months = alarms = slumps = told = 0
    for own in agents:
        others = {day: company[day] - own[day] for day in draws}
        for place in range(2 * STEP - 1, len(draws), STEP):  # the last day before the level moves
            seen = draws[place - LOOK_BACK : place + 1]
            months += 1
            alarms += _falls(own, others, seen)
            less = {day: int(n * 0.7) if day in seen[-7:] else n for day, n in own.items()}
            slumps += 1
            told += _falls(less, others, seen)
    yield _measure("false alarms, agents judged once", alarms, "agents judged", months, most=0.01)
    yield _measure("slumps of 30 % told within 7 draws", told, "slumps", slumps, least=0.95)


def _falls(own: dict[date, int], others: dict[date, int], draws: list[date]) -> bool:
    return health(own, others, draws, opened=date(2020, 1, 1)).state == State.FALLING


def _measure(
    name: str, ours: int, peer: str, theirs: int, *, least: float | None = None,
    most: float | None = None,
) -> Measure:  # fmt: skip
    return Measure(
        name, ours, peer, theirs, ours / theirs if theirs else 0.0, "of them",
        at_least=least, at_most=most, unit="",
    )  # fmt: skip

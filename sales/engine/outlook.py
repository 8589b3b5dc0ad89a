"""How a month will end against its plan: run rate, a band of the forecast, what is needed. Pure.

Tickets. A draw to come is expected to sell what draws of its weekday sold of late; what it may
differ by is what those draws differed from that.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import fmean
from typing import Final

#: So many draws of a weekday are looked back at.
WEEKS: Final = 8
#: Half the width of a band that holds four of five outcomes, in standard deviations.
_BAND: Final = 1.2816


@dataclass(frozen=True, slots=True)
class Outlook:
    """A month against its plan. `run_rate` is per draw; None before the first draw.

    `low` and `high` hold the end of the month four times of five; `needed` is what each draw left
    has to sell to meet the plan, None when no draw is left or there is no plan.
    """

    planned: int
    actual: int
    draws_done: int
    draws_left: int
    run_rate: int | None
    forecast: int
    low: int
    high: int
    needed: int | None

    @property
    def done_bps(self) -> int | None:
        return self.actual * 10_000 // self.planned if self.planned else None

    @property
    def forecast_bps(self) -> int | None:
        return self.forecast * 10_000 // self.planned if self.planned else None


def outlook(
    planned: int, *, done: Mapping[date, int], before: Mapping[date, int], left: Sequence[date]
) -> Outlook:
    """The outlook of a month: tickets of its draws `done`, those `before` it, and the days `left`."""
    actual = sum(done.values())
    expected, spread = _expected({**before, **done}, left)
    forecast = actual + round(sum(expected))
    margin = round(_BAND * sqrt(len(left)) * spread)
    return Outlook(
        planned=planned,
        actual=actual,
        draws_done=len(done),
        draws_left=len(left),
        run_rate=round(actual / len(done)) if done else None,
        forecast=forecast,
        low=max(forecast - margin, actual),
        high=forecast + margin,
        needed=max(-(-(planned - actual) // len(left)), 0) if left and planned else None,
    )


def _expected(sold: Mapping[date, int], left: Sequence[date]) -> tuple[list[float], float]:
    """What each day left is expected to sell, and by how much a draw differs from that."""
    if not sold:
        return [0.0 for _day in left], 0.0
    by_weekday: dict[int, list[int]] = defaultdict(list)
    for day in sorted(sold, reverse=True):
        if len(by_weekday[day.weekday()]) < WEEKS:
            by_weekday[day.weekday()].append(sold[day])
    means = {weekday: fmean(amounts) for weekday, amounts in by_weekday.items()}
    usual = fmean(means.values())
    errors = [
        amount - means[weekday] for weekday, amounts in by_weekday.items() for amount in amounts
    ]
    free = len(errors) - len(means)
    spread = sqrt(sum(error * error for error in errors) / free) if free > 0 else 0.0
    return [means.get(day.weekday(), usual) for day in left], spread

"""How an agent is doing against its neighbours: growing, steady, falling, asleep, lost. Pure.

What moves all agents of a territory (weekday, Tết, storms) moves an agent's share of it hardly at
all. So an agent's share is compared with its own share of the weeks before: robustly, by medians
and their absolute deviation, so that one odd draw raises no alarm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import exp, log, sqrt
from statistics import median
from typing import Final

#: The draws that are judged, and how far back they are compared with.
RECENT: Final = 7
BASELINE: Final = timedelta(weeks=8)
LEAST_BASELINE: Final = 21
#: An alarm needs both: seldom by chance, and worth a visit.
ALARM_SCORE: Final = -3.5
ALARM_CHANGE: Final = -0.15
RISE_SCORE: Final = 3.5
RISE_CHANGE: Final = 0.15
#: Draws without a ticket sold after which an agent sleeps, and after which it is lost.
ASLEEP: Final = 7
LOST: Final = 28
#: An agent is new for so long.
NEW: Final = timedelta(days=60)
#: The standard deviation of a normal distribution by its median absolute deviation, and of a
#: median by that of one value.
_DEVIATION: Final = 1.4826
_OF_MEDIAN: Final = sqrt(1.5708)
#: No agent is steadier than this, however even its weeks were: a tenth of a share is rounding.
_LEAST_DEVIATION: Final = 0.03


class State(StrEnum):
    NEW = "new"
    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    ASLEEP = "asleep"
    LOST = "lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Health:
    """An agent's state after its last draw.

    `share` is its part of what the territory sold in the recent draws, `before` that of the weeks
    before; `change` is what is left of it, less 1 (-0.3: three tenths less). `score` says how far
    the change stands out of the agent's own ups and downs, in standard deviations. `silent` counts
    the last draws in a row without a ticket sold.
    """

    state: State
    share: float | None = None
    before: float | None = None
    change: float | None = None
    score: float | None = None
    silent: int = 0


def health(
    own: Mapping[date, int],
    others: Mapping[date, int],
    draws: Sequence[date],
    *,
    opened: date,
) -> Health:
    """The agent's health at the end of `draws` (ascending): tickets sold by it and by the others
    of its territory. A draw missing in `own` sold nothing.
    """
    since = [day for day in draws if day >= opened]
    silent = _silent(own, since)
    if silent >= ASLEEP:
        return Health(State.LOST if silent >= LOST else State.ASLEEP, silent=silent)
    if not since or since[-1] - opened < NEW:
        return Health(State.NEW, silent=silent)
    return _compared(own, others, since, silent)


def _silent(own: Mapping[date, int], draws: Sequence[date]) -> int:
    count = 0
    for day in reversed(draws):
        if own.get(day, 0) > 0:
            break
        count += 1
    return count


def _compared(
    own: Mapping[date, int], others: Mapping[date, int], draws: Sequence[date], silent: int
) -> Health:
    recent = [day for day in draws[-RECENT:] if others.get(day, 0) > 0]
    start = draws[-RECENT:][0]
    base = [day for day in draws if start - BASELINE <= day < start and others.get(day, 0) > 0]
    if len(base) < LEAST_BASELINE or len(recent) < RECENT // 2 + 1:
        return Health(State.UNKNOWN, silent=silent)
    before = [_ratio(own, others, day) for day in base]
    usual = median(before)
    spread = max(median(abs(one - usual) for one in before) * _DEVIATION, _LEAST_DEVIATION)
    moved = median(_ratio(own, others, day) for day in recent) - usual
    score = moved / (spread * _OF_MEDIAN / sqrt(len(recent)))
    change = exp(moved) - 1
    return Health(
        _state(score, change),
        share=_share(own, others, recent),
        before=_share(own, others, base),
        change=change,
        score=score,
        silent=silent,
    )


def _state(score: float, change: float) -> State:
    if score <= ALARM_SCORE and change <= ALARM_CHANGE:
        return State.FALLING
    if score >= RISE_SCORE and change >= RISE_CHANGE:
        return State.RISING
    return State.STEADY


def _ratio(own: Mapping[date, int], others: Mapping[date, int], day: date) -> float:
    """The logarithm of own tickets by the others'; half a ticket stands for none."""
    return log(max(own.get(day, 0), 0.5) / others[day])


def _share(own: Mapping[date, int], others: Mapping[date, int], days: Sequence[date]) -> float:
    mine = sum(own.get(day, 0) for day in days)
    return mine / (mine + sum(others[day] for day in days))

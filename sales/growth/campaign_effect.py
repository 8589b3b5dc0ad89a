"""What a campaign did: its agents before and after, against agents that were like them. Pure.

Sales of all agents move with season and Tết, so before and after alone proves nothing. Each agent
of the campaign is matched with the agents nearest to it in level and trend of the weeks before; what
became of those is what would have become of it (difference in differences). How surely this is no
chance is told by placebos: the same sum for groups of agents that had no campaign.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from random import Random
from statistics import quantiles
from typing import Final

#: So long before the campaign agents are compared; whole weeks, so that weekdays weigh alike.
BEFORE: Final = timedelta(weeks=8)
#: Fewer draws than this tell nothing yet.
LEAST_AFTER: Final = 7
LEAST_BEFORE: Final = 28
#: Each agent has so many others beside it.
MATCHES: Final = 5
#: Groups without a campaign that are looked at for comparison.
PLACEBOS: Final = 400
#: Fewer agents to compare with than this give no idea of chance.
LEAST_OTHERS: Final = 10


@dataclass(frozen=True, slots=True)
class AgentEffect:
    """One agent: tickets a draw before and after, those expected without the campaign, and the
    agents it is matched with.
    """

    agent: int
    before: float
    after: float
    expected: float
    matches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """All agents of a campaign over `draws` draws since it began.

    `tickets` were sold, `expected` without the campaign; `change` is the part more (0.12: twelve
    of a hundred more), between `low` and `high` in eight of ten cases. `chance` is the part of
    groups without a campaign that moved at least as far.
    """

    draws: int
    tickets: int
    expected: int
    change: float
    low: float
    high: float
    chance: float
    agents: tuple[AgentEffect, ...]

    @property
    def is_sure(self) -> bool:
        """Whether at most one group in twenty moves so far by chance."""
        return self.chance <= 0.05


@dataclass(frozen=True, slots=True)
class _Track:
    """An agent's tickets a draw before and after, and how it moved within the weeks before."""

    before: float
    trend: float
    after: float


def effect(
    sold: Mapping[int, Mapping[date, int]],
    treated: Collection[int],
    others: Collection[int],
    draws: Sequence[date],
    *,
    start: date,
    end: date,
) -> Effect | None:
    """The effect on `treated` from `start` to `end` (both included) against `others`.

    `sold` tells tickets by agent and draw, `draws` all draws held, ascending. None while there are
    too few draws or too few others to tell. The order of agents never changes the result.
    """
    earlier = [day for day in draws if start - BEFORE <= day < start]
    later = [day for day in draws if start <= day <= end]
    if len(earlier) < LEAST_BEFORE or len(later) < LEAST_AFTER:
        return None
    mine = _tracks(sold, treated, earlier, later)
    pool = _tracks(sold, set(others) - set(treated), earlier, later)
    if not mine or len(pool) < LEAST_OTHERS:
        return None
    found = [_against(agent, track, pool) for agent, track in sorted(mine.items())]
    change = _change(found)
    moved = _placebos(pool, len(found))
    tenths = quantiles(moved, n=10)
    return Effect(
        draws=len(later),
        tickets=round(sum(one.after for one in found) * len(later)),
        expected=round(sum(one.expected for one in found) * len(later)),
        change=change,
        low=change - tenths[8],
        high=change - tenths[0],
        chance=sum(abs(one) >= abs(change) for one in moved) / len(moved),
        agents=tuple(found),
    )


def _tracks(
    sold: Mapping[int, Mapping[date, int]],
    agents: Collection[int],
    earlier: Sequence[date],
    later: Sequence[date],
) -> dict[int, _Track]:
    """Agents that sold in both halves of the weeks before; of others nothing can be expected."""
    half = len(earlier) // 2
    found = {}
    for agent in agents:
        own = sold.get(agent, {})
        first, second = _mean(own, earlier[:half]), _mean(own, earlier[half:])
        if first > 0 and second > 0:
            track = _Track(_mean(own, earlier), log(second / first), _mean(own, later))
            found[agent] = track
    return found


def _mean(own: Mapping[date, int], days: Sequence[date]) -> float:
    return sum(own.get(day, 0) for day in days) / len(days)


def _against(agent: int, track: _Track, pool: Mapping[int, _Track]) -> AgentEffect:
    nearest = sorted(
        (_distance(track, other), number) for number, other in pool.items() if number != agent
    )[:MATCHES]
    matches = tuple(number for _far, number in nearest)
    grown = sum(pool[one].after for one in matches) / sum(pool[one].before for one in matches)
    return AgentEffect(agent, track.before, track.after, track.before * grown, matches)


def _distance(one: _Track, other: _Track) -> float:
    """Twice as large, or a trend that differs as much, is as far as e^0.7."""
    return abs(log(one.before / other.before)) + abs(one.trend - other.trend)


def _change(agents: Sequence[AgentEffect]) -> float:
    expected = sum(one.expected for one in agents)
    return sum(one.after for one in agents) / expected - 1 if expected else 0.0


def _placebos(pool: Mapping[int, _Track], size: int) -> list[float]:
    """The change of groups without a campaign, as many agents each; the same for the same pool."""
    each = [_against(agent, track, pool) for agent, track in sorted(pool.items())]
    luck = Random(size)  # noqa: S311 (chance, no secret)
    return [_change(luck.choices(each, k=size)) for _ in range(PLACEBOS)]

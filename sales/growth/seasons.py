"""How much more or less than usual is wanted on a day, the same for all agents. Pure.

Two things move the demand of a whole province: the weekday, because each has a draw of its own,
and how far Tết is. Both are learned from the totals of past draws, by medians, so that a storm or
an error in one draw changes nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from statistics import fmean, median
from typing import Final

from backend.vncalendar import tet

#: Days from Tết (0 is its first day) between which its distance counts.
BEFORE_TET: Final = -28
AFTER_TET: Final = 21
#: The quiet weeks before that, which Tết is measured by.
_QUIET: Final = range(-70, BEFORE_TET)
#: A distance is smoothed over so many days on either side.
_SMOOTH: Final = 2
#: Weekdays are learned from so many weeks.
_WEEKS: Final = 26
WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Seasons:
    """Factors of an ordinary day: by weekday, Monday first, and by days from Tết."""

    weekdays: Sequence[float] = (1.0,) * WEEK
    tet: Mapping[int, float] = field(default_factory=dict)

    def index(self, day: date) -> float:
        """What is wanted on the day, as a multiple of an ordinary day."""
        return self.weekdays[day.weekday()] * self.tet.get(days_from_tet(day), 1.0)


@lru_cache(maxsize=4096)  # asked for each sale of each agent, all of the same few years
def days_from_tet(day: date) -> int:
    """Days from the nearest first day of Tết, below 0 before it."""
    return min(((day - tet(year)).days for year in (day.year, day.year + 1)), key=abs)


def learn_seasons(sold: Mapping[date, int]) -> Seasons:
    """The seasons that the tickets sold in each past draw show; 1.0 where they show nothing."""
    weekdays = _weekday_factors(sold)
    level = {day: tickets / weekdays[day.weekday()] for day, tickets in sold.items()}
    return Seasons(weekdays, _tet_factors(level))


def _weekday_factors(sold: Mapping[date, int]) -> tuple[float, ...]:
    if not sold:
        return (1.0,) * WEEK
    since = max(sold) - timedelta(weeks=_WEEKS)
    weeks: dict[date, dict[int, int]] = defaultdict(dict)
    for day, tickets in sold.items():
        if day > since and not is_near_tet(day):
            weeks[day - timedelta(days=day.weekday())][day.weekday()] = tickets
    ratios: dict[int, list[float]] = defaultdict(list)
    for week in weeks.values():
        if len(week) == WEEK and (usual := fmean(week.values())) > 0:
            for weekday, tickets in week.items():
                ratios[weekday].append(tickets / usual)
    if len(ratios) < WEEK:
        return (1.0,) * WEEK
    return tuple(max(median(ratios[weekday]), 0.05) for weekday in range(WEEK))


def is_near_tet(day: date) -> bool:
    return BEFORE_TET <= days_from_tet(day) <= AFTER_TET


def _tet_factors(level: Mapping[date, float]) -> dict[int, float]:
    """By distance: the median over the Tết seasons known, smoothed over neighbouring days."""
    seen: dict[int, list[float]] = defaultdict(list)
    for year in sorted({day.year for day in level}):
        feast = tet(year)
        quiet = [level[day] for away in _QUIET if (day := feast + timedelta(days=away)) in level]
        if len(quiet) < len(_QUIET) // 2 or (usual := median(quiet)) <= 0:
            continue
        for away in range(BEFORE_TET, AFTER_TET + 1):
            if (tickets := level.get(feast + timedelta(days=away))) is not None:
                seen[away].append(tickets / usual)
    return {away: _smoothed(seen, away) for away in seen}


def _smoothed(seen: Mapping[int, Sequence[float]], away: int) -> float:
    """Neighbours on the same side of Tết only: its first day parts the rush from the lull."""
    near = range(away - _SMOOTH, away + _SMOOTH + 1)
    return median(factor for one in near if (one < 0) == (away < 0) for factor in seen.get(one, ()))

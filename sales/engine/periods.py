"""Which whole years and months, and which single days, make up the draws of a question. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

YEAR: Final = "year"
MONTH: Final = "month"
DAY: Final = "day"
#: Days at the edges of months, of which there are sums as well: those by which a month differs from
#: what it is compared with, a week before or 52 weeks (which are a day or two less than a year).
LAST_WEEK: Final = "last_week"
FIRST_TWO_DAYS: Final = "first_two_days"
FIRST_DAY: Final = "first_day"
_EDGES: Final[Mapping[str, Callable[[date], bool]]] = {
    LAST_WEEK: lambda day: (day + timedelta(days=7)).day <= 7,
    FIRST_TWO_DAYS: lambda day: day.day <= 2,
    FIRST_DAY: lambda day: day.day == 1,
}


@dataclass(frozen=True, slots=True)
class Parts:
    """First days of periods whose sums are to be added, and of those to be taken off again."""

    added: Mapping[str, list[date]] = field(default_factory=dict)
    taken: Mapping[str, list[date]] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(days) for signed in (self.added, self.taken) for days in signed.values())

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(_joined(self.added, other.added), _joined(self.taken, other.taken))

    def __neg__(self) -> "Parts":
        return Parts(self.taken, self.added)


def parts_of(
    wanted: Iterable[date], others: Iterable[date], *, grains: Collection[str] = (YEAR, MONTH)
) -> Parts:
    """Few periods that add up to the draws `wanted` where there are `others` as well.

    A period may hold other draws: then their days (or months) are taken off again. `grains` are
    the periods there are sums of, beside the days. Each draw is in one of the two only.
    """
    years, rest = _by_year(wanted), _by_year(others)
    found = Parts()
    for year, days in years.items():
        found += _year(year, days, rest.get(year, []), grains)
    return found


def _year(year: date, wanted: list[date], others: list[date], grains: Collection[str]) -> Parts:
    if YEAR in grains and not others:
        return Parts({YEAR: [year]})
    direct = _months(wanted, others, grains)
    if YEAR not in grains:
        return direct
    whole = Parts({YEAR: [year]}) + -_months(others, wanted, grains)
    return min(direct, whole, key=len)


def _months(wanted: list[date], others: list[date], grains: Collection[str]) -> Parts:
    rest = _by_month(others)
    found = Parts()
    for month, days in _by_month(wanted).items():
        direct = Parts({DAY: days})
        whole = Parts({MONTH: [month]}, {DAY: rest.get(month, [])})
        found += min(direct, whole, key=len) if MONTH in grains else direct
    return found


def edges_of(
    days: Iterable[date], draws: Mapping[date, Collection[date]]
) -> tuple[Mapping[str, list[date]], list[date]]:
    """Edges of months, by the first days of those, that add up to some of the days; and the other days.

    `draws` are all of each month: an edge is of all draws that lie in it.
    """
    left = set(days)
    found: dict[str, list[date]] = defaultdict(list)
    for month in sorted({day.replace(day=1) for day in left}):
        for name, is_of in _EDGES.items():
            edge = {day for day in draws[month] if is_of(day)}
            if edge and edge <= left:
                found[name].append(month)
                left -= edge
    return found, sorted(left)


def edges_with(day: date) -> frozenset[str]:
    """The edges that hold this day."""
    return frozenset(name for name, is_of in _EDGES.items() if is_of(day))


def _by_year(days: Iterable[date]) -> dict[date, list[date]]:
    found: dict[int, list[date]] = defaultdict(list)
    for day in days:
        found[day.year].append(day)
    return {date(year, 1, 1): some for year, some in found.items()}


def _by_month(days: Iterable[date]) -> dict[date, list[date]]:
    """Of one year."""
    found: dict[int, list[date]] = defaultdict(list)
    for day in days:
        found[day.month].append(day)
    return {some[0].replace(day=1): some for some in found.values()}


def _joined(
    one: Mapping[str, list[date]], other: Mapping[str, list[date]]
) -> Mapping[str, list[date]]:
    both = {grain: [*one.get(grain, []), *other.get(grain, [])] for grain in {*one, *other}}
    return {grain: days for grain, days in both.items() if days}

"""Where people are and nobody sells to them: each commune against others of its kind. Pure.

A ward and a mountain commune are different markets, so a unit is compared with the median of its
own kind: points of sale (điểm bán) by inhabitants and by area, tickets by inhabitants.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from statistics import median
from typing import Final

#: Below this part of what is usual a unit is thinly covered.
THIN: Final = 0.5
#: Fewer units of a kind than this have no median worth the name; they are compared with all.
LEAST_OF_A_KIND: Final = 3


class State(StrEnum):
    EMPTY = "empty"
    THIN = "thin"
    USUAL = "usual"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit (địa bàn): its kind, inhabitants and km² where known, open points of sale, and the
    tickets sold there in the time looked at.
    """

    code: str
    name: str
    kind: str
    inhabitants: int | None
    area_km2: float | None
    points: int
    tickets: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a unit is covered: points for 10,000 inhabitants and for 100 km², tickets for 1,000
    inhabitants, each beside what is usual for its kind.

    `missing` points bring it to the usual number; `more_tickets` it would sell in the same time if
    its people bought like those of the usual unit. Both None where the inhabitants are not known.
    """

    place: Place
    state: State
    by_people: float | None
    by_people_usual: float | None
    by_area: float | None
    by_area_usual: float | None
    bought: float | None
    bought_usual: float | None
    missing: int | None
    more_tickets: int | None


def survey(places: Iterable[Place]) -> list[Coverage]:
    """Every unit, those that lack most points first; those of unknown inhabitants last."""
    known = list(places)
    kinds: dict[str, list[Place]] = defaultdict(list)
    for place in known:
        kinds[place.kind].append(place)
    found = [_covered(place, _compared_with(place, kinds, known)) for place in known]
    return sorted(found, key=_worst_first)


def _worst_first(one: Coverage) -> tuple[bool, int, int, str]:
    return one.missing is None, -(one.missing or 0), -(one.more_tickets or 0), one.place.code


def _compared_with(
    place: Place, kinds: dict[str, list[Place]], every: list[Place]
) -> Sequence[Place]:
    own = kinds[place.kind]
    counted = sum(1 for one in own if one.inhabitants)
    return own if counted >= LEAST_OF_A_KIND else every


def _covered(place: Place, peers: Sequence[Place]) -> Coverage:
    by_people, bought = _by_people(place), _bought(place)
    by_people_usual, bought_usual = _usual(_by_people, peers), _usual(_bought, peers)
    missing = more = None
    if place.inhabitants and by_people_usual is not None and bought_usual is not None:
        # Rounded first: 3 of 10,000 is not 3.0000000000000004 points too few.
        wanted = ceil(round(by_people_usual * place.inhabitants / 10_000, 6))
        missing = max(0, wanted - place.points)
        more = max(0, round(bought_usual * place.inhabitants / 1_000) - place.tickets)
    return Coverage(
        place, _state(place, by_people, by_people_usual), by_people, by_people_usual,
        _by_area(place), _usual(_by_area, peers), bought, bought_usual, missing, more,
    )  # fmt: skip


def _state(place: Place, by_people: float | None, usual: float | None) -> State:
    if place.points == 0:
        return State.EMPTY
    if by_people is None or usual is None:
        return State.UNKNOWN
    return State.THIN if by_people < THIN * usual else State.USUAL


def _by_people(place: Place) -> float | None:
    return place.points * 10_000 / place.inhabitants if place.inhabitants else None


def _by_area(place: Place) -> float | None:
    return place.points * 100 / place.area_km2 if place.area_km2 else None


def _bought(place: Place) -> float | None:
    return place.tickets * 1_000 / place.inhabitants if place.inhabitants else None


def _usual(measure: Callable[[Place], float | None], peers: Iterable[Place]) -> float | None:
    values = [value for place in peers if (value := measure(place)) is not None]
    return median(values) if values else None

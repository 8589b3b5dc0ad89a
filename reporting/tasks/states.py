"""The way of a task: new, doing, reported, confirmed or cancelled; who may take which step. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    NEW = "new"
    DOING = "doing"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


#: What has an end.
ENDED: Final = frozenset({State.CONFIRMED, State.CANCELLED})
OPEN: Final = frozenset(State) - ENDED

#: Steps of the unit that does the task, and of the chair or secretary who watches over it.
_BY_OWNER: Final[Mapping[State, frozenset[State]]] = {
    State.NEW: frozenset({State.DOING, State.REPORTED}),
    State.DOING: frozenset({State.DOING, State.REPORTED}),
}
_BY_CHAIR: Final[Mapping[State, frozenset[State]]] = {
    State.NEW: frozenset({State.NEW, State.CANCELLED}),
    State.DOING: frozenset({State.DOING, State.CANCELLED}),
    State.REPORTED: frozenset({State.CONFIRMED, State.DOING, State.CANCELLED}),
}


def steps(now: State, *, is_owner: bool, is_chair: bool) -> frozenset[State]:
    """The states a person may bring the task to. Staying is a note, or by the chair a new due day."""
    none: frozenset[State] = frozenset()
    owner = _BY_OWNER.get(now, none) if is_owner else none
    return owner | (_BY_CHAIR.get(now, none) if is_chair else none)


def percent_of(state: State, percent: int) -> int:
    """How much is done: 100 of what is reported or confirmed, less than that of what is not."""
    if state in (State.REPORTED, State.CONFIRMED):
        return 100
    return 0 if state is State.NEW else max(0, min(percent, 99))

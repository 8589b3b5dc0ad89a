"""Where the serials of one series are: cut, moved, put together again. Pure.

Serials are whole numbers; ranges have both ends included, as people say them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Place(NamedTuple):
    """A kind of place, and whose where there are many: the number of an agent or a site."""

    kind: str
    holder: int = 0


class Held(NamedTuple):
    """Serials that lie together; no place where nobody has them."""

    first: int
    last: int
    place: Place | None


class Shelf:
    """The serials of a series, each in one place; what lies together is one range."""

    def __init__(self, held: Iterable[Held] = ()) -> None:
        self._held = sorted(held)

    def __iter__(self) -> Iterator[Held]:
        return iter(self._held)

    def pieces(self, first: int, last: int) -> list[Held]:
        """Where [first, last] is, in order and without gaps."""
        found: list[Held] = []
        at = first
        begin, end = self._touched(first, last)
        for held in self._held[begin:end]:
            if held.first > at:
                found.append(Held(at, held.first - 1, None))
            found.append(Held(max(at, held.first), min(last, held.last), held.place))
            at = held.last + 1
        return [*found, Held(at, last, None)] if at <= last else found

    def move(self, first: int, last: int, source: Place | None, target: Place | None) -> list[Held]:
        """Move [first, last]; answers what of it is not at `source`, and then nothing is moved.

        No source: they are new. No target: they were never there.
        """
        elsewhere = [held for held in self.pieces(first, last) if held.place != source]
        if not elsewhere:
            begin, end = self._touched(first, last)
            old = self._held[begin:end]
            left = [Held(held.first, first - 1, held.place) for held in old if held.first < first]
            right = [Held(last + 1, held.last, held.place) for held in old if held.last > last]
            before, after = self._held[max(begin - 1, 0) : begin], self._held[end : end + 1]
            moved = [Held(first, last, target)] if target else []
            new = merged([*before, *left, *moved, *right, *after])
            self._held[begin - len(before) : end + len(after)] = new
        return elsewhere

    def _touched(self, first: int, last: int) -> tuple[int, int]:
        return (
            bisect_left(self._held, first, key=lambda held: held.last),
            bisect_right(self._held, last, key=lambda held: held.first),
        )


def merged(ranges: Iterable[Held]) -> list[Held]:
    """The ranges in order, neighbours of one place as one. They must not overlap."""
    found: list[Held] = []
    for held in sorted(ranges):
        before = found[-1] if found else None
        if before and before.place == held.place and before.last + 1 == held.first:
            found[-1] = Held(before.first, held.last, held.place)
        else:
            found.append(held)
    return found

"""From punches to presence (§6): who came when and left when, and what cannot be known."""

from dataclasses import dataclass
from itertools import pairwise

from attendance.engine.facts import Interval, Settings, Way
from attendance.engine.prepare import PreparedPunch


@dataclass(frozen=True, slots=True)
class Attendance:
    """The arrival and departure of a chain; an incomplete one lacks a side or an event.

    `presence` is what may be counted. `arrived`/`left` are the punches used, None when unknown.
    `exceptions` are codes with the punch that has no counterpart, `aside` the punches that add
    nothing, and `why`: they lie "between", are "repeated" taps, or all of "one_event".
    """

    presence: tuple[Interval, ...] = ()
    arrived: PreparedPunch | None = None
    left: PreparedPunch | None = None
    exceptions: tuple[tuple[str, PreparedPunch], ...] = ()
    complete: bool = True
    aside: tuple[PreparedPunch, ...] = ()
    why: str = "repeated"

    @property
    def seen(self) -> bool:
        return self.arrived is not None or self.left is not None


NOBODY_CAME = Attendance()


def pair(punches: list[PreparedPunch], span: Interval, settings: Settings) -> Attendance:
    """Read a chain's punches, which are sorted, against its work span."""
    if not punches:
        return NOBODY_CAME
    if settings.pairing == "pairs":
        return _pairs(punches, settings)
    if settings.pairing == "directed":
        return _directed(punches)
    return _first_last(punches, span, settings)


def _first_last(punches: list[PreparedPunch], span: Interval, settings: Settings) -> Attendance:
    first, last = punches[0], punches[-1]
    if len(punches) > 1 and last.minute - first.minute >= settings.min_span:
        between = tuple(punches[1:-1])
        return Attendance(((first.minute, last.minute),), first, last, aside=between, why="between")
    # One event only: the side it is nearer to is known, the other is not guessed.
    if abs(first.minute - span[0]) <= abs(first.minute - span[1]):
        lacking, rest = ("missing_out", first), tuple(punches[1:])
        return Attendance((), first, None, (lacking,), complete=False, aside=rest, why="one_event")
    lacking, rest = ("missing_in", last), tuple(punches[:-1])
    return Attendance((), None, last, (lacking,), complete=False, aside=rest, why="one_event")


def _pairs(punches: list[PreparedPunch], settings: Settings) -> Attendance:
    events: list[list[PreparedPunch]] = []
    for punch in punches:
        if events and punch.minute - events[-1][-1].minute <= settings.dup_minutes:
            events[-1].append(punch)
        else:
            events.append([punch])
    # An arrival takes its first tap, a departure its last.
    used = [taps[-1] if index % 2 else taps[0] for index, taps in enumerate(events)]
    presence = tuple(
        (came.minute, went.minute) for came, went in zip(used[::2], used[1::2], strict=False)
    )
    odd = len(events) % 2 == 1
    left = None if odd else used[-1]
    exceptions = (("odd_punches", used[-1]),) if odd else ()
    aside = _others(punches, used)
    return Attendance(presence, used[0], left, exceptions, complete=not odd, aside=aside)


def _others(punches: list[PreparedPunch], used: list[PreparedPunch]) -> tuple[PreparedPunch, ...]:
    return tuple(punch for punch in punches if punch not in used)


def _directed(punches: list[PreparedPunch]) -> Attendance:
    """As each punch says: an arrival takes the first of its run, a departure the last.

    One that says nothing joins the run it follows, and begins as an arrival. A departure
    without an arrival, or an arrival without a departure, is not guessed: the chain is
    incomplete, and what was complete still counts.
    """
    events: list[tuple[Way, PreparedPunch]] = []
    for punch in punches:
        way = punch.way or (events[-1][0] if events else "in")
        if events and events[-1][0] == way:
            if way == "out":
                events[-1] = (way, punch)
        else:
            events.append((way, punch))
    exceptions: tuple[tuple[str, PreparedPunch], ...] = ()
    arrived = left = None
    if events[0][0] == "out":
        exceptions = (("missing_in", events[0][1]),)
    else:
        arrived = events[0][1]
    if events[-1][0] == "in":
        exceptions = (*exceptions, ("missing_out", events[-1][1]))
    else:
        left = events[-1][1]
    stays = [
        (came, went)
        for (way, came), (_, went) in pairwise(events)
        if way == "in" and went.minute > came.minute
    ]
    presence = tuple((came.minute, went.minute) for came, went in stays)
    told = [punch for stay in stays for punch in stay] + [punch for _, punch in exceptions]
    told += [punch for punch in (arrived, left) if punch is not None]
    aside = _others(punches, told)
    return Attendance(presence, arrived, left, exceptions, complete=not exceptions, aside=aside)

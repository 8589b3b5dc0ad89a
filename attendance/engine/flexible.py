"""Flexible start (ca linh hoạt), beyond the specification: who comes a little later stays as much longer.

A shift with `flex` minutes moves with the arrival of its chain: the first minutes to be worked that
were missed, at most so many, are worked after its end instead. As many minutes are scheduled as
before and breaks stay by the clock; beyond the flex the person is late, counted from where it ends.

It never moves into another shift of the person, nor into an unpaid break: who has the afternoon off
cannot work through lunch. Leave and credited hours keep their length. Without a known arrival
nothing moves, and nobody moves by coming early.
"""

from collections.abc import Iterable
from dataclasses import replace

from attendance.engine.facts import Interval
from attendance.engine.intervals import common, first_minutes, merged, minutes, without
from attendance.engine.schedule import ShiftDay


def moved(shift: ShiftDay, arrived: int, others: Iterable[Interval]) -> tuple[ShiftDay, int]:
    """The shift as whoever arrived at this minute works it, and by how many minutes it moved.

    `others` are the scheduled minutes of the person's other shifts.
    """
    if not shift.shift.flex or not shift.effective or arrived <= shift.effective[0][0]:
        return shift, 0
    start, end = shift.effective[0][0], shift.effective[-1][1]
    missed = common(shift.effective, [(start, min(arrived, start + shift.shift.flex))])
    count = min(minutes(missed), _room(shift, end, others))
    if count <= 0:
        return shift, 0
    skipped = first_minutes(shift.effective, count)
    return replace(
        shift,
        end=shift.end + count,
        scheduled=merged([*without(shift.scheduled, skipped), (shift.end, shift.end + count)]),
        effective=merged([*without(shift.effective, skipped), (end, end + count)]),
    ), count


def _room(shift: ShiftDay, end: int, others: Iterable[Interval]) -> int:
    """How far the end of work can move: to the next unpaid break, to the next shift."""
    breaks = without([(shift.start, shift.end)], shift.scheduled)
    ahead = [begin - end for begin, until in breaks if until > end]
    ahead += [begin - shift.end for begin, until in others if until > shift.end]
    return min(ahead, default=shift.shift.flex)

"""Arithmetic of half-open minute intervals [a, b), kept sorted and apart."""

from collections.abc import Iterable

from attendance.engine.facts import DAY, NIGHT_ENDS, NIGHT_STARTS, Interval


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same minutes as sorted intervals that neither touch nor overlap."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            if end > result[-1][1]:
                result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def without(intervals: Iterable[Interval], removed: Iterable[Interval]) -> list[Interval]:
    """The minutes of `intervals` that are in none of `removed`."""
    result = merged(intervals)
    for cut_start, cut_end in removed:
        if cut_start >= cut_end:
            continue
        result = [
            piece
            for start, end in result
            for piece in ((start, min(end, cut_start)), (max(start, cut_end), end))
            if piece[0] < piece[1]
        ]
    return result


def common(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    """The minutes that are in both."""
    others = list(right)
    return merged(
        (max(a, c), min(b, d)) for a, b in left for c, d in others if max(a, c) < min(b, d)
    )


def minutes(intervals: Iterable[Interval]) -> int:
    return sum(end - start for start, end in intervals)


def first_minutes(intervals: Iterable[Interval], count: int) -> list[Interval]:
    """The earliest `count` minutes."""
    result: list[Interval] = []
    for start, end in intervals:
        if count <= 0:
            break
        taken = min(end - start, count)
        result.append((start, start + taken))
        count -= taken
    return result


def by_day_and_night(intervals: Iterable[Interval]) -> list[tuple[int, int, int, bool]]:
    """Pieces (start, end, day, is night) cut at 00:00, 06:00 and 22:00 (§7)."""
    pieces = []
    for start, end in intervals:
        while start < end:
            day, clock = divmod(start, DAY)
            if clock < NIGHT_ENDS:
                until, night = NIGHT_ENDS, True
            elif clock < NIGHT_STARTS:
                until, night = NIGHT_STARTS, False
            else:
                until, night = DAY, True
            stop = min(end, day * DAY + until)
            pieces.append((start, stop, day, night))
            start = stop
    return pieces

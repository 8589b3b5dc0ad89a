"""Terminals' clocks: how far they are off, how fast they drift, and when nobody is punching.

What is pure here takes values; `remember` and `peaks_of` use the database. Setting a clock is in
`clock_setting.py`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import linear_regression
from typing import Final, NamedTuple

from django.db import connection

from attendance.models import ClockReading, NoticeKind, Pull, Punch, Terminal, TerminalNotice
from backend.clock import VN

#: A reading is kept when it differs by so much from the last kept one, or that one is so old.
_TELLS_SECONDS: Final = 2
_TELLS_AFTER: Final = timedelta(hours=6)
#: Clocks without a battery start again in 2000; some firmware at its build date.
_RESET_YEAR: Final = 2010
_DAY_SECONDS: Final = 86_400


class Reading(NamedTuple):
    """How many seconds the clock was ahead of the right time at that moment."""

    at: datetime
    offset_seconds: int


# --- history -------------------------------------------------------------------------------

_KEEP: Final = """
    INSERT INTO attendance_clockreading (terminal_id, at, offset_seconds)
    SELECT %(terminal)s, %(at)s, %(offset)s
    WHERE NOT EXISTS (
        SELECT FROM (SELECT at, offset_seconds FROM attendance_clockreading
                     WHERE terminal_id = %(terminal)s ORDER BY at DESC LIMIT 1) AS last
        WHERE abs(last.offset_seconds::bigint - %(offset)s) < %(tells)s AND last.at > %(old)s)
"""


def remember(
    terminal: Terminal, offset_seconds: int | None, *, at: datetime, pull: Pull | None = None
) -> None:
    """Keep a contact's clock reading if it tells something; note a clock that was reset.

    `terminal` still has the offset of the contact before. None (a nonsense reading) is not kept.
    """
    if offset_seconds is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "terminal": terminal.pk,
                "at": at,
                "offset": offset_seconds,
                "tells": _TELLS_SECONDS,
                "old": at - _TELLS_AFTER,
            },
        )
    before = terminal.clock_offset_seconds
    if was_reset(before, offset_seconds, at=at):
        shown = at.astimezone(VN) + timedelta(seconds=offset_seconds)
        TerminalNotice.objects.create(
            terminal=terminal,
            pull=pull,
            kind=NoticeKind.CLOCK_RESET,
            details={
                "before": before,
                "offset": offset_seconds,
                "shown": f"{shown:%Y-%m-%d %H:%M:%S}",
            },
            at=at,
        )


def was_reset(before: int | None, offset_seconds: int, *, at: datetime) -> bool:
    """Whether the clock fell back by over a day since the contact before, or began again in 2000."""
    if before is not None and abs(offset_seconds - before) <= _DAY_SECONDS:
        return False
    fell_back = before is not None and offset_seconds < before
    return fell_back or (at + timedelta(seconds=offset_seconds)).year <= _RESET_YEAR


def history(terminal: Terminal, *, since: datetime) -> list[Reading]:
    """The kept readings, the oldest first."""
    rows = ClockReading.objects.filter(terminal=terminal, at__gte=since).order_by("at", "pk")
    return [Reading(*row) for row in rows.values_list("at", "offset_seconds")]


# --- drift ---------------------------------------------------------------------------------

#: A clock's own drift is slower; what jumps further was set.
_JUMP_SECONDS: Final = 20
_JUMP_SECONDS_AN_HOUR: Final = 1
_LEAST_SPAN: Final = timedelta(hours=12)
_LEAST_READINGS: Final = 3


def drift_per_day(readings: Sequence[Reading], *, set_at: datetime | None = None) -> float | None:
    """Seconds a day the clock gains (negative: loses), since it was last set. Pure.

    `set_at` is when we set it; what others set is seen by its jump. None while less than three
    readings over twelve hours tell of it.
    """
    if set_at is not None:
        readings = [reading for reading in readings if reading.at >= set_at]
    steady = _since_last_jump(readings)
    if len(steady) < _LEAST_READINGS or steady[-1].at - steady[0].at < _LEAST_SPAN:
        return None
    days = [(reading.at - steady[0].at) / timedelta(days=1) for reading in steady]
    return linear_regression(days, [reading.offset_seconds for reading in steady]).slope


def _since_last_jump(readings: Sequence[Reading]) -> Sequence[Reading]:
    start = 0
    for place, (one, two) in enumerate(pairwise(readings), start=1):
        hours = (two.at - one.at) / timedelta(hours=1)
        if abs(two.offset_seconds - one.offset_seconds) > (
            _JUMP_SECONDS + _JUMP_SECONDS_AN_HOUR * hours
        ):
            start = place
    return readings[start:]


# --- peaks ---------------------------------------------------------------------------------

_WEEKS: Final = timedelta(weeks=4)
_SLOT: Final = timedelta(minutes=30)
#: A half-hour of a weekday is a peak with so many punches in four weeks and that part of the day's.
_PEAK_PUNCHES: Final = 3
_PEAK_PERCENT: Final = 5
#: The clock is not set shortly before a peak either.
_MARGIN: Final = timedelta(minutes=5)


class Slot(NamedTuple):
    """A half-hour of the week: Monday is 1, `half_hour` 0 to 47, Vietnamese time."""

    weekday: int
    half_hour: int


def slot_of(moment: datetime) -> Slot:
    local = moment.astimezone(VN)
    return Slot(local.isoweekday(), local.hour * 2 + local.minute // 30)


def peak_slots(punches: Mapping[Slot, int]) -> frozenset[Slot]:
    """The half-hours in which people usually punch, from four weeks' counts. Pure."""
    by_day: Counter[int] = Counter()
    for slot, count in punches.items():
        by_day[slot.weekday] += count
    return frozenset(
        slot
        for slot, count in punches.items()
        if count >= _PEAK_PUNCHES and count * 100 >= by_day[slot.weekday] * _PEAK_PERCENT
    )


def is_peak(peaks: Collection[Slot], at: datetime) -> bool:
    """Whether people punch now, or will in five minutes. Pure."""
    return slot_of(at) in peaks or slot_of(at + _MARGIN) in peaks


def next_calm(peaks: Collection[Slot], at: datetime) -> datetime | None:
    """When nobody is expected: `at` itself, or the next half-hour; None if there is none. Pure."""
    if not is_peak(peaks, at):
        return at
    begin = datetime.fromtimestamp(at.timestamp() // 1800 * 1800, tz=at.tzinfo)
    later = (begin + _SLOT * number for number in range(1, 7 * 48 + 1))
    return next((moment for moment in later if not is_peak(peaks, moment)), None)


def counts_by_slot(moments: Iterable[datetime]) -> Counter[Slot]:
    return Counter(map(slot_of, moments))


def peaks_of(terminal: Terminal, *, at: datetime) -> frozenset[Slot]:
    """The terminal's peaks, from its own punches of the last four weeks."""
    since = at - _WEEKS
    pulls = Pull.objects.filter(terminal=terminal, started_at__gte=since, stored__gt=0)
    moments = Punch.objects.filter(pull__in=pulls.order_by(), punched_at__range=(since, at))
    return peak_slots(counts_by_slot(moments.values_list("punched_at", flat=True)))

"""What a person is to work: scheduled minutes, leave and trips, the effective schedule (§2, §3)."""

from dataclasses import dataclass, field
from datetime import date

from attendance.engine.facts import DAY, Absence, Interval, Shift
from attendance.engine.intervals import common, first_minutes, merged, minutes, without


@dataclass(slots=True)
class ShiftDay:
    """One shift of one work date, with what leave and trips took out of it."""

    day: int
    shift: Shift
    start: int
    end: int
    scheduled: list[Interval]
    longest_break: Interval | None
    effective: list[Interval]
    leave: int = 0
    credited: int = 0
    full_leave: bool = False
    full_trip: bool = False
    leave_code: str = ""


@dataclass(slots=True)
class DaySchedule:
    """A work date's shifts."""

    shifts: list[ShiftDay] = field(default_factory=list)


def shift_day(shift: Shift, day: int) -> ShiftDay:
    """The shift on a date: its work date is the date it starts (§2)."""
    start = day * DAY + shift.start
    end = day * DAY + shift.end
    if end <= start:
        end += DAY
    breaks = [
        (_after(start, day, pause.start), _after(start, day, pause.end), pause.paid)
        for pause in shift.breaks
    ]
    unpaid = [(a, b if b > a else b + DAY) for a, b, paid in breaks if not paid]
    scheduled = without([(start, end)], unpaid)
    longest = max(unpaid, key=lambda pause: (pause[1] - pause[0], -pause[0]), default=None)
    return ShiftDay(day, shift, start, end, scheduled, longest, scheduled)


def _after(start: int, day: int, clock: int) -> int:
    """A clock time at or after the shift's start: one before it is on the next day."""
    minute = day * DAY + clock
    return minute if minute >= start else minute + DAY


def part_of(shift: ShiftDay, absence: Absence) -> list[Interval]:
    """The scheduled minutes an absence covers: full, a half, or clock times (§3)."""
    if absence.part == "full":
        return shift.scheduled
    if absence.part in ("am", "pm"):
        return _half(shift, morning=absence.part == "am")
    if absence.start is None or absence.end is None:
        return []
    start = _clock(shift, absence.start)
    end = _clock(shift, absence.end)
    return common(shift.scheduled, [(start, end if end > start else end + DAY)])


def _clock(shift: ShiftDay, clock: int) -> int:
    """A clock time on the work date; in a shift over midnight, an early one is the next morning."""
    minute = shift.day * DAY + clock
    crosses = shift.end > (shift.day + 1) * DAY
    return minute + DAY if crosses and minute < shift.start else minute


def _half(shift: ShiftDay, *, morning: bool) -> list[Interval]:
    if shift.longest_break is not None:
        start, end = shift.longest_break
        side = (shift.start, start) if morning else (end, shift.end)
        return common(shift.scheduled, [side])
    first = first_minutes(shift.scheduled, minutes(shift.scheduled) // 2)
    return first if morning else without(shift.scheduled, first)


def take_out(shift: ShiftDay, leaves: list[Absence], trips: list[Absence]) -> None:
    """Remove leave and trips from the schedule; what both cover is leave."""
    away = merged(piece for absence in leaves for piece in part_of(shift, absence))
    travelling = without(
        merged(piece for absence in trips for piece in part_of(shift, absence)), away
    )
    shift.leave = minutes(away)
    shift.credited = minutes(travelling)
    shift.effective = without(without(shift.scheduled, away), travelling)
    shift.leave_code = leaves[0].code if shift.leave else ""
    whole = minutes(shift.scheduled)
    shift.full_leave = whole > 0 and shift.leave == whole
    shift.full_trip = whole > 0 and shift.credited == whole


def date_of(day: int) -> date:
    return date.fromordinal(day)

"""What a person is to work: scheduled minutes, leave and trips, the effective schedule (§2, §3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from attendance.engine.facts import DAY, Absence, Interval, Shift
from attendance.engine.intervals import common, first_minutes, merged, minutes, without

#: One person's leave or trips by work date.
AbsencesOf = Mapping[int, list[Absence]]


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
    unpaid = [
        (a, min(b if b > a else b + DAY, end)) for a, b, paid in breaks if not paid and a < end
    ]
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
    return _hours(shift, absence)


def _hours(shift: ShiftDay, absence: Absence) -> list[Interval]:
    """Clock times of the date; where they meet nothing of the shift, those of the morning after."""
    if absence.start is None or absence.end is None:
        return []
    start, end = shift.day * DAY + absence.start, shift.day * DAY + absence.end
    if absence.exact:
        return common(shift.scheduled, [(start, end)])
    end += 0 if end > start else DAY
    on_date = common(shift.scheduled, [(start, end)])
    return on_date or common(shift.scheduled, [(start + DAY, end + DAY)])


def _half(shift: ShiftDay, *, morning: bool) -> list[Interval]:
    if shift.longest_break is not None:
        start, end = shift.longest_break
        side = (shift.start, start) if morning else (end, shift.end)
        return common(shift.scheduled, [side])
    first = first_minutes(shift.scheduled, minutes(shift.scheduled) // 2)
    return first if morning else without(shift.scheduled, first)


def plan(shifts: list[ShiftDay], leaves: AbsencesOf, trips: AbsencesOf) -> None:
    """Take leave and trips out of a person's shifts, sorted by start.

    Common minutes of shifts that overlap are those of the first of them: none counts twice.
    """
    taken: list[Interval] = []
    furthest = 0
    for shift in shifts:
        if shift.start >= furthest:
            taken = []
        _take_out(shift, leaves.get(shift.day, []), trips.get(shift.day, []), taken)
        taken = [*taken, *shift.scheduled]
        furthest = max(furthest, shift.end)


def _take_out(
    shift: ShiftDay, leaves: list[Absence], trips: list[Absence], taken: list[Interval]
) -> None:
    """Remove leave and trips from the schedule; what both cover is leave."""
    if not (leaves or trips or taken):
        return
    away = merged(piece for absence in leaves for piece in part_of(shift, absence))
    trip = merged(piece for absence in trips for piece in part_of(shift, absence))
    if taken:
        away, trip = without(away, taken), without(trip, taken)
        shift.scheduled = without(shift.scheduled, taken)
    travelling = without(trip, away)
    shift.leave = minutes(away)
    shift.credited = minutes(travelling)
    shift.effective = without(without(shift.scheduled, away), travelling)
    shift.leave_code = leaves[0].code if shift.leave else ""
    whole = minutes(shift.scheduled)
    shift.full_leave = whole > 0 and shift.leave == whole
    shift.full_trip = whole > 0 and minutes(trip) == whole


def date_of(day: int) -> date:
    return date.fromordinal(day)

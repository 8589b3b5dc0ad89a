"""Counting minutes (§7) and weighing them (§10)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from attendance.engine.blocks import Block, Chain
from attendance.engine.facts import DayType, Interval, Settings
from attendance.engine.intervals import (
    by_day_and_night,
    common,
    first_minutes,
    merged,
    minutes,
    without,
)
from attendance.engine.pairing import Attendance
from attendance.engine.rows import Row
from attendance.engine.schedule import ShiftDay

#: Start, end and class of overtime that lies in one calendar day and is all day or all night.
OvertimePiece = tuple[int, int, str]

_CLASS = {"work": "weekday", "rest": "restday", "holiday": "holiday"}
#: Percent of normal pay (Labour Code 45/2019 art. 98, Decree 145/2020 art. 55 to 57).
_PERCENT = {
    "weekday_day": 150,
    "weekday_night": 200,
    "restday_day": 200,
    "restday_night": 270,
    "holiday_day": 300,
    "holiday_night": 390,
}
_NIGHT_AFTER_DAY_OVERTIME = 210
_REGULAR_DAY, _REGULAR_NIGHT = 100, 130


@dataclass(slots=True)
class Tally:
    """A row being filled, with its pieces of overtime; weekday ones' weights depend on each other."""

    row: Row
    overtime: list[OvertimePiece] = field(default_factory=list)

    def add_overtime(self, pieces: list[Interval], types: Mapping[int, DayType]) -> None:
        row = self.row
        for start, end, day, night in by_day_and_night(pieces):
            name = f"{_CLASS[types[day]]}_{'night' if night else 'day'}"
            length = end - start
            row.overtime[name] += length
            row.worked += length
            row.night += length if night else 0
            self.overtime.append((start, end, name))
            if name != "weekday_night":
                row.weighted_hundredths += length * _PERCENT[name]

    def add_regular(self, start: int, end: int, *, night: bool) -> None:
        row = self.row
        length = end - start
        row.regular += length
        row.worked += length
        row.night += length if night else 0
        row.weighted_hundredths += length * (_REGULAR_NIGHT if night else _REGULAR_DAY)

    def weigh_night_overtime(self) -> None:
        """Weekday overtime at night is 200 %, or 210 % after daytime overtime of the same row."""
        days = [start for start, _, name in self.overtime if name == "weekday_day"]
        nights = [(start, end) for start, end, name in self.overtime if name == "weekday_night"]
        earliest = min(days, default=None)
        for start, end in nights:
            cut = end if earliest is None else min(max(start, earliest + 1), end)
            self.row.weighted_hundredths += (cut - start) * _PERCENT["weekday_night"]
            self.row.weighted_hundredths += (end - cut) * _NIGHT_AFTER_DAY_OVERTIME


def night_after_day(
    *, regular: int, night: int, overtime: Mapping[str, int], weighted_hundredths: int
) -> int:
    """Minutes of weekday night overtime paid 210 %, told from the numbers of a row (§10). Exact.

    Whatever the row weighs more than with all of them at 200 % are these minutes, ten a minute.
    """
    night_overtime = sum(overtime[name] for name in _PERCENT if name.endswith("_night"))
    regular_night = night - night_overtime
    least = (regular - regular_night) * _REGULAR_DAY + regular_night * _REGULAR_NIGHT
    least += sum(overtime[name] * percent for name, percent in _PERCENT.items())
    return (weighted_hundredths - least) // (_NIGHT_AFTER_DAY_OVERTIME - _PERCENT["weekday_night"])


def count_shift(
    shift: ShiftDay, attendance: Attendance, tally: Tally, types: Mapping[int, DayType]
) -> int:
    """Scheduled minutes in presence: regular, or holiday overtime on a holiday's own minutes.

    Returns how many of the regular ones are of the night.
    """
    at_night = 0
    present = common(shift.effective, attendance.presence)
    for start, end, day, night in by_day_and_night(present):
        if types[day] == "holiday":
            tally.add_overtime([(start, end)], types)
        else:
            tally.add_regular(start, end, night=night)
            at_night += end - start if night else 0
    return at_night


def late_and_early(
    shift: ShiftDay, expected: list[Interval], attendance: Attendance
) -> tuple[int, int]:
    """Minutes late and early of one shift, of those `expected` there; grace not yet asked."""
    late = early = 0
    if attendance.arrived is not None:
        late = minutes(common(expected, [(shift.start, attendance.arrived.minute)]))
    if attendance.left is not None:
        early = minutes(common(expected, [(attendance.left.minute, shift.end)]))
    return late, early


def beyond(count: int, grace: int) -> int:
    """Grace is a label: up to it nothing counts, beyond it everything does."""
    return count if count > grace else 0


def counted_overtime(
    request: Interval,
    attendance: Attendance,
    *,
    taken: list[Interval],
    settings: Settings,
) -> tuple[list[Interval], int]:
    """The minutes of one request that count: present, not scheduled, enough, in whole blocks.

    `taken` are scheduled minutes and those of earlier requests: no minute counts twice. Beside
    them, how many minutes there were before it was asked whether they are enough.
    """
    pieces = without(common([request], attendance.presence), taken)
    count = minutes(pieces)
    if count < settings.ot_min:
        return [], count
    return first_minutes(pieces, count - count % settings.ot_block), count


def requests_of(
    chain: Chain, attendance: Attendance, span: Interval, settings: Settings
) -> list[tuple[Block, Interval, bool]]:
    """The chain's overtime requests (block, interval, approved), the extra one last (§7)."""
    requests = [
        (block, (block.overtime.start, block.overtime.end), True)
        for block in chain.blocks
        if block.overtime is not None
    ]
    if not settings.ot_requires_approval and attendance.presence:
        after = (span[1], attendance.presence[-1][1])
        if after[0] < after[1]:
            requests.append((chain.blocks[-1], after, False))
    return requests


def scheduled_minutes(chain: Chain) -> list[Interval]:
    return merged(piece for block in chain.blocks if block.shift for piece in block.shift.scheduled)

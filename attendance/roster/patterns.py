"""Pure: what a rotating pattern says of each day, and what the law says of the roster made so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from attendance.engine.facts import DayType, minute_of
from attendance.engine.intervals import by_day_and_night
from backend.problems import Problem

#: Labour Code art. 110: before the next shift; art. 111: once a week, without a break.
REST_BETWEEN, WEEKLY_REST = timedelta(hours=12), timedelta(hours=24)
#: The day off in a written cycle, and what joins two shifts of one day.
OFF, AND = "-", "+"
#: The longest cycle: a year would be a calendar, not a cycle.
LONGEST = 100

Cycle = tuple[tuple[str, ...], ...]


class CycleMisread(Problem):
    code = "cycle_misread"
    message = _(
        "Hãy ghi chu kỳ bằng mã ca, mỗi ngày một từ, tối đa 100 ngày: “-” là nghỉ, “S+T” là hai ca."
    )


class UnknownShift(Problem):
    code = "unknown_shift"
    message = _("Không có ca nào mang mã này. Hãy xem lại danh sách ca.")


def parse_cycle(text: str) -> Cycle:
    """ "S S - S+T" as (("S",), ("S",), (), ("S", "T")). Raises CycleMisread."""
    words = text.split()
    if not 1 <= len(words) <= LONGEST:
        raise CycleMisread
    return tuple(parse_day(word) for word in words)


def parse_day(word: str) -> tuple[str, ...]:
    """The shift codes of one day: "S+T", "S", or "-" and "" for none. Raises CycleMisread."""
    word = word.strip()
    if word in ("", OFF):
        return ()
    codes = tuple(code.strip() for code in word.split(AND))
    if len(set(codes)) != len(codes) or not all(codes):
        raise CycleMisread
    return codes


def written_day(codes: Iterable[str]) -> str:
    """The reverse of `parse_day`; nothing for a day off."""
    return AND.join(codes)


def unrolled(
    cycle: Cycle, *, anchor: date, offset: int, days: str, kinds: Mapping[date, DayType]
) -> Iterator[tuple[date, tuple[str, ...]]]:
    """The shifts of each date of `kinds` (calendar), by a cycle whose first day is on `anchor`.

    "continuous" is the cycle alone. "holidays_off" leaves holidays free: nobody is rostered on one
    unless ordered (specification §3). "office" works on the calendar's work days only; on a make-up
    day that the cycle has free, the shifts are those of the last working day before it.
    """
    for day, kind in kinds.items():
        place = ((day - anchor).days + offset) % len(cycle)
        if days == "continuous":
            yield day, cycle[place]
        elif kind == "holiday" or (days == "office" and kind == "rest"):
            yield day, ()
        elif days == "office":
            back = (cycle[(place - earlier) % len(cycle)] for earlier in range(len(cycle)))
            yield day, next((codes for codes in back if codes), ())
        else:
            yield day, cycle[place]


class Rule(StrEnum):
    """What a roster offends against."""

    OVERLAP = "overlap"
    SHORT_REST = "short_rest"
    NO_WEEKLY_REST = "no_weekly_rest"
    PROTECTED_NIGHT = "protected_night"
    PROTECTED_OVERTIME = "protected_overtime"


RULES = {
    Rule.OVERLAP: _("hai ca chồng giờ nhau"),
    Rule.SHORT_REST: _("nghỉ dưới 12 giờ trước ca này"),
    Rule.NO_WEEKLY_REST: _("ngày thứ 7 liền chưa được nghỉ 24 giờ"),
    Rule.PROTECTED_NIGHT: _("người được bảo vệ (điều 137) không làm đêm"),
    Rule.PROTECTED_OVERTIME: _("người được bảo vệ (điều 137) không làm thêm giờ"),
}


@dataclass(frozen=True, order=True, slots=True)
class Planned:
    """A shift as it will be worked, by the local clock."""

    start: datetime
    end: datetime
    work_date: date
    code: str

    @classmethod
    def on(cls, day: date, code: str, start: time, end: time) -> "Planned":
        """A shift's end not after its start is on the next day (specification §2)."""
        begins, ends = datetime.combine(day, start), datetime.combine(day, end)
        return cls(begins, ends + timedelta(days=end <= start), day, code)

    @property
    def is_at_night(self) -> bool:
        """Whether some of it lies between 22:00 and 06:00."""
        pieces = [(minute_of(self.start), minute_of(self.end))]
        return any(night for _start, _end, _day, night in by_day_and_night(pieces))


@dataclass(frozen=True, order=True, slots=True)
class Conflict:
    """A rule that the roster of a person breaks on a work date."""

    work_date: date
    rule: Rule

    @property
    def sentence(self) -> str:
        return str(RULES[self.rule])


def conflicts(shifts: Iterable[Planned]) -> list[Conflict]:
    """Everything one person's shifts offend against, by date; any order, repeats do not matter.

    Two shifts of one date may be a split shift: only their overlap counts. Seven dates one after
    the other without 24 hours of rest between are told from the seventh on, each.
    """
    planned = sorted(set(shifts))
    found: set[Conflict] = set()
    if not planned:
        return []
    latest, since = planned[0].end, planned[0].work_date
    for before, shift in pairwise(planned):
        gap = shift.start - latest
        if gap < timedelta(0):
            found.add(Conflict(shift.work_date, Rule.OVERLAP))
        elif gap < REST_BETWEEN and shift.work_date != before.work_date:
            found.add(Conflict(shift.work_date, Rule.SHORT_REST))
        if gap >= WEEKLY_REST:
            since = shift.work_date
        elif (shift.work_date - since).days >= 6:
            found.add(Conflict(shift.work_date, Rule.NO_WEEKLY_REST))
        latest = max(latest, shift.end)
    return sorted(found)


def forbidden(
    shifts: Iterable[Planned], overtime: Iterable[date], spans: Sequence[tuple[date, date]]
) -> list[Conflict]:
    """Night shifts, and dates with `overtime`, within the `spans` in which a person is protected.

    Labour Code 45/2019 art. 137.1, the night of art. 106 (22:00 to 06:00).
    """

    def is_protected(day: date) -> bool:
        return any(first <= day <= last for first, last in spans)

    nights = {shift.work_date for shift in shifts if shift.is_at_night}
    found = [Conflict(day, Rule.PROTECTED_NIGHT) for day in nights if is_protected(day)]
    found += [Conflict(day, Rule.PROTECTED_OVERTIME) for day in overtime if is_protected(day)]
    return sorted(set(found))

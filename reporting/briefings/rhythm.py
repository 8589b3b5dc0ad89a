"""When a series of briefings meets: a rule in words, and the days it makes. Pure."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Final

from backend.months import shifted

WEEKDAYS: Final = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_NTH: Final = {1: "đầu tiên", 2: "thứ hai", 3: "thứ ba", 4: "thứ tư", -1: "cuối cùng"}
#: No row of days off is longer: Tết rests nine days at most.
_LOOK: Final = 30


class Rhythm(StrEnum):
    WEEKLY = "weekly"
    MONTHLY_DAY = "monthly_day"
    """On a day of the month; the last day where the month is shorter."""
    MONTHLY_WEEKDAY = "monthly_weekday"
    """On the n-th such weekday of the month."""


class DayOff(StrEnum):
    """What becomes of a briefing whose day is not worked."""

    AFTER = "after"
    BEFORE = "before"
    SKIP = "skip"


_DAY_OFF_WORDS: Final = {
    DayOff.AFTER: "trùng ngày nghỉ thì dời sang ngày làm việc kế tiếp",
    DayOff.BEFORE: "trùng ngày nghỉ thì họp sớm vào ngày làm việc liền trước",
    DayOff.SKIP: "trùng ngày nghỉ thì không họp kỳ đó",
}

IsWorking = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """`weekday` counts from Monday = 0; `nth` is 1 to 4, or -1 for the last of the month."""

    rhythm: Rhythm
    starts: time
    weekday: int = 0
    month_day: int = 1
    nth: int = 1
    day_off: DayOff = DayOff.AFTER

    def in_words(self) -> str:
        """ "Thứ Hai hằng tuần, 08:00; trùng ngày nghỉ thì dời sang ngày làm việc kế tiếp"."""
        days = {
            Rhythm.WEEKLY: f"{WEEKDAYS[self.weekday]} hằng tuần",
            Rhythm.MONTHLY_DAY: f"Ngày {self.month_day} hằng tháng",
            Rhythm.MONTHLY_WEEKDAY: f"{WEEKDAYS[self.weekday]} {_NTH[self.nth]} của tháng",
        }[self.rhythm]
        return f"{days}, {self.starts:%H:%M}; {_DAY_OFF_WORDS[self.day_off]}"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A briefing the rule asks for: the day by the rule, and the working day it is held on."""

    planned: date
    held: date


def meetings(rule: Rule, *, first: date, last: date, is_working: IsWorking) -> Iterator[Meeting]:
    """What the rule asks for on planned days of [first, last], in order."""
    for planned in _planned(rule, first, last):
        held = _moved(planned, rule.day_off, is_working)
        if held is not None:
            yield Meeting(planned, held)


def _planned(rule: Rule, first: date, last: date) -> Iterator[date]:
    if rule.rhythm is Rhythm.WEEKLY:
        day = first + timedelta(days=(rule.weekday - first.weekday()) % 7)
        while day <= last:
            yield day
            day += timedelta(days=7)
        return
    month = first.replace(day=1)
    while month <= last:
        day = _day_of_month(rule, month)
        if first <= day <= last:
            yield day
        month = shifted(month, 1)


def _day_of_month(rule: Rule, month: date) -> date:
    length = monthrange(month.year, month.month)[1]
    if rule.rhythm is Rhythm.MONTHLY_DAY:
        return month.replace(day=min(rule.month_day, length))
    days = [month.replace(day=n) for n in range(1, length + 1)]
    such = [day for day in days if day.weekday() == rule.weekday]
    return such[-1] if rule.nth == -1 else such[rule.nth - 1]


def _moved(planned: date, day_off: DayOff, is_working: IsWorking) -> date | None:
    if is_working(planned):
        return planned
    if day_off is DayOff.SKIP:
        return None
    step = timedelta(days=1 if day_off is DayOff.AFTER else -1)
    days = (planned + step * n for n in range(1, _LOOK))
    return next((day for day in days if is_working(day)), planned)

"""How sales go up and down: by weekday, season, payday and place. Pure, and all of it invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp

#: Monday first. Tuesday is the company's own draw.
WEEKDAYS = (0.95, 1.13, 0.97, 0.96, 1.0, 1.05, 1.08)
#: Months of the sea: Bãi Cháy, Tuần Châu, Hạ Long, Vân Đồn, Cô Tô, Vĩnh Thực.
SEASIDE = frozenset({"06673", "06706", "06688", "06994", "07192", "06757"})
SUMMER = {5: 1.12, 6: 1.25, 7: 1.28, 8: 1.18}
BORDER = frozenset({"06709", "06712", "06736", "06733"})
TET = (date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6))
YEARLY_GROWTH = 0.055


@dataclass(frozen=True)
class Story:
    """What is worth a sentence at the meeting, from `since` to before `until`.

    Boats to the islands stop in one unit (`slump`), a border fair fills another (`rise`).
    """

    since: date
    until: date
    slump: str = "06994"
    rise: str = "06712"

    def factor(self, unit: str, day: date) -> float:
        if not self.since <= day < self.until:
            return 1.0
        return {self.slump: 0.52, self.rise: 1.24}.get(unit, 1.0)


def day_factor(day: date) -> float:
    """What all agents share on that day."""
    growth: float = (1 + YEARLY_GROWTH) ** ((day - date(2024, 1, 1)).days / 365)
    payday = 1.06 if 5 <= day.day <= 10 else 0.97 if day.day >= 27 else 1.0
    return growth * payday * WEEKDAYS[day.weekday()] * _tet_factor(day)


def unit_factor(unit: str, day: date) -> float:
    """What is particular to a unit: summer at the sea, the months of trade at the border."""
    if unit in SEASIDE:
        return SUMMER.get(day.month, 0.96)
    if unit in BORDER and day.month in (10, 11, 12):
        return 1.08
    return 1.0


def _tet_factor(day: date, feasts: Sequence[date] = TET) -> float:
    """Up to +35 % in the three weeks before Tết, a slack fortnight after it."""
    for feast in feasts:
        away = (feast - day).days
        if 0 <= away <= 21:
            return 1 + 0.35 * exp(-away / 9)
        if -14 <= away < 0:
            return 0.88
    return 1.0


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())

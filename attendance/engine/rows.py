"""What the engine answers: one row a person and work date, exceptions, adjustments, and why."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from attendance.engine.prepare import PunchException

OVERTIME_CLASSES = (
    "weekday_day",
    "weekday_night",
    "restday_day",
    "restday_night",
    "holiday_day",
    "holiday_night",
)
NUMBERS = (
    "worked", "regular", "late", "early", "leave", "credited", "care", "care_worked", "night"
)  # fmt: skip


@dataclass(slots=True)
class Row:
    """A person's work date in minutes; fields as in the specification.

    `scheduled` (before leave), `steps` (how it came about, as data) and `aside` (codes of §5 of
    punches of that date in no window) are for people, not for the specification's JSON. `care` are
    minutes of care hours that were taken, `care_worked` those worked through and, by agreement,
    paid once more (care.py). `weighted` is minutes × percent / 100, kept exact in hundredths.
    """

    employee: str
    date: date
    status: str = ""
    worked: int = 0
    regular: int = 0
    late: int = 0
    early: int = 0
    leave: int = 0
    credited: int = 0
    care: int = 0
    care_worked: int = 0
    night: int = 0
    overtime: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OVERTIME_CLASSES, 0))
    exceptions: set[str] = field(default_factory=set)
    weighted_hundredths: int = 0
    scheduled: int = 0
    leave_code: str = ""
    steps: list[dict[str, Any]] = field(default_factory=list)
    aside: set[str] = field(default_factory=set)

    @property
    def period(self) -> str:
        return f"{self.date:%Y-%m}"

    @property
    def weighted(self) -> float:
        return self.weighted_hundredths / 100

    @property
    def total_overtime(self) -> int:
        return sum(self.overtime.values())

    def number(self, name: str) -> int:
        """A numeric field by the specification's name, overtime classes as "ot.<class>"."""
        if name.startswith("ot."):
            return self.overtime[name[3:]]
        return int(getattr(self, name))


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What later data would change in a locked row (§11), carried `into` an open period."""

    employee: str
    date: date
    into: str
    delta: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Result:
    rows: list[Row]
    punch_exceptions: list[PunchException]
    adjustments: list[Adjustment]

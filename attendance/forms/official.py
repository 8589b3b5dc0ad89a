"""What an official monthly form says, before it becomes a sheet, a printed page or a template. Pure.

Forms 01a and 01b-LĐTL have one shape: people × days of the month, sums of the month, legend and
signatures. The sums are computed here, once, from minutes; every face of a form shows them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

_WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


@dataclass(frozen=True, slots=True)
class FormLine:
    """A person. `symbols` by day of the month; `minutes` of each sum's column by day."""

    code: str
    name: str
    grade: str
    symbols: Mapping[int, str]
    minutes: tuple[Mapping[int, int], ...]


@dataclass(frozen=True, slots=True)
class FormSheet:
    """One department: a sheet of its own."""

    department: str
    lines: tuple[FormLine, ...]


@dataclass(frozen=True, slots=True)
class FormHead:
    """What stands above every sheet; `rest_days` are those nobody normally works.

    `controlled` is code and issue of the form where it is a controlled document, for its foot.
    """

    company: str
    month: date
    days: int
    rest_days: frozenset[int]
    number: str
    legal_line: str
    made_at: datetime
    controlled: str = ""

    def weekday(self, day: int) -> str:
        return _WEEKDAYS[self.month.replace(day=day).weekday()]


@dataclass(frozen=True, slots=True)
class OfficialForm:
    """`sums` are (heading, letter) of the month's columns, in units of `unit_minutes`.

    `grade_heading` is empty where the form has no column for it; `symbol_size` is the size of the
    letters of a day, in points.
    """

    head: FormHead
    title: str
    sheets: tuple[FormSheet, ...]
    grade_heading: str
    sums_heading: str
    sums: tuple[tuple[str, str], ...]
    unit_minutes: int
    decimals: int
    notes: tuple[str, ...]
    signers: tuple[str, ...]
    symbol_size: int

    def sums_of(self, line: FormLine) -> tuple[float, ...]:
        """The columns of the month, rounded half up."""
        return tuple(
            half_up(sum(column.values()), self.unit_minutes, self.decimals)
            for column in line.minutes
        )

    def totals(self, lines: Iterable[FormLine]) -> tuple[float, ...]:
        """The row "Cộng": the sum of what the lines show, so that who adds up the paper agrees."""
        shown = [self.sums_of(line) for line in lines]
        return tuple(
            round(sum(line[index] for line in shown), self.decimals)
            for index in range(len(self.sums))
        )


def half_up(amount: int, unit: int, decimals: int) -> float:
    """`amount` in units, rounded half up in whole numbers, so that no binary fraction decides."""
    scale: int = 10**decimals
    return (2 * amount * scale + unit) // (2 * unit) / scale

"""A year of the timesheet as one workbook: each month's symbols and sums, then people by months. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.heading import Heading
from backend.tables import Column, Sum, Table, Value

#: Minutes that make one công (Labour Code 45/2019 art. 105), and one hour.
_DAY, _HOUR = 480, 60


@dataclass(frozen=True, slots=True)
class YearLine:
    """A person's month, or the `part` of it in one department ("từ 16/11"). `symbols` by day of the month; minutes, days of leave and holidays those of a
    standard day; `questions` are days that still ask something.
    """

    code: str
    name: str
    part: str
    department: str
    symbols: Mapping[int, str]
    standard: int
    holidays: int
    leave: int
    overtime: int
    late: int
    questions: int


@dataclass(frozen=True, slots=True)
class YearMonth:
    """`weekdays` are the names of its days, `is_locked` whether its numbers will stay."""

    month: date
    weekdays: tuple[str, ...]
    is_locked: bool
    lines: tuple[YearLine, ...]


#: As wide as leaves a month of 31 days on one page (tables._ONE_PAGE).
_WHO: Final = (Column("Mã NV", 10), Column("Họ và tên", 24), Column("Phòng ban", 24))
#: The sheets of a year: name, title, what a person's month counts, in minutes of a unit of so many.
_SHEETS: Final = (
    ("Cả năm - công", "SỐ CÔNG CẢ NĂM", "standard", _DAY),
    ("Cả năm - làm thêm", "GIỜ LÀM THÊM CẢ NĂM", "overtime", _HOUR),
    ("Cả năm - nghỉ", "SỐ NGÀY NGHỈ CÓ ĐƠN CẢ NĂM", "leave", _DAY),
    ("Cả năm - đi muộn", "SỐ PHÚT ĐI MUỘN CẢ NĂM", "late", 1),
)


def year_tables(heading: Heading, months: Iterable[YearMonth]) -> Iterator[Table]:
    """A sheet a month as it comes, then those of the year, which the workbook opens with."""
    totals: dict[str, _Person] = {}
    locked: list[int] = []
    for month in months:
        if month.is_locked:
            locked.append(month.month.month)
        _add(totals, month)
        yield _month(heading, month)
    notes = (*heading.lines(), _locks(locked))
    for place, (name, title, measure, unit) in enumerate(_SHEETS):
        yield Table(
            name=name,
            title=f"{title} {heading.first:%Y}",
            notes=notes,
            columns=(
                *_WHO,
                *(Column(f"Tháng {number}", 9, _kind(unit)) for number in range(1, 13)),
                Column("Cả năm", 11, _kind(unit)),
            ),
            rows=[_year_row(person, measure, unit) for person in totals.values()],
            frozen=3,
            opens=place == 0,
        )


@dataclass(slots=True)
class _Person:
    """What a person's months add up from, by the number of the month."""

    line: YearLine
    months: dict[int, Counter[str]]


def _add(totals: dict[str, _Person], month: YearMonth) -> None:
    """Who was transferred has several lines in a month; of the year they are one person."""
    for line in month.lines:
        person = totals.setdefault(line.code, _Person(line, {}))
        person.line = line  # the department is the newest one
        sums = person.months.setdefault(month.month.month, Counter())
        sums.update({measure: getattr(line, measure) for _, _, measure, _ in _SHEETS})


def _locks(locked: Sequence[int]) -> str:
    if not locked:
        return "Chưa tháng nào được khóa: số liệu còn có thể đổi."
    return f"Các tháng đã khóa: {', '.join(map(str, locked))}. Các tháng khác còn có thể đổi."


def _kind(unit: int) -> str:
    return "whole" if unit == 1 else "decimal"


def _amount(minutes: int, unit: int) -> float:
    return minutes if unit == 1 else round(minutes / unit, 2)


def _year_row(person: _Person, measure: str, unit: int) -> tuple[Value, ...]:
    """The sum is that of the months as shown, so that its formula agrees with it."""
    shown = {
        number: _amount(month[measure], unit) for number, month in sorted(person.months.items())
    }
    who = (person.line.code, person.line.name, person.line.department)
    months = (shown.get(number) for number in range(1, 13))
    first = len(who)
    return (*who, *months, Sum(first, first + 11, round(sum(shown.values()), 2)))


def _month(heading: Heading, month: YearMonth) -> Table:
    state = "đã khóa" if month.is_locked else "chưa khóa"
    return Table(
        name=f"Tháng {month.month.month}",
        title=f"BẢNG CHẤM CÔNG THÁNG {month.month:%m/%Y}",
        notes=(*heading.lines(), f"Kỳ công {state}."),
        columns=(
            *_WHO,
            *(
                Column(f"{number}\n{weekday}", 4, "centre")
                for number, weekday in enumerate(month.weekdays, start=1)
            ),
            Column("Công", 8, "decimal"),
            Column("Lễ", 6, "decimal"),
            Column("Nghỉ (ngày)", 8, "decimal"),
            Column("Làm thêm (giờ)", 9, "decimal"),
            Column("Đi muộn (phút)", 8, "whole"),
            Column("Ngày còn hỏi", 8, "whole"),
        ),
        rows=(_month_row(line, len(month.weekdays)) for line in month.lines),
        frozen=3,
    )


def _month_row(line: YearLine, days: int) -> tuple[Value, ...]:
    return (
        line.code,
        f"{line.name} ({line.part})" if line.part else line.name,
        line.department,
        *(line.symbols.get(day) for day in range(1, days + 1)),
        _amount(line.standard, _DAY),
        _amount(line.holidays, _DAY),
        _amount(line.leave, _DAY),
        _amount(line.overtime, _HOUR),
        line.late,
        line.questions,
    )

"""The hand-over to payroll: a line for each person and month, in columns that keep their place. Pure.

The columns are described in docs/payroll.md. Whoever moves, renames or adds one, or gives it another
meaning, counts `FORMAT` up.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from backend.heading import Heading
from backend.tables import Column, Table, Value

FORMAT: Final = 2
#: Minutes that make one công (Labour Code 45/2019 art. 105).
_STANDARD_DAY: Final = 480
#: The numeric fields of a row (specification §11) with their heads, in the order of the columns.
MEASURES: Final = {
    "worked": "Tổng giờ công",
    "regular": "Giờ công trong ca",
    "credited": "Công tác",
    "care": "Giờ chế độ được nghỉ",
    "care_worked": "Làm trong giờ chế độ, trả thêm",
    "night": "Giờ đêm",
    "ot.weekday_day": "Làm thêm ngày thường",
    "ot.weekday_night": "Làm thêm đêm ngày thường",
    "ot.restday_day": "Làm thêm ngày nghỉ",
    "ot.restday_night": "Làm thêm đêm ngày nghỉ",
    "ot.holiday_day": "Làm thêm ngày lễ",
    "ot.holiday_night": "Làm thêm đêm ngày lễ",
    "late": "Đi muộn",
    "early": "Về sớm",
    "leave": "Nghỉ (giờ thực)",
}
#: The symbols of form 01a-LĐTL that have a column of their own, and the columns' names.
LEAVE: Final = {
    "P": "leave_p", "Ô": "leave_o", "Cô": "leave_co", "TS": "leave_ts", "T": "leave_t",
    "H": "leave_h", "NB": "leave_nb", "KL": "leave_kl", "N": "leave_n", "LĐ": "leave_ld",
    "VR": "leave_vr",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lock:
    """The standing lock of a month; `at` is Vietnamese time."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PayrollLine:
    """A person's month. `minutes` and `adjusted` are by the names of `MEASURES`.

    `waiting_days` are to be computed anew. `standard` and `leave`, by symbol, are minutes of a standard day; weights are hundredths of a
    weighted minute (§10). `adjusted` is what earlier, closed months carry into this one (§11).
    """

    code: str
    name: str
    department_code: str
    department: str
    standard: int = 0
    holidays: int = 0
    absent_days: int = 0
    questions: int = 0
    waiting_days: int = 0
    weighted: int = 0
    minutes: Mapping[str, int] = field(default_factory=dict)
    leave: Mapping[str, int] = field(default_factory=dict)
    adjusted_days: int = 0
    adjusted: Mapping[str, int] = field(default_factory=dict)
    adjusted_weighted: int = 0


@dataclass(frozen=True, slots=True)
class CarriedDay:
    """One adjustment: the day of a closed month that became known to be otherwise."""

    code: str
    name: str
    work_date: date
    lock: int
    at: datetime
    leave_before: str
    leave_after: str
    delta: Mapping[str, int]
    weighted: int


@dataclass(frozen=True, slots=True)
class Payroll:
    month: date
    lock: Lock | None
    lines: Sequence[PayrollLine]
    carried: Sequence[CarriedDay]


@dataclass(frozen=True, slots=True)
class _Of:
    """What a column's value is taken from."""

    payroll: Payroll
    made_at: datetime
    line: PayrollLine


@dataclass(frozen=True, slots=True)
class PayrollColumn:
    """`name` heads the CSV, `head` and `name` the workbook; `unit` is as in docs/payroll.md."""

    name: str
    head: str
    unit: str
    value: Callable[[_Of], Value]


def _days(minutes: int) -> float:
    return round(minutes / _STANDARD_DAY, 2)


def _measure(name: str) -> str:
    """ "ot.weekday_day" → "ot_weekday_day_minutes"."""
    return f"{name.replace('.', '_')}_minutes"


def _other_leave(line: PayrollLine) -> int:
    return sum(minutes for code, minutes in line.leave.items() if code not in LEAVE)


def _minutes_of(name: str) -> Callable[[_Of], Value]:
    return lambda of: of.line.minutes.get(name, 0)


def _adjusted_of(name: str) -> Callable[[_Of], Value]:
    return lambda of: of.line.adjusted.get(name, 0)


def _leave_of(symbol: str) -> Callable[[_Of], Value]:
    return lambda of: _days(of.line.leave.get(symbol, 0))


COLUMNS: Final = (
    PayrollColumn("format", "Phiên bản tệp", "number", lambda of: FORMAT),
    PayrollColumn("period", "Kỳ công", "yyyy-mm", lambda of: f"{of.payroll.month:%Y-%m}"),
    PayrollColumn("employee_code", "Mã NV", "text", lambda of: of.line.code),
    PayrollColumn("full_name", "Họ và tên", "text", lambda of: of.line.name),
    PayrollColumn("department_code", "Mã phòng", "text", lambda of: of.line.department_code),
    PayrollColumn("department", "Phòng ban", "text", lambda of: of.line.department),
    PayrollColumn("standard_days", "Công", "days", lambda of: _days(of.line.standard)),
    PayrollColumn(
        "holiday_days", "Nghỉ lễ hưởng lương", "days", lambda of: _days(of.line.holidays)
    ),
    PayrollColumn("absent_days", "Ngày vắng", "number", lambda of: of.line.absent_days),
    *(
        PayrollColumn(_measure(name), head, "minutes", _minutes_of(name))
        for name, head in MEASURES.items()
    ),
    PayrollColumn(
        "weighted_minutes", "Phút quy đổi", "weighted", lambda of: of.line.weighted / 100
    ),
    *(
        PayrollColumn(f"{name}_days", f"Nghỉ {symbol}", "days", _leave_of(symbol))
        for symbol, name in LEAVE.items()
    ),
    PayrollColumn(
        "leave_other_days", "Nghỉ loại khác", "days", lambda of: _days(_other_leave(of.line))
    ),
    PayrollColumn("open_questions", "Ngày còn câu hỏi", "number", lambda of: of.line.questions),
    PayrollColumn("waiting_days", "Ngày chờ tính lại", "number", lambda of: of.line.waiting_days),
    PayrollColumn("adj_days", "ĐC: số ngày", "number", lambda of: of.line.adjusted_days),
    *(
        PayrollColumn(f"adj_{_measure(name)}", f"ĐC: {head}", "change", _adjusted_of(name))
        for name, head in MEASURES.items()
    ),
    PayrollColumn(
        "adj_weighted_minutes",
        "ĐC: phút quy đổi",
        "weighted change",
        lambda of: of.line.adjusted_weighted / 100,
    ),
    PayrollColumn(
        "lock_state",
        "Tình trạng kỳ",
        "text",
        lambda of: "đã khóa" if of.payroll.lock else "chưa khóa",
    ),
    PayrollColumn(
        "lock_id",
        "Số lần khóa",
        "number",
        lambda of: of.payroll.lock.number if of.payroll.lock else None,
    ),
    PayrollColumn(
        "locked_at",
        "Khóa lúc",
        "moment",
        lambda of: of.payroll.lock.at if of.payroll.lock else None,
    ),
    PayrollColumn("made_at", "Lập tệp lúc", "moment", lambda of: of.made_at),
)

_KINDS: Final = {
    "minutes": "whole", "number": "plain", "days": "decimal", "weighted": "decimal",
    "change": "change", "weighted change": "decimal", "moment": "moment",
}  # fmt: skip
_WIDTHS: Final = {
    "format": 7, "period": 9, "full_name": 24, "department": 30, "locked_at": 18, "made_at": 18,
}  # fmt: skip


def payroll_rows(payroll: Payroll, *, made_at: datetime) -> Iterable[tuple[Value, ...]]:
    """The values of `COLUMNS`, a line a person; `made_at` is Vietnamese time."""
    for line in payroll.lines:
        of = _Of(payroll, made_at, line)
        yield tuple(column.value(of) for column in COLUMNS)


def payroll_tables(heading: Heading, payroll: Payroll) -> tuple[Table, Table]:
    """The lines, and the adjustments they carry one by one."""
    return _lines(heading, payroll), _carried(heading, payroll)


def _lines(heading: Heading, payroll: Payroll) -> Table:
    return Table(
        name="Bàn giao",
        title=f"BÀN GIAO TÍNH LƯƠNG THÁNG {payroll.month:%m/%Y}",
        notes=(*heading.lines(), _standing(payroll)),
        columns=tuple(
            Column(
                f"{column.head}\n{column.name}",
                _WIDTHS.get(column.name, max(12, len(column.name) + 2)),
                _KINDS.get(column.unit, "text"),
            )
            for column in COLUMNS
        ),
        rows=payroll_rows(payroll, made_at=heading.made_at),
        frozen=4,
    )


def _standing(payroll: Payroll) -> str:
    if payroll.lock is None:
        return "Kỳ công CHƯA KHÓA: số liệu còn có thể đổi. Hãy khóa kỳ rồi xuất lại trước khi trả lương."
    return f"Kỳ công đã khóa lúc {payroll.lock.at:%H:%M:%S %d/%m/%Y}, lần khóa số {payroll.lock.number}."


def _carried(heading: Heading, payroll: Payroll) -> Table:
    return Table(
        name="Điều chỉnh",
        title=f"ĐIỀU CHỈNH CỦA CÁC KỲ TRƯỚC TÍNH VÀO THÁNG {payroll.month:%m/%Y}",
        notes=heading.lines(),
        columns=(
            Column("Mã NV", 10),
            Column("Họ và tên", 24),
            Column("Ngày công", 11, "day"),
            Column("Lần khóa số", 9, "plain"),
            Column("Ghi lúc", 18, "moment"),
            Column("Nghỉ trước", 8),
            Column("Nghỉ sau", 8),
            *(Column(f"{head} (phút)", 11, "change") for head in MEASURES.values()),
            Column("Phút quy đổi", 11, "decimal"),
        ),
        rows=(_carried_row(day) for day in payroll.carried),
        frozen=2,
    )


def _carried_row(day: CarriedDay) -> tuple[Value, ...]:
    return (
        day.code,
        day.name,
        day.work_date,
        day.lock,
        day.at,
        day.leave_before,
        day.leave_after,
        *(day.delta.get(name, 0) for name in MEASURES),
        day.weighted / 100,
    )

"""The exceptions of a span: what each day asked, why, and what was decided about it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from attendance.exports.heading import Heading
from attendance.exports.tables import Column, Table, Value


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """One exception of one day of one person, in words.

    `age` is in days and only of one that still waits; `decided_at` is Vietnamese time.
    """

    code: str
    name: str
    department: str
    day: date
    asked: str
    cause: str
    evidence: str
    state: str
    waits_for: str
    age: int | None
    verdict: str
    reason: str
    decided_by: str
    decided_at: datetime | None


_COLUMNS: Final = (
    Column("Mã NV", 10),
    Column("Họ và tên", 22),
    Column("Phòng ban", 20),
    Column("Ngày công", 11, "day"),
    Column("Ngoại lệ", 30, "wrap"),
    Column("Nguyên nhân", 28, "wrap"),
    Column("Ca và lượt chấm đã thấy", 30, "wrap"),
    Column("Tình trạng", 18, "wrap"),
    Column("Chờ ai", 14),
    Column("Tuổi (ngày)", 8, "whole"),
    Column("Quyết định", 22, "wrap"),
    Column("Lý do", 30, "wrap"),
    Column("Người quyết", 16),
    Column("Quyết lúc", 18, "moment"),
)


def exception_table(heading: Heading, lines: Iterable[ExceptionLine]) -> Table:
    return Table(
        name="Ngoại lệ",
        title="DANH SÁCH NGOẠI LỆ CHẤM CÔNG",
        notes=heading.lines(),
        columns=_COLUMNS,
        rows=(_row(line) for line in lines),
        frozen=2,
    )


def _row(line: ExceptionLine) -> tuple[Value, ...]:
    return (
        line.code,
        line.name,
        line.department,
        line.day,
        line.asked,
        line.cause,
        line.evidence,
        line.state,
        line.waits_for,
        line.age,
        line.verdict,
        line.reason,
        line.decided_by,
        line.decided_at,
    )

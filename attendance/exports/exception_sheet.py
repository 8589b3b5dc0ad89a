"""The exceptions of a span: what each day asked, why, and what was decided about it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from backend.heading import Heading
from backend.tables import Column, Table, Value


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
    Column("Mã NV", 9),
    Column("Họ và tên", 19, "wrap"),
    Column("Phòng ban", 17, "wrap"),
    Column("Ngày công", 11, "day"),
    Column("Ngoại lệ", 26, "wrap"),
    Column("Nguyên nhân", 20, "wrap"),
    Column("Ca và lượt chấm đã thấy", 25, "wrap"),
    Column("Tình trạng", 15, "wrap"),
    Column("Chờ ai", 11, "wrap"),
    Column("Tuổi (ngày)", 6, "whole"),
    Column("Quyết định", 18, "wrap"),
    Column("Lý do", 22, "wrap"),
    Column("Người quyết", 13, "wrap"),
    Column("Quyết lúc", 17, "moment"),
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

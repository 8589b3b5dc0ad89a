"""What everybody worked, was late and absent over any days, as the page of totals shows it."""

from collections.abc import Sequence
from typing import Final

from attendance.figures import PersonAttendance
from backend.heading import Heading
from backend.tables import Column, Table, Value

_COLUMNS: Final = (
    Column("Mã NV", 9),
    Column("Họ và tên", 24, "wrap"),
    Column("Phòng ban", 26, "wrap"),
    Column("Đi làm (ngày)", 9, "whole"),
    Column("Vắng (ngày)", 9, "whole"),
    Column("Lượt muộn", 9, "whole"),
    Column("Phút muộn", 9, "whole"),
    Column("Phút về sớm", 9, "whole"),
    Column("Làm thêm (phút)", 10, "whole"),
    Column("Phải làm rõ (ngày)", 10, "whole"),
)


def totals_table(heading: Heading, people: Sequence[PersonAttendance]) -> Table:
    """Overtime is actual, not weighted; the last line sums everybody."""
    return Table(
        name="Tổng hợp công",
        title="TỔNG HỢP CÔNG",
        notes=(
            *heading.lines(),
            "Cộng từ bảng công đã tính. Làm thêm là phút thực làm, chưa nhân hệ số.",
        ),
        columns=_COLUMNS,
        rows=[*map(_row, people), *([_whole(people)] if people else [])],
        frozen=2,
    )


def _row(person: PersonAttendance) -> tuple[Value, ...]:
    return (person.code, person.name, person.department, *_numbers(person))


def _whole(people: Sequence[PersonAttendance]) -> tuple[Value, ...]:
    sums = map(sum, zip(*map(_numbers, people), strict=True))
    return ("", f"Cộng {len(people)} người", "", *sums)


def _numbers(person: PersonAttendance) -> tuple[int, ...]:
    return (
        person.present_days,
        person.absent_days,
        person.late_days,
        person.late_minutes,
        person.early_minutes,
        person.overtime_minutes,
        person.question_days,
    )

"""The register of a year as a workbook."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Final

from backend.clock import VN
from backend.heading import Heading
from backend.tables import Column, Table, write_workbook
from reporting.obligations.due import Standing
from reporting.obligations.register import Owed

#: Vietnamese whatever the person reads: the file is the company's own record.
_STANDINGS: Final = {
    Standing.DUE: "chưa lập",
    Standing.PREPARED: "đã lập",
    Standing.APPROVED: "đã duyệt",
    Standing.SUBMITTED: "đã nộp",
}
_COLUMNS: Final = (
    Column("Mã", 22),
    Column("Báo cáo", 44, "wrap"),
    Column("Kỳ", 22),
    Column("Nơi nhận", 30, "wrap"),
    Column("Căn cứ", 44, "wrap"),
    Column("Đã đối chiếu", 12, "centre"),
    Column("Đơn vị lập", 24),
    Column("Hạn nộp", 12, "day"),
    Column("Trạng thái", 14),
    Column("Ngày nộp", 12, "day"),
    Column("Số tiếp nhận", 20),
    Column("Muộn (ngày)", 11, "whole"),
)


def register_workbook(
    lines: Sequence[Owed], *, year: int, company: str, by: str, at: datetime
) -> bytes:
    """The .xlsx of what falls due in the year."""
    heading = Heading(
        company=company,
        part="toàn công ty",
        first=date(year, 1, 1),
        last=date(year, 12, 31),
        made_at=at.astimezone(VN),
        made_by=by,
    )
    title = f"SỔ THEO DÕI NGHĨA VỤ BÁO CÁO NĂM {year}"
    table = Table(f"Năm {year}", title, heading.lines(), _COLUMNS, map(_row, lines), frozen=2)
    file = BytesIO()
    write_workbook(file, [table], title=title, heading=heading)
    return file.getvalue()


def _row(line: Owed) -> tuple[str | int | date | None, ...]:
    each, sent = line.obligation, line.submission
    return (
        each.code, each.name, line.period.name(), each.authority, each.legal_basis,
        "có" if each.is_confirmed else "chưa", each.unit.name, line.due,
        _STANDINGS[line.standing], sent.submitted_on if sent else None,
        sent.receipt_number if sent else "", line.days_late or None,
    )  # fmt: skip

"""The yearly list of agents' income tax on paper and as a workbook (bảng kê 01/BK-XSBHĐC). Pure.

The columns of the form of Circular 18/2026/TT-BTC with their codes, beside them tax arisen and tax reduced of
the older form (Circular 92/2015), and the remarks of whoever checks the list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.heading import Heading
from backend.tables import Column, Table, Value
from sales.papers.writing import written

TITLE: Final = (
    "Bảng kê chi tiết cá nhân có phát sinh doanh thu từ hoạt động đại lý xổ số (mẫu 01/BK-XSBHĐC)"
)
ATTACHED: Final = "Kèm theo tờ khai 01/XSBHĐC của kỳ tháng, quý cuối cùng trong năm tính thuế"
_FORM: Final = (
    "Cột theo mẫu của Thông tư 18/2026/TT-BTC; từ 01/07/2026 Thông tư 89/2026/TT-BTC thay mẫu, "
    "hãy đối chiếu mẫu đang có hiệu lực trước khi nộp."
)
MEANINGS: Final = (
    ("Mã số thuế, số định danh", "Mã số thuế ở hồ sơ đại lý; không có thì số giấy tờ. Trống là chưa có số nào"),
    ("Doanh thu trong năm", "Hoa hồng và phí trả thưởng hộ công ty đã ghi sổ cho đại lý khi là cá nhân, theo ngày hạch toán trong năm"),
    ("Doanh thu thuộc diện khấu trừ", "Phần chịu thuế theo mức không phải nộp của ngày 31/12: trong mức thì 0; vượt mức thì phần vượt hoặc toàn bộ, theo quy định ghi ở đầu trang"),
    ("Số thuế phát sinh", "Doanh thu thuộc diện khấu trừ × thuế suất, kể cả khi quy định chưa được xác nhận"),
    ("Số thuế được giảm", "Sổ bán vé không có nghiệp vụ giảm thuế; kế toán ghi nếu có"),
    ("Số thuế đã khấu trừ", "Thuế đã khấu trừ trong sổ, trừ phần đã đảo; chỉ khấu trừ khi quy định đã xác nhận"),
    ("Ghi chú", "Thiếu số, đổi loại trong kỳ, doanh thu âm, hoặc thay đổi sau lần xuất bảng kê trước"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A person of the list; `number` is empty where none is known. Amounts are đồng."""

    agent: str
    name: str
    number: str
    commission_amount: int
    fee_amount: int
    revenue_amount: int
    taxable_amount: int
    tax_amount: int
    withheld_amount: int
    remark: str


@dataclass(frozen=True, slots=True)
class TaxListPaper:
    """What the paper says. `remarks` stand above the list: rules, what is not confirmed, what is missing."""

    heading: Heading
    year: int
    made: date
    rows: Sequence[TaxRow]
    remarks: Sequence[str]

    def total(self, name: str) -> int:
        return sum(getattr(row, name) for row in self.rows)


def document(paper: TaxListPaper) -> str:
    """The list as HTML for print."""
    return written("agent_tax_list.jinja", paper=paper, title=TITLE, attached=ATTACHED, form=_FORM)


def tables(paper: TaxListPaper) -> list[Table]:
    """The list with its sum in the last row, and what its columns mean."""
    lines = paper.heading.lines()
    listed = Table(
        name="01-BK-XSBHĐC",
        title=f"{TITLE}, năm {paper.year}",
        notes=(*lines, f"{ATTACHED}. {_FORM}", *paper.remarks, "Đơn vị tiền: đồng Việt Nam"),
        columns=(
            Column("STT [06]", 7, "plain"), Column("Mã đại lý", 11), Column("Họ tên cá nhân [07]", 30),
            Column("Mã số thuế/Số định danh cá nhân [08]", 18), Column("Hoa hồng", 16, "whole"),
            Column("Phí trả thưởng hộ", 14, "whole"), Column("Doanh thu trong năm [09]", 17, "whole"),
            Column("Doanh thu thuộc diện khấu trừ thuế trong năm [10]", 22, "whole"),
            Column("Số thuế phát sinh trong năm", 16, "whole"),
            Column("Số thuế được giảm trong năm", 14, "whole"),
            Column("Số thuế đã khấu trừ trong năm [11]", 16, "whole"), Column("Ghi chú", 40, "wrap"),
        ),
        rows=[*(_cells(place, row) for place, row in enumerate(paper.rows, 1)), _sum(paper)],
        frozen=3,
    )  # fmt: skip
    columns = (Column("Cột", 32), Column("Ý nghĩa", 100, "wrap"))
    return [listed, Table("Mô tả cột", "Ý nghĩa các cột", lines, columns, MEANINGS)]


def _cells(place: int, row: TaxRow) -> tuple[Value, ...]:
    return (
        place, row.agent, row.name, row.number, row.commission_amount, row.fee_amount,
        row.revenue_amount, row.taxable_amount, row.tax_amount, None, row.withheld_amount,
        row.remark,
    )  # fmt: skip


def _sum(paper: TaxListPaper) -> tuple[Value, ...]:
    amounts = [
        paper.total(name)
        for name in (
            "commission_amount", "fee_amount", "revenue_amount", "taxable_amount", "tax_amount",
        )
    ]  # fmt: skip
    return (None, "", "Tổng cộng", "", *amounts, None, paper.total("withheld_amount"), "")

"""A month for the accountant as files with documented columns."""

from datetime import date
from typing import Final

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from backend.accounts.models import User
from backend.heading import Heading
from backend.tables import Column, Table, csv_lines
from sales.engine.posting import ACCOUNTS
from sales.files.sheets import heading_of, table_answer
from sales.models import JournalEntry, JournalEvent
from sales.money.accounting import ENTRY_COLUMNS, Handover, entries_of

#: What the sheets and columns of the file mean; stands in its last sheet.
MEANINGS: Final = (
    ("Định khoản", "Nghiệp vụ, loại vé", "Các bút toán cùng loại trong tháng, cộng theo loại vé"),
    ("Định khoản", "Tài khoản", "Tài khoản trong sổ bán vé; kế toán ánh xạ sang hệ thống tài khoản"),
    ("Định khoản", "Nợ, Có", "Tổng phát sinh đồng; tổng Nợ bằng tổng Có"),
    ("Thuế trong giá vé", "Doanh thu", "Doanh thu vé bán của tháng, gồm thuế GTGT và TTĐB, trước hoa hồng"),
    ("Thuế trong giá vé", "Giá tính thuế GTGT", "Doanh thu / (1 + thuế suất GTGT), làm tròn đồng"),
    ("Thuế trong giá vé", "Giá tính thuế TTĐB", "Giá tính thuế GTGT / (1 + thuế suất TTĐB), làm tròn đồng"),
    ("Thuế trong giá vé", "Đã xác nhận", "Cả hai thuế suất đã được xác nhận trong Quy định bán vé"),
    ("TNCN hoa hồng", "Doanh thu, hoa hồng", "Của đại lý là cá nhân, theo ngày quay trong tháng"),
    ("TNCN hoa hồng", "Thuế theo quy định", "Hoa hồng × mức đang áp dụng, kể cả khi mức chưa xác nhận; chưa trừ mức không phải nộp theo năm, xem bảng kê 01/BK-XSBHĐC"),
    ("TNCN hoa hồng", "Đã khấu trừ", "Thuế thực khấu trừ trong sổ; chỉ khấu trừ khi mức đã xác nhận"),
    ("TNCN trúng thưởng", "Số vé", "Số lần trả trừ số lần đảo; không nêu tên người trúng"),
    ("TNCN trúng thưởng", "Tiền thưởng, thuế", "Giá trị giải trước thuế đã trả trong tháng, thuế đã giữ lại"),
)  # fmt: skip
_ACCOUNTS: Final = {
    field.name: field.verbose_name for field in JournalEntry._meta.fields if field.name in ACCOUNTS
}


def tables(told: Handover, heading: Heading) -> list[Table]:
    """The sheets of the hand-over; Vietnamese whatever language the person reads."""
    with translation.override("vi"):
        notes = heading.lines()
        return [
            _booked(told, notes),
            _tax_bases(told, notes),
            _commission_taxes(told, notes),
            _prize_taxes(told, notes),
            Table("Mô tả cột", "Ý nghĩa các cột", notes,
                  (Column("Trang", 20), Column("Cột", 26), Column("Ý nghĩa", 80, "wrap")), MEANINGS),
        ]  # fmt: skip


def _booked(told: Handover, notes: tuple[str, ...]) -> Table:
    return Table(
        "Định khoản",
        f"Phát sinh sổ bán vé tháng {told.first:%m/%Y}",
        notes,
        (
            Column("Nghiệp vụ", 22), Column("Loại vé", 12), Column("Tài khoản", 26),
            Column("Nợ (đồng)", 18, "whole"), Column("Có (đồng)", 18, "whole"),
        ),
        [
            (str(JournalEvent(row.event).label), row.product,
             str(_ACCOUNTS[name]), max(amount, 0), max(-amount, 0))
            for row in told.booked
            for name, amount in row.amounts.items()
            if amount
        ],
    )  # fmt: skip


def _tax_bases(told: Handover, notes: tuple[str, ...]) -> Table:
    return Table(
        "Thuế trong giá vé",
        f"Thuế GTGT và TTĐB trong doanh thu vé tháng {told.first:%m/%Y}",
        notes,
        (
            Column("Loại vé", 12), Column("Tên", 28), Column("Doanh thu (đồng)", 18, "whole"),
            Column("Thuế suất GTGT (phần vạn)", 12, "whole"),
            Column("Giá tính thuế GTGT", 18, "whole"), Column("Thuế GTGT", 16, "whole"),
            Column("Thuế suất TTĐB (phần vạn)", 12, "whole"),
            Column("Giá tính thuế TTĐB", 18, "whole"), Column("Thuế TTĐB", 16, "whole"),
            Column("Đã xác nhận", 10),
        ),
        [
            (row.product, row.name, row.taxes.revenue_amount, row.vat_bps,
             row.taxes.vat_base_amount, row.taxes.vat_amount, row.excise_bps,
             row.taxes.net_amount, row.taxes.excise_amount, "có" if row.is_confirmed else "chưa")
            for row in told.tax_bases
        ],
    )  # fmt: skip


def _commission_taxes(told: Handover, notes: tuple[str, ...]) -> Table:
    return Table(
        "TNCN hoa hồng",
        f"Thuế TNCN trên hoa hồng đại lý cá nhân tháng {told.first:%m/%Y}",
        notes,
        (
            Column("Mã đại lý", 12), Column("Họ và tên", 28), Column("Mã số thuế", 15), Column("Địa bàn", 20),
            Column("Doanh thu (đồng)", 18, "whole"), Column("Hoa hồng (đồng)", 16, "whole"),
            Column("Thuế theo quy định", 16, "whole"), Column("Đã khấu trừ", 16, "whole"),
        ),
        [
            (row.agent, row.name, row.tax_code, row.region, row.revenue_amount, row.commission_amount,
             row.by_rule_amount, row.withheld_amount)
            for row in told.commission_taxes
        ],
    )  # fmt: skip


def _prize_taxes(told: Handover, notes: tuple[str, ...]) -> Table:
    return Table(
        "TNCN trúng thưởng",
        f"Trả thưởng và thuế TNCN trúng thưởng tháng {told.first:%m/%Y}",
        notes,
        (
            Column("Kỳ quay", 12, "day"), Column("Loại vé", 12), Column("Bên trả", 14),
            Column("Số vé", 10, "whole"), Column("Tiền thưởng (đồng)", 18, "whole"),
            Column("Thuế đã giữ lại", 16, "whole"),
        ),
        [
            (row.draw, row.product, "đại lý" if row.is_by_agents else "công ty", row.count,
             row.prizes_amount, row.tax_amount)
            for row in told.prize_taxes
        ],
    )  # fmt: skip


def workbook_answer(told: Handover, user: User) -> HttpResponseBase:
    """The hand-over as a workbook."""
    heading = heading_of(user, told.first, told.last, None)
    name = f"ban-giao-ke-toan-{told.first:%Y-%m}.xlsx"
    return table_answer(heading, name, *tables(told, heading))


def entries_answer(month: date) -> StreamingHttpResponse:
    """Every entry of the month as CSV, row by row."""
    answer = StreamingHttpResponse(
        csv_lines(ENTRY_COLUMNS, entries_of(month)),  # type: ignore[arg-type]
        content_type="text/csv; charset=utf-8",
    )
    answer["Content-Disposition"] = f'attachment; filename="but-toan-{month:%Y-%m}.csv"'
    return answer

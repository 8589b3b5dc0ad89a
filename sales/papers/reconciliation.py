"""The record of an agreed account on paper and as a workbook (biên bản đối chiếu công nợ). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from backend.vntext import in_words
from sales.papers.writing import written

#: The lines of the account in their order: heading, the amount's name, and how it counts.
ACCOUNT: Final = (
    ("Nợ đầu kỳ", "opening_amount", ""),
    ("Doanh thu vé bán", "revenue_amount", "+"),
    ("Hoa hồng đại lý", "commission_amount", "−"),
    ("Thuế TNCN khấu trừ", "tax_amount", "+"),
    ("Trả thưởng hộ công ty", "prize_amount", "−"),
    ("Phí trả thưởng hộ", "payout_fee_amount", "−"),
    ("Tiền đã nộp", "paid_amount", "−"),
    ("Lãi chậm nộp, điều chỉnh", "other_amount", "+"),
    ("Nợ cuối kỳ", "closing_amount", "="),
)
_TICKET_HEADS: Final = (
    "Loại vé",
    "Nhận (vé)",
    "Trả (vé)",
    "Bán (vé)",
    "Doanh thu (đồng)",
    "Hoa hồng (đồng)",
)
_TICKETS: Final = ("issued", "returned", "sold", "revenue", "commission")
_LINE_HEADS: Final = ("Ngày", "Nội dung", "Số chứng từ", "Phát sinh (đồng)", "Còn nợ (đồng)")


@dataclass(frozen=True, slots=True)
class PaperLine:
    """An entry in the annex; `moved` is what it adds to the debt, `balance` the debt after it."""

    day: date
    text: str
    reference: str
    moved: int
    balance: int


@dataclass(frozen=True, slots=True)
class Signature:
    """`side` is the part that signs; name and day are empty until then."""

    side: str
    signer: str
    day: date | None


@dataclass(frozen=True, slots=True)
class ReconciliationPaper:
    """What the paper says. `lines` is None where the books have changed since it was written.

    `controlled` is code and issue of the form where it is a controlled document, for its foot.
    """

    company: str
    number: str
    agent: str
    agent_code: str
    region: str
    first: date
    last: date
    made: date
    amounts: Mapping[str, int]
    tickets: Sequence[Mapping[str, Any]]
    lines: Sequence[PaperLine] | None
    signatures: Sequence[Signature]
    state: str
    controlled: str = ""

    @property
    def closing_words(self) -> str:
        """The debt at the end in words, with a capital."""
        words = in_words(abs(self.amounts["closing_amount"]))
        return f"{words.capitalize()} đồng"


def document(paper: ReconciliationPaper) -> str:
    """The paper as HTML for print."""
    return written("reconciliation.jinja", paper=paper, account=ACCOUNT)


def workbook(paper: ReconciliationPaper) -> bytes:
    """The paper as .xlsx: the record to sign, and the entries of the period."""
    memory = BytesIO()
    book = xlsxwriter.Workbook(
        memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": f"Biên bản {paper.number}", "author": paper.company})
    _record(book, paper)
    if paper.lines is not None:
        _annex(book, paper.lines)
    for sheet in book.worksheets():
        sheet.set_footer(_foot(paper.controlled))
    book.close()
    return memory.getvalue()


def _foot(controlled: str) -> str:
    """Page of pages, and the issue at the left; "&" begins a code of Excel's."""
    issue = controlled.replace("&", "&&")
    return f"{f'&L&8 {issue}' if issue else ''}&CTrang &P/&N"


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "Times New Roman", "font_size": 11}
    looks: dict[str, dict[str, Any]] = {
        "text": {},
        "title": {"bold": True, "font_size": 14, "align": "center"},
        "centre": {"align": "center", "italic": True},
        "bold": {"bold": True},
        "sign": {"bold": True, "align": "center"},
        "head": {
            "bold": True, "border": 1, "align": "center", "text_wrap": True, "valign": "vcenter",
            "bg_color": "#e7e6e6",
        },
        "cell": {"border": 1},
        "day": {"border": 1, "num_format": "dd/mm/yyyy", "align": "center"},
        "money": {"border": 1, "num_format": "#,##0"},
        "total": {"border": 1, "bold": True},
        "total_money": {"border": 1, "bold": True, "num_format": "#,##0"},
    }  # fmt: skip
    return {name: book.add_format(base | look) for name, look in looks.items()}


def _record(book: Any, paper: ReconciliationPaper) -> None:
    formats = _formats(book)
    sheet = book.add_worksheet("Biên bản")
    sheet.set_paper(9)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    for place, width in enumerate((30, 13, 13, 13, 18, 18)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, paper.company, formats["bold"])
    sheet.write_string(1, 0, f"Số: {paper.number}", formats["text"])
    sheet.merge_range(3, 0, 3, 5, "BIÊN BẢN ĐỐI CHIẾU CÔNG NỢ", formats["title"])
    period = f"Từ ngày {paper.first:%d/%m/%Y} đến ngày {paper.last:%d/%m/%Y} · {paper.state}"
    sheet.merge_range(4, 0, 4, 5, period, formats["centre"])
    agent = f"Đại lý: {paper.agent} (mã {paper.agent_code}), địa bàn {paper.region}"
    sheet.write_string(6, 0, agent, formats["text"])
    row = _tickets(sheet, formats, 8, paper.tickets)
    row = _account(sheet, formats, row + 1, paper.amounts)
    sheet.write_string(row, 0, f"Bằng chữ: {paper.closing_words}", formats["text"])
    held = f"Ký quỹ công ty đang giữ: {paper.amounts['collateral_amount']:,}".replace(",", ".")
    sheet.write_string(row + 1, 0, f"{held} đồng", formats["text"])
    for place, signature in zip((0, 4), paper.signatures, strict=True):
        sheet.merge_range(row + 3, place, row + 3, place + 1, signature.side, formats["sign"])
        signed = f"{signature.signer}, {signature.day:%d/%m/%Y}" if signature.day else ""
        sheet.merge_range(row + 8, place, row + 8, place + 1, signed, formats["sign"])


def _tickets(
    sheet: Any, formats: dict[str, Any], top: int, tickets: Sequence[Mapping[str, Any]]
) -> int:
    """The tickets by product with their sum; the row after them."""
    for place, head in enumerate(_TICKET_HEADS):
        sheet.write_string(top, place, head, formats["head"])
    row = top
    for row, product in enumerate(tickets, start=top + 1):
        sheet.write_string(row, 0, product["name"], formats["cell"])
        for place, name in enumerate(_TICKETS, start=1):
            sheet.write_number(row, place, product[name], formats["money"])
    sheet.write_string(row + 1, 0, "Cộng", formats["total"])
    for place, name in enumerate(_TICKETS, start=1):
        letter = "ABCDEF"[place]
        total = sum(product[name] for product in tickets)
        if tickets:
            formula = f"=SUM({letter}{top + 2}:{letter}{row + 1})"
            sheet.write_formula(row + 1, place, formula, formats["total_money"], total)
        else:
            sheet.write_number(row + 1, place, total, formats["total_money"])
    return row + 2


def _account(sheet: Any, formats: dict[str, Any], top: int, amounts: Mapping[str, int]) -> int:
    """The account line by line, its end a formula; the row after it."""
    sheet.merge_range(top, 0, top, 3, "Công nợ", formats["head"])
    sheet.write_string(top, 4, "Số tiền (đồng)", formats["head"])
    for row, (head, name, sign) in enumerate(ACCOUNT, start=top + 1):
        look = "total" if sign in ("", "=") else "cell"
        text = f"{head} ({sign})" if sign in ("+", "−") else head
        sheet.merge_range(row, 0, row, 3, text, formats[look])
        money = formats["total_money" if look == "total" else "money"]
        if sign == "=":
            first = top + 2
            signs = "".join(
                ("+" if each == "+" else "-") + f"E{first + place}"
                for place, (_head, _name, each) in enumerate(ACCOUNT)
                if each in ("+", "−")
            )
            sheet.write_formula(row, 4, f"=E{first}{signs}", money, amounts[name])
        else:
            sheet.write_number(row, 4, amounts[name], money)
    return top + len(ACCOUNT) + 2


def _annex(book: Any, lines: Sequence[PaperLine]) -> None:
    formats = _formats(book)
    sheet = book.add_worksheet("Chi tiết phát sinh")
    sheet.set_paper(9)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    for place, (head, width) in enumerate(zip(_LINE_HEADS, (12, 44, 20, 18, 18), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, head, formats["head"])
    for row, line in enumerate(lines, start=1):
        sheet.write_datetime(row, 0, line.day, formats["day"])
        sheet.write_string(row, 1, line.text, formats["cell"])
        sheet.write_string(row, 2, line.reference, formats["cell"])
        sheet.write_number(row, 3, line.moved, formats["money"])
        sheet.write_number(row, 4, line.balance, formats["money"])

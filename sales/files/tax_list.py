"""The year's income tax of agents who are persons as a file (01/BK-XSBHĐC): workbook, PDF, CSV."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.pages.files import PDF, XLSX, file_answer
from backend.pdf import pdf
from backend.problems import Problem
from backend.tables import csv_lines, write_workbook
from sales.figures.agent_taxes import AgentTax, TaxLaw, TaxYear
from sales.files.sheets import heading_of
from sales.models import RuleKey, TaxListFormat
from sales.money.tax_list import TaxList, hand_out
from sales.papers.agent_tax_list import TaxListPaper, TaxRow, document, tables

#: Laying out more takes longer than a person waits for a page.
MOST_ON_PAPER: Final = 1_000
_CONTENT: Final = {
    TaxListFormat.XLSX: XLSX, TaxListFormat.PDF: PDF, TaxListFormat.CSV: "text/csv; charset=utf-8",
}  # fmt: skip
_CSV_HEADS: Final = (
    "agent", "name", "number", "commission_amount", "fee_amount", "revenue_amount", "taxable_amount",
    "tax_amount", "withheld_amount",
)  # fmt: skip


class TooLongForPaper(Problem):
    status = 409
    code = "tax_list.too_long_for_paper"
    message = _lazy(
        "Bảng kê dài hơn 1.000 người nên không in thành PDF được. Hãy tải Excel rồi in từ đó."
    )


def tax_list_answer(year: int, kind: TaxListFormat, *, by: User) -> HttpResponse:
    """The list as a file for download; numbers in full for who records sales.

    Raises WholeCompanyOnly, IdentityUnreadable, TooLongForPaper, PdfUnavailable.
    """
    make = {TaxListFormat.XLSX: _workbook, TaxListFormat.PDF: _pdf, TaxListFormat.CSV: _csv}[kind]
    content = hand_out(
        year,
        kind,
        lambda told: make(paper_of(told, by)),
        full=may(by, "sales.record"),
        by=by,
        at=clock.now(),
    )
    return file_answer(content, _CONTENT[kind], f"01-BK-XSBHDC-{year}.{kind}")


def _workbook(paper: TaxListPaper) -> bytes:
    file = BytesIO()
    sheets = tables(paper)
    write_workbook(file, sheets, title=sheets[0].title, heading=paper.heading)
    return file.getvalue()


def _pdf(paper: TaxListPaper) -> bytes:
    if len(paper.rows) > MOST_ON_PAPER:
        raise TooLongForPaper
    return pdf(document(paper))


def _csv(paper: TaxListPaper) -> bytes:
    rows = ([getattr(row, name) for name in _CSV_HEADS] for row in paper.rows)
    return b"".join(csv_lines(_CSV_HEADS, rows))


def paper_of(told: TaxList, by: User) -> TaxListPaper:
    """The list as it is printed; Vietnamese whatever language the person reads."""
    year = told.told
    with translation.override("vi"):
        return TaxListPaper(
            heading=heading_of(by, year.first, year.last, None),
            year=year.year,
            made=clock.today(),
            rows=[_row(each, told.number(each)) for each in year.people],
            remarks=list(_remarks(told)),
        )


def _row(person: AgentTax, number: str) -> TaxRow:
    return TaxRow(
        agent=person.agent,
        name=person.name,
        number=number,
        commission_amount=person.commission_amount,
        fee_amount=person.fee_amount,
        revenue_amount=person.revenue_amount,
        taxable_amount=person.taxable_amount,
        tax_amount=person.tax_amount,
        withheld_amount=person.withheld_amount,
        remark="; ".join(remarks_of(person)),
    )


def remarks_of(person: AgentTax) -> Iterator[str]:
    """What whoever files the list has to know of the person."""
    if not person.number:
        yield _("chưa có mã số thuế, số giấy tờ")
    if person.has_changed:
        yield _("có lúc là tổ chức: chỉ tính phần ghi sổ khi là cá nhân")
    if person.revenue_amount < 0:
        yield _("âm do đảo bút toán của năm trước: khai bổ sung năm ấy")
    if person.changed_amount:
        yield _("đổi %(amount)s sau lần xuất trước") % {"amount": _dong(person.changed_amount)}


def _remarks(told: TaxList) -> Iterator[str]:
    year = told.told
    for text, paper, is_confirmed in law_words(year):
        known = f"{text} ({paper})" if paper else text
        yield known if is_confirmed or not paper else f"{known}: CHƯA XÁC NHẬN"
    if year.without_number:
        people = ", ".join(f"{each.agent} {each.name}" for each in year.without_number)
        yield f"Chưa có mã số thuế hoặc số giấy tờ: {people}"
    if year.open_draws:
        yield f"{year.open_draws} kỳ đã quay chưa chốt bán, doanh thu của các kỳ ấy chưa có ở đây"
    if clock.today() <= year.last:
        yield f"Năm chưa hết: số liệu đến {clock.today():%d/%m/%Y}"
    if not told.is_full:
        yield "Số định danh được che bớt: người xuất không có quyền ghi sổ bán vé"


def law_words(told: TaxYear) -> list[tuple[str, str, bool]]:
    """What each rule of the list says, its document, and whether it is confirmed."""
    laws = {law.key: law for law in told.laws}
    return [
        (say(laws[key]), laws[key].document, laws[key].is_confirmed)
        if key in laws
        else (missing, "", False)
        for key, say, missing in _law_texts()
    ]


def _law_texts() -> list[tuple[str, Callable[[TaxLaw], str], str]]:
    return [
        (RuleKey.COMMISSION_TAX,
         lambda law: _("Thuế suất %(rate)s %%") % {"rate": f"{law.value / 100:g}".replace(".", ",")},
         _("Chưa có thuế suất: thuế phát sinh tính bằng 0")),
        (RuleKey.COMMISSION_TAX_FREE,
         lambda law: _("Từ %(amount)s đồng doanh thu một năm trở xuống không phải nộp") % {"amount": _dong(law.value)},
         _("Chưa có mức doanh thu không phải nộp: tính thuế từ đồng đầu")),
        (RuleKey.COMMISSION_TAX_ABOVE,
         lambda law: _("Vượt mức thì chỉ phần vượt chịu thuế") if law.value
         else _("Vượt mức thì toàn bộ doanh thu chịu thuế"),
         _("Chưa quy định phần chịu thuế khi vượt mức: tính toàn bộ")),
    ]  # fmt: skip


def _dong(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")

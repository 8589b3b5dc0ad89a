"""/ban-ve/cong-no/thue-dai-ly/: the year's income tax of agents who are persons (01/BK-XSBHĐC)."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.months import shifted
from backend.pages.files import PDF, XLSX, file_answer
from backend.pages.months import day_from
from backend.pdf import PdfUnavailable, pdf
from backend.problems import Problem
from backend.tables import csv_lines, write_workbook
from sales.figures.agent_taxes import AgentTax, TaxLaw, TaxYear
from sales.models import RuleKey, TaxListExport, TaxListFormat
from sales.money.tax_list import TaxList, hand_out, seen_tax_year
from sales.pages.sheets import heading_of
from sales.papers.agent_tax_list import TaxListPaper, TaxRow, document, tables
from sales.whole_company import WholeCompanyOnly

#: People on the page; the files have all of them.
SHOWN: Final = 500
#: Laying out more takes longer than a person waits for a page.
MOST_ON_PAPER: Final = 1_000
#: The list of a year goes with the last declaration of it, due at the end of January.
_BACK: Final = -3
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


@require_GET
@requires("sales.view")
def tax_list(request: HttpRequest) -> HttpResponseBase:
    """The year of ?nam=; ?dang=xlsx, pdf or csv is the list as a file, and written down."""
    user, today = acting(request), clock.today()
    year = year_from(request.GET.get("nam", ""), default=shifted(today, _BACK).year)
    if not user.is_whole_company:
        return render(request, "sales/tax_list.html", {"refused": WholeCompanyOnly.message})
    if kind := request.GET.get("dang", ""):
        return _file(request, year, kind)
    told = seen_tax_year(year, by=user)
    exports = TaxListExport.objects.filter(year=year).select_related("by").order_by("-pk")
    context = {
        "told": told,
        # As texts: a year is no amount, its thousands are not set apart.
        "year": str(year),
        "before": str(year - 1),
        "after": str(year + 1),
        "people": told.people[:SHOWN],
        "hidden": max(len(told.people) - SHOWN, 0),
        "laws": law_words(told),
        "total": {
            name: told.total(f"{name}_amount") for name in ("revenue", "taxable", "tax", "withheld")
        },
        "is_going_on": today <= told.last,
        "exports": exports[:20],
        "sees_numbers": may(user, "sales.record"),
    }
    return render(request, "sales/tax_list.html", context)


def year_from(text: str, *, default: int) -> int:
    """ "2026"; anything else is the default."""
    day = day_from(f"{text}-01-01")
    return day.year if day else default


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


def _file(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    if kind not in TaxListFormat.values:
        raise Http404
    try:
        return tax_list_answer(year, TaxListFormat(kind), by=acting(request))
    except PdfUnavailable:
        said = _("Máy chủ thiếu thư viện để tạo PDF. Hãy tải bản Excel và báo người quản trị.")
    except Problem as problem:
        said = str(problem)
    messages.error(request, said)
    return redirect(f"{reverse('tax_list')}?nam={year}")


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

"""The explorer's table as a file: workbook with its chart, PDF, CSV. The same report a schedule makes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Final

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, requires
from backend.pages.files import PDF, XLSX, file_answer
from backend.pdf import PdfUnavailable, pdf
from backend.problems import Problem
from backend.tables import Value, csv_lines
from reporting.builders.content import Kind, Report, Table, digest, freeze
from reporting.builders.html import document
from reporting.builders.speaking import speaking, spoken, t
from reporting.builders.workbook import workbook
from reporting.builders.writing import unit
from reporting.defining import Asked, Definition
from reporting.explorer.asking import Answer
from reporting.explorer.question import Question, read
from reporting.explorer.reports import report_of, title_of
from reporting.in_english import english_report
from reporting.language import page_language
from reporting.making import heading_of, made_report
from reporting.pages.explorer import BESIDE, asked_by, refused, sheet_for
from reporting.periods import Period
from reporting.scopes import Place

CODE, SLUG = "explorer", "kham-pha"
#: Columns of numbers a file may have; programs for tables have little more.
MOST_COLUMNS: Final = 1_000
_RATES: Final = frozenset({Kind.SHARE, Kind.CHANGE})


class TooManyColumns(Problem):
    code = "explorer.too_many_columns"
    message = _(
        "Bảng có hơn 1.000 cột, không xuất được. Hãy đổi hàng với cột, hoặc chọn ít ngày hơn."
    )


class NoPdf(Problem):
    code = "explorer.no_pdf"
    status = 503
    message = _("Máy chủ thiếu thư viện để tạo PDF (Pango); hãy xuất Excel hoặc CSV.")


@requires("sales.view")
@require_GET
def explorer_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The file of the question in the address, as the page tells it now, in the reader's language."""
    if kind not in ("xlsx", "pdf", "csv"):
        raise Http404
    user, at = acting(request), clock.now()
    try:
        question = read(request.GET.dict(), beside=BESIDE)
        days = question.days(last=clock.today(), now=clock.today())
        told = asked_by(user, question, days)
        if len(sheet_for(question, told).lanes) > MOST_COLUMNS:
            raise TooManyColumns
        report = report_to_look_at(question, told, days, user=user, at=at)
        with speaking(page_language()):
            content, content_type = _written(report, kind)
    except Problem as problem:
        return refused(request, problem)
    return file_answer(content, content_type, f"kham-pha-{days[0]}-{days[1]}.{kind}")


def report_to_look_at(
    question: Question, told: Answer, days: tuple[date, date], *, user: User, at: datetime
) -> Report:
    """The answer as a report without number and code: it is kept nowhere."""
    wanted = _wanted(question, told)
    place = Place(region=user.region, territory=user.territory)
    asked = Asked(Period(wanted.period, *days), place.scope(days[1]), at)
    heading = msgspec.structs.replace(heading_of(wanted, asked, number=0), code="")
    return made_report(wanted, asked, heading, first=None)


def _wanted(question: Question, told: Answer) -> Definition:
    wanted = report_of(question, code=CODE, slug=SLUG, name=title_of(question, "vi"))
    return replace(wanted, datasets={"answer": lambda _asked: told})


def _written(report: Report, kind: str) -> tuple[bytes, str]:
    """Raises NoPdf."""
    sha256 = digest(freeze(report))
    if spoken() == "en":
        report = english_report(report)
    if kind == "xlsx":
        return workbook(report, sha256=sha256), XLSX
    if kind == "csv":
        return b"".join(_csv(report)), "text/csv; charset=utf-8"
    try:
        return pdf(document(report, sha256=sha256)), PDF
    except PdfUnavailable:
        raise NoPdf from None


def _csv(report: Report) -> Iterator[bytes]:
    """All rows and columns to the đồng, without the total; rates as parts of 1, as in Excel."""
    tables = [
        block for each in report.sections for block in each.blocks if isinstance(block, Table)
    ]
    if not tables:
        return csv_lines([t("Không có phát sinh")], [])
    columns, rows = tables[0].columns, tables[0].rows
    heads = [f"{column.head} ({of})" if (of := unit(column.kind, exact=True)) else column.head for column in columns]  # fmt: skip
    return csv_lines(heads, [[_value(value, column.kind) for value, column in zip(row.cells, columns, strict=True)] for row in rows])  # fmt: skip


def _value(value: int | str | None, kind: Kind) -> Value:
    return value / 10_000 if isinstance(value, int) and kind in _RATES else value

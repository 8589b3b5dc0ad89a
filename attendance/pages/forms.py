"""The official forms of a month as files: of the same month and department as the grid."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from attendance.form_templates.books import overtime_book, timesheet_book
from attendance.form_templates.keeping import template_in_use
from attendance.forms.form_01b import form_01b
from attendance.forms.official import OfficialForm
from attendance.forms.printing import document
from attendance.models import FormKind
from attendance.timesheet.month import MonthSheet, load_month
from attendance.timesheet.official_forms import (
    overtime_departments,
    overtime_head,
    timesheet_form,
)
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import placements_for
from backend.pages.files import PDF, XLSX, file_answer
from backend.pages.months import month_from
from backend.pdf import PdfUnavailable, pdf
from backend.problems import Problem

#: A page of PDF takes half a second; more people than this would keep others waiting.
MOST_PRINTED: Final = 120


class TooManyToPrint(Problem):
    code = "too_many_to_print"
    message = _(
        "Bản PDF tạo được mỗi lần tối đa %(most)s người. Hãy chọn một phòng ban, hoặc tải Excel."
    )

    def __init__(self) -> None:
        super().__init__(self.message % {"most": MOST_PRINTED})


class PrintingUnavailable(Problem):
    code = "printing_unavailable"
    status = 503
    message = _(
        "Máy chủ thiếu thư viện để tạo PDF (Pango). Hãy tải bản Excel, và nhờ người quản trị cài"
        " libpango-1.0-0 và libpangoft2-1.0-0."
    )


@requires("attendance.view")
def month_form(request: HttpRequest) -> HttpResponse:
    """Form 01a-LĐTL as a workbook."""
    at = clock.now()
    sheet = asked_month(request, at)
    content = timesheet_book(sheet, template_in_use(FormKind.TIMESHEET), at=at)
    return file_answer(content, XLSX, _name("cham-cong", sheet, "xlsx"))


@requires("attendance.view")
def month_form_pdf(request: HttpRequest) -> HttpResponse:
    """Form 01a-LĐTL on paper."""
    return _printed(request, "cham-cong", timesheet_form)


@requires("attendance.view")
def overtime_form(request: HttpRequest) -> HttpResponse:
    """Form 01b-LĐTL as a workbook, with the details of its hours."""
    at = clock.now()
    sheet = asked_month(request, at)
    content = overtime_book(sheet, template_in_use(FormKind.OVERTIME), at=at)
    return file_answer(content, XLSX, _name("cham-cong-lam-them", sheet, "xlsx"))


@requires("attendance.view")
def overtime_form_pdf(request: HttpRequest) -> HttpResponse:
    """Form 01b-LĐTL on paper."""
    return _printed(request, "cham-cong-lam-them", _overtime_form)


def _overtime_form(sheet: MonthSheet, *, at: datetime) -> OfficialForm:
    return form_01b(overtime_head(sheet, at=at), overtime_departments(sheet))


def asked_month(request: HttpRequest, at: datetime) -> MonthSheet:
    """The month of ?thang=2026-11 and the department of &phong=, within the account's charge."""
    return load_month(
        month_from(request.GET.get("thang", ""), default=at.astimezone(clock.VN).date()),
        at=at,
        department=request.GET.get("phong", ""),
        among=placements_for(acting(request)),
    )


def _printed(request: HttpRequest, name: str, form_of: Callable[..., OfficialForm]) -> HttpResponse:
    """The form as a PDF; if it cannot be made, back to the grid with the reason."""
    at = clock.now()
    sheet = asked_month(request, at)
    try:
        content = _print(form_of(sheet, at=at))
    except Problem as problem:
        messages.error(request, str(problem))
        chosen = {"thang": f"{sheet.first:%Y-%m}", "phong": request.GET.get("phong", "")}
        return redirect(f"{reverse('timesheets')}?{urlencode(chosen)}")
    return file_answer(content, PDF, _name(name, sheet, "pdf"))


def _print(form: OfficialForm) -> bytes:
    """Raises TooManyToPrint, PrintingUnavailable."""
    if sum(len(sheet.lines) for sheet in form.sheets) > MOST_PRINTED:
        raise TooManyToPrint
    try:
        return pdf(document(form))
    except PdfUnavailable as missing:
        raise PrintingUnavailable from missing


def _name(name: str, sheet: MonthSheet, ending: str) -> str:
    return f"bang-{name}-{sheet.first:%Y-%m}.{ending}"

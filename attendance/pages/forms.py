"""The official forms of a month as files: of the same month and department as the grid."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from attendance.form_templates.books import overtime_book, timesheet_book
from attendance.form_templates.keeping import template_in_use
from attendance.form_templates.papers import MOST_AT_ONCE, form_of, printed
from attendance.models import FormKind
from attendance.timesheet.month import MonthSheet, load_month
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import placements_for
from backend.pages.files import PDF, XLSX, file_answer
from backend.pages.months import month_from
from backend.problems import Problem


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
    return _printed(request, "cham-cong", FormKind.TIMESHEET)


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
    return _printed(request, "cham-cong-lam-them", FormKind.OVERTIME)


def asked_month(request: HttpRequest, at: datetime) -> MonthSheet:
    """The month of ?thang=2026-11 and the department of &phong=, within the account's charge."""
    return load_month(
        month_from(request.GET.get("thang", ""), default=at.astimezone(clock.VN).date()),
        at=at,
        department=request.GET.get("phong", ""),
        among=placements_for(acting(request)),
    )


def _printed(request: HttpRequest, name: str, kind: FormKind) -> HttpResponse:
    """The form as a PDF; of too many people, or if it cannot be made, where else it can be had."""
    at = clock.now()
    sheet = asked_month(request, at)
    chosen = urlencode({"thang": f"{sheet.first:%Y-%m}", "phong": request.GET.get("phong", "")})
    if len(sheet.people) > MOST_AT_ONCE:
        told = _("Bản PDF của hơn %(most)s người được lập ở nền: hãy bấm PDF ở mẫu cần lấy.")
        messages.info(request, told % {"most": MOST_AT_ONCE})
        return redirect(f"{reverse('documents')}?{chosen}")
    try:
        content = printed(form_of(kind, sheet, at=at), tick=lambda _done, _total: None)
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect(f"{reverse('timesheets')}?{chosen}")
    return file_answer(content, PDF, _name(name, sheet, "pdf"))


def _name(name: str, sheet: MonthSheet, ending: str) -> str:
    return f"bang-{name}-{sheet.first:%Y-%m}.{ending}"

"""The official forms of a month as files: of the same month and department as the grid."""

from datetime import datetime
from functools import partial

from django.http import HttpRequest, HttpResponse

from attendance.forms.form_01b import form_01b
from attendance.forms.overtime_detail import add_overtime_detail
from attendance.forms.sheets import workbook
from attendance.pages.months import month_from
from attendance.timesheet.month import MonthSheet, load_month
from attendance.timesheet.official_forms import (
    overtime_departments,
    overtime_head,
    timesheet_form,
)
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import employees_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("attendance.view")
def month_form(request: HttpRequest) -> HttpResponse:
    """Form 01a-LĐTL as a workbook."""
    at = clock.now()
    sheet = _asked(request, at)
    return _file(workbook(timesheet_form(sheet, at=at)), f"bang-cham-cong-{sheet.first:%Y-%m}.xlsx")


@requires("attendance.view")
def overtime_form(request: HttpRequest) -> HttpResponse:
    """Form 01b-LĐTL as a workbook, with the details of its hours."""
    at = clock.now()
    sheet = _asked(request, at)
    head, departments = overtime_head(sheet, at=at), overtime_departments(sheet)
    details = partial(add_overtime_detail, head=head, departments=departments)
    content = workbook(form_01b(head, departments), details)
    return _file(content, f"bang-cham-cong-lam-them-{sheet.first:%Y-%m}.xlsx")


def _asked(request: HttpRequest, at: datetime) -> MonthSheet:
    """The month of ?thang=2026-11 and the department of &phong=, within the account's charge."""
    return load_month(
        month_from(request.GET.get("thang", ""), default=at.astimezone(clock.VN).date()),
        at=at,
        department=request.GET.get("phong", ""),
        among=employees_for(acting(request)),
    )


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

"""The official forms of a month as workbooks, in the company's own template or in ours."""

from datetime import datetime
from functools import partial

from attendance.forms.filling import filled
from attendance.forms.form_01b import form_01b
from attendance.forms.overtime_detail import add_overtime_detail
from attendance.forms.sheets import workbook
from attendance.timesheet.month import MonthSheet
from attendance.timesheet.official_forms import (
    overtime_departments,
    overtime_head,
    timesheet_form,
)


def timesheet_book(sheet: MonthSheet, template: bytes | None, *, at: datetime) -> bytes:
    """Form 01a-LĐTL in the company's own template, or in ours."""
    form = timesheet_form(sheet, at=at)
    return workbook(form) if template is None else filled(template, form)


def overtime_book(sheet: MonthSheet, template: bytes | None, *, at: datetime) -> bytes:
    """Form 01b-LĐTL in the company's own template, or in ours, and the details of its hours."""
    head, departments = overtime_head(sheet, at=at), overtime_departments(sheet)
    details = partial(add_overtime_detail, head=head, departments=departments)
    form = form_01b(head, departments)
    return workbook(form, details) if template is None else filled(template, form, details)

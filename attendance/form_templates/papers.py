"""The official forms of a month on paper: a department after the other, each numbered on its own."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from attendance.forms.form_01b import form_01b
from attendance.forms.official import OfficialForm
from attendance.forms.printing import documents
from attendance.models import FormKind
from attendance.timesheet.month import MonthSheet
from attendance.timesheet.official_forms import (
    overtime_departments,
    overtime_head,
    timesheet_form,
)
from backend.pdf import PdfUnavailable, joined_pdf
from backend.problems import Problem

#: A page takes half a second; more people than this would keep others waiting.
MOST_AT_ONCE: Final = 120


class PrintingUnavailable(Problem):
    code = "printing_unavailable"
    status = 503
    message = _(
        "Máy chủ thiếu thư viện để tạo PDF (Pango). Hãy tải bản Excel, và nhờ người quản trị cài"
        " libpango-1.0-0 và libpangoft2-1.0-0."
    )


def form_of(kind: FormKind, sheet: MonthSheet, *, at: datetime) -> OfficialForm:
    if kind == FormKind.TIMESHEET:
        return timesheet_form(sheet, at=at)
    return form_01b(overtime_head(sheet, at=at), overtime_departments(sheet))


def printed(form: OfficialForm, *, tick: Callable[[int, int], None]) -> bytes:
    """The form as a PDF; `tick` is told how many departments are done. Raises PrintingUnavailable."""
    parts = list(documents(form))

    def told() -> Iterator[str]:
        for done, part in enumerate(parts):
            tick(done, len(parts))
            yield part

    try:
        made = joined_pdf(told())
    except PdfUnavailable as missing:
        raise PrintingUnavailable from missing
    tick(len(parts), len(parts))
    return made

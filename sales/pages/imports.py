"""/ban-ve/nhap-tep/: files of lines brought from Excel: looked at, recorded, undone."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, requires
from backend.jobs.models import RunState
from backend.pages.files import XLSX, file_answer
from backend.pages.sent_once import sent_once
from backend.problems import Problem
from sales.engine.cell_values import text_of, whole
from sales.engine.import_kinds import KINDS, ONE_FOR_ALL
from sales.engine.spreadsheet import MOST_BYTES
from sales.imports.committing import commit, undo, words_of
from sales.imports.importing import (
    ImportUnknown,
    Preview,
    annotated_copy,
    discard,
    file_of,
    files_of,
    keep_columns,
    keep_file,
    preview,
    set_columns,
)
from sales.ledger.recording import LinesRefused
from sales.ledger.steps import Step
from sales.messages import message
from sales.models import ImportFile, ImportKind, ImportState, Product

#: How many files, faults and rows a page shows.
SHOWN: Final = 30
FAULTS_SHOWN: Final = 100
ROWS_SHOWN: Final = 8
#: The fields in people's words.
FIELDS: Final = {
    "draw_date": gettext_lazy("Kỳ vé"),
    "agent": gettext_lazy("Mã đại lý"),
    "product": gettext_lazy("Loại vé"),
    "issued": gettext_lazy("Vé giao"),
    "returned": gettext_lazy("Vé trả"),
    "sold": gettext_lazy("Vé bán"),
    "date": gettext_lazy("Ngày nộp"),
    "amount": gettext_lazy("Số tiền"),
    "into": gettext_lazy("Nơi nộp"),
    "reference": gettext_lazy("Số chứng từ"),
    "reason": gettext_lazy("Diễn giải"),
    "code": gettext_lazy("Mã đại lý"),
    "name": gettext_lazy("Tên đại lý"),
    "kind": gettext_lazy("Loại"),
    "region": gettext_lazy("Mã địa bàn"),
    "opened_date": gettext_lazy("Ngày bắt đầu"),
    "commission_bps": gettext_lazy("Hoa hồng (%)"),
    "credit_limit_amount": gettext_lazy("Hạn mức (đồng)"),
    "year": gettext_lazy("Năm"),
    "month": gettext_lazy("Tháng"),
    "tickets": gettext_lazy("Số vé kế hoạch"),
}


@require_http_methods(["GET", "POST"])
@requires("sales.record")
def imports(request: HttpRequest) -> HttpResponse:
    """The last files, and the form that takes another one."""
    by = acting(request)
    problem = ""
    if request.method == "POST":
        try:
            with sent_once(request, by=by):
                file = _keep(request, by)
            return redirect("import", file.pk)
        except Problem as refused:
            problem = str(refused)
    return render(
        request,
        "sales/imports.html",
        {
            "files": files_of(by).order_by("-at", "pk")[:SHOWN],
            "kinds": [
                (value, label)
                for value, label in ImportKind.choices
                if by.is_whole_company or not KINDS[value].is_of_company
            ],
            "kind": request.POST.get("loai", ""),
            "sender": request.POST.get("noi_gui", ""),
            "sum": request.POST.get("tong", ""),
            "day": request.POST.get("ky", ""),
            "year": request.POST.get("nam", ""),
            "product": request.POST.get("ve", ""),
            "products": Product.objects.order_by("code"),
            "problem": problem,
        },
        status=400 if problem else 200,
    )


@require_http_methods(["GET", "POST"])
@requires("sales.record")
def import_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """One file: what recording it would do, how far it is, or what became of it."""
    by = acting(request)
    file = _known(key, by)
    said: list[str] = []
    if request.method == "POST":
        doing = _DOING.get(request.POST.get("viec", ""))
        if doing is None:
            raise Http404
        try:
            doing(request, file, by)
            return redirect("import", key)
        except LinesRefused as refused:
            said = [_("Chưa ghi dòng nào: hãy xem các dòng cần sửa bên dưới.")]
            said += [
                _("Dòng %(row)s: %(message)s") % error
                for error in refused.details["errors"][:SHOWN]
            ]
        except Problem as problem:
            said = words_of(problem)[: 1 + SHOWN]
        file = _known(key, by)
    looked = preview(file, by=by, at=clock.now()) if file.state == ImportState.WAITING else None
    return render(
        request,
        "sales/import.html",
        {"file": file, "step": _step(file), "said": said, "looked": looked}
        | (_shown(file, looked) if looked else {}),
        status=400 if said else 200,
    )


@requires("sales.record")
def import_faults(request: HttpRequest, key: UUID) -> HttpResponse:
    """A copy of the file with what is wrong beside each cell."""
    by = acting(request)
    try:
        copy = annotated_copy(_known(key, by), by=by, at=clock.now())
    except Problem as problem:
        return HttpResponse(
            str(problem), status=problem.status, content_type="text/plain; charset=utf-8"
        )
    return file_answer(copy, XLSX, "can-sua.xlsx")


def _keep(request: HttpRequest, by: User) -> ImportFile:
    upload = request.FILES.get("tep")
    kind = request.POST.get("loai", "")
    if upload is None or kind not in ImportKind:
        raise Problem(_("Hãy chọn tệp và loại dữ liệu."))
    constants = {
        "draw_date": request.POST.get("ky", ""),
        "product": request.POST.get("ve", ""),
        "year": request.POST.get("nam", ""),
    }
    names = KINDS[kind].names
    return keep_file(
        upload.read(MOST_BYTES + 1),
        name=upload.name or "",
        kind=ImportKind(kind),
        sender=request.POST.get("noi_gui", "").strip() or by.get_username(),
        constants={name: text for name, text in constants.items() if name in names},
        wanted_sum=_sum_of(request.POST.get("tong", "")),
        by=by,
        at=clock.now(),
    )


def _sum_of(text: str) -> int | None:
    if not text.strip():
        return None
    number = whole(text)
    if number is None:
        raise Problem(_("Tổng kiểm tra phải là số nguyên, ví dụ 12.345."))
    return number


def _known(key: UUID, by: User) -> ImportFile:
    try:
        return file_of(key, user=by)
    except ImportUnknown:
        raise Http404 from None


def _step(file: ImportFile) -> str:
    """What is under way of a file in the background."""
    if not file.is_going_on or file.run is None:
        return ""
    if file.run.state == RunState.DUE:
        return (
            _("lần trước chưa xong, sắp tự làm lại") if file.run.error else _("đang chờ đến lượt")
        )
    return str(Step(file.done).label)


def _shown(file: ImportFile, looked: Preview) -> dict[str, Any]:
    heads = list(looked.heads.texts)
    return {
        "columns": [
            (
                column,
                FIELDS[column.name],
                looked.mapping.get(column.name, -1),
                file.constants.get(column.name, ""),
            )
            for column in KINDS[file.kind].columns
        ],
        "heads": [(at, text or f"({at + 1})") for at, text in enumerate(heads)],
        "one_for_all": ONE_FOR_ALL,
        "faults": [
            (fault.row, FIELDS.get(fault.field, ""), message(fault.code, dict(fault.values)))
            for fault in looked.faults[:FAULTS_SHOWN]
        ],
        "fault_count": len(looked.faults),
        "line_count": len(looked.read.lines),
        "sum_differs": file.control_sum is not None and file.control_sum != looked.total,
        "first_rows": [
            (number, [_seen(cell) for cell in looked.cells.rows[number - 1][:12]])
            for number in looked.read.rows[:ROWS_SHOWN]
        ],
    }


def _seen(cell: Any) -> str:
    """A cell as Excel shows it: days as days, counts without a point."""
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else text_of(cell)


def _columns(request: HttpRequest, file: ImportFile, by: User) -> None:
    names = KINDS[file.kind].names
    chosen = {name: request.POST.get(f"cot_{name}", "-1") for name in names}
    sheet = request.POST.get("trang", file.sheet)
    mapping = {name: int(text) for name, text in chosen.items() if text.isdecimal()}
    set_columns(
        file,
        mapping=mapping if sheet == file.sheet else None,
        constants={name: request.POST.get(f"chung_{name}", "").strip() for name in names},
        wanted_sum=_sum_of(request.POST.get("tong", "")),
        sheet=sheet,
    )
    keep_columns(file)


def _commit(request: HttpRequest, file: ImportFile, by: User) -> None:
    done = commit(file, by=by, at=clock.now())
    if done.state == ImportState.DONE:
        messages.success(
            request,
            ngettext("Đã ghi %(count)s dòng.", "Đã ghi %(count)s dòng.", done.line_count)
            % {"count": done.line_count},
        )


def _undo(request: HttpRequest, file: ImportFile, by: User) -> None:
    done = undo(file, reason=request.POST.get("ly_do", "")[:200], by=by, at=clock.now())
    if done.state != ImportState.UNDONE:
        return
    said = (
        _("Đã rút lại bản kế hoạch.")
        if file.kind == ImportKind.PLANS
        else _("Đã hoàn tác cả tệp bằng bút toán ngược.")
    )
    messages.success(request, said)


def _discard(request: HttpRequest, file: ImportFile, by: User) -> None:
    discard(file)


_DOING: Final[dict[str, Callable[[HttpRequest, ImportFile, User], None]]] = {
    "columns": _columns,
    "commit": _commit,
    "undo": _undo,
    "discard": _discard,
}

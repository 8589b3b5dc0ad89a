"""/cham-cong/tai-lieu/: forms and data to take out, at once or in the background, and one's own exports."""

from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from attendance.exports.documents import (
    CONTENT_TYPES,
    DOCUMENTS,
    FormatWrong,
    SpanWrong,
    Wanted,
    is_small,
)
from attendance.exports.exporting import (
    UNFINISHED,
    State,
    ask,
    cancel,
    download,
    export_now,
    may_have,
    state_of,
)
from attendance.models import Export, ExportFormat, ExportResult
from attendance.timesheet.timesheets import month_of
from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.accounts.scope import departments_for
from backend.pages.months import FIRST_YEAR, LAST_YEAR, day_from, month_from
from backend.pages.telling import problems_told
from backend.problems import Problem

_Answer = TypeVar("_Answer", bound=HttpResponseBase)

#: Exports on the page.
LISTED: Final = 20
_MOODS: Final = {
    State.KEPT: "good",
    State.TAKEN: "good",
    State.FAILED: "bad",
    State.REFUSED: "bad",
    State.RETRYING: "attention",
}


@dataclass(frozen=True)
class ExportLine:
    """An export as the page shows it; `mood` picks the chip's colour."""

    export: Export
    state: State
    mood: str
    department: str
    pieces: str
    problem: str

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def may_cancel(self) -> bool:
        return self.is_unfinished and self.state != State.CANCELLING


@require_http_methods(["GET", "POST"])
@requires("attendance.view")
def documents(request: HttpRequest) -> HttpResponse:
    """GET shows what there is for ?thang= and ?phong=; POST takes one document out."""
    if request.method == "POST":
        try:
            return _take_out(request)
        except Problem as problem:
            return _show(request, problem=str(problem), status=problem.status)
    return _show(request)


def _take_out(request: HttpRequest) -> HttpResponse:
    """A small document is the answer itself; a large one is asked for and appears in the list."""
    user, at, wanted = acting(request), clock.now(), _wanted(request)
    if is_small(wanted, by=user):
        name, content = export_now(wanted, by=user, at=at)
        answer = HttpResponse(content, content_type=CONTENT_TYPES[wanted.format])
        return _as_file(answer, name)
    ask(wanted, by=user, at=at)
    messages.success(request, _("Đang lập tài liệu ở nền; tải về ở danh sách bên dưới khi xong."))
    answer = redirect("documents")
    answer["Location"] += "#exports"
    return answer


def _wanted(request: HttpRequest) -> Wanted:
    """Raises SpanWrong, FormatWrong; 404 for a document there is not."""
    sent = request.POST
    document = DOCUMENTS.get(sent.get("tai_lieu", ""))
    if document is None:
        raise Http404
    if sent.get("dang") not in document.formats:
        raise FormatWrong
    first, last = _span(request, document.span)
    return Wanted(
        kind=document.kind,
        format=ExportFormat(sent["dang"]),
        first=first,
        last=last,
        department=sent.get("phong", ""),
    )


def _span(request: HttpRequest, kind: str) -> tuple[date, date]:
    sent = request.POST
    if kind == "year":
        year = sent.get("nam", "")
        if not (year.isascii() and year.isdigit() and FIRST_YEAR <= int(year) <= LAST_YEAR):
            raise SpanWrong
        return date(int(year), 1, 1), date(int(year), 12, 31)
    if kind == "month":
        month = day_from(f"{sent.get('thang', '')}-01")
        if month is None:
            raise SpanWrong
        return month_of(month)
    first, last = day_from(sent.get("tu", "")), day_from(sent.get("den", ""))
    if first is None or last is None:
        raise SpanWrong
    return first, last


def _show(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    user = acting(request)
    sent = request.POST if request.method == "POST" else request.GET
    month = month_from(sent.get("thang", ""), default=clock.today())
    first, last = month_of(month)
    lines = _lines(user)
    return render(
        request,
        "attendance/documents.html",
        {
            "documents": DOCUMENTS.values(),
            "month": month,
            "first": sent.get("tu") or first.isoformat(),
            "last": sent.get("den") or last.isoformat(),
            "year": sent.get("nam") or f"{month:%Y}",
            "years": (FIRST_YEAR, LAST_YEAR),
            "departments": departments_for(user).order_by("code", "pk"),
            "department": sent.get("phong", ""),
            "lines": lines,
            "is_working": any(line.is_unfinished for line in lines),
            "problem": problem,
            "may_manage": may(user, "attendance.manage"),
        },
        status=status,
    )


def _lines(user: User) -> list[ExportLine]:
    """One's own exports, the newest first."""
    mine = (
        Export.objects.filter(by=user)
        .select_related("run", "progress", "result", "cancellation")
        .defer("result__people")
        .order_by("-at", "-pk")[:LISTED]
    )
    names = dict(departments_for(user).values_list("code", "name"))
    return [_line(export, names) for export in mine]


def _line(export: Export, names: dict[str, str]) -> ExportLine:
    state = state_of(export, at=clock.now())
    progress = getattr(export, "progress", None)
    pieces = ""
    if progress is not None and progress.total:
        pieces = _("%(done)s / %(total)s %(pieces)s") % {
            "done": progress.done,
            "total": progress.total,
            "pieces": DOCUMENTS[export.kind].pieces,
        }
    return ExportLine(
        export=export,
        state=state,
        mood=_MOODS.get(state, "info" if state in UNFINISHED else ""),
        department=names.get(export.department, export.department),
        pieces=pieces,
        problem=export.result.problem if state == State.REFUSED else "",
    )


@require_GET
@requires("attendance.view")
def export_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file of an export, as long as it is kept, for whom it is."""
    user, at = acting(request), clock.now()
    result = get_object_or_404(
        ExportResult.objects.select_related("export"), export__key=key, kept_until__gt=at
    )
    if not may_have(result, user=user):
        raise Http404
    answer = StreamingHttpResponse(
        download(result, by=user, at=at), content_type=result.content_type
    )
    answer["Content-Length"] = str(result.size)
    return _as_file(answer, result.name)


@require_POST
@requires("attendance.view")
def export_cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Want one's own export no more."""
    user = acting(request)
    with problems_told(request):
        cancel(get_object_or_404(Export, key=key, by=user), by=user, at=clock.now())
        messages.success(request, _("Đã hủy; việc đang làm dừng lại sau giây lát."))
    return redirect(f"{reverse('documents')}#exports")


def _as_file(answer: _Answer, name: str) -> _Answer:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer

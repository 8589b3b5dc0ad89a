"""/cham-cong/nhap-tep/: a terminal's USB export is uploaded, looked at, then imported."""

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from attendance.collecting import uploads
from attendance.collecting.exports import read_export
from attendance.collecting.importing import guess_terminal, preview_file
from attendance.models import PendingImport, Pull, PullSource, Terminal
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.problems import Problem

#: How many of the last imports the page lists.
SHOWN = 10


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def import_files(request: HttpRequest) -> HttpResponse:
    """Choose files; one alone goes straight to its preview."""
    by, at = acting(request), clock.now()
    if request.method == "POST":
        kept = [
            pending
            for upload in request.FILES.getlist("tep")
            if (pending := _keep(request, upload)) is not None
        ]
        if not request.FILES.getlist("tep"):
            messages.error(request, _("Chưa chọn tệp nào."))
        if len(kept) == 1:
            return redirect("import_preview", kept[0].pk)
        return redirect("import_files")
    uploads.forget_old(at=at)
    done = Pull.objects.filter(source=PullSource.FILE).select_related("terminal", "imported_by")
    return render(
        request,
        "attendance/import_files.html",
        {
            "waiting": PendingImport.objects.filter(by=by).defer("data").order_by("-at", "pk"),
            "done": done.order_by("-pk")[:SHOWN],
        },
    )


def _keep(request: HttpRequest, upload: "UploadedFile[bytes]") -> PendingImport | None:
    """Keep the file, or tell why not."""
    name = upload.name or ""
    try:
        if (upload.size or 0) > uploads.MAX_UPLOAD_BYTES:
            raise uploads.FileTooLarge
        return uploads.keep(upload.read(), name=name, by=acting(request), at=clock.now())
    except Problem as problem:
        messages.error(request, f"{name}: {problem}")
        return None


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def import_preview(request: HttpRequest, key: UUID) -> HttpResponse:
    """What importing the file as ?may= would do; a POST does it."""
    by, at = acting(request), clock.now()
    terminals = Terminal.objects.visible_to(by).exclude(serial_number="").order_by("code", "pk")
    try:
        pending = uploads.waiting(key, by=by, at=at)
        if request.method == "POST":
            terminal = get_object_or_404(terminals, code=request.POST.get("may", ""))
            imported = uploads.import_waiting(key, terminal=terminal, by=by, at=at)
            messages.success(request, _told(pending.name, terminal, imported.pull))
            return redirect("import_files")
    except uploads.NoLongerWaiting as problem:
        messages.error(request, str(problem))
        return redirect("import_files")
    content = uploads.content_of(pending)
    guess = guess_terminal(read_export(content).log, name=pending.name)
    chosen = terminals.filter(code=request.GET.get("may", "")).first() or (
        guess.terminal if guess else None
    )
    preview = preview_file(content, name=pending.name, terminal=chosen, at=at) if chosen else None
    return render(
        request,
        "attendance/import_preview.html",
        {
            "pending": pending,
            "terminals": terminals,
            "guess": guess,
            "chosen": chosen,
            "preview": preview,
            "elsewhere": guess if guess and guess.shared and guess.terminal != chosen else None,
        },
    )


def _told(name: str, terminal: Terminal, pull: Pull) -> str:
    if not pull.stored and not pull.parked:
        text = _("%(file)s: mọi lượt chấm trong tệp đã có từ trước; không thêm gì.")
        return text % {"file": name}
    told = ngettext(
        "%(file)s: đã nhập %(count)s lượt mới của máy %(terminal)s",
        "%(file)s: đã nhập %(count)s lượt mới của máy %(terminal)s",
        pull.stored,
    ) % {"file": name, "count": pull.stored, "terminal": terminal.name}
    rest = _("; %(known)s đã có, %(parked)s cách ly.") % {
        "known": pull.known,
        "parked": pull.parked,
    }
    return told + rest


@require_POST
@requires("attendance.manage")
def import_discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Throw the uploaded file away."""
    PendingImport.objects.filter(pk=key, by=acting(request)).delete()
    return redirect("import_files")

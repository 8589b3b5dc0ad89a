"""/cham-cong/kham-ket-noi/: the connection doctor, for a terminal or for any address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from attendance.models import Checkup, Terminal
from attendance.pages.terminal import tell, terminal_or_404
from attendance.terminals import checkups
from attendance.terminals.findings import failures, told, verdict
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.problems import Problem

SHOWN = 10


@require_http_methods(["GET", "POST"])
@requires("terminals.manage")
def doctor(request: HttpRequest) -> HttpResponse:
    """Choose what to examine: an address, or a registered terminal by its code or address."""
    if request.method == "POST":
        found = _asked(request)
        if found is not None:
            return found
    return render(
        request,
        "attendance/doctor.html",
        {
            "typed": request.POST,
            "terminals": Terminal.objects.visible_to(acting(request)).order_by("code", "pk"),
            "last": Checkup.objects.select_related("terminal", "by").order_by("-pk")[:SHOWN],
        },
        status=400 if request.method == "POST" else 200,
    )


def _asked(request: HttpRequest) -> HttpResponse | None:
    """Begin what the form asks for; None when it cannot be, and a message says why."""
    address = request.POST.get("dia_chi", "").strip()
    port = request.POST.get("cong", "").strip() or "4370"
    key = request.POST.get("khoa", "").strip()
    if not address:
        messages.error(request, _("Hãy nhập địa chỉ IP hoặc mã máy."))
    elif not port.isdecimal() or not 1 <= int(port) <= 65_535:
        messages.error(request, _("Cổng là số từ 1 đến 65535, thường là 4370."))
    elif key and (not key.isdecimal() or int(key) > 999_999):
        messages.error(request, _("Khóa kết nối là số từ 0 đến 999999."))
    else:
        terminal = checkups.registered_at(address, int(port))
        return _begin(request, terminal, address, int(port), int(key) if key else None)
    return None


@require_POST
@requires("terminals.manage")
def examine_terminal(request: HttpRequest, code: str) -> HttpResponse:
    """Examine a registered terminal."""
    terminal = terminal_or_404(request, code)
    begun = _begin(request, terminal, terminal.address, terminal.port, None)
    return begun or redirect("terminal", terminal.code)


def _begin(
    request: HttpRequest, terminal: Terminal | None, address: str, port: int, key: int | None
) -> HttpResponse | None:
    try:
        checkup = checkups.start(
            terminal=terminal,
            address=terminal.address if terminal else address,
            port=terminal.port if terminal else port,
            comm_key=key,
            by=acting(request),
            now=clock.now,
        )
    except Problem as problem:
        tell(request, problem)
        return None
    return redirect("checkup", checkup.pk)


@require_GET
@requires("terminals.manage")
def checkup_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One examination; the page asks for more while it runs."""
    checkup = get_object_or_404(Checkup.objects.select_related("terminal", "by"), pk=pk)
    now = clock.now()
    answers = checkups.answers_of(checkup, at=now)
    is_running = checkups.is_running(checkup, at=now)
    return render(
        request,
        "attendance/checkup.html",
        {
            "checkup": checkup,
            "answers": [told(answer) for answer in answers],
            "is_running": is_running,
            "verdict": "" if is_running else verdict(answers),
            "tone": "error" if failures(answers) else "success",
            "now": now,
        },
    )

"""/cham-cong/may/<mã>/chep-van-tay/: copy a person's fingers to another terminal, where allowed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from attendance.models import TemplateCopy, Terminal
from attendance.pages.terminal import terminal_or_404
from attendance.people.copying import REASON_MIN, copy_fingers
from attendance.people.tasks import reachable
from attendance.zk.errors import ZkError
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.org.models import Employee
from backend.problems import Problem

#: How many of the newest copies from this terminal the page shows.
SHOWN = 20


@require_http_methods(["GET", "POST"])
@requires("biometrics.copy")
def template_copy(request: HttpRequest, code: str) -> HttpResponse:
    """Whose fingers, to which terminal, and why; a POST does it. All copies are listed."""
    terminal, problem, status = terminal_or_404(request, code), "", 200
    if request.method == "POST":
        try:
            proved = _copy(request, terminal)
        except Problem as error:
            remedy = error.remedy if isinstance(error, ZkError) else ""
            problem, status = f"{error} {remedy}".strip(), error.status
        else:
            text = _("Đã sao chép và đọc lại đúng %(count)s vân tay.")
            messages.success(request, text % {"count": proved})
            return redirect("template_copy", terminal.code)
    copies = TemplateCopy.objects.filter(source=terminal).order_by("-pk")
    return render(
        request,
        "attendance/template_copy.html",
        {
            "terminal": terminal,
            "others": reachable().exclude(pk=terminal.pk).order_by("code"),
            "copies": copies.select_related("employee", "destination", "by", "result")[:SHOWN],
            "problem": problem,
            "typed": request.POST,
            "reason_min": REASON_MIN,
        },
        status=status,
    )


def _copy(request: HttpRequest, terminal: Terminal) -> int:
    """How many fingers were proved to be there. Raises Problem."""
    person = Employee.objects.filter(code=request.POST.get("nv", "").strip()).first()
    to = (
        Terminal.objects.visible_to(acting(request))
        .filter(code=request.POST.get("toi", ""))
        .first()
    )
    if person is None or to is None:
        raise Problem(_("Hãy ghi đúng mã nhân viên và chọn máy đích."))
    result = copy_fingers(
        employee=person,
        source=terminal,
        destination=to,
        reason=request.POST.get("ly_do", ""),
        by=acting(request),
        now=clock.now,
    )
    return result.proved

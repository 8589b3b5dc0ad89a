"""/cham-cong/may/<code>/: one terminal, and what a person may have it do."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from attendance.collecting import log_check
from attendance.models import ClockPolicy, LogCheck, Terminal
from attendance.pages.clock_chart import clock_chart
from attendance.terminals import clock_setting, clocks
from attendance.terminals.clearing import clear_log
from attendance.terminals.terminal_page import page_of
from attendance.zk.client import Limits
from attendance.zk.errors import ZkError
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.clock import VN
from backend.pages.keys import key_from
from backend.problems import Problem

#: A person waits for it: logs that take longer are checked by `prove-punches`.
_CHECK_SECONDS = 60.0
_LEAST_POLICY, _MOST_POLICY = 5, 3600


def terminal_or_404(request: HttpRequest, code: str) -> Terminal:
    mine = Terminal.objects.visible_to(acting(request)).select_related("site")
    return get_object_or_404(mine, code=code)


@require_GET
@requires("terminals.view")
def terminal_page(request: HttpRequest, code: str) -> HttpResponse:
    """How the terminal is, what it sent, what happened to it; ?truoc= goes back in its pulls."""
    terminal, now = terminal_or_404(request, code), clock.now()
    before = key_from(request.GET.get("truoc", "")) or None
    shown = page_of(terminal, at=now, before=before)
    return render(
        request,
        "attendance/terminal.html",
        {
            "page": shown,
            "terminal": terminal,
            "now": now,
            "chart": clock_chart(shown.readings, sets=shown.clock_sets),
            "may_manage": may(request.user, "terminals.manage"),
        },
    )


def tell(request: HttpRequest, problem: Problem) -> None:
    """A problem as a message, with what can be done where that is known."""
    remedy = problem.remedy if isinstance(problem, ZkError) else ""
    messages.error(request, f"{problem} {remedy}".strip())


@require_POST
@requires("terminals.manage")
def set_clock(request: HttpRequest, code: str) -> HttpResponse:
    """Set the clock; in a punching peak a page asks whether to do it all the same."""
    terminal = terminal_or_404(request, code)
    anyway = bool(request.POST.get("van_chinh"))
    try:
        done = clock_setting.set_clock(terminal, by=acting(request), now=clock.now, anyway=anyway)
    except clock_setting.InPeak as problem:
        peaks = sorted(clocks.peaks_of(terminal, at=clock.now()))
        today = clock.now().astimezone(VN).isoweekday()
        return render(
            request,
            "attendance/terminal_clock.html",
            {
                "terminal": terminal,
                "problem": problem,
                "peaks": [
                    f"{slot.half_hour // 2:02d}:{slot.half_hour % 2 * 30:02d}"
                    for slot in peaks
                    if slot.weekday == today
                ],
            },
            status=409,
        )
    except Problem as problem:
        tell(request, problem)
    else:
        text = _("Đã chỉnh giờ {terminal}: trước lệch {before} giây, nay {after} giây.")
        messages.success(
            request,
            text.format(terminal=terminal.name, before=done.before, after=done.after),
        )
    return redirect("terminal", terminal.code)


@require_POST
@requires("terminals.manage")
def clock_policy(request: HttpRequest, code: str) -> HttpResponse:
    """Let the clock be set by itself from so many seconds on; an empty field switches that off."""
    terminal = terminal_or_404(request, code)
    text = request.POST.get("giay", "").strip()
    if not text:
        ClockPolicy.objects.filter(terminal=terminal).delete()
        messages.success(request, _("Đã tắt tự chỉnh giờ."))
    elif text.isdecimal() and _LEAST_POLICY <= int(text) <= _MOST_POLICY:
        ClockPolicy.objects.update_or_create(
            terminal=terminal, defaults={"above_seconds": int(text), "not_before": None}
        )
        messages.success(request, _("Đã lưu: tự chỉnh giờ ngoài giờ cao điểm."))
    else:
        messages.error(request, _("Số giây phải từ 5 đến 3600; để trống là tắt."))
    return redirect("terminal", terminal.code)


@require_POST
@requires("terminals.manage")
def check_log(request: HttpRequest, code: str) -> HttpResponse:
    """Read the whole log again and compare every record."""
    terminal = terminal_or_404(request, code)
    limits = Limits(contact_seconds=_CHECK_SECONDS)
    try:
        _told, found = log_check.check(terminal, by=acting(request), now=clock.now, limits=limits)
    except Problem as problem:
        tell(request, problem)
        return redirect("terminal", terminal.code)
    figures = {"records": found.records, "stored": found.stored, "parked": found.parked}
    if found.is_complete:
        text = _("Đủ: {records} bản ghi trên máy, {stored} đã lưu, {parked} cách ly.")
        messages.success(request, text.format(**figures))
    else:
        text = _(
            "Thiếu {missing} trong {records} bản ghi trên máy. Hãy tải máy này rồi đối chiếu lại."
        )
        messages.error(request, text.format(missing=found.missing, **figures))
    return redirect("terminal", terminal.code)


@require_http_methods(["GET", "POST"])
@requires("terminals.manage")
def clear_terminal_log(request: HttpRequest, code: str) -> HttpResponse:
    """What clearing means, and the form that asks for the code and the reason; a POST does it."""
    terminal = terminal_or_404(request, code)
    problem = ""
    if request.method == "POST":
        try:
            done = clear_log(
                terminal,
                by=acting(request),
                typed_code=request.POST.get("ma", ""),
                reason=request.POST.get("ly_do", ""),
                now=clock.now,
            )
        except Problem as error:
            remedy = error.remedy if isinstance(error, ZkError) else ""
            problem = f"{error} {remedy}".strip()
        else:
            text = _("Đã xóa {records} bản ghi trên máy {terminal}; tất cả đã được lưu ở đây.")
            messages.success(request, text.format(records=done.records, terminal=terminal.name))
            return redirect("terminal", terminal.code)
    return render(
        request,
        "attendance/terminal_clear.html",
        {
            "terminal": terminal,
            "problem": problem,
            "typed": request.POST,
            "last_check": LogCheck.objects.filter(terminal=terminal).order_by("-pk").first(),
        },
        status=409 if problem else 200,
    )

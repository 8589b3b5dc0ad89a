"""/giao-ban/<briefing>/hop/: the secretary's desk: roll call, minutes, conclusions as they fall."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, requires
from backend.problems import Problem
from reporting.briefings.agenda import agenda_of
from reporting.briefings.meeting import (
    Call,
    MinutesChanged,
    call_roll,
    newest_minutes,
    save_minutes,
)
from reporting.models import Briefing, Presence
from reporting.pages.briefing import people_of, visible_briefing
from reporting.tasks.deciding import conclude
from reporting.tasks.following_up import decided, unheard_owners
from reporting.tasks.kpis import KPIS
from reporting.tasks.units import known_units, unit_of


def _led(user: User, pk: int) -> Briefing:
    """For who leads it; for others invited the desk does not exist."""
    found = visible_briefing(user, pk)
    if not found.is_led_by(user):
        raise Http404
    return found


@requires("briefings.attend")
@require_GET
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything to do during the meeting on one page."""
    return _desk(request, _led(acting(request), pk))


def _desk(request: HttpRequest, found: Briefing, problem: Problem | None = None) -> HttpResponse:
    versions = found.minutes.select_related("by").order_by("-number")
    context = {
        "briefing": found,
        "people": people_of(found),
        "presences": Presence.choices,
        "minutes": versions.first(),
        "versions": versions[:20],
        "items": agenda_of(found),
        "problem": str(problem) if problem else "",
        "sent": request.POST if problem else {},
        **_conclusions(found),
    }
    return render(
        request, "reporting/desk.html", context, status=problem.status if problem else 200
    )


@requires("briefings.attend")
@require_POST
def roll(request: HttpRequest, pk: int) -> HttpResponse:
    """The roll call of everybody at once."""
    user = acting(request)
    found = _led(user, pk)
    known = {choice.value: choice for choice in Presence}
    calls = {
        person: Call(known[said], request.POST.get(f"reason_{person.pk}", ""))
        for person, _call in people_of(found)
        if (said := request.POST.get(f"presence_{person.pk}", "")) in known
    }
    try:
        call_roll(found, calls, by=user, at=clock.now())
    except Problem as problem:
        return _desk(request, found, problem)
    messages.success(request, _("Đã ghi điểm danh."))
    return redirect("briefing_desk", pk=pk)


@requires("briefings.attend")
@require_POST
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was typed; the page's script asks by itself (JSON), a form too."""
    user = acting(request)
    found = _led(user, pk)
    sent = request.POST.get("base", "0")
    base = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 9 else -1
    try:
        kept = save_minutes(
            found, request.POST.get("text", "").replace("\r\n", "\n"), base=base, by=user,
            at=clock.now(),
        )  # fmt: skip
    except Problem as problem:
        if request.headers.get("Accept") == "application/json":
            standing = newest_minutes(found) if isinstance(problem, MinutesChanged) else None
            number = standing.number if standing else None
            return JsonResponse({"problem": str(problem), "number": number}, status=problem.status)
        return _desk(request, found, problem)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"number": kept.number, "at": f"{localtime(kept.at):%H:%M:%S}"})
    messages.success(request, _("Đã lưu biên bản."))
    return redirect("briefing_desk", pk=pk)


@requires("briefings.attend")
@require_GET
def minutes_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version of the minutes as it was saved."""
    found = _led(acting(request), pk)
    version = get_object_or_404(found.minutes.select_related("by"), number=number)
    context = {"briefing": found, "version": version}
    return render(request, "reporting/minutes_version.html", context)


@requires("briefings.attend")
@require_POST
def conclusion(request: HttpRequest, pk: int) -> HttpResponse:
    """A conclusion in one line; the answer is the part of the page with all of them."""
    user = acting(request)
    found = _led(user, pk)
    line, problem = request.POST.get("line", ""), None
    try:
        conclude(found, line, by=user, at=clock.now())
    except Problem as refused:
        problem = refused
    if not getattr(request, "htmx", False):
        if problem is not None:
            return _desk(request, found, problem)
        return redirect("briefing_desk", pk=pk)
    context = {
        "briefing": found,
        "conclusion_problem": str(problem) if problem else "",
        "line": line if problem else "",
        **_conclusions(found),
    }
    status = problem.status if problem else 200
    return render(request, "reporting/conclusions.html", context, status=status)


def _conclusions(found: Briefing) -> dict[str, object]:
    units = {key: unit for key in known_units().values() if (unit := unit_of(key))}
    return {
        "decided": decided(found, at=clock.now()),
        "unheard": unheard_owners(found),
        "units": [(unit.code, unit.name) for unit in units.values()],
        "kpis": [(kpi.aliases[0].replace(" ", "-"), kpi.name) for kpi in KPIS.values()],
    }

"""/ban-ve/ket-qua/<day>/truc-tiep/: a number told the moment it is drawn, for the public's live page."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from backend import clock
from backend.accounts.permissions import acting, requires
from backend.pages.months import day_or_404
from backend.problems import Problem
from sales.draws.live import Change, LiveRefused, tell_numbers, told_numbers
from sales.engine.draw_sheet import FIELDS
from sales.engine.prizes import PLACES, SPECIAL
from sales.models import Draw, LiveNumber
from sales.pages.results import Field, Row, label_of, prize_label

#: The rows that were told last, newest first.
LAST = 40


@require_http_methods(["GET", "POST"])
@requires("sales.record")
def live_entry(request: HttpRequest, day: str) -> HttpResponse:
    """The sheet in the order it is drawn; each full number is sent at once (or all by the button)."""
    draw = get_object_or_404(Draw.objects, date=day_or_404(day))
    if request.method != "POST":
        return _page(request, draw)
    changes = _sent(request)
    try:
        told = tell_numbers(draw.date, changes, by=acting(request), at=clock.now())
    except Problem as problem:
        return _refused(request, draw, changes, problem)
    if _wants_json(request):
        return JsonResponse({"told": {row.place: row.number for row in told}})
    messages.success(
        request,
        ngettext("Đã báo {count} số.", "Đã báo {count} số.", len(told)).format(count=len(told)),
    )
    return redirect("live_entry", day=day)


def _refused(
    request: HttpRequest, draw: Draw, changes: Mapping[int, Change], problem: Problem
) -> HttpResponse:
    faults = _faults(problem)
    if _wants_json(request):
        said = " ".join([str(problem), *faults.values()])
        return JsonResponse({"problem": said}, status=problem.status)
    return _page(request, draw, changes=changes, problem=problem)


def _page(
    request: HttpRequest,
    draw: Draw,
    *,
    changes: Mapping[int, Change] | None = None,
    problem: Problem | None = None,
) -> HttpResponse:
    context = {
        "draw": draw,
        "rows": _rows(told_numbers(draw), changes or {}, _faults(problem)),
        "last": [
            (row, label_of(FIELDS[row.place - 1]))
            for row in LiveNumber.objects.filter(draw=draw)
            .select_related("by")
            .order_by("-pk")[:LAST]
        ],
        "problem": "" if problem is None else str(problem),
        "public_page": f"{settings.PUBLIC_SITE_URL}/truc-tiep/",
    }
    status = 200 if problem is None else problem.status
    return render(request, "sales/live_entry.html", context, status=status)


def _rows(
    told: tuple[str, ...], changes: Mapping[int, Change], faults: Mapping[str, str]
) -> list[Row]:
    """As it is drawn: from the first prize on, the special prize last. `other` is what was told."""
    rows: dict[str, Row] = {}
    for at, (name, (kind, _place, digits)) in enumerate(zip(FIELDS, PLACES, strict=True), 1):
        row = rows.setdefault(kind, Row(prize_label(kind), digits, []))
        seen = told[at - 1]
        typed = changes[at].number if at in changes else seen
        row.fields.append(
            Field(f"so_{at}", label_of(name), digits, typed, faults.get(name, ""), seen)
        )
    return [*(row for kind, row in rows.items() if kind != SPECIAL), rows[SPECIAL]]


def _sent(request: HttpRequest) -> dict[int, Change]:
    """The places the form names, what was typed there and what stood there before."""
    changes = {}
    for place in range(1, len(PLACES) + 1):
        typed = request.POST.get(f"so_{place}")
        if typed is not None:
            seen = request.POST.get(f"cu_{place}", "")
            changes[place] = Change(seen.strip()[:5], typed.strip()[:20])
    return {place: change for place, change in changes.items() if change.seen != change.number}


def _faults(problem: Problem | None) -> dict[str, str]:
    if not isinstance(problem, LiveRefused):
        return {}
    return {fault["field"]: fault["message"] for fault in problem.details["errors"]}


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"

"""/cham-cong/co-mat/: who is in, by site and department; refreshes itself."""

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from attendance.models import Terminal
from attendance.review.presence import LABELS, TONES, Presence, SiteNow, State, presence
from attendance.terminals import terminal_board
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import departments_for, employees_for
from backend.clock import VN
from backend.org.models import Site
from backend.vntext import search_key


@require_GET
@requires("attendance.view")
def presence_page(request: HttpRequest) -> HttpResponse:
    """?noi= a site, ?phong= a department, ?chi= a state, ?tim= part of a name or code."""
    chosen = request.GET
    at = clock.now()
    now = presence(
        at=at,
        site=chosen.get("noi", ""),
        department=chosen.get("phong", ""),
        among=employees_for(acting(request)),
    )
    return render(
        request,
        "attendance/presence.html",
        {
            "now": now,
            "at": at,
            "tiles": _tiles(now),
            "states": [(state, LABELS[state]) for state in State],
            "sites": _shown(now, chosen.get("chi", ""), chosen.get("tim", "")),
            "all_sites": Site.objects.order_by("name", "pk"),
            "departments": departments_for(acting(request)).order_by("code", "pk"),
            "terminals": dict(Terminal.objects.values_list("code", "name")),
            "unknown": _unknown_today(at),
            "chosen": chosen,
        },
    )


def _tiles(now: Presence) -> list[dict[str, Any]]:
    """The counts at the top; a state nobody is in is left out, but for the three that matter."""
    always = (State.IN, State.AWAY, State.LEAVE)
    return [
        {"state": state, "label": LABELS[state], "tone": TONES.get(state, ""), "count": count}
        for state in State
        if (count := now.count(state)) or state in always
    ]


def _shown(now: Presence, state: str, text: str) -> list[SiteNow]:
    """The sites with those people who fit; people off duty are shown only when asked for."""
    key = search_key(text)
    shown = []
    for site in now.sites:
        people = [
            person
            for person in site.people
            if (person.state == state if state else person.state != State.OFF)
            and (not key or key in person.employee.search or key in person.employee.code.lower())
        ]
        if people:
            shown.append(replace(site, people=people))
    return shown


def _unknown_today(at: Any) -> int:
    """Unknown users who punched today: somebody is in whom nobody can name."""
    midnight = at.astimezone(VN).replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = terminal_board.unknown_users().filter(Q(last_punched_at__gte=midnight))
    return waiting.values("device_user_id").distinct().count()

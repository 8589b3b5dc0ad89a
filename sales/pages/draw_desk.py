"""/ban-ve/ngay-quay/: the desk of a draw's day: who has not reported, totals, the clock."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backend import clock
from backend.accounts.permissions import acting, may, requires
from sales.figures.draw_day import control_totals, draw_day
from sales.models import Draw
from sales.pages.regions import path_of, region_choices, region_of
from sales.pages.returns import draw_day_of
from sales.returns import cutoff_of


@requires("sales.view")
def draw_desk(request: HttpRequest) -> HttpResponse:
    """The desk of ?ngay= in ?dia_ban=; a fragment of it renews itself every minute."""
    user = acting(request)
    day = draw_day_of(request.GET.get("ngay", ""))
    region = region_of(request.GET.get("dia_ban", ""), user=user)
    agents = draw_day(day, path_of(region, user))
    at, until = clock.now(), cutoff_of(day)
    return render(
        request,
        "sales/draw_desk.html",
        {
            "day": day,
            "draw": Draw.objects.filter(date=day).select_related("close").first(),
            "region": region,
            "regions": region_choices(user, clock.today()),
            "at": at,
            "until": until,
            "left": None if until is None or at >= until else until - at,
            "rows": [
                control_totals(name, list(group))
                for (_code, name), group in groupby(agents, lambda a: (a.region_code, a.region))
            ],
            "total": control_totals("", list(agents)),
            "unreported": [agent for agent in agents if agent.has_not_reported],
            "unsupplied": [agent for agent in agents if agent.is_waiting_for_tickets],
            "may_record": may(user, "sales.record"),
        },
    )

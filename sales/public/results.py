"""/ket-qua/: results by day, by weekday, by province of the draw."""

from datetime import date, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from backend import clock
from backend.vntext import search_key
from sales.models import Draw, DrawStatus
from sales.models.draws import Weekday
from sales.public.days import day_asked
from sales.public.frame import HOUR, changed_at, page
from sales.public.sheets import published, shown
from sales.public.structured import result_data

#: Weekdays as they stand in addresses, from Monday.
WEEKDAYS: Final = ("hai", "ba", "tu", "nam", "sau", "bay", "chu-nhat")
#: Draws of a list; each is a kilobyte and a half of the page.
AT_ONCE: Final = 7
#: The page people open again and again while they wait for a result.
WAITING_SECONDS: Final = 15


@page(seconds=WAITING_SECONDS)
def results(request: HttpRequest) -> HttpResponse:
    """The newest result, the draw of today where it is not published yet, and ways to the others."""
    if asked := request.GET.get("ngay", ""):
        day = day_asked(asked)
        return redirect("result", day=day.isoformat()) if day else _no_day(request, asked)
    newest = shown(published()[:1])
    context = {
        "sheet": newest[0] if newest else None,
        "data": result_data(newest[0]) if newest else None,
        "today": _waiting(clock.today()),
        "before": published()[1:8],
        **_ways(),
    }
    return changed_at(
        render(request, "public/results.html", context),
        newest[0].published_at if newest and context["today"] is None else None,
    )


@page(seconds=HOUR)
def result(request: HttpRequest, day: str) -> HttpResponse:
    """The result of one draw, or that it is not published."""
    on = day_asked(day)
    if on is not None and day != on.isoformat():
        return redirect("result", day=on.isoformat())
    draw = Draw.objects.filter(date=on).first() if on else None
    if draw is None:
        return _nothing(request)
    if draw.numbers is None:
        return _without_result(request, draw)
    [sheet] = shown([draw])
    context = {
        "sheet": sheet,
        "data": result_data(sheet),
        "earlier": published().filter(date__lt=on).first(),
        "later": published().filter(date__gt=on).reverse().first(),
        **_ways(),
    }
    return changed_at(render(request, "public/result.html", context), sheet.published_at)


@page(seconds=WAITING_SECONDS)
def by_weekday(request: HttpRequest, weekday: str) -> HttpResponse:
    """The last results of a weekday; ?truoc= goes on before a day."""
    if weekday not in WEEKDAYS:
        return _nothing(request)
    number = WEEKDAYS.index(weekday)
    draws = published().filter(date__iso_week_day=number + 1)
    title = _("Kết quả {weekday}").format(weekday=Weekday(number).label)
    return _list(request, draws, title)


@page(seconds=WAITING_SECONDS)
def by_province(request: HttpRequest, province: str) -> HttpResponse:
    """The last results drawn by a province; ?truoc= goes on before a day."""
    hosts = {slug(host): host for host in _hosts()}
    if province not in hosts:
        meant = slug(province)
        found = redirect("results_of_province", province=meant) if meant in hosts else None
        return found or _nothing(request)
    draws = published().filter(host=hosts[province])
    return _list(request, draws, _("Kết quả {province}").format(province=hosts[province]))


def slug(name: str) -> str:
    """As a name stands in an address: "Nam Định" is "nam-dinh"."""
    return search_key(name).replace(" ", "-")


def _list(request: HttpRequest, draws: QuerySet[Draw], title: str) -> HttpResponse:
    before = None
    if asked := request.GET.get("truoc", ""):
        if (before := day_asked(asked)) is None:
            return _no_day(request, asked)
        draws = draws.filter(date__lt=before)
    found = list(draws[: AT_ONCE + 1])
    context = {
        "title": title,
        "sheets": shown(found[:AT_ONCE]),
        "older": found[AT_ONCE - 1].date if len(found) > AT_ONCE else None,
        "is_newest": before is None,
        **_ways(),
    }
    return render(request, "public/result_list.html", context)


def _without_result(request: HttpRequest, draw: Draw) -> HttpResponse:
    answer = render(request, "public/no_result.html", {"draw": draw, **_ways()}, status=404)
    answer["Cache-Control"] = f"public, max-age={WAITING_SECONDS}"
    return answer


def _nothing(request: HttpRequest, asked: str = "", status: int = 404) -> HttpResponse:
    """There is no such draw: ways to those that are."""
    context = {"asked": asked, **_ways()}
    return render(request, "public/no_such_draw.html", context, status=status)


def _no_day(request: HttpRequest, asked: str) -> HttpResponse:
    return _nothing(request, asked[:20], status=400)


def _waiting(today: date) -> Draw | None:
    """The draw of today while its result is not published."""
    draws = Draw.objects.filter(date=today, numbers__isnull=True)
    return draws.exclude(status=DrawStatus.VOID).first()


def _ways() -> dict[str, Any]:
    """Ways to other results, and the day a form begins with."""
    return {
        "weekdays": [
            (reverse("results_of_weekday", args=[name]), Weekday(number).label)
            for number, name in enumerate(WEEKDAYS)
        ],
        "provinces": [
            (reverse("results_of_province", args=[slug(host)]), host) for host in _hosts()
        ],
        "yesterday": clock.today() - timedelta(days=1),
    }


def _hosts() -> list[str]:
    """Provinces that have drawn, in the order of their names."""
    hosts = set(Draw.objects.order_by("host").values_list("host", flat=True).distinct())
    return sorted(hosts, key=search_key)

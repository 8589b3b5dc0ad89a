"""/diem-ban/: where tickets are sold, by commune. Only points the company has put on the list."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from backend import clock
from backend.org.models import Region
from backend.vntext import search_key
from sales.models import AgentStatus, PointOfSale
from sales.public.frame import HOUR, page
from sales.public.open_data import data, json_answer

AT_ONCE: Final = 40
#: What of a point is public; who the agent is, and how to call it otherwise, is not.
COLUMNS: Final = (
    "code", "name", "address", "commune_code", "commune", "hours", "phone", "latitude", "longitude",
)  # fmt: skip


@page(seconds=HOUR)
def points(request: HttpRequest) -> HttpResponse:
    """Communes with points of sale; ?tim= looks for some by name."""
    wanted = request.GET.get("tim", "").strip()[:50]
    communes = _communes(clock.today())
    found = [each for each in communes if search_key(wanted) in search_key(each.name)]
    context = {"communes": found, "wanted": wanted, "is_empty": not communes}
    return render(request, "public/points.html", context)


@page(seconds=HOUR)
def points_of_commune(request: HttpRequest, code: str) -> HttpResponse:
    """The points of one commune; ?trang= goes on."""
    listed = listed_points(clock.today()).filter(region__code=code)
    commune = Region.objects.filter(code=code).order_by("-valid_from").first()
    if commune is None or not listed.exists():
        raise Http404
    shown = Paginator(listed.order_by("name", "pk"), AT_ONCE).get_page(request.GET.get("trang"))
    return render(request, "public/commune.html", {"commune": commune, "page": shown})


@data(seconds=HOUR)
def points_json(request: HttpRequest) -> HttpResponse:
    """Every listed point."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in _rows()]
    return json_answer({"points": rows})


@data(seconds=HOUR)
def points_csv(request: HttpRequest) -> HttpResponse:
    """The same, one point a line."""
    text = StringIO()
    csv.writer(text).writerows([COLUMNS, *(map(_harmless, row) for row in _rows())])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="diem-ban.csv"'
    return answer


def listed_points(day: date) -> QuerySet[PointOfSale]:
    """Points the company lists, that sell on the day, of agents that are active."""
    return (
        PointOfSale.objects.filter(
            is_listed=True, opened_date__lte=day, agent__status=AgentStatus.ACTIVE
        )
        .filter(Q(closed_date=None) | Q(closed_date__gte=day))
        .select_related("region")
    )


def commune_codes(day: date) -> list[str]:
    return [commune.code for commune in _communes(day)]


def _communes(day: date) -> list[Any]:
    """Communes with `points`, how many they have, in the order of their names."""
    listed = listed_points(day).order_by().values("region__code").annotate(points=Count("pk"))
    counts = dict(listed.values_list("region__code", "points"))
    newest = Region.objects.filter(code__in=counts).order_by("code", "-valid_from").distinct("code")
    communes: list[Any] = list(newest)
    for commune in communes:
        commune.points = counts[commune.code]
    return sorted(communes, key=lambda commune: search_key(commune.name))


def _rows() -> Iterator[tuple[object, ...]]:
    for point in listed_points(clock.today()).order_by("region__code", "name", "pk"):
        region = point.region
        yield (
            point.code, point.name, point.address, region.code, region.name, point.opening_hours,
            point.public_phone, point.latitude, point.longitude,
        )  # fmt: skip


def _harmless(value: object) -> object:
    """A text that a spreadsheet would take for a formula begins with a quote."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t" and value else value

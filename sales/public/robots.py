"""What crawlers ask for: robots.txt and the map of the site."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from backend import clock
from sales.models import DrawPublication, NewsItem
from sales.public.frame import HOUR, MENU, absolute, page
from sales.public.news import last_change
from sales.public.points import commune_codes
from sales.public.results import WEEKDAYS
from sales.public.sheets import published

#: A year and some of results; a map may hold 50,000 addresses.
RESULTS: Final = 400
NEWS: Final = 200


@page(seconds=HOUR)
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /health/",
        "Disallow: /*do-ve/?",
        f"Sitemap: {absolute(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@page(seconds=HOUR)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page in both languages, results with when they were published."""
    entries = "".join(_entry(path, moment) for path, moment in _pages())
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    )
    return HttpResponse(text, content_type="application/xml")


def _pages() -> Iterator[tuple[str, datetime | date | None]]:
    days = list(published().values_list("date", flat=True)[:RESULTS])
    when = dict(
        DrawPublication.objects.filter(draw__date__in=days)
        .order_by("pk")
        .values_list("draw__date", "at")
    )
    communes = commune_codes(clock.today())
    news = list(NewsItem.objects.published(clock.now())[:NEWS])
    for language in ("vi", "en"):
        with translation.override(language):
            for name in (*(name for name, _label in MENU), "open_data"):
                yield reverse(name), None
            for weekday in WEEKDAYS:
                yield reverse("results_of_weekday", args=[weekday]), None
            for code in communes:
                yield reverse("points_of_commune", args=[code]), None
            for item in news:
                yield reverse("news_item", args=[item.slug]), last_change(item)
            for day in days:
                yield reverse("result", args=[day.isoformat()]), when.get(day)


def _entry(path: str, moment: datetime | date | None) -> str:
    modified = f"<lastmod>{moment.isoformat()}</lastmod>" if moment else ""
    return f"<url><loc>{escape(absolute(path))}</loc>{modified}</url>\n"

"""/tin-tuc/: what the company tells."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import SyndicationFeed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend import clock
from backend.org.models import Company
from sales.models import NewsItem
from sales.public.frame import MINUTE, absolute, changed_at, page
from sales.public.open_data import FEEDS, IN_FEED, data
from sales.public.structured import creator

AT_ONCE: Final = 12


@dataclass(frozen=True)
class Told:
    """A piece of news in the language of the page, or in Vietnamese where it has no other."""

    item: NewsItem
    title: str
    summary: str
    body: str
    language: str


@page(seconds=MINUTE)
def news(request: HttpRequest) -> HttpResponse:
    """What is published, the newest first; ?trang= goes back."""
    pages = Paginator(NewsItem.objects.published(clock.now()), AT_ONCE)
    shown = pages.get_page(request.GET.get("trang"))
    return render(request, "public/news.html", {"news": map(told, shown), "page": shown})


@page(seconds=MINUTE)
def news_item(request: HttpRequest, slug: str) -> HttpResponse:
    """One piece of news."""
    item = get_object_or_404(NewsItem.objects.published(clock.now()), slug=slug)
    one = told(item)
    context = {"told": one, "data": _article(one)}
    return changed_at(render(request, "public/news_item.html", context), last_change(item))


@data(seconds=MINUTE)
def news_feed(request: HttpRequest, kind: str) -> HttpResponse:
    """The newest news as Atom or RSS, always in Vietnamese."""
    if kind not in FEEDS:
        raise Http404
    feed_class, content_type = FEEDS[kind]
    items = list(NewsItem.objects.published(clock.now())[:IN_FEED])
    with translation.override("vi"):
        text = _feed(feed_class, items, own=absolute(request.path)).writeString("utf-8")
    newest = max((last_change(item) for item in items), default=None)
    return changed_at(HttpResponse(text, content_type=content_type), newest)


def told(item: NewsItem) -> Told:
    if get_language() == "en" and item.title_en:
        return Told(item, item.title_en, item.summary_en, item.body_en, "en")
    return Told(item, item.title, item.summary, item.body, "vi")


def last_change(item: NewsItem) -> datetime:
    """When what the public reads last changed: at the last edit, or when its time had come."""
    return max(item.changed_at, item.published_at or item.changed_at)


def address_of_news(item: NewsItem) -> str:
    return absolute(reverse("news_item", args=[item.slug]))


def _feed(kind: type[SyndicationFeed], items: list[NewsItem], *, own: str) -> SyndicationFeed:
    link = absolute(reverse("news"))
    feed = kind(
        title=_("Tin tức"),
        link=link,
        description=_("Tin của công ty"),
        language="vi",
        author_name=Company.objects.own().name,  # without one a feed is no Atom (RFC 4287, 4.1.1)
        feed_url=own,
    )
    for item in items:
        address = address_of_news(item)
        feed.add_item(
            title=item.title,
            link=address,
            description=escape(item.summary),  # which readers take for HTML
            unique_id=address,
            pubdate=item.published_at,
            updateddate=last_change(item),
        )
    return feed


def _article(one: Told) -> dict[str, Any]:
    published = one.item.published_at
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": one.title,
        "description": one.summary,
        "inLanguage": one.language,
        "url": address_of_news(one.item),
        "datePublished": published.isoformat() if published else None,
        "dateModified": last_change(one.item).isoformat(),
        "publisher": creator(),
    }

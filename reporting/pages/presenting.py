"""/giao-ban/<briefing>/trinh-chieu/: the slides, and the page everybody is on."""

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from backend import clock
from backend.accounts.permissions import acting, requires
from backend.problems import Problem
from reporting.briefings.deck import deck_of
from reporting.briefings.presenting import PageRefused, point, show, shown, ticket
from reporting.builders.slides import Rows, Slide
from reporting.language import page_language
from reporting.pages.briefing import visible_briefing

STREAM = "/giao-ban/theo-doi/"


@requires("briefings.attend")
@require_GET
def present(request: HttpRequest, pk: int) -> HttpResponse:
    """All slides in one document, so that paging needs no server."""
    user, at = acting(request), clock.now()
    found = visible_briefing(user, pk)
    now = shown(found.pk, at=at)
    leads = found.is_led_by(user)
    origin = _stream_origin(request)
    language = page_language()
    slides = deck_of(found, at=at, language=language)
    context = {
        "briefing": found,
        "slides": [
            (slide, _markup(slide), _table(slide, slide.shown_rows), _table(slide, slide.rows))
            for slide in slides
        ],
        "leads": leads,
        "now": now,
        "stream": f"{origin}{STREAM}",
        "ticket": ticket(found, user),
    }
    response = render(request, "reporting/present.html", context)
    # The process of followers may stand on another port of the same host.
    response._csp_update = {"connect-src": ["'self'", origin] if origin else ["'self'"]}  # type: ignore[attr-defined]
    return response


def _table(slide: Slide, rows: Rows) -> dict[str, object]:
    """A table whose cells know whether their column holds numbers."""
    return {
        "head": list(zip(slide.head, slide.numeric, strict=False)),
        "rows": [list(zip(row, slide.numeric, strict=True)) for row in rows],
    }


def _markup(slide: Slide) -> str:
    """Drawn by our own charts, which escape every name."""
    return mark_safe(slide.svg)  # noqa: S308


def _stream_origin(request: HttpRequest) -> str:
    """Empty where a proxy leads the path to the process of followers."""
    if not settings.FOLLOW_PORT:
        return ""
    host = request.get_host().rsplit(":", 1)[0]
    return f"{request.scheme}://{host}:{settings.FOLLOW_PORT}"


@require_http_methods(["GET", "POST"])
@requires("briefings.attend")
def shown_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET tells the page (304 while it is the one known); POST turns it, or moves the dot."""
    user = acting(request)
    found = visible_briefing(user, pk)
    if request.method == "GET":
        now = shown(found.pk, at=clock.now())
        tag = f'"{now.version}"'
        if request.headers.get("If-None-Match") == tag:
            return HttpResponseNotModified(headers={"ETag": tag})
        return JsonResponse(now.told(), headers={"ETag": tag})
    sent = request.POST
    try:
        if "x" in sent or "off" in sent:
            x, y = (None, None) if "off" in sent else (_whole(sent, "x"), _whole(sent, "y"))
            point(found, x=x, y=y, by=user)
            return HttpResponse(status=204)
        turned = show(
            found, page=_whole(sent, "page"), is_blank=sent.get("blank") == "1", by=user,
            at=clock.now(),
        )  # fmt: skip
    except Problem as problem:
        return JsonResponse({"problem": str(problem)}, status=problem.status)
    return JsonResponse(turned.told())


def _whole(sent: QueryDict, name: str) -> int:
    text = sent.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise PageRefused
    return int(text)

"""/du-lieu/: what the pages show, for programs: JSON, CSV, RSS, Atom and iCalendar."""

import csv
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import wraps
from io import StringIO
from typing import Any, Final

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend import clock
from backend.api.errors import problem_response
from backend.org.models import Company
from backend.pages.months import day_from
from backend.problems import Problem
from sales.engine.draw_sheet import FIELDS
from sales.models import PrizeLevel, PrizeTable
from sales.public.calendar import AHEAD, coming_draws
from sales.public.frame import HOUR, MINUTE, View, absolute, changed_at, page
from sales.public.limits import DATA_A_MINUTE, limited
from sales.public.prizes import tables_in_force
from sales.public.sheets import Shown, address_of, published, shown

#: A year and some at once.
MOST_DAYS: Final = 400
USUAL_DAYS: Final = 30
IN_FEED: Final = 20
FEEDS: Final[dict[str, tuple[type[SyndicationFeed], str]]] = {
    "atom": (Atom1Feed, "application/atom+xml; charset=utf-8"),
    "rss": (Rss201rev2Feed, "application/rss+xml; charset=utf-8"),
}
COLUMNS: Final = ("date", "host", *FIELDS, "symbols", "series_count", "published_at", "corrected")


class BadDay(Problem):
    code = "data.not_a_day"
    message = gettext_lazy("Ngày phải viết dạng năm-tháng-ngày, ví dụ 2026-11-24.")


class WrongOrder(Problem):
    code = "data.wrong_order"
    message = gettext_lazy("Ngày đầu (tu) phải từ ngày cuối (den) trở về trước.")


class TooManyDays(Problem):
    code = "data.too_many_days"
    message = gettext_lazy("Mỗi lần lấy được nhiều nhất 400 ngày. Hãy chia thành nhiều lần.")


class NoResult(Problem):
    status = 404
    code = "data.no_result"
    message = gettext_lazy("Ngày này không có kết quả được công bố.")


@page(seconds=HOUR)
def open_data(request: HttpRequest) -> HttpResponse:
    """What there is, and how it is asked for."""
    context = {"columns": ", ".join(COLUMNS), "newest": published().first(), "most": MOST_DAYS}
    return render(request, "public/open_data.html", context)


def data(*, seconds: int) -> Callable[[View], View]:
    """View decorator for programs: limited, readable from every site, problems as documents."""

    def decorate(view: View) -> View:
        @limited("data", per_minute=DATA_A_MINUTE, for_programs=True)
        @page(seconds=seconds)
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                answer = view(request, *args, **kwargs)
            except Problem as problem:
                answer = problem_response(problem.status, problem.code, problem.message)
            answer["Access-Control-Allow-Origin"] = "*"
            return answer

        return answered

    return decorate


@data(seconds=MINUTE)
def results_json(request: HttpRequest) -> HttpResponse:
    """Results of ?tu= … ?den=, the newest first."""
    sheets = _asked(request)
    return json_answer(
        {"source": Company.objects.own().name, "results": [_result(sheet) for sheet in sheets]},
        sheets,
    )


@data(seconds=MINUTE)
def result_json(request: HttpRequest, day: str) -> HttpResponse:
    """The result of one draw."""
    on = day_from(day)
    draw = published().filter(date=on).first() if on else None
    if draw is None:
        raise NoResult
    sheets = shown([draw])
    return json_answer(_result(sheets[0]), sheets)


@data(seconds=MINUTE)
def results_csv(request: HttpRequest) -> HttpResponse:
    """The same as results_json, one draw a line."""
    sheets = _asked(request)
    text = StringIO()
    csv.writer(text).writerows([COLUMNS, *(_row(sheet) for sheet in sheets)])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="ket-qua.csv"'
    return changed_at(answer, _newest(sheets))


@data(seconds=HOUR)
def prizes_json(request: HttpRequest) -> HttpResponse:
    """The prize tables in force today, amounts in đồng."""
    tables = [_table(table) for table in tables_in_force(clock.today())]
    return json_answer({"source": Company.objects.own().name, "tables": tables})


@data(seconds=HOUR)
def calendar_json(request: HttpRequest) -> HttpResponse:
    """The draws of the next two months."""
    today = clock.today()
    draws = [{"date": draw.date, "host": draw.host} for draw in coming_draws(today, today + AHEAD)]
    return json_answer({"source": Company.objects.own().name, "draws": draws})


@data(seconds=MINUTE)
def results_feed(request: HttpRequest, kind: str) -> HttpResponse:
    """The newest results as Atom or RSS, always in Vietnamese."""
    if kind not in FEEDS:
        raise Http404
    sheets = shown(published()[:IN_FEED])
    with translation.override("vi"):
        feed_class, content_type = FEEDS[kind]
        feed = _feed(feed_class, sheets, own=absolute(request.path))
        answer = HttpResponse(feed.writeString("utf-8"), content_type=content_type)
    return changed_at(answer, _newest(sheets))


def _asked(request: HttpRequest) -> list[Shown]:
    """The draws of the days asked for. Raises BadDay, WrongOrder, TooManyDays."""
    last = _day(request.GET.get("den", ""), clock.today())
    first = _day(request.GET.get("tu", ""), last - timedelta(days=USUAL_DAYS - 1))
    if first > last:
        raise WrongOrder
    if (last - first).days >= MOST_DAYS:
        raise TooManyDays
    return shown(published().filter(date__range=(first, last)))


def _day(text: str, default: date) -> date:
    day = day_from(text) if text else default
    if day is None:
        raise BadDay
    return day


def _result(sheet: Shown) -> dict[str, Any]:
    draw = sheet.draw
    return {
        "date": sheet.day,
        "host": draw.host,
        "numbers": {kind: numbers for kind, _label, numbers in sheet.rows},
        "symbols": draw.winning_symbols,
        "series_count": draw.series_count,
        "published_at": sheet.published_at,
        "corrected": sheet.is_corrected,
        "url": address_of(sheet.day),
    }


def _row(sheet: Shown) -> Iterator[object]:
    draw = sheet.draw
    yield from (sheet.day, draw.host, *(draw.numbers or ()))
    yield " ".join(draw.winning_symbols or ())
    yield draw.series_count
    yield sheet.published_at.isoformat() if sheet.published_at else ""
    yield str(sheet.is_corrected).lower()


def _table(table: PrizeTable) -> dict[str, Any]:
    levels: list[PrizeLevel] = sorted(table.levels.all(), key=lambda each: (-each.amount, each.pk))
    return {
        "product": table.product.code,
        "name": table.product.name,
        "face_value": table.product.face_value_amount,
        "valid_from": table.valid_from,
        "document": table.document,
        "confirmed": table.is_confirmed,
        "prizes": [
            {"prize": one.kind, "digits": one.digits, "numbers": one.draws, "amount": one.amount}
            for one in levels
        ],
    }


def _feed(kind: type[SyndicationFeed], sheets: list[Shown], *, own: str) -> SyndicationFeed:
    feed = kind(
        title=_("Kết quả xổ số miền Bắc"),
        link=absolute(reverse("results")),
        feed_url=own,
        description=_("Kết quả được công bố của mỗi kỳ quay"),
        language="vi",
        author_name=Company.objects.own().name,
    )
    for sheet in sheets:
        feed.add_item(
            title=_("Kết quả xổ số miền Bắc ngày {day}").format(day=f"{sheet.day:%d/%m/%Y}"),
            link=address_of(sheet.day),
            description=_told(sheet),
            unique_id=address_of(sheet.day),
            unique_id_is_permalink=True,
            pubdate=sheet.published_at,
            updateddate=sheet.published_at,
        )
    return feed


def _told(sheet: Shown) -> str:
    """The numbers, the symbols that the special prize needs beside them, and whether it replaced another."""
    parts = [f"{label}: {' '.join(numbers)}" for _kind, label, numbers in sheet.rows]
    if symbols := sheet.draw.winning_symbols:
        parts.append(f"{_('Ký hiệu trúng')}: {' '.join(symbols)}")
    if sheet.is_corrected:
        parts.append(_("Đây là kết quả đã đính chính."))
    return "; ".join(parts)


def _newest(sheets: list[Shown]) -> Any:
    return max((sheet.published_at for sheet in sheets if sheet.published_at), default=None)


def json_answer(content: object, sheets: list[Shown] | None = None) -> HttpResponse:
    answer = HttpResponse(msgspec.json.encode(content), content_type="application/json")
    return changed_at(answer, _newest(sheets or []))

"""/ban-ve/ket-qua/: results of draws, keyed on draw evening by two people and published."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.pages.months import day_or_404
from backend.pages.telling import problems_told
from backend.problems import Problem
from backend.tables import Column, Table
from sales.draws.results import (
    Desk,
    ResultRefused,
    desk_of,
    enter_result,
    last_drawn,
    numbers_by_prize,
    publish_result,
    sheet_of,
)
from sales.engine.draw_sheet import FIELDS, Sheet, cleaned
from sales.engine.prizes import PLACES
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.ledger.closing import NoSuchDraw
from sales.models import Draw, DrawPublication, DrawResultEntry, DrawStatus, PrizeKind, Source

#: How many days the list goes back.
DAYS = 31


@dataclass(frozen=True)
class Field:
    """One of the 27 numbers on the form; `other` is what the nearest other keying says."""

    name: str
    label: str
    digits: int
    value: str = ""
    fault: str = ""
    other: str = ""


@dataclass(frozen=True)
class Row:
    """A prize of the sheet with its fields."""

    label: str
    digits: int
    fields: list[Field]


@requires("sales.view")
def results(request: HttpRequest) -> HttpResponseBase:
    """Draws of the last month, what is known of each, and who has keyed it."""
    today = clock.today()
    draws = (
        Draw.objects.between(today - timedelta(days=DAYS), today)
        .exclude(status=DrawStatus.VOID)
        .annotate(
            keyed=Count("entries__by", distinct=True),
            mine=Exists(DrawResultEntry.objects.filter(draw=OuterRef("pk"), by=acting(request))),
            corrections=Count(
                "publications", Q(publications__replaces__isnull=False), distinct=True
            ),
        )
        .order_by("-date")
    )
    if asks_for_workbook(request):
        heading = heading_of(acting(request), today - timedelta(days=DAYS), today, None)
        return table_answer(heading, f"ket-qua-{today:%Y-%m-%d}.xlsx", _table(heading, draws))
    context = {"draws": draws, "days": DAYS, "drawn_until": last_drawn(clock.now())}
    return render(request, "sales/results.html", context)


@require_http_methods(["GET", "POST"])
@requires("sales.view")
def draw_result(request: HttpRequest, day: str) -> HttpResponse:
    """The sheet of one draw: as published, as keyed by the person, and where keyings differ."""
    on, user = day_or_404(day), acting(request)
    desk = _desk(on, user)
    if request.method != "POST":
        return _page(request, desk)
    try:
        if not may(user, "sales.record"):
            raise Problem(_("Tài khoản này chỉ xem, không nhập được kết quả."))
        sheet = _sent(request)
        enter_result(on, sheet, by=user, at=clock.now(), source=_source(request))
    except Problem as problem:
        return _page(request, desk, sheet=_typed(request), problem=problem)
    messages.success(request, _told(_desk(on, user)))
    return redirect("draw_result", day=day)


@require_POST
@requires("sales.record")
def draw_publish(request: HttpRequest, day: str) -> HttpResponse:
    """Publish what two people keyed alike, or what another one imported."""
    with problems_told(request):
        publish_result(
            day_or_404(day),
            by=acting(request),
            at=clock.now(),
            minutes_no=request.POST.get("bien_ban", "")[:50],
            reason=request.POST.get("ly_do", "")[:200],
        )
        messages.success(request, _("Đã công bố kết quả kỳ này."))
    return redirect("draw_result", day=day)


def _page(
    request: HttpRequest,
    desk: Desk,
    *,
    sheet: Sheet | None = None,
    problem: Problem | None = None,
) -> HttpResponse:
    user = acting(request)
    shown = sheet or (sheet_of(desk.mine) if desk.mine else Sheet(("",) * len(PLACES)))
    faults = _faults(problem)
    context = {
        "desk": desk,
        "draw": desk.draw,
        "sheet": _rows(desk.draw.numbers) if desk.draw.numbers else None,
        "publications": _publications(desk.draw),
        "rows": _fields(shown, faults, desk),
        "symbols": " ".join(shown.symbols),
        "series_count": shown.series_count,
        "faults": faults,
        "problem": "" if problem is None else str(problem),
        "differing": [(label_of(each.field), each) for each in desk.differing or ()],
        "may_key": may(user, "sales.record") and user.is_whole_company,
    }
    return render(
        request, "sales/draw_result.html", context, status=problem.status if problem else 200
    )


def _desk(day: date, user: User) -> Desk:
    try:
        return desk_of(day, user=user)
    except NoSuchDraw:
        raise Http404 from None


def _typed(request: HttpRequest) -> Sheet:
    """What the form says, as far as it can be read."""
    count = request.POST.get("so_seri", "").strip()
    return cleaned(
        [request.POST.get(f"so_{place}", "")[:20] for place in range(1, len(PLACES) + 1)],
        request.POST.get("ky_hieu", "")[:500].replace(",", " ").replace("-", " ").split(),
        int(count) if count.isascii() and count.isdecimal() and len(count) < 4 else None,
    )


def _sent(request: HttpRequest) -> Sheet:
    """The form. Raises Problem where the number of series cannot be read."""
    sheet = _typed(request)
    if sheet.series_count is None and _source(request) != Source.IMPORT:
        raise Problem(_("Số sê-ri phát hành phải là số nguyên, ví dụ 20. Hãy điền rồi ghi lại."))
    return sheet


def _source(request: HttpRequest) -> Source:
    return Source.IMPORT if request.POST.get("nhap_tu_nguon") else Source.PAGE


def _told(desk: Desk) -> str:
    if desk.differing is None:
        return _("Đã ghi. Người thứ hai nhập lại từ biên bản, rồi một trong hai người công bố.")
    if desk.differing:
        return _("Đã ghi, nhưng khác với lần nhập của người kia ở các ô được nêu.")
    return _("Đã ghi và trùng khớp với người kia. Có thể công bố.")


def _faults(problem: Problem | None) -> dict[str, str]:
    if not isinstance(problem, ResultRefused):
        return {}
    return {fault["field"]: fault["message"] for fault in problem.details["errors"]}


def _rows(numbers: list[str]) -> list[tuple[str, list[str]]]:
    """The published sheet: each prize with its numbers."""
    return [(str(kind.label), drawn) for kind, drawn in numbers_by_prize(numbers)]


def _fields(shown: Sheet, faults: dict[str, str], desk: Desk) -> list[Row]:
    others = {each.field: each.other for each in desk.differing or ()}
    rows: dict[str, Row] = {}
    for at, (name, (kind, _place, digits)) in enumerate(zip(FIELDS, PLACES, strict=True), 1):
        row = rows.setdefault(kind, Row(prize_label(kind), digits, []))
        value = shown.numbers[at - 1]
        row.fields.append(
            Field(
                f"so_{at}",
                label_of(name),
                digits,
                value,
                faults.get(name, ""),
                others.get(name, ""),
            )
        )
    return list(rows.values())


def prize_label(kind: str) -> str:
    return str(PrizeKind(kind).label)


def label_of(field: str) -> str:
    """ "third.4" → "giải ba, số 4"."""
    if field == "symbols":
        return _("ký hiệu trúng")
    if field == "series_count":
        return _("số sê-ri phát hành")
    kind, _dot, place = field.partition(".")
    label = prize_label(kind)
    return _("{prize}, số {place}").format(prize=label, place=place) if place else label


def _publications(draw: Draw) -> list[Any]:
    known = DrawPublication.objects.filter(draw=draw).select_related(
        "first__by", "second__by", "by"
    )
    return list(known.order_by("-pk"))


def _table(heading: Heading, draws: Iterable[Draw]) -> Table:
    """All 27 numbers, where they are published."""
    with translation.override("vi"):
        numbers = [f"{PrizeKind(kind).label} {place}" for kind, place, _digits in PLACES]
    return Table(
        name="Kết quả",
        title="Kết quả quay số mở thưởng",
        notes=heading.lines(),
        columns=(
            Column("Kỳ quay", 12, "day"), Column("Đơn vị quay", 18), Column("Ký hiệu trúng", 22),
            *(Column(name, 9, "centre") for name in numbers),
        ),
        rows=(
            (draw.date, draw.host, " ".join(draw.winning_symbols or ()),
             *(draw.numbers or [""] * len(numbers)))
            for draw in draws
        ),
        frozen=1,
    )  # fmt: skip

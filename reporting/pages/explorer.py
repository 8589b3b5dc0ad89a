"""/bao-cao/kham-pha/: figures by rows and columns a person chooses; the whole question is in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.pages.places import TERRITORY, region_choices, territory_choices
from backend.problems import Problem
from reporting.builders.charts import on_screen
from reporting.builders.content import SIGNED_KINDS, Kind
from reporting.builders.writing import unit, written
from reporting.explorer.asking import Answer, answer
from reporting.explorer.dimensions import DIMENSIONS, weekday_name
from reporting.explorer.measures import CHOSEN
from reporting.explorer.pivot import NOWHERE, Head
from reporting.explorer.question import BadQuestion, Question, readable
from reporting.explorer.reports import links_of, title_of
from reporting.explorer.sheet import OWN, SUM, Lane, Sheet, fitting, sheet_of
from reporting.explorer.spans import SPANS, Days
from reporting.explorer.telling import chart_of
from reporting.explorer.views import may_change
from reporting.language import page_language
from reporting.models import SavedView, SharedWith
from reporting.pages.explorer_views import view_of
from sales.figures import recorded_until
from sales.figures.choices import products

#: Rows on a page, and columns of numbers beside the totals; the workbook has all.
PAGE: Final = 200
COLUMNS: Final = 31
#: Steps of a bar in a cell.
STEPS: Final = 10
#: Parts of the address that are not of the question.
BESIDE: Final = frozenset({"trang", "bang"})


@dataclass(frozen=True)
class HeadLink:
    """A head one sorts by: `next` is the address that does, `sorted` its aria-sort."""

    name: str
    unit: str
    next: str
    sorted: str
    is_number: bool = True


@dataclass(frozen=True)
class CellText:
    text: str
    look: str


@dataclass(frozen=True)
class LineText:
    """A row as the page shows it."""

    code: str
    name: str
    link: str
    is_estimate: bool
    cells: list[CellText]


@requires("sales.view")
@require_GET
def explorer(request: HttpRequest) -> HttpResponse:
    """The question's table and chart, and the form to ask another; ?bang= alone asks a saved view."""
    user, today = acting(request), clock.today()
    view = view_of(user, request.GET["bang"]) if request.GET.get("bang") else None
    if view is not None and request.GET.keys() <= BESIDE:
        question, faults = readable(view.question)
    else:
        question, faults = readable(request.GET.dict(), beside=BESIDE)
    days = question.days(last=today, now=today)
    if faults:
        return _page(request, question, view, faults=faults, status=400)
    try:
        told = asked_by(user, question, days)
        shown = _shown(request, question, told, days)
    except Problem as problem:
        return _page(request, question, view, faults=(str(problem),), status=problem.status)
    return _page(request, question, view, **shown)


def refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The page with why its question has no answer."""
    question, _faults = readable(request.GET.dict(), beside=BESIDE)
    return _page(request, question, None, faults=(str(problem),), status=problem.status)


def _page(
    request: HttpRequest, question: Question, view: SavedView | None, *, status: int = 200,
    **shown: Any,
) -> HttpResponse:  # fmt: skip
    user = acting(request)
    context = {
        "question": question,
        "recorded_until": recorded_until(),
        "view": view,
        "may_change": view is not None and may_change(view, user),
        "may_schedule": view is not None and may(user, "reports.manage"),
        "views": SavedView.objects.visible_to(user).in_use().order_by("name", "pk"),
        "sharing": SharedWith.choices,
        **_choices(user, question),
        **shown,
    }
    return render(request, "reporting/explorer.html", context, status=status)


def asked_by(user: User, question: Question, days: Days) -> Answer:
    """What the person may be told. Raises BadQuestion, TooManyCells."""
    return answer(
        question, first=days[0], last=days[1], path=user.scope_path, on=clock.today(),
        language=page_language(),
    )  # fmt: skip


def sheet_for(question: Question, told: Answer) -> Sheet:
    """The answer in the reader's language. Raises BadQuestion for a column that is not there."""
    sheet = sheet_of(
        told.pivot, question.row_dimension, question.column_dimension, question.told,
        sort=question.sort, language=page_language(),
    )  # fmt: skip
    by = question.sort.removeprefix("-")
    if (
        by
        and not told.pivot.is_empty
        and by not in {OWN, SUM, *(lane.code for lane in sheet.lanes)}
    ):
        fault = _("Sắp xếp (xep): không có cột «{code}»; hãy bấm vào đầu một cột của bảng.")
        raise BadQuestion((fault.format(code=by),))
    return sheet


def _shown(request: HttpRequest, question: Question, told: Answer, days: Days) -> dict[str, Any]:
    """The table and the chart. Raises BadQuestion."""
    whole = sheet_for(question, told)
    sheet = fitting(whole, COLUMNS + 1)
    number = _page_number(request.GET.get("trang", ""), len(sheet.rows))
    rows = sheet.rows[(number - 1) * PAGE : number * PAGE]
    title = title_of(question, page_language())
    return {
        "title": title,
        "days": days,
        "filters": told.filters,
        "heads": _heads(question, sheet),
        "row_head": _row_head(question),
        "lines": _lines(question, sheet, rows, days),
        "total": [_cell(lane.sum, lane, 0) for lane in sheet.lanes],
        "chart": _drawn(question, whole, title),
        "rows": len(sheet.rows),
        "hidden": len(whole.lanes) - len(sheet.lanes),
        "shown_columns": len(sheet.lanes) - 1,
        "all_columns": len(whole.lanes) - 1,
        "pages": _pages(question, number, len(sheet.rows)),
        "is_estimate": bool(told.pivot.estimated),
    }


def _page_number(text: str, rows: int) -> int:
    """The page of ?trang=, the last one for a number beyond it. Raises BadQuestion."""
    if text and not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
        raise BadQuestion((_("Trang (trang): phải là một số, từ 1."),))
    return min(max(int(text or 1), 1), max(1, -(-rows // PAGE)))


def _pages(question: Question, number: int, rows: int) -> dict[str, Any]:
    """Which rows are shown, and the addresses of those before and after."""
    first, last = (number - 1) * PAGE + 1, min(number * PAGE, rows)
    return {
        "first": first,
        "last": last,
        "before": f"?{question.query}&trang={number - 1}" if number > 1 else "",
        "after": f"?{question.query}&trang={number + 1}" if last < rows else "",
    }


def _drawn(question: Question, sheet: Sheet, title: str) -> SafeString | str:
    chart = chart_of(
        sheet, question.row_dimension, question.column_dimension, title, language=page_language()
    )
    return mark_safe(on_screen(chart)) if chart else ""  # noqa: S308 -- our own, escaped there


def _heads(question: Question, sheet: Sheet) -> list[HeadLink]:
    current = question.sort or f"-{OWN if question.row_dimension.has_order else SUM}"
    return [
        HeadLink(lane.name, _unit(lane.kind), *_sorting(question, _code(sheet, lane), current))
        for lane in sheet.lanes
    ]


def _unit(kind: Kind) -> str:
    """Of tickets the head says it already."""
    return "" if kind is Kind.TICKETS else unit(kind)


def _code(sheet: Sheet, lane: Lane) -> str:
    return SUM if lane is sheet.lead else lane.code


def _row_head(question: Question) -> HeadLink:
    current = question.sort or (OWN if question.row_dimension.has_order else "")
    name = question.row_dimension.name.said(page_language())
    return HeadLink(name, "", *_sorting(question, OWN, current, is_up_first=True), is_number=False)


def _sorting(
    question: Question, code: str, current: str, *, is_up_first: bool = False
) -> tuple[str, str]:
    """The address that sorts by a column, the other way round where it is sorted by it already."""
    up, down = code, f"-{code}"
    first, second = (up, down) if is_up_first else (down, up)
    following = second if current == first else first
    sorted_ = {up: "ascending", down: "descending"}.get(current, "")
    return f"?{question.but(sort=following).query}", sorted_


def _lines(question: Question, sheet: Sheet, rows: Sequence[Head], days: Days) -> list[LineText]:
    links = links_of(question, rows, days)
    tops = _tops(sheet) if question.bars else {}
    return [
        LineText(
            "" if question.row_dimension.has_order or head.code == NOWHERE else head.code,
            head.name,
            links.get(head.code, ""),
            head.code in sheet.pivot.estimated,
            [_cell(lane.value(head.code), lane, tops.get(lane.code, 0)) for lane in sheet.lanes],
        )
        for head in rows
    ]


def _cell(value: int | None, lane: Lane, top: int) -> CellText:
    """The number, and how long its bar is in tenths of the longest."""
    look = ""
    if lane.kind in SIGNED_KINDS and value:
        look = "up" if value > 0 else "down"
    elif top > 0 and value and value > 0:
        look = f"bar bar-{max(1, min(STEPS, round(STEPS * value / top)))}"
    return CellText(written(value, lane.kind, page_language()), look)


def _tops(sheet: Sheet) -> dict[str, int]:
    """The longest bar of each column; columns of one measure share it."""
    tops = {
        lane.code: max((lane.value(head.code) or 0 for head in sheet.rows), default=0)
        for lane in sheet.lanes
    }
    if not sheet.is_pivoted:
        return tops
    shared = max((top for code, top in tops.items() if code != sheet.lead.code), default=0)
    return {code: top if code == sheet.lead.code else shared for code, top in tops.items()}


def _choices(user: User, question: Question) -> dict[str, Any]:
    """What the form lets one choose."""
    told = page_language()
    regions = [(each.code, each.name) for each in region_choices(user, clock.today())]
    territories = [(f"{TERRITORY}{each.code}", each.name) for each in territory_choices(user)]
    return {
        "dimensions": [(code, each.name.said(told)) for code, each in DIMENSIONS.items()],
        "measures": [(code, each.name.said(told)) for code, each in CHOSEN.items()],
        "spans": [(code, words.said(told)) for code, words in SPANS.items()],
        "regions": regions,
        "is_other_place": question.place not in dict([("", ""), *regions, *territories]),
        "territories": territories,
        "products": products().items(),
        "weekdays": [(str(day), weekday_name(day, told)) for day in range(7)],
        "weekday": "" if question.weekday is None else str(question.weekday),
    }

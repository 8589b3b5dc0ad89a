"""A question put to the summaries of sales: one read of the engine, whatever is asked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from backend.org.models import Region, Territory, common_path
from backend.pages.places import TERRITORY
from backend.problems import Problem
from reporting.builders import numbers
from reporting.explorer.dimensions import Dimension, weekday_name
from reporting.explorer.measures import COMMISSION, COMPARED, PLAN, Facts
from reporting.explorer.pivot import NOWHERE, Cell, Head, Pivot, Planned, pivoted, with_plans
from reporting.explorer.question import NAMES, BadQuestion, Question
from sales.figures.asked import Asked, Keys, SummaryRow, Told
from sales.figures.choices import agent_name, products
from sales.figures.planned import Plan, planned, with_planned
from sales.figures.summary_by_tree import summary_by_tree

#: Cells that one answer may have: a year of draws of 250 agents.
MOST_CELLS: Final = 100_000
#: Of a question against the plan so many months are read for a cell.
_MONTHS: Final = 12


class TooManyCells(Problem):
    code = "explorer.too_many_cells"

    def __init__(self) -> None:
        told = _(
            "Bảng này có hơn {most} ô, quá nhiều để xem. Hãy chọn ít ngày hơn, một địa bàn, hoặc"
            " chiều gọn hơn (tháng thay cho kỳ quay, địa bàn thay cho đại lý)."
        )
        super().__init__(told.format(most=numbers.whole(MOST_CELLS)))


@dataclass(frozen=True, slots=True)
class Answer:
    """A question's pivot, and its filters in words."""

    pivot: Pivot
    filters: tuple[str, ...]


def answer(
    question: Question, *, first: date, last: date, path: str | None, on: date, language: str = "vi"
) -> Answer:
    """What the summaries tell, within the units of `path` (`User.scope_path`).

    Territories are told as they are composed `on` the day. Raises BadQuestion for a place, agent or
    product that is not there or not in those units, TooManyCells.
    """
    within, filters = _limits(question, path, on, language)
    asked = Asked(
        first=first, last=last,
        by=tuple(each.engine for each in question.dimensions),
        level=next((d.level for d in question.dimensions if d.engine == "region"), "unit"),
        path=within, agent=question.agent or None, product=question.product or None,
        weekday=question.weekday, has_commission=question.measure == COMMISSION,
        is_compared=question.measure in COMPARED, limit=MOST_CELLS, on=on,
    )  # fmt: skip
    return Answer(_pivot(question, asked, language), filters)


def _pivot(question: Question, asked: Asked, language: str) -> Pivot:
    if question.measure == PLAN:
        return _against_plan(question, asked, language)
    rows = summary_by_tree(asked, is_today=bool(question.tree))
    if len(rows) > MOST_CELLS:
        raise TooManyCells
    return pivoted(_cells(rows, {}, question, language))


def _against_plan(question: Question, asked: Asked, language: str) -> Pivot:
    """Plans are of months: what was sold in months without one is no success of a plan."""
    by_month = replace(_by_month(asked, *asked.by), limit=MOST_CELLS * _MONTHS)
    plans = planned(by_month)
    rows = with_planned(summary_by_tree(by_month, is_today=bool(question.tree)), plans, by_month)
    found = pivoted(_cells(rows, plans, question, language))
    if len(found.cells) > MOST_CELLS:
        raise TooManyCells
    return _with_sums_of_plans(found, rows, by_month)


def _by_month(asked: Asked, *by: str) -> Asked:
    return replace(asked, by=by if "month" in by else (*by, "month"))


def _cells(
    rows: Iterable[Told], plans: Mapping[Keys, Plan], question: Question,
    language: str,
) -> Iterable[Cell]:  # fmt: skip
    heads: dict[tuple[int, Any], Head] = {}
    for row, is_estimate in rows:
        told = []
        for place, dimension in enumerate(question.dimensions):
            key = row.keys[place]
            head = heads.get((place, key))
            if head is None:
                head = heads[place, key] = _head(dimension, key, language)
            told.append(head)
        plan = plans.get(row.keys)
        facts = _facts(row, plan)
        yield Cell(told[0], told[1] if len(told) > 1 else None, facts, bool(is_estimate))


def _code(key: tuple[Any, ...]) -> str:
    """Of a place, product or month, as `_head` tells it."""
    value = key[0]
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    return NOWHERE if value is None else str(value)


def _head(dimension: Dimension, key: tuple[Any, ...], language: str) -> Head:
    value = key[0]
    if dimension.engine == "draw":
        return Head(value.isoformat(), numbers.day(value), (0, value.isoformat()))
    if dimension.engine == "month":
        return Head(f"{value:%Y-%m}", f"{value:%m/%Y}", (0, value.isoformat()))
    if dimension.engine == "weekday":
        return Head(str(value), weekday_name(value, language), (value, ""))
    if value is None:
        name = "in no territory" if language == "en" else "chưa thuộc vùng nào"
        return Head(NOWHERE, name, (1, ""))
    return Head(value, key[1], (0, value))


def _facts(row: SummaryRow, plan: Plan | None) -> Facts:
    week_now, week_before = row.week or (0, 0)
    year_now, year_before = row.year or (0, 0)
    return Facts(
        issued=row.issued,
        returned=row.returned,
        revenue=row.revenue_amount,
        commission=row.commission_amount or 0,
        planned=plan.tickets if plan else 0,
        week_now=week_now,
        week_before=week_before,
        year_now=year_now,
        year_before=year_before,
        under_plan=row.issued - row.returned if plan else 0,
    )


def _with_sums_of_plans(found: Pivot, rows: Iterable[Told], by_month: Asked) -> Pivot:
    """The plans of rows, columns and the whole, each as it was decided, beside what their months sold."""
    return with_plans(
        found,
        rows=_planned_by(by_month, rows, 0),
        columns=_planned_by(by_month, rows, 1) if found.columns else {},
        total=_planned_by(by_month, rows, None).get("", (0, 0)),
    )


def _planned_by(by_month: Asked, rows: Iterable[Told], place: int | None) -> dict[str, Planned]:
    """By the code of a row (`place` 0) or column (1); the whole by ""."""
    asked = _by_month(by_month, *(() if place is None else by_month.by[place : place + 1]))
    month, told_month = by_month.by.index("month"), asked.by.index("month")
    sold: dict[tuple[str, date], int] = defaultdict(int)
    for row, _is_estimate in rows:
        code = "" if place is None else _code(row.keys[place])
        sold[code, row.keys[month][0]] += row.tickets.sold
    found: dict[str, Planned] = {}
    for keys, plan in planned(asked).items():
        code = "" if place is None else _code(keys[0])
        tickets, under_plan = found.get(code, (0, 0))
        found[code] = tickets + plan.tickets, under_plan + sold[code, keys[told_month][0]]
    return found


def _limits(
    question: Question, path: str | None, on: date, language: str
) -> tuple[str | None, tuple[str, ...]]:
    """The units it is about, and every filter in words. Raises BadQuestion."""
    within, filters = path, []
    if question.place:
        place, name = _place(question.place, on)
        within = common_path(place, path)
        if within == "":
            raise _unknown("dia_ban", question.place)
        filters.append(name)
    if question.agent:
        agent = agent_name(question.agent, within)
        if agent is None:
            raise _unknown("dai_ly", question.agent)
        filters.append(f"{question.agent} {agent}")
    if question.product:
        if question.product not in products():
            raise _unknown("loai_ve", question.product)
        filters.append(question.product)
    if question.weekday is not None:
        filters.append(weekday_name(question.weekday, language))
    if question.tree:
        filters.append("theo địa bàn hiện nay" if language == "vi" else "in today's units")
    return within, tuple(filters)


def _place(text: str, on: date) -> tuple[str, str]:
    """The path and name of ?dia_ban=. Raises BadQuestion."""
    if text.startswith(TERRITORY):
        code = text.removeprefix(TERRITORY)
        territory = Territory.objects.filter(code=code).first()
        if territory is not None:
            return territory.scope_path(on), territory.name
    else:
        region = Region.objects.filter(code=text).order_by("-valid_from").first()
        if region is not None:
            return region.path, region.name
    raise _unknown("dia_ban", text)


def _unknown(name: str, text: str) -> BadQuestion:
    told = _("{part} ({name}): không có mã «{text}» trong phạm vi của bạn; hãy xem lại mã.")
    return BadQuestion((told.format(part=NAMES[name], name=name, text=text),), status=404)

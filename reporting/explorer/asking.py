"""A question put to the summaries of sales: one read of the engine, whatever is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from backend.org.models import Region, Territory
from backend.pages.places import TERRITORY
from backend.problems import Problem
from reporting.builders import numbers
from reporting.explorer.pivot import NOWHERE, Cell, Head, Pivot, pivoted, with_plans
from reporting.explorer.question import NAMES, BadQuestion, Question
from reporting.explorer.words import COMMISSION, COMPARED, PLAN, Dimension, Facts, weekday_name
from sales.figures.asked import Asked, SummaryRow
from sales.figures.choices import agent_name, products
from sales.figures.planned import Plan, planned, with_planned
from sales.figures.summary import summary
from sales.figures.summary_today import summary_today

#: Cells that one answer may have: a year of draws of 250 agents.
MOST_CELLS: Final = 100_000


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
    rows = _told(question, asked)
    plans = planned(asked) if question.measure == PLAN else {}
    if plans:
        rows = with_planned(rows, plans, asked)
    if len(rows) > MOST_CELLS:
        raise TooManyCells
    found = pivoted(_cells(rows, plans, question, language))
    return _with_sums_of_plans(found, question, asked) if question.measure == PLAN else found


def _told(question: Question, asked: Asked) -> list[tuple[SummaryRow, bool | None]]:
    if question.tree:
        return list(summary_today(asked))
    return [(row, None) for row in summary(asked)]


def _cells(
    rows: Iterable[tuple[SummaryRow, bool | None]], plans: Mapping[Any, Plan], question: Question,
    language: str,
) -> Iterable[Cell]:  # fmt: skip
    heads: dict[tuple[int, Any], Head] = {}
    for row, is_estimate in rows:
        told = []
        for place, (dimension, key) in enumerate(zip(question.dimensions, row.keys, strict=True)):
            head = heads.get((place, key))
            if head is None:
                head = heads[place, key] = _head(dimension, key, language)
            told.append(head)
        plan = plans.get(row.keys)
        facts = _facts(row, plan.tickets if plan else 0)
        yield Cell(told[0], told[1] if len(told) > 1 else None, facts, bool(is_estimate))


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


def _facts(row: SummaryRow, tickets_planned: int) -> Facts:
    tickets = row.tickets
    return Facts(
        tickets.issued, tickets.returned, tickets.revenue_amount, row.commission_amount or 0,
        tickets_planned, *(row.week or (0, 0)), *(row.year or (0, 0)),
    )  # fmt: skip


def _with_sums_of_plans(found: Pivot, question: Question, asked: Asked) -> Pivot:
    """The plans of rows, columns and the whole, each as it was decided."""
    row, *column = question.dimensions
    return with_plans(
        found,
        rows=_planned_by(replace(asked, by=(row.engine,)), row),
        columns=_planned_by(replace(asked, by=(column[0].engine,)), column[0]) if column else {},
        total=sum(each.tickets for each in planned(replace(asked, by=())).values()),
    )


def _planned_by(asked: Asked, dimension: Dimension) -> dict[str, int]:
    return {
        _head(dimension, keys[0], "vi").code: plan.tickets for keys, plan in planned(asked).items()
    }


def _limits(
    question: Question, path: str | None, on: date, language: str
) -> tuple[str | None, tuple[str, ...]]:
    """The units it is about, and every filter in words. Raises BadQuestion."""
    within, filters = path, []
    if question.place:
        place, name = _place(question.place, on)
        within = common(path, place)
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


def common(one: str | None, other: str | None) -> str | None:
    """The units below both (paths with "|" between; None is all, "" none)."""
    if one is None or other is None:
        return other if one is None else one
    pairs = (sorted((a, b), key=len) for a in one.split("|") for b in other.split("|"))
    return "|".join(sorted({low for high, low in pairs if f"{low}/".startswith(f"{high}/")}))

"""A question as a report: what a schedule makes of a saved view, and what an export holds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from django.urls import reverse

from backend.pages.places import TERRITORY
from reporting.builders.content import Block, Blocks, Kind, Part, figure
from reporting.defining import SALES_SCOPES, Asked, Definition, SectionOf, Source, Words
from reporting.explorer.asking import Answer, answer
from reporting.explorer.dimensions import DIMENSIONS, weekday_name
from reporting.explorer.measures import CHOSEN, MEASURES, PLAN, Measure
from reporting.explorer.pivot import NOWHERE, Head, pivoted
from reporting.explorer.question import FROM_TO, BadQuestion, Question, readable
from reporting.explorer.sheet import Sheet, sheet_of
from reporting.explorer.spans import Days
from reporting.explorer.telling import chart_of, sentences_of, table_of
from reporting.models.views import SavedView
from reporting.periods import Period, PeriodKind

REMARKS: Final = (
    "Chỉ các kỳ đã quay. Tỷ lệ của dòng Cộng tính từ tổng, không phải trung bình các tỷ lệ.",
    "“Tuần trước”, “năm trước” là kỳ quay cùng thứ cách đây 1 và 52 tuần; chỉ so các kỳ có kỳ tương ứng.",
)
PLAN_REMARK: Final = "Kế hoạch là bản đã duyệt mới nhất, tính tròn các tháng có ngày được chọn."


def report_of(question: Question, *, code: str, slug: str, name: str) -> Definition:
    """The report that answers the question for a period and a scope."""
    return Definition(
        code=code,
        slug=slug,
        title=Words(name, name),
        short=Words(name, name),
        period=PeriodKind.TO_DRAW,
        capability="sales.view",
        scopes=SALES_SCOPES,
        datasets={"answer": lambda asked: _read(question, asked)},
        sections=(
            SectionOf("table", title_of(question, "vi"), _told(question), needs=("answer",)),
        ),
        sources=frozenset({Source.AGENTS}),
        headline=lambda _asked, data: _headline(question, data),
        remarks=(*REMARKS, PLAN_REMARK) if question.measure == PLAN else REMARKS,
        about=Words(title_of(question, "vi"), title_of(question, "en")),
        reaches=lambda period: reached(question, period),
    )


def question_of(view: SavedView) -> Question:
    """What the view asks; a part that the program no longer knows is as usual."""
    question, _faults = readable(view.question)
    return question


def report_of_view(view: SavedView) -> Definition:
    """The report that the view is."""
    slug = f"kham-pha-{view.pk}"
    return report_of(question_of(view), code=view.code, slug=slug, name=view.name)


def reached(question: Question, period: Period) -> Period:
    """The question's days, seen when the draw the period ends with was over."""
    first, last = question.days(last=period.last, now=period.last + timedelta(days=1))
    return replace(period, first=first, last=last)


def title_of(question: Question, language: str) -> str:
    """Like "Doanh thu theo đại lý × tháng"."""
    names = [each.name.said(language) for each in question.dimensions]
    joined = " × ".join(name.lower() for name in names)
    told = question.told.name
    return f"{told.en} by {joined}" if language == "en" else f"{told.vi} theo {joined}"


@cache
def english_words() -> dict[str, str]:
    """What a report of any question says, in Vietnamese → in English: titles, heads, the headline."""
    names = [each.name for each in MEASURES.values()]
    names += [each.name for each in DIMENSIONS.values()]
    questions = [
        Question(rows, columns, measure)
        for measure in CHOSEN for rows in DIMENSIONS for columns in ("", *DIMENSIONS)
    ]  # fmt: skip
    return (
        {name.vi.lower(): name.en.lower() for name in names}
        | {name.vi: name.en for name in names}
        | {weekday_name(day, "vi"): weekday_name(day, "en") for day in range(7)}
        | {title_of(each, "vi"): title_of(each, "en") for each in questions}
    )


def links_of(question: Question, heads: Sequence[Head], days: Days) -> dict[str, str]:
    """What is behind each row: the page of an agent or draw, the agents of a unit or territory."""
    engine = question.row_dimension.engine
    if page := {"agent": "agent", "draw": "draw_result"}.get(engine):
        return {head.code: reverse(page, args=[head.code]) for head in heads}
    before = {"region": "", "territory": TERRITORY}.get(engine)
    if before is None:
        return {}
    agents = question.but(
        rows="dai_ly", columns="" if question.columns == "dai_ly" else question.columns,
        span=FROM_TO, first=days[0], last=days[1], sort="",
    )  # fmt: skip
    return {
        head.code: f"{reverse('explorer')}?{agents.but(place=f'{before}{head.code}').query}"
        for head in heads
        if head.code != NOWHERE
    }


def _rows(question: Question, asked: Asked) -> str:
    """The question on the days and in the scope it was told of."""
    there = question.but(
        span=FROM_TO, first=asked.period.first, last=asked.period.last,
        place=question.place or asked.scope.place,
    )  # fmt: skip
    return f"{reverse('explorer')}?{there.query}"


def _read(question: Question, asked: Asked) -> Answer:
    """What the scope may be told; nothing where the question is about other units."""
    on: date = asked.period.last
    try:
        return answer(question, first=asked.period.first, last=on, path=asked.scope.path, on=on)
    except BadQuestion:
        if asked.scope.path is None:
            raise
        return Answer(pivoted(()), ())


def _sheet(question: Question, told: Answer) -> Sheet:
    return sheet_of(
        told.pivot, question.row_dimension, question.column_dimension, question.told,
        sort=question.sort,
    )  # fmt: skip


def _told(question: Question) -> Any:
    """The builder of the one section."""

    def build(asked: Asked, told: Answer) -> Blocks:
        if told.pivot.is_empty:
            return ()
        sheet = _sheet(question, told)
        title = ", ".join([title_of(question, "vi"), *told.filters])
        days = asked.period.first, asked.period.last
        links = links_of(question, sheet.rows, days)
        blocks: list[Block | None] = [
            sentences_of(sheet, question.told, link=_rows(question, asked), links=links),
            chart_of(sheet, question.row_dimension, question.column_dimension, title),
            table_of(sheet, question.row_dimension, title, links=links),
        ]
        return tuple(block for block in blocks if block is not None)

    return build


def _headline(question: Question, data: Mapping[str, Any]) -> tuple[Part, ...]:
    told: Answer | None = data["answer"]
    value = question.told.of(told.pivot.total) if told else None
    if value is None:
        return ()
    return (f"{question.told.name.vi.lower()} ", figure(value, _said(question.told)))


def _said(measure: Measure) -> Kind:
    return Kind.MONEY if measure.kind is Kind.AMOUNT else measure.kind

"""A sheet as the blocks of a report: a sentence, a chart, the table. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from backend.shares import share_bps
from reporting.builders.content import (
    Chart,
    Column,
    Form,
    Kind,
    Row,
    Sentence,
    Sentences,
    Series,
    Table,
    figure,
    linked,
    row,
)
from reporting.builders.shaping import MAIL_COLUMNS
from reporting.explorer.dimensions import Dimension
from reporting.explorer.measures import Measure
from reporting.explorer.pivot import Head
from reporting.explorer.sheet import Lane, Sheet, fitting

#: So many columns of numbers (a year's months and their total) and rows stand on paper; the workbook has all of them.
ON_PAPER: Final = 13
SHOWN: Final = 60
IN_MAIL: Final = 10
#: Room in a chart: lying bars, lines beside each other, points of a line.
BARS: Final = 15
LINES: Final = 5
POINTS: Final = 400
#: Excel's widths where many columns of amounts stand side by side.
_NARROW: Final = {Kind.AMOUNT: 15, Kind.MILLIONS: 15, Kind.TICKETS: 12}
_SAID: Final = {Kind.AMOUNT: Kind.MONEY, Kind.MILLIONS: Kind.MONEY}


def table_of(
    sheet: Sheet, dimension: Dimension, title: str, *, links: dict[str, str] | None = None
) -> Table:
    """All rows and columns; paper and mail take what they have room for."""
    is_day = dimension.engine == "draw"
    lanes = sheet.lanes
    on_paper = {lane.code for lane in fitting(sheet, ON_PAPER).lanes}
    in_mail = _in_mail(sheet)
    columns = (
        *(() if dimension.has_order else (Column("Mã", Kind.TEXT, on_paper=False, width=12),)),
        Column(dimension.name.vi, Kind.DAY if is_day else Kind.TEXT, in_mail=True),
        *(
            Column(lane.name, lane.kind, adds=lane.measure.adds, on_paper=lane.code in on_paper,
                   in_mail=lane.code in in_mail, width=_NARROW.get(lane.kind, 0))
            for lane in lanes
        ),
    )  # fmt: skip
    rows = tuple(_row(head, dimension, lanes, links or {}) for head in sheet.rows)
    label: tuple[str | None, ...] = ("Cộng",) if dimension.has_order else ("", "Cộng")
    total = Row((*label, *(lane.sum for lane in lanes)))
    missing = len(lanes) - len(on_paper)
    note = f"Còn {missing} cột trong bảng Excel." if missing else ""
    return Table(title, columns, rows, total, SHOWN, IN_MAIL, note)


def _in_mail(sheet: Sheet) -> set[str]:
    """The measure, and of those beside it as many as a mail has room for; of a pivot the totals."""
    beside = [] if sheet.is_pivoted else [lane.code for lane in sheet.columns]
    return {sheet.lead.code, *beside[: MAIL_COLUMNS - 2]}


def _row(head: Head, dimension: Dimension, lanes: Sequence[Lane], links: dict[str, str]) -> Row:
    name = linked(head.code if dimension.engine == "draw" else head.name, links.get(head.code, ""))
    values = [lane.value(head.code) for lane in lanes]
    return row(name, *values) if dimension.has_order else row(head.code, name, *values)


def sentences_of(
    sheet: Sheet, measure: Measure, *, link: str = "", links: Mapping[str, str] | None = None
) -> Sentences | None:
    """The whole, and who has most of it. `link` leads to all rows, `links` to what is behind each."""
    kind = _SAID.get(sheet.lead.kind, sheet.lead.kind)
    whole = sheet.lead.sum
    if whole is None:
        return None
    vi, en = measure.name.vi, measure.name.en
    every = figure(whole, kind, link)
    first = Sentence((f"{vi}: ", every, "."), (f"{en}: ", every, "."))
    top = _greatest(sheet) if measure.adds and whole > 0 and len(sheet.rows) > 1 else None
    if top is None:
        return Sentences((first,))
    head, value = top
    behind = (links or {}).get(head.code, link)
    share, amount = figure(share_bps(value, whole), Kind.SHARE, link), figure(value, kind, behind)
    most = Sentence(
        (f"Cao nhất là {head.name}: ", amount, ", chiếm ", share, "."),
        ("The highest is ", head.name, ": ", amount, ", ", share, " of the whole."),
    )
    return Sentences((first, most))


def _greatest(sheet: Sheet) -> tuple[Head, int] | None:
    found = [
        (head, value) for head in sheet.rows if (value := sheet.lead.value(head.code)) is not None
    ]
    return max(found, key=lambda each: each[1], default=None)


def chart_of(
    sheet: Sheet, rows: Dimension, columns: Dimension | None, title: str, *, language: str = "vi"
) -> Chart | None:
    """What shows the sheet best: lines over time, upright bars over weekdays, else lying bars."""
    form, along, names, series = _drawing(sheet, rows, columns)
    if not names:
        return None
    head = along.name.said(language)
    told = ", ".join(each.name for each in series)
    described = f"{told}; {head}: {len(names)}."
    return Chart(
        title, described, form, head, names, series, sheet.lead.kind, beside=True, in_mail=True
    )


#: The form of a chart, what its categories are, their names, and what is drawn over them.
_Drawing = tuple[Form, Dimension, tuple[str, ...], tuple[Series, ...]]


def _drawing(sheet: Sheet, rows: Dimension, columns: Dimension | None) -> _Drawing:
    if rows.is_time:
        return _over_rows(sheet, rows)
    if columns is not None and columns.is_time:
        return _over_columns(sheet, columns)
    lead = sheet.lead
    if rows.engine == "weekday" and lead.kind is not Kind.CHANGE:
        return _bars(Form.COLUMN, rows, sheet.pivot.rows, [lead])
    top = [head for head in sheet.rows if lead.value(head.code) is not None][:BARS]
    return _bars(Form.BAR, rows, top, [lead])


def _over_rows(sheet: Sheet, rows: Dimension) -> _Drawing:
    """The rows are days or months: a line for the measure, or for each of the first columns."""
    lanes = sheet.columns[:LINES] if sheet.is_pivoted else []
    return _bars(Form.LINE, rows, sheet.pivot.rows[-POINTS:], lanes or [sheet.lead])


def _over_columns(sheet: Sheet, columns: Dimension) -> _Drawing:
    """The columns are days or months: a line for each of the first rows."""
    lanes = sheet.columns[-POINTS:]
    series = tuple(
        Series(head.name, tuple(lane.value(head.code) for lane in lanes))
        for head in sheet.rows[:LINES]
    )
    return Form.LINE, columns, tuple(lane.name for lane in lanes), series


def _bars(form: Form, along: Dimension, heads: Sequence[Head], lanes: Sequence[Lane]) -> _Drawing:
    series = tuple(
        Series(lane.name, tuple(lane.value(head.code) for head in heads)) for lane in lanes
    )
    return form, along, tuple(head.name for head in heads), series

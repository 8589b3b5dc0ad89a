"""A pivot as it is read: which columns stand where, in what order its rows come. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from reporting.builders.content import Kind
from reporting.defining import Words
from reporting.explorer.dimensions import Dimension
from reporting.explorer.measures import MEASURES, Facts, Measure
from reporting.explorer.pivot import Head, Pivot

#: From so many đồng on, amounts are written in millions.
IN_MILLIONS: Final = 100_000_000
TOTAL: Final = Words("Cộng", "Total")
#: The code of the column of totals, and of the rows' own order.
SUM, OWN = "tong", "hang"


@dataclass(frozen=True, slots=True)
class Lane:
    """A column as it is read: `facts` of a row (None: nothing happened), and of all rows."""

    code: str
    name: str
    measure: Measure
    kind: Kind
    facts: Callable[[str], Facts | None]
    total: Facts

    def value(self, row: str) -> int | None:
        facts = self.facts(row)
        return None if facts is None else self.measure.of(facts)

    @property
    def sum(self) -> int | None:
        return self.measure.of(self.total)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows in order and the columns to read them by; `lead` is the column that tells the measure.

    Where the columns are days or months (`over_time`) and not all have room, the newest stay.
    """

    pivot: Pivot
    rows: tuple[Head, ...]
    lanes: tuple[Lane, ...]
    lead: Lane
    over_time: bool = False

    @property
    def is_pivoted(self) -> bool:
        return bool(self.pivot.columns)

    @property
    def columns(self) -> tuple[Lane, ...]:
        """All but the totals'."""
        return tuple(lane for lane in self.lanes if lane is not self.lead)


def sheet_of(
    pivot: Pivot, row: Dimension, column: Dimension | None, measure: Measure, *, sort: str = "",
    language: str = "vi",
) -> Sheet:  # fmt: skip
    """The pivot by a measure. `sort` is a column's code, "tong" or "hang", "-" before it: downwards.

    Without it days, months and weekdays come in their order, anything else the greatest first;
    columns always do.
    """
    lanes = _pivoted(pivot, column, measure, language) if column else _side_by_side(pivot, measure, language)  # fmt: skip
    lead = next(lane for lane in lanes if lane.code in (SUM, measure.code))
    rows = _rows(pivot, lanes, lead, sort or _usual(row))
    return Sheet(pivot, rows, lanes, lead, over_time=column is not None and column.is_time)


def _usual(row: Dimension) -> str:
    return OWN if row.has_order else f"-{SUM}"


def _rows(pivot: Pivot, lanes: Iterable[Lane], lead: Lane, sort: str) -> tuple[Head, ...]:
    is_down, code = sort.startswith("-"), sort.removeprefix("-")
    if code == OWN:
        return tuple(reversed(pivot.rows)) if is_down else pivot.rows
    by = next((lane for lane in lanes if lane.code == code), lead)
    return ordered(pivot.rows, by.value, is_down=is_down)


def ordered(
    heads: Iterable[Head], value: Callable[[str], int | None], *, is_down: bool = True
) -> tuple[Head, ...]:
    """By a value, else in their own order; what has none comes last either way."""

    def key(head: Head) -> tuple[bool, int]:
        found = value(head.code)
        return found is None, (-1 if is_down else 1) * (found or 0)

    return tuple(sorted(heads, key=key))


def _side_by_side(pivot: Pivot, measure: Measure, language: str) -> tuple[Lane, ...]:
    """Nothing in columns: the measures that belong together."""
    return tuple(
        _lane(code, MEASURES[code].name.said(language), MEASURES[code], pivot.row_sums, pivot.total)
        for code in measure.beside
    )


def _pivoted(pivot: Pivot, column: Dimension, measure: Measure, language: str) -> tuple[Lane, ...]:
    columns = pivot.columns
    if not column.has_order:
        columns = ordered(columns, lambda code: measure.of(pivot.column_sums[code]))
    every = _lane(SUM, TOTAL.said(language), measure, pivot.row_sums, pivot.total)
    lanes = [_column(head, pivot, measure, every.kind) for head in columns]
    return (*lanes, every)


def _column(head: Head, pivot: Pivot, measure: Measure, kind: Kind) -> Lane:
    def facts(row: str) -> Facts | None:
        return pivot.cells.get((row, head.code))

    return Lane(head.code, head.name, measure, kind, facts, pivot.column_sums[head.code])


def _lane(code: str, name: str, measure: Measure, sums: Mapping[str, Facts], total: Facts) -> Lane:
    return Lane(code, name, measure, _kind(measure, total), sums.get, total)


def _kind(measure: Measure, total: Facts) -> Kind:
    """Large amounts in millions; the workbook has them to the đồng."""
    if measure.kind is Kind.AMOUNT and (measure.of(total) or 0) >= IN_MILLIONS:
        return Kind.MILLIONS
    return measure.kind


def fitting(sheet: Sheet, most: int) -> Sheet:
    """The sheet with at most so many columns, the totals' among them: the first, or the newest."""
    if len(sheet.lanes) <= most:
        return sheet
    room = most - 1
    kept = sheet.columns[-room:] if sheet.over_time else sheet.columns[:room]
    return replace(sheet, lanes=(*kept, sheet.lead))

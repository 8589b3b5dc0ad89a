"""Tables as an Excel workbook or as CSV, row by row, whatever their length. Pure.

A text is never a formula: in the workbook it is written as a text, in CSV one that begins like a
formula gets an apostrophe. A text longer than a cell of Excel is cut and says by how much, and a
table longer than a sheet goes on in the next one.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from itertools import chain, islice
from typing import IO, Any, Final

import xlsxwriter

from backend.heading import Heading

#: What Excel holds: characters in a cell, rows in a sheet.
LONGEST_TEXT: Final = 32_767
MOST_ROWS: Final = 1_048_576
#: What a program for tables may take for the beginning of a formula, wide forms included.
FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

#: Columns together wider than this are printed side by side on several pages, at so many percent.
_ONE_PAGE: Final = 230
_SMALL: Final = 65
_LINE_HEIGHT: Final = 13.5
_MOST_LINES: Final = 12

_FONT: Final = "Times New Roman"
_LINE: Final = {"bottom": 4, "bottom_color": "#bfbfbf", "valign": "top"}
_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 14},
    "note": {"italic": True},
    "head": {
        "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1,
        "bg_color": "#e7e6e6",
    },
    "text": _LINE,
    "wrap": _LINE | {"text_wrap": True},
    "centre": _LINE | {"align": "center", "shrink": True},  # else neighbours cover what is long
    "day": _LINE | {"num_format": "dd/mm/yyyy", "align": "center"},
    "moment": _LINE | {"num_format": "dd/mm/yyyy hh:mm:ss", "align": "center"},
    "whole": _LINE | {"num_format": "#,##0"},
    "plain": _LINE | {"num_format": "0", "align": "center"},
    "change": _LINE | {"num_format": "+#,##0;-#,##0;0"},
    "percent": _LINE | {"num_format": "0.0%"},
    "decimal": _LINE | {"num_format": "#,##0.00"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of the cells of its row in the columns `first` to `last`, counted from 0."""

    first: int
    last: int
    value: float


Value = str | int | float | date | datetime | Sum | None


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is text, centre, wrap, day, moment (Vietnamese time), whole, plain (a number that is no
    amount), change, percent (a share of 1) or decimal.
    """

    head: str
    width: float
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name, what stands above the heads, and the rows, which are read once.

    `frozen` columns stay on the left; the workbook opens with the sheet that `opens`. Without a title
    the heads are the first row, as programs want them.
    """

    name: str
    title: str
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value]]
    frozen: int = 0
    opens: bool = False


def write_workbook(
    sink: IO[bytes],
    tables: Iterable[Table],
    *,
    title: str,
    heading: Heading | None = None,
    most_rows: int = MOST_ROWS,
) -> int:
    """Write the tables to `sink`; returns the number of rows. Memory does not grow with them."""
    book = xlsxwriter.Workbook(
        sink,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    made = {} if heading is None else {
        "author": heading.company, "created": heading.made_at.replace(tzinfo=None)
    }  # fmt: skip
    book.set_properties({"title": title, **made})
    formats = {
        name: book.add_format({"font_name": _FONT, "font_size": 10} | look)
        for name, look in _FORMATS.items()
    }
    written = sum(_table(book, formats, table, most_rows) for table in tables)
    book.close()
    return written


def _table(book: Any, formats: dict[str, Any], table: Table, most_rows: int) -> int:
    """As many sheets as the rows need, at least one."""
    rows = iter(table.rows)
    room = most_rows - _top(table) - 1
    written, number = 0, 1
    part: Iterable[Sequence[Value]] = islice(rows, room)
    while True:
        written += _sheet(book, formats, table, part, number)
        following = next(rows, None)
        if following is None:
            return written
        number += 1
        part = chain([following], islice(rows, room - 1))


def _top(table: Table) -> int:
    """The row of the heads: title, notes, an empty row."""
    return len(table.notes) + 2 if table.title else 0


def _sheet(
    book: Any, formats: dict[str, Any], table: Table, rows: Iterable[Sequence[Value]], number: int
) -> int:
    sheet = book.add_worksheet(table.name if number == 1 else f"{table.name} ({number})")
    top, last = _top(table), len(table.columns) - 1
    if table.opens and number == 1:
        sheet.activate()
    _paper(sheet, table, top)
    if table.title:
        sheet.write_string(0, 0, cut_text(table.title), formats["title"])
    for row, note in enumerate(table.notes, start=1):
        sheet.write_string(row, 0, cut_text(note), formats["note"])
    sheet.set_row(top, row_height([(column.head, column) for column in table.columns], least=2))
    for place, column in enumerate(table.columns):
        sheet.write_string(top, place, column.head, formats["head"])
    row = top
    looks = [formats[column.kind] for column in table.columns]
    wrapped = [(at, column) for at, column in enumerate(table.columns) if column.kind == "wrap"]
    for values in rows:
        row += 1
        if wrapped:
            sheet.set_row(row, row_height([(values[at], column) for at, column in wrapped]))
        for place, (value, look) in enumerate(zip(values, looks, strict=True)):
            _cell(sheet, row, place, value, look)
    sheet.autofilter(top, 0, max(row, top + 1), last)
    return row - top


def _paper(sheet: Any, table: Table, top: int) -> None:
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
    sheet.set_landscape()
    sheet.set_paper(9)
    if sum(column.width for column in table.columns) <= _ONE_PAGE or not table.frozen:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.set_print_scale(_SMALL)
        sheet.repeat_columns(0, table.frozen - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, table.frozen)
    sheet.set_footer("&C&8Trang &P/&N")


def row_height(cells: Sequence[tuple[Value, Column]], *, least: int = 1) -> float:
    """Of a row whose texts are wrapped: not every program for tables finds it by itself."""
    lines = [_lines(text, column.width) for text, column in cells if isinstance(text, str)]
    return _LINE_HEIGHT * min(max(least, *lines, 1), _MOST_LINES)


def _lines(text: str, width: float) -> int:
    """Words are not cut, so a line is rarely full."""
    return sum(1 + int(len(line) * 1.1 / width) for line in text.split("\n"))


def _cell(sheet: Any, row: int, place: int, value: Value, look: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, place, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, place, cut_text(value), look)
    elif isinstance(value, date):
        moment = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.write_datetime(row, place, moment, look)
    elif isinstance(value, Sum):
        first, last = (xlsxwriter.utility.xl_col_to_name(at) for at in (value.first, value.last))
        formula = f"=SUM({first}{row + 1}:{last}{row + 1})"
        sheet.write_formula(row, place, formula, look, value.value)
    else:
        sheet.write_number(row, place, value, look)


def cut_text(text: str) -> str:
    """The text as far as a cell of Excel holds it; what is cut off says how much it was."""
    if len(text) <= LONGEST_TEXT:
        return text
    kept = LONGEST_TEXT - 40
    return f"{text[:kept]}… (còn {len(text) - kept} ký tự)"


_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """CSV as RFC 4180 has it: UTF-8 with a byte order mark, commas, every text in quotes.

    Texts in quotes keep a comma, a semicolon or a line break of their own inside. Days are
    yyyy-mm-dd, moments ISO 8601, numbers plain with a point.
    """
    yield "\ufeff".encode()
    for row in chain([columns], rows):
        buffer = StringIO()
        csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerow(
            [_plain(value) for value in row]
        )
        yield buffer.getvalue().encode()


def _plain(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, Sum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        text = _UNSEEN.sub(" ", value)
        return f"'{text}" if text.startswith(FORMULA_BEGINS) else text
    return value

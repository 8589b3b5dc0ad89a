"""A copy of a file with what is wrong beside each cell, as comments. Pure.

The copy has the values of the file, not its looks: so it can be made of .xls and .csv too, and of a
hundred thousand rows.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

_FILL: Final = PatternFill("solid", fgColor="FFF2B8B5")
#: What Excel takes in one cell.
_LONGEST: Final = 32_767
MOST_COMMENTS: Final = 5_000
#: So many rows tell how wide a column is, in characters at most.
_MEASURED: Final = 200
_WIDEST: Final = 40


def annotated(
    rows: Sequence[Sequence[Any]],
    said: Mapping[tuple[int, int], Sequence[str]],
    *,
    head_row: int,
    author: str,
) -> bytes:
    """A workbook of `rows`; `said` is what is wrong by row from 1 and column from 0.

    The last column tells all of a row in words, for those who read no comments, and so does it beyond
    the first `MOST_COMMENTS`: Excel opens no more of them in time. Rows down to `head_row` stay in sight.
    """
    told = by_row(said)
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    width = max(map(len, rows), default=0)
    _lay_out(sheet, rows, width, head_row=head_row)
    commented = set(sorted(said)[:MOST_COMMENTS])
    for number, row in enumerate(rows, 1):
        cells = [
            _cell(
                sheet, value, said.get((number, at)), author, has_comment=(number, at) in commented
            )
            for at, value in enumerate(row)
        ]
        if number in told:
            cells += [None] * (width - len(row))
            cells.append(_cell(sheet, " ".join(told[number]), None, author))
        sheet.append(cells)
    sink = BytesIO()
    book.save(sink)
    return sink.getvalue()


def _lay_out(sheet: Any, rows: Sequence[Sequence[Any]], width: int, *, head_row: int) -> None:
    """Rows down to the heads stay in sight, columns are as wide as they need."""
    sheet.freeze_panes = f"A{head_row + 1}"
    for at in range(width):
        sheet.column_dimensions[get_column_letter(at + 1)].width = _width(rows, at)
    sheet.column_dimensions[get_column_letter(width + 1)].width = _WIDEST * 2


def _width(rows: Sequence[Sequence[Any]], at: int) -> int:
    """As wide as its first cells need, a title over all columns left aside."""
    shown = (len(str(row[at])) for row in rows[:_MEASURED] if at < len(row))
    return max((length for length in shown if length <= _WIDEST), default=0) + 3


def by_row(said: Mapping[tuple[int, int], Sequence[str]]) -> dict[int, list[str]]:
    """All that is said of each row."""
    told: dict[int, list[str]] = defaultdict(list)
    for (row, _column), texts in sorted(said.items()):
        told[row] += texts
    return told


def _cell(
    sheet: Any, value: Any, texts: Sequence[str] | None, author: str, *, has_comment: bool = False
) -> Any:
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST]
    cell = WriteOnlyCell(sheet, value="" if value is None else value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text is never a formula
    elif isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    if texts:
        cell.fill = _FILL
        if has_comment:
            cell.comment = Comment("\n".join(texts), author, height=80, width=320)
    return cell

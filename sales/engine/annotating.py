"""A copy of a file with what is wrong beside each cell, as comments. Pure.

The copy has the values of the file, not its looks: so it can be made of .xls and .csv too, and of a
hundred thousand rows.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

_FILL: Final = PatternFill("solid", fgColor="FFF2B8B5")
#: What Excel takes in one cell.
_LONGEST: Final = 32_767


def annotated(
    rows: Sequence[Sequence[Any]], said: Mapping[tuple[int, int], Sequence[str]], *, author: str
) -> bytes:
    """A workbook of `rows`; `said` is what is wrong by row from 1 and column from 0.

    The last column tells all of a row in words, for those who read no comments.
    """
    told = by_row(said)
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    width = max(map(len, rows), default=0)
    for number, row in enumerate(rows, 1):
        cells = [
            _cell(sheet, value, said.get((number, at)), author) for at, value in enumerate(row)
        ]
        if number in told:
            cells += [None] * (width - len(row))
            cells.append(_cell(sheet, " ".join(told[number]), None, author))
        sheet.append(cells)
    sink = BytesIO()
    book.save(sink)
    return sink.getvalue()


def by_row(said: Mapping[tuple[int, int], Sequence[str]]) -> dict[int, list[str]]:
    """All that is said of each row."""
    told: dict[int, list[str]] = defaultdict(list)
    for (row, _column), texts in sorted(said.items()):
        told[row] += texts
    return told


def _cell(sheet: Any, value: Any, texts: Sequence[str] | None, author: str) -> Any:
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST]
    cell = WriteOnlyCell(sheet, value="" if value is None else value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text is never a formula
    if texts:
        cell.comment = Comment("\n".join(texts), author, height=80, width=320)
        cell.fill = _FILL
    return cell

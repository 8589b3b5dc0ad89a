"""Writing cells of an openpyxl sheet fast and safely. Pure."""

from dataclasses import dataclass

from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.worksheet import Worksheet

_FONT = "Times New Roman"
_THIN = Side(style="thin", color="000000")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_REST = PatternFill("solid", fgColor="E7E6E6")
_ALIGN = {
    "centre": Alignment(horizontal="center", vertical="center", wrap_text=True),
    "left": Alignment(horizontal="left", vertical="center"),
    "name": Alignment(horizontal="left", vertical="center", shrink_to_fit=True),
    "text": Alignment(horizontal="left", vertical="top", wrap_text=True),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell is drawn; `align` is "centre", "left", "name" (shrunk to fit) or "text" (wrapped)."""

    bold: bool = False
    italic: bool = False
    size: int = 10
    align: str = "centre"
    box: bool = False
    rest: bool = False
    number_format: str = ""


class Paper:
    """A sheet to write on. `styles` belongs to the workbook: equal looks share one style.

    Styling each of 20,000 cells by itself takes five times as long as writing them.
    """

    def __init__(self, sheet: Worksheet, styles: dict[Look, StyleArray]) -> None:
        self.sheet = sheet
        self._styles = styles

    def put(self, row: int, column: int, value: str | float | None, look: Look) -> None:
        """Write a value; a text stays a text whatever it begins with."""
        cell = self.sheet.cell(row, column)
        assert isinstance(cell, Cell)  # noqa: S101 -- narrows away MergedCell
        if isinstance(value, str):
            cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
            cell.data_type = "s"
        else:
            cell.value = value
        style = self._styles.get(look)
        if style is None:
            cell._style = StyleArray()  # the old one may be shared by other cells
            _draw(cell, look)
            self._styles[look] = cell._style
        else:
            cell._style = style

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Join cells; every one of them keeps its border."""
        self.sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


def _draw(cell: Cell, look: Look) -> None:
    cell.font = Font(name=_FONT, size=look.size, bold=look.bold, italic=look.italic)
    cell.alignment = _ALIGN[look.align]
    if look.box:
        cell.border = _BOX
    if look.rest:
        cell.fill = _REST
    if look.number_format:
        cell.number_format = look.number_format

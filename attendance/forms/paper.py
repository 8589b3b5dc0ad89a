"""Writing cells of an openpyxl sheet fast and safely. Pure."""

from dataclasses import dataclass
from datetime import date

from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.worksheet import Worksheet

#: What makes a program take a text for a formula; Excel is told that such a text is one.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
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


Styles = dict[tuple[Look, bool], StyleArray]


class Paper:
    """A sheet to write on. `styles` belongs to the workbook: equal looks share one style.

    Styling each of 20,000 cells by itself takes five times as long as writing them.
    """

    def __init__(self, sheet: Worksheet, styles: Styles) -> None:
        self.sheet = sheet
        self._styles = styles

    def put(self, row: int, column: int, value: str | float | date | None, look: Look) -> None:
        """Write a value; a text stays a text, also for whoever edits the cell later."""
        cell = self._cell(row, column)
        if isinstance(value, str):
            write_text(cell, value)
        else:
            cell.value = value
        self._style(cell, look, quoted=isinstance(value, str) and value.startswith(DANGEROUS))

    def formula(self, row: int, column: int, text: str, look: Look) -> None:
        """Write a formula of ours, "=" included; nothing that people entered is ever part of it."""
        cell = self._cell(row, column)
        cell.value = text
        self._style(cell, look)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Join cells; every one of them keeps its border."""
        self.sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)

    def _cell(self, row: int, column: int) -> Cell:
        cell = self.sheet.cell(row, column)
        assert isinstance(cell, Cell)  # noqa: S101 -- narrows away MergedCell
        return cell

    def _style(self, cell: Cell, look: Look, *, quoted: bool = False) -> None:
        style = self._styles.get((look, quoted))
        if style is None:
            cell._style = StyleArray()  # the old one may be shared by other cells
            _draw(cell, look)
            cell.quotePrefix = quoted
            self._styles[look, quoted] = cell._style
        else:
            cell._style = style


def write_text(cell: Cell, text: str) -> None:
    """A text stays a text whatever it begins with."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", text)
    cell.data_type = "s"


def landscape_a4(sheet: Worksheet) -> None:
    """As wide as the page, as many pages as it takes, numbered."""
    page = sheet.page_setup
    page.orientation, page.paperSize = "landscape", sheet.PAPERSIZE_A4
    page.fitToWidth, page.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.5
    margins.header = margins.footer = 0.2  # the default of 0.5 leaves the foot no room
    sheet.oddFooter.center.text = "Trang &P/&N"


def write_foot(sheet: Worksheet, line: str) -> None:
    """The line at the left of every foot, under what stands there already."""
    if line:
        for foot in (sheet.oddFooter, sheet.evenFooter, sheet.firstFooter):
            foot.left.text = "\n".join(text for text in (foot.left.text, f"&8 {line}") if text)


def _draw(cell: Cell, look: Look) -> None:
    cell.font = Font(name=_FONT, size=look.size, bold=look.bold, italic=look.italic)
    cell.alignment = _ALIGN[look.align]
    if look.box:
        cell.border = _BOX
    if look.rest:
        cell.fill = _REST
    if look.number_format:
        cell.number_format = look.number_format

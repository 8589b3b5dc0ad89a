"""Filling a company's own .xlsx of an official form. Pure.

The sheet whose cells HR has named is copied for every department and our values are written there.
The row `DONG_DAU` is how a person looks; it is repeated, and what stands from `DONG_CONG` on moves
with it. Everything else stays as it was drawn. Texts are written as texts, never as formulas.
"""

from collections.abc import Callable
from copy import copy, deepcopy
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import MergedCell
from openpyxl.drawing.image import Image
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from attendance.forms.official import FormLine, FormSheet, OfficialForm
from attendance.forms.paper import DANGEROUS, Paper, Styles, write_foot, write_text
from attendance.forms.sheets import AddSheet, number_format, sheet_name
from attendance.forms.template import DAYS, MOST_COLUMNS, Template, read_template

_ROW_HEIGHT, _LINE = 15.0, 1.3


def filled(content: bytes, form: OfficialForm, *more: Callable[[AddSheet], None]) -> bytes:
    """The template with a sheet for every department; `more` add sheets of ours after them.

    Raises TemplateFaulty.
    """
    template = read_template(content, form)
    book, source = template.book, template.sheet
    pictures = [(picture._data(), picture.anchor) for picture in source._images]
    _forget_names(book, source)
    source.title = "mau"
    taken = {name.casefold() for name in book.sheetnames}
    position = book.index(source)
    for number, sheet in enumerate(form.sheets or (FormSheet("Không có ai", ()),)):
        target = book.create_sheet(sheet_name(sheet.department, taken), position + 1 + number)
        _copy(template, target, max(len(sheet.lines), 1), pictures)
        _write(template, target, form, sheet)
    book.remove(source)
    styles: Styles = {}
    for further in more:
        further(lambda name: Paper(book.create_sheet(sheet_name(name, taken)), styles))
    book.active = position
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _forget_names(book: Workbook, source: Worksheet) -> None:
    """Names that lead to the sheet which is replaced by its copies."""
    for name, defined in list(book.defined_names.items()):
        if any(title == source.title for title, _ in defined.destinations):
            del book.defined_names[name]


def _copy(
    template: Template, target: Worksheet, people: int, pictures: list[tuple[bytes, Any]]
) -> None:
    """The template's sheet with the person's row `people` times."""
    source, first, total = template.sheet, template.row("DONG_DAU"), template.row("DONG_CONG")
    rows = {row: [row] for row in range(1, first)}
    rows[first] = list(range(first, first + people))
    moved = first + people - total
    rows |= {row: [row + moved] for row in range(total, max(source.max_row, total) + 1)}
    for row, places in rows.items():
        _copy_row(source, target, row, places)
    for area in source.merged_cells.ranges:
        for place in rows.get(area.min_row, ()):
            target.merge_cells(
                start_row=place, end_row=place + area.max_row - area.min_row,
                start_column=area.min_col, end_column=area.max_col,
            )  # fmt: skip
    _copy_columns(source, target)
    _copy_page(source, target, total, moved)
    for data, anchor in pictures:
        picture = Image(BytesIO(data))
        picture.anchor = _moved(anchor, total, moved)
        target.add_image(picture)


def _copy_row(source: Worksheet, target: Worksheet, row: int, places: list[int]) -> None:
    height, hidden = source.row_dimensions[row].height, source.row_dimensions[row].hidden
    for place in places:
        if height is not None:
            target.row_dimensions[place].height = height
        target.row_dimensions[place].hidden = hidden
    for column in range(1, source.max_column + 1):
        cell = source._cells.get((row, column))
        if cell is None:
            continue
        for place in places:
            new = target.cell(place, column)
            new._style = copy(cell._style)
            if isinstance(cell, MergedCell) or cell.value is None:
                continue
            if cell.data_type == "f" and isinstance(cell.value, str):
                new.value = Translator(cell.value, cell.coordinate).translate_formula(
                    new.coordinate
                )
            elif isinstance(cell.value, str) and cell.data_type == "s":
                write_text(new, cell.value)
            else:
                new.value = cell.value


def _copy_columns(source: Worksheet, target: Worksheet) -> None:
    """Widths one by one: the file keeps equal neighbours as one."""
    for dimension in source.column_dimensions.values():
        dimension.reindex()
        for column in range(dimension.min or 1, min(dimension.max or 1, MOST_COLUMNS + DAYS) + 1):
            new = target.column_dimensions[get_column_letter(column)]
            new.width, new.hidden = dimension.width, dimension.hidden


def _copy_page(source: Worksheet, target: Worksheet, total: int, moved: int) -> None:
    """How the sheet is shown and printed."""
    target.sheet_format = copy(source.sheet_format)
    target.sheet_properties = deepcopy(source.sheet_properties)
    target.page_margins = copy(source.page_margins)
    target.page_setup = copy(source.page_setup)
    target.print_options = copy(source.print_options)
    target.HeaderFooter = deepcopy(source.HeaderFooter)
    target.sheet_view.showGridLines = source.sheet_view.showGridLines
    target.freeze_panes = source.freeze_panes
    if source.print_title_rows:
        target.print_title_rows = source.print_title_rows
    if source.print_title_cols:
        target.print_title_cols = source.print_title_cols
    areas = [part.rsplit("!", 1)[-1] for part in (source.print_area or "").split(",") if part]
    if len(areas) == 1:
        left, top, right, bottom = range_boundaries(areas[0])
        end = bottom + moved if bottom >= total else bottom
        target.print_area = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{end}"


def _moved(anchor: Any, total: int, moved: int) -> Any:
    """A picture from the total on moves with it."""
    new = deepcopy(anchor)
    if hasattr(new, "_from") and new._from.row >= total - 1:
        new._from.row += moved
        if hasattr(new, "to"):
            new.to.row += moved
    return new


def _write(template: Template, target: Worksheet, form: OfficialForm, sheet: FormSheet) -> None:
    head = form.head
    values: dict[str, str | int] = {
        "DON_VI": head.company,
        "BO_PHAN": sheet.department,
        "THANG": head.month.month,
        "NAM": head.month.year,
        "MAU_SO": head.number,
        "CAN_CU": head.legal_line,
    }
    for name, value in values.items():
        if name in template.cells:
            _write_head(target, *template.cells[name], value)
    write_foot(target, head.controlled)
    _write_days(template, target, form)
    first = template.row("DONG_DAU")
    for number, line in enumerate(sheet.lines):
        _write_line(template, target, form, first + number, number + 1, line)
    total = first + max(len(sheet.lines), 1)
    _write_sums(template, target, form, total, form.totals(sheet.lines))


def _write_head(target: Worksheet, row: int, column: int, value: str | int) -> None:
    """A text of the template that ends with a colon stays, and the value follows it."""
    for area in target.merged_cells.ranges:
        if area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col:
            row, column = area.min_row, area.min_col
    before = target.cell(row, column).value
    if isinstance(before, str) and before.rstrip().endswith(":"):
        value = f"{before.rstrip()} {value}"
    _put(target, row, column, value)


def _write_days(template: Template, target: Worksheet, form: OfficialForm) -> None:
    """Weekdays where they are wanted; columns of days the month has not are hidden."""
    head, start = form.head, template.column("COT_NGAY_1")
    if "THU_1" in template.cells:
        row, column = template.cells["THU_1"]
        for day in range(1, DAYS + 1):
            _put(target, row, column + day - 1, head.weekday(day) if day <= head.days else None)
            _shade(template, target.cell(row, column + day - 1), rest=day in head.rest_days)
    for day in range(head.days + 1, DAYS + 1):
        target.column_dimensions[get_column_letter(start + day - 1)].hidden = True


def _write_line(
    template: Template, target: Worksheet, form: OfficialForm, row: int, number: int, line: FormLine
) -> None:
    fixed: dict[str, str | int] = {
        "COT_STT": number,
        "COT_MA_NV": line.code,
        "COT_HO_TEN": line.name,
        "COT_NGACH": line.grade,
    }
    for name, value in fixed.items():
        if name in template.cells:
            _put(target, row, template.column(name), value)
    start, lines = template.column("COT_NGAY_1"), 1
    for day in range(1, form.head.days + 1):
        symbol = line.symbols.get(day) or None
        _put(target, row, start + day - 1, symbol)
        _shade(template, target.cell(row, start + day - 1), rest=day in form.head.rest_days)
        lines = max(lines, symbol.count("\n") + 1 if symbol else 1)
    if lines > 1:
        height = target.row_dimensions[row].height or _ROW_HEIGHT
        target.row_dimensions[row].height = max(height, lines * form.symbol_size * _LINE)
    _write_sums(template, target, form, row, form.sums_of(line))


def _shade(template: Template, cell: Any, *, rest: bool) -> None:
    if rest and "NEN_NGAY_NGHI" in template.cells:
        cell.fill = copy(template.sheet.cell(*template.cells["NEN_NGAY_NGHI"]).fill)


def _put(target: Worksheet, row: int, column: int, value: str | int | None) -> None:
    cell = target.cell(row, column)
    if not isinstance(cell, Cell):
        return
    if not isinstance(value, str):
        cell.value = value
        return
    write_text(cell, value)
    if value.startswith(DANGEROUS):
        cell.quotePrefix = True
    if "\n" in value:
        alignment = copy(cell.alignment)
        alignment.wrap_text = True
        cell.alignment = alignment


def _write_sums(
    template: Template, target: Worksheet, form: OfficialForm, row: int, sums: tuple[float, ...]
) -> None:
    for (_, letter), value in zip(form.sums, sums, strict=True):
        cell = target.cell(row, template.column(f"COT_{letter}"))
        if isinstance(cell, Cell):
            cell.value = value
            if cell.number_format == "General":
                cell.number_format = number_format(form, zero="")

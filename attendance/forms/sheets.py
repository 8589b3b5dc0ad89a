"""An official form as an Excel workbook: one sheet a department, as on paper. Pure.

A4 landscape with repeated heads. Sums are values; formulas that must agree with them stand outside
the print area (`checking`). Texts are written as texts, so a name can never become a formula.
"""

import re
from collections.abc import Callable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from attendance.forms.checking import Evidence, check_line, check_totals, head_of_checks
from attendance.forms.official import FormLine, FormSheet, OfficialForm
from attendance.forms.paper import Look, Paper, Styles, landscape_a4, write_foot

HEAD_ROW, BODY_ROW = 6, 9
#: Letters of a day's symbols that fit beside each other, and the height of one line of them.
_ONE_LINE, _LINE_HEIGHT = 5, 1.3

AddSheet = Callable[[str], Paper]


def workbook(form: OfficialForm, *more: Callable[[AddSheet], None]) -> bytes:
    """The form as an .xlsx file; `more` add sheets of their own after those of the departments."""
    book = Workbook()
    book.remove(book.worksheets[0])
    names: set[str] = set()
    styles: Styles = {}

    def add(name: str) -> Paper:
        return Paper(book.create_sheet(sheet_name(name, names)), styles)

    evidence = Evidence(add("Đối chiếu"), form)
    for sheet in form.sheets or (FormSheet("Không có ai", ()),):
        paper = add(sheet.department)
        columns = draw_sheet(paper, form, sheet)
        _check(paper, form, sheet, evidence, columns.last)
    for further in more:
        further(add)
    book.move_sheet(evidence.paper.sheet, len(book.worksheets))
    book.active = 0
    book.properties.title = f"{form.title.capitalize()} {form.head.month:%m/%Y}"
    book.properties.creator = form.head.company
    made_at = form.head.made_at.replace(tzinfo=None)
    book.properties.created = book.properties.modified = made_at
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet_name(name: str, taken: set[str]) -> str:
    """Excel allows 31 characters, none of \\ / * ? : [ ], and no two alike."""
    base = re.sub(r"[\\/*?:\[\]\x00-\x1f]", " ", name).strip("' ")[:31] or "Phòng"
    result, number = base, 1
    while result.casefold() in taken:
        number += 1
        tail = f" {number}"
        result = base[: 31 - len(tail)] + tail
    taken.add(result.casefold())
    return result


class Columns:
    """Where the columns of a form's sheet are: number, name, perhaps grade, days, sums."""

    def __init__(self, form: OfficialForm) -> None:
        self.fixed = ["STT", "Họ và tên", *([form.grade_heading] if form.grade_heading else [])]
        self.first_day = len(self.fixed) + 1
        self.first_sum = self.first_day + form.head.days
        self.last = self.first_sum + len(form.sums) - 1


def draw_sheet(paper: Paper, form: OfficialForm, sheet: FormSheet) -> Columns:
    """One department as on paper: what is printed, and nothing else."""
    columns = Columns(form)
    _head(paper, form, sheet, columns)
    _column_heads(paper, form, columns)
    for number, line in enumerate(sheet.lines, start=1):
        _line(paper, form, BODY_ROW + number - 1, number, line, columns)
    total_row = BODY_ROW + len(sheet.lines)
    _total_row(paper, form, total_row, sheet.lines, columns)
    bottom = _foot(paper, form, total_row + 1, columns.last)
    _layout(paper.sheet, form, bottom, columns)
    return columns


def _check(
    paper: Paper, form: OfficialForm, sheet: FormSheet, evidence: Evidence, last: int
) -> None:
    """Formulas beside the page that recompute its sums."""
    head_of_checks(paper, form, HEAD_ROW, last)
    for row, line in enumerate(sheet.lines, start=BODY_ROW):
        check_line(paper, form, row, last, evidence.note(sheet, line))
    check_totals(paper, form, BODY_ROW, BODY_ROW + len(sheet.lines), last)


def _head(paper: Paper, form: OfficialForm, sheet: FormSheet, columns: Columns) -> None:
    head, last, middle = form.head, columns.last, columns.last - 12
    paper.put(1, 1, f"Đơn vị: {head.company}", Look(bold=True, align="left"))
    paper.put(2, 1, f"Bộ phận: {sheet.department}", Look(align="left"))
    paper.put(1, middle, f"Mẫu số {head.number}", Look(bold=True))
    paper.put(2, middle, head.legal_line, Look(italic=True, size=9))
    paper.put(3, 1, form.title, Look(bold=True, size=14))
    paper.put(4, 1, f"Tháng {head.month:%m} năm {head.month:%Y}", Look(italic=True))
    for row, left in ((1, middle), (2, middle), (3, 1), (4, 1)):
        paper.merge(row, left, row, last)


def _column_heads(paper: Paper, form: OfficialForm, columns: Columns) -> None:
    top, names, letters = HEAD_ROW, HEAD_ROW + 1, HEAD_ROW + 2
    bold, plain = Look(bold=True, box=True, size=9), Look(box=True, size=9)
    small, small_bold = Look(box=True, size=8), Look(bold=True, box=True, size=8)
    for column in range(1, columns.last + 1):
        paper.put(top, column, None, bold)
        paper.put(names, column, None, bold)
    for column, (text, letter) in enumerate(zip(columns.fixed, "ABC", strict=False), start=1):
        paper.put(top, column, text, bold)
        paper.merge(top, column, names, column)
        paper.put(letters, column, letter, plain)
    paper.put(top, columns.first_day, "Ngày trong tháng", bold)
    paper.merge(top, columns.first_day, top, columns.first_sum - 1)
    for day in range(1, form.head.days + 1):
        look = Look(bold=True, box=True, size=9, rest=day in form.head.rest_days)
        paper.put(names, columns.first_day + day - 1, form.head.weekday(day), look)
        paper.put(letters, columns.first_day + day - 1, day, small)
    paper.put(top, columns.first_sum, form.sums_heading, bold)
    paper.merge(top, columns.first_sum, top, columns.last)
    for column, (text, letter) in enumerate(form.sums, start=columns.first_sum):
        paper.put(names, column, text, small_bold)
        paper.put(letters, column, letter, small)


def _line(
    paper: Paper, form: OfficialForm, row: int, number: int, line: FormLine, columns: Columns
) -> None:
    paper.put(row, 1, number, Look(box=True))
    paper.put(row, 2, line.name, Look(align="name", box=True))
    if form.grade_heading:
        paper.put(row, 3, line.grade, Look(align="name", box=True, size=9))
    size, rest_days = form.symbol_size, form.head.rest_days
    work, rest = Look(box=True, size=size), Look(box=True, size=size, rest=True)
    lines = 1
    for day in range(1, form.head.days + 1):
        symbol = line.symbols.get(day) or None
        if symbol and len(symbol) > _ONE_LINE:
            lines = max(lines, 2, symbol.count("\n") + 1)
        paper.put(row, columns.first_day + day - 1, symbol, rest if day in rest_days else work)
    if lines > 1:
        paper.sheet.row_dimensions[row].height = lines * size * _LINE_HEIGHT
    look = Look(box=True, number_format=number_format(form, zero=""))
    for column, value in enumerate(form.sums_of(line), start=columns.first_sum):
        paper.put(row, column, value, look)


def number_format(form: OfficialForm, *, zero: str) -> str:
    """The form's decimals; `zero` is how nothing is shown."""
    shown = "0." + "0" * form.decimals
    return f"{shown};-{shown};{zero}"


def _total_row(
    paper: Paper, form: OfficialForm, row: int, lines: Sequence[FormLine], columns: Columns
) -> None:
    paper.put(row, 1, None, Look(box=True))
    paper.put(row, 2, "Cộng", Look(bold=True, align="left", box=True))
    for column in range(3, columns.first_sum):
        paper.put(row, column, None, Look(box=True))
    shown = number_format(form, zero="0." + "0" * form.decimals)
    look = Look(bold=True, box=True, number_format=shown)
    for column, value in enumerate(form.totals(lines), start=columns.first_sum):
        paper.put(row, column, value, look)


def _foot(paper: Paper, form: OfficialForm, row: int, last: int) -> int:
    """Symbols, then the signatures with room to sign; returns the last row of the page."""
    for note in form.notes:
        paper.put(row, 1, note, Look(size=9, align="text"))
        paper.merge(row, 1, row, last)
        paper.sheet.row_dimensions[row].height = 24.0
        row += 1
    third = last // 3
    paper.put(row, last - third + 1, "Ngày …… tháng …… năm ……", Look(italic=True))
    paper.merge(row, last - third + 1, row, last)
    for index, signer in enumerate(form.signers):
        start = 1 + index * third
        end = last if index == len(form.signers) - 1 else start + third - 1
        paper.put(row + 1, start, signer, Look(bold=True))
        paper.put(row + 2, start, "(Ký, họ tên)", Look(italic=True, size=9))
        for line in (row + 1, row + 2):
            paper.merge(line, start, line, end)
    return row + 6


def _layout(sheet: Worksheet, form: OfficialForm, bottom: int, columns: Columns) -> None:
    widths = {1: 4.5, 2: 25.0} | ({3: 14.0} if form.grade_heading else {})
    for column in range(1, columns.last + 1):
        default = 4.3 if column < columns.first_sum else 8.0
        sheet.column_dimensions[get_column_letter(column)].width = widths.get(column, default)
    sheet.row_dimensions[HEAD_ROW + 1].height = 62
    sheet.freeze_panes = sheet.cell(BODY_ROW, columns.first_day)
    landscape_a4(sheet)
    write_foot(sheet, form.head.controlled)
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW + 2}"
    sheet.print_area = f"A1:{get_column_letter(columns.last)}{bottom}"

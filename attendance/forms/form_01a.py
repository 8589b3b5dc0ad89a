"""Form 01a-LĐTL, bảng chấm công: a month of one company as an Excel workbook. Pure.

One sheet a department, A4 landscape, repeated heads, symbols and signatures as on the paper form
(Circular 200/2014; the company's own legal line is given, because 99/2025 replaced it). Totals
are values. Texts are written as texts, so a name can never become a formula.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

LEGEND = (
    ("+", "Lương thời gian"),
    ("SP", "Lương sản phẩm"),
    ("Ô", "Ốm, điều dưỡng"),
    ("Cô", "Con ốm"),
    ("TS", "Thai sản"),
    ("T", "Tai nạn"),
    ("P", "Nghỉ phép"),
    ("H", "Hội nghị, học tập"),
    ("NB", "Nghỉ bù"),
    ("KL", "Nghỉ không lương"),
    ("N", "Ngừng việc"),
    ("LĐ", "Lao động nghĩa vụ"),
    ("CT", "Công tác"),
    ("L", "Nghỉ lễ, tết"),
    ("LT", "Chỉ làm thêm giờ"),
    ("V", "Vắng chưa rõ lý do"),
    ("?", "Thiếu lượt chấm"),
)
#: Columns 34 to 36 of the form: which leave symbols are paid in full, in part, by insurance.
PAID_IN_FULL = frozenset({"P", "H", "NB", "N", "L"})
BY_INSURANCE = frozenset({"Ô", "Cô", "TS", "T"})

_FONT = "Times New Roman"
_THIN = Side(style="thin", color="000000")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center")
_REST = PatternFill("solid", fgColor="E7E6E6")
_FIRST_DAY = 4
_HEAD_ROW, _BODY_ROW = 6, 9


@dataclass(frozen=True, slots=True)
class FormPerson:
    """A line of the form. `symbols` by day of the month; minutes are turned into days of work."""

    name: str
    grade: str
    symbols: dict[int, str]
    regular_minutes: int
    leave_minutes: dict[str, int]


@dataclass(frozen=True, slots=True)
class FormDepartment:
    name: str
    people: tuple[FormPerson, ...]


@dataclass(frozen=True, slots=True)
class Form01a:
    """What the form says; `rest_days` are the days of the month that nobody normally works."""

    company: str
    month: date
    days: int
    rest_days: frozenset[int]
    legal_line: str
    form_number: str
    standard_day_minutes: int
    departments: tuple[FormDepartment, ...]
    made_at: datetime


def workbook(form: Form01a) -> bytes:
    """The form as an .xlsx file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    names: set[str] = set()
    for department in form.departments or (FormDepartment("Không có nhân viên", ()),):
        sheet = book.create_sheet(_sheet_name(department.name, names))
        _fill(sheet, form, department)
    book.properties.title = f"Bảng chấm công {form.month:%m/%Y}"
    book.properties.creator = form.company
    made_at = form.made_at.replace(tzinfo=None)
    book.properties.created = book.properties.modified = made_at
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """Excel allows 31 characters, none of \\ / * ? : [ ], and no two alike."""
    base = re.sub(r"[\\/*?:\[\]]", " ", name).strip("' ")[:31] or "Phòng"
    result, number = base, 1
    while result.casefold() in taken:
        number += 1
        tail = f" {number}"
        result = base[: 31 - len(tail)] + tail
    taken.add(result.casefold())
    return result


def _put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: str | float | None,
    *,
    bold: bool = False,
    italic: bool = False,
    size: int = 10,
    align: Alignment = _CENTRE,
    box: bool = False,
) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 -- narrows away MergedCell
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    cell.font = Font(name=_FONT, size=size, bold=bold, italic=italic)
    cell.alignment = align
    if box:
        cell.border = _BOX
    return cell


def _fill(sheet: Worksheet, form: Form01a, department: FormDepartment) -> None:
    last = _FIRST_DAY + form.days + 4
    _head(sheet, form, department, last)
    _column_heads(sheet, form)
    row = _BODY_ROW
    totals = [0.0] * 5
    for number, person in enumerate(department.people, start=1):
        _person(sheet, form, row, number, person, totals)
        row += 1
    _total_row(sheet, form, row, totals)
    _foot(sheet, row + 2, last)
    _layout(sheet, form, row, last)


def _head(sheet: Worksheet, form: Form01a, department: FormDepartment, last: int) -> None:
    middle = last - 12
    _put(sheet, 1, 1, f"Đơn vị: {form.company}", bold=True, align=_LEFT)
    _put(sheet, 2, 1, f"Bộ phận: {department.name}", align=_LEFT)
    _put(sheet, 1, middle, f"Mẫu số {form.form_number}", bold=True)
    _put(sheet, 2, middle, form.legal_line, italic=True, size=9)
    for row in (1, 2):
        sheet.merge_cells(start_row=row, start_column=middle, end_row=row, end_column=last)
    _put(sheet, 3, 1, "BẢNG CHẤM CÔNG", bold=True, size=14)
    _put(sheet, 4, 1, f"Tháng {form.month:%m} năm {form.month:%Y}", italic=True)
    for row in (3, 4):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)


def _column_heads(sheet: Worksheet, form: Form01a) -> None:
    top, names, letters = _HEAD_ROW, _HEAD_ROW + 1, _HEAD_ROW + 2
    fixed = (("STT", "A"), ("Họ và tên", "B"), ("Ngạch bậc lương hoặc cấp bậc chức vụ", "C"))
    for column, (text, letter) in enumerate(fixed, start=1):
        _put(sheet, top, column, text, bold=True, box=True, size=9)
        _put(sheet, names, column, None, box=True)
        sheet.merge_cells(start_row=top, start_column=column, end_row=names, end_column=column)
        _put(sheet, letters, column, letter, box=True, size=9)
    day_end = _FIRST_DAY + form.days - 1
    _put(sheet, top, _FIRST_DAY, "Ngày trong tháng", bold=True, box=True, size=9)
    for day in range(1, form.days + 1):
        column = _FIRST_DAY + day - 1
        _put(sheet, names, column, day, bold=True, box=True, size=9)
        _put(sheet, letters, column, str(day), box=True, size=8)
    sheet.merge_cells(start_row=top, start_column=_FIRST_DAY, end_row=top, end_column=day_end)
    sums = (
        ("Số công hưởng lương sản phẩm", "32"),
        ("Số công hưởng lương thời gian", "33"),
        ("Số công nghỉ việc, ngừng việc hưởng 100 % lương", "34"),
        ("Số công nghỉ việc, ngừng việc hưởng ….% lương", "35"),
        ("Số công hưởng BHXH", "36"),
    )
    _put(sheet, top, day_end + 1, "Quy ra công", bold=True, box=True, size=9)
    for offset, (text, letter) in enumerate(sums, start=1):
        _put(sheet, names, day_end + offset, text, bold=True, box=True, size=8)
        _put(sheet, letters, day_end + offset, letter, box=True, size=8)
    sheet.merge_cells(start_row=top, start_column=day_end + 1, end_row=top, end_column=day_end + 5)


def _person(
    sheet: Worksheet,
    form: Form01a,
    row: int,
    number: int,
    person: FormPerson,
    totals: list[float],
) -> None:
    _put(sheet, row, 1, number, box=True)
    _put(sheet, row, 2, person.name, align=_LEFT, box=True)
    _put(sheet, row, 3, person.grade, align=_LEFT, box=True, size=9)
    for day in range(1, form.days + 1):
        cell = _put(sheet, row, _FIRST_DAY + day - 1, person.symbols.get(day, ""), box=True, size=9)
        if day in form.rest_days:
            cell.fill = _REST
    for offset, value in enumerate(_sums(form, person)):
        totals[offset] += value
        cell = _put(sheet, row, _FIRST_DAY + form.days + offset, value, box=True)
        cell.number_format = "0.0;-0.0;"


def _sums(form: Form01a, person: FormPerson) -> tuple[float, float, float, float, float]:
    """Columns 32 to 36, in days of work to one decimal."""

    def days(minutes: int) -> float:
        return round(minutes / form.standard_day_minutes, 1)

    full = sum(m for code, m in person.leave_minutes.items() if code in PAID_IN_FULL)
    insured = sum(m for code, m in person.leave_minutes.items() if code in BY_INSURANCE)
    return 0.0, days(person.regular_minutes), days(full), 0.0, days(insured)


def _total_row(sheet: Worksheet, form: Form01a, row: int, totals: list[float]) -> None:
    _put(sheet, row, 1, None, box=True)
    _put(sheet, row, 2, "Cộng", bold=True, align=_LEFT, box=True)
    for column in range(3, _FIRST_DAY + form.days):
        _put(sheet, row, column, None, box=True)
    for offset, value in enumerate(totals):
        cell = _put(
            sheet, row, _FIRST_DAY + form.days + offset, round(value, 1), bold=True, box=True
        )
        cell.number_format = "0.0;-0.0;0.0"


def _foot(sheet: Worksheet, row: int, last: int) -> None:
    third = last // 3
    _put(sheet, row, last - third + 1, "Ngày …… tháng …… năm ……", italic=True)
    sheet.merge_cells(start_row=row, start_column=last - third + 1, end_row=row, end_column=last)
    signers = ("Người chấm công", "Phụ trách bộ phận", "Người duyệt")
    for index, signer in enumerate(signers):
        start = 1 + index * third
        end = last if index == 2 else start + third - 1
        _put(sheet, row + 1, start, signer, bold=True)
        _put(sheet, row + 2, start, "(Ký, họ tên)", italic=True, size=9)
        for line in (row + 1, row + 2):
            sheet.merge_cells(start_row=line, start_column=start, end_row=line, end_column=end)
    legend = "Ký hiệu chấm công: " + "; ".join(f"{text}: {code}" for code, text in LEGEND)
    cell = _put(sheet, row + 7, 1, legend, size=9, align=Alignment(wrap_text=True, vertical="top"))
    sheet.merge_cells(start_row=row + 7, start_column=1, end_row=row + 8, end_column=last)
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")


def _layout(sheet: Worksheet, form: Form01a, bottom: int, last: int) -> None:
    widths = {1: 4.5, 2: 22.0, 3: 13.0}
    for column in range(1, last + 1):
        default = 3.6 if column < _FIRST_DAY + form.days else 8.0
        sheet.column_dimensions[get_column_letter(column)].width = widths.get(column, default)
    sheet.row_dimensions[_HEAD_ROW + 1].height = 62
    sheet.freeze_panes = sheet.cell(_BODY_ROW, _FIRST_DAY)
    page = sheet.page_setup
    page.orientation, page.paperSize = "landscape", sheet.PAPERSIZE_A4
    page.fitToWidth, page.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW + 2}"
    sheet.print_area = f"A1:{get_column_letter(last)}{bottom + 10}"
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.5
    sheet.oddFooter.center.text = "Trang &P/&N"

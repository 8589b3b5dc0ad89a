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
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from attendance.forms.paper import Look, Paper

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
    ("…", "Đang trong ca"),
    ("?", "Thiếu lượt chấm"),
)
#: Columns 34 to 36 of the form: which leave symbols are paid in full, in part, by insurance.
PAID_IN_FULL = frozenset({"P", "H", "NB", "N", "L"})
BY_INSURANCE = frozenset({"Ô", "Cô", "TS", "T"})

_FIRST_DAY = 4
_HEAD_ROW, _BODY_ROW = 6, 9
#: Letters of a day's symbols that fit beside each other, and the height of two lines.
_ONE_LINE, _TWO_LINES = 5, 24.0
_SUMS = (
    ("Số công hưởng lương sản phẩm", "32"),
    ("Số công hưởng lương thời gian", "33"),
    ("Số công nghỉ việc, ngừng việc hưởng 100 % lương", "34"),
    ("Số công nghỉ việc, ngừng việc hưởng ….% lương", "35"),
    ("Số công hưởng BHXH", "36"),
)


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
    styles: dict[Look, StyleArray] = {}
    for department in form.departments or (FormDepartment("Không có nhân viên", ()),):
        sheet = book.create_sheet(_sheet_name(department.name, names))
        _fill(Paper(sheet, styles), form, department)
    book.properties.title = f"Bảng chấm công {form.month:%m/%Y}"
    book.properties.creator = form.company
    made_at = form.made_at.replace(tzinfo=None)
    book.properties.created = book.properties.modified = made_at
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """Excel allows 31 characters, none of \\ / * ? : [ ], and no two alike."""
    base = re.sub(r"[\\/*?:\[\]\x00-\x1f]", " ", name).strip("' ")[:31] or "Phòng"
    result, number = base, 1
    while result.casefold() in taken:
        number += 1
        tail = f" {number}"
        result = base[: 31 - len(tail)] + tail
    taken.add(result.casefold())
    return result


def _fill(paper: Paper, form: Form01a, department: FormDepartment) -> None:
    last = _FIRST_DAY + form.days + 4
    _head(paper, form, department, last)
    _column_heads(paper, form)
    row = _BODY_ROW
    totals = [0.0] * 5
    for number, person in enumerate(department.people, start=1):
        _person(paper, form, row, number, person, totals)
        row += 1
    _total_row(paper, form, row, totals)
    _foot(paper, row + 1, last)
    _layout(paper.sheet, form, row, last)


def _head(paper: Paper, form: Form01a, department: FormDepartment, last: int) -> None:
    middle = last - 12
    paper.put(1, 1, f"Đơn vị: {form.company}", Look(bold=True, align="left"))
    paper.put(2, 1, f"Bộ phận: {department.name}", Look(align="left"))
    paper.put(1, middle, f"Mẫu số {form.form_number}", Look(bold=True))
    paper.put(2, middle, form.legal_line, Look(italic=True, size=9))
    paper.put(3, 1, "BẢNG CHẤM CÔNG", Look(bold=True, size=14))
    paper.put(4, 1, f"Tháng {form.month:%m} năm {form.month:%Y}", Look(italic=True))
    for row, left in ((1, middle), (2, middle), (3, 1), (4, 1)):
        paper.merge(row, left, row, last)


def _column_heads(paper: Paper, form: Form01a) -> None:
    top, names, letters = _HEAD_ROW, _HEAD_ROW + 1, _HEAD_ROW + 2
    bold, plain = Look(bold=True, box=True, size=9), Look(box=True, size=9)
    small, small_bold = Look(box=True, size=8), Look(bold=True, box=True, size=8)
    for column in range(1, _FIRST_DAY + form.days + 5):
        paper.put(top, column, None, bold)
        paper.put(names, column, None, bold)
    fixed = (("STT", "A"), ("Họ và tên", "B"), ("Ngạch bậc lương hoặc cấp bậc chức vụ", "C"))
    for column, (text, letter) in enumerate(fixed, start=1):
        paper.put(top, column, text, bold)
        paper.merge(top, column, names, column)
        paper.put(letters, column, letter, plain)
    day_end = _FIRST_DAY + form.days - 1
    paper.put(top, _FIRST_DAY, "Ngày trong tháng", bold)
    paper.merge(top, _FIRST_DAY, top, day_end)
    for day in range(1, form.days + 1):
        look = Look(bold=True, box=True, size=9, rest=day in form.rest_days)
        paper.put(names, _FIRST_DAY + day - 1, _weekday(form, day), look)
        paper.put(letters, _FIRST_DAY + day - 1, day, small)
    paper.put(top, day_end + 1, "Quy ra công", bold)
    paper.merge(top, day_end + 1, top, day_end + 5)
    for offset, (text, letter) in enumerate(_SUMS, start=1):
        paper.put(names, day_end + offset, text, small_bold)
        paper.put(letters, day_end + offset, letter, small)


def _weekday(form: Form01a, day: int) -> str:
    return ("T2", "T3", "T4", "T5", "T6", "T7", "CN")[form.month.replace(day=day).weekday()]


def _person(
    paper: Paper, form: Form01a, row: int, number: int, person: FormPerson, totals: list[float]
) -> None:
    paper.put(row, 1, number, Look(box=True))
    paper.put(row, 2, person.name, Look(align="name", box=True))
    paper.put(row, 3, person.grade, Look(align="name", box=True, size=9))
    work, rest = Look(box=True, size=9), Look(box=True, size=9, rest=True)
    for day in range(1, form.days + 1):
        symbol = person.symbols.get(day) or None
        if symbol and len(symbol) > _ONE_LINE:
            paper.sheet.row_dimensions[row].height = _TWO_LINES
        paper.put(row, _FIRST_DAY + day - 1, symbol, rest if day in form.rest_days else work)
    look = Look(box=True, number_format="0.0;-0.0;")
    for offset, value in enumerate(_sums(form, person)):
        totals[offset] += value
        paper.put(row, _FIRST_DAY + form.days + offset, value, look)


def _sums(form: Form01a, person: FormPerson) -> tuple[float, float, float, float, float]:
    """Columns 32 to 36, in days of work to one decimal."""

    def days(minutes: int) -> float:
        return round(minutes / form.standard_day_minutes, 1)

    full = sum(m for code, m in person.leave_minutes.items() if code in PAID_IN_FULL)
    insured = sum(m for code, m in person.leave_minutes.items() if code in BY_INSURANCE)
    return 0.0, days(person.regular_minutes), days(full), 0.0, days(insured)


def _total_row(paper: Paper, form: Form01a, row: int, totals: list[float]) -> None:
    paper.put(row, 1, None, Look(box=True))
    paper.put(row, 2, "Cộng", Look(bold=True, align="left", box=True))
    for column in range(3, _FIRST_DAY + form.days):
        paper.put(row, column, None, Look(box=True))
    look = Look(bold=True, box=True, number_format="0.0;-0.0;0.0")
    for offset, value in enumerate(totals):
        paper.put(row, _FIRST_DAY + form.days + offset, round(value, 1), look)


def _foot(paper: Paper, row: int, last: int) -> None:
    """Symbols, then the signatures with room to sign."""
    legend = "Ký hiệu chấm công: " + "; ".join(f"{text}: {code}" for code, text in LEGEND)
    paper.put(row, 1, legend, Look(size=9, align="text"))
    paper.merge(row, 1, row, last)
    paper.sheet.row_dimensions[row].height = _TWO_LINES
    third = last // 3
    paper.put(row + 1, last - third + 1, "Ngày …… tháng …… năm ……", Look(italic=True))
    paper.merge(row + 1, last - third + 1, row + 1, last)
    signers = ("Người chấm công", "Phụ trách bộ phận", "Người duyệt")
    for index, signer in enumerate(signers):
        start = 1 + index * third
        end = last if index == 2 else start + third - 1
        paper.put(row + 2, start, signer, Look(bold=True))
        paper.put(row + 3, start, "(Ký, họ tên)", Look(italic=True, size=9))
        for line in (row + 2, row + 3):
            paper.merge(line, start, line, end)


def _layout(sheet: Worksheet, form: Form01a, bottom: int, last: int) -> None:
    widths = {1: 4.5, 2: 25.0, 3: 14.0}
    for column in range(1, last + 1):
        default = 4.3 if column < _FIRST_DAY + form.days else 8.0
        sheet.column_dimensions[get_column_letter(column)].width = widths.get(column, default)
    sheet.row_dimensions[_HEAD_ROW + 1].height = 62
    sheet.freeze_panes = sheet.cell(_BODY_ROW, _FIRST_DAY)
    page = sheet.page_setup
    page.orientation, page.paperSize = "landscape", sheet.PAPERSIZE_A4
    page.fitToWidth, page.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW + 2}"
    sheet.print_area = f"A1:{get_column_letter(last)}{bottom + 8}"
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.5
    sheet.oddFooter.center.text = "Trang &P/&N"

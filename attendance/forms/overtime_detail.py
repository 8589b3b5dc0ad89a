"""The sheet "Chi tiết làm thêm" behind form 01b: every day's overtime by what it is paid. Pure.

Six classes (weekday, day of rest, holiday × day, night), and of weekday nights those paid 210 %
apart from 200 % (Decree 145/2020 art. 57). Minutes, so that nothing is lost by rounding; per person
a sum, its hours, and the hours they are worth at 100 %. The sums are values; formulas beside them,
outside the print area, add up the days again.
"""

from collections import Counter
from datetime import date

from openpyxl.utils import get_column_letter

from attendance.forms.checking import AGREES, DIFFERS
from attendance.forms.form_01b import (
    CLASSES,
    OvertimeDay,
    OvertimeDepartment,
    OvertimePerson,
    times,
)
from attendance.forms.official import FormHead, half_up
from attendance.forms.paper import Look, Paper, landscape_a4, write_foot
from attendance.forms.sheets import AddSheet

NAME = "Chi tiết làm thêm"
_FIXED = ("Bộ phận", "Mã NV", "Họ và tên", "Ngày", "Từ giờ – đến giờ")
_WIDTHS = (24, 10, 25, 11, 24)
_NAMES = {
    "weekday_day": "Ngày thường, ban ngày",
    "weekday_night": "Ngày thường, ban đêm",
    "weekday_night_after_day": "Ngày thường, ban đêm, đã làm thêm ban ngày",
    "restday_day": "Ngày nghỉ, ban ngày",
    "restday_night": "Ngày nghỉ, ban đêm",
    "holiday_day": "Lễ tết, ban ngày",
    "holiday_night": "Lễ tết, ban đêm",
}
_SUMS = ("Cộng (phút)", "Cộng (giờ)", "Quy đổi (giờ 100 %)")
_TITLE_ROW, _HEAD_ROW, _PERCENT_ROW, _BODY_ROW = 1, 4, 5, 6
_FIRST = len(_FIXED) + 1
_TOTAL = _FIRST + len(CLASSES)
_LAST = _TOTAL + len(_SUMS) - 1
_CHECK = _LAST + 2


def add_overtime_detail(
    add: AddSheet, head: FormHead, departments: tuple[OvertimeDepartment, ...]
) -> None:
    paper = add(NAME)
    _heads(paper, head)
    row = _BODY_ROW
    for department in departments:
        for person in department.people:
            row = _person(paper, head, department, person, row)
    _layout(paper, row - 1)
    write_foot(paper.sheet, head.controlled)


def _heads(paper: Paper, head: FormHead) -> None:
    paper.put(_TITLE_ROW, 1, f"Đơn vị: {head.company}", Look(bold=True, align="left"))
    title = f"CHI TIẾT LÀM THÊM GIỜ THÁNG {head.month:%m/%Y}"
    paper.put(_TITLE_ROW + 1, 1, title, Look(bold=True, size=14))
    paper.merge(_TITLE_ROW + 1, 1, _TITLE_ROW + 1, _LAST)
    bold, small = Look(bold=True, box=True, size=9), Look(box=True, size=9, number_format="0%")
    for column, text in enumerate((*_FIXED, *_NAMES.values(), *_SUMS), start=1):
        paper.put(_HEAD_ROW, column, text, bold)
        paper.put(_PERCENT_ROW, column, None, small)
    for column, percent in enumerate(CLASSES.values(), start=_FIRST):
        paper.put(_PERCENT_ROW, column, percent / 100, small)
    paper.put(_PERCENT_ROW, 1, "Phút; tỷ lệ trên lương giờ thường", Look(box=True, size=9))
    paper.merge(_PERCENT_ROW, 1, _PERCENT_ROW, len(_FIXED))
    for column, text in enumerate((*_SUMS, "Kết quả"), start=_CHECK):
        paper.put(_PERCENT_ROW, column, text, Look(size=8))
    paper.put(_HEAD_ROW, _CHECK, "Kiểm tra bằng công thức (không in)", Look(bold=True, size=8))
    paper.merge(_HEAD_ROW, _CHECK, _HEAD_ROW, _CHECK + len(_SUMS))


def _person(
    paper: Paper, head: FormHead, department: OvertimeDepartment, person: OvertimePerson, row: int
) -> int:
    """The person's days and their sum; returns the row after them."""
    first = row
    sums = Counter[str]()
    for day, overtime in sorted(person.days.items()):
        work_date = head.month.replace(day=day)
        _day(paper, department, person, work_date, overtime, row)
        sums.update(overtime.minutes)
        row += 1
    _sum(paper, person, sums, row)
    _check(paper, first, row)
    return row + 1


def _day(
    paper: Paper, department: OvertimeDepartment, person: OvertimePerson, work_date: date,
    overtime: OvertimeDay, row: int,
) -> None:  # fmt: skip
    text, centre = Look(align="name", box=True, size=9), Look(box=True, size=9)
    number = Look(box=True, size=9, number_format="0;-0;")
    for column, value in enumerate((department.name, person.code, person.name), start=1):
        paper.put(row, column, value, text)
    paper.put(row, 4, work_date, Look(box=True, size=9, number_format="dd/mm/yyyy"))
    paper.put(row, 5, times(overtime), text)
    for column, name in enumerate(CLASSES, start=_FIRST):
        paper.put(row, column, overtime.minutes.get(name, 0), number)
    paper.put(row, _TOTAL, sum(overtime.minutes.values()), number)
    for column in range(_TOTAL + 1, _LAST + 1):
        paper.put(row, column, None, centre)


def _sum(paper: Paper, person: OvertimePerson, sums: Counter[str], row: int) -> None:
    bold = Look(bold=True, align="name", box=True, size=9)
    number = Look(bold=True, box=True, size=9, number_format="0;-0;")
    hours = Look(bold=True, box=True, size=9, number_format="0.00")
    for column in range(1, len(_FIXED) + 1):
        paper.put(row, column, None, bold)
    paper.put(row, 2, person.code, bold)
    paper.put(row, 3, person.name, bold)
    paper.put(row, 4, "Cộng", bold)
    for column, name in enumerate(CLASSES, start=_FIRST):
        paper.put(row, column, sums[name], number)
    minutes = sums.total()
    weighted = sum(sums[name] * percent for name, percent in CLASSES.items())
    paper.put(row, _TOTAL, minutes, number)
    paper.put(row, _TOTAL + 1, half_up(minutes, 60, 2), hours)
    paper.put(row, _TOTAL + 2, half_up(weighted, 6000, 2), hours)


def _check(paper: Paper, first: int, row: int) -> None:
    """Everything again from the days above the sum, in Excel."""
    start, end = get_column_letter(_FIRST), get_column_letter(_TOTAL - 1)
    days = f"{start}{first}:{end}{row - 1}"
    percents = f"{start}${_PERCENT_ROW}:{end}${_PERCENT_ROW}"
    grey = Look(size=8)
    minutes = f"{get_column_letter(_CHECK)}{row}"
    paper.formula(row, _CHECK, f"=SUM({days})", grey)
    paper.formula(row, _CHECK + 1, f"=ROUND({minutes}/60,2)", grey)
    paper.formula(row, _CHECK + 2, f"=ROUND(SUMPRODUCT({days}*{percents})/60,2)", grey)
    ours = f"{get_column_letter(_TOTAL)}{row}:{get_column_letter(_LAST)}{row}"
    theirs = f"{minutes}:{get_column_letter(_CHECK + 2)}{row}"
    said = f'=IF(SUMXMY2({ours},{theirs})<0.00001,"{AGREES}","{DIFFERS}")'
    paper.formula(row, _CHECK + 3, said, grey)


def _layout(paper: Paper, bottom: int) -> None:
    sheet = paper.sheet
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for column in range(_FIRST, _LAST + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 11
    sheet.row_dimensions[_HEAD_ROW].height = 50
    sheet.freeze_panes = sheet.cell(_BODY_ROW, 1)
    landscape_a4(sheet)
    sheet.print_title_rows = f"{_HEAD_ROW}:{_PERCENT_ROW}"
    sheet.print_area = f"A1:{get_column_letter(_LAST)}{max(bottom, _PERCENT_ROW)}"

"""Our own forms as templates to begin with: a row for a person, and every name in its place. Pure."""

from dataclasses import replace
from datetime import date
from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import absolute_coordinate, get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName

from attendance.forms.official import FormLine, FormSheet, OfficialForm
from attendance.forms.paper import Look, Paper
from attendance.forms.sheets import BODY_ROW, HEAD_ROW, Columns, draw_sheet
from attendance.forms.template import DAYS

_TITLE = "Mẫu"


def example(form: OfficialForm) -> bytes:
    """A template that `filling.filled` accepts, looking as ours."""
    any_long_month = replace(form.head, month=date(2026, 1, 1), days=DAYS, rest_days=frozenset())
    form = replace(form, head=any_long_month)
    nobody = FormLine("", "", "", {}, ({},) * len(form.sums))
    book = Workbook()
    [sheet] = book.worksheets
    sheet.title = _TITLE
    paper = Paper(sheet, {})
    columns = draw_sheet(paper, form, FormSheet("", (nobody,)))
    cells = _heads(paper, columns) | _table(paper, form, columns)
    for name, (row, column) in cells.items():
        address = absolute_coordinate(f"{get_column_letter(column)}{row}")
        place = f"{quote_sheetname(_TITLE)}!{address}"
        book.defined_names[name] = DefinedName(name, attr_text=place)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _heads(paper: Paper, columns: Columns) -> dict[str, tuple[int, int]]:
    """Our words stay before the colon; month and year get cells of their own."""
    last, middle = columns.last, columns.last // 2
    paper.sheet.unmerge_cells(start_row=4, start_column=1, end_row=4, end_column=last)
    paper.put(4, 1, None, Look())
    words = {
        "DON_VI": (1, 1, "Đơn vị:", Look(bold=True, align="left")),
        "BO_PHAN": (2, 1, "Bộ phận:", Look(align="left")),
        "MAU_SO": (1, last - 12, "Mẫu số:", Look(bold=True)),
        "CAN_CU": (2, last - 12, None, Look(italic=True, size=9)),
        "THANG": (4, middle - 5, "Tháng:", Look(italic=True)),
        "NAM": (4, middle, "Năm:", Look(italic=True)),
    }
    for row, column, text, look in words.values():
        paper.put(row, column, text, look)
    for left in (middle - 5, middle):
        paper.merge(4, left, 4, left + 4)
    return {name: (row, column) for name, (row, column, _, _) in words.items()}


def _table(paper: Paper, form: OfficialForm, columns: Columns) -> dict[str, tuple[int, int]]:
    total, letters, weekdays = BODY_ROW + 1, HEAD_ROW + 2, HEAD_ROW + 1
    for column in range(columns.first_day, columns.first_sum):
        paper.sheet.cell(weekdays, column).value = None
    for column in range(columns.first_sum, columns.last + 1):
        for row in (BODY_ROW, total):
            paper.sheet.cell(row, column).value = None
    paper.sheet.cell(BODY_ROW, 1).value = None
    shade = (HEAD_ROW, columns.last + 2)
    paper.put(*shade, "Màu nền ngày nghỉ", Look(size=8, rest=True))
    fixed = {"COT_STT": 1, "COT_HO_TEN": 2} | ({"COT_NGACH": 3} if form.grade_heading else {})
    sums = {
        f"COT_{letter}": column
        for column, (_, letter) in enumerate(form.sums, start=columns.first_sum)
    }
    named = fixed | {"COT_NGAY_1": columns.first_day} | sums
    return {name: (letters, column) for name, column in named.items()} | {
        "DONG_DAU": (BODY_ROW, 1),
        "DONG_CONG": (total, 2),
        "THU_1": (weekdays, columns.first_day),
        "NEN_NGAY_NGHI": shade,
    }

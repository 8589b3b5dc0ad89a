"""Form 01a-LĐTL as Excel opens it."""

from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from attendance.forms.form_01a import Form01a, FormDepartment, FormPerson, workbook

MONTH = date(2026, 11, 1)
REST = frozenset({1, 7, 8, 14, 15, 21, 22, 28, 29})


def person(name: str = "Nguyễn Văn An", grade: str = "3/12") -> FormPerson:
    return FormPerson(
        name=name,
        grade=grade,
        symbols={2: "+", 3: "+4 P4", 4: "V", 24: "L"},
        regular_minutes=720,
        leave_minutes={"P": 240, "L": 480, "Ô": 960, "KL": 480},
    )


def sheets(*departments: FormDepartment) -> list[Worksheet]:
    form = Form01a(
        company="Công ty Xổ số",
        month=MONTH,
        days=30,
        rest_days=REST,
        legal_line="(Theo quy chế)",
        form_number="01a-LĐTL",
        standard_day_minutes=480,
        departments=departments,
        made_at=datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
    )
    return list(openpyxl.load_workbook(BytesIO(workbook(form))).worksheets)


def texts(sheet: Worksheet) -> list[str]:
    return [cell.value for line in sheet.iter_rows() for cell in line if cell.value is not None]


def test_head_columns_and_signatures_are_those_of_the_form():
    [sheet] = sheets(FormDepartment("Phòng Kế toán", (person(),)))
    assert sheet["A1"].value == "Đơn vị: Công ty Xổ số"
    assert sheet["A2"].value == "Bộ phận: Phòng Kế toán"
    assert sheet["A3"].value == "BẢNG CHẤM CÔNG"
    assert sheet["A4"].value == "Tháng 11 năm 2026"
    letters = [sheet.cell(8, column).value for column in range(1, 4 + 30 + 5)]
    assert letters == ["A", "B", "C", *range(1, 31), "32", "33", "34", "35", "36"]
    assert sheet.cell(7, 4).value == "CN"  # 1 November 2026
    said = texts(sheet)
    for words in (
        "Mẫu số 01a-LĐTL",
        "(Theo quy chế)",
        "Người chấm công",
        "Phụ trách bộ phận",
        "Người duyệt",
    ):
        assert words in said
    assert any(str(text).startswith("Ký hiệu chấm công: Lương thời gian: +;") for text in said)


def test_symbols_stand_on_their_days_and_totals_are_computed_values():
    [sheet] = sheets(FormDepartment("KT", (person(), person("Trần Thị Bình"))))
    assert [sheet.cell(9, 3 + day).value for day in (1, 2, 3, 4, 24)] == [
        None, "+", "+4 P4", "V", "L",
    ]  # fmt: skip
    sums = [sheet.cell(9, 33 + offset).value for offset in range(1, 6)]
    assert sums == [0, 1.5, 1.5, 0, 2]  # 32 to 36; unpaid leave is nowhere
    assert sheet.cell(11, 2).value == "Cộng"
    assert [sheet.cell(11, 33 + offset).value for offset in range(1, 6)] == [0, 3, 3, 0, 4]


@pytest.mark.parametrize(
    "name", ["=1+1", "+84", "-An", "@SUM(A1)", '=HYPERLINK("http://x")', "An\x0b\x00Bình"]
)
def test_no_name_becomes_a_formula(name):
    [sheet] = sheets(FormDepartment(name, (person(name, grade=name),)))
    for address in ("B9", "C9"):
        assert sheet[address].data_type == "s"
    assert not [c for line in sheet.iter_rows() for c in line if c.data_type == "f"]


def test_sheet_names_are_what_excel_allows():
    long = "Phòng Kế toán: Tài chính / Thống kê [quý] tổng hợp"
    names = [s.title for s in sheets(*(FormDepartment(n, ()) for n in (long, long, "'", "phòng")))]
    assert len({name.casefold() for name in names}) == 4
    assert all(0 < len(name) <= 31 for name in names)
    assert not any(set(name) & set("\\/*?:[]") for name in names)


def test_every_sheet_prints_on_a4_landscape_with_repeated_heads():
    for sheet in sheets(FormDepartment("A", (person(),) * 60), FormDepartment("B", ())):
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$6:$8"
        assert sheet.freeze_panes == "D9"


def test_only_days_of_rest_are_shaded_and_all_is_in_times_new_roman():
    [sheet] = sheets(FormDepartment("KT", (person(), person())))
    for row in (7, 9, 10):
        shaded = {d for d in range(1, 31) if sheet.cell(row, 3 + d).fill.fill_type == "solid"}
        assert shaded == REST
    assert sheet["A6"].fill.fill_type is None
    fonts = {cell.font.name for line in sheet.iter_rows() for cell in line if cell.value}
    assert fonts == {"Times New Roman"}

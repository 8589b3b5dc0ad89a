"""Form 01a-LĐTL as Excel opens it."""

from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from attendance.forms.form_01a import FormDepartment, FormPerson, form_01a
from attendance.forms.official import FormHead
from attendance.forms.sheets import workbook
from tests.attendance.recalculating import recalculated

MONTH = date(2026, 11, 1)
REST = frozenset({1, 7, 8, 14, 15, 21, 22, 28, 29})
HEAD = FormHead(
    company="Công ty Xổ số",
    month=MONTH,
    days=30,
    rest_days=REST,
    number="01a-LĐTL",
    legal_line="(Theo quy chế)",
    made_at=datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
)
#: What would be a formula, or a call of a program, if a workbook took it for one.
FORMULAS = (
    "=1+1", "+84", "-1+1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "+cmd|' /C calc'!A0",
    "\t=1+1", "\r=1+1", "=cmd|'/C calc'!A0", "An\x0b\x00Bình",
)  # fmt: skip


def person(name: str = "Nguyễn Văn An", grade: str = "3/12", **fields) -> FormPerson:
    values = {
        "code": "7",
        "symbols": {2: "+", 3: "+4 P4", 4: "V", 24: "L"},
        "regular": {2: 480, 3: 240},
        "leave": {"P": {3: 240}, "L": {24: 480}, "Ô": {5: 480, 6: 480}, "KL": {9: 480}},
    }
    return FormPerson(name=name, grade=grade, **(values | fields))


def made(*departments: FormDepartment) -> bytes:
    return workbook(form_01a(HEAD, departments, standard_day_minutes=480))


def sheets(*departments: FormDepartment) -> list[Worksheet]:
    """The sheets of the departments: all but the last, which is that of the minutes."""
    return list(openpyxl.load_workbook(BytesIO(made(*departments))).worksheets[:-1])


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


def test_half_a_tenth_of_a_day_is_rounded_up():
    lines = tuple(person(regular={2: minutes}) for minutes in (23, 24, 71, 72))
    [sheet] = sheets(FormDepartment("KT", lines))
    assert [sheet.cell(row, 35).value for row in range(9, 14)] == [0, 0.1, 0.1, 0.2, 0.4]


def test_the_minutes_behind_the_sums_stand_on_their_own_sheet():
    book = openpyxl.load_workbook(BytesIO(made(FormDepartment("KT", (person(),)))))
    assert book.sheetnames == ["KT", "Đối chiếu"]
    lines = [[cell.value for cell in line] for line in book["Đối chiếu"].iter_rows(min_row=2)]
    assert [line[:4] for line in lines] == [
        ["KT", "7", "Nguyễn Văn An", c] for c in ("33", "34", "36")
    ]
    told = [{day: m for day, m in enumerate(line[4:34], 1) if m is not None} for line in lines]
    assert told == [{2: 480, 3: 240}, {3: 240, 24: 480}, {5: 480, 6: 480}]


@pytest.mark.libreoffice
def test_formulas_beside_the_form_give_the_sums_the_form_shows():
    departments = (
        FormDepartment("Phòng 'Kế toán'", (person(), person(regular={2: 24, 3: 473, 9: 7}))),
        FormDepartment("=1+1", tuple(person(regular={2: n * 7}) for n in range(40))),
        FormDepartment("Không người", ()),
    )
    content = made(*departments)
    spoiled = openpyxl.load_workbook(BytesIO(content))
    spoiled.worksheets[0].cell(10, 35).value = 1.2  # ours says 1.1
    changed = BytesIO()
    spoiled.save(changed)
    books = recalculated({"form": content, "changed": changed.getvalue()})
    for sheet, department in zip(books["form"].worksheets, departments, strict=False):
        for row in range(9, 10 + len(department.people)):
            ours = [sheet.cell(row, column).value for column in range(34, 39)]
            theirs = [sheet.cell(row, column).value for column in range(40, 45)]
            assert theirs == pytest.approx(ours, abs=1e-9)
            assert sheet.cell(row, 45).value == "khớp"
    [first, *_] = books["changed"].worksheets
    assert [first.cell(row, 45).value for row in (9, 10, 11)] == ["khớp", "lệch", "lệch"]


def test_the_checks_are_not_printed():
    [sheet] = sheets(FormDepartment("KT", (person(),)))
    assert sheet.page_margins.footer < sheet.page_margins.bottom, "room for the foot"
    assert sheet.print_area == "'KT'!$A$1:$AL$18"
    formulas = {c.column for line in sheet.iter_rows() for c in line if c.data_type == "f"}
    assert formulas == set(range(40, 46))  # AN to AS


@pytest.mark.parametrize("name", FORMULAS)
def test_no_name_becomes_a_formula(name):
    book = openpyxl.load_workbook(
        BytesIO(made(FormDepartment(name, (person(name, grade=name, symbols={2: name}),))))
    )
    [sheet, minutes] = book.worksheets
    for address in ("B9", "C9", "E9"):
        assert sheet[address].data_type == "s"
    assert sheet["B9"].quotePrefix == name.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert {minutes[address].data_type for address in ("A2", "B2", "C2", "D2")} == {"s"}
    formulas = [c.value for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    assert all(formula.startswith(("=ROUND(", "=IF(", "=SUM(")) for formula in formulas)


@pytest.mark.libreoffice
def test_names_stay_texts_when_the_workbook_is_recalculated():
    content = made(*(FormDepartment(n, (person(n, grade=n, code=n),)) for n in FORMULAS))
    book = recalculated({"form": content})["form"]
    minutes = book.worksheets[-1]
    for number, (sheet, name) in enumerate(zip(book.worksheets, FORMULAS, strict=False)):
        clean = name.replace("\x0b", " ").replace("\x00", " ").replace("\r", "\n")
        told = [sheet["B9"].value, sheet["C9"].value, minutes.cell(2 + 3 * number, 3).value]
        assert [text.strip() for text in told] == [clean.strip()] * 3
        assert sheet["A2"].value.split() == ["Bộ", "phận:", *clean.split()]
        assert sheet.cell(10, 45).value == "khớp"


def test_sheet_names_are_what_excel_allows():
    long = "Phòng Kế toán: Tài chính / Thống kê [quý] tổng hợp"
    names = (long, long, "'", "phòng", "đối chiếu")
    titles = [s.title for s in sheets(*(FormDepartment(n, ()) for n in names))]
    assert len({name.casefold() for name in titles} | {"đối chiếu"}) == 6
    assert all(0 < len(name) <= 31 for name in titles)
    assert not any(set(name) & set("\\/*?:[]") for name in titles)


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

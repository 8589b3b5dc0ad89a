"""Form 01b-LĐTL and the details of its hours, as Excel opens them."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from io import BytesIO

import openpyxl
import pytest
from django.test import override_settings
from openpyxl import Workbook

from attendance.forms.form_01b import (
    OvertimeDay,
    OvertimeDepartment,
    OvertimePerson,
    OvertimePiece,
    form_01b,
)
from attendance.forms.overtime_detail import add_overtime_detail
from attendance.forms.sheets import workbook
from attendance.models import CalendarDay, DayKind, OvertimeApproval, TimesheetRow
from backend.accounts.models import Role, User
from backend.clock import VN
from backend.org.models import Employee
from tests import make
from tests.attendance.recalculating import recalculated
from tests.attendance.test_form_01a import FORMULAS, HEAD, texts

HEAD_01B = replace(HEAD, number="01b-LĐTL")
AT = datetime(2026, 12, 1, 8, 0, tzinfo=VN)
ADDRESS = "/cham-cong/bang-cong/mau-01b/?thang=2026-11"


def day(minutes: dict[str, int], *pieces: tuple[str, str, str]) -> OvertimeDay:
    parse = datetime.fromisoformat
    return OvertimeDay(minutes, tuple(OvertimePiece(parse(a), parse(b), c) for a, b, c in pieces))


def person(name: str = "Nguyễn Văn An", code: str = "7") -> OvertimePerson:
    """A plain evening, a Friday night into Saturday, a Sunday of which only hours are known."""
    friday = (
        ("2026-11-06T17:00", "2026-11-06T22:00", "weekday_day"),
        ("2026-11-06T22:00", "2026-11-07T00:00", "weekday_night"),
        ("2026-11-07T00:00", "2026-11-07T01:00", "restday_night"),
    )
    return OvertimePerson(
        code,
        name,
        {
            4: day({"weekday_day": 145}, ("2026-11-04T17:00", "2026-11-04T19:25", "weekday_day")),
            6: day(
                {"weekday_day": 300, "weekday_night_after_day": 120, "restday_night": 60}, *friday
            ),
            8: day({"restday_day": 240}),
        },
    )


def made(*departments: OvertimeDepartment) -> bytes:
    details = partial(add_overtime_detail, head=HEAD_01B, departments=departments)
    return workbook(form_01b(HEAD_01B, departments), details)


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def lines_of(sheet, first_row: int, columns: int) -> list[list[object]]:
    return [
        [cell.value for cell in line]
        for line in sheet.iter_rows(min_row=first_row, max_col=columns)
        if any(cell.value is not None for cell in line)
    ]


def test_head_columns_symbols_and_signatures_are_those_of_the_form():
    book = opened(made(OvertimeDepartment("Phòng Kế toán", (person(),))))
    assert book.sheetnames == ["Phòng Kế toán", "Chi tiết làm thêm", "Đối chiếu"]
    sheet = book["Phòng Kế toán"]
    assert sheet["A3"].value == "BẢNG CHẤM CÔNG LÀM THÊM GIỜ"
    letters = [sheet.cell(8, column).value for column in range(1, 3 + 30 + 4)]
    assert letters == ["A", "B", *range(1, 31), "32", "33", "34", "35"]
    heads = [sheet.cell(7, column).value for column in range(33, 37)]
    assert heads == ["Ngày làm việc", "Ngày thứ bảy, chủ nhật", "Ngày lễ, tết", "Làm đêm"]
    said = texts(sheet)
    for words in (
        "Mẫu số 01b-LĐTL",
        "(Theo quy chế)",
        "Xác nhận của bộ phận có người làm thêm",
        "Người chấm công",
        "Người duyệt",
    ):
        assert words in said
    legend = next(text for text in said if str(text).startswith("Ký hiệu chấm công:"))
    for symbol in ("NT:", "NN:", "NL:", "Đ:"):
        assert symbol in legend
    assert any("cột 35 là phần làm đêm đã nằm trong ba cột đó" in str(text) for text in said)
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$6:$8"


def test_each_kind_of_day_stands_with_its_hours_and_the_night_is_told():
    sheet = opened(made(OvertimeDepartment("KT", (person(),)))).worksheets[0]
    assert sheet.cell(9, 2 + 4).value == "NT\n17:00–\n19:25"
    assert sheet.cell(9, 2 + 6).value == "NT Đ\n17:00–\n24:00\nNN Đ\n0:00–\n1:00"
    assert sheet.cell(9, 2 + 8).value == "NN\n4,00"
    assert sheet.cell(9, 2 + 7).value is None
    # 145 + 300 + 120 minutes on weekdays, 60 + 240 on days of rest, 120 + 60 of all at night
    assert [sheet.cell(9, column).value for column in range(33, 37)] == [9.42, 5, 0, 3]
    assert [sheet.cell(10, column).value for column in range(33, 37)] == [9.42, 5, 0, 3]


def test_the_details_tell_every_day_by_what_it_is_paid():
    sheet = opened(made(OvertimeDepartment("KT", (person(),))))["Chi tiết làm thêm"]
    assert [sheet.cell(5, column).value for column in range(6, 13)] == [
        1.5, 2.0, 2.1, 2.0, 2.7, 3.0, 3.9,
    ]  # fmt: skip
    assert lines_of(sheet, 6, 15) == [
        ["KT", "7", "Nguyễn Văn An", datetime(2026, 11, 4), "17:00–19:25",  # noqa: DTZ001
         145, 0, 0, 0, 0, 0, 0, 145, None, None],
        ["KT", "7", "Nguyễn Văn An", datetime(2026, 11, 6), "17:00–24:00, 0:00–1:00",  # noqa: DTZ001
         300, 0, 120, 0, 60, 0, 0, 480, None, None],
        ["KT", "7", "Nguyễn Văn An", datetime(2026, 11, 8), None,  # noqa: DTZ001
         0, 0, 0, 240, 0, 0, 0, 240, None, None],
        # 445 × 150 + 120 × 210 + 240 × 200 + 60 × 270 = 156 150 minute-percent
        [None, "7", "Nguyễn Văn An", "Cộng", None, 445, 0, 120, 240, 60, 0, 0, 865, 14.42, 26.03],
    ]  # fmt: skip


@pytest.mark.libreoffice
def test_formulas_beside_form_and_details_give_what_they_show_and_names_stay_texts():
    departments = (
        OvertimeDepartment("Phòng 'Kế toán'", (person(), replace(person(), code="8"))),
        *(OvertimeDepartment(name, (person(name, code=name),)) for name in FORMULAS),
    )
    book = recalculated({"form": made(*departments)})["form"]
    for sheet, department in zip(book.worksheets, departments, strict=False):
        for row in range(9, 10 + len(department.people)):
            ours = [sheet.cell(row, column).value for column in range(33, 37)]
            assert ours[0] >= 9.42
            assert [sheet.cell(row, c).value for c in range(38, 42)] == pytest.approx(ours)
            assert sheet.cell(row, 42).value == "khớp"
        assert len(sheet["B9"].value.strip()) >= 3
        assert sheet["B9"].data_type == "s"
    details = book["Chi tiết làm thêm"]
    sums = [row for row in range(6, details.max_row + 1) if details.cell(row, 4).value == "Cộng"]
    assert len(sums) == 2 + len(FORMULAS)
    for row in sums:
        assert [details.cell(row, column).value for column in range(13, 16)] == [865, 14.42, 26.03]
        checked = [details.cell(row, column).value for column in range(17, 20)]
        assert checked == pytest.approx([865, 14.42, 26.03])
        assert details.cell(row, 20).value == "khớp"
    told = {str(details.cell(row, 3).value).strip() for row in sums}
    assert {"=1+1", "+84", "-1+1", '=HYPERLINK("http://x","y")', "+cmd|' /C calc'!A0"} <= told


@pytest.mark.parametrize("name", FORMULAS)
def test_no_name_becomes_a_formula(name):
    book = opened(made(OvertimeDepartment(name, (person(name, code=name),))))
    formulas = [c.value for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    assert all(formula.startswith(("=ROUND(", "=IF(", "=SUM(")) for formula in formulas)
    sheet, details, minutes = book.worksheets
    for cell in (sheet["B9"], details["A6"], details["B6"], details["C6"], minutes["C2"]):
        assert cell.data_type == "s"
        assert cell.quotePrefix == name.startswith(("=", "+", "-", "@", "\t", "\r"))


def approved(who: Employee, start: str, end: str) -> None:
    OvertimeApproval.objects.create(
        employee=who,
        start=datetime.fromisoformat(start).replace(tzinfo=VN),
        end=datetime.fromisoformat(end).replace(tzinfo=VN),
        reason="Mở thưởng, kiểm vé",
        by=User.objects.get_or_create(username="duyet", defaults={"role": Role.HR})[0],
        at=AT,
    )


@pytest.fixture
def month(db):
    """An works a Tuesday into the night, Bình on a holiday; Chi nothing beyond her shift."""
    an, binh, chi = (make.employee(code, name) for code, name in (
        ("7", "=Nguyễn Văn An"), ("8", "Trần Thị Bình"), ("9", "Lê Thị Chi"),
    ))  # fmt: skip
    CalendarDay.objects.create(
        date="2026-11-24", kind=DayKind.HOLIDAY, name="Ngày Văn hóa", status="confirmed"
    )
    make.roster(an, "2026-11-03")
    make.roster(chi, "2026-11-03")
    approved(an, "2026-11-03T17:00", "2026-11-04T00:30")
    approved(binh, "2026-11-24T08:00", "2026-11-24T12:00")
    make.punches("7", "2026-11-03 07:25", "2026-11-04 00:35")
    make.punches("8", "2026-11-24 07:55", "2026-11-24 11:30")
    make.punches("9", "2026-11-03 07:25", "2026-11-03 17:02")
    make.timesheets(AT)
    return an, binh, chi


def test_the_form_tells_the_overtime_of_the_stored_rows(month, page, django_assert_max_num_queries):
    client = page("hr")
    with django_assert_max_num_queries(12):
        answer = client.get(ADDRESS)
    assert answer["Content-Disposition"] == (
        'attachment; filename="bang-cham-cong-lam-them-2026-11.xlsx"'
    )
    book = opened(answer.content)
    assert book.sheetnames == ["Phòng Kế toán", "Chi tiết làm thêm", "Đối chiếu"]
    sheet = book.worksheets[0]
    # by given name: An, Bình; Chi had no overtime
    assert [sheet.cell(row, 2).value for row in (9, 10, 11)] == [
        "=Nguyễn Văn An", "Trần Thị Bình", "Cộng",
    ]  # fmt: skip
    assert sheet.cell(9, 2 + 3).value == "NT Đ\n17:00–\n0:30"
    assert sheet.cell(10, 2 + 24).value == "NL\n8:00–\n11:30"
    sums = [[sheet.cell(row, column).value for column in range(33, 37)] for row in (9, 10, 11)]
    assert sums == [[7.5, 0, 0, 2.5], [0, 0, 3.5, 0], [7.5, 0, 3.5, 2.5]]
    details = lines_of(book["Chi tiết làm thêm"], 6, 12)
    assert [line[4:] for line in details] == [
        ["17:00–0:30", 300, 0, 150, 0, 0, 0, 0],
        [None, 300, 0, 150, 0, 0, 0, 0],
        ["8:00–11:30", 0, 0, 0, 0, 0, 210, 0],
        [None, 0, 0, 0, 0, 0, 210, 0],
    ]


def test_rows_from_before_their_hours_were_kept_still_tell_how_long(month, page):
    for row in TimesheetRow.objects.filter(worked__gt=0):
        for step in row.explanation:
            step.pop("pieces", None)
        row.save(update_fields=["explanation"])
    sheet = opened(page("hr").get(ADDRESS).content).worksheets[0]
    assert sheet.cell(9, 2 + 3).value == "NT Đ\n7,50"
    assert sheet.cell(9, 33).value == 7.5


def test_a_month_without_overtime_is_an_empty_form(page):
    sheet = opened(
        page("hr").get("/cham-cong/bang-cong/mau-01b/?thang=2020-02").content
    ).worksheets[0]
    assert sheet["A2"].value == "Bộ phận: Không có ai"
    assert sheet["A4"].value == "Tháng 02 năm 2020"


def test_only_people_in_the_account_s_charge_are_on_it(month, page, person):
    head = person("hr")
    head.departments.add(make.department("KD"))
    sheet = opened(page(head).get(ADDRESS).content).worksheets[0]
    assert sheet["A2"].value == "Bộ phận: Không có ai"


@override_settings(OVERTIME_FORM_NUMBER="S02", OVERTIME_LEGAL_LINE="(Thỏa ước lao động 2026)")
def test_number_and_legal_line_are_settings(month, page):
    said = texts(opened(page("hr").get(ADDRESS).content).worksheets[0])
    assert "Mẫu số S02" in said
    assert "(Thỏa ước lao động 2026)" in said

"""The hand-over to payroll agrees with the timesheet, carries adjustments, and says what is open."""

import csv
import re
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest

from attendance.exports.payroll import COLUMNS, LEAVE
from attendance.leave.catalogue import LEAVE_CODES
from attendance.leave.leaves import grant_leave
from attendance.models import CalendarDay, Leave, PeriodLock, TimesheetRow
from attendance.roster.overtime import approve_overtime
from attendance.timesheet.closing import lock, reopen
from attendance.timesheet.dirty import mark_days
from attendance.timesheet.month import load_month
from backend.accounts.models import Role
from backend.clock import VN
from backend.org.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/cham-cong/tai-lieu/"
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
AT = datetime(2026, 11, 3, 9, 0, tzinfo=VN)
NOTE = "Kỳ thử, còn việc vẫn khóa"
DOCUMENT = Path(__file__).parents[2] / "docs" / "payroll.md"


@pytest.fixture
def hr(person):
    return person(Role.HR, full_name="Lê Nhân Sự")


def take(client, month="2026-10", **form):
    return client.post(PAGE, {"tai_lieu": "payroll", "dang": "csv", "thang": month} | form)


def lines(answer):
    """The lines by employee's code, by name of column."""
    assert answer.status_code == 200, answer.content.decode()
    text = StringIO(answer.content.decode("utf-8-sig"), newline="")
    return {line["employee_code"]: line for line in csv.DictReader(text)}


def of(line, *names):
    return tuple(line[name] for name in names)


@pytest.fixture
def an(hr):
    """October: a day of 480, one late by 7, overtime of Friday into the night, leave, a holiday."""
    someone = make.employee("7", "Nguyễn Văn An", grade="3/9")
    CalendarDay.objects.create(date=date(2026, 10, 20), kind="holiday", name="Thử")
    days = ["05", "06", "07", "08", "09"]
    make.roster(someone, *(f"2026-10-{day}" for day in days))
    make.punches(
        "7",
        "2026-10-05 07:30", "2026-10-05 17:00",
        "2026-10-06 07:37", "2026-10-06 17:00",
        "2026-10-09 07:30", "2026-10-09 23:00",
    )  # fmt: skip
    approve_overtime(
        employee=someone,
        start=datetime(2026, 10, 9, 17, 0, tzinfo=VN),
        end=datetime(2026, 10, 9, 23, 0, tzinfo=VN),
        reason="Quyết toán quý ba",
        by=hr,
        at=AT,
    )
    grant_leave(
        employee=someone, first=date(2026, 10, 7), last=date(2026, 10, 7), code="P", part="am",
        reason="Việc gia đình", by=hr, at=AT,
    )  # fmt: skip
    make.punches("7", "2026-10-07 13:00", "2026-10-07 17:00")
    make.timesheets(AT)
    return someone


def test_a_line_is_the_persons_timesheet(page, hr, an):
    line = lines(take(page(hr)))["7"]
    assert of(line, "format", "period", "full_name", "department_code", "department") == (
        "2", "2026-10", "Nguyễn Văn An", "PKT", "Phòng Kế toán",
    )  # fmt: skip
    assert of(line, "worked_minutes", "regular_minutes", "night_minutes", "late_minutes") == (
        "2033", "1673", "60", "7",
    )  # fmt: skip
    assert of(line, "ot_weekday_day_minutes", "ot_weekday_night_minutes") == ("300", "60")
    assert line["weighted_minutes"] == "2249.0"  # 1673 + 300 × 1,5 + 60 × 2,1
    assert of(line, "standard_days", "holiday_days", "leave_p_days", "absent_days") == (
        "3.49", "1.0", "0.5", "1",
    )  # fmt: skip
    assert of(line, "leave_minutes", "leave_o_days", "leave_other_days") == ("240", "0.0", "0.0")
    assert of(line, "lock_state", "lock_id", "locked_at") == ("chưa khóa", "", "")
    assert of(line, "adj_days", "adj_worked_minutes", "waiting_days") == ("0", "0", "0")


def test_every_number_is_the_sum_of_the_rows_and_the_days_of_the_grid(page, hr, an):
    line = lines(take(page(hr)))["7"]
    rows = list(TimesheetRow.objects.filter(employee=an, work_date__month=10))
    for column in (
        "worked", "regular", "credited", "night", "late", "early", "leave", "ot_weekday_day",
        "ot_weekday_night", "ot_restday_day", "ot_restday_night", "ot_holiday_day",
        "ot_holiday_night",
    ):  # fmt: skip
        assert int(line[f"{column}_minutes"]) == sum(getattr(row, column) for row in rows), column
    assert float(line["weighted_minutes"]) == float(sum(row.weighted for row in rows))
    [person] = load_month(OCTOBER, at=AT).people
    assert float(line["standard_days"]) == round(person.regular / 480, 2)
    assert float(line["leave_p_days"]) == person.leave / 480
    assert int(line["open_questions"]) == person.questions


def test_a_locked_month_names_its_lock_and_carries_what_comes_later(page, hr, an):
    held = lock(OCTOBER, note=NOTE, by=hr, at=AT)
    before = lines(take(page(hr)))["7"]
    assert of(before, "lock_state", "lock_id", "locked_at") == (
        "đã khóa", str(held.pk), "2026-11-03T09:00:00+07:00",
    )  # fmt: skip
    make.punches("7", "2026-10-06 07:25", terminal_code="M2")
    make.timesheets(AT)
    after = lines(take(page(hr)))["7"]
    assert {n: v for n, v in after.items() if n != "made_at"} == {
        n: v for n, v in before.items() if n != "made_at"
    }
    november = lines(take(page(hr), "2026-11"))["7"]
    assert of(november, "adj_days", "adj_worked_minutes", "adj_regular_minutes") == ("1", "7", "7")
    assert of(november, "adj_late_minutes", "adj_weighted_minutes") == ("-7", "7.0")
    assert of(november, "worked_minutes", "lock_state") == ("0", "chưa khóa")


def test_adjustments_count_no_more_when_their_month_is_opened_again(page, person, hr, an):
    held = lock(OCTOBER, note=NOTE, by=hr, at=AT)
    make.punches("7", "2026-10-06 07:25", terminal_code="M2")
    make.timesheets(AT)
    reopen(held, reason="Nhầm lịch nghỉ", by=person(Role.HR, username="hr2"), at=AT)
    assert lines(take(page(hr), "2026-11"))["7"]["adj_days"] == "0"
    assert lines(take(page(hr)))["7"]["waiting_days"] == "1"
    make.timesheets(AT)
    line = lines(take(page(hr)))["7"]
    assert of(line, "late_minutes", "waiting_days", "lock_state") == ("0", "0", "chưa khóa")


def test_who_left_before_the_month_has_a_line_for_what_is_carried_into_it(page, hr, an):
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    Employee.objects.filter(pk=an.pk).update(leave_date=date(2026, 10, 31))
    make.punches("7", "2026-10-06 07:25", terminal_code="M2")
    make.timesheets(AT)
    [line] = lines(take(page(hr), "2026-11")).values()
    assert of(line, "employee_code", "full_name", "department") == (
        "7", "Nguyễn Văn An", "Phòng Kế toán",
    )  # fmt: skip
    assert of(line, "worked_minutes", "adj_worked_minutes") == ("0", "7")


def test_leave_that_only_gets_another_symbol_is_told_day_by_day(page, hr, an):
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    Leave.objects.filter(employee=an).update(code="Ô")
    mark_days([(an.pk, date(2026, 10, 7))])
    make.timesheets(AT)
    answer = take(page(hr), "2026-11", dang="xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.content))["Điều chỉnh"]
    assert [sheet[f"{letter}6"].value for letter in "AFG"] == ["7", "P", "Ô"]
    assert sheet["C6"].value.date() == date(2026, 10, 7)
    assert lines(take(page(hr), "2026-11"))["7"]["adj_days"] == "1"


def test_the_workbook_has_the_same_columns_and_values(page, hr, an):
    client = page(hr)
    line = lines(take(client))["7"]
    answer = take(client, dang="xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="ban-giao-luong-2026-10.xlsx"'
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Bàn giao", "Điều chỉnh"]
    sheet = book["Bàn giao"]
    assert "CHƯA KHÓA" in sheet["A4"].value
    names = [cell.value.split("\n")[1] for cell in sheet[6]]
    assert names == [column.name for column in COLUMNS] == list(line)
    for name, cell in zip(names, sheet[7], strict=True):
        if isinstance(cell.value, int | float):
            assert float(line[name]) == cell.value, name


@pytest.mark.parametrize("text", ["=1+1", "+84", "-An", "@SUM(A1)", "\t=1"])
def test_no_code_or_name_becomes_a_formula(page, hr, text):
    department = make.department(text[:10], name=text)
    make.employee(text[:10], text, department=department)
    client = page(hr)
    [line] = lines(take(client)).values()
    assert of(line, "employee_code", "full_name", "department") == (
        f"'{text[:10]}", f"'{text}", f"'{text}",
    )  # fmt: skip
    sheet = openpyxl.load_workbook(BytesIO(take(client, dang="xlsx").content))["Bàn giao"]
    assert [sheet.cell(7, column).value for column in (3, 4)] == [text[:10], text]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_a_csv_is_what_the_document_says(page, hr):
    make.employee("7", 'Nguyễn; "An", Văn')
    content = take(page(hr)).content
    head, line, rest = content.decode("utf-8").split("\r\n")
    assert head.startswith('\ufeff"format","period","employee_code"')
    assert line.startswith('2,"2026-10","7","Nguyễn; ""An"", Văn","PKT"')
    assert rest == ""


def test_the_columns_are_those_of_the_document():
    told = re.findall(
        r"^\| `(\w+)` \| .* \| ([\w -]+) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE
    )
    assert told == [(column.name, column.unit) for column in COLUMNS]


def test_every_symbol_of_leave_has_a_column():
    assert set(LEAVE) == set(LEAVE_CODES)


def test_only_people_in_charge(page, person, hr, an):
    make.employee("8", department=make.department("KD"))
    some = person(Role.HR, username="some")
    some.departments.add(make.department("KD"))
    assert set(lines(take(page(some)))) == {"8"}
    assert set(lines(take(page(hr)))) == {"7", "8"}
    assert set(lines(take(page(hr), phong="KD"))) == {"8"}


def test_queries_do_not_grow_with_the_people(page, hr, an, django_assert_max_num_queries):
    for code in range(20, 30):
        make.employee(str(code))
    client = page(hr)
    PeriodLock.objects.create(period=OCTOBER, by=hr, at=AT)
    with django_assert_max_num_queries(36):
        assert len(lines(take(client))) == 11

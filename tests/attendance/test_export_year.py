"""A year of the timesheet as one workbook, or with the forms of its months in one archive."""

from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
import time_machine

from attendance.exports.year_facts import load_months, months_of, year_month
from attendance.leave.leaves import grant_leave
from attendance.models import Export, ExportProgress, ExportResult, PeriodLock
from backend.accounts.models import Role
from backend.accounts.scope import placements_for
from backend.clock import VN, now
from backend.jobs import work
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/cham-cong/tai-lieu/"
DAYS = "Cả năm - công"


@pytest.fixture(autouse=True)
def december():
    with time_machine.travel(datetime(2025, 12, 3, 9, tzinfo=VN), tick=True):
        yield


@pytest.fixture
def hr(person):
    return person(Role.HR)


@pytest.fixture
def an(hr):
    """October: 480 and 473 minutes; November: half a day of leave and 240 minutes."""
    someone = make.employee("7", "Nguyễn Văn An")
    make.roster(someone, "2025-10-06", "2025-10-07", "2025-11-03")
    make.punches(
        "7", "2025-10-06 07:30", "2025-10-06 17:00", "2025-10-07 07:37", "2025-10-07 17:00",
        "2025-11-03 13:00", "2025-11-03 17:00",
    )  # fmt: skip
    day = date(2025, 11, 3)
    grant_leave(
        employee=someone, first=day, last=day, code="P", part="am", reason="Việc nhà", by=hr,
        at=now(),
    )  # fmt: skip
    make.timesheets()
    return someone


def take(client, year="2025", form="xlsx", **more):
    answer = client.post(PAGE, {"tai_lieu": "year", "dang": form, "nam": year} | more)
    assert answer.status_code == 200, answer.content.decode()
    return answer


def lines(content, sheet, **how):
    rows = openpyxl.load_workbook(BytesIO(content), **how)[sheet].iter_rows(
        min_row=6, values_only=True
    )
    heads, *found = rows
    return [dict(zip(heads, row, strict=True)) for row in found]


def test_a_sheet_a_month_that_has_begun_and_four_of_the_year(page, hr, an):
    answer = take(page(hr))
    assert answer["Content-Disposition"] == 'attachment; filename="bang-cham-cong-2025.xlsx"'
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert book.sheetnames == [
        *(f"Tháng {number}" for number in range(1, 13)),
        DAYS, "Cả năm - làm thêm", "Cả năm - nghỉ", "Cả năm - đi muộn",
    ]  # fmt: skip
    assert book.active.title == DAYS
    [october] = lines(answer.content, "Tháng 10")
    shown = ("Mã NV", "Họ và tên", "6\nT2", "7\nT3", "8\nT4", "Công", "Đi muộn (phút)")
    assert [october[head] for head in shown] == ["7", "Nguyễn Văn An", "+", "+", None, 1.99, 7]
    [november] = lines(answer.content, "Tháng 11")
    assert [november[head] for head in ("3\nT2", "Công", "Nghỉ (ngày)")] == ["+4 P4", 0.5, 0.5]
    [cell] = [cell for cell in book["Tháng 11"][7] if cell.value == "+4 P4"]
    assert cell.alignment.shrink_to_fit  # its column is narrower, and neighbours would cover it


def test_people_by_months_with_sums_as_formulas_that_agree(page, hr, an):
    content = take(page(hr)).content
    [days] = lines(content, DAYS, data_only=True)
    assert [days[f"Tháng {number}"] for number in (9, 10, 11)] == [0, 1.99, 0.5]
    assert days["Cả năm"] == 2.49
    assert lines(content, DAYS)[0]["Cả năm"] == "=SUM(D7:O7)"
    assert lines(content, "Cả năm - nghỉ", data_only=True)[0]["Cả năm"] == 0.5
    assert lines(content, "Cả năm - đi muộn", data_only=True)[0]["Cả năm"] == 7


def test_each_month_says_whether_it_is_locked(page, hr, an):
    PeriodLock.objects.create(period=date(2025, 10, 1), by=hr, at=now())
    book = openpyxl.load_workbook(BytesIO(take(page(hr)).content))
    assert (book["Tháng 10"]["A4"].value, book["Tháng 11"]["A4"].value) == (
        "Kỳ công đã khóa.", "Kỳ công chưa khóa.",
    )  # fmt: skip
    assert book[DAYS]["A4"].value == "Các tháng đã khóa: 10. Các tháng khác còn có thể đổi."


def test_who_joined_or_left_within_the_year_is_blank_where_not_employed(page, hr):
    make.employee("8", join_date=date(2025, 3, 5), leave_date=date(2025, 4, 2))
    [line] = lines(take(page(hr)).content, DAYS, data_only=True)
    assert [line[f"Tháng {number}"] for number in (2, 3, 4, 5)] == [None, 0, 0, None]


def test_the_archive_has_the_forms_of_the_months_and_the_year(page, hr, an):
    answer = take(page(hr), form="zip")
    assert answer["Content-Type"] == "application/zip"
    archive = ZipFile(BytesIO(answer.content))
    assert archive.testzip() is None
    assert archive.namelist() == [
        *(f"bang-cham-cong-2025-{number:02}.xlsx" for number in range(1, 13)), "ca-nam-2025.xlsx",
    ]  # fmt: skip
    form = openpyxl.load_workbook(BytesIO(archive.read("bang-cham-cong-2025-10.xlsx")))
    own = page(hr).get("/cham-cong/bang-cong/mau-01a/", {"thang": "2025-10"}).content
    alone = openpyxl.load_workbook(BytesIO(own))
    assert form.sheetnames == alone.sheetnames
    for name in form.sheetnames:
        assert list(form[name].values) == list(alone[name].values)
    [line] = lines(archive.read("ca-nam-2025.xlsx"), DAYS, data_only=True)
    assert line["Cả năm"] == 2.49


def test_a_year_of_many_is_made_in_the_background_and_told_month_by_month(page, hr, an):
    for number in range(20, 40):
        make.employee(str(number))
    client = page(hr)
    shown = client.post(PAGE, {"tai_lieu": "year", "dang": "xlsx", "nam": "2025"}, follow=True)
    assert "Đang lập tài liệu ở nền" in shown.content.decode()
    progress = ExportProgress.objects.get()
    assert work.work_off(worker="a") == 1
    progress.refresh_from_db()
    assert (progress.done, progress.total) == (12, 12)
    assert ExportResult.objects.get().rows == 12 * 21 + 4 * 21
    assert "sẵn sàng" in client.get(PAGE).content.decode()


def test_a_year_that_has_not_begun_is_refused_in_words(page, hr, an):
    answer = page(hr).post(PAGE, {"tai_lieu": "year", "dang": "xlsx", "nam": "2026"})
    assert answer.status_code == 400
    assert "chưa có tháng nào bắt đầu" in answer.content.decode()
    assert not Export.objects.exists()


@pytest.mark.parametrize("year", ["", "x", "99999", "-1"])
def test_what_is_no_year_is_refused(page, hr, year):
    answer = page(hr).post(PAGE, {"tai_lieu": "year", "dang": "xlsx", "nam": year})
    assert answer.status_code == 400
    assert "Khoảng ngày không đúng" in answer.content.decode()


def test_only_people_in_charge(page, person, an):
    make.employee("8", department=make.department("KD"))
    some = person(Role.HR, username="some")
    some.departments.add(make.department("KD"))
    assert [line["Mã NV"] for line in lines(take(page(some)).content, DAYS)] == ["8"]


def test_queries_do_not_grow_with_the_people(hr, an, django_assert_max_num_queries):
    for number in range(20, 30):
        make.employee(str(number))
    months = months_of(2025, at=now())
    assert len(months) == 12
    with django_assert_max_num_queries(12 * 8):
        read = [year_month(sheet) for sheet in load_months(placements_for(hr), months, at=now())]
    assert {len(month.lines) for month in read} == {11}

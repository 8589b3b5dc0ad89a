"""HR reads the month: grid, day behind the cell, and the official form."""

import re
from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
import time_machine

from attendance.models import Leave, Shift
from backend.org.models import Department
from tests import make

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = "2026-11-02", "2026-11-03"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def an():
    """Present and 7 minutes late on Monday, without a departure on Tuesday."""
    person = make.employee("7", "=Nguyễn Văn An")
    make.roster(person, MONDAY, TUESDAY)
    make.punches("7", f"{MONDAY} 07:37", f"{MONDAY} 17:03", f"{TUESDAY} 07:30")
    make.timesheets(datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
    return person


def grid(client, **query):
    answer = client.get("/cham-cong/bang-cong/", {"thang": "2026-11"} | query)
    assert answer.status_code == 200
    return answer.content.decode()


def cells(html):
    line = re.search(r'<tr data-person="7">.*?</tr>', html, re.DOTALL)
    return re.findall(r"<td[^>]*>(.*?)</td>", line[0]) if line else []


def test_a_cell_shows_symbol_lateness_and_open_question(an, page):
    shown = cells(grid(page("hr")))
    assert shown[1] == "+<sub>M7</sub><small>7:53</small>"
    assert shown[2] == "?<b>!</b>"
    assert shown[-5:] == ["1", "", "7", "", "1"]


@pytest.mark.parametrize(
    ("end", "left", "days"),
    [
        ("16:00", "16:00", "1"),  # 7 hours are the normal day of this shift
        ("16:00", "12:30", "0,6"),  # 4 of 7 hours
        ("11:30", "11:30", "0,5"),  # a half shift of 4 hours
        ("19:30", "19:30", "1,3"),  # 10.5 hours
    ],
)
def test_a_full_day_of_short_normal_hours_is_one_day_of_work(page, end, left, days):
    an = make.employee("7")
    breaks = [{"from": "11:30", "to": "13:00"}] if end > "12:00" else []
    shift = Shift.objects.create(code="X", name="X", start="07:30", end=end, breaks=breaks)
    make.roster(an, MONDAY, shift=shift)
    make.punches("7", f"{MONDAY} 07:30", f"{MONDAY} {left}")
    make.timesheets(datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
    client = page("hr")
    assert cells(grid(client))[-5] == days


def test_a_running_shift_is_neither_absence_nor_question(page):
    """09:00 on Friday the 20th; the night shift of the 19th ended at 08:30."""
    an, binh = make.employee("7"), make.employee("8", "Trần Thị Bình")
    make.roster(an, "2026-11-20")
    night = Shift.objects.create(code="D", name="Đêm", start="22:30", end="08:30")
    make.roster(binh, "2026-11-19", shift=night)
    make.punches("8", "2026-11-19 22:25")
    make.timesheets(datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
    client = page("hr")
    assert cells(grid(client))[19] == "…"
    assert "Bình" not in grid(client, chi="ngoai-le")
    for path in ("nguoi/7/?thang=2026-11", "ngay/7/2026-11-20/"):
        html = client.get(f"/cham-cong/{path}").content.decode()
        assert "đang trong ca" in html
        assert "vắng, chưa rõ lý do" not in html
    with time_machine.travel(datetime(2026, 11, 20, 11, 1, tzinfo=UTC), tick=False):
        html = grid(page("auditor"), chi="ngoai-le")
    assert "Bình" in html
    assert "?<b>!</b>" in html


def test_a_person_is_one_plain_page_of_days(an, page):
    html = page("hr").get("/cham-cong/nguoi/7/?thang=2026-11").content.decode()
    assert html.count("<tr class=") == 20
    assert 'href="/cham-cong/ngay/7/2026-11-02/"' in html
    monday = re.search(r"<tr class=.work.>(?:(?!</tr>).)*2026-11-02.*?</tr>", html, re.DOTALL)
    assert monday
    assert [t for t in re.findall(r"<td[^>]*>([^<]*)", monday[0]) if t] == [
        "+", "có mặt", "HC", "07:37", "17:03", "7:53", "7",
    ]  # fmt: skip
    assert "Thiếu lượt ra" in html
    assert "/cham-cong/nguoi/7/?thang=2026-11" in grid(page("auditor"))


@pytest.mark.parametrize("month", ["", "x", "2026-13", "0001-01", "9999-12"])
def test_a_strange_month_is_the_present_one(an, page, month):
    assert 'value="2026-11"' in grid(page("hr"), thang=month)


def test_filters_narrow_the_people(an, page):
    make.employee("8", "Trần Thị Bình", department=Department.objects.create(code="X", name="X"))
    client = page("hr")
    assert "Trần Thị Bình" in grid(client)
    assert "Trần Thị Bình" not in grid(client, chi="ngoai-le")
    assert "Trần Thị Bình" not in grid(client, phong="PKT")
    assert cells(grid(client, tim="binh")) == []
    assert "Không có nhân viên nào" in grid(client, tim="không ai")


def test_the_grid_costs_the_same_queries_for_many_people(an, page, django_assert_max_num_queries):
    client = page("hr")
    for number in range(100, 160):
        make.employee(str(number), f"Người {number}")
    with django_assert_max_num_queries(14):
        grid(client)


def test_the_day_explains_itself_with_its_punches(an, page):
    html = page("hr").get(f"/cham-cong/ngay/7/{MONDAY}/").content.decode()
    assert "Đi muộn 7 phút: ca HC bắt đầu 07:30, lượt đầu 07:37 tại máy M1." in html
    assert "Vào lúc 07:37 tại máy M1" in html
    assert html.count("<td>07:37:00 02/11</td>") == 1
    assert "giờ vào" in html
    assert "giờ ra" in html
    question = page("executive").get(f"/cham-cong/ngay/7/{TUESDAY}/").content.decode()
    assert "Thiếu lượt ra" in question


def test_of_two_punches_in_a_minute_one_is_the_way_out(an, page):
    make.punches("7", f"{MONDAY} 17:03:40")
    make.timesheets(datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
    html = page("hr").get(f"/cham-cong/ngay/7/{MONDAY}/").content.decode()
    assert "17:03:40 02/11" in html
    assert html.count("<td>giờ ra</td>") == 1


@pytest.mark.parametrize("path", ["ngay/7/2026-02-31/", "ngay/nobody/2026-11-02/"])
def test_a_day_that_is_not_there_is_404(an, page, path):
    assert page("hr").get(f"/cham-cong/{path}").status_code == 404


def test_sales_managers_do_not_see_attendance(page):
    assert page("sales_manager").get("/cham-cong/bang-cong/").status_code == 403


def test_the_form_says_the_same_as_the_grid(an, page):
    answer = page("hr").get("/cham-cong/bang-cong/mau-01a/", {"thang": "2026-11"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    assert sheet.title == "Phòng Kế toán"
    name = sheet["B9"]
    assert (name.value, name.data_type) == ("=Nguyễn Văn An", "s")
    symbols = [sheet.cell(9, 3 + day).value for day in (1, 2, 3)]
    assert symbols == [None, "+", "?"]
    assert sheet.cell(9, 4 + 30 + 1).value == 1.0  # column 33: days on time wages
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$6:$8"
    assert sheet.freeze_panes == "D9"


def test_half_a_saturday_is_half_a_day_on_the_form_and_in_its_symbol(an, page):
    """Column 33 counts minutes of a standard day (480), never symbols; the symbol tells the hours."""
    half = Shift.objects.create(code="T7", name="Sáng thứ bảy", start="07:30", end="11:30")
    worked, late, away = "2026-11-07", "2026-11-14", "2026-11-21"
    make.roster(an, worked, late, away, shift=half)
    make.punches("7", f"{worked} 07:28", f"{worked} 11:31", f"{late} 07:48", f"{late} 11:30")
    Leave.objects.create(employee=an, date=away, part="full", code="P")
    make.timesheets(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
    answer = page("hr").get("/cham-cong/bang-cong/mau-01a/", {"thang": "2026-11"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    assert [sheet.cell(9, 3 + day).value for day in (7, 14, 21)] == ["+4", "+3,7", "P"]
    # 473 of Monday, 240 and 222 of 480 minutes; leave of the half shift is half a day
    assert [sheet.cell(9, 4 + 30 + n).value for n in (1, 2)] == [1.9, 0.5]


def test_a_month_nobody_worked_is_an_empty_form(page):
    answer = page("hr").get("/cham-cong/bang-cong/mau-01a/", {"thang": "2020-02"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    assert sheet["A4"].value == "Tháng 02 năm 2020"


def test_the_start_page_tells_attendance_and_what_is_missing(an, page):
    make.punches("99", f"{MONDAY} 08:00")
    html = page("hr").get("/").content.decode()
    assert "Chấm công tháng 11/2026" in html
    assert "1 lượt chấm của mã chưa biết là ai" in html
    assert date(2026, 11, 20).isoformat() not in html

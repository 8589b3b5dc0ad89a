"""The calendar's pages: a year at a glance, one day, confirming, drafting."""

import re
from datetime import date, datetime

import pytest

from attendance.models import CalendarChange, CalendarDay, DirtyDay, TimesheetRow
from attendance.roster.holidays import load_calendar
from attendance.timesheet.closing import lock
from backend import clock
from backend.clock import VN
from backend.org.models import Department
from tests import make
from tests.pages import text

pytestmark = pytest.mark.django_db
PAGE = "/cham-cong/lich/"
MONDAY = "2026-10-05"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)
HOLIDAY = {"viec": "luu", "loai": "holiday", "ten": "Lễ của tỉnh", "van_ban": "12/QĐ"}
WHY = "Theo thông báo của tỉnh"


@pytest.fixture(autouse=True)
def twentieth_of_november(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: AT.date())


@pytest.fixture
def an():
    someone = make.employee("7")
    make.roster(someone, MONDAY)
    make.punches("7", f"{MONDAY} 07:30", f"{MONDAY} 17:00")
    make.timesheets(AT)
    return someone


def day_page(day):
    return f"{PAGE}ngay/{day}/"


def test_a_year_shows_its_days_with_kind_lunar_date_and_status(page):
    load_calendar()
    shown = text(page("auditor").get(PAGE, {"nam": "2026"}))
    assert "Bính Ngọ" in shown
    assert len(re.findall('data-day="2026-', shown)) == 365
    said = "ngày lễ, tết: Tết Bính Ngọ (mùng 1), đã xác nhận, âm lịch 1/1"
    assert f'aria-label="17/02/2026, thứ 3, {said}"' in shown
    assert "ngày làm bù: Làm bù ngày 31/8, chờ xác nhận, âm lịch 10/7" in shown
    assert "chưa thấy văn bản luật sửa điều 112" in shown  # why 24/11 waits
    assert "Soạn nháp năm" not in shown
    assert "Xác nhận các ngày" not in shown


def test_what_is_not_announced_is_said(page):
    load_calendar()
    shown = text(page("hr").get(PAGE, {"nam": "2027"}))
    assert "Tết Đinh Mùi: còn 2 ngày chờ công bố, 04/02 + 05/02 hoặc 05/02 + 09/02." in shown
    assert "Quốc khánh: còn 1 ngày chờ công bố, 01/09 hoặc 03/09." in shown
    assert "ngày chờ công bố" not in text(page("auditor").get(PAGE, {"nam": "2026"}))


def test_a_year_nobody_has_drafted_asks_for_it(page):
    assert "Năm 2028 chưa có ngày nào. Hãy soạn nháp" in text(page("hr").get(PAGE, {"nam": "2028"}))


@pytest.mark.parametrize("year", ["1999", "abcd", "２０２６", "99999", "-1"])
def test_a_year_that_cannot_be_shown_is_this_one(page, year):
    assert "Lịch nghỉ lễ 2026" in text(page("hr").get(PAGE, {"nam": year}))


def test_a_year_costs_the_same_queries_however_many_days(page, django_assert_num_queries):
    client = page("hr")
    client.get(PAGE)
    with django_assert_num_queries(10):
        client.get(PAGE, {"nam": "2026"})
    load_calendar()
    with django_assert_num_queries(10):
        client.get(PAGE, {"nam": "2026"})


def test_a_day_is_added_and_the_effect_shown_before_and_after(page, an):
    client = page("hr")
    shown = text(client.get(day_page(MONDAY)))
    assert "1 ngày công đã tính của 1 người, trong tháng đang mở, sẽ được tính lại." in shown
    assert "Đang có 1 ca phân trong ngày này." in shown
    answer = client.post(day_page(MONDAY), {**HOLIDAY, "ly_do": WHY}, follow=True)
    assert "Đã lưu ngày 05/10/2026. 1 ngày công đang được tính lại." in text(answer)
    make.timesheets(AT)
    assert TimesheetRow.objects.get(work_date=MONDAY).ot_holiday_day == 480
    shown = text(client.get(day_page(MONDAY)))
    assert "Theo thông báo của tỉnh" in shown
    assert "loại ngày: – → ngày lễ, tết" in shown


def test_a_closed_month_is_named_before_and_after(page, person, an):
    lock(date(2026, 10, 1), note="Chấp nhận các việc còn lại", by=person("hr"), at=AT)
    client = page(person("hr", username="hr2"))
    said = "Kỳ công 10/2026 đã khóa: giữ nguyên theo lịch lúc khóa, không sinh điều chỉnh."
    assert said in text(client.get(day_page(MONDAY)))
    answer = client.post(day_page(MONDAY), {**HOLIDAY, "ly_do": WHY}, follow=True)
    assert said in text(answer)
    assert not DirtyDay.objects.filter(work_date=MONDAY).exists()
    assert CalendarDay.objects.get().kind == "holiday"


def test_a_day_is_removed_with_a_reason_and_stays_in_the_history(page):
    load_calendar()
    client = page("hr")
    refused = client.post(day_page("2026-11-24"), {"viec": "bo", "ly_do": ""})
    assert "Hãy ghi lý do rõ ràng" in text(refused, 400)
    assert CalendarDay.objects.filter(date="2026-11-24").exists()
    client.post(day_page("2026-11-24"), {"viec": "bo", "ly_do": "Chưa có luật"})
    assert not CalendarDay.objects.filter(date="2026-11-24").exists()
    shown = text(client.get(PAGE, {"nam": "2026"}))
    assert "Chưa có luật" in shown
    assert "tên: Ngày Văn hóa Việt Nam → –" in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"loai": "party"}, "Loại ngày"),
        ({"ten": " "}, "Tên"),
        ({"ten": "x" * 101}, "Tên"),
        ({"van_ban": "", "xac_nhan": "1"}, "Ngày 05/10/2026 chưa có văn bản"),
        ({"ly_do": ""}, "Hãy ghi lý do rõ ràng"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_saved(page, sent, said):
    answer = page("hr").post(day_page(MONDAY), {**HOLIDAY, "ly_do": WHY, **sent})
    assert said in text(answer, 400)
    assert not CalendarDay.objects.exists()
    assert not CalendarChange.objects.exists()


def test_a_new_day_opens_as_a_draft_would_have_it(page):
    shown = text(page("hr").get(day_page("2028-11-24")))
    assert 'value="Ngày Văn hóa Việt Nam"' in shown
    assert 'value="holiday" selected' in shown


@pytest.mark.parametrize("day", ["2026-02-30", "hom-nay", "1999-12-31"])
def test_no_such_day_is_not_found(page, day):
    assert page("hr").get(day_page(day)).status_code == 404


def test_several_days_are_confirmed_by_one_document(page, person):
    load_calendar()
    client = page(person("hr", username="huong"))
    shown = text(client.get(f"{PAGE}xac-nhan/", {"nam": "2026"}))
    assert shown.count('name="ngay"') == 7
    sent = {
        "nam": "2026",
        "ngay": ["2026-09-01", "2026-04-27"],
        "van_ban_2026-09-01": "",
        "van_ban_2026-04-27": "Luật 45/2019, điều 111",
        "van_ban_chung": "Thông báo 5/BNV",
    }
    answer = client.post(f"{PAGE}xac-nhan/", sent, follow=True)
    assert "Đã xác nhận 2 ngày." in text(answer)
    assert "huong, 09:00 20/11/2026" in text(answer)
    confirmed = CalendarDay.objects.filter(date__in=sent["ngay"]).order_by("date")
    assert [(day.status, day.document) for day in confirmed] == [
        ("confirmed", "Luật 45/2019, điều 111"),
        ("confirmed", "Thông báo 5/BNV"),
    ]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"ngay": ["2026-11-24", "2026-09-01"]}, "Ngày 01/09/2026, 24/11/2026 chưa có văn bản."),
        ({}, "Chưa chọn ngày nào."),
        ({"ngay": ["2026-10-06"], "van_ban_chung": "5/BNV"}, "không còn trong lịch"),
    ],
)
def test_confirming_without_a_document_or_a_day_is_refused(page, sent, said):
    load_calendar()
    answer = page("hr").post(f"{PAGE}xac-nhan/", {"nam": "2026", **sent})
    assert answer.status_code in (400, 409)
    assert said in text(answer, answer.status_code)
    assert not CalendarChange.objects.exists()


def test_a_year_is_drafted_shown_and_saved(page):
    client = page("hr")
    where = {"nam": "2028", "tet": "2+3", "quoc_khanh": "", "thu_bay": "nghi"}
    shown = text(client.get(f"{PAGE}nhap/", where))
    assert "13 ngày mới" in shown
    assert "Ngày lễ 30/04/2028 trùng ngày nghỉ hằng tuần" in shown
    assert "200 %, không phải 300 %" in shown
    assert "Quốc khánh: còn 1 ngày chờ công bố" in shown
    assert "Gói ghi “Quốc khánh”; bản nháp không có ngày này." in shown
    assert not CalendarDay.objects.exists()
    ticked = re.findall(r'name="ngay" value="([0-9-]+)" checked', shown)
    answer = client.post(f"{PAGE}nhap/", {**where, "ngay": ticked[1:]}, follow=True)
    assert "Đã ghi 12 ngày vào lịch." in text(answer)
    assert set(CalendarDay.objects.values_list("status", flat=True)) == {"draft"}
    assert not CalendarDay.objects.filter(date="2028-01-01").exists()  # was not ticked
    assert "1 ngày mới" in text(client.get(f"{PAGE}nhap/", where))


def test_the_draft_beside_a_calendar_names_what_differs(page):
    load_calendar()
    CalendarDay.objects.filter(date="2026-04-27").update(kind="holiday")
    CalendarDay.objects.filter(date="2026-08-22").delete()
    shown = text(page("hr").get(f"{PAGE}nhap/", {"nam": "2026"}))
    assert "1 ngày mới" in shown  # the package's swap was taken apart
    assert "ngày lễ, tết: Nghỉ bù Giỗ Tổ Hùng Vương" in shown
    assert "Nghỉ hoán đổi dịp Tết Dương lịch" in shown  # only in the calendar
    assert "chờ công bố" not in shown.split("<table")[0]  # 2026 was announced, its days say


def test_only_days_of_the_draft_are_saved(page):
    answer = page("hr").post(f"{PAGE}nhap/", {"nam": "2028", "ngay": ["2028-10-10"]})
    assert "Chưa chọn ngày nào" in text(answer, 400)
    assert not CalendarDay.objects.exists()


def test_where_saturday_is_worked_its_holidays_move_nothing(page):
    shown = text(page("hr").get(f"{PAGE}nhap/", {"nam": "2027", "thu_bay": "lam"}))
    assert "Nghỉ bù Ngày Quốc tế lao động" not in shown


def test_who_only_looks_or_has_some_departments_changes_nothing(page, person):
    load_calendar()
    auditor = page("auditor")
    assert "<form method" not in text(auditor.get(day_page("2026-11-24"))).split("<main")[1]
    assert auditor.post(day_page("2026-11-24"), {"viec": "bo", "ly_do": WHY}).status_code == 403
    limited = person("hr")
    limited.departments.add(Department.objects.create(code="KD", name="Phòng Kinh doanh"))
    client = page(limited)
    assert client.post(day_page("2026-11-24"), {"viec": "bo", "ly_do": WHY}).status_code == 403
    sent = {"nam": "2026", "ngay": ["2026-11-24"], "van_ban_chung": "5/BNV"}
    assert client.post(f"{PAGE}xac-nhan/", sent).status_code == 403
    assert client.post(f"{PAGE}nhap/", {"nam": "2028", "ngay": ["2028-01-01"]}).status_code == 403
    assert not CalendarChange.objects.exists()


@pytest.mark.parametrize(
    ("today", "year"), [("2027-09-30", None), ("2027-10-01", 2028), ("2027-12-31", 2028)]
)
def test_the_next_year_is_asked_for_from_october_on(page, monkeypatch, today, year):
    load_calendar()  # until 2027
    at = datetime.fromisoformat(f"{today} 08:00").replace(tzinfo=VN)
    monkeypatch.setattr(clock, "now", lambda: at)
    shown = text(page("hr").get("/"))
    assert (f"{PAGE}nhap/?nam=2028" in shown) == (year is not None)
    assert f"{PAGE}nhap/" not in text(page("executive").get("/"))


def test_a_year_that_has_days_is_not_asked_for(page):
    load_calendar()
    assert f"{PAGE}nhap/" not in text(page("hr").get("/"))

"""The closing page: checklist, confirmations, lock, reopening, and what came after."""

from datetime import date, datetime

import pytest

from attendance.models import Adjustment, DepartmentConfirmation, PeriodLock
from backend import clock
from backend.clock import VN
from backend.org.models import Department
from tests import make
from tests.pages import text

pytestmark = pytest.mark.django_db
MONDAY = "2026-10-05"
AT = datetime(2026, 11, 3, 9, 0, tzinfo=VN)
PAGE = "/cham-cong/chot-cong/"
CONFIRM = "/cham-cong/chot-cong/xac-nhan/"
OCTOBER = {"thang": "2026-10"}


@pytest.fixture(autouse=True)
def third_of_november(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: AT.date())


@pytest.fixture
def an():
    someone = make.employee("7")
    make.roster(someone, MONDAY)
    make.punches("7", f"{MONDAY} 07:37", f"{MONDAY} 17:00")
    make.timesheets(AT)
    return someone


def test_the_month_before_this_one_is_shown_with_what_is_left(page, an):
    shown = text(page("hr").get(PAGE))
    assert "Chốt công 10/2026" in shown
    assert "Máy M1" in shown  # its punches came from a file; nobody has heard of it since
    assert "Lý do vẫn khóa dù còn việc" in shown
    assert "mục chưa xong" in shown


def test_the_list_leads_to_the_month_and_the_year_that_are_closed(page, an):
    shown = text(page("hr").get(PAGE, {"thang": "2025-12"}))
    assert '"/cham-cong/lich/?nam=2025"' in shown
    assert '"/cham-cong/ngoai-le/?thang=2025-12"' in shown
    assert '"/cham-cong/chot-cong/xac-nhan/?thang=2025-12"' in shown


def test_a_lock_without_a_reason_is_refused_while_something_is_left(page, an):
    answer = page("hr").post(f"{PAGE}khoa/", {**OCTOBER, "ly_do": ""})
    assert "Danh sách kiểm tra còn việc chưa xong" in text(answer, 400)
    assert not PeriodLock.objects.exists()


def test_locked_by_one_reopened_by_another(page, person, an):
    first, second = page("hr"), page(person("hr", username="hr2"))
    answer = first.post(f"{PAGE}khoa/", {**OCTOBER, "ly_do": "Máy M1 đã thôi dùng"})
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?thang=2026-10")
    make.punches("7", f"{MONDAY} 07:25", terminal_code="M2")
    make.timesheets(AT)
    shown = text(first.get(PAGE, OCTOBER))
    assert "Thay đổi sau khi khóa (1)" in shown
    assert "đi muộn −7 phút" in shown
    assert "chỉ người khác của phòng nhân sự mở lại được" in shown
    assert "(1)" in text(first.get(PAGE, {"thang": "2026-11"}))  # what November has to pay
    refused = first.post(f"{PAGE}mo-lai/", {**OCTOBER, "ly_do": "Sửa công tháng 10"})
    assert "không tự mở lại được" in text(refused, 403)
    done = second.post(f"{PAGE}mo-lai/", {**OCTOBER, "ly_do": "Sửa công tháng 10"})
    assert done.status_code == 302
    make.timesheets(AT)
    shown = text(first.get(PAGE, OCTOBER))
    assert "Sửa công tháng 10" in shown
    assert "Thay đổi sau khi khóa" not in shown


def test_this_month_offers_no_lock(page, an):
    shown = text(page("hr").get(PAGE, {"thang": "2026-11"}))
    assert "Tháng chưa kết thúc" in shown
    assert f'action="{PAGE}khoa/"' not in shown


def test_who_only_looks_sees_no_forms(page, an):
    shown = text(page("auditor").get(PAGE))
    assert f'action="{PAGE}' not in shown
    assert CONFIRM not in shown


def test_a_head_sees_and_confirms_the_own_department_only(page, person, an):
    other = Department.objects.create(code="KD", name="Phòng Kinh doanh")
    head = person("manager", employee=make.employee("8", "Trần Thị Bình"))
    client = page(head)
    assert "chưa phụ trách phòng ban nào" in text(client.get(CONFIRM))
    Department.objects.filter(pk=an.department_id).update(manager=head.employee)
    shown = text(client.get(CONFIRM))
    assert "Nguyễn Văn An" in shown
    assert "chưa xác nhận" in shown
    assert client.post(CONFIRM, {**OCTOBER, "phong": other.code}).status_code == 404
    client.post(CONFIRM, {**OCTOBER, "phong": an.department.code})
    [kept] = DepartmentConfirmation.objects.all()
    assert (kept.department, kept.period, kept.by) == (an.department, date(2026, 10, 1), head)
    assert "manager đã xác nhận lúc" in text(client.get(CONFIRM))


def test_the_day_tells_what_it_was_and_why_it_changed(page, an):
    make.punches("7", f"{MONDAY} 07:25", terminal_code="M2")
    make.timesheets(AT)
    shown = text(page("hr").get(f"/cham-cong/ngay/7/{MONDAY}/"))
    assert "đi muộn: 7 → 0 phút" in shown
    assert "Vào lúc 07:25 tại máy M2" in shown


def test_the_day_labels_an_adjustment(page, an):
    client = page("hr")
    client.post(f"{PAGE}khoa/", {**OCTOBER, "ly_do": "Máy M1 đã thôi dùng"})
    make.punches("7", f"{MONDAY} 07:25", terminal_code="M2")
    make.timesheets(AT)
    assert Adjustment.objects.count() == 1
    assert "điều chỉnh, tính vào kỳ 11/2026" in text(client.get(f"/cham-cong/ngay/7/{MONDAY}/"))


def test_who_has_some_departments_sees_nothing_of_the_others(page, person, an):
    page("hr").post(f"{PAGE}khoa/", {**OCTOBER, "ly_do": "Máy M1 đã thôi dùng"})
    make.punches("7", f"{MONDAY} 07:25", terminal_code="M2")
    make.timesheets(AT)
    limited = person("hr", username="hr2")
    limited.departments.add(Department.objects.create(code="KD", name="Phòng Kinh doanh"))
    shown = text(page(limited).get(PAGE, OCTOBER))
    assert an.full_name not in shown
    assert an.department.name not in shown
    refused = page(limited).post(f"{PAGE}mo-lai/", {**OCTOBER, "ly_do": "Sửa công tháng 10"})
    assert refused.status_code == 403


def test_who_enters_a_punch_into_a_closed_month_is_told_what_becomes_of_it(page, an):
    client = page("hr")
    client.post(f"{PAGE}khoa/", {**OCTOBER, "ly_do": "Máy M1 đã thôi dùng"})
    sent = {"nv": "7", "ngay": MONDAY, "gio": "07:20", "ly_do": "Quên chấm lượt vào"}
    answer = client.post("/cham-cong/cham-tay/them/", sent, follow=True)
    assert "Kỳ công đã khóa: phần chênh lệch thành điều chỉnh" in text(answer)

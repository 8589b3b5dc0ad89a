"""The roster's page: what it shows, who may change which cell, and how it answers a script."""

from datetime import date, datetime

import pytest

from attendance.engine.facts import Break
from attendance.engine.facts import Shift as EngineShift
from attendance.models import DirtyDay, RosterEntry, Shift
from attendance.roster.shift_kinds import figures_of
from attendance.roster.swapping import approve_swap
from backend.clock import VN
from backend.org.models import Department
from tests import make
from tests.pages import text

PAGE, EDIT, COPY = "/cham-cong/phan-ca/", "/cham-cong/phan-ca/sua/", "/cham-cong/phan-ca/chep-tuan/"
MONDAY, TUESDAY = "2026-11-02", "2026-11-03"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def an(db):
    Shift.objects.create(code="C", name="Ca chiều", start="14:00", end="22:00")
    Shift.objects.create(code="S", name="Ca sáng", start="06:00", end="14:00")
    return make.employee("7")


def entries(person):
    found = RosterEntry.objects.filter(employee=person).order_by("work_date", "shift__start")
    return [f"{day:%d} {code}" for day, code in found.values_list("work_date", "shift__code")]


def edit(client, **fields):
    form = {"nv": "7", "ngay": MONDAY, "ca": "S", "tuan": MONDAY}
    return client.post(EDIT, form | fields, headers=SCRIPT)


def test_a_cell_is_changed_by_script_and_its_line_comes_back(page, an):
    answer = edit(page("hr"), ca=" S+C ")
    assert entries(an) == ["02 S", "02 C"]
    assert DirtyDay.objects.filter(employee=an, work_date=MONDAY).exists()
    line = answer.json()["rows"]["7"]
    assert 'data-day="2026-11-02" data-shifts="S+C"' in line
    assert line.count("<td") == 7


def test_a_cell_is_moved_to_another_person(page, an):
    binh = make.employee("8", "Trần Bình")
    hr = page("hr")
    edit(hr)
    answer = edit(hr, nv="8", ngay=TUESDAY, tu_nv="7", tu_ngay=MONDAY)
    assert set(answer.json()["rows"]) == {"7", "8"}
    assert (entries(an), entries(binh)) == ([], ["03 S"])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"ca": "X"}, "Không có ca nào mang mã này"),
        ({"ca": "S+S"}, "mỗi ngày một từ"),
        ({"ngay": "2026-02-30"}, "Ngày không đúng"),
        ({"ngay": "2019-12-31"}, "không làm việc tại công ty"),
        ({"tu_nv": "7", "tu_ngay": ""}, "Ngày không đúng"),
    ],
)
def test_a_change_that_cannot_be_is_told_and_changes_nothing(page, an, fields, says):
    answer = edit(page("hr"), **fields)
    assert answer.status_code == 400
    assert says in answer.json()["problem"]
    assert entries(an) == []


def test_without_a_script_the_form_goes_back_to_its_week(page, an):
    form = {"nv": "7", "ngay": TUESDAY, "ca": "S"}
    shown = text(page("hr").post(EDIT, form, follow=True))
    assert "Đã sửa phân ca" in shown
    assert "Phân ca tuần 02/11–08/11/2026" in shown
    assert 'data-day="2026-11-03" data-shifts="S"' in shown


def test_the_page_tells_conflicts_and_swaps_in_words(page, an):
    binh = make.employee("8", "Trần Bình")
    hr = page("hr")
    edit(hr, ca="S")
    edit(hr, nv="8", ca="C")
    edit(hr, ngay=TUESDAY)
    boss = hr.get("/").wsgi_request.user
    day = date(2026, 11, 2)
    approve_swap(date=day, a=an, b=binh, reason="Việc gia đình", by=boss, at=AT)
    shown = text(hr.get(PAGE, {"tuan": MONDAY}))
    assert "1 chỗ trái quy định nghỉ" in shown
    assert '<span class="visually-hidden">nghỉ dưới 12 giờ trước ca này</span>' in shown
    assert shown.count('<span class="visually-hidden">đổi ca</span>') == 2
    assert edit(hr).status_code == 409


def test_a_month_is_shown_and_only_to_be_read_by_others(page, an):
    shown = text(page("executive").get(PAGE, {"thang": "2026-11"}))
    assert "Phân ca tháng 11/2026" in shown
    assert shown.count("data-day=") == 30
    assert "data-edit" not in shown
    assert "Sửa một ô" not in shown


def test_hr_of_a_department_neither_sees_nor_changes_others(page, person, an):
    other = Department.objects.create(code="KD", name="Phòng Kinh doanh")
    make.employee("8", "Trần Bình", department=other)
    account = person("hr")
    account.departments.add(other)
    hr = page(account)
    shown = text(hr.get(PAGE, {"tuan": MONDAY}))
    assert "Trần Bình" in shown
    assert "Nguyễn Văn An" not in shown
    assert edit(hr).status_code == 404
    assert edit(hr, nv="8", tu_nv="7", tu_ngay=MONDAY).status_code == 404
    make.roster(an, MONDAY)
    hr.post(COPY, {"tuan": "2026-11-09"})
    assert entries(an) == ["02 HC"]


def test_the_week_before_is_copied_into_empty_cells(page, an):
    hr = page("hr")
    edit(hr)
    edit(hr, ngay=TUESDAY)
    edit(hr, ngay="2026-11-10", ca="C")
    shown = text(hr.post(COPY, {"tuan": "2026-11-09"}, follow=True))
    assert "Đã chép 1 ca từ tuần trước" in shown
    assert entries(an) == ["02 S", "03 S", "09 S", "10 C"]
    hr.post(COPY, {"tuan": "2026-11-09", "thay": "1"})
    assert entries(an) == ["02 S", "03 S", "09 S", "10 S"]


def test_a_page_of_many_costs_as_many_queries_as_one(page, an, django_assert_max_num_queries):
    for number in range(100, 130):
        make.roster(make.employee(str(number)), MONDAY, TUESDAY)
    hr = page("hr")
    with django_assert_max_num_queries(17):
        hr.get(PAGE, {"tuan": MONDAY})


@pytest.mark.parametrize(
    ("start", "end", "breaks", "paid", "night", "kind"),
    [
        (450, 1020, (Break(690, 780),), 480, 0, "ca cố định"),
        (420, 1140, (Break(660, 900),), 480, 0, "ca gãy"),
        (1320, 360, (), 480, 480, "ca đêm"),
        (1320, 360, (Break(60, 90, paid=True),), 480, 480, "ca đêm liên tục"),
        (360, 840, (Break(600, 630, paid=True),), 480, 0, "ca liên tục"),
        (1080, 1410, (Break(1260, 1280),), 310, 90, "ca đêm"),
    ],
)
def test_a_shifts_figures(start, end, breaks, paid, night, kind):
    found = figures_of(EngineShift("X", start, end, breaks))
    assert (found.paid, found.night, str(found.kind)) == (paid, night, kind)


def test_a_flexible_shift_is_named_and_told(page):
    office = make.office_shift()
    office.flex_minutes = 30
    office.save()
    html = page("hr").get(PAGE, {"tuan": MONDAY}).content.decode()
    assert "ca linh hoạt" in html
    assert "vào muộn đến 30 phút thì ra muộn bấy nhiêu" in html

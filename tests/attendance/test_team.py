"""A department for whoever manages it: who is in now, lateness and overtime against the caps."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from attendance.models import TimesheetRow
from attendance.review.team import team_load
from attendance.timesheet.rules import lay_down
from attendance.timesheet.timesheets import month_of
from backend.clock import VN
from tests import make
from tests.attendance.test_working_rules import rules

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)
PAGE = "/cham-cong/bo-phan/?thang=2026-11"


def day(person, on, **values):
    TimesheetRow.objects.create(
        employee=person,
        work_date=date.fromisoformat(on),
        computed_at=AT,
        **({"status": "present", "weighted": 0} | values),
    )


@pytest.fixture
def department():
    return make.department("KD")


@pytest.fixture
def binh(department):
    return make.employee("1", "Trần Thị Bình", department=department)


def load(*people):
    first, last = month_of(date(2026, 11, 1))
    return team_load([person.pk for person in people], first=first, last=last)


def test_a_month_of_a_person_adds_up(binh):
    day(binh, "2026-11-02", late=7, early=3, exceptions=["missing_out"])
    day(binh, "2026-11-03", late=5, ot_weekday_day=90, ot_weekday_night=30)
    day(binh, "2026-11-04", status="absent")
    day(binh, "2026-10-05", late=60, ot_restday_day=480)
    day(binh, "2025-12-31", ot_restday_day=480)
    [told] = load(binh).people
    assert (told.late_days, told.late_minutes, told.early_minutes) == (2, 12, 3)
    assert (told.absent_days, told.questions) == (1, 1)
    assert (told.overtime_month, told.overtime_year) == (120, 600)


def test_a_person_without_any_day_is_told_too(binh):
    [told] = load(binh).people
    assert (told.late_days, told.overtime_year) == (0, 0)


def test_six_months_go_back_from_the_one_asked_for(binh):
    for on in ("2026-05-29", "2026-06-01", "2026-10-05", "2026-11-02", "2026-12-01"):
        day(binh, on, late=10)
    assert [month.month for month in load(binh).months] == [
        date(2026, 6, 1),
        date(2026, 10, 1),
        date(2026, 11, 1),
    ]


def test_the_caps_are_those_of_the_company(binh, person):
    for offset in range(3):
        on = date(2026, 11, 2) + timedelta(days=offset)
        day(binh, on.isoformat(), ot_weekday_day=240)
    assert [month.over_cap for month in load(binh).months] == [0]
    lay_down(
        rules(ot_month_cap_hours=10), reason="Nội quy mới", by=person("hr", username="x"), at=AT
    )
    told = load(binh)
    assert told.month_cap == 600
    assert [month.over_cap for month in told.months] == [1]


def test_a_head_of_department_sees_their_own_people_only(binh, department, page, person):
    department.manager = binh
    department.save()
    make.employee("2", "Lê Văn Cường", department=make.department("KT"))
    day(binh, "2026-11-02", late=7)
    browser = page(person("manager", employee=binh))
    for address in (PAGE, f"{PAGE}&phong=KT"):
        body = browser.get(address)
        assert "Trần Thị Bình" in body.content.decode()
        assert "Lê Văn Cường" not in body.content.decode()


def test_who_manages_nothing_is_told_what_to_do(page):
    assert "chưa phụ trách bộ phận nào" in page("manager").get(PAGE).content.decode()


def test_overtime_over_the_cap_is_told_in_words(binh, page):
    for offset in range(20):
        on = date(2026, 11, 2) + timedelta(days=offset)
        day(binh, on.isoformat(), ot_weekday_day=150)
    assert "<b>vượt</b>" in page("hr").get(f"{PAGE}&phong=KD").content.decode()


def test_more_people_cost_no_more_queries(binh, department, page, django_assert_max_num_queries):
    for number in range(10, 40):
        day(make.employee(str(number), department=department), "2026-11-02", late=number)
    hr = page("hr")
    with django_assert_max_num_queries(22):
        assert hr.get(f"{PAGE}&phong=KD").status_code == 200


def test_each_figure_leads_to_its_days(binh, department, page, person):
    department.manager = binh
    department.save()
    cuong = make.employee("2", "Lê Văn Cường", department=department)
    day(cuong, "2026-11-02", late=7)
    day(cuong, "2026-11-03", status="absent", symbol="V")
    head = page(person("manager", employee=binh))
    body = head.get(PAGE).content.decode()
    assert '<a href="/cham-cong/nguoi/2/?thang=2026-11&amp;chi=muon">7</a>' in body
    late = head.get("/cham-cong/nguoi/2/?thang=2026-11&chi=muon").content.decode()
    assert "/cham-cong/ngay/2/2026-11-02/" in late
    assert "/cham-cong/ngay/2/2026-11-03/" not in late
    absent = head.get("/cham-cong/nguoi/2/?thang=2026-11&chi=vang").content.decode()
    assert "/cham-cong/ngay/2/2026-11-03/" in absent
    assert "/cham-cong/ngay/2/2026-11-02/" not in absent
    assert head.get("/cham-cong/ngay/2/2026-11-02/").status_code == 200


def test_a_head_of_department_opens_no_days_of_others(binh, department, page, person):
    department.manager = binh
    department.save()
    make.employee("3", "Lê Thị Dung", department=make.department("KT"))
    head = page(person("manager", employee=binh))
    assert head.get("/cham-cong/nguoi/3/").status_code == 404
    assert head.get("/cham-cong/ngay/3/2026-11-02/").status_code == 404


def test_who_came_late_today_is_named_with_the_minutes(binh, department, page):
    day(binh, "2026-11-20", status="incomplete", late=12)
    day(make.employee("2", "Lê Văn Cường", department=department), "2026-11-20")
    with time_machine.travel(AT, tick=False):
        body = page("hr").get(f"{PAGE}&phong=KD").content.decode()
    late = body.partition("Đi muộn hôm nay")[2].partition("</details>")[0]
    assert "Trần Thị Bình" in late
    assert "12 phút" in late
    assert "Lê Văn Cường" not in late

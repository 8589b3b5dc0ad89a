"""Annual leave on the pages: HR's table, one person, carrying over, and warnings of too much."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.leave.grants import grant_days
from attendance.leave.leave_balances import leave_balance
from attendance.models import (
    Leave,
    LeaveGrant,
    LeaveGrantKind,
    LeaveTerms,
    Request,
    RequestState,
    WorkingRules,
)
from attendance.timesheet.rules import lay_down
from backend.clock import now
from tests import make
from tests.pages import text

PLACE, MINE = "/cham-cong/phep-nam/", "/cham-cong/cua-toi/"
NEW, LEAVE = "/cham-cong/cua-toi/don-moi/", "/cham-cong/nghi-phep/"
CARRY = f"{PLACE}chuyen-nam/"
JULY = ("2025-07-01", "2025-07-31")  # 23 working days


@pytest.fixture
def an(db):
    department = make.department("KT", name="Phòng Kế toán")
    return make.employee("7", "Trần An", department=department, join_date=date(2019, 1, 1))


@pytest.fixture
def binh(db):
    department = make.department("HC", name="Phòng Hành chính")
    return make.employee("8", "Lê Bình", department=department, join_date=date(2025, 7, 1))


@pytest.fixture
def hr(page, person):
    return page(person("hr"))


@pytest.fixture
def asking(an, page, person):
    return page(person("employee", employee=an))


def rules(person, month="2025-01-01", **values):
    laid = WorkingRules(from_month=date.fromisoformat(month), **values)
    by = person("administrator", username=f"a{WorkingRules.objects.count()}")
    lay_down(laid, reason="Quy chế nghỉ phép", by=by, at=now())


def ask(client, span=JULY, status=302):
    form = {"loai": "leave", "ma": "P", "ngay": span[0], "den": span[1], "ly_do": "Về quê xa"}
    answer = client.post(NEW, form)
    assert answer.status_code == status, text(answer, answer.status_code)
    return text(client.get(answer["Location"])) if status == 302 else text(answer, status)


def test_everybody_of_a_department_with_every_part(hr, an, binh, person):
    grant_days(
        an, kind=LeaveGrantKind.EXTRA, days=Decimal("1.5"), valid_from=date(2025, 1, 1),
        valid_to=date(2025, 6, 30), reason="Thỏa ước", by=person("administrator"), at=now(),
    )  # fmt: skip
    shown = text(hr.get(PLACE, {"nam": "2025"}))
    assert "Trần An" in shown
    assert "Lê Bình" in shown
    row = shown.split("Trần An")[1].split("</tr>")[0]
    cells = [cell.split("<")[0] for cell in row.split('<td class="number">')[1:]]
    assert cells == ["12", "1", "13", "", "1,5", "1,5", "", "", "", ""]
    assert "<strong>13</strong>" in row
    other = text(hr.get(PLACE, {"nam": "2025", "phong": "HC"}))
    assert ("Trần An" in other, "Lê Bình" in other, "<strong>6</strong>" in other) == (
        False, True, True,
    )  # fmt: skip


def test_the_table_costs_no_query_a_person(hr, an, django_assert_num_queries):
    with CaptureQueriesContext(connection) as of_one:
        hr.get(PLACE)
    for number in range(5):
        make.employee(f"x{number}", department=an.department)
    with django_assert_num_queries(len(of_one)):
        hr.get(PLACE)


def test_hr_sets_a_base_grants_days_and_takes_both_back(hr, an):
    place = f"{PLACE}nguoi/7/"
    assert "12 ngày theo luật" in text(hr.get(place))
    hr.post(place, {"viec": "muc", "tu": "2025-01-01", "muc": "14", "can_cu": "QĐ 5/2025"})
    hr.post(
        place,
        {"viec": "cap", "loai": "correction", "so_ngay": "-0,5", "tu": "2025-01-01",
         "den": "2025-12-31", "ly_do": "Nghỉ KL dài"},
    )  # fmt: skip
    assert leave_balance(an, on=date(2025, 12, 31)).left == Decimal("14.5")
    shown = text(hr.get(place, {"nam": "2025"}))
    assert ("QĐ 5/2025" in shown, "(14 + 1 thâm niên) × 12/12" in shown) == (True, True)
    terms, grant = LeaveTerms.objects.get(), LeaveGrant.objects.get()
    for address in (f"{PLACE}muc/{terms.pk}/thu-hoi/", f"{PLACE}cap/{grant.pk}/thu-hoi/"):
        assert "Đã thu hồi" in text(hr.post(address, {"ly_do": "Nhập nhầm"}, follow=True))
        assert "đã được thu hồi" in text(hr.post(address, {"ly_do": "Nhập nhầm"}, follow=True))
    assert leave_balance(an, on=date(2025, 12, 31)).left == 13


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"viec": "muc", "tu": "2025-01-01", "muc": "11", "can_cu": "QĐ 5/2025"}, "từ 12"),
        ({"viec": "muc", "tu": "hôm nay", "muc": "14", "can_cu": "QĐ 5/2025"}, "Từ ngày:"),
        ({"viec": "cap", "loai": "extra", "so_ngay": "-1", "tu": "2025-01-01",
          "den": "2025-12-31", "ly_do": "Thỏa ước"}, "chỉ điều chỉnh mới được âm"),
        ({"viec": "cap", "loai": "carried_over", "so_ngay": "1", "tu": "2025-01-01",
          "den": "2025-12-31", "ly_do": "Thỏa ước"}, "Loại:"),
        ({"viec": "cap", "loai": "extra", "so_ngay": "NaN", "tu": "2025-01-01",
          "den": "2025-12-31", "ly_do": "Thỏa ước"}, "Số ngày:"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_and_nothing_is_stored(hr, an, form, told):
    answer = hr.post(f"{PLACE}nguoi/7/", form)
    assert told in text(answer, 400)
    assert not LeaveTerms.objects.exists()
    assert not LeaveGrant.objects.exists()


def test_each_account_sees_its_own_people_and_only_hr_writes(page, person, an, binh):
    some = person("hr", username="some")
    some.departments.set([binh.department])
    client = page(some)
    assert "Trần An" not in text(client.get(PLACE))
    assert client.get(f"{PLACE}nguoi/7/").status_code == 404
    auditor = page("auditor")
    form = {"viec": "muc", "tu": "2025-01-01", "muc": "14", "can_cu": "QĐ 5/2025"}
    assert "Chỉ nhân sự" in text(auditor.post(f"{PLACE}nguoi/7/", form), 400)
    assert not LeaveTerms.objects.exists()


def test_a_year_is_looked_at_and_carried_over_once(hr, an, binh, person):
    assert "không chuyển phép năm cũ" in text(hr.get(CARRY, {"nam": "2024"}))
    rules(person, leave_carry_days=5)
    shown = text(hr.get(CARRY, {"nam": "2024"}))
    assert "Chuyển phép năm 2024 cho 1 người" in shown
    assert "Lê Bình" not in shown, "joined later"
    done = text(hr.post(CARRY, {"nam": "2024", "viec": "chuyen"}, follow=True))
    assert ("Đã chuyển phép cho 1 người" in done, "đã chuyển" in done) == (True, True)
    hr.post(CARRY, {"nam": "2024", "viec": "chuyen"})
    [grant] = LeaveGrant.objects.all()
    assert grant.days == 5
    assert (grant.valid_to, grant.reason) == (date(2025, 3, 31), "Chuyển phép năm 2024")
    rules(person, leave_carry_days=5, leave_carry_until="30/6")
    changed = text(hr.get(CARRY, {"nam": "2024"}))
    assert "đã chuyển 5, đến 31/03/2025" in changed
    hr.post(CARRY, {"nam": "2024", "viec": "sua", "nv": "7"})
    assert LeaveGrant.objects.standing().get().valid_to == date(2025, 6, 30)
    assert "Sửa" not in text(hr.get(CARRY, {"nam": "2024"})).split("<main")[1]


def test_a_year_that_runs_is_only_looked_at(hr, an, person):
    year = now().year
    rules(person, leave_carry_days=5)
    assert "chưa kết thúc" in text(hr.get(CARRY, {"nam": year}))
    assert "chưa kết thúc" in text(hr.post(CARRY, {"nam": year, "viec": "chuyen"}), 400)
    assert not LeaveGrant.objects.exists()


def test_who_asks_for_too_much_is_warned_and_so_is_who_decides(asking, an, hr):
    assert "thiếu" not in ask(asking, ("2025-03-03", "2025-03-07")), "five of thirteen days"
    shown = ask(asking)
    assert "Phép năm 2025 thiếu 15 ngày, kể cả đơn đang chờ duyệt." in shown
    assert Request.objects.count() == 2
    [_first, second] = Request.objects.order_by("pk")
    assert "thiếu 15 ngày" in text(hr.get(f"/cham-cong/don/{second.pk}/"))
    assert "thiếu 15" in text(hr.get(PLACE, {"nam": "2025"}))


def test_a_company_may_refuse_what_goes_too_far(asking, an, hr, person):
    rules(person, leave_may_overdraw=False)
    ask(asking, ("2025-03-03", "2025-03-14"))
    told = ask(asking, ("2025-04-01", "2025-04-04"), status=409)
    assert "Phép năm 2025 thiếu 1 ngày, kể cả đơn đang chờ duyệt. Hãy rút ngắn" in told
    form = {"nv": "7", "ma": "P", "ngay": JULY[0], "den": JULY[1], "ly_do": "Về quê xa"}
    assert "thiếu 20 ngày" in text(hr.post(LEAVE, form), 409)
    assert (Request.objects.count(), Leave.objects.count()) == (1, 0)


def test_an_approval_that_would_go_too_far_is_refused_too(asking, an, hr, person):
    ask(asking)
    rules(person, leave_may_overdraw=False)
    asked = Request.objects.get()
    told = hr.post(f"/cham-cong/don/{asked.pk}/quyet-dinh/", {"y": "duyet"}, follow=True)
    assert "thiếu 10 ngày" in text(told)
    asked.refresh_from_db()
    assert (asked.state, Leave.objects.count()) == (RequestState.HR, 0)


def test_hr_is_warned_when_granting_too_much(hr, an):
    form = {"nv": "7", "ma": "P", "ngay": JULY[0], "den": JULY[1], "ly_do": "Về quê xa"}
    assert "Phép năm 2025 thiếu 10 ngày." in text(hr.post(LEAVE, form, follow=True))
    assert Leave.objects.count() == 23


def test_other_leave_does_not_ask_for_annual_leave(hr, an, person):
    rules(person, leave_may_overdraw=False)
    form = {"nv": "7", "ma": "KL", "ngay": JULY[0], "den": JULY[1], "ly_do": "Về quê xa"}
    assert "thiếu" not in text(hr.post(LEAVE, form, follow=True))
    assert Leave.objects.count() == 23


def test_ones_own_page_tells_how_the_balance_came_about(asking, an):
    shown = text(asking.get(MINE))
    assert "Phép của năm: (12 + 1 thâm niên) × 12/12" in shown
    assert "Phép năm" in text(asking.get(NEW, {"loai": "leave"}))

"""HR enters a swap on its page and takes it back; who only looks may not."""

from datetime import date

import pytest

from attendance.models import DirtyDay, Swap
from backend.org.models import Department
from tests import make
from tests.pages import text

PAGE = "/cham-cong/doi-ca/"
MONDAY = "2026-11-02"
FORM = {"a": "7", "b": "8", "ngay": MONDAY, "ly_do": "Việc gia đình của An"}


@pytest.fixture
def two(db):
    an, binh = make.employee("7"), make.employee("8", "Trần Bình")
    make.roster(an, MONDAY)
    return an, binh


def test_a_swap_is_entered_and_taken_back_with_reasons(page, two):
    hr = page("hr")
    shown = text(hr.post(PAGE, FORM, follow=True))
    assert "Đã đổi ca" in shown
    assert "Thu hồi đổi ca ngày 02/11/2026 của Nguyễn Văn An với Trần Bình" in shown
    swap = Swap.objects.get()
    assert (swap.date, swap.by.username) == (date(2026, 11, 2), "hr")
    place = f"{PAGE}{swap.pk}/thu-hoi/"
    assert "Việc gia đình của An" in text(hr.get(place))
    assert "Hãy ghi lý do rõ ràng" in text(hr.post(place, {"ly_do": " "}), 400)
    DirtyDay.objects.all().delete()
    shown = text(hr.post(place, {"ly_do": "Nhập nhầm ngày"}, follow=True))
    assert "Nhập nhầm ngày" in shown
    assert DirtyDay.objects.filter(work_date=MONDAY).count() == 2
    assert "đã được thu hồi" in text(hr.post(place, {"ly_do": "Nhập nhầm ngày"}), 409)


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"b": "7"}, 400, "với chính mình"),
        ({"b": "99"}, 400, "Không có nhân viên nào mang mã này"),
        ({"ngay": "31/02"}, 400, "Ngày:"),
        ({"ngay": "2026-11-03"}, 400, "không có gì để đổi"),
    ],
)
def test_what_was_typed_stays_when_it_is_refused(page, two, fields, status, says):
    shown = text(page("hr").post(PAGE, FORM | fields), status)
    assert says in shown
    assert "Việc gia đình của An</textarea>" in shown
    assert not Swap.objects.exists()


def test_who_only_looks_sees_swaps_but_enters_none(page, two):
    page("hr").post(PAGE, FORM)
    executive = page("executive")
    shown = text(executive.get(PAGE))
    assert "Việc gia đình của An" in shown
    assert "<form method" not in shown.split("<main")[1]
    assert executive.post(PAGE, FORM).status_code == 403


def test_hr_of_a_department_swaps_its_own_people_only(page, person, two):
    other = Department.objects.create(code="KD", name="Phòng Kinh doanh")
    make.employee("9", "Lê Cường", department=other)
    page("hr").post(PAGE, FORM)
    account = person("hr", username="hr-kd")
    account.departments.add(other)
    limited = page(account)
    assert "Trần Bình" not in text(limited.get(PAGE))
    assert "Không có nhân viên nào" in text(limited.post(PAGE, FORM | {"b": "9"}), 400)
    assert limited.get(f"{PAGE}{Swap.objects.get().pk}/thu-hoi/").status_code == 404

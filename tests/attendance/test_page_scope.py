"""HR of some departments finds these on every page, and nobody else by any address."""

from datetime import datetime

import pytest

from attendance.collecting.manual import enter_punch
from attendance.models import ManualPunch
from backend.clock import VN
from tests import make

pytestmark = pytest.mark.django_db
DAY = "2026-11-02"


@pytest.fixture
def browser(person, page):
    """HR of department KD; there is another department with a manual punch."""
    mine, theirs = make.department("KD"), make.department("KT")
    make.employee("1", "Trần Thị Bình", department=mine)
    other = make.employee("2", "Lê Văn Cường", department=theirs)
    everybody = person("hr", username="everybody")
    at = datetime(2026, 11, 20, tzinfo=VN)
    moment = datetime(2026, 11, 2, 7, 30, tzinfo=VN)
    enter_punch(employee=other, moment=moment, reason="Quên chấm công", by=everybody, at=at)
    hr = person("hr")
    hr.departments.set([mine])
    return page(hr)


@pytest.mark.parametrize("path", ["bang-cong/?thang=2026-11", "co-mat/?chi=off", "cham-tay/them/"])
def test_lists_show_their_own_people_only(browser, path):
    body = browser.get(f"/cham-cong/{path}").content.decode()
    assert "Trần Thị Bình" in body
    assert "Lê Văn Cường" not in body
    assert "Phòng KT" not in body


def test_punches_entered_for_others_are_not_listed(browser):
    assert "Lê Văn Cường" not in browser.get("/cham-cong/cham-tay/").content.decode()


@pytest.mark.parametrize("path", ["nguoi/{}/", f"ngay/{{}}/{DAY}/"])
def test_people_of_others_do_not_exist(browser, path):
    assert browser.get(f"/cham-cong/{path.format('1')}").status_code == 200
    assert browser.get(f"/cham-cong/{path.format('2')}").status_code == 404


def test_nothing_is_entered_or_withdrawn_for_others(browser):
    sent = {"nv": "2", "ngay": DAY, "gio": "17:00", "ly_do": "Quên chấm công"}
    assert browser.post("/cham-cong/cham-tay/them/", sent).status_code == 400
    punch = ManualPunch.objects.get()
    gone = browser.post(f"/cham-cong/cham-tay/{punch.pk}/thu-hoi/", {"ly_do": "Nhập nhầm người"})
    assert gone.status_code == 404
    assert ManualPunch.objects.standing().count() == 1

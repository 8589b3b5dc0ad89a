"""HR brings a terminal in step with the staff, and records consent, on the pages."""

from datetime import date

import pytest
from django.test import Client

from attendance.models import BiometricConsent, Enrolment, PeopleTask, TaskState, TerminalPerson
from attendance.people.tasks import work_off_one
from backend import clock
from scripts.simulated_terminal.log import DeviceUser
from tests import make
from tests.pages import text

from .terminals import device, registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr(person):
    client = Client()
    client.force_login(person("hr"))
    return client


@pytest.fixture
def simulated():
    terminal = device(0)
    terminal.log.users = {"777": DeviceUser(1, "777", "Lạ"), "NV1": DeviceUser(2, "NV1", "Cũ")}
    return terminal


@pytest.fixture
def terminal(simulated):
    with registered(simulated, code="M1", serial_number="SIM0000001", record_layout="40") as row:
        make.employee("NV1", "Trần Thị Bình", site=row.site)
        make.employee("NV2", "Lê Văn Cường", site=row.site)
        yield row


def work():
    while work_off_one(now=clock.now):
        pass


def test_read_compare_bring_in_step(hr, terminal, simulated):
    page, change = "/cham-cong/may/M1/nguoi-dung/", "/cham-cong/may/M1/nguoi-dung/sua/"
    assert "Chưa đọc danh sách từ máy" in text(hr.get(page))
    hr.post(change, {"viec": "doc"})
    work()
    shown = text(hr.get(page))
    assert "Lê Văn Cường" in shown
    assert "đưa lên máy" in shown
    assert "sửa tên trên máy" in shown
    assert "hệ thống không tự xóa" in shown
    hr.post(change, {"viec": "dong-bo"})
    work()
    assert {user.name for user in simulated.log.users.values()} == {
        "Lạ", "Trần Thị Bình", "Lê Văn Cường",
    }  # fmt: skip
    assert "có: Trần Thị Bình, 0 vân tay" in text(hr.get(page))
    assert not PeopleTask.objects.exclude(state=TaskState.DONE).exists()


def test_an_administrator_of_the_terminal_goes_only_with_his_number_typed(hr, terminal, simulated):
    simulated.log.users["9"] = DeviceUser(9, "9", "Quản trị", privilege=14)
    change = "/cham-cong/may/M1/nguoi-dung/sua/"
    hr.post(change, {"viec": "xoa-quan-tri", "ma": "9", "xac-nhan": "8"})
    assert not PeopleTask.objects.exists()
    hr.post(change, {"viec": "xoa-quan-tri", "ma": "9", "xac-nhan": "9"})
    work()
    assert "9" not in simulated.log.users


def test_consent_is_recorded_and_its_lack_is_shown(hr, terminal):
    page = "/cham-cong/dong-y/"
    assert Enrolment.objects.filter(device_user_id="NV1").exists()
    TerminalPerson.objects.create(
        terminal=terminal, device_user_id="NV1", uid=2, finger_count=2, read_at=clock.now()
    )
    assert "1 người có vân tay trên máy nhưng chưa đồng ý" in text(hr.get(page))
    assert "Lê Văn Cường" not in text(hr.get(page + "?thieu=1"))
    form = {"nv": "NV1", "buoc": "consent", "ngay": "2026-05-04", "van-ban": "Phiếu 07/ĐY"}
    for wrong in ({"van-ban": " "}, {"ngay": "2999-01-01"}, {"ngay": "x"}, {"buoc": "x"}):
        hr.post(page, form | wrong)
    assert not BiometricConsent.objects.exists()
    hr.post(page, form)
    consent = BiometricConsent.objects.get()
    assert (consent.date, consent.document) == (date(2026, 5, 4), "Phiếu 07/ĐY")
    shown = text(hr.get(page))
    assert "chưa đồng ý" not in shown
    assert "Phiếu 07/ĐY" in shown

"""The terminal board and the unknown users, as people with each role see them."""

from datetime import date, timedelta

import pytest
from django.utils.html import escape

from attendance.models import Enrolment, Pull, Punch, Terminal
from attendance.zk.errors import AuthRefused
from backend.clock import now
from backend.org.models import Department, Employee, Site
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import LogPunch
from tests.pages import text

from .terminals import START, device, register, registered
from .test_zk_collector import again, collect

BOARD, UNKNOWN = "/cham-cong/may/", "/cham-cong/ma-chua-biet/"


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("hr", 200),
        ("administrator", 200),
        ("executive", 200),
        ("auditor", 200),
        ("sales_manager", 403),
    ],
)
@pytest.mark.parametrize("path", [BOARD, UNKNOWN])
def test_who_may_see(page, path, role, status):
    assert page(role).get(path).status_code == status


def test_a_board_without_terminals_says_what_to_do(page):
    assert "Chưa khai báo máy chấm công nào" in text(page("hr").get(BOARD))


def test_the_board_tells_how_each_terminal_is(page):
    with (
        registered(device(30, serial="GOOD"), code="M1", name="Cổng chính"),
        registered(device(comm_key=5, serial="BAD"), code="M2", name="Kho"),
    ):
        collect()
        again()
        collect()
    register(4370, code="M3", name="Nhà xe", enabled=False)
    register(4371, code="M4", name="Phòng vé")
    shown = text(page("auditor").get(BOARD))
    assert "Hoạt động tốt" in shown
    assert "<dd>0 mới, " in shown
    assert "đủ 30/30" in shown
    assert escape(str(AuthRefused.message)) in shown
    assert escape(str(AuthRefused.remedy)) in shown
    assert "Không dùng" in shown
    assert "Chưa kết nối lần nào" in shown
    assert "Đồng hồ sai" in shown  # the simulated clock stands still in 2025
    assert shown.index("Kho") < shown.index("Cổng chính")  # trouble first
    assert "Tải ngay" not in shown


def test_a_terminal_nobody_polls_is_shown_as_late(page):
    with registered(device(), code="M1"):
        collect()
    an_hour_ago = now() - timedelta(hours=1)
    Terminal.objects.update(last_contact_at=an_hour_ago, next_poll_at=an_hour_ago)
    assert "Quá lâu chưa tải" in text(page("hr").get(BOARD))


def test_pull_now_makes_the_terminal_due(page):
    with registered(device(3), code="M1"):
        collect()
        assert not Terminal.objects.due(now()).exists()
        answer = page("hr").post(f"{BOARD}M1/tai-ngay/", follow=True)
        assert "Đã yêu cầu tải" in text(answer)
        assert Terminal.objects.due(now()).exists()


@pytest.mark.parametrize(
    ("role", "method", "status"), [("auditor", "post", 403), ("hr", "get", 405)]
)
def test_pull_now_is_for_those_who_manage_terminals(page, role, method, status):
    terminal = register(4370, code="M1")
    Terminal.objects.update(next_poll_at=now() + timedelta(hours=1))
    before = Terminal.objects.get().next_poll_at
    assert getattr(page(role), method)(f"{BOARD}M1/tai-ngay/").status_code == status
    terminal.refresh_from_db()
    assert terminal.next_poll_at == before


def test_unknown_users_wait_until_somebody_owns_the_number(page):
    simulated = device(10)
    simulated.log.add(LogPunch("9001", START, 1, 0))
    with registered(simulated, code="M1"):
        collect()
    hr = page("hr")
    assert "6 mã chưa biết là ai" in text(hr.get(BOARD))
    shown = text(hr.get(UNKNOWN, {"ma": "9001"}))
    assert "9001" in shown
    assert START.strftime("%H:%M:%S %d/%m/%Y") in shown
    assert "Người 1" in shown  # the terminal's own name for 101

    employee = Employee.objects.create(
        code="NV1",
        full_name="Nguyễn Thị An",
        department=Department.objects.create(code="P1", name="Phòng"),
        site=Site.objects.get(),
        join_date=date(2020, 1, 1),
    )
    Enrolment.objects.create(device_user_id="9001", employee=employee, valid_from=date(2020, 1, 1))
    Enrolment.objects.create(  # ended before the punch: still nobody's
        device_user_id="101",
        employee=employee,
        valid_from=date(2020, 1, 1),
        valid_to=date(2021, 1, 1),
    )
    shown = text(hr.get(UNKNOWN))
    assert "9001" not in shown
    assert "101" in shown
    assert Punch.objects.filter(device_user_id="9001").count() == 1


def test_a_hostile_name_on_a_terminal_stays_text(page):
    simulated = device(5)
    user = simulated.log.users["101"]
    simulated.log.users["101"] = user._replace(name="<svg onload=x>")
    with registered(simulated, code="M1", name="<b>Cổng</b>"):
        collect()
    for path in (BOARD, UNKNOWN):
        shown = text(page("hr" if path == BOARD else "auditor").get(path))
        assert "<svg onload" not in shown
        assert "<b>Cổng" not in shown


def test_polls_that_find_nothing_do_not_pile_up(db):
    with registered(device(5), code="M1"):
        for _ in range(4):
            again()
            collect()
    assert list(Pull.objects.order_by("pk").values_list("stored", flat=True)) == [5, 0]


def test_the_board_asks_the_database_few_questions(page, django_assert_max_num_queries):
    for port in range(4370, 4390):
        register(port)
    client = page("hr")
    with django_assert_max_num_queries(18):
        client.get(BOARD)


def test_a_terminal_in_trouble_never_shows_its_key(page):
    with registered(device(comm_key=5, faults=Faults(silent=True)), comm_key=471123, code="M1"):
        collect()
    assert "471123" not in text(page("administrator").get(BOARD))


def test_a_terminal_is_registered_and_changed_without_showing_its_key(person, page):
    client = page(person("administrator", is_staff=True))
    site = Site.objects.create(code="VP", name="Văn phòng")
    form = {
        "code": "M1",
        "name": "Cổng",
        "site": site.pk,
        "address": "127.0.0.1",
        "port": 4370,
        "transport": "tcp",
        "utc_offset_minutes": 420,
        "collecting": "pull",
        "poll_seconds": 60,
        "enabled": "on",
        "comm_key": 471123,
    }
    add = "/quan-tri/attendance/terminal/add/"
    hostile = client.post(add, form | {"address": "127.0.0.1; touch /tmp/gone"})
    assert hostile.status_code == 200
    outside = client.post(add, form | {"address": "8.8.8.8"})
    assert "GIAOBAN_TERMINAL_NETWORKS" in text(outside)
    assert not Terminal.objects.exists()
    assert client.post(add, form).status_code == 302
    terminal = Terminal.objects.get()
    assert terminal.comm_key() == 471123

    # A collector is at work while the form is open: its lease and attempt must survive the save.
    change = f"/quan-tri/attendance/terminal/{terminal.pk}/change/"
    assert "471123" not in text(client.get(change))
    Terminal.objects.update(attempt=7, claimed_by="a", lease_until=now())
    assert client.post(change, form | {"name": "Cổng sau", "comm_key": ""}).status_code == 302
    terminal.refresh_from_db()
    assert (terminal.name, terminal.attempt, terminal.claimed_by) == ("Cổng sau", 7, "a")
    assert terminal.comm_key() == 471123

"""People let terminals push, see how complete they are, and give them commands."""

import pytest

from attendance.models import (
    AuditState,
    Collecting,
    CommandState,
    Punch,
    PushAudit,
    PushLink,
    Terminal,
    TerminalCommand,
    WaitingTerminal,
)
from backend import clock
from backend.org.models import Site
from tests.attendance.pushing import SERIAL, caller, link, punches
from tests.attendance.terminals import register

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/cham-cong/may-day/"


@pytest.fixture
def waiting():
    Site.objects.create(code="VP", name="Văn phòng")
    return WaitingTerminal.objects.create(
        serial_number=SERIAL,
        address="127.0.0.1",
        first_heard_at=clock.now(),
        last_heard_at=clock.now(),
    )


def approval(**values):
    return {"ma": "M9", "ten": "Máy kho", "noi": "VP", "mang": "127.0.0.1/32", **values}


def test_from_first_call_to_stored_punches(live_server, page):
    Site.objects.create(code="VP", name="Văn phòng")
    terminal = caller(live_server.url, log=punches(25))
    terminal.work()
    administrator = page("administrator")
    assert SERIAL in administrator.get(LIST).content.decode()
    form = administrator.get(f"{LIST}cho/{SERIAL}/duyet/").content.decode()
    assert 'value="127.0.0.1/32"' in form
    answer = administrator.post(f"{LIST}cho/{SERIAL}/duyet/", approval(khoa="bi-mat"), follow=True)
    assert "Đã duyệt Máy kho" in answer.content.decode()
    assert "bi-mat" not in answer.content.decode()
    made = Terminal.objects.get(code="M9")
    assert (made.serial_number, made.collecting) == (SERIAL, Collecting.PUSH)
    assert WaitingTerminal.objects.count() == 0
    terminal.work()
    assert Punch.objects.count() == 0
    terminal.key = "bi-mat"
    terminal.work()
    assert Punch.objects.count() == 25


def test_a_terminal_that_is_pulled_gets_leave_and_stays_one(waiting, page):
    known = register(4370, serial_number=SERIAL)
    page("administrator").post(f"{LIST}cho/{SERIAL}/duyet/", {"mang": "127.0.0.0/24"})
    known.refresh_from_db()
    assert known.collecting == Collecting.BOTH
    assert known.push_link.networks == ["127.0.0.0/24"]
    assert Terminal.objects.count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"mang": ""},
        {"mang": "máy chủ"},
        {"mang": "8.8.8.8/32"},
        {"mang": "0.0.0.0/0"},
        {"mang": "127.0.0.1/8"},
        {"ma": ""},
        {"ten": ""},
        {"noi": "không có"},
    ],
    ids=str,
)
def test_a_bad_approval_changes_nothing_and_says_why(waiting, page, values):
    answer = page("administrator").post(f"{LIST}cho/{SERIAL}/duyet/", approval(**values))
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert Terminal.objects.count() == PushLink.objects.count() == 0
    assert WaitingTerminal.objects.count() == 1


def test_a_waiting_number_can_be_hidden_and_shown(waiting, page):
    administrator = page("administrator")
    administrator.post(f"{LIST}cho/{SERIAL}/bo-qua/")
    waiting.refresh_from_db()
    assert waiting.ignored_at is not None
    assert "Không có máy nào chờ duyệt" in administrator.get(LIST).content.decode()
    administrator.post(f"{LIST}cho/{SERIAL}/bo-qua/")
    assert "Không có máy nào chờ duyệt" not in administrator.get(LIST).content.decode()


def order(client, code, **values):
    return client.post(f"{LIST}{code}/lenh/", values, follow=True).content.decode()


def test_orders_reach_the_terminal_and_their_results_the_page(live_server, page):
    mine = link()
    code = mine.terminal.code
    terminal = caller(live_server.url, log=punches(12))
    terminal.work()
    hr = page("hr")
    day = terminal.log[0].time.date().isoformat()
    assert "Đã xếp lệnh kiểm tra" in order(hr, code, lenh="dem", tu=day, den=day)
    assert "Đã xếp lệnh lấy lại" in order(hr, code, lenh="lay-lai", tu=day, den=day)
    assert "Đã xếp lệnh hỏi" in order(hr, code, lenh="hoi")
    terminal.poll()
    shown = hr.get(f"{LIST}{code}/").content.decode()
    assert "khớp" in shown
    assert "Simulated" in shown
    audit = PushAudit.objects.get()
    assert (audit.state, audit.device_sum, audit.our_count) == (AuditState.EQUAL, 12, 12)
    commands = TerminalCommand.objects.all()
    assert {command.state for command in commands} == {CommandState.DONE}
    assert set(commands.values_list("by__username", flat=True)) == {"hr"}


def test_a_restart_wants_to_be_confirmed(live_server, page):
    mine = link()
    hr = page("hr")
    assert "đánh dấu xác nhận" in order(hr, mine.terminal.code, lenh="khoi-dong")
    assert TerminalCommand.objects.count() == 0
    order(hr, mine.terminal.code, lenh="khoi-dong", chac="1")
    terminal = caller(live_server.url)
    terminal.work()
    assert terminal.rebooted == 1


def test_everything_is_sent_again_when_asked(live_server, page):
    mine = link()
    terminal = caller(live_server.url, log=punches(12))
    terminal.work()
    order(page("hr"), mine.terminal.code, lenh="gui-lai")
    terminal.work()
    assert not terminal.introduced
    terminal.introduce()
    assert terminal.sent == 0
    terminal.work()
    assert Punch.objects.count() == 12


def test_a_waiting_command_can_be_withdrawn(page):
    mine = link()
    hr = page("hr")
    order(hr, mine.terminal.code, lenh="hoi")
    command = TerminalCommand.objects.get()
    assert "Đã rút lệnh" in order(hr, mine.terminal.code, lenh="rut", so=command.pk)
    assert "không rút lại được" in order(hr, mine.terminal.code, lenh="rut", so=command.pk)


@pytest.mark.parametrize(
    "values",
    [
        {"lenh": "xoa-het"},
        {"lenh": "dem", "tu": "2026-11-05", "den": "2026-11-01"},
        {"lenh": "dem", "tu": "2020-01-01", "den": "2026-11-01"},
        {"lenh": "lay-lai", "tu": "hôm qua", "den": ""},
    ],
    ids=str,
)
def test_senseless_orders_are_refused_in_words(page, values):
    mine = link()
    assert 'class="message error"' in order(page("hr"), mine.terminal.code, **values)
    assert TerminalCommand.objects.count() == 0


def test_settings_of_the_link(page):
    mine = link()
    hr = page("hr")
    where = f"{LIST}{mine.terminal.code}/sua/"
    hr.post(where, {"mang": "127.0.0.1/32, 10.1.0.0/16", "bat": "1", "khoa": "abc"})
    mine.refresh_from_db()
    assert mine.networks == ["127.0.0.1/32", "10.1.0.0/16"]
    assert mine.key() == "abc"
    assert mine.enabled
    hr.post(where, {"mang": "127.0.0.1/32"})
    mine.refresh_from_db()
    assert (mine.key(), mine.enabled) == ("abc", False)
    hr.post(where, {"mang": "127.0.0.1/32", "khoa": "-"})
    mine.refresh_from_db()
    assert mine.key() == ""


def test_why_a_terminal_is_refused_is_told(live_server, page):
    mine = link(networks=["10.9.0.0/16"])
    caller(live_server.url).work()
    assert "ngoài dải mạng" in page("auditor").get(LIST).content.decode()
    shown = page("executive").get(f"{LIST}{mine.terminal.code}/").content.decode()
    assert "ngoài dải mạng" in shown
    assert "Khởi động lại" not in shown  # may look, not act

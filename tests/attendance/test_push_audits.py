"""The terminal's own counts decide whether everything is here, and what is missing is fetched."""

from datetime import timedelta

import pytest

from attendance.models import (
    AuditState,
    CommandKind,
    CommandState,
    Punch,
    PushAudit,
    PushLink,
    TerminalCommand,
)
from attendance.push import audits as push_audits
from attendance.push import commands as push_commands
from attendance.push.commands import BadCommand, NotPushing, queue_command
from backend import clock
from scripts.simulated_terminal.push import PushFaults, PushPunch
from tests.attendance.pushing import caller, link, punches, wall_clock

pytestmark = pytest.mark.django_db(transaction=True)


def audit_now():
    """The terminal's counts are due."""
    PushLink.objects.update(audit_due_at=clock.now() - timedelta(seconds=1))


def test_equal_counts_prove_that_everything_is_here(live_server):
    link()
    terminal = caller(live_server.url, log=punches(30) + punches(20, days_ago=3))
    terminal.work()
    assert PushAudit.objects.count() == 0  # a terminal may still be sending after its handshake
    audit_now()
    terminal.poll()
    audits = list(PushAudit.objects.order_by("-first"))
    assert len(audits) == push_audits.RECENT_DAYS + 1
    assert {audit.state for audit in audits} == {AuditState.EQUAL}
    assert [audit.device_sum for audit in audits] == [0, 30, 0, 20, 0, 0, 0, 0]
    assert set(TerminalCommand.objects.values_list("state", flat=True)) == {CommandState.DONE}
    link_now = PushLink.objects.get()
    assert link_now.audit_due_at is not None
    assert link_now.audit_due_at - clock.now() > timedelta(hours=23)


def test_what_a_changed_clock_hid_is_found_and_fetched(live_server):
    """Firmware that believes to have sent its newest punches: their day disagrees, and is fetched."""
    link()
    terminal = caller(live_server.url, log=punches(30) + punches(20, days_ago=2))
    assert terminal.introduce()
    terminal.sent = 15
    terminal.upload()
    assert Punch.objects.count() == 35
    audit_now()
    terminal.poll()
    assert PushAudit.objects.filter(state=AuditState.FETCHING).count() == 1
    terminal.poll()
    assert Punch.objects.count() == 50
    assert set(PushAudit.objects.values_list("state", flat=True)) == {AuditState.EQUAL}
    assert any(text.startswith("DATA QUERY ATTLOG") for text in terminal.done)


def test_a_long_span_is_halved_until_the_day_is_found(live_server):
    mine = link()
    log = [one for day in range(1, 32) for one in punches(3, days_ago=day)]
    terminal = caller(live_server.url, log=log)
    terminal.work()
    lost = PushPunch("109", wall_clock() - timedelta(days=17))
    terminal.log.insert(0, lost)  # below the stamp: never sent by itself
    today = push_audits.device_date(mine.terminal, clock.now())
    first, last = push_audits.day_span(today - timedelta(days=31), today - timedelta(days=1))
    push_audits.ask(mine.terminal, first, last, by=None, at=clock.now())
    rounds = 0
    while terminal.poll():
        rounds += 1
        assert rounds < 12
    assert Punch.objects.filter(device_user_id="109").count() == 1
    asked = [text for text in terminal.done if text.startswith("VERIFY")]
    assert len(asked) <= 11  # not 31
    assert len([text for text in terminal.done if text.startswith("DATA QUERY")]) == 1


def test_a_terminal_that_holds_less_is_no_gap(live_server):
    link()
    terminal = caller(live_server.url, log=punches(30))
    terminal.work()
    terminal.log.clear()
    audit_now()
    terminal.poll()
    audit = PushAudit.objects.get(state=AuditState.MORE_HERE)
    assert (audit.device_sum, audit.our_count, audit.gap) == (0, 30, -30)


def test_a_terminal_that_cannot_count_sends_its_last_days_again(live_server):
    link()
    faults = PushFaults(cannot_count=True)
    terminal = caller(live_server.url, log=punches(30), faults=faults)
    assert terminal.introduce()
    terminal.sent = 10
    audit_now()
    terminal.poll()
    assert set(PushAudit.objects.values_list("state", flat=True)) == {AuditState.REFUSED}
    assert set(TerminalCommand.objects.values_list("state", flat=True)) == {CommandState.FAILED}
    audit_now()
    terminal.poll()
    assert Punch.objects.count() == 30


def test_a_terminal_that_starts_all_the_time_is_not_asked_each_time(live_server):
    link()
    terminal = caller(live_server.url, log=punches(3))
    terminal.work()
    first_due = PushLink.objects.get().audit_due_at
    assert first_due
    assert first_due - clock.now() <= push_audits.AFTER_HANDSHAKE
    terminal.introduce()
    assert PushLink.objects.get().audit_due_at == first_due
    audit_now()
    terminal.poll()
    terminal.introduce()
    due = PushLink.objects.get().audit_due_at
    assert due
    wait = due - clock.now()
    assert timedelta(minutes=59) < wait <= push_audits.SOONEST


def test_old_commands_are_forgotten_but_not_those_of_people(live_server, person):
    mine = link()
    long_ago = clock.now() - timedelta(days=40)
    for by in (None, person("hr")):
        queue_command(terminal=mine.terminal, text=f"INFO{by or ''}", by=by, at=long_ago)
    audit_now()
    caller(live_server.url).ask("getrequest")
    kept = TerminalCommand.objects.filter(created_at=long_ago)
    assert list(kept.values_list("by__username", flat=True)) == ["hr"]


def test_parked_records_count_as_here(live_server):
    link()
    log = punches(5)
    terminal = caller(live_server.url, log=log)
    terminal.log.append(PushPunch("101", wall_clock() + timedelta(days=400)))
    terminal.work()
    mine = PushLink.objects.select_related("terminal").get()
    first, last = push_audits.day_span(
        log[0].time.date(), wall_clock().date() + timedelta(days=500)
    )
    assert push_audits.count_here(mine.terminal, first, last) == 6


# --- the queue -----------------------------------------------------------------------------


def test_a_command_goes_out_once_and_its_result_comes_back(live_server, person):
    mine = link()
    hr = person("hr")
    terminal = caller(live_server.url)
    terminal.work()
    queue_command(terminal=mine.terminal, text="INFO", by=hr, at=clock.now())
    queue_command(terminal=mine.terminal, text="INFO", by=hr, at=clock.now())
    assert len(terminal.poll()) == 1
    assert terminal.poll() == []
    command = TerminalCommand.objects.get()
    assert (command.state, command.return_code, command.by) == (CommandState.DONE, 0, hr)
    assert PushLink.objects.get().told["DeviceName"] == "Simulated"


def test_what_the_terminal_refuses_is_failed(live_server):
    mine = link()
    terminal = caller(live_server.url)
    terminal.work()
    queue_command(terminal=mine.terminal, text="USER ADD PIN=1", by=None, at=clock.now())
    terminal.poll()
    command = TerminalCommand.objects.get()
    assert (command.state, command.return_code) == (CommandState.FAILED, -1002)


def age(minutes):
    TerminalCommand.objects.update(sent_at=clock.now() - timedelta(minutes=minutes))


def test_an_unanswered_command_is_sent_again_and_given_up_at_last(live_server):
    mine = link()
    terminal = caller(live_server.url, faults=PushFaults(forget_answers=9))
    terminal.work()
    queue_command(terminal=mine.terminal, text="INFO", by=None, at=clock.now())
    for _ in range(push_commands.MOST_ATTEMPTS):
        assert len(terminal.poll()) == 1
        assert terminal.poll() == []
        age(11)
    assert terminal.poll() == []
    assert TerminalCommand.objects.get().state == CommandState.EXPIRED


def test_a_restart_is_never_repeated(live_server):
    mine = link()
    terminal = caller(live_server.url, faults=PushFaults(forget_answers=9))
    terminal.work()
    queue_command(
        terminal=mine.terminal, text="REBOOT", by=None, at=clock.now(), kind=CommandKind.REBOOT
    )
    terminal.poll()
    age(11)
    terminal.work()
    assert terminal.rebooted == 1
    assert TerminalCommand.objects.get().state == CommandState.EXPIRED


def test_an_old_command_is_not_sent(live_server):
    mine = link()
    terminal = caller(live_server.url)
    terminal.work()
    queue_command(terminal=mine.terminal, text="INFO", by=None, at=clock.now() - timedelta(days=8))
    assert terminal.poll() == []
    assert TerminalCommand.objects.get().state == CommandState.EXPIRED


def test_another_terminals_answer_changes_nothing(live_server):
    mine = link()
    link("PUSH000002")
    queue_command(terminal=mine.terminal, text="INFO", by=None, at=clock.now())
    caller(live_server.url).ask("getrequest")
    command = TerminalCommand.objects.get()
    other = caller(live_server.url, "PUSH000002")
    other.ask("devicecmd", body=f"ID={command.pk}&Return=0&CMD=INFO".encode())
    other.ask("devicecmd", body=f"ID={'9' * 30}&Return=0&CMD=INFO".encode())
    command.refresh_from_db()
    assert command.state == CommandState.SENT


@pytest.mark.parametrize("text", ["", "INFO\nC:2:REBOOT", "a\rb", "x" * 9000])
def test_a_command_is_one_line(text):
    mine = link()
    with pytest.raises(BadCommand):
        queue_command(terminal=mine.terminal, text=text, by=None, at=clock.now())


def test_only_terminals_that_push_get_commands():
    mine = link(enabled=False)
    with pytest.raises(NotPushing):
        queue_command(terminal=mine.terminal, text="INFO", by=None, at=clock.now())

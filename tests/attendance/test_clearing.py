"""Clearing a terminal's log never loses a punch, whatever happens on the way."""

import os
import signal
import subprocess
import sys
import zlib
from time import monotonic, sleep
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection

from attendance.models import (
    LogCheck,
    LogClearing,
    LogDump,
    NoticeKind,
    Punch,
    Terminal,
    TerminalNotice,
)
from attendance.terminals import clearing
from attendance.terminals.clearing import (
    ClearRefusedByTerminal,
    CountsDiffer,
    DumpDamaged,
    KeysStayOpen,
    NotAllStored,
    NotConfirmed,
    SomebodyPunched,
    clear_log,
)
from attendance.terminals.holding import TerminalBusy
from attendance.verifying import laws
from attendance.zk import codec
from attendance.zk.errors import Unreachable
from backend.clock import now
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import LogPunch

from .clearable import clearable
from .terminals import START, register, registered
from .test_zk_collector import again, collect

REASON = "Nhật ký sắp đầy, đã đối chiếu"


def clear(terminal, person, **values):
    by = person("hr", username=f"hr{Terminal.objects.get(pk=terminal.pk).attempt}")
    wanted = {"typed_code": terminal.code, "reason": REASON, **values}
    return clear_log(terminal, by=by, now=now, **wanted)


def is_at_rest(simulated):
    """Keys open, lease free, nothing marked as locked."""
    terminal = Terminal.objects.get()
    return (simulated.is_locked, terminal.lease_until, terminal.locked_at) == (False, None, None)


@pytest.mark.django_db
def test_a_log_that_is_all_stored_is_cleared_and_collecting_goes_on(person):
    simulated = clearable(300)
    content = bytes(simulated.log.bytes)
    with registered(simulated) as terminal:
        collect()
        done = clear(terminal, person)
        assert (done.records, done.left, simulated.log.count) == (300, 0, 0)
        assert is_at_rest(simulated)
        dump = LogDump.objects.get()
        assert zlib.decompress(dump.data) == content
        simulated.log.add(LogPunch("101", START.replace(month=12)))
        simulated.log.add(LogPunch("101", START.replace(month=12)))
        again()
        collect()
    assert Punch.objects.count() == 302
    kinds = set(TerminalNotice.objects.values_list("kind", flat=True))
    assert kinds == {NoticeKind.LOG_CLEARED}  # and no alarm that the log shrank
    cleared = LogClearing.objects.get()
    assert (cleared.records, cleared.left, cleared.reason) == (300, 0, REASON)
    assert LogCheck.objects.get().missing == 0
    assert {law.name for law in laws(at=now()) if law.broken} == set()


@pytest.mark.django_db
def test_a_punch_that_vanished_after_the_clearing_is_missed(person):
    with registered(clearable(30)) as terminal:
        collect()
        clear(terminal, person)
    gone = Punch.objects.order_by("pk")[7].pk
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE attendance_punch DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM attendance_punch WHERE id = %s", [gone])
        cursor.execute("ALTER TABLE attendance_punch ENABLE TRIGGER USER")
    broken = {law.name: law.broken for law in laws(at=now()) if law.broken}
    assert broken["every record of a dump is a punch or set aside"] == 1


@pytest.mark.django_db
def test_the_clearing_is_in_the_record_of_changes(person, page):
    with registered(clearable(3)) as terminal:
        collect()
        clear(terminal, person)
    shown = page("auditor").get("/nhat-ky/?loai=attendance.logclearing").content.decode()
    assert REASON in shown


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"typed_code": "M"}, {"reason": "vì thế"}, {"reason": " " * 30}])
def test_without_the_code_and_a_reason_the_terminal_is_not_even_asked(person, wrong):
    simulated = clearable(3)
    with registered(simulated) as terminal:
        collect()
        asked = simulated.connections
        with pytest.raises(NotConfirmed):
            clear(terminal, person, **wrong)
    assert simulated.connections == asked


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("faults", "error"),
    [
        (Faults(count_lie=3), CountsDiffer),
        (Faults(count_lie=-3), CountsDiffer),
    ],
)
def test_a_terminal_that_cannot_count_is_not_cleared(person, faults, error):
    simulated = clearable(30, faults=faults)
    with registered(simulated) as terminal:
        collect()
        with pytest.raises(error):
            clear(terminal, person)
    assert simulated.log.count == 30
    assert is_at_rest(simulated)


@pytest.mark.django_db
def test_punches_that_are_not_stored_yet_forbid_it(person):
    simulated = clearable(30)
    with registered(simulated) as terminal:
        collect()
        simulated.log.add(LogPunch("101", START.replace(month=12)))
        with pytest.raises(NotAllStored) as refused:
            clear(terminal, person)
    assert refused.value.details == {"missing": 1, "records": 31}
    assert codec.CMD_CLEAR_ATTLOG not in simulated.commands
    assert is_at_rest(simulated)
    assert not LogDump.objects.exists()


@pytest.mark.django_db
def test_a_punch_between_reading_and_clearing_is_not_lost(person):
    """Keys that do not really lock: the count taken at the last moment tells."""
    simulated = clearable(30)

    with registered(simulated) as terminal:
        collect()
        counted: list[int] = []

        def somebody_comes() -> None:
            """Between the reading and the last count."""
            counted.append(1)
            if len(counted) == 2:
                simulated.log.add(LogPunch("101", START.replace(month=12)))

        simulated.before_counting = somebody_comes
        with pytest.raises(SomebodyPunched):
            clear(terminal, person)
        assert codec.CMD_CLEAR_ATTLOG not in simulated.commands
        assert is_at_rest(simulated)
        again()
        collect()
    assert Punch.objects.count() == 31


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "error"),
    [({"can_lock": False}, KeysStayOpen), ({"refuses_clearing": True}, ClearRefusedByTerminal)],
)
def test_a_terminal_that_will_not_is_left_as_it_is(person, values, error):
    simulated = clearable(30, **values)
    with registered(simulated) as terminal:
        collect()
        with pytest.raises(error):
            clear(terminal, person)
    assert simulated.log.count == 30
    assert is_at_rest(simulated)
    assert not LogClearing.objects.exists()


@pytest.mark.django_db
def test_a_dump_that_cannot_be_read_back_forbids_it(person, monkeypatch):
    """A database that gives back other bytes than it was given."""
    shorter = SimpleNamespace(compress=lambda raw: zlib.compress(raw[1:]))
    monkeypatch.setattr(clearing, "zlib", shorter)
    simulated = clearable(30)
    with registered(simulated) as terminal:
        collect()
        with pytest.raises(DumpDamaged):
            clear(terminal, person)
    assert codec.CMD_CLEAR_ATTLOG not in simulated.commands


@pytest.mark.django_db
def test_a_terminal_in_use_is_not_cleared(person, monkeypatch):
    simulated = clearable(30)
    with registered(simulated) as terminal:
        collect()
        Terminal.objects.update(lease_until=now().replace(year=2100))
        monkeypatch.setattr("attendance.terminals.holding.monotonic", iter([0.0, 99.0]).__next__)
        with pytest.raises(TerminalBusy):
            clear(terminal, person)
    assert simulated.log.count == 30


@pytest.mark.django_db
def test_a_terminal_that_cannot_be_reached_is_not_said_to_be_locked(person):
    register(1, code="M1")
    with pytest.raises(Unreachable):
        clear(Terminal.objects.get(), person)
    terminal = Terminal.objects.get()
    assert (terminal.locked_at, terminal.lease_until) == (None, None)


CHILD = """
import sys, django
from backend.garbage import loading
with loading():
    django.setup()
from attendance.terminals.clearing import clear_log
from attendance.models import Terminal
from backend.accounts.models import User
from backend.clock import now
clear_log(Terminal.objects.get(), by=User.objects.get(), typed_code="M1",
          reason="Thử tắt máy giữa chừng", now=now)
"""


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before_counting", "before_clearing", "after_clearing"])
@pytest.mark.parametrize("how", ["killed", "line cut"])
def test_death_at_any_moment_loses_nothing(person, moment, how):
    simulated = clearable(300)
    person("hr")
    children: list[subprocess.Popen[bytes]] = []

    def die():
        if not children:
            return
        setattr(simulated, moment, lambda: None)
        if how == "killed":
            children[0].send_signal(signal.SIGKILL)
            children[0].wait(10)
        else:
            simulated.faults = Faults(fin_after=0)

    with registered(simulated, code="M1"):
        collect()
        setattr(simulated, moment, die)
        known = connection.settings_dict
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "backend.settings",
            "DATABASE_URL": (
                f"postgresql://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:"
                f"{known['PORT']}/{known['NAME']}"
            ),
        }
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD],
            env=environment,
            cwd=settings.BASE_DIR,
            stderr=subprocess.DEVNULL,
        )
        children.append(child)
        assert child.wait(30) != 0
        was_cleared = moment != "before_counting"
        until = monotonic() + 5
        while was_cleared and simulated.log.count and monotonic() < until:
            sleep(0.01)  # the terminal does what it was told, whoever lives
        assert (simulated.log.count == 0) == was_cleared
        assert not LogClearing.objects.exists()
        # What the machine was left with: the next contact mends it.
        simulated.faults = Faults()
        Terminal.objects.update(lease_until=None, claimed_by="", next_poll_at=None)
        simulated.log.add(LogPunch("101", START.replace(month=12)))
        collect()
    assert Punch.objects.count() == 301
    assert is_at_rest(simulated)
    assert {law.name for law in laws(at=now()) if law.broken} == set()
    if was_cleared:
        assert LogDump.objects.get().records == 300

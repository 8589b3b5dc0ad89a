"""kill -9, lost database connections and SIGTERM in the middle of pulls: nothing lost, nothing doubled."""

import os
import signal
import subprocess
import sys
import zlib
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction

from attendance.models import (
    NoticeKind,
    Pull,
    PullState,
    Punch,
    RawBatch,
    Terminal,
    TerminalNotice,
)
from attendance.zk import codec
from backend.clock import now
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import LogPunch
from tests.attendance.terminals import START, device, register, registered
from tests.faults.crashing_collector import POINTS
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
SEED = int(os.environ.get("FAULT_SEED", Random().randrange(10**6)))
#: More than the ledger copies at a time.
RECORDS = 51_000
KILLS = int(os.environ.get("FAULT_KILLS", "5"))


def start_collector(options=""):
    """A real one on the test's database."""
    manners = "--lease-seconds 1.5 --round-seconds 0.1 --answer-seconds 2"
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return start(f"backend collector {manners} {options}", **streams)


def start(command, **streams):
    """A module with its arguments, on the test's database."""
    settings = connection.settings_dict
    url = (
        f"postgresql://{quote(settings['USER'])}:{quote(settings['PASSWORD'])}"
        f"@{settings['HOST']}:{settings['PORT']}/{quote(settings['NAME'])}"
    )
    environment = os.environ | {
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": url,
        "GIAOBAN_PROCESS": "killed-collector",
    }
    return subprocess.Popen(
        [sys.executable, "-m", *command.split()],
        cwd=ROOT,
        env=environment,
        **streams,
    )


def grow(devices, chance, count):
    """More records, doubles among them, in no order of time."""
    for simulated in devices:
        for _ in range(count):
            time = START + timedelta(seconds=chance.randrange(1_000_000))
            punch = LogPunch(str(chance.randrange(100, 140)), time, 1, chance.randrange(2))
            simulated.log.add(punch)
            if chance.random() < 0.02:
                simulated.log.add(punch)


def collector_connections():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE application_name = 'killed-collector' AND datname = current_database()"
        )
        return cursor.fetchone()[0]


@contextmanager
def stopped_at_the_end(*collectors):
    """Whatever happens, none of these processes goes on."""
    try:
        yield
    finally:
        for collector in collectors:
            collector.send_signal(signal.SIGCONT)
            collector.terminate()
        for collector in collectors:
            collector.communicate(timeout=40)


def cut_database_connections():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'killed-collector' AND datname = current_database()"
        )


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_killed_at_random_instants_every_punch_is_stored_once():
    print(f"FAULT_SEED={SEED}")  # noqa: T201 - replays a failed run
    chance = Random(SEED)
    devices = [device(0, serial=f"T{n}", faults=Faults(small_data=8000)) for n in range(3)]
    with ExitStack() as stack:
        for number, simulated in enumerate(devices):
            stack.enter_context(registered(simulated, code=str(number), poll_seconds=5))
        for turn in range(KILLS):
            grow(devices, chance, 2000)
            devices[turn % 3].faults.answer_delay = chance.choice([0, 0, 0.05])
            Terminal.objects.update(next_poll_at=None)
            before = sum(simulated.connections for simulated in devices)
            collector = start_collector()
            until(lambda before=before: sum(d.connections for d in devices) > before)
            sleep(chance.uniform(0, 0.5))
            if turn % 3 == 2:
                cut_database_connections()
                sleep(chance.uniform(0, 0.5))
            collector.send_signal(signal.SIGKILL)
            collector.communicate(timeout=10)

        for simulated in devices:
            simulated.faults.answer_delay = 0
        grow(devices, chance, 100)
        expected = sum(simulated.log.count for simulated in devices)
        collector = start_collector()
        until(lambda: Terminal.objects.filter(lease_until=None).count() == 3)
        Terminal.objects.update(next_poll_at=None)
        until(lambda: Punch.objects.count() >= expected)
        collector.send_signal(signal.SIGTERM)
        _, errors = collector.communicate(timeout=40)
        assert collector.returncode == 0, errors

    for simulated in devices:
        mine = {"serial_number": simulated.serial}
        stored = Counter(
            Punch.objects.filter(**mine).values_list("device_user_id", "device_time", "state")
        )
        assert stored == Counter((p.user_id, p.time, p.state) for p in simulated.log.punches)
        batches = RawBatch.objects.filter(terminal__serial_number=simulated.serial).order_by("pk")
        evidence = b"".join(zlib.decompress(batch.data) for batch in batches)
        assert evidence == simulated.log.bytes
    assert not Pull.objects.filter(state=PullState.RUNNING).exists()


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_sigterm_finishes_the_pull_at_work():
    simulated = device(4000, faults=Faults(answer_delay=0.15))
    with registered(simulated):
        collector = start_collector()
        until(lambda: simulated.open_connections == 1)
        collector.send_signal(signal.SIGTERM)
        _, errors = collector.communicate(timeout=40)
    assert collector.returncode == 0, errors
    assert Punch.objects.count() == 4000
    assert Pull.objects.get().state == PullState.DONE


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_a_running_collector_gets_over_lost_database_connections():
    simulated = device(10)
    with registered(simulated, poll_seconds=5):
        collector = start_collector()
        try:
            until(lambda: Punch.objects.count() == 10)
            cut_database_connections()
            simulated.log.add(LogPunch("101", START + timedelta(days=1)))
            Terminal.objects.update(next_poll_at=None)
            until(lambda: Punch.objects.count() == 11)
            assert collector.poll() is None
        finally:
            collector.terminate()
            collector.communicate(timeout=40)
    assert collector.returncode == 0


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_a_collector_that_is_stuck_ends_itself_and_says_where():
    collector = start_collector("--stuck-seconds 2")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE attendance_terminal IN ACCESS EXCLUSIVE MODE")
        _, errors = collector.communicate(timeout=40)
    assert collector.returncode == 1
    assert b"leases.py" in errors


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_fifty_stalled_terminals_delay_nobody_and_hold_no_database_connection():
    deaf, healthy = device(faults=Faults(silent=True)), device(10)
    with registered(deaf, code="D0") as first, registered(healthy, poll_seconds=5) as good:
        for number in range(1, 50):
            register(first.port, code=f"D{number}", transport="tcp")
        Terminal.objects.filter(pk=first.pk).update(transport="tcp")
        collector = start_collector("--answer-seconds 30")
        with stopped_at_the_end(collector):
            until(lambda: deaf.open_connections == 50)
            most, end = 0, monotonic() + 12
            while monotonic() < end:
                most = max(most, collector_connections())
                sleep(0.1)
            assert deaf.open_connections == 50
            assert healthy.connections >= 3
            assert most <= 7  # main loop, four writers, two chores
            good.refresh_from_db()
            assert good.last_contact_at
            assert good.last_contact_at > now() - timedelta(seconds=9)
            collector.kill()  # a pull that waits for a deaf terminal would be finished first


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_a_dark_site_does_not_take_all_readers():
    """Twice as many terminals as readers have failed before, are due, and say nothing."""
    deaf, healthy = device(faults=Faults(silent=True)), device(10)
    with registered(deaf, code="D0", transport="tcp") as first:
        for number in range(1, 40):
            register(first.port, code=f"D{number}", transport="tcp")
        Terminal.objects.update(consecutive_failures=3)
        with registered(healthy, poll_seconds=5):
            collector = start_collector("--answer-seconds 30 --readers 20")
            with stopped_at_the_end(collector):
                until(lambda: healthy.connections >= 3)
                assert 10 <= deaf.open_connections < 20
                collector.kill()


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_keys_left_locked_by_a_killed_collector_are_released_at_the_next_contact():
    simulated = device(4000, faults=Faults(answer_delay=0.3))
    with registered(simulated, lock_keys=True) as terminal:
        collector = start_collector()
        until(lambda: simulated.commands.get(codec.CMD_READ_BUFFER))
        collector.send_signal(signal.SIGKILL)
        collector.communicate(timeout=10)
        assert simulated.commands[codec.CMD_DISABLE_DEVICE] == 1
        assert codec.CMD_ENABLE_DEVICE not in simulated.commands
        terminal.refresh_from_db()
        since = terminal.locked_at
        assert since
        simulated.faults.answer_delay = 0
        Terminal.objects.update(lock_keys=False)
        collector = start_collector()
        with stopped_at_the_end(collector):
            until(lambda: Punch.objects.count() == 4000)
    assert simulated.commands[codec.CMD_ENABLE_DEVICE] == 1
    terminal.refresh_from_db()
    assert terminal.locked_at is None
    notice = TerminalNotice.objects.get()
    assert (notice.kind, notice.details) == (
        NoticeKind.KEYS_RELEASED,
        {"since": since.isoformat()},
    )


@pytest.fixture(scope="module")
def crashing():
    """Starts collectors that kill themselves: a function of the point that tells the exit code."""
    started: list[Any] = []

    def die_at(point):
        if not started:
            streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            started.append(start("tests.faults.crashing_collector", **streams))
        process = started[0]
        process.stdin.write(f"{point}\n".encode())
        process.stdin.flush()
        return int(process.stdout.readline())

    yield die_at
    for process in started:
        process.communicate(timeout=40)


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.replace(" ", "-"))
def test_killed_at_a_named_point_every_punch_is_stored_once(crashing, point):
    simulated = device(RECORDS)
    with registered(simulated, lock_keys=True, poll_seconds=5):
        assert crashing(point) == -signal.SIGKILL
        committed = point == "after the commit"
        assert Punch.objects.count() == (RECORDS if committed else 0)
        assert Terminal.objects.get().log_bytes == (RECORDS * 40 if committed else 0)
        # Whether or not the keys were locked at that moment, they are known to be if they may be.
        assert Terminal.objects.get().locked_at or not simulated.disabled
        simulated.log.add(LogPunch("101", START + timedelta(days=180)))
        Terminal.objects.filter(lease_until=None).update(next_poll_at=None)
        collector = start_collector()
        with stopped_at_the_end(collector):
            until(lambda: Punch.objects.count() == RECORDS + 1)
        assert collector.returncode == 0
    assert not simulated.disabled
    terminal = Terminal.objects.get()
    assert (terminal.locked_at, terminal.lease_until) == (None, None)
    assert terminal.log_bytes == (RECORDS + 1) * 40
    assert set(Punch.objects.values_list("occurrence", flat=True)) == {1}
    assert not Pull.objects.filter(state=PullState.RUNNING).exists()
    assert Pull.objects.filter(code="collector_died").exists() is not committed


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_two_collectors_open_one_session_at_a_time():
    simulated = device(3000, faults=Faults(answer_delay=0.02))
    with registered(simulated):
        two = [start_collector(), start_collector()]
        with stopped_at_the_end(*two):
            end = monotonic() + 60
            seen: set[str] = set()
            while monotonic() < end and (simulated.connections < 25 or len(seen - {""}) < 2):
                Terminal.objects.update(next_poll_at=None)
                seen.add(Terminal.objects.get().claimed_by)
                sleep(0.01)
    assert len(seen - {""}) == 2
    assert simulated.connections >= 25
    assert simulated.most_open == 1
    assert [each.returncode for each in two] == [0, 0]
    assert Punch.objects.count() == 3000
    assert not Pull.objects.exclude(state=PullState.DONE).exists()


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_a_frozen_collector_that_wakes_up_writes_nothing():
    simulated = device(4000, faults=Faults(answer_delay=0.3))
    with registered(simulated, poll_seconds=3600):
        frozen = start_collector()
        until(lambda: simulated.commands.get(codec.CMD_READ_BUFFER))
        frozen.send_signal(signal.SIGSTOP)
        early = Pull.objects.get()
        simulated.faults.answer_delay = 0
        successor = start_collector()
        with stopped_at_the_end(frozen, successor):
            until(lambda: Punch.objects.count() == 4000)
            row = Terminal.objects.values().get()
            frozen.send_signal(signal.SIGCONT)
            until(lambda: simulated.open_connections == 0)
            sleep(1)
            assert Terminal.objects.values().get() == row
            assert frozen.poll() is None
    late = Pull.objects.latest("pk")
    assert set(Punch.objects.values_list("pull_id", flat=True)) == {late.pk}
    assert (late.state, late.stored) == (PullState.DONE, 4000)
    early.refresh_from_db()
    assert (early.state, early.code) == (PullState.FAILED, "collector_died")
    assert Pull.objects.count() == 2

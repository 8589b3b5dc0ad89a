"""The collector against real simulated terminals: one bad terminal never costs the others anything."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic
from typing import Any

import pytest
from django.db import connection

from attendance.collecting import leases
from attendance.collecting.collector import Collector, Manners
from attendance.collecting.polling import poll
from attendance.models import (
    DirtyDay,
    ParkedRecord,
    Pull,
    PullState,
    Punch,
    RawBatch,
    Terminal,
    TimesheetRow,
)
from attendance.timesheet.dirty import mark_days
from attendance.zk.client import Limits
from attendance.zk.errors import AuthRefused, Unreachable
from backend.clock import VN, now
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import LogPunch
from scripts.simulated_terminal.server import running
from tests import make
from tests.waiting import until

from .terminals import START, device, named, register, registered

AT = datetime(2025, 11, 24, 1, 0, tzinfo=UTC)
MANNERS = Manners(limits=Limits(answer_seconds=0.4, datagram_seconds=0.2, contact_seconds=5))


def collect(manners=MANNERS):
    """Everything that is due is polled once."""
    Collector(now=now, manners=manners).run_once()


def again():
    """All terminals are due at once."""
    Terminal.objects.update(next_poll_at=None)


@pytest.mark.django_db
def test_punches_arrive_and_the_milestone_is_announced(caplog):
    simulated = device(30)
    with registered(simulated) as terminal:
        with caplog.at_level(logging.INFO, "giaoban.milestone"):
            collect()
        assert "[punches.pulled]" in caplog.text
        assert Punch.objects.filter(terminal=terminal).count() == 30
        simulated.log.add(LogPunch("101", START + timedelta(days=1)))
        collect()
        assert Punch.objects.count() == 30  # not due yet
        again()
        collect()
    assert Punch.objects.count() == 31
    assert list(Pull.objects.order_by("pk").values_list("stored", flat=True)) == [30, 1]
    terminal.refresh_from_db()
    assert terminal.clock_offset_seconds is not None


def next_poll():
    """When the one terminal there is will be polled next."""
    due = Terminal.objects.get().next_poll_at
    assert due
    return due


FAILING: list[tuple[dict[str, Any], Faults, str]] = [
    ({"port": 1}, Faults(), "unreachable"),
    ({"comm_key": 1}, Faults(), "auth_refused"),
    ({}, Faults(silent=True), "silent"),
    ({}, Faults(fin_after=50_000), "connection_lost"),
    ({}, Faults(flip_bit_in=1), "damaged_data"),
    ({"serial_number": "ANOTHER"}, Faults(), "wrong_terminal"),
    ({"transport": "udp"}, Faults(silent=True), "silent"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "faults", "code"), FAILING, ids=[f"{c}-{named(f)}" for _, f, c in FAILING]
)
def test_a_failed_run_is_recorded_and_the_next_terminal_goes_on(fields, faults, code):
    bad = device(3000, serial="BAD", faults=faults, comm_key=4711)
    good = device(30, serial="GOOD")
    with running(bad) as port, registered(good, code="2") as healthy:
        values = {"code": "1", "comm_key": 4711, "port": port} | fields
        sick = register(values.pop("port"), **values)
        collect()
        failed = Pull.objects.get(terminal=sick)
        assert (failed.state, failed.code) == (PullState.FAILED, code)
        assert failed.reason
        assert failed.finished_at
        assert Punch.objects.filter(terminal=healthy).count() == 30
        for model in (Punch, ParkedRecord, RawBatch):
            assert not model.objects.filter(terminal=sick).exists()
        sick.refresh_from_db()
        assert (sick.consecutive_failures, sick.lease_until, sick.claimed_by) == (1, None, "")
        assert sick.next_poll_at
        assert sick.next_poll_at > now()

        bad.faults = Faults()
        Terminal.objects.filter(pk=sick.pk).update(port=port, serial_number="", next_poll_at=None)
        sick.refresh_from_db()
        sick.set_comm_key(4711)
        sick.save()
        collect()
    assert Punch.objects.filter(terminal=sick).count() == 3000
    sick.refresh_from_db()
    assert sick.consecutive_failures == 0


@pytest.mark.django_db
def test_a_lost_sealing_key_is_told_and_does_not_stop_the_collector(settings):
    terminal = register(4370, comm_key=7)
    settings.FIELD_KEYS = ["0" * 43 + "="]
    collect()
    assert Pull.objects.get(terminal=terminal).code == "cannot_unseal"


@pytest.mark.django_db
def test_an_address_that_left_the_allowed_networks_is_not_contacted(settings):
    with registered(device()) as terminal:
        settings.TERMINAL_NETWORKS = ["10.0.0.0/8"]
        collect()
    assert Pull.objects.get(terminal=terminal).code == "address_refused"


@pytest.mark.django_db
def test_a_bug_at_one_terminal_waits_like_any_other_failure(monkeypatch):
    terminal = register(4370)

    def bug(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("attendance.collecting.polling.pull", bug)
    [claimed] = leases.claim(by="a", at=AT, lease=timedelta(minutes=1), limit=1)
    with pytest.raises(ZeroDivisionError):
        poll(claimed, now=now, limits=Limits(), chance=Random(1))
    assert Pull.objects.get(terminal=terminal).code == "internal_error"
    assert not Terminal.objects.due(AT).exists()


@pytest.mark.django_db
def test_failures_wait_longer_and_longer_and_those_for_a_person_longest():
    register(4370)
    waits = []
    at = AT
    for _ in range(8):
        [claimed] = leases.claim(by="a", at=at, lease=timedelta(minutes=1), limit=1)
        leases.fail(claimed, Unreachable(), at=at, chance=Random(1))
        due = next_poll()
        waits.append((due - at).total_seconds())
        assert not Terminal.objects.due(due - timedelta(seconds=1)).exists()
        at = due
    base = [15, 30, 60, 120, 240, 480, 900, 900]
    assert all(0.8 * b <= wait <= 1.2 * b for b, wait in zip(base, waits, strict=True))
    Terminal.objects.update(consecutive_failures=0)
    [claimed] = leases.claim(by="a", at=at, lease=timedelta(minutes=1), limit=1)
    leases.fail(claimed, AuthRefused(), at=at, chance=Random(1))
    assert (next_poll() - at).total_seconds() >= 720


@pytest.mark.django_db
def test_terminals_that_failed_can_be_left_out():
    register(4370, consecutive_failures=3)
    healthy = register(4371)
    hour = timedelta(hours=1)
    [claimed] = leases.claim(by="a", at=AT, lease=hour, limit=5, healthy_only=True)
    assert claimed.terminal == healthy
    assert len(leases.claim(by="a", at=AT, lease=hour, limit=5)) == 1


@pytest.mark.django_db
def test_claiming_and_renewing_many_takes_few_queries(django_assert_num_queries):
    for port in range(4000, 4040):
        register(port)
    with django_assert_num_queries(6):  # two of them are the transaction's
        claimed = leases.claim(by="a", at=AT, lease=timedelta(minutes=1), limit=40)
    with django_assert_num_queries(0):
        assert [pull.terminal.port for pull in claimed] == list(range(4000, 4040))
    later = AT + timedelta(seconds=30)
    with django_assert_num_queries(1):
        leases.renew(claimed, at=later, lease=timedelta(minutes=1))
    assert set(Terminal.objects.values_list("lease_until", "attempt")) == {
        (later + timedelta(minutes=1), 1)
    }


@pytest.mark.django_db
def test_leases_are_held_renewed_and_run_out():
    register(4370)
    minute = timedelta(minutes=1)
    [mine] = leases.claim(by="a", at=AT, lease=minute, limit=5)
    assert leases.claim(by="b", at=AT + minute / 2, lease=minute, limit=5) == []
    leases.renew([mine], at=AT + minute / 2, lease=minute)
    assert leases.claim(by="b", at=AT + minute, lease=minute, limit=5) == []
    [theirs] = leases.claim(by="b", at=AT + 2 * minute, lease=minute, limit=5)
    assert theirs.attempt == mine.attempt + 1
    leases.renew([mine], at=AT + 5 * minute, lease=minute)  # comes too late
    leases.fail(mine, Unreachable(), at=AT + 5 * minute, chance=Random(1))
    terminal = Terminal.objects.get()
    assert (terminal.claimed_by, terminal.lease_until) == ("b", AT + 3 * minute)
    assert terminal.consecutive_failures == 0


@pytest.mark.django_db
def test_a_terminal_switched_off_is_left_alone():
    with registered(device(), enabled=False):
        collect()
    assert not Pull.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_collectors_never_poll_one_terminal_together():
    """Both hammer the same three terminals; each terminal counts its connections."""
    devices = [device(200, serial=f"T{n}", faults=Faults(answer_delay=0.01)) for n in range(3)]
    with running(devices[0]) as a, running(devices[1]) as b, running(devices[2]) as c:
        for port in (a, b, c):
            register(port)
        stop = threading.Event()

        def work():
            try:
                while not stop.is_set():
                    collect()
            finally:
                connection.close()

        def hurry():
            try:
                while not stop.wait(0.02):
                    again()
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(4)]
        threads.append(threading.Thread(target=hurry))
        for thread in threads:
            thread.start()
        until = monotonic() + 60  # a busy machine takes its time
        while sum(d.connections for d in devices) <= 12 and monotonic() < until:
            stop.wait(0.1)
        stop.wait(0.5)
        stop.set()
        for thread in threads:
            thread.join(20)
    assert [d.most_open for d in devices] == [1, 1, 1]
    assert sum(d.connections for d in devices) > 12
    assert not Pull.objects.exclude(state=PullState.DONE).exists()
    assert Punch.objects.count() == 600


@pytest.mark.django_db(transaction=True)
def test_a_day_is_computed_between_two_rounds_too():
    """Punches also come from elsewhere (a push, a file): nobody waits for the next round."""
    an = make.employee("NV001")
    day = now().astimezone(VN).date()
    collector = Collector(now=now, manners=Manners(round_seconds=600, look_seconds=0.05))
    thread = threading.Thread(target=collector.run)
    thread.start()
    try:
        until(lambda: TimesheetRow.objects.filter(employee=an, work_date=day).exists())
        mark_days([(an.pk, day)])
        until(lambda: not DirtyDay.objects.exists())
    finally:
        collector.stop()
        thread.join(20)
        with connection.cursor() as cursor:  # its threads' connections would end with a process
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

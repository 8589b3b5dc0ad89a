"""Polls fetch only what is new, and still nothing is lost or doubled."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.collecting import leases, ledger
from attendance.collecting.collector import Collector, Manners
from attendance.collecting.cursors import cursor_of
from attendance.collecting.importing import import_file
from attendance.models import NoticeKind, Pull, Punch, RawBatch, Terminal, TerminalNotice
from attendance.zk import codec
from attendance.zk.client import Download, Limits
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import LogPunch, TerminalLog

from .terminals import START, device, lines_of, register, registered

pytestmark = pytest.mark.django_db
AT = datetime(2025, 11, 24, 1, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.at = AT

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def poll(clock):
    """Poll everything, a minute after the last time; returns the newest pull."""

    def poll(*, minutes=1):
        clock.at += timedelta(minutes=minutes)
        Terminal.objects.update(next_poll_at=None)
        limits = Limits(answer_seconds=1, datagram_seconds=0.2, contact_seconds=10)
        Collector(now=clock, manners=Manners(limits=limits)).run_once()
        return Pull.objects.latest("pk")

    return poll


def kept():
    return Counter(
        f"{p.device_user_id}\t{p.device_time}\t{p.verify}\t{p.state}\t" for p in Punch.objects.all()
    )


def add(simulated, count, *, user="101", day=10):
    for index in range(count):
        time = START + timedelta(days=day, seconds=simulated.log.count + index)
        simulated.log.add(LogPunch(user, time))


@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
@pytest.mark.parametrize("layout", ["40", "49", "16", "8", "8b"])
def test_a_second_poll_fetches_only_what_is_new(poll, layout, udp):
    simulated = device(600, layout=layout)
    with registered(simulated, transport="udp" if udp else "tcp"):
        first = poll()
        add(simulated, 20)
        second = poll()
        add(simulated, 1)
        third = poll()
    size = len(simulated.log.bytes) // simulated.log.count
    assert [(p.whole, p.skipped, p.read, p.stored, p.gap) for p in (first, second, third)] == [
        (True, 0, 600, 600, 0),
        (False, 600, 20, 20, 0),
        (False, 620, 1, 1, 0),
    ]
    assert second.raw_bytes == 20 * size
    assert kept() == Counter(lines_of(simulated))
    starts = RawBatch.objects.order_by("pk").values_list("start", flat=True)
    assert list(starts) == [0, 600 * size, 620 * size]


def test_an_unchanged_count_needs_no_reading_for_ten_minutes(poll):
    simulated = device(600)
    with registered(simulated):
        poll()
        prepared = simulated.commands[codec.CMD_PREPARE_BUFFER]
        quiet = poll()
        assert simulated.commands[codec.CMD_PREPARE_BUFFER] == prepared
        assert (quiet.skipped, quiet.read, quiet.device_count, quiet.gap) == (600, 0, 600, 0)
        later = poll(minutes=11)
        assert simulated.commands[codec.CMD_PREPARE_BUFFER] == prepared + 1
        assert (later.whole, later.skipped, later.read) == (False, 600, 0)


def test_a_cleared_log_is_read_whole_and_said(poll):
    simulated = device(600)
    with registered(simulated):
        poll()
        old = lines_of(simulated)
        simulated.log.clear()
        add(simulated, 30, day=20)
        fresh = poll()
        add(simulated, 5, day=21)
        tail = poll()
    assert (fresh.whole, fresh.stored, tail.whole, tail.stored) == (True, 30, False, 5)
    assert kept() == Counter(old) + Counter(lines_of(simulated))
    notice = TerminalNotice.objects.get()
    assert (notice.kind, notice.details) == (NoticeKind.LOG_SHRANK, {"before": 600, "now": 30})


def test_a_rotated_log_is_read_whole_and_said(poll):
    """The oldest records made room for new ones; the count stayed the same."""
    simulated = device(600)
    with registered(simulated):
        poll()
        everything = Counter(lines_of(simulated))
        rest = simulated.log.punches[100:]
        simulated.log.clear()
        for punch in rest:
            simulated.log.add(punch)
        add(simulated, 100)
        rotated = poll(minutes=11)
    assert (rotated.whole, rotated.stored, rotated.known) == (True, 100, 500)
    assert kept() == everything | Counter(lines_of(simulated))
    assert TerminalNotice.objects.get().kind == NoticeKind.LOG_CHANGED


def test_doubles_across_polls_are_doubles_wherever_the_poll_fell(poll):
    simulated = device(100)
    punch = LogPunch("101", START + timedelta(days=5))
    with registered(simulated):
        for count in (1, 1, 2):
            for _ in range(count):
                simulated.log.add(punch)
            poll()
    occurrences = Punch.objects.filter(device_time=punch.time).order_by("occurrence")
    assert list(occurrences.values_list("occurrence", flat=True)) == [1, 2, 3, 4]


def test_a_tail_brought_by_a_file_before_is_known_not_doubled(poll):
    simulated = device(100)
    with registered(simulated) as terminal:
        poll()
        add(simulated, 10)
        text = "".join(
            f"{p.user_id}\t{p.time}\t1\t{p.state}\t{p.verify}\t0\n"
            for p in simulated.log.punches[-10:]
        )
        terminal.refresh_from_db()
        import_file(text.encode(), name="1_attlog.dat", terminal=terminal, at=AT)
        tail = poll()
        assert (tail.read, tail.stored, tail.known) == (10, 0, 10)
        simulated.log.add(simulated.log.punches[-1])  # a true double of one the file brought
        assert poll().stored == 1
    assert kept() == Counter(lines_of(simulated))


def test_a_terminal_that_counts_too_many_is_stored_with_its_gap_shown(poll):
    simulated = device(600, faults=Faults(count_lie=5))
    with registered(simulated):
        first = poll()
        assert (first.stored, first.device_count, first.gap) == (600, 605, 5)
        poll()
        add(simulated, 3)
        third = poll()
    assert (third.stored, third.gap) == (3, 5)
    assert kept() == Counter(lines_of(simulated))
    assert TerminalNotice.objects.get().details == {"counted": 605, "missing": 5}


def test_old_firmware_without_snapshots_is_read_directly_and_remembered(poll):
    simulated = device(600, faults=Faults(no_buffered_read=True))
    with registered(simulated) as terminal:
        poll()
        add(simulated, 3)
        assert poll().stored == 3
        terminal.refresh_from_db()
    assert terminal.offsets_refused_at is not None
    assert kept() == Counter(lines_of(simulated))


def test_users_are_read_again_only_when_their_number_changes(poll):
    simulated = device(600)
    with registered(simulated):
        poll()
        add(simulated, 1)
        poll()
    # One snapshot of the users, two of the log.
    assert simulated.commands[codec.CMD_PREPARE_BUFFER] == 3


@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
def test_a_log_too_long_for_one_contact_comes_in_parts(clock, udp):
    clock.at += timedelta(days=100)
    simulated = device(
        6000, faults=Faults(lose=9, no_closing_ack=True) if udp else Faults(answer_delay=0.14)
    )
    with registered(simulated, transport="udp" if udp else "tcp"):
        limits = Limits(answer_seconds=1, datagram_seconds=0.1, contact_seconds=1.2)
        parts: list[Pull] = []
        while sum(part.stored for part in parts) < 6000 and len(parts) < 20:
            Terminal.objects.update(next_poll_at=None)
            Collector(now=clock, manners=Manners(limits=limits)).run_once()
            parts.append(Pull.objects.latest("pk"))
            simulated.faults.answer_delay *= 0.7
    assert len(parts) > 1
    assert (parts[0].code, parts[-1].code, parts[-1].gap) == ("broken_off", "", 0)
    assert kept() == Counter(lines_of(simulated))
    assert not TerminalNotice.objects.exists()


records = st.tuples(
    st.sampled_from(["7", "8"]), st.sampled_from([0, 1, 60, -900_000_000, 90_000_000])
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chunks=st.lists(st.lists(records, max_size=6), min_size=1, max_size=5), data=st.data())
def test_tails_and_whole_logs_number_the_same(chunks, data):
    """However the log grew and was read, the ledger is the one a single whole reading makes."""
    with transaction.atomic():
        terminal = register(4370, code=f"M{Terminal.objects.count()}")
        log = TerminalLog("40")
        for chunk in chunks:
            for user, seconds in chunk:
                log.add(LogPunch(user, START + timedelta(seconds=seconds)))
            Terminal.objects.update(next_poll_at=None, lease_until=None)
            [pull] = leases.claim(by="test", at=AT, lease=timedelta(minutes=1), limit=1)
            cursor = cursor_of(pull.terminal, at=AT)
            start = cursor.size if data.draw(st.booleans()) else 0
            raw = bytes(log.bytes[start:])
            download = Download("S", log.count, raw, layout="40", start=start)
            ledger.store(download, pull=pull, at=AT)
        expected = Counter((p.user_id, p.time) for p in log.punches if p.time.year == START.year)
        stored = Counter(Punch.objects.values_list("device_user_id", "device_time"))
        assert stored == expected
        for (user, time), count in expected.items():
            numbers = Punch.objects.filter(device_user_id=user, device_time=time)
            assert sorted(numbers.values_list("occurrence", flat=True)) == [*range(1, count + 1)]
        parked = sum(p.time.year != START.year for p in log.punches)
        assert terminal.parkedrecord_set.count() == parked
        transaction.set_rollback(True)

"""The ledger of punches: everything once or nothing, only added to."""

import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from struct import pack

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import InternalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.collecting import leases, ledger
from attendance.collecting.ledger import LeaseLost, store
from attendance.collecting.rhythm import next_poll
from attendance.models import (
    ParkedRecord,
    ParkReason,
    Pull,
    PullState,
    Punch,
    RawBatch,
    Terminal,
    TerminalUser,
)
from attendance.zk.client import Download
from attendance.zk.codec import encode_time
from attendance.zk.errors import SerialTaken
from attendance.zk.records import LAYOUTS, DeviceUser
from scripts.simulated_terminal.log import LogPunch, TerminalLog

from .terminals import START, device, lines_of, register

AT = datetime(2025, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
def terminal(db):
    return register(4370)


def claimed(at=AT):
    """A pull of the one terminal there is, whenever it is due."""
    Terminal.objects.update(next_poll_at=None, lease_until=None)
    [pull] = leases.claim(by="test", at=at, lease=timedelta(minutes=1), limit=1)
    return pull


def download(raw, layout="40", **fields):
    count = len(raw) // LAYOUTS[layout].size
    return Download("SIM0000001", count, bytes(raw), layout=layout, **fields)


def kept():
    """The ledger as a multiset of log lines."""
    return Counter(
        f"{p.device_user_id}\t{p.device_time}\t{p.verify}\t{p.state}\t{p.work_code}"
        for p in Punch.objects.all()
    )


def test_a_log_is_stored_with_its_evidence(terminal):
    simulated = device(50)
    pull = claimed()
    users = [DeviceUser(1, "101", "Nguyễn Thị An", 0)]
    counts = store(download(simulated.log.bytes, users=users), pull=pull, at=AT)
    assert counts == ledger.Stored(read=50, stored=50, known=0, parked=0)
    assert kept() == Counter(lines_of(simulated))
    first = Punch.objects.order_by("device_time")[0]
    assert first.punched_at == datetime(2025, 11, 3, 0, 28, tzinfo=UTC)
    assert (first.serial_number, first.occurrence, first.received_at) == ("SIM0000001", 1, AT)
    batch = RawBatch.objects.get()
    assert (batch.pull, zlib.decompress(batch.data)) == (pull, bytes(simulated.log.bytes))
    pull.refresh_from_db()
    assert (pull.state, pull.read, pull.stored, pull.raw_bytes) == (PullState.DONE, 50, 50, 2000)
    terminal.refresh_from_db()
    assert (terminal.serial_number, terminal.record_layout) == ("SIM0000001", "40")
    assert (terminal.lease_until, terminal.last_record_count) == (None, 50)
    assert terminal.next_poll_at == next_poll(terminal, at=AT)
    known = TerminalUser.objects.get(device_user_id="101")
    assert (known.name, known.punch_count) == ("Nguyễn Thị An", 10)
    assert TerminalUser.objects.count() == 5


@pytest.mark.parametrize("forgets", [False, True], ids=["by prefix", "row by row"])
def test_reading_everything_again_adds_nothing(terminal, forgets):
    simulated = device(50)
    store(download(simulated.log.bytes), pull=claimed(), at=AT)
    if forgets:
        Terminal.objects.update(log_bytes=0, log_sha256="")
    counts = store(download(simulated.log.bytes), pull=claimed(), at=AT)
    assert counts == ledger.Stored(read=50, stored=0, known=50, parked=0)
    assert kept() == Counter(lines_of(simulated))
    assert RawBatch.objects.count() == 1 + forgets
    assert TerminalUser.objects.get(device_user_id="101").punch_count == 10


def test_only_what_is_new_is_kept_as_evidence(terminal):
    simulated = device(50)
    store(download(simulated.log.bytes), pull=claimed(), at=AT)
    simulated.log.add(LogPunch("999", START))
    store(download(simulated.log.bytes), pull=claimed(), at=AT)
    batches = RawBatch.objects.order_by("pk")
    assert [batch.start for batch in batches] == [0, 2000]
    whole = b"".join(zlib.decompress(batch.data) for batch in batches)
    assert whole == bytes(simulated.log.bytes)
    assert Punch.objects.filter(device_user_id="999").count() == 1  # nobody knows 999: kept


def test_exact_doubles_are_kept_and_counted_once(terminal):
    simulated = device(0)
    for _ in range(3):
        simulated.log.add(LogPunch("101", START))
    for _ in range(2):
        store(download(simulated.log.bytes), pull=claimed(), at=AT)
    simulated.log.add(LogPunch("101", START))
    store(download(simulated.log.bytes), pull=claimed(), at=AT)
    occurrences = Punch.objects.order_by("occurrence").values_list("occurrence", flat=True)
    assert list(occurrences) == [1, 2, 3, 4]


def test_a_cleared_log_is_taken_from_its_beginning(terminal):
    old, new = device(50), device(0)
    store(download(old.log.bytes), pull=claimed(), at=AT)
    for minute in range(60):
        new.log.add(LogPunch("101", START + timedelta(days=10, minutes=minute)))
    counts = store(download(new.log.bytes), pull=claimed(), at=AT)
    assert counts.stored == 60
    assert kept() == Counter(lines_of(old)) + Counter(lines_of(new))


def test_doubles_that_differ_in_the_work_code_are_both_kept(terminal):
    raw = b"".join(pack("<IIBB2xI", 101, encode_time(START), 1, 0, code) for code in (0, 7, 7))
    assert store(download(raw, "16"), pull=claimed(), at=AT).stored == 3
    assert kept() == Counter(f"101\t{START}\t1\t0\t{code}" for code in ("", "7", "7"))


def test_unbelievable_records_are_parked_once_and_the_rest_goes_on(terminal):
    simulated = device(20)
    reset = datetime.fromisoformat("2000-01-01 00:05:00")
    future = START + timedelta(days=40)
    for moment in (reset, reset, future):
        simulated.log.add(LogPunch("101", moment))
    impossible = bytearray(simulated.log.bytes[:40])
    impossible[27:31] = b"\xff\xff\xff\xff"
    simulated.log.add_raw(bytes(impossible))
    simulated.log.add_raw(b"half")
    counts = store(download(simulated.log.bytes), pull=claimed(), at=AT)
    assert counts == ledger.Stored(read=25, stored=20, known=0, parked=5)
    parked = ParkedRecord.objects.order_by("pk")
    assert [(p.reason, p.occurrence) for p in parked] == [
        (ParkReason.CLOCK_RESET, 1),
        (ParkReason.CLOCK_RESET, 2),
        (ParkReason.FUTURE, 1),
        (ParkReason.IMPOSSIBLE_TIME, 1),
        (ParkReason.HALF_RECORD, 1),
    ]
    assert bytes(parked[2].raw) == simulated.log.bytes[22 * 40 : 23 * 40]
    assert (parked[2].device_user_id, parked[2].device_time) == ("101", future)

    for forgets in (False, True):  # nothing is parked twice, and no parked future comes true
        if forgets:
            Terminal.objects.update(log_bytes=0)
        later = AT + timedelta(days=60)
        again = store(download(simulated.log.bytes), pull=claimed(later), at=later)
        assert (again.stored, again.parked) == (0, 0)
    assert ParkedRecord.objects.count() == 5
    assert Punch.objects.count() == 20


def test_a_collector_that_lost_its_lease_stores_nothing(terminal):
    simulated = device(50)
    frozen = claimed()
    later = AT + timedelta(minutes=2)
    [successor] = leases.claim(by="b", at=later, lease=timedelta(minutes=1), limit=1)
    with pytest.raises(LeaseLost):
        store(download(simulated.log.bytes), pull=frozen, at=later)
    assert Punch.objects.count() == RawBatch.objects.count() == 0
    frozen.refresh_from_db()
    assert (frozen.state, frozen.code) == (PullState.FAILED, "collector_died")
    assert store(download(simulated.log.bytes), pull=successor, at=later).stored == 50


def test_a_terminal_registered_twice_is_told_and_stored_once(terminal):
    store(download(device(50).log.bytes), pull=claimed(), at=AT)
    Terminal.objects.update(enabled=False)
    register(4371, code="M2")
    with pytest.raises(SerialTaken, match=terminal.code):
        store(download(device(60).log.bytes), pull=claimed(), at=AT)
    assert Punch.objects.count() == 50
    assert not Punch.objects.exclude(terminal=terminal).exists()


def test_a_failure_in_the_middle_leaves_nothing_behind(terminal, monkeypatch):
    pull = claimed()

    def breaks(**_kwargs):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(ledger, "mark_new", breaks)
    with pytest.raises(RuntimeError):
        store(download(device(50).log.bytes), pull=pull, at=AT)
    assert Punch.objects.count() == TerminalUser.objects.count() == RawBatch.objects.count() == 0
    assert Pull.objects.get().state == PullState.RUNNING
    assert Terminal.objects.get().log_bytes == 0


@pytest.mark.parametrize("model", [Punch, ParkedRecord, RawBatch])
def test_ledger_rows_refuse_update_and_delete(terminal, model):
    simulated = device(5)
    simulated.log.add_raw(b"half")
    store(download(simulated.log.bytes), pull=claimed(), at=AT)
    row = model.objects.order_by("pk")[0]
    with pytest.raises(InternalError, match="append_only"), transaction.atomic():
        model.objects.filter(pk=row.pk).update(received_at=AT)
    with pytest.raises(InternalError, match="append_only"), transaction.atomic():
        row.delete()
    with (
        pytest.raises(InternalError, match="append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {model._meta.db_table}")
    assert model.objects.filter(pk=row.pk).exists()


records = st.tuples(
    st.sampled_from(["7", "8", "a\\b", "Đỗ"]),
    st.sampled_from([0, 1, 60, -900_000_000, 90_000_000]),
    st.sampled_from([0, 1]),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chunks=st.lists(st.lists(records, max_size=6), min_size=1, max_size=4), data=st.data())
def test_whatever_the_log_does_every_record_is_in_the_ledger_once(terminal, chunks, data):
    """Any growth and any number of repeated pulls, with or without the remembered prefix."""
    with transaction.atomic():
        log = TerminalLog("40")
        for chunk in chunks:
            for user, seconds, state in chunk:
                log.add(LogPunch(user, START + timedelta(seconds=seconds), 1, state))
            for _ in range(data.draw(st.integers(1, 2))):
                if data.draw(st.booleans()):
                    Terminal.objects.update(log_bytes=0)
                store(download(log.bytes), pull=claimed(), at=AT)
        expected = Counter(
            f"{p.user_id}\t{p.time}\t{p.verify}\t{p.state}\t"
            for p in log.punches
            if p.time.year == 2025
        )
        assert kept() == expected
        assert ParkedRecord.objects.count() == len(log.punches) - expected.total()
        transaction.set_rollback(True)


def test_the_comm_key_is_sealed_at_rest(terminal):
    terminal.set_comm_key(471123)
    terminal.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM attendance_terminal t")
        assert "471123" not in str(cursor.fetchall())
        cursor.execute("SELECT e::text FROM attendance_terminalevent e")
        assert "471123" not in str(cursor.fetchall())
    assert Terminal.objects.get().comm_key() == 471123
    terminal.set_comm_key(0)
    assert (terminal.comm_key_sealed, terminal.comm_key()) == ("", 0)


@pytest.mark.parametrize(
    "address", ["127.0.0.1; touch /tmp/gone", "$(touch /tmp/gone)", "8.8.8.8", "169.254.169.254"]
)
def test_a_hostile_address_is_refused_by_the_register(terminal, address):
    terminal.address = address
    with pytest.raises(ValidationError):
        terminal.full_clean()


def test_changes_of_a_terminal_are_recorded_but_polls_are_not(terminal):
    history = apps.get_model("attendance", "TerminalEvent").objects.order_by("pk")
    before = history.count()
    store(download(device(5).log.bytes), pull=claimed(), at=AT)
    assert history.count() == before + 1  # the serial number and the layout were learnt
    store(download(device(5).log.bytes), pull=claimed(), at=AT)
    assert history.count() == before + 1
    Terminal.objects.update(address="10.0.0.9")
    assert history.last().address == "10.0.0.9"

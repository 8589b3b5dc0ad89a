"""The collector against every fault: good punches once, bad ones parked, the next poll clean."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from attendance.collecting.collector import Collector, Manners
from attendance.models import ParkedRecord, ParkReason, Pull, PullState, Punch, Terminal
from attendance.zk.client import Limits
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import LogPunch

from .terminals import START, device, named, registered

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 24, 1, 0, tzinfo=UTC)
LIMITS = Limits(answer_seconds=0.5, datagram_seconds=0.15, contact_seconds=6)


def poll():
    Terminal.objects.update(next_poll_at=None)
    Collector(now=lambda: AT, manners=Manners(limits=LIMITS)).run_once()
    return Pull.objects.filter(terminal__code="1").latest("pk")


def stored(serial="SIM0000001"):
    rows = Punch.objects.filter(serial_number=serial)
    return Counter(rows.values_list("device_user_id", "device_time", "verify", "state"))


def truth(simulated):
    return Counter((p.user_id, p.time, p.verify, p.state) for p in simulated.log.punches)


def grow(simulated, count, seed=1):
    """In no order of time, with doubles."""
    chance = Random(seed)
    users = list(simulated.log.users)
    for _ in range(count):
        time = START + timedelta(days=30, seconds=chance.randrange(500_000))
        simulated.log.add(LogPunch(chance.choice(users), time, 1, chance.randrange(2)))
        if chance.random() < 0.1:
            simulated.log.add(simulated.log.punches[-1])


#: The terminal goes on telling all it knows; the collector puts up with it.
HARMLESS = [
    Faults(odd_segments=True),
    Faults(small_data=900),
    Faults(no_buffered_read=True),
    Faults(no_closing_ack=True, small_data=900),
    Faults(events=True),
    Faults(flip_bit_in=5, small_data=20_000),
    Faults(bad_checksum_in=7, small_data=20_000),
    Faults(stale_reply_in=2),
    Faults(zero_session=True),
    Faults(refuse_chunk=3),
    Faults(answer_delay=0.02),
    Faults(one_connection=True),
    Faults(refuse_offsets=True),
    Faults(ignore_offsets=True),
    Faults(size_lie=4),
    Faults(count_lie=5),
    Faults(count_lie=-5),
    Faults(count_lie=-10_000),
    Faults(clock_reading=0),
    Faults(clock_reading=0xFFFFFFFF),
    Faults(grow=2),
]
#: The contact fails with a code, or a part is missing (""), until the fault is gone.
PASSING = [
    (Faults(silent=True), "silent"),
    (Faults(fin_after=0), "connection_lost"),
    (Faults(fin_after=30_000), "connection_lost"),
    (Faults(reset_after=30_000), "connection_lost"),
    (Faults(stall_after=30_000), "silent"),
    (Faults(flip_bit_in=1), "damaged_data"),
    (Faults(bad_checksum_in=1), "damaged_data"),
    (Faults(half_record=True), ""),
    (Faults(size_lie=-43), ""),
    (Faults(refuses_protocol=True), "unsupported"),
]
DATAGRAMS = [
    Faults(lose=9),
    Faults(double=5),
    Faults(reorder=4),
    Faults(lose=17, double=7, reorder=11),
    Faults(events=True),
    Faults(stale_reply_in=2),
    Faults(refuse_offsets=True),
    Faults(ignore_offsets=True),
]
CASES = [
    *((faults, layout, False) for faults in HARMLESS for layout in ("40", "16")),
    *((faults, layout, False) for faults, _ in PASSING for layout in ("40", "16")),
    *(
        (faults, "8", False)
        for faults in (Faults(count_lie=1), Faults(count_lie=5), Faults(grow=1))
    ),
    (Faults(clock_reading=0xFFFFFFFF), "8b", False),  # read as layout 8, it is the year 2068
    *((faults, "49", False) for faults in (Faults(half_record=True), Faults(count_lie=3))),
    *((faults, "8b", False) for faults in (Faults(half_record=True), Faults(count_lie=3))),
    *((faults, "40", True) for faults in DATAGRAMS),
    *((faults, "8", True) for faults in DATAGRAMS[:4]),
]


@pytest.mark.parametrize(
    ("faults", "layout", "udp"),
    CASES,
    ids=[f"{named(f)}-{layout}-{'udp' if udp else 'tcp'}" for f, layout, udp in CASES],
)
def test_every_punch_is_stored_once_whatever_the_terminal_does(faults, layout, udp):
    simulated = device(600 if udp else 2000, layout=layout, faults=faults, comm_key=77)
    neighbour = device(10, serial="NEIGHBOUR")
    transport = "udp" if udp else "tcp"
    with (
        registered(simulated, code="1", transport=transport, comm_key=77),
        registered(neighbour, code="2"),
    ):
        first = poll()
        if faults in HARMLESS + DATAGRAMS:
            assert (first.state, first.parked) == (PullState.DONE, 0), first.reason
        if faults in HARMLESS + DATAGRAMS and not faults.grow:
            assert stored() == truth(simulated)
        for code in (code for passing, code in PASSING if passing == faults):
            assert first.code == code
            assert (first.state, first.parked) == (
                (PullState.FAILED, 0) if code else (PullState.DONE, 1)
            )
        grow(simulated, 30)
        poll()
        assert not stored() - truth(simulated)  # nothing is invented
        assert stored("NEIGHBOUR") == truth(neighbour)

        simulated.faults = Faults()
        last = poll()
        assert (last.state, last.code) == (PullState.DONE, ""), last.reason
        assert last.gap == 0
        assert stored() == truth(simulated)
        grow(simulated, 5, seed=2)
        assert poll().stored >= 5
    assert stored() == truth(simulated)
    assert not ParkedRecord.objects.exclude(reason=ParkReason.HALF_RECORD).exists()
    terminal = Terminal.objects.get(code="1")
    assert (terminal.lease_until, terminal.claimed_by) == (None, "")
    assert terminal.consecutive_failures == 0
    assert simulated.most_open == 1 or udp or faults.stall_after  # it never sees us go


def bad_records(simulated):
    """Nonsense between good records, as worn-out memory leaves it; returns how many."""
    size = simulated.log.record_size
    good = bytes(simulated.log.bytes[:size])
    at = {"40": 27, "49": 27, "16": 4, "8": 3, "8b": 4}[simulated.log.layout]
    impossible = good[:at] + b"\xff\xff\xff\xff" + good[at + 4 :]
    garbage = bytes(Random(3).randbytes(2)) + b"\xff" * (size - 2)
    for record in (impossible, impossible, garbage):
        simulated.log.add_raw(record)
        grow(simulated, 3)
    return 3


@pytest.mark.parametrize("layout", ["40", "49", "16", "8", "8b"])
def test_bad_records_are_parked_and_the_others_go_on(layout):
    simulated = device(500, layout=layout)
    reset = datetime.fromisoformat("2000-01-01 00:00:07")
    with registered(simulated, code="1", transport="tcp"):
        poll()
        count = bad_records(simulated)
        user = next(iter(simulated.log.users))
        for moment in (reset, reset, START + timedelta(days=400)):
            simulated.log.add(LogPunch(user, moment))
        grow(simulated, 10)
        assert poll().parked == count + 3
        count += bad_records(simulated)
        assert poll().parked == 3
        Terminal.objects.update(log_bytes=0, anchor=b"")
        again = poll()  # from the beginning: nothing is parked or stored twice
        assert (again.whole, again.stored, again.parked) == (True, 0, 0)
    believed = Counter(
        {key: n for key, n in truth(simulated).items() if START <= key[1] < AT.replace(tzinfo=None)}
    )
    assert stored() == believed
    reasons = Counter(ParkedRecord.objects.values_list("reason", flat=True))
    assert reasons.total() == count + 3
    assert (reasons[ParkReason.CLOCK_RESET], reasons[ParkReason.FUTURE]) == (2, 1)


def test_a_bad_record_is_parked_once_though_the_log_was_told_short_meanwhile():
    simulated = device(60)
    with registered(simulated, code="1", transport="tcp"):
        bad_records(simulated)
        assert poll().parked == 3
        simulated.faults = Faults(size_lie=-400)
        Terminal.objects.update(log_bytes=0, anchor=b"")
        assert poll().whole
        simulated.faults = Faults()
        grow(simulated, 5)
        tail = poll()
    assert not tail.whole
    assert ParkedRecord.objects.count() == 3
    assert stored() == truth(simulated)


def test_user_ids_that_are_not_ascii_are_kept_or_parked():
    simulated = device(100)
    good = bytes(simulated.log.bytes[:40])
    for name in ("Nguyễn", "Đỗ 7", "a\\b"):
        simulated.log.add(LogPunch(name, START + timedelta(days=20)))
    for raw in (b"\xc4\xe3\xba\xc3", b"7\t8", b"\x01\x02"):
        simulated.log.add_raw(good[:2] + raw.ljust(24, b"\0") + good[26:])
    with registered(simulated, code="1"):
        assert (poll().stored, ParkedRecord.objects.count()) == (103, 3)
    assert stored() == truth(simulated)
    assert set(ParkedRecord.objects.values_list("reason", flat=True)) == {ParkReason.BAD_USER}


def test_a_reboot_in_mid_pull_is_got_over():
    simulated = device(2000, faults=Faults(answer_delay=0.03))
    asked = []

    def reboot_once(_now):
        asked.append(1)
        if len(asked) == 2:  # counting came first; this is the log
            simulated.reboot()

    simulated.news = reboot_once
    with registered(simulated, code="1", transport="tcp"):
        assert poll().code == "connection_lost"
        assert poll().stored == 2000


def test_a_terminal_that_only_pushes_says_so():
    with registered(device(5, faults=Faults(refuses_protocol=True)), code="1"):
        pull = poll()
    assert (pull.state, pull.code) == (PullState.FAILED, "unsupported")

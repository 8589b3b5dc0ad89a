"""Random faults, kills and restarts against a model of the terminal: nothing lost, nothing doubled.

A run is a random story of one terminal: people punch, records go bad, the log is cleared or
rotated, it is polled under a fault, the collector is killed at a random statement, freezes and
wakes, or a file of the same log is imported. The model says what must be stored: whatever stood
in the log at a poll that succeeded. MODEL_RUNS=500 makes the full set; MODEL_SEED replays one.
"""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from struct import pack

import pytest
from django.db import connection, transaction

from attendance.collecting import leases, ledger
from attendance.collecting.collector import Collector, Manners
from attendance.collecting.importing import import_file
from attendance.collecting.redecoding import redecode
from attendance.models import ParkedRecord, Pull, PullState, Punch, RawBatch, Terminal
from attendance.terminals.reaching import target_of
from attendance.zk.client import Limits, pull
from backend.problems import Problem
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import LogPunch
from scripts.simulated_terminal.server import running
from scripts.simulated_terminal.terminal import no_news
from tests.attendance.terminals import START, device, register

SEED = int(os.environ.get("MODEL_SEED", Random().randrange(10**6)))
RUNS = int(os.environ.get("MODEL_RUNS", "30"))
LIMITS = Limits(answer_seconds=0.2, datagram_seconds=0.05, contact_seconds=3)
FAULTS = [
    Faults(silent=True),
    Faults(fin_after=900),
    Faults(fin_after=2500),
    Faults(reset_after=1500),
    Faults(stall_after=2500),
    Faults(flip_bit_in=2),
    Faults(bad_checksum_in=1),
    Faults(odd_segments=True),
    Faults(events=True),
    Faults(count_lie=4),
    Faults(count_lie=-3),
    Faults(half_record=True),
    Faults(size_lie=4),
    Faults(size_lie=-44),
    Faults(no_buffered_read=True),
    Faults(refuse_offsets=True),
    Faults(ignore_offsets=True),
    Faults(refuse_chunk=2),
    Faults(stale_reply_in=3),
    Faults(grow=1),
    Faults(no_serial=True),
    Faults(clock_reading=0),
    Faults(clock_reading=0xFFFFFFFF),
]
DATAGRAM_FAULTS = [
    Faults(lose=9),
    Faults(double=5),
    Faults(reorder=4),
    Faults(lose=17, double=7, reorder=11),
]
NEVER = START + timedelta(days=400)


class Killed(BaseException):
    """What SIGKILL is to the program: nothing may catch it."""


class KillAt:
    """Ends the program at its n-th statement, before or after PostgreSQL has done it."""

    def __init__(self, number: int, *, after: bool) -> None:
        self.left, self.after = number, after

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Killed
        result = execute(sql, params, many, context)
        if self.left == 0:
            raise Killed
        return result


class Story:
    """One terminal, its truth, and the collectors that come and go."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.at = datetime(2026, 6, 1, tzinfo=UTC)
        self.layout = chance.choice(["40", "40", "49", "16", "8", "8b"])
        self.simulated = device(chance.randrange(120), layout=self.layout)
        self.age = 1
        self.odd = 0
        self.udp = chance.random() < 0.3
        self.must: Counter[tuple[str, datetime, int]] = Counter()
        self.ever: Counter[tuple[str, datetime, int]] = self.log()
        self.aside: set[bytes] = set()  # bytes of the records in the log that are no punch
        self.must_aside: set[bytes] = set()
        self.ever_aside: set[bytes] = set()

    def log(self):
        return Counter(
            (p.user_id, p.time, p.state)
            for p in self.simulated.log.punches
            if START <= p.time < NEVER
        )

    def tell(self, port):
        self.terminal = register(port, code=f"M{port}", transport="udp" if self.udp else "tcp")
        for _ in range(self.chance.randrange(6, 16)):
            self.at += timedelta(minutes=self.chance.choice([1, 1, 12]))
            self.chance.choices(
                [self.punch, self.spoil, self.wrong_time, self.poll, self.faulty_poll,
                 self.rebooted_poll, self.killed_poll, self.woken_collector, self.import_file,
                 self.clear, self.rotate, self.forget],
                [6, 1, 1, 4, 5, 1, 4, 1, 1, 1, 1, 0.5],
            )[0]()  # fmt: skip
        self.simulated.faults = Faults()
        self.at += timedelta(hours=2)
        last = self.poll()
        assert (last.state, last.gap) == (PullState.DONE, 0), last.reason
        self.compare()

    def punch(self):
        users = list(self.simulated.log.users)
        for _ in range(self.chance.randrange(1, 40)):
            time = START + timedelta(days=self.age, seconds=self.chance.randrange(3600))
            punch = LogPunch(self.chance.choice(users), time, 1, self.chance.randrange(2))
            for _ in range(self.chance.choice([1, 1, 1, 1, 2, 3])):
                self.simulated.log.add(punch)
        self.ever |= self.log()

    def spoil(self):
        if len(self.simulated.log.punches) < 20:
            return  # nothing would tell the layout
        self.odd += 1
        raw = pack("<H", self.odd).ljust(self.simulated.log.record_size, b"\xff")
        self.simulated.log.add_raw(raw)
        self.set_aside(raw)

    def wrong_time(self):
        """A clock that fell back to 2000, or runs a year ahead."""
        log = self.simulated.log
        self.odd += 1
        begin = self.chance.choice([datetime(2000, 1, 1), NEVER])  # noqa: DTZ001 - its own clock
        log.add(LogPunch(next(iter(log.users)), begin + timedelta(seconds=self.odd)))
        self.set_aside(bytes(log.bytes[-log.record_size :]))

    def set_aside(self, raw):
        self.aside.add(raw)
        self.ever_aside.add(raw)

    def poll(self):
        Terminal.objects.update(next_poll_at=None)
        Collector(now=lambda: self.at, manners=Manners(limits=LIMITS)).run_once()
        self.ever |= self.log()  # some faults let people punch meanwhile
        newest = Pull.objects.filter(source="pull").latest("pk")
        good = newest.state == PullState.DONE and newest.gap == 0
        faults = self.simulated.faults
        if good and not (faults.grow or faults.half_record or faults.size_lie < 0):
            self.must |= self.log()
            self.must_aside |= self.aside
        return newest

    def faulty_poll(self):
        self.simulated.faults = self.chance.choice(FAULTS + DATAGRAM_FAULTS * self.udp)
        self.poll()
        self.simulated.faults = Faults()

    def rebooted_poll(self):
        """Somebody pulls the plug while the log is looked at, for the first or second time."""
        left = self.chance.choice([1, 2])

        def pull_the_plug(_now):
            nonlocal left
            left -= 1
            if left == 0:
                self.simulated.reboot()

        self.simulated.news = pull_the_plug
        self.poll()
        self.simulated.news = no_news

    def killed_poll(self):
        kill = KillAt(self.chance.randrange(1, 40), after=self.chance.random() < 0.5)
        try:
            with connection.execute_wrapper(kill):
                self.poll()
        except Killed:
            self.at += timedelta(hours=2)  # the lease of the dead runs out

    def woken_collector(self):
        """One freezes in mid-pull; another takes over; the first wakes up and wants to store."""
        Terminal.objects.update(next_poll_at=None)
        claimed = leases.claim(by="frozen", at=self.at, lease=timedelta(minutes=1), limit=1)
        if not claimed:
            return
        try:
            held = pull(
                target_of(claimed[0].terminal, at=self.at), now=lambda: self.at, limits=LIMITS
            )
        except Problem:
            held = None
        self.at += timedelta(minutes=2)
        self.punch()
        self.poll()
        if held is not None:
            with pytest.raises(ledger.LeaseLost):
                ledger.store(held, pull=claimed[0], at=self.at)

    def import_file(self):
        self.terminal.refresh_from_db()
        if not self.terminal.serial_number or not self.simulated.log.punches:
            return
        lines = [
            f"{p.user_id}\t{p.time}\t1\t{p.state}\t{p.verify}\t0"
            for p in self.simulated.log.punches
        ]
        text = "\n".join(lines) + "\n"
        import_file(text.encode(), name="1_attlog.dat", terminal=self.terminal, at=self.at)
        self.must |= self.log()

    def clear(self):
        self.simulated.log.clear()
        self.aside.clear()
        self.age += 1

    def rotate(self):
        log = self.simulated.log
        if len(log.punches) == log.count > 1:  # spoilt records have no place in the truth
            log.rotate(self.chance.randrange(1, log.count))
            self.aside = {raw for raw in self.aside if raw in log.bytes}
            self.age += 1

    def forget(self):
        """As after a layout changed by hand."""
        Terminal.objects.update(log_bytes=0, anchor=b"")

    def compare(self):
        stored = Counter(Punch.objects.values_list("device_user_id", "device_time", "state"))
        assert not self.must - stored, "lost"
        assert not stored - self.ever, "invented or doubled"
        kept = ParkedRecord.objects.filter(pull__source="pull").exclude(reason="half_record")
        raws = Counter(bytes(raw) for raw in kept.values_list("raw", flat=True))
        assert self.must_aside <= set(raws) <= self.ever_aside
        assert raws.total() == len(raws), "parked twice"
        assert not Pull.objects.filter(state=PullState.RUNNING).exists()
        assert not Terminal.objects.exclude(lease_until=None).exists()
        if RawBatch.objects.exists():
            self.terminal.refresh_from_db()
            assert redecode(self.terminal).agrees


@pytest.mark.fault
@pytest.mark.django_db
def test_whatever_happens_nothing_is_lost_or_doubled():
    for run in range(RUNS):
        seed = SEED + run
        story = Story(Random(seed))
        with running(story.simulated) as port:
            try:
                with transaction.atomic():
                    story.tell(port)
                    transaction.set_rollback(True)
            except BaseException as error:
                error.add_note(f"replay with MODEL_SEED={seed} MODEL_RUNS=1")
                raise

"""Many terminals polled once a minute by real collector processes: how late, and at what cost.

How late a poll began is told by the database itself: a trigger of this bench notes each claim and
the time the terminal was due. CPU and memory are the operating system's figures of the processes.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import monotonic, sleep
from typing import Final
from uuid import uuid4

from django.db import connection

from attendance.models import Punch, Terminal
from backend.org.models import Site
from scripts.benches.measure import Measure, is_trial, peak_megabytes
from scripts.benches.terminals import Terminals, terminals

COUNT: Final = 50 if is_trial() else 500
POLL_SECONDS: Final = 10 if is_trial() else 60
ALONE_SECONDS: Final = 20 if is_trial() else 180
TOGETHER_SECONDS: Final = 10 if is_trial() else 90
#: Five times as often, as many polls as five times the terminals need: more than two cores with
#: database, terminals and collectors together would measure the machine, not the collectors.
DENSE_POLL_SECONDS: Final = 5 if is_trial() else 12
DENSE_COLLECTORS: Final = 3
RECORDS: Final = 2_000
PUNCHES_A_MINUTE: Final = 4.0
MOST_LATE_SECONDS: Final = 5.0
MOST_MEGABYTES: Final = 300.0
LARGE_SITE: Final = 5_000

_NOTE_CLAIMS: Final = """
    CREATE TABLE bench_claim (terminal_id bigint, collector text, late double precision);
    CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO bench_claim VALUES (
            NEW.id, NEW.claimed_by, extract(epoch FROM clock_timestamp() - OLD.next_poll_at));
        RETURN NULL;
    END $$;
    CREATE TRIGGER bench_note AFTER UPDATE OF attempt ON attendance_terminal
        FOR EACH ROW WHEN (OLD.next_poll_at IS NOT NULL) EXECUTE FUNCTION bench_note();
"""


@dataclass(frozen=True)
class _Seen:
    """A while with so many collectors: seconds late by poll, polls by collector, their cost."""

    late: list[float]
    polls: list[int]
    cpu_seconds: float
    megabytes: float

    @property
    def late_p95(self) -> float:
        return quantiles(self.late, n=20)[-1]


def run() -> list[Measure]:
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_CLAIMS)
    halves = [
        [
            {"serial": uuid4().hex[:12], "records": RECORDS, "punches_a_minute": PUNCHES_A_MINUTE}
            for _ in range(COUNT // 2)
        ]
        for _ in range(2)
    ]
    with ExitStack() as stack:
        served = [stack.enter_context(terminals(half)) for half in halves]
        _register(served)
        alone = _watch(collectors=1, seconds=ALONE_SECONDS)
        together = _watch(collectors=2, seconds=TOGETHER_SECONDS)
        Terminal.objects.update(poll_seconds=DENSE_POLL_SECONDS)
        dense = _watch(collectors=DENSE_COLLECTORS, seconds=TOGETHER_SECONDS)
    _check(alone, together, dense)
    return [*_measures(alone, together), *_dense(dense), _arithmetic(alone)]


def _register(served: list[Terminals]) -> None:
    site, _ = Site.objects.get_or_create(code="BENCH", defaults={"name": "Bench"})
    Terminal.objects.bulk_create(
        Terminal(
            code=f"F{number}",
            name=f"F{number}",
            address="127.0.0.1",
            port=port,
            site=site,
            poll_seconds=POLL_SECONDS,
        )
        for number, port in enumerate(port for each in served for port in each.ports)
    )


def _watch(*, collectors: int, seconds: float) -> _Seen:
    """Let the collectors work; the time until every terminal has been read once does not count."""
    with ExitStack() as stack:
        processes = [stack.enter_context(_collector()) for _ in range(collectors)]
        _forget()
        end = monotonic() + 300
        while len(_polls()) < collectors or Terminal.objects.filter(last_contact_at=None).exists():
            if monotonic() > end:
                raise AssertionError("some terminals were never read, or a collector never read")
            sleep(1)
        sleep(POLL_SECONDS)
        _forget()
        before = sum(map(_cpu_seconds, processes))
        sleep(seconds)
        cpu = sum(map(_cpu_seconds, processes)) - before
        with connection.cursor() as cursor:
            cursor.execute("SELECT late FROM bench_claim")
            late = [row[0] for row in cursor.fetchall()]
        return _Seen(late, _polls(), cpu, max(map(peak_megabytes, processes)))


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_claim")


def _polls() -> list[int]:
    """How many each collector has made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_claim GROUP BY collector")
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def _collector() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-m", "backend", "collector"])
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _check(alone: _Seen, together: _Seen, dense: _Seen) -> None:
    expected = COUNT * ALONE_SECONDS / POLL_SECONDS
    if not 0.9 * expected < len(alone.late) < 1.1 * expected:
        raise AssertionError(f"{len(alone.late)} polls, expected {expected:.0f}")
    if min(len(together.polls), len(dense.polls)) < 2:
        raise AssertionError("one collector did everything")
    if Punch.objects.count() <= COUNT * RECORDS:
        raise AssertionError("no punch arrived while watching")


def _late(seen: _Seen, name: str) -> Measure:
    return Measure(
        name=f"{name}: lateness p95",
        ours_seconds=seen.late_p95,
        peer="limit",
        peer_seconds=MOST_LATE_SECONDS,
        ratio=seen.late_p95 / MOST_LATE_SECONDS,
        meaning="of the limit",
        at_most=1.0,
    )


def _dense(seen: _Seen) -> list[Measure]:
    wanted = COUNT * 60 / DENSE_POLL_SECONDS
    made = len(seen.late) * 60 / TOGETHER_SECONDS
    name = f"{COUNT} terminals every {DENSE_POLL_SECONDS} s, {DENSE_COLLECTORS} collectors"
    return [
        _late(seen, name),
        Measure(
            name=f"{name}: polls a minute",
            ours_seconds=made,
            peer="as many as fell due",
            peer_seconds=wanted,
            ratio=made / wanted,
            meaning="of them",
            at_least=0.95,
            unit="polls",
        ),
    ]


def _measures(alone: _Seen, together: _Seen) -> list[Measure]:
    each = f"{COUNT} terminals every {POLL_SECONDS} s"
    late = [_late(alone, f"{each}, one collector"), _late(together, f"{each}, two collectors")]
    memory = Measure(
        name=f"{each}, one collector: memory",
        ours_seconds=alone.megabytes,
        peer="limit",
        peer_seconds=MOST_MEGABYTES,
        ratio=alone.megabytes / MOST_MEGABYTES,
        meaning="of the limit",
        at_most=1.0,
        unit="MB",
    )
    share = min(together.polls) / sum(together.polls)
    shared = Measure(
        name=f"{each}, two collectors: CPU of a poll",
        ours_seconds=together.cpu_seconds / len(together.late),
        peer=f"one collector; the lesser of two did {share:.0%} of the polls",
        peer_seconds=alone.cpu_seconds / len(alone.late),
        ratio=(together.cpu_seconds / len(together.late)) / (alone.cpu_seconds / len(alone.late)),
        meaning="of its CPU",
        at_most=1.5,
    )
    return [*late, memory, shared]


def _arithmetic(alone: _Seen) -> Measure:
    """How many collectors, each with one core, a large site needs."""
    a_poll = alone.cpu_seconds / len(alone.late)
    cores = LARGE_SITE / 60 * a_poll
    return Measure(
        name=f"cores of collectors for {LARGE_SITE:,} terminals a minute, {a_poll * 1000:.1f} ms each",
        ours_seconds=cores,
        peer="limit",
        peer_seconds=8.0,
        ratio=cores / 8.0,
        meaning="of the limit",
        at_most=1.0,
        unit="cores",
    )

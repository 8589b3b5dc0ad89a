"""The first pull of a long log, from the socket to committed rows.

Against pyzk's own `get_attendance` on the same terminal, which stores nothing; against the limit of
transfer, decoding and COPY of finished lines; and the memory of a collector at a very long log.
Terminal, pyzk and ours each run in a process of their own.
"""

import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from random import Random
from time import perf_counter, sleep
from typing import Final
from uuid import uuid4

from attendance.collecting import leases
from attendance.collecting.polling import poll
from attendance.models import Pull, Punch, Terminal
from attendance.terminals.reaching import target_of
from attendance.zk import codec
from attendance.zk import session as talk
from attendance.zk.client import Limits, connected
from attendance.zk.records import decode_log
from backend import clock
from backend.org.models import Site
from scripts.benches.measure import Measure, is_trial, peak_megabytes
from scripts.benches.punch_copy import copied
from scripts.benches.terminals import Terminals, rename, terminals

#: Records, and how many times as fast as pyzk.
SIZES: Final = [(50_000, 1.0)] if is_trial() else [(100_000, 4.0), (300_000, 12.0)]
LONGEST: Final = 100_000 if is_trial() else 1_000_000
MOST_MEGABYTES: Final = 200.0
REPEATS: Final = 3
LIMITS: Final = Limits()

_PYZK: Final = """
import sys, time, zk
terminal = zk.ZK("127.0.0.1", port=int(sys.argv[1]), timeout=60, ommit_ping=True).connect()
start = time.perf_counter()
records = terminal.get_attendance()
print(len(records), time.perf_counter() - start)
terminal.disconnect()
"""


def run() -> list[Measure]:
    measures = []
    for records, times in SIZES:
        with terminals([{"serial": "BENCH", "records": records}]) as served:
            measures += _compare(served, records, times)
    measures.append(_memory())
    return measures


def _compare(served: Terminals, records: int, times: float) -> list[Measure]:
    ours = min(_pull(served, records) for _ in range(REPEATS))
    limit = min(_limit(served, records) for _ in range(REPEATS))
    pyzk = min(_pyzk(served, records) for _ in range(1 if records > 100_000 else 2))
    name = f"first pull of {records:,} records, socket to committed rows"
    return [
        Measure(
            name=name,
            ours_seconds=ours,
            peer="pyzk 0.9 get_attendance, storing nothing",
            peer_seconds=pyzk,
            ratio=pyzk / ours,
            meaning="times as fast",
            at_least=times,
        ),
        Measure(
            name=name,
            ours_seconds=ours,
            peer="transfer, decoding and COPY of finished lines",
            peer_seconds=limit,
            ratio=limit / ours,
            meaning="of the limit's speed",
            at_least=0.5,
        ),
    ]


def registered(port: int, *, serial: str = "", **values: object) -> Terminal:
    """A terminal at this port, the only one that is due."""
    Terminal.objects.update(enabled=False)
    site, _ = Site.objects.get_or_create(code="BENCH", defaults={"name": "Bench"})
    code = f"B{uuid4().hex[:12]}"
    return Terminal.objects.create(
        code=code, name=code, serial_number=serial, address="127.0.0.1", port=port, site=site,
        **values,
    )  # fmt: skip


def claimed() -> Pull:
    Terminal.objects.filter(enabled=True).update(next_poll_at=None)
    [pull] = leases.claim(by="bench", at=clock.now(), lease=timedelta(hours=1), limit=1)
    return pull


def poll_once(terminal: Terminal) -> tuple[float, Pull]:
    """Seconds of one poll of the terminal, and what came of it."""
    pull = claimed()
    start = perf_counter()
    poll(pull, now=clock.now, limits=LIMITS, chance=Random(1))  # noqa: S311
    seconds = perf_counter() - start
    return seconds, Pull.objects.filter(terminal=terminal).latest("pk")


def _pull(served: Terminals, records: int) -> float:
    served.do(rename, uuid4().hex[:12])
    seconds, pull = poll_once(registered(served.ports[0]))
    if (pull.stored, pull.gap) != (records, 0):
        raise AssertionError(f"stored {pull.stored} of {records}: {pull.reason}")
    return seconds


def _limit(served: Terminals, records: int) -> float:
    """Transfer, decoding and COPY are timed; composing the finished lines is not."""
    terminal = registered(served.ports[0], serial=uuid4().hex[:12])
    pull = claimed()
    at = clock.now()
    start = perf_counter()
    contact = connected(target_of(pull.terminal, at=at), LIMITS)
    raw = contact.run(talk.read_bulk(contact.session, codec.CMD_ATTLOG_RRQ))
    lines = decode_log(raw, "40").lines
    seconds = perf_counter() - start
    contact.close()
    if len(lines) != records:
        raise AssertionError(f"decoded {len(lines)} of {records}")
    return seconds + copied(lines, terminal=terminal, pull=pull)


def _pyzk(served: Terminals, records: int) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _PYZK, str(served.ports[0])],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    count, seconds = done.stdout.split()
    if int(count) != records:
        raise AssertionError(f"pyzk read {count} of {records}")
    return float(seconds)


def _memory() -> Measure:
    """The most memory a collector ever takes that pulls one very long log."""
    with terminals([{"serial": uuid4().hex[:12], "records": LONGEST}]) as served:
        terminal = registered(served.ports[0])
        command = [sys.executable, "-m", "backend", "collector", "--once"]
        process, megabytes = subprocess.Popen(command), 0.0
        while process.poll() is None:
            with suppress(FileNotFoundError, ValueError):  # it has just ended
                megabytes = max(megabytes, peak_megabytes(process.pid))
            sleep(0.05)
    stored = Punch.objects.filter(terminal=terminal).count()
    if process.returncode or stored != LONGEST:
        raise AssertionError(f"stored {stored} of {LONGEST}")
    return Measure(
        name=f"memory of a collector at the first pull of {LONGEST:,} records",
        ours_seconds=megabytes,
        peer="limit",
        peer_seconds=MOST_MEGABYTES,
        ratio=megabytes / MOST_MEGABYTES,
        meaning="of the limit",
        at_most=1.0,
        unit="MB",
    )

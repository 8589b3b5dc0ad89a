"""Storing a log: the ledger's whole transaction against a bare COPY into the same table.

COPY gets finished lines with every column and does nothing else; the ledger numbers doubles, finds
what is there already, keeps the raw bytes, counts, moves the cursor and marks the days to compute.
"""

from datetime import timedelta
from random import Random
from time import perf_counter
from typing import Final
from uuid import uuid4

from attendance.collecting import leases
from attendance.collecting.ledger import store
from attendance.models import Pull, Terminal
from attendance.zk.client import Download
from attendance.zk.records import decode_log
from backend import clock
from backend.org.models import Site
from scripts.benches.measure import Measure, is_trial
from scripts.benches.punch_copy import against_copy, copied
from scripts.benches.terminal_log import log_bytes

RECORDS: Final = 10_000 if is_trial() else 100_000
REPEATS: Final = 5


def run() -> list[Measure]:
    raw = log_bytes(RECORDS, Random(1))  # noqa: S311 - the same log in every run
    stored, again, direct = [], [], []
    for _ in range(REPEATS):
        terminal = _terminal()
        stored.append(_store(terminal, raw, expected=RECORDS))
        # Forget the cursor, so that every single row has to be recognised.
        Terminal.objects.filter(pk=terminal.pk).update(log_bytes=0, log_sha256="")
        again.append(_store(terminal, raw, expected=0))
        direct.append(_copy(_terminal(), raw))
    return [
        against_copy(f"store {RECORDS:,} new punches", stored, direct, RECORDS, at_least=0.6),
        against_copy(
            f"store {RECORDS:,} punches that are all there", again, direct, RECORDS, at_least=0.9
        ),
    ]


def _terminal() -> Terminal:
    site, _ = Site.objects.get_or_create(code="BENCH", defaults={"name": "Bench"})
    serial = f"B{uuid4().hex[:12]}"
    return Terminal.objects.create(
        code=serial, name=serial, serial_number=serial, address="127.0.0.1", site=site
    )


def _claim(terminal: Terminal) -> Pull:
    Terminal.objects.exclude(pk=terminal.pk).update(enabled=False)
    Terminal.objects.filter(pk=terminal.pk).update(next_poll_at=None)
    [pull] = leases.claim(by="bench", at=clock.now(), lease=timedelta(hours=1), limit=1)
    return pull


def _store(terminal: Terminal, raw: bytes, *, expected: int) -> float:
    """Seconds of the ledger's transaction; it decodes the log too, for COPY that is done before."""
    pull = _claim(terminal)
    download = Download(terminal.serial_number, RECORDS, raw, layout="40")
    start = perf_counter()
    counts = store(download, pull=pull, at=clock.now())
    seconds = perf_counter() - start
    if counts.stored != expected or counts.read != RECORDS:
        raise AssertionError(f"stored {counts}, expected {expected}")
    return seconds


def _copy(terminal: Terminal, raw: bytes) -> float:
    return copied(decode_log(raw, "40").lines, terminal=terminal, pull=_claim(terminal))

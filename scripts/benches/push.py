"""An upload of a push terminal: the whole HTTP view against a bare COPY into the same table.

COPY gets finished lines with every column and does nothing else. The view admits the terminal,
reads the body line by line, finds what is there already, numbers doubles, keeps the raw lines,
counts, marks the days to compute and commits, all before it answers "OK: n".
"""

from random import Random
from time import perf_counter
from typing import Final
from uuid import uuid4

from django.test import Client

from attendance.models import Collecting, Pull, PullSource, PullState, Punch, PushLink, Terminal
from attendance.zk.records import decode_log
from backend import clock
from backend.org.models import Site
from scripts.benches.measure import Measure, is_trial
from scripts.benches.punch_copy import against_copy, copied
from scripts.benches.terminal_log import log_bytes

LINES: Final = 2_000 if is_trial() else 10_000
REPEATS: Final = 7


def run() -> list[Measure]:
    lines = decode_log(log_bytes(LINES, Random(1)), "40").lines  # noqa: S311 - the same every run
    body = _body(lines)
    pushed, again, direct = [], [], []
    for _ in range(REPEATS):
        terminal = _terminal()
        pushed.append(_push(terminal, body, expected=LINES))
        again.append(_push(terminal, body, expected=0))
        direct.append(_copy(_terminal(), lines))
    return [
        against_copy(
            f"store an ADMS upload of {LINES:,} lines", pushed, direct, LINES, at_least=0.3
        ),
        against_copy(f"the same ADMS upload of {LINES:,} lines again", again, direct, LINES),
    ]


def _body(lines: list[str]) -> bytes:
    """As firmware writes them: user, time, state, verify, work code, two reserved columns."""
    parts = (line.split("\t") for line in lines)
    return "".join(
        f"{user}\t{time}\t{state}\t{verify}\t0\t0\t0\n" for user, time, verify, state, _ in parts
    ).encode()


def _terminal() -> Terminal:
    site, _ = Site.objects.get_or_create(code="BENCH", defaults={"name": "Bench"})
    serial = f"P{uuid4().hex[:12]}"
    terminal = Terminal.objects.create(
        code=serial,
        name=serial,
        serial_number=serial,
        address="127.0.0.1",
        site=site,
        collecting=Collecting.PUSH,
    )
    PushLink.objects.create(terminal=terminal, networks=["127.0.0.1/32"], created_at=clock.now())
    return terminal


def _push(terminal: Terminal, body: bytes, *, expected: int) -> float:
    """Seconds from the request's arrival to the answer "OK: n"."""
    client = Client()
    before = Punch.objects.count()
    address = f"/iclock/cdata?SN={terminal.serial_number}&table=ATTLOG&Stamp=9999"
    start = perf_counter()
    answer = client.post(address, body, content_type="text/plain", headers={"host": "localhost"})
    seconds = perf_counter() - start
    if answer.content != b"OK: %d" % LINES or Punch.objects.count() - before != expected:
        raise AssertionError(f"{answer.status_code} {answer.content!r}")
    return seconds


def _copy(terminal: Terminal, lines: list[str]) -> float:
    pull = Pull.objects.create(
        terminal=terminal, source=PullSource.PUSH, state=PullState.DONE, started_at=clock.now()
    )
    return copied(lines, terminal=terminal, pull=pull)

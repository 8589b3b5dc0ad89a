"""The peer of storing punches: a bare COPY of finished lines into the same table."""

from collections import Counter
from collections.abc import Iterable
from time import perf_counter
from typing import Final

from django.db import connection, transaction

from attendance.models import Pull, Punch, Terminal
from backend import clock
from backend.db import copy_line, copy_text
from scripts.benches.measure import Measure

_COLUMNS: Final = (
    "terminal_id",
    "pull_id",
    "serial_number",
    "device_user_id",
    "device_time",
    "verify",
    "state",
    "occurrence",
    "work_code",
    "punched_at",
    "received_at",
)


def against_copy(
    name: str, ours: list[float], direct: list[float], lines: int, *, at_least: float | None = None
) -> Measure:
    """The best of our times against the best of COPY's."""
    return Measure(
        name=name,
        ours_seconds=min(ours),
        peer=f"COPY of {lines:,} finished lines into the same table",
        peer_seconds=min(direct),
        ratio=min(direct) / min(ours),
        meaning="of COPY's speed",
        at_least=at_least,
    )


def copied(lines: list[str], *, terminal: Terminal, pull: Pull) -> float:
    """Seconds of COPY alone; composing the finished lines is not timed."""
    text = "".join(_finished(lines, terminal, pull))
    start = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        copy_text(cursor, Punch._meta.db_table, _COLUMNS, text)
    seconds = perf_counter() - start
    if Punch.objects.filter(pull=pull).count() != len(lines):
        raise AssertionError("COPY did not store every line")
    return seconds


def _finished(lines: list[str], terminal: Terminal, pull: Pull) -> Iterable[str]:
    shown: Counter[str] = Counter()
    at = clock.now()
    for line in lines:
        shown[line] += 1
        user, time, verify, state, _ = line.split("\t")
        key = terminal.pk, pull.pk, terminal.serial_number, user, time, verify, state
        yield f"{copy_line((*key, shown[line]))}\t\t{time}+07\t{at}\n"

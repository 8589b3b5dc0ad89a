"""What one measurement says. Speed is a ratio against a peer or a limit measured in the same run."""

import gc
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, thread_time

from django.db import connection


@dataclass(frozen=True)
class Measure:
    """One line of the bench table.

    `ratio` compares ours with the peer or limit as `meaning` says; it is met when it is at least
    (`at_least`) or at most (`at_most`) the target. Seconds are of this machine and this run; where
    `unit` is another one, both amounts are in that.
    """

    name: str
    ours_seconds: float
    peer: str
    peer_seconds: float
    ratio: float
    meaning: str
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "s"

    @property
    def met(self) -> bool:
        return (self.at_least is None or self.ratio >= self.at_least) and (
            self.at_most is None or self.ratio <= self.at_most
        )


def against_limit(name: str, seconds: float, limit: float) -> Measure:
    """Ours against a time it must not exceed."""
    return Measure(
        name=name,
        ours_seconds=seconds,
        peer="limit",
        peer_seconds=limit,
        ratio=seconds / limit,
        meaning="of the limit",
        at_most=1,
    )


def p95_measures(
    name: str, work: Callable[[int], None], *, times: int, limit: float, with_median: bool = False
) -> list[Measure]:
    """`work(0)`, `work(1)`, …, after twenty to warm up: all but the slowest 5 % against a limit.

    The time on the clock, and how much of it processors worked for us, ours and the database's: what
    is left on a machine that others share. The median as well, where that is what the limit is for.
    """
    database = _Database()
    gc.collect()
    gc.freeze()  # as the web process does when it starts
    clock, busy = [], []
    for number in range(times + 20):
        start, worked = perf_counter(), thread_time() + database.worked()
        work(number)
        clock.append(perf_counter() - start)
        busy.append(thread_time() + database.worked() - worked)
    told = [
        *([(f"{name}, median", clock, 50)] if with_median else []),
        (f"{name}, p95", clock, 95),
        (f"{name}, p95 of the time of processors", busy, 95),
    ]
    return [
        against_limit(each, sorted(seconds[20:])[times * part // 100], limit)
        for each, seconds, part in told
    ]


class _Database:
    """The process that serves our connection."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            self._times = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def worked(self) -> float:
        """For how many seconds it has had a processor."""
        return int(self._times.read_text(encoding="ascii").split()[0]) / 1e9


def is_trial() -> bool:
    """Whether `scripts/bench --quick` asked for smaller data: a trial run that proves nothing."""
    return os.environ.get("GIAOBAN_BENCH_QUICK") == "true"


def peak_megabytes(pid: int) -> float:
    """The most memory a running process has had. (What `wait4` tells includes its parent's.)"""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(peak) / 1024


def best_seconds(work: Callable[[], object], *, repeats: int = 3) -> float:
    """The shortest of `repeats` runs: the least disturbed one."""
    return min(_seconds(work) for _ in range(repeats))


def best_in_turn(
    ours: Callable[[], object], theirs: Callable[[], object], *, repeats: int
) -> tuple[float, float]:
    """The shortest run of each, which run in turn: what disturbs the machine for a while disturbs both."""
    both = [(_seconds(ours), _seconds(theirs)) for _ in range(repeats)]
    return min(our for our, _ in both), min(their for _, their in both)


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start

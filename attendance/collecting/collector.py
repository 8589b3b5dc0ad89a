"""Keeps fetching the terminals' logs: claim what is due, read, store, recompute, and again.

Many reading threads talk to terminals and never hold a database connection, so a stalled terminal
costs a sleeping thread and delays no other. A few writing threads store what was read. The main
loop claims, renews leases and feeds the watchdog: a collector that is stuck (frozen database,
endless call) ends itself with a traceback, and whoever supervises it starts it again.
"""

import faulthandler
import logging
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from random import Random
from time import monotonic
from typing import Any, TypeVar
from uuid import uuid4

from django.db import close_old_connections, connection

from attendance.collecting import leases
from attendance.collecting.polling import DATABASE_GONE, poll
from attendance.models import Pull
from attendance.people.tasks import ask_leavers_out, work_off_one
from attendance.terminals.clock_setting import set_one_due
from attendance.timesheet.timesheets import days_wait, recompute_dirty
from attendance.zk.client import Limits
from backend.clock import VN

logger = logging.getLogger(__name__)

T = TypeVar("T")
#: Seconds between two looks for people who left and are still on a terminal.
_LEAVERS_EVERY = 3600.0


@dataclass(frozen=True)
class Manners:
    """How a collector works; times in seconds.

    `readers` terminals are talked to at a time (about half of them may be such that failed the
    last time, so that a site without power delays no other), `writers` are stored. Terminals are
    claimed every `round_seconds`; days that punches touched, from wherever these came, are looked
    for every `look_seconds`, so that a person at the page sees them at once. A lease runs
    out `lease_seconds` after its collector last renewed it. `stuck_seconds` without a turn of the
    main loop (or a contact or a transaction that long over the contact's limit) and the process
    ends itself.
    """

    readers: int = 128
    writers: int = 4
    lease_seconds: float = 30.0
    round_seconds: float = 1.0
    look_seconds: float = 0.25
    stuck_seconds: float = 60.0
    recompute_people: int = 500
    limits: Limits = field(default_factory=Limits)


#: Terminals claimed at a time. A few, so that whole logs are stored while the next are read.
_BATCH = 16


class _Work:
    """A claimed terminal on its way through reading and writing.

    `since` is when it began the one or the other; None while it waits for a writer.
    """

    def __init__(self, claimed: Pull, writers: ThreadPoolExecutor) -> None:
        self.claimed = claimed
        self.future: Future[None]
        self.since: float | None = monotonic()
        self._writers = writers

    def write(self, work: Callable[[], T], /) -> T:
        """Have a writer do it; the reader waits meanwhile."""

        def timed() -> T:
            self.since = monotonic()
            return with_database(work)

        self.since = None
        try:
            return self._writers.submit(timed).result()
        finally:
            self.since = monotonic()


def with_database(work: Callable[[], T]) -> T:
    """For threads that outlive database connections: a broken or old one is replaced."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()


class Collector:
    """One collector process. `run()` returns after `stop()`, when the pulls at work have ended."""

    def __init__(self, *, now: Callable[[], datetime], manners: Manners | None = None) -> None:
        self._now = now
        self._manners = manners or Manners()
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._chance = Random()  # noqa: S311 - spreads the polls, guards nothing
        self._stopping = False
        self._wake = threading.Event()
        self._work: list[_Work] = []
        self._more_is_due = False
        self._renewed = 0.0
        self._round_ended = -inf
        self._chores: dict[Callable[[], None], Future[None]] = {}
        self._leavers_asked = -_LEAVERS_EVERY

    def stop(self) -> None:
        """Claim nothing more; finish what is at work. Takes no lock: safe in a signal handler."""
        self._stopping = True

    def run(self) -> None:
        manners, failures = self._manners, 0
        with ExitStack() as stack:
            # Left in this order: readers wait for writers.
            stack.callback(connection.close)
            self._others = stack.enter_context(ThreadPoolExecutor(2, "chore"))
            self._writers = stack.enter_context(ThreadPoolExecutor(manners.writers, "write"))
            self._readers = stack.enter_context(ThreadPoolExecutor(manners.readers, "read"))
            stack.callback(faulthandler.cancel_dump_traceback_later)
            while not self._stopping or self._work:
                self._beat()
                try:
                    self._turn()
                    failures = 0
                except DATABASE_GONE as error:
                    failures += 1
                    logger.warning("database not reachable, trying again: %s", str(error).strip())
                    connection.close()
                if self._wake.wait(min(manners.look_seconds * 2**failures, 5.0)):
                    self._round_ended = -inf
                self._wake.clear()

    def run_once(self) -> None:
        """Poll everything that is due now, recompute, set clocks, and return."""
        for claimed in leases.claim(
            by=self._name, at=self._now(), lease=timedelta(hours=1), limit=10_000
        ):
            poll(claimed, now=self._now, limits=self._manners.limits, chance=self._chance)
        self._compute()
        self._administer()

    def _compute(self) -> None:
        """Compute the days that new punches touched, until none is left."""
        while not self._stopping:
            if not recompute_dirty(at=self._now(), limit=self._manners.recompute_people):
                break

    def _administer(self) -> None:
        """Set clocks that are wrong, and do what waits for the people on terminals."""
        while not self._stopping and set_one_due(now=self._now):
            pass
        if monotonic() - self._leavers_asked >= _LEAVERS_EVERY:
            ask_leavers_out(at=self._now())
            self._leavers_asked = monotonic()
        while not self._stopping and work_off_one(now=self._now):
            pass

    def _beat(self) -> None:
        """Put the watchdog off, unless a piece of work is long past every limit it has."""
        longest = self._manners.limits.contact_seconds + self._manners.stuck_seconds
        begun = [since for work in self._work if (since := work.since) is not None]
        if not begun or monotonic() - min(begun) <= longest:
            faulthandler.dump_traceback_later(self._manners.stuck_seconds, exit=True)

    def _turn(self) -> None:
        """A round where one is due; between two rounds only a look for days to compute."""
        close_old_connections()
        self._reap()
        if monotonic() - self._round_ended >= self._manners.round_seconds or self._stopping:
            self._round()
            self._round_ended = monotonic()
        elif days_wait(on=self._now().astimezone(VN).date()):
            self._begin(self._compute)

    def _round(self) -> None:
        lease = timedelta(seconds=self._manners.lease_seconds)
        if monotonic() - self._renewed > self._manners.lease_seconds / 4:
            leases.renew([work.claimed for work in self._work], at=self._now(), lease=lease)
            self._renewed = monotonic()
        if self._stopping:
            return
        limit = self._room()
        failing = sum(work.claimed.terminal.consecutive_failures > 0 for work in self._work)
        claimed = leases.claim(
            by=self._name,
            at=self._now(),
            lease=lease,
            limit=limit,
            healthy_only=failing >= self._manners.readers // 2,
        )
        self._more_is_due = len(claimed) == limit
        for each in claimed:
            self._start(each)
        for chore in (self._compute, self._administer):
            self._begin(chore)

    def _begin(self, chore: Callable[[], None]) -> None:
        """Start a chore that is not at work already."""
        if chore not in self._chores:
            self._chores[chore] = self._others.submit(with_database, chore)

    def _room(self) -> int:
        """How many terminals to claim now; none while what was read waits for writers."""
        waiting = sum(work.since is None for work in self._work)
        if waiting > 2 * self._manners.writers:
            return 0
        free = self._manners.readers - len(self._work)
        return min(free, _BATCH, max(1, self._manners.readers // 4))

    def _start(self, claimed: Pull) -> None:
        work = _Work(claimed, self._writers)
        self._work.append(work)
        work.future = self._readers.submit(
            poll,
            claimed,
            now=self._now,
            limits=self._manners.limits,
            chance=self._chance,
            write=work.write,
        )
        work.future.add_done_callback(self._ended)

    def _ended(self, _future: Future[Any]) -> None:
        if self._more_is_due or self._stopping:
            self._wake.set()

    def _reap(self) -> None:
        """Forget what has ended. Errors that nobody anticipated are logged here, once."""
        ended = [work.future for work in self._work if work.future.done()]
        self._work = [work for work in self._work if not work.future.done()]
        done = [chore for chore, future in self._chores.items() if future.done()]
        ended += [self._chores.pop(chore) for chore in done]
        for future in ended:
            error = future.exception()
            if isinstance(error, DATABASE_GONE):
                logger.warning("lost the database in mid-work: %s", str(error).strip())
            elif error:
                logger.error("a piece of work failed", exc_info=error)

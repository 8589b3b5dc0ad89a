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
from random import Random
from time import monotonic
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils.translation import gettext as _

from attendance import leases, ledger
from attendance.clock_setting import set_one_due
from attendance.models import Pull
from attendance.reaching import target_of
from attendance.timesheets import recompute_dirty
from attendance.zk.client import Limits, pull
from attendance.zk.errors import InternalError
from backend.milestones import announce
from backend.problems import Problem

logger = logging.getLogger(__name__)

DATABASE_GONE = (OperationalError, InterfaceError)
T = TypeVar("T")


@dataclass(frozen=True)
class Manners:
    """How a collector works; times in seconds.

    `readers` terminals are talked to at a time (about half of them may be such that failed the
    last time, so that a site without power delays no other), `writers` are stored. A lease runs out `lease_seconds`
    after its collector last renewed it. `stuck_seconds` without a turn of the main loop (or a
    contact or a transaction that long over the contact's limit) and the process ends itself.
    """

    readers: int = 128
    writers: int = 4
    lease_seconds: float = 30.0
    round_seconds: float = 1.0
    stuck_seconds: float = 60.0
    recompute_people: int = 500
    limits: Limits = field(default_factory=Limits)


#: Terminals claimed at a time. A few, so that whole logs are stored while the next are read.
_BATCH = 16


class Write(Protocol):
    """Does a piece of work that needs the database, and waits for it."""

    def __call__(self, work: Callable[[], T], /) -> T: ...


def at_once(work: Callable[[], T], /) -> T:
    return work()


def poll(
    claimed: Pull,
    *,
    now: Callable[[], datetime],
    limits: Limits,
    chance: Random,
    write: Write = at_once,
) -> None:
    """Read one claimed terminal and store what it says, or record why that was not possible.

    Only what goes through `write` uses the database.
    """

    def locking() -> None:
        if not write(lambda: leases.note_lock(claimed, at=now())):
            raise ledger.LeaseLost

    problem: Problem
    try:
        target = target_of(claimed.terminal, at=claimed.started_at)
        download = pull(target, now=now, limits=limits, locking=locking)
        stored = write(lambda: ledger.store(download, pull=claimed, at=now()))
    except Problem as anticipated:
        problem = anticipated
        logger.warning("terminal %s: %s (%s)", claimed.terminal.code, problem, problem.code)
        write(lambda: leases.fail(claimed, problem, at=now(), chance=chance))
    except DATABASE_GONE:
        raise
    except Exception:
        # A bug met at one terminal must not become a loop of the same bug once a second.
        write(lambda: leases.fail(claimed, InternalError(), at=now(), chance=chance))
        raise
    else:
        _tell(claimed, stored)


def _tell(claimed: Pull, stored: ledger.Stored) -> None:
    if stored.stored:
        text = _("{terminal}: {count} lượt chấm công mới.")
        announce("punches.pulled", text.format(terminal=claimed.terminal.name, count=stored.stored))
    if stored.parked:
        logger.warning("terminal %s: %s records parked", claimed.terminal.code, stored.parked)


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
        self._recompute: Future[None] | None = None

    def stop(self) -> None:
        """Claim nothing more; finish what is at work. Takes no lock: safe in a signal handler."""
        self._stopping = True

    def run(self) -> None:
        manners, failures = self._manners, 0
        with ExitStack() as stack:
            # Left in this order: readers wait for writers.
            stack.callback(connection.close)
            self._computers = stack.enter_context(ThreadPoolExecutor(1, "recompute"))
            self._writers = stack.enter_context(ThreadPoolExecutor(manners.writers, "write"))
            self._readers = stack.enter_context(ThreadPoolExecutor(manners.readers, "read"))
            stack.callback(faulthandler.cancel_dump_traceback_later)
            while not self._stopping or self._work:
                self._beat()
                try:
                    self._round()
                    failures = 0
                except DATABASE_GONE as error:
                    failures += 1
                    logger.warning("database not reachable, trying again: %s", str(error).strip())
                    connection.close()
                self._wake.wait(min(manners.round_seconds * 2**failures, 5.0))
                self._wake.clear()

    def run_once(self) -> None:
        """Poll everything that is due now, recompute, and return."""
        for claimed in leases.claim(
            by=self._name, at=self._now(), lease=timedelta(hours=1), limit=10_000
        ):
            poll(claimed, now=self._now, limits=self._manners.limits, chance=self._chance)
        self._compute()

    def _compute(self) -> None:
        """Compute the days that new punches touched, until none is left."""
        while not self._stopping:
            if not recompute_dirty(at=self._now(), limit=self._manners.recompute_people):
                break
        if not self._stopping:
            set_one_due(now=self._now)

    def _beat(self) -> None:
        """Put the watchdog off, unless a piece of work is long past every limit it has."""
        longest = self._manners.limits.contact_seconds + self._manners.stuck_seconds
        begun = [since for work in self._work if (since := work.since) is not None]
        if not begun or monotonic() - min(begun) <= longest:
            faulthandler.dump_traceback_later(self._manners.stuck_seconds, exit=True)

    def _round(self) -> None:
        close_old_connections()
        self._reap()
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
        if self._recompute is None:
            self._recompute = self._computers.submit(with_database, self._compute)

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
        if self._recompute and self._recompute.done():
            ended.append(self._recompute)
            self._recompute = None
        for future in ended:
            error = future.exception()
            if isinstance(error, DATABASE_GONE):
                logger.warning("lost the database in mid-work: %s", str(error).strip())
            elif error:
                logger.error("a piece of work failed", exc_info=error)

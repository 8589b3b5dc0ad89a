"""Keeps fetching the terminals' logs: claim what is due, pull, store, recompute, and again.

One thread for each terminal being read, so a stalled one delays no other. The main loop renews
leases and feeds the watchdog: a collector that is stuck (frozen database, endless call) ends
itself with a traceback, and whoever supervises it starts it again.
"""

import faulthandler
import logging
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from time import monotonic
from uuid import uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils.translation import gettext as _

from attendance import leases, ledger
from attendance.cursors import cursor_of
from attendance.models import Pull, Terminal, Transport
from attendance.timesheets import recompute_dirty
from attendance.zk.client import Limits, Target, pull
from attendance.zk.errors import InternalError
from backend.milestones import announce
from backend.problems import Problem

logger = logging.getLogger(__name__)

DATABASE_GONE = (OperationalError, InterfaceError)


@dataclass(frozen=True)
class Manners:
    """How a collector works; times in seconds.

    A lease runs out `lease_seconds` after its collector last renewed it. `stuck_seconds` without
    a turn of the main loop (or a pull that long over its limit) and the process ends itself.
    """

    threads: int = 8
    lease_seconds: float = 30.0
    round_seconds: float = 1.0
    stuck_seconds: float = 60.0
    recompute_people: int = 500
    limits: Limits = field(default_factory=Limits)


def target_of(terminal: Terminal) -> Target:
    """How to reach a terminal. Raises CannotUnseal."""
    return Target(
        address=terminal.address,
        port=terminal.port,
        networks=settings.TERMINAL_NETWORKS,
        datagrams=terminal.transport == Transport.UDP,
        comm_key=terminal.comm_key(),
        layout=terminal.record_layout,
        serial_number=terminal.serial_number,
    )


def poll(claimed: Pull, *, now: Callable[[], datetime], limits: Limits, chance: Random) -> None:
    """Read one claimed terminal and store what it says, or record why that was not possible."""
    try:
        terminal = claimed.terminal
        target = replace(target_of(terminal), cursor=cursor_of(terminal, at=claimed.started_at))
        download = pull(target, now=now, limits=limits)
        stored = ledger.store(download, pull=claimed, at=now())
    except Problem as problem:
        logger.warning("terminal %s: %s (%s)", claimed.terminal.code, problem, problem.code)
        leases.fail(claimed, problem, at=now(), chance=chance)
    except DATABASE_GONE:
        raise
    except Exception:
        # A bug met at one terminal must not become a loop of the same bug once a second.
        leases.fail(claimed, InternalError(), at=now(), chance=chance)
        raise
    else:
        _tell(claimed, stored)


def _tell(claimed: Pull, stored: ledger.Stored) -> None:
    if stored.stored:
        text = _("{terminal}: {count} lượt chấm công mới.")
        announce("punches.pulled", text.format(terminal=claimed.terminal.name, count=stored.stored))
    if stored.parked:
        logger.warning("terminal %s: %s records parked", claimed.terminal.code, stored.parked)


@dataclass
class _Work:
    future: Future[None]
    claimed: Pull | None
    started: float


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
        self._renewed = 0.0

    def stop(self) -> None:
        """Claim nothing more; finish what is at work. Takes no lock: safe in a signal handler."""
        self._stopping = True

    def run(self) -> None:
        pool = ThreadPoolExecutor(self._manners.threads + 1, thread_name_prefix="pull")
        failures = 0
        try:
            while not (self._stopping and not self._work):
                self._beat()
                try:
                    self._round(pool)
                    failures = 0
                except DATABASE_GONE as error:
                    failures += 1
                    logger.warning("database not reachable, trying again: %s", str(error).strip())
                    connection.close()
                self._wake.wait(min(self._manners.round_seconds * 2**failures, 5.0))
                if not self._stopping or self._work:
                    self._wake.clear()
        finally:
            faulthandler.cancel_dump_traceback_later()
            pool.shutdown(wait=True)
            connection.close()

    def run_once(self) -> None:
        """Poll everything that is due now, recompute, and return."""
        for claimed in leases.claim(
            by=self._name, at=self._now(), lease=timedelta(hours=1), limit=10_000
        ):
            poll(claimed, now=self._now, limits=self._manners.limits, chance=self._chance)
        recompute(self._now, self._manners.recompute_people)

    def _beat(self) -> None:
        """Put the watchdog off, unless a piece of work is long past every limit it has."""
        longest = self._manners.limits.contact_seconds + self._manners.stuck_seconds
        overdue = any(work.claimed and monotonic() - work.started > longest for work in self._work)
        if not overdue:
            faulthandler.dump_traceback_later(self._manners.stuck_seconds, exit=True)

    def _round(self, pool: ThreadPoolExecutor) -> None:
        close_old_connections()
        self._reap()
        lease = timedelta(seconds=self._manners.lease_seconds)
        pulls = [work.claimed for work in self._work if work.claimed]
        if monotonic() - self._renewed > self._manners.lease_seconds / 4:
            leases.renew(pulls, at=self._now(), lease=lease)
            self._renewed = monotonic()
        if self._stopping:
            return
        free = self._manners.threads - len(pulls)
        for claimed in leases.claim(by=self._name, at=self._now(), lease=lease, limit=free):
            self._start(pool, claimed)
        if all(work.claimed for work in self._work):
            self._start(pool, None)

    def _start(self, pool: ThreadPoolExecutor, claimed: Pull | None) -> None:
        future = pool.submit(self._do, claimed)
        future.add_done_callback(lambda _: self._wake.set() if claimed else None)
        self._work.append(_Work(future, claimed, monotonic()))

    def _do(self, claimed: Pull | None) -> None:
        close_old_connections()
        try:
            if claimed is None:
                recompute(self._now, self._manners.recompute_people)
            else:
                poll(claimed, now=self._now, limits=self._manners.limits, chance=self._chance)
        finally:
            close_old_connections()

    def _reap(self) -> None:
        """Forget what has ended. Errors that nobody anticipated are logged here, once."""
        for work in [work for work in self._work if work.future.done()]:
            self._work.remove(work)
            error = work.future.exception()
            if isinstance(error, DATABASE_GONE):
                logger.warning("lost the database in mid-work: %s", str(error).strip())
            elif error:
                logger.error("a piece of work failed", exc_info=error)


def recompute(now: Callable[[], datetime], limit: int) -> None:
    """Compute the days that new punches touched, until none is left."""
    while recompute_dirty(at=now(), limit=limit):
        pass

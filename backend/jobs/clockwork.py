"""The process that ticks: APScheduler wakes a few thin ticks, everything to remember is in rows.

What can go wrong with the waking itself is met here: a clock that jumps (`wakeup` every 2 s, no
misfire limit), a thread that hangs (watchdog ends the process, the supervisor starts a new one), a
database that goes away (each tick waits longer before it asks again).
"""

import faulthandler
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from backend import clock
from backend.jobs import queue
from backend.jobs.models import Heartbeat

logger = logging.getLogger(__name__)

#: No longer than this between two looks at the wall clock, so that a jump heals by itself.
WAKE_EVERY = 2.0
WATCH_EVERY = 5.0
LONGEST_PAUSE = 15.0
#: Seconds after which a tick begins no further item; far less than the limit of any.
ROUND = 60.0
FORGET_AFTER = timedelta(days=1)


@dataclass
class Tick:
    """A thin piece of work done every `seconds`; longer than `limit` seconds means it hangs."""

    name: str
    seconds: float
    function: Callable[[], object]
    limit: float = 60.0
    _running_since: float | None = field(default=None, init=False)
    _failures: int = field(default=0, init=False)
    _pause_until: float = field(default=0.0, init=False)

    def __call__(self) -> None:
        if time.monotonic() < self._pause_until:
            return
        self._running_since = time.monotonic()
        try:
            close_old_connections()
            self.function()
            self._failures = 0
        except (OperationalError, InterfaceError) as error:
            self._wait_for_database(error)
        finally:
            self._running_since = None

    def _wait_for_database(self, error: Exception) -> None:
        connection.close()
        self._failures += 1
        pause = min(2.0 ** (self._failures - 1), LONGEST_PAUSE)
        self._pause_until = time.monotonic() + pause
        logger.warning("%s: no database, again in %.0f s: %s", self.name, pause, str(error).strip())

    def hangs(self) -> bool:
        since = self._running_since
        return since is not None and time.monotonic() - since > self.limit


class Clockwork:
    """One background process made of ticks. `run` returns after `stop`, the current items done."""

    def __init__(self, process: str, ticks: list[Tick]) -> None:
        self.process = process
        self.instance = f"{socket.gethostname()}:{os.getpid()}"
        self.stopped = threading.Event()
        self.ticks = [*ticks, Tick("heartbeat", 10, self.beat)]

    def stop(self, *_signal: object) -> None:
        self.stopped.set()

    def round(self, seconds: float = ROUND) -> Callable[[], bool]:
        """Begin a round of many items: whether it is over, because it lasted so long or we stop.

        What is left waits for the next tick: a long queue is no tick that hangs.
        """
        end = time.monotonic() + seconds
        return lambda: self.stopped.is_set() or time.monotonic() > end

    def run(self) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a busy tick is no news
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(len(self.ticks))},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
        )
        for tick in self.ticks:
            scheduler.add_job(tick, "interval", seconds=tick.seconds, next_run_time=clock.now())
        scheduler.start()
        watch = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        watch.start()
        logger.info("%s %s works", self.process, self.instance)
        while not self.stopped.wait(WAKE_EVERY):
            scheduler.wakeup()
        scheduler.shutdown(wait=True)
        faulthandler.cancel_dump_traceback_later()
        logger.info("%s %s stopped", self.process, self.instance)

    def beat(self) -> None:
        """Show a sign of life, and forget the instances that have shown none for a day."""
        at = queue.database_now()
        Heartbeat.objects.update_or_create(
            instance=self.instance,
            defaults={"process": self.process, "seen_at": at},
            create_defaults={"process": self.process, "seen_at": at, "started_at": at},
        )
        Heartbeat.objects.filter(seen_at__lt=at - FORGET_AFTER).delete()

    def _watch(self) -> None:
        """End the process when a tick hangs, or when even this thread cannot run.

        A frozen server keeps its sockets open and answers nothing, so no client-side timeout
        helps (measured); only a new process does.
        """
        deadline = max(tick.limit for tick in self.ticks)
        while not self.stopped.wait(WATCH_EVERY):
            faulthandler.dump_traceback_later(deadline, exit=True)
            for tick in self.ticks:
                if tick.hangs():
                    logger.critical("%s hangs; ending this process", tick.name)
                    faulthandler.dump_traceback(file=sys.stderr)
                    os._exit(70)

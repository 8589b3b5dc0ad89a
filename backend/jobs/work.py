"""Doing due runs: look the handler up, hold the lease while it works, record what became of it."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string

from backend.jobs import queue
from backend.jobs.models import Run, RunState
from backend.jobs.queue import Fence, TakenOver

logger = logging.getLogger(__name__)


class Handler(Protocol):
    """What a short name of settings.JOB_HANDLERS stands for.

    The handler begins the transaction of its effect with `fence.hold()` and ends it with
    `fence.finish()`; one without an effect in the database may leave that to the worker.
    """

    def __call__(self, run: Run, *, fence: Fence) -> None: ...


def handler_of(run: Run) -> Handler:
    handler: Handler = import_string(settings.JOB_HANDLERS[run.handler])
    return handler


def work_off(*, worker: str, stopping: Callable[[], bool] = lambda: False) -> int:
    """Do every run that is due now, one after the other. Returns how many were started."""
    started = 0
    while not stopping():
        run = queue.claim(worker=worker, at=queue.database_now())
        if run is None:
            break
        do(run)
        started += 1
    return started


def do(run: Run) -> None:
    """Do one claimed run. Never raises for what the handler did wrong: the run records it."""
    fence = Fence(run.pk, run.attempt)
    try:
        with held(fence):
            handler_of(run)(run, fence=fence)
        if Run.objects.filter(pk=run.pk, attempt=run.attempt, state=RunState.DOING).exists():
            fence.finish()
    except TakenOver:
        logger.warning("%s was taken over by another worker; nothing was kept", run)
    except Exception as error:
        logger.exception("%s failed in attempt %d", run, run.attempt)
        queue.fail(fence, error=f"{type(error).__name__}: {error}", at=queue.database_now())


@contextmanager
def held(fence: Fence) -> Iterator[None]:
    """Renew the lease from a thread with its own connection for as long as the block runs."""
    over = threading.Event()

    def keep() -> None:
        try:
            while not over.wait(settings.JOB_LEASE_SECONDS / 3):
                try:
                    if not fence.renew():
                        return
                except DatabaseError as error:
                    logger.warning("lease of run %d not renewed: %s", fence.run_id, error)
                    connection.close()
        finally:
            connection.close()

    keeper = threading.Thread(target=keep, name=f"lease-{fence.run_id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join(timeout=5)

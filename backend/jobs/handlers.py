"""Handlers of runs whose whole effect is one transaction."""

from collections.abc import Callable

from django.db import transaction

from backend.jobs.models import Run
from backend.jobs.queue import Fence


def in_one_transaction(*works: Callable[..., object]) -> Callable[..., None]:
    """A handler that does each `work(at=…)` and ends its run together, or neither.

    `at` is when the run was due, or when it began if that was later.
    """

    def run_due(run: Run, *, fence: Fence) -> None:
        with transaction.atomic():
            fence.hold()
            for work in works:
                work(at=max(run.due_at, run.started_at or run.due_at))
            fence.finish()

    return run_due

"""Talk to one terminal for a person: the collectors keep away meanwhile, and it is always given back.

A terminal serves one connection at a time, so whoever sets its clock, examines or clears it takes
the same lease that a collector takes, with the same fencing number.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from attendance.models import Pull, PullSource, PullState, Terminal
from attendance.zk.errors import CollectorDied
from backend.problems import Problem

_LOOK_AGAIN_SECONDS: Final = 0.25


class TerminalBusy(Problem):
    """Somebody else is talking to the terminal."""

    code = "terminal_busy"
    status = 409
    message = _("Máy này đang được tải hoặc đang có người làm việc khác. Hãy thử lại sau ít giây.")


@contextmanager
def held(
    terminal: Terminal,
    *,
    by: str,
    now: Callable[[], datetime],
    seconds: float,
    wait_seconds: float = 10.0,
) -> Iterator[Terminal]:
    """The terminal as it is now, ours alone for at most `seconds`; given back on the way out.

    Waits up to `wait_seconds` for whoever has it. `by` says who: shown to nobody but operators.
    Raises TerminalBusy. If this process dies, the lease runs out by itself.
    """
    mine = _take(terminal, by=by, now=now, seconds=seconds, wait_seconds=wait_seconds)
    try:
        yield mine
    finally:
        still_ours(mine).update(claimed_by="", lease_until=None)


def still_ours(terminal: Terminal) -> QuerySet[Terminal]:
    """The terminal's row as long as nobody took it over: for updates by its holder."""
    return Terminal.objects.filter(
        pk=terminal.pk, attempt=terminal.attempt, lease_until__isnull=False
    )


def _take(
    terminal: Terminal, *, by: str, now: Callable[[], datetime], seconds: float, wait_seconds: float
) -> Terminal:
    give_up = monotonic() + wait_seconds
    while True:
        at = now()
        free = Terminal.objects.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=at), pk=terminal.pk
        )
        with transaction.atomic():
            taken = free.update(
                claimed_by=by[:100],
                lease_until=at + timedelta(seconds=seconds),
                attempt=F("attempt") + 1,
            )
            if taken:
                _bury(terminal, at)
        if taken:
            return Terminal.objects.select_related("site").get(pk=terminal.pk)
        if monotonic() >= give_up:
            raise TerminalBusy
        sleep(_LOOK_AGAIN_SECONDS)


def _bury(terminal: Terminal, at: datetime) -> None:
    """A pull that still says it is running has lost its lease."""
    Pull.objects.filter(terminal=terminal, source=PullSource.PULL, state=PullState.RUNNING).update(
        state=PullState.FAILED,
        code=CollectorDied.code,
        reason=str(CollectorDied.message),
        finished_at=at,
    )

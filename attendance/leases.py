"""Who may talk to which terminal now: leases in the terminals' own rows, fenced by attempt numbers.

Several collectors share the terminals without knowing of each other. A collector that dies stops
renewing its leases, so its terminals are free again when they run out; if it was only frozen and
wakes up, its attempt number is old and the ledger takes nothing from it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from attendance import contacts
from attendance.models import Pull, PullSource, PullState, Terminal
from attendance.zk.errors import CollectorDied
from backend.db import lock_rows
from backend.problems import Problem

_FIRST_WAIT: Final = 15.0
_LONGEST_WAIT: Final = 900.0


def claim(*, by: str, at: datetime, lease: timedelta, limit: int) -> list[Pull]:
    """Take up to `limit` due terminals, the longest waiting first; one running pull for each."""
    if limit <= 0:
        return []
    with transaction.atomic():
        due = (
            Terminal.objects.due(at)
            .order_by(F("next_poll_at").asc(nulls_first=True), "pk")
            .select_for_update(skip_locked=True)[:limit]
        )
        terminals = list(due)
        for terminal in terminals:
            terminal.claimed_by, terminal.lease_until = by, at + lease
            terminal.attempt += 1
        Terminal.objects.bulk_update(terminals, ["claimed_by", "lease_until", "attempt"])
        _bury(terminals, at)
        return Pull.objects.bulk_create(
            Pull(
                terminal=terminal,
                source=PullSource.PULL,
                state=PullState.RUNNING,
                attempt=terminal.attempt,
                started_at=at,
            )
            for terminal in terminals
        )


def _bury(terminals: Sequence[Terminal], at: datetime) -> None:
    """Whatever still says it is running for these terminals has lost its lease."""
    Pull.objects.filter(
        terminal__in=terminals, source=PullSource.PULL, state=PullState.RUNNING
    ).update(
        state=PullState.FAILED,
        code=CollectorDied.code,
        reason=str(CollectorDied.message),
        finished_at=at,
    )


def renew(pulls: Sequence[Pull], *, at: datetime, lease: timedelta) -> None:
    """Keep the leases of pulls still at work; those being stored at this moment need none."""
    if not pulls:
        return
    mine = Q()
    for pull in pulls:
        mine |= Q(pk=pull.terminal_id, attempt=pull.attempt)
    with transaction.atomic():
        held = Terminal.objects.filter(mine, lease_until__isnull=False)
        free = list(
            held.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)
        )
        Terminal.objects.filter(pk__in=free).update(lease_until=at + lease)


def fail(pull: Pull, problem: Problem, *, at: datetime, chance: Random) -> None:
    """Record why a pull failed, free the terminal and let it wait: longer after each failure."""
    with transaction.atomic():
        [terminal] = lock_rows(Terminal.objects.filter(pk=pull.terminal_id))
        closed = Pull.objects.filter(pk=pull.pk, state=PullState.RUNNING).update(
            state=PullState.FAILED, code=problem.code, reason=str(problem), finished_at=at
        )
        if not closed or terminal.attempt != pull.attempt:
            return
        contacts.missed(terminal.pk, at=at)
        terminal.consecutive_failures += 1
        wait = waiting_time(terminal, needs_person=getattr(problem, "needs_person", False))
        terminal.next_poll_at = at + wait * chance.uniform(0.8, 1.2)
        terminal.claimed_by, terminal.lease_until = "", None
        terminal.save(
            update_fields=["consecutive_failures", "next_poll_at", "claimed_by", "lease_until"]
        )


def waiting_time(terminal: Terminal, *, needs_person: bool) -> timedelta:
    """15, 30, 60 … seconds up to 15 minutes; the longest at once where only a person can help."""
    doublings = 10 if needs_person else min(terminal.consecutive_failures - 1, 10)
    return timedelta(seconds=min(_LONGEST_WAIT, _FIRST_WAIT * 2**doublings))

"""Who may talk to which terminal now: leases in the terminals' own rows, fenced by attempt numbers.

Several collectors share the terminals without knowing of each other. A collector that dies stops
renewing its leases, so its terminals are free again when they run out; if it was only frozen and
wakes up, its attempt number is old and the ledger takes nothing from it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from attendance.collecting import contacts
from attendance.collecting.rhythm import outside_quiet_hours, waiting_time
from attendance.models import Pull, PullSource, PullState, Terminal
from attendance.terminals.identities import note_stranger
from attendance.zk.errors import CollectorDied
from backend.db import lock_rows
from backend.problems import Problem


def claim(
    *, by: str, at: datetime, lease: timedelta, limit: int, healthy_only: bool = False
) -> list[Pull]:
    """Take up to `limit` due terminals, the longest waiting first; one running pull for each.

    Whoever uses the terminals of these pulls needs no further query. `healthy_only` leaves out
    those whose last contact failed.
    """
    if limit <= 0:
        return []
    with transaction.atomic():
        due = Terminal.objects.due(at).order_by(F("next_poll_at").asc(nulls_first=True), "pk")
        if healthy_only:
            due = due.filter(consecutive_failures=0)
        terminals = list(due.select_for_update(skip_locked=True)[:limit])
        if not terminals:
            return []
        taken = Terminal.objects.filter(pk__in=[terminal.pk for terminal in terminals])
        taken.update(claimed_by=by, lease_until=at + lease, attempt=F("attempt") + 1)
        for terminal in terminals:
            terminal.claimed_by, terminal.lease_until = by, at + lease
            terminal.attempt += 1
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


_RENEW: Final = """
    UPDATE attendance_terminal SET lease_until = %s
    WHERE id IN (
        SELECT id FROM attendance_terminal
        JOIN unnest(%s::bigint[], %s::bigint[]) AS mine (id, attempt) USING (id, attempt)
        WHERE lease_until IS NOT NULL
        ORDER BY id FOR UPDATE OF attendance_terminal SKIP LOCKED
    )
"""


def renew(pulls: Sequence[Pull], *, at: datetime, lease: timedelta) -> None:
    """Keep the leases of pulls still at work; those being stored at this moment need none."""
    if not pulls:
        return
    terminals, attempts = zip(*((pull.terminal_id, pull.attempt) for pull in pulls), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, [at + lease, list(terminals), list(attempts)])


def note_lock(pull: Pull, *, at: datetime) -> bool:
    """Write down that the terminal's keys are about to be locked; false if the lease is lost."""
    held = Terminal.objects.filter(
        pk=pull.terminal_id, attempt=pull.attempt, lease_until__isnull=False
    )
    return held.update(locked_at=Coalesce("locked_at", at)) == 1


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
        note_stranger(terminal, pull, problem, at=at)
        terminal.consecutive_failures += 1
        wait = waiting_time(terminal, needs_person=getattr(problem, "needs_person", False))
        again = at + wait * chance.uniform(0.8, 1.2)
        terminal.next_poll_at = outside_quiet_hours(terminal, again)
        terminal.claimed_by, terminal.lease_until = "", None
        terminal.save(
            update_fields=["consecutive_failures", "next_poll_at", "claimed_by", "lease_until"]
        )

"""The queue of due runs: materialise, claim, finish. Every statement is right beside itself.

Any number of processes may do all of this at once; there is no leader. Moments are those of the
database's clock (`database_now`), the one clock all processes on all machines share.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from backend.db import lock_rows
from backend.jobs import planning, rules
from backend.jobs.models import CatchUp, Run, RunState, Schedule
from backend.jobs.occurrences import calendar, occurrences
from backend.jobs.rules import Rule
from backend.problems import Problem

logger = logging.getLogger(__name__)

#: Runs kept ready beyond the present, so that "the next five" is a plain query.
AHEAD = 5
#: At most so many occurrences of one schedule in one round; a long backlog takes several rounds.
BATCH = 500
#: A run that started this much after its time is marked late.
LATE_AFTER = timedelta(minutes=1)
#: A run that could not start within so long is missed, where the schedule skips what it missed.
MISSED_AFTER = timedelta(minutes=10)
#: Holidays and draws may be changed at any time: coming runs of a rule are planned again this often.
REPLAN_EVERY = timedelta(hours=1)
MAX_ATTEMPTS = 10
NEVER = timedelta(days=1)


class TakenOver(Exception):
    """Another worker has the run now: whatever this one did must be rolled back."""


def lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


@dataclass(frozen=True)
class Fence:
    """Proof that a run is still ours: its number and the attempt we started."""

    run_id: int
    attempt: int

    def hold(self) -> None:
        """Lock the run, first thing in the transaction of the effect, so nobody takes it over.

        Raises TakenOver.
        """
        ours = Run.objects.filter(pk=self.run_id, attempt=self.attempt, state=RunState.DOING)
        if not lock_rows(ours):
            raise TakenOver(f"run {self.run_id}, attempt {self.attempt}")

    def finish(self) -> None:
        """Mark the run done. Call it last inside the transaction of the effect. Raises TakenOver."""
        done = Run.objects.filter(
            pk=self.run_id, attempt=self.attempt, state=RunState.DOING
        ).update(state=RunState.DONE, finished_at=database_now(), lease_until=None, error="")
        if not done:
            raise TakenOver(f"run {self.run_id}, attempt {self.attempt}")

    def renew(self) -> bool:
        """Hold the run for another lease; False when someone else has it."""
        return bool(
            Run.objects.filter(pk=self.run_id, attempt=self.attempt, state=RunState.DOING).update(
                lease_until=database_now() + lease()
            )
        )


def put_schedule(
    *,
    code: str,
    name: str,
    handler: str,
    at: datetime,
    cron: str = "",
    rule: Rule | None = None,
    payload: dict[str, Any] | None = None,
    catch_up: str = CatchUp.LATEST,
    enabled: bool = True,
) -> Schedule:
    """Create a schedule that counts from `at`, or change it and make its coming runs anew.

    Its calendar is `cron` or `rule`. One that already is as wanted stays untouched, with what it has
    missed. Raises BadCalendar.
    """
    if rule is None:
        calendar(cron, "Asia/Ho_Chi_Minh")
    wanted = {
        "name": name,
        "handler": handler,
        "cron": cron,
        "rule": rules.written(rule) if rule else {},
        "payload": payload or {},
        "catch_up": catch_up,
        "enabled": enabled,
    }
    with transaction.atomic():
        schedule = Schedule.objects.select_for_update().filter(code=code).first()
        if schedule is not None and all(getattr(schedule, k) == v for k, v in wanted.items()):
            return schedule
        schedule, _created = Schedule.objects.update_or_create(
            code=code, defaults={**wanted, "materialised_until": at, "refill_at": at}
        )
        Run.objects.filter(schedule=schedule, state=RunState.DUE, due_at__gt=at).delete()
    return schedule


def enqueue(
    *,
    handler: str,
    payload: dict[str, Any],
    due_at: datetime,
    schedule: Schedule | None = None,
) -> Run:
    """One run outside any calendar, or an extra one of `schedule` (the same one if it exists)."""
    fields = {"handler": handler, "payload": payload, "runnable_at": due_at}
    if schedule is None:
        return Run.objects.create(due_at=due_at, **fields)
    run, _created = Run.objects.get_or_create(schedule=schedule, due_at=due_at, defaults=fields)
    return run


def materialise(*, at: datetime) -> int:
    """Write a run for every occurrence up to `at` and a few ahead. Returns how many were looked at."""
    with transaction.atomic():
        due = (
            Schedule.objects.filter(enabled=True, refill_at__lte=at)
            .order_by("pk")
            .select_for_update(skip_locked=True)
        )
        return sum(_refill(schedule, at) for schedule in due)


def _refill(schedule: Schedule, at: datetime) -> int:
    try:
        moments = _planned_anew(schedule, at) if schedule.rule else _moments(schedule, at)
    except Problem as problem:
        logger.error("schedule %s set aside for a day: %s", schedule.code, problem)
        Schedule.objects.filter(pk=schedule.pk).update(refill_at=at + NEVER)
        return 0
    Run.objects.bulk_create(
        [
            Run(
                schedule=schedule,
                handler=schedule.handler,
                payload=schedule.payload,
                due_at=moment,
                runnable_at=moment,
            )
            for moment in moments
        ],
        ignore_conflicts=True,
    )
    _look_again(schedule, moments, at)
    if schedule.catch_up == CatchUp.LATEST:
        _coalesce(schedule, at)
    elif schedule.catch_up == CatchUp.SKIP:
        _skip(schedule, at)
    return len(moments)


def _look_again(schedule: Schedule, moments: list[datetime], at: datetime) -> None:
    """When the schedule needs its next refill, and from where it goes on."""
    full = len(moments) == BATCH
    coming = [moment for moment in moments if moment > at]
    until = moments[-1] if moments else schedule.materialised_until
    again = coming[0] if coming else at + NEVER
    if schedule.rule:
        until = until if full else max(at, schedule.materialised_until)
        again = min(again, at + REPLAN_EVERY)
    Schedule.objects.filter(pk=schedule.pk).update(
        materialised_until=until, refill_at=at if full else again
    )


def _planned_anew(schedule: Schedule, at: datetime) -> list[datetime]:
    """A rule's missed moments and the next AHEAD; coming runs no longer planned go away.

    Raises BadCalendar.
    """
    moments = planning.planned(
        rules.read(schedule.rule),
        after=schedule.materialised_until,
        until=at,
        times=AHEAD,
        timezone=schedule.timezone,
    )[:BATCH]
    stale = Run.objects.coming().filter(
        schedule=schedule, due_at__gt=at, attempt=0, payload=schedule.payload
    )
    stale.exclude(due_at__in=moments).delete()
    return moments


def _moments(schedule: Schedule, at: datetime) -> list[datetime]:
    """The occurrences without a run: all up to `at`, then enough for AHEAD, at most BATCH."""
    waiting = Run.objects.filter(schedule=schedule, state=RunState.DUE, due_at__gt=at).count()
    wanted = AHEAD - waiting
    moments: list[datetime] = []
    calendar_ = occurrences(schedule.cron, schedule.timezone, after=schedule.materialised_until)
    for moment in islice(calendar_, BATCH):
        if moment > at:
            if wanted <= 0:
                break
            wanted -= 1
        moments.append(moment)
    return moments


def _skip(schedule: Schedule, at: datetime) -> None:
    """Missed runs stay undone, each with its record."""
    Run.objects.filter(
        schedule=schedule, state=RunState.DUE, attempt=0, due_at__lt=at - MISSED_AFTER
    ).update(state=RunState.SKIPPED, finished_at=at)


def _coalesce(schedule: Schedule, at: datetime) -> None:
    """Of several missed runs keep the newest; the others are recorded as coalesced."""
    missed = Run.objects.filter(schedule=schedule, due_at__lte=at)
    newest = missed.order_by("-due_at").values_list("due_at", flat=True).first()
    if newest is not None:
        missed.filter(state=RunState.DUE, due_at__lt=newest).update(
            state=RunState.COALESCED, finished_at=at
        )


CLAIM = """
UPDATE jobs_run SET state = 'doing', claimed_by = %(worker)s, lease_until = %(lease_until)s,
       attempt = attempt + 1, started_at = %(at)s, late = late OR due_at < %(late_before)s
WHERE id = (
    SELECT id FROM jobs_run
    WHERE runnable_at <= %(at)s
      AND (state = 'due' OR (state = 'doing' AND lease_until < %(at)s))
      -- After downtime the schedule's rule says first which missed runs are still wanted.
      AND NOT (state = 'due' AND attempt = 0 AND due_at < %(late_before)s AND EXISTS (
          SELECT FROM jobs_schedule
          WHERE id = schedule_id AND enabled AND refill_at < %(late_before)s
      ))
    ORDER BY runnable_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING *
"""


def claim(*, worker: str, at: datetime) -> Run | None:
    """Take the next run that is due, or whose worker let its lease run out; None when idle."""
    _give_up(at)
    values = {
        "worker": worker,
        "at": at,
        "lease_until": at + lease(),
        "late_before": at - LATE_AFTER,
    }
    return next(iter(Run.objects.raw(CLAIM, values)), None)


def _give_up(at: datetime) -> None:
    """Stop runs whose workers died again and again, so that one poisoned run stops no other."""
    Run.objects.filter(state=RunState.DOING, lease_until__lt=at, attempt__gte=MAX_ATTEMPTS).update(
        state=RunState.FAILED,
        finished_at=at,
        lease_until=None,
        error="the worker died during every attempt",
    )


def back_off(attempt: int) -> timedelta:
    """How long to wait after the attempt with that number failed: 10 s, 20 s, 40 s … 15 min."""
    return min(timedelta(seconds=10 * 2 ** min(attempt - 1, 12)), timedelta(minutes=15))


def fail(fence: Fence, *, error: str, at: datetime) -> None:
    """Record why an attempt failed; try again later, MAX_ATTEMPTS times in all."""
    ours = Run.objects.filter(pk=fence.run_id, attempt=fence.attempt, state=RunState.DOING)
    if fence.attempt >= MAX_ATTEMPTS:
        ours.update(state=RunState.FAILED, finished_at=at, lease_until=None, error=error)
    else:
        ours.update(
            state=RunState.DUE,
            runnable_at=at + back_off(fence.attempt),
            lease_until=None,
            error=error,
        )

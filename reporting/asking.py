"""Asking for an edition: who asks while the same is being made is told to wait."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.db import hold_lock
from backend.jobs import queue
from backend.jobs.models import Run, RunState
from backend.problems import Problem
from reporting.defining import Definition
from reporting.definitions import definition
from reporting.periods import Period

#: The advisory locks of whoever asks for an edition: one of a report and period.
_ASKING = 0x61736B
WEEKLY = "weekly-briefing"
#: What makes editions of the report named in the payload. Schedules remember it by this old name.
HANDLER = "report.weekly_briefing"


class AlreadyBeingMade(Problem):
    """The same editions are about to be made, whoever asked for them."""

    code = "edition.being_made"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("Bản mới đang được lập; hãy chờ ít giây rồi tải lại trang."))


def request_new(
    *, first: date, last: date, send: bool, by: User, at: datetime, report: str = WEEKLY
) -> Run:
    """Ask for another edition of a period; a scheduler makes it.

    Raises AlreadyBeingMade (by another person or a schedule), NoSuchReport.
    """
    wanted = definition(report)
    payload = {
        "report": wanted.code,
        "first_date": first.isoformat(),
        "last_date": last.isoformat(),
        "made_by": by.pk,
        "send": send,
    }
    return ask(wanted, payload, at=at)


def ask(wanted: Definition, payload: dict[str, Any], *, at: datetime) -> Run:
    """Have the editions of a payload made that names its days. Raises AlreadyBeingMade.

    Whatever else the payload says: somebody gets the same editions in a moment.
    """
    first, last = payload["first_date"], payload["last_date"]
    period = Period(wanted.period, date.fromisoformat(first), date.fromisoformat(last))
    with transaction.atomic():
        hold_lock(_ASKING, f"{wanted.code} {first}")
        if any(period_of_run(wanted, each) == period for each in _waiting(wanted.code, at=at)):
            raise AlreadyBeingMade
        return queue.enqueue(handler=HANDLER, payload=payload, due_at=at)


def _waiting(report: str, *, at: datetime) -> QuerySet[Run]:
    """Runs that are about to make editions of the report, or do so now; trials are none.

    What people ask for is due at once, even where their clock was read after ours.
    """
    now = Q(due_at__lte=at) | Q(schedule=None)
    due = Run.objects.filter(
        now, handler=HANDLER, state__in=[RunState.DUE, RunState.DOING]
    ).exclude(payload__has_key="only")
    named = Q(payload__report=report)
    if report == WEEKLY:
        named |= ~Q(payload__has_key="report")
    return due.filter(named)


def period_of_run(wanted: Definition, run: Run) -> Period:
    """The period the payload names, else the last one that had ended when the run was due."""
    if "first_date" in run.payload:
        days = (date.fromisoformat(run.payload[name]) for name in ("first_date", "last_date"))
        return Period(wanted.period, *days)
    return wanted.last_period(run.due_at)

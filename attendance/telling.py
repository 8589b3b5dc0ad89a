"""What other programs are told of attendance (webhooks), each in the transaction that made it so.

People are named by their codes, as everywhere in the API; nothing here is more than the API shows.
A day whose shift still runs is told when it is over: until then everybody seems to be absent or to
have forgotten to punch out. A run of the job queue waits for that moment.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from attendance.models import (
    PeriodLock,
    PeriodReopening,
    Request,
    RequestState,
    TimesheetChange,
    TimesheetRow,
)
from attendance.roster.shift_ends import settled_at
from backend.accounts.models import User
from backend.clock import VN
from backend.jobs.models import Run, RunState
from backend.jobs.queue import Fence, enqueue
from backend.webhooks.models import EventKind
from backend.webhooks.publishing import is_wanted, publish

#: So many days are told in one event; a month computed for the first time makes several.
DAYS: Final = 200
#: A day's last shift is over, and its last punch here, before so many days are.
REACH: Final = timedelta(days=2)
HANDLER: Final = "attendance.exceptions"
_ABSENT: Final = "absent"

_Key = tuple[int, date]


def tell_locked(lock: PeriodLock) -> None:
    """A month was closed: its rows can be fetched and will not change."""
    data = {"month": _month(lock.period), "lock": lock.pk, "by": lock.by.username}
    publish(EventKind.TIMESHEET_LOCKED, {**data, "left": lock.left}, at=lock.at)


def tell_reopened(opened: PeriodReopening) -> None:
    """A closed month was opened again: what was fetched may change."""
    data = {
        "month": _month(opened.lock.period),
        "lock": opened.lock_id,
        "by": opened.by.username,
        "reason": opened.reason,
    }
    publish(EventKind.TIMESHEET_REOPENED, data, at=opened.at)


def tell_decided(request: Request, *, by: User, note: str, at: datetime) -> None:
    """A request was approved or refused for good; what it asks for is in the API."""
    if request.state not in (RequestState.APPROVED, RequestState.REJECTED):
        return
    data = {
        "request": request.pk,
        "employee": request.employee.code,
        "kind": request.kind,
        "first": request.first,
        "last": request.last,
        "state": request.state,
        "by": by.username,
        "note": note,
    }
    publish(EventKind.REQUEST_DECIDED, data, at=at)


def tell_opened_exceptions(first_change: int, *, at: datetime) -> None:
    """The days changed since the change with that key, where they ask what they did not before.

    The caller holds the lock of computing, so that each moment is waited for by one run.
    """
    if not is_wanted(EventKind.EXCEPTION_OPENED):
        return
    changes = list(
        TimesheetChange.objects.filter(pk__gte=first_change, adjustment=None)
        .order_by("pk")
        .values_list("employee_id", "employee__code", "work_date", "before", "after")
    )
    ends = _ends({key for key, *_ in changes}, at=at)
    days: list[dict[str, Any]] = []
    waiting: set[datetime] = set()
    for employee, code, day, before, after in changes:
        opened = _asked(after) - _asked(before)
        end = ends.get((employee, day))
        if end is not None and end > at:
            waiting |= {end} if _asked(after) else set()
        elif opened:
            days.append({"employee": code, "work_date": day, "opened": sorted(opened)})
    _tell(days, at=at)
    for moment in sorted(waiting):
        known = Run.objects.filter(handler=HANDLER, due_at=moment, state=RunState.DUE)
        if not known.exists():
            enqueue(handler=HANDLER, payload={}, due_at=moment)


def tell_settled(moment: datetime, *, at: datetime) -> None:
    """The days whose last shift was settled at `moment`: what they asked then and still ask.

    What they came to ask later was told when it was written.
    """
    on = moment.astimezone(VN).date()
    rows = TimesheetRow.objects.between(on - REACH, on).select_related("employee")
    found = {
        (row.employee_id, row.work_date): row
        for row in rows.order_by("employee__code", "work_date")
        if settled_at(row.explanation) == moment
    }
    then = dict[_Key, set[str]]()
    changes = TimesheetChange.objects.filter(
        work_date__range=(on - REACH, on), at__lt=moment, adjustment=None
    )
    for employee, day, after in changes.order_by("pk").values_list(
        "employee_id", "work_date", "after"
    ):
        then[employee, day] = _asked(after)
    days = []
    for key, row in found.items():
        now = _asked({"status": row.status, "exceptions": row.exceptions})
        if opened := now & then.get(key, set()):
            told = {"employee": row.employee.code, "work_date": row.work_date}
            days.append({**told, "opened": sorted(opened)})
    _tell(days, at=at)


def run_due(run: Run, *, fence: Fence) -> None:
    """The job handler of `HANDLER`."""
    with transaction.atomic():
        fence.hold()
        tell_settled(run.due_at, at=run.started_at or run.due_at)
        fence.finish()


def _tell(days: list[dict[str, Any]], *, at: datetime) -> None:
    for start in range(0, len(days), DAYS):
        publish(EventKind.EXCEPTION_OPENED, {"days": days[start : start + DAYS]}, at=at)


def _asked(shown: dict[str, Any] | None) -> set[str]:
    """The codes of a row's exceptions, and "absent" for who never came."""
    if shown is None:
        return set()
    absent = {_ABSENT} if shown["status"] == _ABSENT else set()
    return absent | set(shown["exceptions"])


def _ends(people: Iterable[int], *, at: datetime) -> dict[_Key, datetime]:
    """When the recent days of these people are settled."""
    since = at.astimezone(VN).date() - REACH
    rows = TimesheetRow.objects.filter(employee__in=list(people), work_date__gte=since)
    return {
        (employee, day): end
        for employee, day, steps in rows.values_list("employee_id", "work_date", "explanation")
        if (end := settled_at(steps)) is not None
    }


def _month(day: date) -> str:
    return f"{day:%Y-%m}"

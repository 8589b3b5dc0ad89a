"""What other programs are told of attendance (webhooks), each in the transaction that made it so.

People are named by their codes, as everywhere in the API; nothing here is more than the API shows.
"""

from datetime import date, datetime
from typing import Any, Final

from attendance.models import PeriodLock, PeriodReopening, TimesheetChange
from backend.webhooks.models import EventKind
from backend.webhooks.publishing import is_wanted, publish

#: So many days are told in one event; a month computed for the first time makes several.
DAYS: Final = 200


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


def tell_opened_exceptions(first_change: int, *, at: datetime) -> None:
    """The days changed since the change with that key, where they ask what they did not before."""
    if not is_wanted(EventKind.EXCEPTION_OPENED):
        return
    changes = (
        TimesheetChange.objects.filter(pk__gte=first_change, adjustment=None)
        .order_by("pk")
        .values_list("employee__code", "work_date", "before__exceptions", "after__exceptions")
    )
    days: list[dict[str, Any]] = []
    for employee, day, before, after in changes:
        if opened := sorted(set(after) - set(before or ())):
            days.append({"employee": employee, "work_date": day, "opened": opened})
    for start in range(0, len(days), DAYS):
        publish(EventKind.EXCEPTION_OPENED, {"days": days[start : start + DAYS]}, at=at)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"

"""What a mapping changed: the days of its punches before and now, while the collector computes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from attendance.models import DirtyDay, Enrolment, Punch, TimesheetRow
from attendance.timesheet.symbols import clock_time
from backend.accounts.permissions import requires
from backend.clock import VN
from backend.org.models import Employee

_KEY: Final = "mapped_user"
#: So many days are shown, the newest; older ones are computed all the same.
SHOWN: Final = 31

Snapshot = dict[str, tuple[str, int]]


@dataclass(frozen=True)
class DayChange:
    """A day's symbol and minutes worked, before and now; `is_pending` until it is computed."""

    day: date
    before: tuple[str, str]
    now: tuple[str, str]
    is_pending: bool

    @property
    def has_changed(self) -> bool:
        return self.before != self.now


@dataclass(frozen=True)
class Mapped:
    enrolment: Enrolment
    punches: int
    days: int
    changes: list[DayChange]

    @property
    def is_pending(self) -> bool:
        return any(change.is_pending for change in self.changes)


def _punches(user_id: str, first: date, last: date | None) -> Any:
    found = Punch.objects.filter(
        device_user_id=user_id, punched_at__gte=datetime.combine(first, time.min, VN)
    )
    if last is None:
        return found
    return found.filter(punched_at__lt=datetime.combine(last + timedelta(days=1), time.min, VN))


def snapshot(user_id: str, employee: Employee, *, first: date, last: date | None) -> Snapshot:
    """The rows of the days the punches fall on, as they are before the mapping."""
    moments = _punches(user_id, first, last).order_by("-punched_at")
    days = list(
        dict.fromkeys(
            moment.astimezone(VN).date() for moment in moments.values_list("punched_at", flat=True)
        )
    )
    rows = _rows(employee.pk, days[:SHOWN])
    return {day.isoformat(): rows.get(day, ("", 0)) for day in days}


def _rows(employee: int, days: list[date]) -> Mapping[date, tuple[str, int]]:
    rows = TimesheetRow.objects.filter(employee=employee, work_date__in=days)
    return {
        day: (symbol, worked)
        for day, symbol, worked in rows.values_list("work_date", "symbol", "worked")
    }


def remember(request: HttpRequest, enrolment: Enrolment, before: Snapshot) -> None:
    shown = dict(list(before.items())[:SHOWN])
    request.session[_KEY] = {"enrolment": enrolment.pk, "days": len(before), "before": shown}


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def of_session(request: HttpRequest) -> Mapped | None:
    """The newest mapping of this person, and what has become of its days."""
    kept = request.session.get(_KEY)
    if not kept:
        return None
    enrolment = (
        Enrolment.objects.filter(pk=kept["enrolment"])
        .select_related("employee__department")
        .first()
    )
    if enrolment is None:
        return None
    days = [date.fromisoformat(text) for text in kept["before"]]
    now = _rows(enrolment.employee_id, days)
    pending = set(
        DirtyDay.objects.filter(employee=enrolment.employee_id, work_date__in=days).values_list(
            "work_date", flat=True
        )
    )
    changes = [
        DayChange(
            day=day,
            before=_told(*kept["before"][day.isoformat()]),
            now=_told(*now.get(day, ("", 0))),
            is_pending=day in pending,
        )
        for day in days
    ]
    count = _punches(enrolment.device_user_id, enrolment.valid_from, enrolment.valid_to).count()
    return Mapped(enrolment, count, kept["days"], changes)


def _told(symbol: str, worked: int) -> tuple[str, str]:
    return symbol, clock_time(worked) if worked else ""


@require_GET
@requires("attendance.manage")
def mapped_days(request: HttpRequest) -> HttpResponse:
    """The panel alone, for htmx: it asks again until every day is computed."""
    return render(request, "attendance/mapped_days.html", {"done": of_session(request)})

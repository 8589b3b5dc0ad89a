"""One day of one person: the punches behind the cell, and how the minutes came about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import DateField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from attendance.models import Enrolment, Punch, TimesheetRow
from attendance.month import running
from attendance.pages.months import day_from
from attendance.sentences import STATUS, question, sentences
from attendance.symbols import clock_time
from attendance.timesheets import clock_error
from backend import clock
from backend.accounts.permissions import requires
from backend.org.models import Employee

#: So long after a shift that ends on the next day its last punch belongs to the picture.
AFTER_NIGHT = timedelta(hours=4)


@dataclass(frozen=True)
class PunchLine:
    """A punch as shown: local time, terminal, and what the engine used it for.

    `written` is what the terminal's clock said, where that was wrong.
    """

    at: datetime
    written: datetime | None
    terminal: str
    verify: int
    used_as: str


@requires("attendance.view")
def day_page(request: HttpRequest, code: str, day: str) -> HttpResponse:
    """The day as a page of its own, or for htmx as the inside of the drawer."""
    work_date = day_from(day)
    if work_date is None:
        raise Http404
    employee = get_object_or_404(Employee.objects.select_related("department", "site"), code=code)
    row = TimesheetRow.objects.filter(employee=employee, work_date=work_date).first()
    steps = row.explanation if row else []
    context = {
        "employee": employee,
        "work_date": work_date,
        "row": row,
        "status": STATUS.get(row.status, row.status) if row else None,
        "worked": clock_time(row.worked) if row else "",
        "sentences": sentences(steps),
        "questions": [question(item) for item in row.exceptions] if row else [],
        "in_progress": running(steps, at=clock.now()),
        "punches": punch_lines(employee, work_date, steps),
    }
    partial = bool(request.headers.get("HX-Request"))
    template = "attendance/day_detail.html" if partial else "attendance/day.html"
    return render(request, template, context)


def punch_lines(employee: Employee, day: date, steps: list[dict[str, Any]]) -> list[PunchLine]:
    """The person's punches of the date, and those of the next morning after a night shift."""
    used = {
        (step["at"], step["terminal"]): step["rule"]
        for step in steps
        if step["rule"] in ("in", "out")
    }
    start, end = _span(day, steps)
    owned = Enrolment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=Cast(OuterRef("device_time"), DateField())),
        employee=employee,
        device_user_id=OuterRef("device_user_id"),
        valid_from__lte=Cast(OuterRef("device_time"), DateField()),
    )
    ids = Enrolment.objects.filter(employee=employee).values_list("device_user_id", flat=True)
    found = (
        Punch.objects.filter(
            Exists(owned),
            device_user_id__in=list(ids),
            device_time__gte=start,
            device_time__lt=end,
        )
        .select_related("terminal", "pull")
        .order_by("punched_at", "pk")
    )
    return [_line(punch, used) for punch in found]


def _span(day: date, steps: list[dict[str, Any]]) -> tuple[datetime, datetime]:
    """From the date's midnight, or a punch used before it, to the next, or the night's end."""
    start = datetime.combine(day, time.min)
    ends = [datetime.fromisoformat(step["to"]) for step in steps if step["rule"] == "shift"]
    ends = [end + AFTER_NIGHT for end in ends if end.date() > day]
    arrived = [datetime.fromisoformat(step["at"]) for step in steps if step["rule"] == "in"]
    return min([start, *arrived]), max([start + timedelta(days=1), *ends])


def _line(punch: Punch, used: dict[tuple[str, str], str]) -> PunchLine:
    written = punch.punched_at.astimezone(clock.VN)
    error = clock_error(punch.punched_at, punch.received_at, punch.pull.clock_offset_seconds)
    at = written - timedelta(seconds=error)
    key = (at.replace(tzinfo=None).isoformat(timespec="minutes"), punch.terminal.code)
    shown = written if error else None
    return PunchLine(at, shown, punch.terminal.name, punch.verify, used.get(key, ""))

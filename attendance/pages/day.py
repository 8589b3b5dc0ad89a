"""One day of one person: the punches behind the cell, and how the minutes came about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from attendance.models import Enrolment, Punch, TimesheetRow
from attendance.sentences import STATUS, question, sentences
from attendance.symbols import hours
from backend import clock
from backend.accounts.permissions import requires
from backend.org.models import Employee

#: A night shift's last punch is on the next morning: it belongs to the picture.
NEXT_MORNING = timedelta(hours=36)


@dataclass(frozen=True)
class PunchLine:
    """A punch as shown: local time, terminal, and what the engine used it for."""

    at: datetime
    terminal: str
    verify: int
    used_as: str


@requires("attendance.view")
def day_page(request: HttpRequest, code: str, day: str) -> HttpResponse:
    """The day as a page of its own, or for htmx as the inside of the drawer."""
    try:
        work_date = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    employee = get_object_or_404(Employee.objects.select_related("department", "site"), code=code)
    row = TimesheetRow.objects.filter(employee=employee, work_date=work_date).first()
    steps = row.explanation if row else []
    context = {
        "employee": employee,
        "work_date": work_date,
        "row": row,
        "status": STATUS.get(row.status, row.status) if row else None,
        "worked": hours(row.worked) if row else "0",
        "sentences": sentences(steps),
        "questions": [question(item) for item in row.exceptions] if row else [],
        "in_progress": work_date == clock.today(),
        "punches": punch_lines(employee, work_date, steps),
    }
    partial = bool(request.headers.get("HX-Request"))
    template = "attendance/day_detail.html" if partial else "attendance/day.html"
    return render(request, template, context)


def punch_lines(employee: Employee, day: date, steps: list[dict[str, str]]) -> list[PunchLine]:
    """The person's punches from the date's midnight to noon of the next day."""
    used = {
        (step["at"], step["terminal"]): step["rule"]
        for step in steps
        if step["rule"] in ("in", "out")
    }
    owned = Enrolment.objects.filter(employee=employee).values_list(
        "device_user_id", "valid_from", "valid_to"
    )
    owners = {user: (first, last) for user, first, last in owned}
    start = datetime.combine(day, time.min)
    found = (
        Punch.objects.filter(
            device_user_id__in=owners,
            device_time__gte=start,
            device_time__lt=start + NEXT_MORNING,
        )
        .select_related("terminal")
        .order_by("punched_at", "pk")
    )
    lines = []
    for punch in found:
        first, last = owners[punch.device_user_id]
        on = punch.device_time.date()
        if on < first or (last is not None and on > last):
            continue
        at = punch.punched_at.astimezone(clock.VN)
        key = (at.replace(tzinfo=None).isoformat(timespec="minutes"), punch.terminal.code)
        lines.append(PunchLine(at, punch.terminal.name, punch.verify, used.get(key, "")))
    return lines

"""One day of one person: the punches behind the cell, and how the minutes came about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from attendance.engine.facts import BY_HAND
from attendance.models import (
    ClockCorrection,
    DirtyDay,
    ExceptionDecision,
    ManualPunch,
    PullSource,
    Punch,
    TimesheetChange,
    TimesheetRow,
)
from attendance.people.owners import punches_of
from attendance.review.exception_words import asked
from attendance.timesheet.change_words import told
from attendance.timesheet.month import running
from attendance.timesheet.sentences import question, sentences, status_text
from attendance.timesheet.symbols import clock_time
from attendance.timesheet.timesheets import clock_error
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.accounts.scope import employees_for
from backend.org.models import Employee
from backend.pages.months import day_from

#: So long after a shift that ends on the next day its last punch belongs to the picture.
AFTER_NIGHT = timedelta(hours=4)
#: A day rarely changes more often; older changes are in the feed.
CHANGES_SHOWN = 20


@dataclass(frozen=True)
class PunchLine:
    """A punch as shown: local time, terminal, and what the engine used it for.

    `written` is what the terminal's clock said, where that was wrong, and `correction` who put
    it right. `manual` is the row of a punch that was entered by hand; then there is no terminal.
    """

    at: datetime
    terminal: str
    used_as: str
    written: datetime | None = None
    correction: ClockCorrection | None = None
    manual: ManualPunch | None = None
    from_file: bool = False


@requires("attendance.days")
def day_page(request: HttpRequest, code: str, day: str) -> HttpResponse:
    """The day as a page of its own, or for htmx as the inside of the drawer."""
    work_date = day_from(day)
    if work_date is None:
        raise Http404
    seen = employees_for(acting(request), during=(work_date, work_date))
    employee = get_object_or_404(seen.select_related("department", "site"), code=code)
    context = day_context(employee, work_date, at=clock.now())
    context["may_manage"] = may(request.user, "attendance.manage")
    context["may_view"] = may(request.user, "attendance.view")
    partial = bool(request.headers.get("HX-Request"))
    template = "attendance/day_detail.html" if partial else "attendance/day.html"
    return render(request, template, context)


def day_context(employee: Employee, work_date: date, *, at: datetime) -> dict[str, Any]:
    """What `day_detail.html` shows: the row, how it came about, what is asked, the punches."""
    row = TimesheetRow.objects.filter(employee=employee, work_date=work_date).first()
    steps = row.explanation if row else []
    runs = running(steps, at=at)
    return {
        "employee": employee,
        "work_date": work_date,
        "row": row,
        "status": status_text(row.status, runs=runs) if row else None,
        "worked": clock_time(row.worked) if row else "",
        "sentences": sentences(steps),
        "questions": [question(item) for item in row.exceptions] if row else [],
        "in_progress": runs,
        "waiting": DirtyDay.objects.filter(employee=employee, work_date=work_date).exists(),
        "decisions": _decisions(employee, work_date),
        "punches": punch_lines(employee, work_date, steps),
        "changes": [told(change) for change in _changes(employee, work_date)],
    }


def _decisions(employee: Employee, day: date) -> list[tuple[str, ExceptionDecision]]:
    """What the day asked, and what was decided about it, the oldest first."""
    made = ExceptionDecision.objects.filter(employee=employee, work_date=day)
    return [(asked(each.code), each) for each in made.select_related("by").order_by("pk")]


def _changes(employee: Employee, day: date) -> list[TimesheetChange]:
    """The newest changes of the day, without its first computation."""
    rows = TimesheetChange.objects.filter(
        employee=employee, work_date=day, before__isnull=False
    ) | TimesheetChange.objects.filter(employee=employee, work_date=day, adjustment__isnull=False)
    return list(rows.select_related("adjustment").order_by("-pk")[:CHANGES_SHOWN])


def punch_lines(employee: Employee, day: date, steps: list[dict[str, Any]]) -> list[PunchLine]:
    """The person's punches of the date, and those of the next morning after a night shift."""
    used = {
        (step["at"], step["terminal"]): step["rule"]
        for step in steps
        if step["rule"] in ("in", "out")
    }
    start, end = _span(day, steps)
    within = {"punched_at__gte": start, "punched_at__lt": end}
    punches = punches_of(employee).filter(**within).order_by("punched_at", "pk")
    by_hand = ManualPunch.objects.standing().filter(employee=employee, **within)
    lines = [
        *(
            _line(punch, used)
            for punch in punches.select_related("terminal", "pull", "correction__by")
        ),
        *(
            _manual_line(punch, used)
            for punch in by_hand.select_related("by").order_by("punched_at", "pk")
        ),
    ]
    return sorted(lines, key=lambda line: line.at)


def _span(day: date, steps: list[dict[str, Any]]) -> tuple[datetime, datetime]:
    """From the date's midnight, or a punch used before it, to the next, or the night's end."""
    start = datetime.combine(day, time.min)
    ends = [datetime.fromisoformat(step["to"]) for step in steps if step["rule"] == "shift"]
    ends = [end + AFTER_NIGHT for end in ends if end.date() > day]
    arrived = [datetime.fromisoformat(step["at"]) for step in steps if step["rule"] == "in"]
    first, last = min([start, *arrived]), max([start + timedelta(days=1), *ends])
    return first.replace(tzinfo=clock.VN), last.replace(tzinfo=clock.VN)


def _line(punch: Punch, used: dict[tuple[str, str], str]) -> PunchLine:
    moment = punch.punched_at.astimezone(clock.VN)
    written: datetime | None = None
    if punch.correction is not None:
        written = punch.device_time
    elif error := clock_error(punch.punched_at, punch.received_at, punch.pull.clock_offset_seconds):
        written, moment = moment, moment - timedelta(seconds=error)
    return PunchLine(
        at=moment,
        terminal=f"{punch.terminal.code} · {punch.terminal.name}",
        used_as=used.pop(_key(moment, punch.terminal.code), ""),
        written=written,
        correction=punch.correction,
        from_file=punch.pull.source == PullSource.FILE,
    )


def _manual_line(punch: ManualPunch, used: dict[tuple[str, str], str]) -> PunchLine:
    moment = punch.punched_at.astimezone(clock.VN)
    return PunchLine(moment, "", used.pop(_key(moment, BY_HAND), ""), manual=punch)


def _key(moment: datetime, terminal: str) -> tuple[str, str]:
    """As the engine's explanation names a punch."""
    return moment.replace(tzinfo=None).isoformat(timespec="minutes"), terminal

"""A person's month as a list of days: readable without a script, and on paper."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.models import ManualPunch, TimesheetRow
from attendance.timesheet.month import MonthSheet, load_month, running
from attendance.timesheet.sentences import UNFINISHED, question, status_text
from attendance.timesheet.symbols import ABSENT, RUNNING, clock_time
from attendance.timesheet.timesheets import month_of
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.accounts.scope import employees_for
from backend.months import shifted
from backend.org.models import Employee, Placement
from backend.pages.months import month_from


@dataclass(frozen=True)
class DayLine:
    """A day as listed: "07:28", "17:03"; hours as "7:53"."""

    day: date
    kind: str
    symbol: str
    status: str
    shifts: str
    arrived: str
    left: str
    worked: str
    late: int
    early: int
    overtime: str
    questions: list[str]
    by_hand: list[ManualPunch]


#: The days that a figure of the month is made of.
ONLY: dict[str, tuple[str | Promise, Callable[[DayLine], object]]] = {
    "muon": (_("đi muộn"), lambda line: line.late),
    "som": (_("về sớm"), lambda line: line.early),
    "vang": (_("vắng"), lambda line: line.symbol == ABSENT),
    "hoi": (_("có câu hỏi"), lambda line: line.questions),
    "them": (_("làm thêm"), lambda line: line.overtime),
}


@requires("attendance.days")
def person_page(request: HttpRequest, code: str) -> HttpResponse:
    """The days of ?thang=2026-11 of one person, or those of ?chi=muon, each explained by its link."""
    at = clock.now()
    month = month_from(request.GET.get("thang", ""), default=at.astimezone(clock.VN).date())
    seen = employees_for(acting(request), during=month_of(month))
    employee = get_object_or_404(seen.select_related("department", "site"), code=code)
    sheet = load_month(month, at=at, employee=employee.code)
    lines = day_lines(employee, sheet, at=at)
    chosen = request.GET.get("chi", "")
    if chosen in ONLY:
        lines = [line for line in lines if ONLY[chosen][1](line)]
    return render(
        request,
        "attendance/person.html",
        {
            "employee": employee,
            "month": month,
            "before": shifted(month, -1),
            "after": shifted(month, 1),
            "lines": lines,
            "only": [(key, label) for key, (label, _wanted) in ONLY.items()],
            "chosen": chosen if chosen in ONLY else "",
            "placements": Placement.objects.filter(
                employee=employee, first__range=month_of(month)
            ).select_related("department", "site"),
            "may_view": may(request.user, "attendance.view"),
            "may_manage": may(request.user, "attendance.manage"),
            "total": sheet.people[0] if sheet.people else None,
            "worked": clock_time(sheet.people[0].worked) if sheet.people else "",
        },
    )


def day_lines(employee: Employee, sheet: MonthSheet, *, at: datetime) -> list[DayLine]:
    """The computed days of the sheet's month; a day whose shift still runs asks nothing yet."""
    rows = TimesheetRow.objects.between(sheet.first, sheet.last).filter(employee=employee)
    by_hand = _by_hand(employee, sheet.first, sheet.last)
    return [
        _line(
            row,
            sheet.day_types[row.work_date],
            asks=not running(row.explanation, at=at),
            by_hand=by_hand[row.work_date],
        )
        for row in rows.order_by("work_date")
    ]


def _by_hand(employee: Employee, first: date, last: date) -> dict[date, list[ManualPunch]]:
    """The standing manual punches by their local day."""
    found: dict[date, list[ManualPunch]] = defaultdict(list)
    standing = ManualPunch.objects.standing().filter(
        employee=employee,
        punched_at__gte=datetime.combine(first, time.min, tzinfo=clock.VN),
        punched_at__lt=datetime.combine(last + timedelta(days=1), time.min, tzinfo=clock.VN),
    )
    for punch in standing.select_related("by").order_by("punched_at", "pk"):
        found[punch.punched_at.astimezone(clock.VN).date()].append(punch)
    return found


def _line(row: TimesheetRow, kind: str, *, asks: bool, by_hand: list[ManualPunch]) -> DayLine:
    steps: list[dict[str, Any]] = row.explanation
    overtime = row.worked - row.regular
    return DayLine(
        day=row.work_date,
        kind=_own_kind(row) or kind,
        symbol=row.symbol if asks or row.status not in UNFINISHED else RUNNING,
        status=status_text(row.status, runs=not asks),
        shifts=", ".join(step["code"] for step in steps if step["rule"] == "shift"),
        arrived=_times(steps, "in"),
        left=_times(steps, "out"),
        worked=clock_time(row.worked) if row.worked else "",
        late=row.late,
        early=row.early,
        overtime=clock_time(overtime) if overtime else "",
        questions=[question(code) for code in row.exceptions] if asks else [],
        by_hand=by_hand,
    )


def _own_kind(row: TimesheetRow) -> str:
    """What the day is for this person alone; nothing where it is as the company's."""
    own = {step["date"]: step["kind"] for step in row.explanation if step["rule"] == "own_day"}
    return str(own.get(row.work_date.isoformat(), ""))


def _times(steps: list[dict[str, Any]], rule: str) -> str:
    return ", ".join(step["at"].partition("T")[2] for step in steps if step["rule"] == rule)

"""/cham-cong/bo-phan/: a department for whoever manages it: who is in, who is late, overtime."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from attendance.review.presence import LABELS, TONES, Presence, State, presence
from attendance.review.team import TeamLoad, late_on, team_load
from attendance.timesheet.symbols import hours
from attendance.timesheet.timesheets import month_of
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import departments_for
from backend.months import shifted
from backend.org.models import Employee, Placement
from backend.pages.months import month_from

#: Part of a cap from which it is worth a look.
NEAR = 0.8


@require_GET
@requires("attendance.team")
def team_page(request: HttpRequest) -> HttpResponse:
    """?phong= one of the departments in charge (the first of them), ?thang=2026-11."""
    at = clock.now()
    today = at.astimezone(clock.VN).date()
    month = month_from(request.GET.get("thang", ""), default=today)
    departments = list(departments_for(acting(request)).order_by("code", "pk"))
    wanted = request.GET.get("phong", "")
    department = next((d for d in departments if d.code == wanted), None) or (
        departments[0] if departments else None
    )
    first, last = month_of(month)
    held = Placement.objects.between(first, last).filter(department=department)
    people = Employee.objects.employed_between(first, last).filter(pk__in=held.values("employee"))
    load = team_load(
        list(people.values_list("pk", flat=True)),
        first=first,
        last=last,
        department=department.pk if department else None,
    )
    return render(
        request,
        "attendance/team.html",
        {
            "department": department,
            "departments": departments,
            "now": _now(presence(at=at, department=department.code, among=people))
            if department
            else [],
            "late": late_on(today, people.filter(department=department)),
            "today": today,
            "at": at,
            "load": load,
            "people": _people(load),
            "months": _months(load),
            "month": month,
            "before": shifted(month, -1),
            "after": shifted(month, 1),
        },
    )


def _now(here: Presence) -> list[dict[str, Any]]:
    """The states with who is in them, those off duty left out."""
    staff = [person for site in here.sites for person in site.people]
    return [
        {
            "label": LABELS[state],
            "tone": TONES.get(state, ""),
            "people": [person for person in staff if person.state == state],
        }
        for state in State
        if state != State.OFF and any(person.state == state for person in staff)
    ]


def _people(load: TeamLoad) -> list[dict[str, Any]]:
    return [
        {
            "load": person,
            "month": _against(person.overtime_month, load.month_cap),
            "year": _against(person.overtime_year, load.year_cap),
        }
        for person in load.people
    ]


def _against(minutes: int, cap: int) -> dict[str, Any]:
    """Overtime beside what is allowed: "near" from `NEAR` of it, "over" beyond it."""
    tone = "over" if minutes > cap else "near" if minutes >= NEAR * cap and cap else ""
    percent = min(100, 100 * minutes // cap) if cap else 0
    return {"hours": hours(minutes), "cap": hours(cap), "tone": tone, "percent": percent}


def _months(load: TeamLoad) -> list[dict[str, Any]]:
    """The months with the height of their bars in percent of the highest."""
    most_late = max((month.late_minutes for month in load.months), default=0) or 1
    most_overtime = max((month.overtime for month in load.months), default=0) or 1
    return [
        {
            "load": month,
            "hours": hours(month.overtime),
            "late": 100 * month.late_minutes // most_late,
            "overtime": 100 * month.overtime // most_overtime,
        }
        for month in load.months
    ]

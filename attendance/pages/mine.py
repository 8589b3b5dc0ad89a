"""/cham-cong/cua-toi/: one's own month, one's own days with their explanation, one's own requests."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from attendance.leave.leave_balances import leave_balance
from attendance.models import CareHours, OwnRest, Request
from attendance.pages.day import day_context
from attendance.pages.own_rest import with_days
from attendance.pages.person import day_lines
from attendance.requests.effects import EFFECTS
from attendance.requests.rights import Desk
from attendance.timesheet.month import load_month
from attendance.timesheet.symbols import clock_time
from attendance.timesheet.timesheets import month_of
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.months import shifted
from backend.org.models import Employee
from backend.pages.months import day_from, month_from

#: So many of one's own requests are listed.
SHOWN = 30


@require_GET
@requires("attendance.own")
def my_month(request: HttpRequest) -> HttpResponse:
    """The days of ?thang=2026-11, the newest first, and what was asked for."""
    user = acting(request)
    me = user.employee
    at = clock.now()
    today = at.astimezone(clock.VN).date()
    context: dict[str, object] = {
        "waiting": len(Desk(user, today).waiting()),
        "may_lead": may(user, "attendance.team"),
    }
    if me is None:
        return render(request, "attendance/my_month.html", context)
    month = month_from(request.GET.get("thang", ""), default=today)
    sheet = load_month(month, at=at, employee=me.code)
    total = sheet.people[0] if sheet.people else None
    return render(
        request,
        "attendance/my_month.html",
        {
            **context,
            "employee": me,
            "month": month,
            "before": shifted(month, -1),
            "after": shifted(month, 1) if shifted(month, 1) <= today else None,
            "lines": list(reversed(day_lines(me, sheet, at=at))),
            "total": total,
            "worked": clock_time(total.worked) if total else "",
            "balance": leave_balance(me, on=today),
            **_terms(me, month),
            "overtime": clock_time(total.overtime) if total else "",
            "requests": Request.objects.filter(employee=me).order_by("-at", "-pk")[:SHOWN],
            "kinds": [(kind.value, kind.label) for kind in EFFECTS],
        },
    )


def _terms(me: Employee, month: date) -> dict[str, object]:
    """What holds for the person in the month: care hours, rest days of their own."""
    care = CareHours.objects.between(*month_of(month)).filter(employee=me)
    rest = OwnRest.objects.between(*month_of(month)).filter(employee=me)
    return {
        "care": care.order_by("first", "pk"),
        "own_rest": with_days(rest.select_related("ending").order_by("first", "pk")),
    }


@require_GET
@requires("attendance.own")
def my_day(request: HttpRequest, day: str) -> HttpResponse:
    """How one of one's own days was computed, and the punches behind it."""
    me = acting(request).employee
    work_date = day_from(day)
    if me is None or work_date is None:
        raise Http404
    context = day_context(me, work_date, at=clock.now())
    return render(request, "attendance/my_day.html", context)

"""/cham-cong/tong-hop/: what everybody worked, was late and absent, summed over any days."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from attendance.figures import PersonAttendance, people_attendance
from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import departments_for, sees_company
from backend.pages.months import day_from

#: What is summed in the last line.
SUMMED: Final = tuple(
    each.name
    for each in fields(PersonAttendance)
    if each.name not in ("code", "name", "department")
)


@dataclass(frozen=True)
class Span:
    """The days asked for; where they are none, the month up to today."""

    first: date
    last: date


@requires("attendance.view")
@require_GET
def totals(request: HttpRequest) -> HttpResponse:
    """The sums from ?tu= to ?den=, of &phong=; &chi=ngoai-le keeps who has days to clarify."""
    user, chosen, span = acting(request), request.GET.get("phong", ""), _span(request)
    people = people_attendance(
        first=span.first, last=span.last, departments=_departments(user, chosen)
    )
    if request.GET.get("chi") == "ngoai-le":
        people = [each for each in people if each.question_days]
    context = {
        "span": span,
        "people": people,
        "total": {name: sum(getattr(each, name) for each in people) for name in SUMMED},
        "departments": departments_for(user).order_by("code", "pk"),
        "chosen": request.GET,
    }
    return render(request, "attendance/totals.html", context)


def _span(request: HttpRequest) -> Span:
    today = clock.today()
    first, last = (day_from(request.GET.get(name, "")) for name in ("tu", "den"))
    last = last or (first if first and first > today else today)
    return Span(min(first or last.replace(day=1), last), last)


def _departments(user: User, chosen: str) -> list[str] | None:
    """The codes of those asked for, within what the person may see; None for everybody."""
    if not chosen and sees_company(user):
        return None
    codes = departments_for(user).values_list("code", flat=True)
    return [code for code in codes if chosen in ("", code)]

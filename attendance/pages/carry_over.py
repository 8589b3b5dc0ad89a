"""/cham-cong/phep-nam/chuyen-nam/: what is left of a year, looked at and carried over."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from attendance.leave.carry_over import State, carry_over, carrying, correct_carried
from attendance.pages.annual_leave import year_from
from attendance.timesheet.rules import rules_of
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import employees_for
from backend.org.models import Employee, EmployeeQuerySet
from backend.pages.forms import Refusal


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def leave_carry_over(request: HttpRequest) -> HttpResponse:
    """The people in charge and what each carries over from ?nam=; the buttons do it."""
    today = clock.today()
    sent = request.POST.get("nam") or request.GET.get("nam", "")
    year = year_from(sent, default=today.year - 1)
    people = Employee.objects.employed_between(date(year, 1, 1), date(year, 12, 31)).filter(
        pk__in=employees_for(acting(request))
    )
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            count = _do(request, year, people)
            messages.success(request, _("Đã chuyển phép cho %(count)s người.") % {"count": count})
            answer = redirect("leave_carry_over")
            answer["Location"] += f"?nam={year}"
            return answer
    found = carrying(year, people.select_related("department").by_name(), on=today)
    return render(
        request,
        "attendance/leave_carry_over.html",
        {
            "year": year,
            "rules": rules_of(date(year + 1, 1, 1)),
            "rows": found,
            "new": sum(each.state == State.NEW for each in found),
            "differing": [each for each in found if each.state == State.DIFFERS],
            "is_over": today.year > year,
            "problem": refusal.text,
        },
        status=refusal.status,
    )


def _do(request: HttpRequest, year: int, people: EmployeeQuerySet) -> int:
    """Carry over for all who lack it, or make ?nv= (or everybody who differs) as it should be."""
    at = clock.now()
    on = at.astimezone(clock.VN).date()
    if request.POST.get("viec") != "sua":
        return carry_over(year, people, by=acting(request), at=at, on=on)
    code = request.POST.get("nv", "")
    chosen = people.filter(code=code) if code else people
    return correct_carried(year, chosen, by=acting(request), at=at, on=on)

"""/cham-cong/phep-nam/: everybody's annual leave, and one person's terms and granted days."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from attendance.leave.catalogue import ANNUAL, PRIVATE
from attendance.leave.grants import grant_days, set_terms, withdraw_grant, withdraw_terms
from attendance.leave.leave_balances import leave_balance, leave_balances
from attendance.leave.limits import beyond_the_law, shortages
from attendance.models import LeaveGrant, LeaveGrantKind, LeaveTerms
from attendance.models.leave import LEAST_BASE_DAYS, MOST_DAYS
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.accounts.scope import departments_for, employees_for
from backend.org.models import Employee
from backend.pages.forms import DayField, Refusal, checked
from backend.pages.months import FIRST_YEAR, LAST_YEAR
from backend.pages.telling import problems_told
from backend.problems import Problem
from backend.reasons import REASON_MIN

#: What HR may grant by hand; carrying over has its own page.
BY_HAND: Final = [
    (kind.value, kind.label) for kind in LeaveGrantKind if kind != LeaveGrantKind.CARRIED_OVER
]


class TermsForm(forms.Form):
    tu = DayField(label=gettext_lazy("Từ ngày"))
    muc = forms.IntegerField(label=gettext_lazy("Số ngày một năm"))
    can_cu = forms.CharField(label=gettext_lazy("Căn cứ"), max_length=1000)


class GrantForm(forms.Form):
    loai = forms.ChoiceField(label=gettext_lazy("Loại"), choices=BY_HAND)
    so_ngay = forms.DecimalField(label=gettext_lazy("Số ngày"), localize=True)
    tu = DayField(label=gettext_lazy("Dùng từ ngày"))
    den = DayField(label=gettext_lazy("Dùng đến hết ngày"))
    ly_do = forms.CharField(label=gettext_lazy("Lý do"), max_length=1000)


def warn_of_limits(
    request: HttpRequest,
    employee: Employee,
    *,
    first: date,
    last: date,
    code: str,
    event: str,
    is_whole: bool,
) -> None:
    """Tell on the next page what leave just asked for or granted goes beyond."""
    if code == ANNUAL:
        for shortage in shortages(employee, first=first, last=last, on=clock.today()):
            messages.warning(request, str(shortage))
    if code == PRIVATE and (
        told := beyond_the_law(employee, event=event, first=first, last=last, is_whole=is_whole)
    ):
        messages.warning(request, told)


@require_GET
@requires("attendance.view")
def annual_leave(request: HttpRequest) -> HttpResponse:
    """The balances of ?nam= of the people of ?phong=, or of all in charge."""
    today = clock.today()
    year = year_from(request.GET.get("nam", ""), default=today.year)
    departments = departments_for(acting(request)).order_by("code")
    department = request.GET.get("phong", "")
    seen = employees_for(acting(request))
    people = Employee.objects.employed_between(date(year, 1, 1), date(year, 12, 31)).filter(
        pk__in=seen
    )
    if department:
        people = people.filter(department__code=department)
    shown = list(people.select_related("department").by_name())
    balances = leave_balances(shown, on=day_of(year, today))
    return render(
        request,
        "attendance/annual_leave.html",
        {
            "year": year,
            "on": day_of(year, today),
            "departments": departments,
            "chosen": department,
            "rows": [(person, balances[person.pk]) for person in shown],
            "may_manage": may(request.user, "attendance.manage"),
        },
    )


def year_from(text: str, *, default: int) -> int:
    """A year of this century; anything else is the default."""
    return int(text) if text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR else default


def day_of(year: int, today: date) -> date:
    """Today, or the day of the year that is nearest to it."""
    return min(max(today, date(year, 1, 1)), date(year, 12, 31))


@require_http_methods(["GET", "POST"])
@requires("attendance.view")
def annual_leave_person(request: HttpRequest, code: str) -> HttpResponse:
    """How one person's balance of ?nam= came about; terms and granted days, and forms for both."""
    person = get_object_or_404(
        employees_for(acting(request)).select_related("department"), code=code
    )
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            _enter(request, person)
            messages.success(request, _("Đã ghi."))
            return redirect("annual_leave_person", code)
    today = clock.today()
    year = year_from(request.GET.get("nam", ""), default=today.year)
    return render(
        request,
        "attendance/annual_leave_person.html",
        {
            "employee": person,
            "year": year,
            "balance": leave_balance(person, on=day_of(year, today)),
            "terms": person.leave_terms.select_related("by", "withdrawal__by").order_by(
                "-from_date", "-pk"
            ),
            "grants": person.leave_grants.select_related("by", "withdrawal__by").order_by(
                "-valid_from", "-pk"
            ),
            "kinds": BY_HAND,
            "least": LEAST_BASE_DAYS,
            "most": MOST_DAYS,
            "values": request.POST,
            "problem": refusal.text,
            "reason_min": REASON_MIN,
            "may_manage": may(request.user, "attendance.manage"),
        },
        status=refusal.status,
    )


def _enter(request: HttpRequest, person: Employee) -> None:
    """Do what the form says: ?viec=muc sets terms, ?viec=cap grants days."""
    if not may(request.user, "attendance.manage"):
        raise Problem(_("Chỉ nhân sự mới nhập được."))
    known: dict[str, Any] = {"by": acting(request), "at": clock.now()}
    if request.POST.get("viec") == "muc":
        sent = checked(TermsForm(request.POST))
        set_terms(
            person, from_date=sent["tu"], base_days=sent["muc"], document=sent["can_cu"], **known
        )
        return
    sent = checked(GrantForm(request.POST))
    grant_days(
        person,
        kind=LeaveGrantKind(sent["loai"]),
        days=Decimal(sent["so_ngay"]),
        valid_from=sent["tu"],
        valid_to=sent["den"],
        reason=sent["ly_do"],
        **known,
    )


@require_POST
@requires("attendance.manage")
def leave_terms_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take terms back, with a reason."""
    return _taken_back(request, LeaveTerms.objects.all(), pk, withdraw_terms)


@require_POST
@requires("attendance.manage")
def leave_grant_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take granted days back, with a reason."""
    return _taken_back(request, LeaveGrant.objects.all(), pk, withdraw_grant)


def _taken_back(
    request: HttpRequest, rows: QuerySet[Any], pk: int, withdraw: Callable[..., object]
) -> HttpResponse:
    """Call `withdraw` with the row, reason, by and at; say what came of it on its employee's page."""
    seen = rows.filter(employee__in=employees_for(acting(request))).select_related("employee")
    row = get_object_or_404(seen, pk=pk)
    with problems_told(request):
        withdraw(row, reason=request.POST.get("ly_do", ""), by=acting(request), at=clock.now())
        messages.success(request, _("Đã thu hồi."))
    return redirect("annual_leave_person", row.employee.code)

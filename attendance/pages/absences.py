"""/cham-cong/nghi-phep/ and /cham-cong/lam-them/: HR grants and takes back what counts in a month."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from attendance.leave.care_hours import protection_warning
from attendance.leave.catalogue import EVENTS, LEAVE_CODES, TRIP
from attendance.leave.leaves import grant_leave, revoke_leave
from attendance.models import DayPart, Leave, LeaveRevocation, OvertimeApproval
from attendance.pages.annual_leave import warn_of_limits
from attendance.pages.chosen import chosen_employee
from attendance.roster.overtime import approve_overtime, withdraw_overtime
from attendance.timesheet.timesheets import month_of
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.accounts.scope import employees_for
from backend.months import shifted
from backend.org.models import Employee
from backend.pages.forms import DayField, Refusal, checked
from backend.pages.months import month_from
from backend.pages.telling import problems_told
from backend.problems import Problem
from backend.reasons import REASON_MIN

_NAMES = ("nv", "ngay", "den", "ma", "viec", "phan", "gio", "den_gio", "ly_do")


class GrantForm(forms.Form):
    """The shape of both entries; what they mean is for the services to judge."""

    nv = forms.CharField(label=gettext_lazy("Mã nhân viên"), max_length=20)
    ngay = DayField(label=gettext_lazy("Từ ngày"))
    den = DayField(label=gettext_lazy("Đến hết ngày"), required=False)
    ma = forms.CharField(label=gettext_lazy("Loại nghỉ"), max_length=4, required=False)
    viec = forms.CharField(label=gettext_lazy("Việc riêng"), max_length=16, required=False)
    phan = forms.ChoiceField(
        label=gettext_lazy("Phần ngày"), choices=DayPart.choices, required=False
    )
    gio = forms.TimeField(label=gettext_lazy("Từ giờ"), required=False)
    den_gio = forms.TimeField(label=gettext_lazy("Đến giờ"), required=False)
    ly_do = forms.CharField(label=gettext_lazy("Lý do"), max_length=1000)


@require_http_methods(["GET", "POST"])
@requires("attendance.view")
def leave_page(request: HttpRequest) -> HttpResponse:
    """Leave and trips of ?thang=, those taken back, and the form to grant."""
    context = _month(request)
    within = {"employee__in": employees_for(acting(request)), "date__range": context["span"]}
    context["leaves"] = (
        Leave.objects.filter(**within).select_related("employee", "by").order_by("-date", "pk")
    )
    context["revoked"] = (
        LeaveRevocation.objects.filter(**within)
        .select_related("employee", "by")
        .order_by("-date", "pk")
    )
    context["codes"] = [*LEAVE_CODES.items(), (TRIP, _("công tác"))]
    context["events"] = EVENTS.items()
    context["parts"] = DayPart.choices
    return _answer(request, "attendance/leave.html", "leave", context, _grant)


@require_http_methods(["GET", "POST"])
@requires("attendance.view")
def overtime_page(request: HttpRequest) -> HttpResponse:
    """Approved overtime of ?thang=, what was taken back among it, and the form to approve."""
    context = _month(request)
    first, last = context["span"]
    context["approvals"] = (
        OvertimeApproval.objects.filter(
            employee__in=employees_for(acting(request)),
            start__gte=datetime.combine(first, time.min, tzinfo=clock.VN),
            start__lt=datetime.combine(last + timedelta(days=1), time.min, tzinfo=clock.VN),
        )
        .select_related("employee", "by", "withdrawal__by")
        .order_by("-start", "pk")
    )
    return _answer(request, "attendance/overtime.html", "overtime", context, _approve)


def _month(request: HttpRequest) -> dict[str, Any]:
    month = month_from(request.GET.get("thang", ""), default=clock.today())
    people = employees_for(acting(request)).order_by("sort_key", "pk")
    return {
        "month": month,
        "before": shifted(month, -1),
        "after": shifted(month, 1),
        "span": month_of(month),
        "may_manage": may(request.user, "attendance.manage"),
        "people": people.values_list("code", "full_name"),
        "reason_min": REASON_MIN,
    }


def _answer(
    request: HttpRequest,
    template: str,
    name: str,
    context: dict[str, Any],
    enter: Callable[[HttpRequest, Employee, dict[str, Any]], None],
) -> HttpResponse:
    """Show the page, or do what its form says and show it anew."""
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            if not context["may_manage"]:
                raise Problem(_("Chỉ nhân sự mới nhập được."))
            sent = checked(GrantForm(request.POST))
            enter(request, chosen_employee(request, sent["nv"]), sent)
            messages.success(request, _("Đã ghi; ngày công đang được tính lại."))
            return redirect(name)
    values = {field: request.POST.get(field, "") for field in _NAMES}
    return render(
        request,
        template,
        {**context, "values": values, "problem": refusal.text},
        status=refusal.status,
    )


def _grant(request: HttpRequest, employee: Employee, sent: dict[str, Any]) -> None:
    grant_leave(
        employee=employee,
        first=sent["ngay"],
        last=sent["den"] or sent["ngay"],
        code=sent["ma"],
        event=sent["viec"],
        part=sent["phan"] or DayPart.FULL,
        start=sent["gio"],
        end=sent["den_gio"],
        reason=sent["ly_do"],
        by=acting(request),
        at=clock.now(),
    )
    warn_of_limits(
        request,
        employee,
        first=sent["ngay"],
        last=sent["den"] or sent["ngay"],
        code=sent["ma"],
        event=sent["viec"],
        is_whole=sent["gio"] is None and sent["phan"] in ("", DayPart.FULL),
    )
    if sent["ma"] == TRIP:
        _warn_of_protection(request, employee, sent["ngay"], sent["den"] or sent["ngay"])


def _warn_of_protection(request: HttpRequest, employee: Employee, first: date, last: date) -> None:
    if told := protection_warning(employee, first=first, last=last):
        messages.warning(request, told)


def _approve(request: HttpRequest, employee: Employee, sent: dict[str, Any]) -> None:
    if sent["gio"] is None or sent["den_gio"] is None:
        raise Problem(_("Hãy điền giờ bắt đầu và giờ kết thúc."))
    ends = sent["ngay"] + timedelta(days=sent["den_gio"] <= sent["gio"])
    approve_overtime(
        employee=employee,
        start=datetime.combine(sent["ngay"], sent["gio"], tzinfo=clock.VN),
        end=datetime.combine(ends, sent["den_gio"], tzinfo=clock.VN),
        reason=sent["ly_do"],
        by=acting(request),
        at=clock.now(),
    )
    _warn_of_protection(request, employee, sent["ngay"], sent["ngay"])


@require_POST
@requires("attendance.manage")
def leave_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one day of leave back, with a reason."""
    leave = get_object_or_404(
        Leave.objects.filter(employee__in=employees_for(acting(request))).select_related(
            "employee"
        ),
        pk=pk,
    )
    why = request.POST.get("ly_do", "")
    return _taken_back(
        request,
        "leave",
        lambda: revoke_leave(leave, reason=why, by=acting(request), at=clock.now()),
    )


@require_POST
@requires("attendance.manage")
def overtime_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one approval of overtime back, with a reason."""
    approval = get_object_or_404(
        OvertimeApproval.objects.filter(employee__in=employees_for(acting(request))), pk=pk
    )
    why = request.POST.get("ly_do", "")
    return _taken_back(
        request,
        "overtime",
        lambda: withdraw_overtime(approval, reason=why, by=acting(request), at=clock.now()),
    )


def _taken_back(request: HttpRequest, name: str, take: Callable[[], object]) -> HttpResponse:
    with problems_told(request):
        take()
        messages.success(request, _("Đã thu hồi; ngày công đang được tính lại."))
    return redirect(name)

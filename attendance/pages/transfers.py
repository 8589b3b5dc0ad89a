"""/cham-cong/nguoi/<mã>/dieu-chuyen/: where somebody belonged, belongs and will belong; HR moves them."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from attendance.people.transferring import transfer, withdraw_transfer
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import employees_for
from backend.org.models import Department, Employee, Placement, Site, Transfer
from backend.org.transfers import Post, placement_on
from backend.pages.forms import DayField
from backend.pages.keys import key_from
from backend.problems import Problem
from backend.reasons import REASON_MIN


class TransferForm(forms.Form):
    """From when, and to where; what holds today is filled in."""

    ngay = DayField(
        label=gettext_lazy("Có hiệu lực từ ngày"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    phong = forms.ModelChoiceField(
        Department.objects.order_by("code", "pk"),
        to_field_name="code",
        label=gettext_lazy("Phòng ban"),
        empty_label=None,
    )
    noi = forms.ModelChoiceField(
        Site.objects.order_by("code", "pk"),
        to_field_name="code",
        label=gettext_lazy("Địa điểm"),
        empty_label=None,
    )
    chuc_vu = forms.CharField(label=gettext_lazy("Chức vụ"), max_length=100, required=False)
    ngach = forms.CharField(label=gettext_lazy("Ngạch bậc lương"), max_length=50, required=False)
    ly_do = forms.CharField(
        label=gettext_lazy("Số quyết định, lý do"), min_length=REASON_MIN, max_length=1000
    )


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def transfers(request: HttpRequest, code: str) -> HttpResponse:
    """Placements and transfers of one person; records a transfer, or takes `thu_hoi` back."""
    people = employees_for(acting(request)).select_related("department", "site")
    employee = get_object_or_404(people, code=code)
    at = clock.now()
    today = at.astimezone(clock.VN).date()
    form, problem, status = _form(employee, today), "", 200
    if request.method == "POST":
        try:
            if "thu_hoi" in request.POST:
                told = _withdraw(request, employee, at)
            else:
                form = TransferForm(request.POST)
                told = _move(form, request, employee, at) if form.is_valid() else ""
                status = 400
        except Problem as error:
            problem, status = str(error), error.status
        else:
            if told:
                messages.success(request, told)
                return redirect("transfers", code=code)
    return render(
        request,
        "attendance/transfers.html",
        {
            "employee": employee,
            "form": form,
            "problem": problem,
            "placements": _placements(employee),
            "today": today,
            "made": Transfer.objects.filter(employee=employee)
            .select_related("department", "site", "by", "withdrawal__by")
            .order_by("-effective_date", "-pk"),
            "reason_min": REASON_MIN,
        },
        status=status,
    )


def _form(employee: Employee, today: date) -> TransferForm:
    now = placement_on(employee, today)
    return TransferForm(
        initial={
            "phong": now.department.code,
            "noi": now.site.code,
            "chuc_vu": now.position,
            "ngach": now.grade,
        }
    )


def _placements(employee: Employee) -> list[dict[str, Any]]:
    """The newest first; the first begins with the employment, the last is open."""
    held = Placement.objects.filter(employee=employee, last__gte=employee.join_date)
    return [
        {
            "placement": each,
            "since": max(each.first, employee.join_date),
            "until": each.last if each.last < date.max else employee.leave_date,
        }
        for each in held.select_related("department", "site").order_by("-first")
    ]


def _move(form: TransferForm, request: HttpRequest, employee: Employee, at: datetime) -> str:
    sent = form.cleaned_data
    made = transfer(
        employee=employee,
        on=sent["ngay"],
        to=Post(sent["phong"], sent["noi"], sent["chuc_vu"].strip(), sent["ngach"].strip()),
        reason=sent["ly_do"],
        by=acting(request),
        at=at,
    )
    return _(
        "Đã ghi: từ %(day)s thuộc %(department)s, tại %(site)s. Các ngày công từ đó tính ở phòng mới."
    ) % {
        "day": f"{made.effective_date:%d/%m/%Y}",
        "department": made.department.name,
        "site": made.site.name,
    }


def _withdraw(request: HttpRequest, employee: Employee, at: datetime) -> str:
    transfers = Transfer.objects.filter(employee=employee)
    made = get_object_or_404(transfers, pk=key_from(request.POST["thu_hoi"]))
    why = request.POST.get("ly_do", "")
    withdraw_transfer(made, reason=why, by=acting(request), at=at)
    return _("Đã thu hồi điều chuyển từ %(day)s; các ngày công từ đó đang được tính lại.") % {
        "day": f"{made.effective_date:%d/%m/%Y}"
    }

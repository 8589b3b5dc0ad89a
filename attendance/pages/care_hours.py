"""/cham-cong/gio-che-do/: HR enters care hours and lets them end. Managers see minutes, never why."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from attendance.leave.care_hours import RIGHTS, end_care_hours, enter_care_hours
from attendance.models import CareHours, CareKind, CarePlace
from attendance.pages.chosen import chosen_employee
from attendance.pages.ending import ended, listed
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.pages.forms import DayField, Refusal, checked

_NAMES: Final = ("nv", "che_do", "ngay", "den", "luc", "tra_them", "dong_y", "ly_do")


class CareForm(forms.Form):
    """The shape of an entry; what it means is for the service to judge."""

    nv = forms.CharField(label=gettext_lazy("Mã nhân viên"), max_length=20)
    che_do = forms.ChoiceField(label=gettext_lazy("Chế độ"), choices=CareKind.choices)
    ngay = DayField(label=gettext_lazy("Từ ngày"))
    den = DayField(label=gettext_lazy("Đến hết ngày"))
    luc = forms.ChoiceField(label=gettext_lazy("Nghỉ lúc"), choices=CarePlace.choices)
    tra_them = forms.BooleanField(label=gettext_lazy("Thỏa thuận làm"), required=False)
    dong_y = forms.BooleanField(label=gettext_lazy("Đồng ý"), required=False)
    ly_do = forms.CharField(label=gettext_lazy("Căn cứ"), max_length=1000)


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def care_hours(request: HttpRequest) -> HttpResponse:
    """Who has care hours now or later, who had, and the form to enter."""
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            _enter(request)
            messages.success(request, _("Đã ghi giờ chế độ; ngày công đang được tính lại."))
            return redirect("care_hours")
    context = {
        **listed(request, CareHours.objects.all()),
        "kinds": [(kind.value, kind.label, RIGHTS[kind].minutes) for kind in CareKind],
        "places": CarePlace.choices,
        "values": {name: request.POST.get(name, "") for name in _NAMES},
        "problem": refusal.text,
    }
    return render(request, "attendance/care_hours.html", context, status=refusal.status)


def _enter(request: HttpRequest) -> None:
    sent = checked(CareForm(request.POST))
    enter_care_hours(
        employee=chosen_employee(request, sent["nv"]),
        kind=sent["che_do"],
        first=sent["ngay"],
        last=sent["den"],
        place=sent["luc"],
        paid_if_worked=sent["tra_them"],
        agrees_to_extra=sent["dong_y"],
        reason=sent["ly_do"],
        by=acting(request),
        at=clock.now(),
    )


@require_POST
@requires("attendance.manage")
def care_hours_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let care hours end with an earlier day, with a reason."""
    told = _("Đã cho thôi giờ chế độ; ngày công đang được tính lại.")
    care = CareHours.objects.all()
    return ended(request, care, pk, end_care_hours, told=told, back="care_hours")

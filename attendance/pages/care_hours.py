"""/cham-cong/gio-che-do/: HR enters care hours and lets them end. Managers see minutes, never why."""

from functools import partial
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from attendance.leave.care_hours import RIGHTS, end_care_hours, enter_care_hours
from attendance.models import CareHours, CareKind, CarePlace
from attendance.models.manual import REASON_MIN
from attendance.pages.chosen import chosen_employee
from attendance.pages.ending import ended
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import employees_for
from backend.pages.forms import DayField, checked
from backend.problems import Problem

#: Of those that are over so many are listed, the newest first.
SHOWN: Final = 200
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
    problem, status = "", 200
    if request.method == "POST":
        try:
            _enter(request)
        except Problem as error:
            problem, status = str(error), error.status
        else:
            messages.success(request, _("Đã ghi giờ chế độ; ngày công đang được tính lại."))
            return redirect("care_hours")
    people = employees_for(acting(request))
    told = CareHours.objects.filter(employee__in=people)
    told = told.select_related("employee__department", "by", "ending__by")
    today = clock.today()
    context = {
        "held": told.until_or_after(today).order_by("employee__sort_key", "first", "pk"),
        "over": told.over_before(today)[:SHOWN],
        "people": people.order_by("sort_key", "pk").values_list("code", "full_name"),
        "kinds": [(kind.value, kind.label, RIGHTS[kind].minutes) for kind in CareKind],
        "places": CarePlace.choices,
        "values": {name: request.POST.get(name, "") for name in _NAMES},
        "problem": problem,
        "reason_min": REASON_MIN,
        "today": today,
    }
    return render(request, "attendance/care_hours.html", context, status=status)


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
    seen = CareHours.objects.filter(employee__in=employees_for(acting(request)))
    care = get_object_or_404(seen, pk=pk)
    told = _("Đã cho thôi giờ chế độ; ngày công đang được tính lại.")
    return ended(request, partial(end_care_hours, care), told=told, back="care_hours")

"""/cham-cong/phan-ca/nghi-tuan/: whose weekly rest days are not the company's; HR enters and ends them."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from attendance.models import OwnRest
from attendance.models.manual import REASON_MIN
from attendance.pages.chosen import chosen_employee
from attendance.pages.ending import ended
from attendance.roster.own_rest import NotARestDay, end_own_rest, enter_own_rest
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import employees_for
from backend.pages.forms import DayField, checked
from backend.problems import Problem

#: Of those that are over so many are listed, the newest first.
SHOWN: Final = 200
#: ISO days of the week by their names; Monday is 1.
WEEKDAYS: Final = tuple(
    zip(
        range(1, 8),
        (
            gettext_lazy("thứ Hai"),
            gettext_lazy("thứ Ba"),
            gettext_lazy("thứ Tư"),
            gettext_lazy("thứ Năm"),
            gettext_lazy("thứ Sáu"),
            gettext_lazy("thứ Bảy"),
            gettext_lazy("chủ nhật"),
        ),
        strict=True,
    )
)
#: The choice that leaves it to the roster.
BY_ROSTER: Final = "phan_ca"


class RestForm(forms.Form):
    """The shape of an entry; what it means is for the service to judge."""

    nv = forms.CharField(label=gettext_lazy("Mã nhân viên"), max_length=20)
    thu = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Ngày nghỉ hằng tuần"), choices=WEEKDAYS, coerce=int, required=False
    )
    theo = forms.CharField(required=False, max_length=10)
    ngay = DayField(label=gettext_lazy("Từ ngày"))
    den = DayField(label=gettext_lazy("Đến hết ngày"), required=False)
    ly_do = forms.CharField(label=gettext_lazy("Căn cứ"), max_length=1000)


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def own_rest(request: HttpRequest) -> HttpResponse:
    """Who rests on other days than the company now or later, who did, and the form to enter."""
    problem, status = "", 200
    if request.method == "POST":
        try:
            _enter(request)
        except Problem as error:
            problem, status = str(error), error.status
        else:
            messages.success(request, _("Đã ghi ngày nghỉ riêng; ngày công đang được tính lại."))
            return redirect("own_rest")
    people = employees_for(acting(request))
    told = OwnRest.objects.filter(employee__in=people)
    told = told.select_related("employee__department", "by", "ending__by")
    today = clock.today()
    context = {
        "held": with_days(told.until_or_after(today).order_by("employee__sort_key", "first", "pk")),
        "over": with_days(told.over_before(today)[:SHOWN]),
        "people": people.order_by("sort_key", "pk").values_list("code", "full_name"),
        "weekdays": [(str(number), name) for number, name in WEEKDAYS],
        "by_roster": BY_ROSTER,
        "chosen": request.POST.getlist("thu"),
        "values": request.POST,
        "problem": problem,
        "reason_min": REASON_MIN,
        "today": today,
    }
    return render(request, "attendance/own_rest.html", context, status=status)


def with_days(rows: Iterable[OwnRest]) -> list[tuple[OwnRest, str]]:
    """Each with its days in words."""
    return [(row, days_of_week(row.weekdays)) for row in rows]


def days_of_week(weekdays: list[int]) -> str:
    """ "thứ Ba, chủ nhật", or that the roster tells."""
    names = [str(name) for number, name in WEEKDAYS if number in weekdays]
    return ", ".join(names) or _("ngày trống trong phân ca")


def _enter(request: HttpRequest) -> None:
    sent = checked(RestForm(request.POST))
    if bool(sent["thu"]) == (sent["theo"] == BY_ROSTER):
        raise NotARestDay
    enter_own_rest(
        employee=chosen_employee(request, sent["nv"]),
        weekdays=sent["thu"],
        first=sent["ngay"],
        last=sent["den"],
        reason=sent["ly_do"],
        by=acting(request),
        at=clock.now(),
    )


@require_POST
@requires("attendance.manage")
def own_rest_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody's own rest days end with an earlier day, with a reason."""
    seen = OwnRest.objects.filter(employee__in=employees_for(acting(request)))
    rest = get_object_or_404(seen, pk=pk)
    told = _("Đã cho thôi ngày nghỉ riêng; ngày công đang được tính lại.")
    return ended(request, partial(end_own_rest, rest), told=told, back="own_rest")

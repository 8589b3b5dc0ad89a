"""/cham-cong/phan-ca/nghi-tuan/: whose weekly rest days are not the company's; HR enters and ends them."""

from collections.abc import Iterable
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from attendance.models import OwnRest
from attendance.pages.chosen import chosen_employee
from attendance.pages.ending import ended, listed
from attendance.roster.own_rest import NotARestDay, end_own_rest, enter_own_rest
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.pages.forms import DayField, Refusal, checked

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
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            _enter(request)
            messages.success(request, _("Đã ghi ngày nghỉ riêng; ngày công đang được tính lại."))
            return redirect("own_rest")
    shown = listed(request, OwnRest.objects.all())
    context = {
        **shown,
        "held": with_days(shown["held"]),
        "over": with_days(shown["over"]),
        "weekdays": [(str(number), name) for number, name in WEEKDAYS],
        "by_roster": BY_ROSTER,
        "chosen": request.POST.getlist("thu"),
        "values": request.POST,
        "problem": refusal.text,
    }
    return render(request, "attendance/own_rest.html", context, status=refusal.status)


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
    told = _("Đã cho thôi ngày nghỉ riêng; ngày công đang được tính lại.")
    rest = OwnRest.objects.all()
    return ended(request, rest, pk, end_own_rest, told=told, back="own_rest")

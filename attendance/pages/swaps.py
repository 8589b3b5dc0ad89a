"""/cham-cong/doi-ca/: swaps of shifts, entered by HR and taken back."""

from typing import Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from attendance.models import Swap
from attendance.pages.chosen import chosen_employee
from attendance.roster.swapping import approve_swap, withdraw_swap
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.accounts.scope import employees_for
from backend.pages.forms import DayField, Refusal, checked
from backend.pages.older import before_asked
from backend.reasons import REASON_MIN

#: Rows of a page of the list.
SHOWN: Final = 50


class SwapForm(forms.Form):
    """The shape of an entry; what it means is for `approve_swap` to judge."""

    a = forms.CharField(label=gettext_lazy("Người đổi"), max_length=20)
    b = forms.CharField(label=gettext_lazy("Đổi với"), max_length=20)
    ngay = DayField(label=gettext_lazy("Ngày"))
    ly_do = forms.CharField(label=gettext_lazy("Lý do"), max_length=1000)


@require_http_methods(["GET", "POST"])
@requires("attendance.view")
def swaps(request: HttpRequest) -> HttpResponse:
    """Swaps that touch anybody in one's charge, the latest first; HR enters one with POST."""
    manages = may(request.user, "attendance.manage")
    staff = employees_for(acting(request))
    values = {
        name: request.POST.get(name, request.GET.get(name, "")) for name in SwapForm.base_fields
    }
    refusal = Refusal()
    if request.method == "POST":
        if not manages:
            raise PermissionDenied
        with refusal:
            swap = _enter(request)
            messages.success(request, _("Đã đổi ca; ngày công của hai người đang được tính lại."))
            return redirect(f"{request.path}#doi-{swap.pk}")
    rows = Swap.objects.filter(Q(a__in=staff) | Q(b__in=staff)).select_related(
        "a", "b", "by", "withdrawal__by"
    )
    found, older = before_asked(request, rows, SHOWN)
    return render(
        request,
        "attendance/swaps.html",
        {
            "swaps": found,
            "older": older,
            "values": values,
            "problem": refusal.text,
            "people": staff.order_by("code").values_list("code", "full_name") if manages else (),
            "reason_min": REASON_MIN,
            "may_manage": manages,
            "in_charge": set(staff.values_list("pk", flat=True)) if manages else set(),
        },
        status=refusal.status,
    )


def _enter(request: HttpRequest) -> Swap:
    sent = checked(SwapForm(request.POST))
    return approve_swap(
        date=sent["ngay"],
        a=chosen_employee(request, sent["a"]),
        b=chosen_employee(request, sent["b"]),
        reason=sent["ly_do"],
        by=acting(request),
        at=clock.now(),
    )


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def swap_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one back, with a reason; both people must be in one's charge."""
    staff = employees_for(acting(request))
    swap = get_object_or_404(
        Swap.objects.select_related("a", "b", "by", "withdrawal"), pk=pk, a__in=staff, b__in=staff
    )
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            withdraw_swap(
                swap, reason=request.POST.get("ly_do", ""), by=acting(request), at=clock.now()
            )
            messages.success(request, _("Đã thu hồi đổi ca; ngày công đang được tính lại."))
            return redirect("swaps")
    return render(
        request,
        "attendance/swap_withdraw.html",
        {"swap": swap, "problem": refusal.text, "reason_min": REASON_MIN},
        status=refusal.status,
    )

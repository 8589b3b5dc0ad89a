"""/cham-cong/uy-quyen/: a head of department names who decides requests in their place."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from attendance.models import Delegation
from attendance.pages.chosen import NobodyOfThisCode
from attendance.requests.delegating import delegate, end_delegation, heads_a_department
from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, requires
from backend.org.models import Employee
from backend.pages.forms import DayField, Refusal, checked
from backend.pages.telling import problems_told
from backend.reasons import REASON_MIN

_NAMES = ("nguoi", "tu", "den", "ly_do")


class DelegationForm(forms.Form):
    nguoi = forms.CharField(label=gettext_lazy("Người được ủy quyền"), max_length=20)
    tu = DayField(label=gettext_lazy("Từ ngày"))
    den = DayField(label=gettext_lazy("Đến hết ngày"))
    ly_do = forms.CharField(label=gettext_lazy("Lý do"), max_length=1000)


@require_http_methods(["GET", "POST"])
@requires("attendance.team")
def deputies(request: HttpRequest) -> HttpResponse:
    """One's own deputies, and the form for a new one."""
    user = acting(request)
    refusal = Refusal()
    values = {name: request.POST.get(name, "") for name in _NAMES}
    if request.method == "POST":
        with refusal:
            given = _delegate(request, user)
            told = _("%(name)s duyệt đơn thay bạn trong những ngày này.")
            messages.success(request, told % {"name": given.deputy.full_name})
            return redirect("deputies")
    given_ones = Delegation.objects.filter(manager=user.employee_id, manager__isnull=False)
    return render(
        request,
        "attendance/deputies.html",
        {
            "heads": heads_a_department(user),
            "delegations": given_ones.select_related("deputy", "ending").order_by("-pk")[:50],
            "people": Employee.objects.filter(account__is_active=True)
            .exclude(account=user)
            .by_name()
            .values_list("code", "full_name"),
            "values": values,
            "problem": refusal.text,
            "today": clock.today(),
            "reason_min": REASON_MIN,
        },
        status=refusal.status,
    )


def _delegate(request: HttpRequest, user: User) -> Delegation:
    sent = checked(DelegationForm(request.POST))
    deputy = Employee.objects.filter(code=sent["nguoi"]).first()
    if deputy is None:
        raise NobodyOfThisCode
    return delegate(
        deputy=deputy,
        first=sent["tu"],
        last=sent["den"],
        reason=sent["ly_do"],
        by=user,
        at=clock.now(),
    )


@require_POST
@requires("attendance.team")
def deputy_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a delegation of one's own back."""
    user = acting(request)
    own = Delegation.objects.filter(manager=user.employee_id, manager__isnull=False)
    delegation = get_object_or_404(own, pk=pk)
    with problems_told(request):
        end_delegation(delegation, by=user, at=clock.now())
        messages.success(request, _("Đã thôi ủy quyền."))
    return redirect("deputies")

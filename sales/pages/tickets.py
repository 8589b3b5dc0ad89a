"""/ban-ve/do-ve/: what a ticket wins, for the counter."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.permissions import may, requires
from backend.pages.forms import first_fault
from backend.problems import Problem
from sales.draws.ticket_check import Checked, check_ticket
from sales.models import Draw, DrawStatus, PrizeKind


class TicketForm(forms.Form):
    """A ticket as it is printed."""

    so = forms.RegexField(
        r"\A[0-9]{5}\Z",
        label=_("Số vé"),
        error_messages={"invalid": _("Số vé phải là đúng 5 chữ số, giữ số 0 ở đầu.")},
    )
    ky_hieu = forms.RegexField(
        r"\A[0-9A-Za-z]{1,6}\Z",
        label=_("Ký hiệu"),
        error_messages={"invalid": _("Ký hiệu vé gồm chữ không dấu và số, tối đa 6 ký tự.")},
    )
    ngay = forms.DateField(label=_("Ngày quay"))


@requires("sales.view")
def ticket_check(request: HttpRequest) -> HttpResponse:
    """The form, and what the ticket of ?so=, ?ky_hieu= and ?ngay= wins."""
    asked = {name: request.GET.get(name, "").strip() for name in TicketForm.base_fields}
    context: dict[str, Any] = {"asked": asked, "checked": None, "problem": "", "won": []}
    context["may_record"] = may(request.user, "sales.record")
    if asked["so"] or asked["ky_hieu"]:
        context |= _answer(TicketForm(asked))
    asked["ngay"] = asked["ngay"] or _newest_day()
    return render(request, "sales/ticket_check.html", context)


def _answer(form: TicketForm) -> dict[str, Any]:
    if not form.is_valid():
        return {"problem": first_fault(form)}
    sent = form.cleaned_data
    day: date = sent["ngay"]
    try:
        checked = check_ticket(sent["so"], sent["ky_hieu"].upper(), day, on=clock.today())
    except Problem as problem:
        return {"problem": str(problem)}
    return {"checked": checked, "won": _won(checked), "late": checked.claim_until < clock.today()}


def _won(checked: Checked) -> list[tuple[str, int]]:
    return [(str(PrizeKind(won.kind).label), won.amount) for won in checked.outcome.prizes]


def _newest_day() -> str:
    days = Draw.objects.filter(status=DrawStatus.HELD, numbers__isnull=False)
    day = days.order_by("-date").values_list("date", flat=True).first()
    return (day or clock.today()).isoformat()

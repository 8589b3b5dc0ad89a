"""/do-ve/: what a ticket wins, from its number and, for the special prize, its series symbol."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend import clock
from backend.problems import Problem
from sales.draws.ticket_check import Checked, ResultNotPublished, check_ticket
from sales.ledger.closing import NoSuchDraw
from sales.models import PrizeKind
from sales.pages.tickets import TicketForm
from sales.public.days import day_asked
from sales.public.frame import MINUTE, page
from sales.public.limits import CHECKS_A_MINUTE, limited
from sales.public.sheets import published, shown


class DayField(forms.DateField):
    """A day of a draw, written in either way and in either language."""

    def to_python(self, value: Any) -> date | None:
        if not value:
            return None
        if (day := day_asked(value)) is None:
            raise forms.ValidationError(_("Ngày quay không đọc được; ví dụ 24/11/2026."))
        return day


class VisitorsTicket(TicketForm):
    """A ticket as a visitor types it: without a symbol all but the special prize is told."""

    ky_hieu = forms.RegexField(
        r"\A[0-9A-Za-z]{1,6}\Z",
        label=gettext_lazy("Ký hiệu"),
        required=False,
        error_messages=TicketForm.base_fields["ky_hieu"].error_messages,
    )
    so = forms.RegexField(
        r"\A[0-9]{5}\Z",
        label=gettext_lazy("Số vé"),
        error_messages={
            **TicketForm.base_fields["so"].error_messages,
            "required": gettext_lazy("Hãy nhập 5 chữ số in trên vé."),
        },
    )
    ngay = DayField(label=gettext_lazy("Ngày quay"))


@limited("ticket", per_minute=CHECKS_A_MINUTE)
@page(seconds=MINUTE)
def tickets(request: HttpRequest) -> HttpResponse:
    """The form, and what the ticket of ?so=, ?ky_hieu= and ?ngay= wins."""
    newest = published().first()
    asked = {name: request.GET.get(name, "").strip()[:20] for name in VisitorsTicket.base_fields}
    if newest and not asked["ngay"]:
        asked["ngay"] = newest.date.isoformat()
    if (day := day_asked(asked["ngay"])) is not None:
        asked["ngay"] = day.isoformat()  # as the field of a day wants it
    context: dict[str, Any] = {"asked": asked, "newest": newest}
    status = 200
    if "so" in request.GET:
        status, told = _answer(VisitorsTicket(asked))
        context |= told
    return render(request, "public/tickets.html", context, status=status)


def _answer(form: VisitorsTicket) -> tuple[int, dict[str, Any]]:
    """The status of the page, and what it says of the ticket."""
    if not form.is_valid():
        return 400, {"faults": {name: errors[0] for name, errors in form.errors.items()}}
    sent = form.cleaned_data
    try:
        checked = check_ticket(sent["so"], sent["ky_hieu"].upper(), sent["ngay"], on=clock.today())
    except NoSuchDraw as problem:
        return 404, {"problem": str(problem)}
    except ResultNotPublished as problem:
        return 200, {"problem": str(problem)}  # a good question, only too early
    except Problem:
        told = _("Chưa dò được vé của kỳ này ở đây. Hãy so vé với bảng kết quả.")
        return 200, {"problem": told}
    return 200, _told(checked, has_symbol=bool(sent["ky_hieu"]), today=clock.today())


def _told(checked: Checked, *, has_symbol: bool, today: date) -> dict[str, Any]:
    return {
        "checked": checked,
        "won": [(str(PrizeKind(won.kind).label), won.amount) for won in checked.outcome.prizes],
        "asks_symbol": checked.outcome.needs_symbols and not has_symbol,
        "is_late": checked.claim_until < today,
        "sheet": shown([checked.draw])[0],
    }

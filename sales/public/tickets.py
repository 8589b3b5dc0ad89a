"""/do-ve/: what a ticket wins, from its number and, for the special prize, its series symbol."""

from datetime import date
from typing import Any, Final

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
from sales.public.frame import MINUTE, page
from sales.public.limits import CHECKS_A_MINUTE, limited
from sales.public.sheets import published, shown

#: Problems a visitor can do something about; others are the company's to mend.
VISITORS: Final = (NoSuchDraw, ResultNotPublished)


class VisitorsTicket(TicketForm):
    """A ticket as a visitor types it: without a symbol all but the special prize is told."""

    ky_hieu = forms.RegexField(
        r"\A[0-9A-Za-z]{1,6}\Z",
        label=gettext_lazy("Ký hiệu"),
        required=False,
        error_messages=TicketForm.base_fields["ky_hieu"].error_messages,
    )


@limited("ticket", per_minute=CHECKS_A_MINUTE)
@page(seconds=MINUTE)
def tickets(request: HttpRequest) -> HttpResponse:
    """The form, and what the ticket of ?so=, ?ky_hieu= and ?ngay= wins."""
    newest = published().first()
    asked = {name: request.GET.get(name, "").strip()[:20] for name in VisitorsTicket.base_fields}
    if newest and not asked["ngay"]:
        asked["ngay"] = newest.date.isoformat()
    context: dict[str, Any] = {"asked": asked, "newest": newest}
    if "so" in request.GET:
        context |= _answer(VisitorsTicket(asked))
    return render(request, "public/tickets.html", context)


def _answer(form: VisitorsTicket) -> dict[str, Any]:
    if not form.is_valid():
        return {"faults": {name: errors[0] for name, errors in form.errors.items()}}
    sent = form.cleaned_data
    try:
        checked = check_ticket(sent["so"], sent["ky_hieu"].upper(), sent["ngay"], on=clock.today())
    except VISITORS as problem:
        return {"problem": str(problem)}
    except Problem:
        return {"problem": _("Chưa dò được vé của kỳ này ở đây. Hãy so vé với bảng kết quả.")}
    return _told(checked, has_symbol=bool(sent["ky_hieu"]), today=clock.today())


def _told(checked: Checked, *, has_symbol: bool, today: date) -> dict[str, Any]:
    return {
        "checked": checked,
        "won": [(str(PrizeKind(won.kind).label), won.amount) for won in checked.outcome.prizes],
        "asks_symbol": checked.outcome.needs_symbols and not has_symbol,
        "is_late": checked.claim_until < today,
        "sheet": shown([checked.draw])[0],
    }

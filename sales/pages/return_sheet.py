"""/ban-ve/tra-ve/<số>/: one sheet of returns, counted, confirmed, reversed, printed."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.org.models import Company
from backend.pdf import FAMILIES, FONT_FACES, PdfUnavailable, pdf
from backend.problems import Problem
from sales.engine.return_rules import Tally
from sales.ledger.recording import LinesRefused
from sales.models import ReturnState
from sales.models.returns import BEFORE
from sales.tickets.return_confirming import confirm_return, reverse_return
from sales.tickets.return_handling import count_return
from sales.tickets.return_sheets import SheetNow, sheet_now


@require_http_methods(["GET", "POST"])
@requires("sales.view")
def return_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet; a POST does its next step: count, confirm, or reverse."""
    by = acting(request)
    now = _known(pk, by)
    errors: list[str] = []
    if request.method == "POST" and may(by, "sales.record"):
        doing = _DOING.get(request.POST.get("buoc", ""))
        if doing is None:
            raise Http404
        try:
            doing(request, now, by)
            return redirect("return", pk)
        except Problem as problem:
            errors = said(problem)
            now = _known(pk, by)
    context = _context(request, now, by) | {"errors": errors}
    return render(request, "sales/return.html", context, status=400 if errors else 200)


def _context(request: HttpRequest, now: SheetNow, by: User) -> dict[str, Any]:
    """The sheet, what was typed of it, and what the person may do with it next."""
    counter = now.steps[-1].by if now.state == ReturnState.COUNTED else None
    return {
        "now": now,
        "sheet": now.sheet,
        "rows": [(each, *_typed(request, now, each)) for each in now.tallies],
        "may_record": may(by, "sales.record"),
        "may_count": now.state in (ReturnState.RECEIVED, ReturnState.COUNTED),
        "may_confirm": counter is not None and counter != by,
        "counted_by_me": counter == by,
        "may_reverse": now.state in BEFORE[ReturnState.REVERSED],
        "is_confirmed": now.state in (ReturnState.CONFIRMED, ReturnState.SEALED),
        "note": request.POST.get("ghi_chu", ""),
        "minutes_no": request.POST.get("bien_ban", ""),
    }


def _typed(request: HttpRequest, now: SheetNow, tally: Tally) -> tuple[object, str]:
    """Tickets and serials of a product: as typed, else as they stand."""
    standing = tally.declared if tally.counted is None else tally.counted
    return (
        request.POST.get(f"ve_{tally.product}", standing),
        request.POST.get(f"dai_{tally.product}", _lines(now, tally.product)),
    )


@requires("sales.view")
def return_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes of one sheet as PDF, to be signed."""
    now = _known(pk, acting(request))
    said = {step.state: step for step in now.steps}
    document = render_to_string(
        "sales/return_minutes.html",
        {
            "now": now,
            "sheet": now.sheet,
            "company": Company.objects.own(),
            "declared": said[ReturnState.DECLARED],
            "received": said.get(ReturnState.RECEIVED),
            "counted": said.get(ReturnState.COUNTED),
            "confirmed": said.get(ReturnState.CONFIRMED),
            "sealed": said.get(ReturnState.SEALED),
            "reversed": said.get(ReturnState.REVERSED),
            "minutes_no": next((s.minutes_no for s in reversed(now.steps) if s.minutes_no), ""),
            "font_faces": FONT_FACES,
            "families": FAMILIES,
        },
    )
    try:
        content = pdf(document)
    except PdfUnavailable:
        messages.error(request, _("Máy chủ chưa cài thư viện in PDF. Hãy báo người quản trị."))
        return redirect("return", pk)
    name = f"bien-ban-tra-ve-{now.sheet.agent.code}-{now.sheet.draw.date:%Y%m%d}-{pk}.pdf"
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _known(pk: int, by: User) -> SheetNow:
    try:
        return sheet_now(pk, user=by)
    except Problem:
        raise Http404 from None


def _count(request: HttpRequest, now: SheetNow, by: User) -> None:
    codes = [each.product for each in now.tallies]
    count_return(
        now.sheet.pk,
        tickets=tickets_typed(request, codes),
        serials={
            code: [
                line for line in request.POST.get(f"dai_{code}", "").splitlines() if line.strip()
            ]
            for code in codes
        },
        minutes_no=request.POST.get("bien_ban", "")[:100],
        note=request.POST.get("ghi_chu", "")[:200],
        by=by,
        at=clock.now(),
    )
    messages.success(request, _("Đã ghi kết quả kiểm đếm."))


def _confirm(request: HttpRequest, now: SheetNow, by: User) -> None:
    confirm_return(
        now.sheet.pk,
        accepted=tickets_typed(request, [each.product for each in now.tallies]),
        minutes_no=request.POST.get("bien_ban", "")[:100],
        note=request.POST.get("ghi_chu", "")[:200],
        by=by,
        at=clock.now(),
    )
    messages.success(request, _("Đã xác nhận và ghi vào sổ vé."))


def _reverse(request: HttpRequest, now: SheetNow, by: User) -> None:
    reason = request.POST.get("ghi_chu", "")[:200]
    reverse_return(now.sheet.pk, reason=reason, by=by, at=clock.now())
    messages.success(request, _("Đã đảo bảng kê; vé đã ghi vào sổ được điều chỉnh lại."))


_DOING: Final[dict[str, Callable[[HttpRequest, SheetNow, User], None]]] = {
    "count": _count,
    "confirm": _confirm,
    "reverse": _reverse,
}


def tickets_typed(request: HttpRequest, codes: list[str]) -> dict[str, int]:
    """The counts of the form by product; what is no whole number is refused with its product."""
    found: dict[str, int] = {}
    for code in codes:
        text = request.POST.get(f"ve_{code}", "").strip().replace(".", "")
        if text and not (text.isascii() and text.isdecimal() and len(text) < 9):
            raise Problem(_("%(product)s: số vé phải là số nguyên.") % {"product": code})
        if text:
            found[code] = int(text)
    return found


def _lines(now: SheetNow, product: str) -> str:
    return "\n".join(now.serials.get(product, ()))


def said(problem: Problem) -> list[str]:
    if isinstance(problem, LinesRefused):
        return [str(error["message"]) for error in problem.details["errors"]]
    return [str(problem)]

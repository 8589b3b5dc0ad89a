"""/ban-ve/cong-no/sao-ke/: the bank's statements imported, payments matched and booked, the rest in view."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.problems import Problem
from sales.bank import (
    book_lines,
    import_statement,
    proposals_for,
    set_aside,
    take_back,
    undo_line,
)
from sales.engine.spreadsheet import MOST_BYTES
from sales.models import Agent, BankLine, BankStatement
from sales.whole_company import WholeCompanyOnly

#: Lines on the page, the oldest first while they wait.
SHOWN: Final = 200
REASONS: Final = {
    "code": gettext_lazy("mã đại lý"),
    "payer": gettext_lazy("người này từng nộp"),
    "name": gettext_lazy("tên đại lý"),
    "amount": gettext_lazy("đúng số nợ"),
}
CONFIDENCE: Final = {
    "high": (gettext_lazy("tin cậy cao"), "good"),
    "fair": (gettext_lazy("khá"), "attention"),
    "low": (gettext_lazy("thấp"), ""),
}


@require_GET
@requires("sales.view")
def bank(request: HttpRequest) -> HttpResponse:
    """Lines that wait, with proposals; ?tt=booked or ?tt=aside for the others."""
    if not acting(request).is_whole_company:
        return render(request, "sales/bank.html", {"refused": WholeCompanyOnly.message})
    state = request.GET.get("tt", "")
    known = BankLine.objects.select_related("entry__agent")
    waiting = known.filter(entry=None, reason="")
    rows = {
        "booked": known.filter(entry__isnull=False).order_by("-pk"),
        "aside": known.exclude(reason="").order_by("-pk"),
    }.get(state, waiting.order_by("day", "pk"))
    lines = list(rows[:SHOWN])
    context = {
        "state": state,
        "waiting": waiting.count(),
        "rows": _waiting(lines) if state not in ("booked", "aside") else [],
        "lines": lines,
        "statements": BankStatement.objects.select_related("by").order_by("-pk")[:5],
        "accounts": BankStatement.objects.values_list("account", flat=True).distinct(),
        "agents": Agent.objects.visible_to(acting(request))
        .order_by("code")
        .values_list("code", "name"),
        "may_record": may(request.user, "sales.record"),
    }
    return render(request, "sales/bank.html", context)


@require_POST
@requires("sales.record")
def bank_import(request: HttpRequest) -> HttpResponse:
    """Import the file of the form."""

    def work() -> str:
        upload = request.FILES.get("tep")
        if upload is None:
            raise Problem(_("Hãy chọn một tệp sao kê."))
        done = import_statement(
            upload.read(MOST_BYTES + 1),
            name=upload.name or "",
            account=request.POST.get("tai_khoan", ""),
            by=acting(request),
            at=clock.now(),
        )
        told = _("Đã nhập %(new)s dòng tiền vào mới, %(known)s dòng đã có từ trước.")
        return told % {"new": done.new, "known": done.known}

    return _done(request, work)


@require_POST
@requires("sales.record")
def bank_book(request: HttpRequest) -> HttpResponse:
    """Book the chosen lines as payments of the agents beside them."""

    def work() -> str:
        chosen = [pk for pk in request.POST.getlist("dong") if pk.isascii() and pk.isdecimal()]
        agents = {int(pk): request.POST.get(f"dai_ly_{pk}", "").strip()[:20] for pk in chosen}
        if not agents or not all(agents.values()):
            raise Problem(_("Hãy chọn dòng cần ghi và điền mã đại lý của từng dòng đã chọn."))
        count = book_lines(agents, by=acting(request), at=clock.now())
        return _("Đã ghi sổ %(count)s khoản nộp tiền.") % {"count": count}

    return _done(request, work)


@require_POST
@requires("sales.record")
def bank_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a booking, set a line aside, or take it back."""
    why, by = request.POST.get("ly_do", "")[:200], acting(request)

    def work() -> str:
        match request.POST.get("viec", ""):
            case "dao":
                undo_line(pk, reason=why, by=by, at=clock.now())
                return _("Đã đảo khoản nộp; dòng sao kê lại chờ ghép.")
            case "de_rieng":
                set_aside(pk, reason=why, by=by)
                return _("Đã để riêng dòng sao kê.")
            case _:
                take_back(pk, by=by)
                return _("Dòng sao kê lại chờ ghép.")

    return _done(request, work)


def _waiting(lines: list[BankLine]) -> list[dict[str, Any]]:
    """Each line with its first proposal in words, and the others."""
    proposed = proposals_for(lines, on=clock.today())
    rows = []
    for line in lines:
        first, *others = [*proposed[line.pk], None]
        row: dict[str, Any] = {"line": line, "first": first, "others": [o for o in others if o]}
        if first is not None:
            row["label"], row["mood"] = CONFIDENCE[first.confidence]
            row["why"] = [REASONS[reason] for reason in first.reasons]
            row["is_sure"] = first.confidence == "high"
        rows.append(row)
    return rows


def _done(request: HttpRequest, work: Callable[[], str]) -> HttpResponse:
    try:
        told = work()
    except Problem as problem:
        messages.error(request, str(problem))
        for fault in problem.details.get("faults", ()):
            messages.error(request, fault)
        for error in problem.details.get("errors", ())[:20]:
            messages.error(request, error["message"])
    else:
        messages.success(request, told)
    state = request.POST.get("tt", "")
    return redirect(f"{reverse('bank')}?tt={state}" if state in ("booked", "aside") else "bank")

"""/ban-ve/tra-thuong/: winning tickets presented, paid, reversed, withdrawn."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.pages.forms import Refusal, checked
from backend.pages.months import day_from
from backend.pages.places import place_choices, place_of
from backend.pages.telling import problems_told
from backend.problems import Problem
from backend.tables import Column, Table
from sales.draws.claims import Winner, register_claim, winner_of, withdraw_claim
from sales.draws.payouts import Payer, pay_claim, reverse_payout
from sales.draws.ticket_check import tax_on
from sales.figures.rows import below
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.models import Agent, ClaimState, PrizeClaim, PrizeKind, RuleKey, Source
from sales.pages.tickets import TicketForm
from sales.rules import rule_value

#: The list's length; the rest is found by the number of the ticket.
MOST = 200
#: Of ?tt=: all but those withdrawn.
STANDING = "standing"


class ClaimForm(TicketForm):
    """A ticket presented, and by whom."""

    trinh = forms.DateField(label=gettext_lazy("Ngày xuất trình"))
    ten = forms.CharField(label=gettext_lazy("Họ và tên"), max_length=100, required=False)
    giay_to = forms.CharField(label=gettext_lazy("Số giấy tờ"), max_length=30, required=False)
    dia_chi = forms.CharField(label=gettext_lazy("Địa chỉ"), max_length=200, required=False)
    dien_thoai = forms.CharField(label=gettext_lazy("Điện thoại"), max_length=30, required=False)


class PaymentForm(forms.Form):
    """Who pays, when, on which paper."""

    ngay = forms.DateField(label=gettext_lazy("Ngày trả"))
    tu = forms.ChoiceField(
        label=gettext_lazy("Trả bằng"), choices=[("cash", ""), ("bank", ""), ("agent", "")]
    )
    dai_ly = forms.CharField(label=gettext_lazy("Mã đại lý"), max_length=20, required=False)
    phi = forms.IntegerField(
        label=gettext_lazy("Phí (phần vạn)"), min_value=0, max_value=10_000, required=False
    )
    chung_tu = forms.CharField(label=gettext_lazy("Số chứng từ"), max_length=100, required=False)


@requires("sales.view")
def claims(request: HttpRequest) -> HttpResponseBase:
    """Claims that wait, the first due on top; or those of ?tim= (a ticket's number) or ?tt=.

    Presented from ?tu= to ?den=, of ?gia_tri= đồng or more, of ?dia_ban=.
    """
    state = request.GET.get("tt", ClaimState.OPEN)
    found = request.GET.get("tim", "").strip()
    place = place_of(request.GET.get("dia_ban", ""), user=acting(request))
    rows = (
        PrizeClaim.objects.visible_to(acting(request))
        .filter(below("region__", place.path), _presented(request))
        .select_related("draw", "product", "payment__agent")
    )
    if found:
        rows = rows.filter(Q(number=found) | Q(payment__reference=found))
    elif state in ClaimState.values:
        rows = rows.filter(state=state)
    elif state == STANDING:
        rows = rows.exclude(state=ClaimState.WITHDRAWN)
    order = ("due_date", "pk") if state == ClaimState.OPEN and not found else ("-at", "-pk")
    rows = rows.order_by(*order)
    if asks_for_workbook(request):
        user, today = acting(request), clock.today()
        heading = heading_of(user, today, today, user.region)
        return table_answer(heading, f"tra-thuong-{today:%Y-%m-%d}.xlsx", _table(heading, rows))
    context = {
        "claims": rows[:MOST],
        "states": ClaimState.choices,
        "state": state,
        "found": found,
        "sent": request.GET,
        **place_choices(place, acting(request), clock.today()),
        "today": clock.today(),
        "may_record": may(request.user, "sales.record"),
        "most": MOST,
    }
    return render(request, "sales/claims.html", context)


def _presented(request: HttpRequest) -> Q:
    """The days and the amount that are asked for; what is none of them asks for nothing."""
    wanted = Q()
    if first := day_from(request.GET.get("tu", "")):
        wanted &= Q(presented_date__gte=first)
    if last := day_from(request.GET.get("den", "")):
        wanted &= Q(presented_date__lte=last)
    least = request.GET.get("gia_tri", "")
    if least.isascii() and least.isdecimal() and len(least) < 16:
        wanted &= Q(gross_amount__gte=int(least))
    return wanted


@require_http_methods(["GET", "POST"])
@requires("sales.record")
def claim_new(request: HttpRequest) -> HttpResponse:
    """Register a ticket; ?so=, ?ky_hieu= and ?ngay= fill it in."""
    refusal = Refusal()
    sent = request.POST if request.method == "POST" else request.GET
    if request.method == "POST":
        with refusal:
            claim = _registered(request)
            messages.success(request, _("Đã lập phiếu lĩnh thưởng."))
            return redirect("claim", pk=claim.pk)
    values = {name: sent.get(name, "") for name in ClaimForm.base_fields}
    values["trinh"] = values["trinh"] or clock.today().isoformat()
    context = {"values": values, "problem": refusal.text}
    return render(request, "sales/claim_new.html", context, status=refusal.status)


@requires("sales.view")
def claim_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim; who the winner is, for those who pay."""
    claim = get_object_or_404(_seen(request), pk=pk)
    may_record = may(request.user, "sales.record")
    context = {
        "claim": claim,
        "won": [(PrizeKind(each["kind"]).label, each["amount"]) for each in claim.prizes],
        "winner": winner_of(claim) if may_record else None,
        "has_winner": bool(claim.winner_sealed),
        "today": clock.today(),
        "is_late": claim.state == ClaimState.OPEN and claim.due_date < clock.today(),
        "may_record": may_record,
        **_amounts(claim),
    }
    if may_record and claim.state == ClaimState.OPEN:
        agents = Agent.objects.visible_to(acting(request)).order_by("code")
        context["agents"] = agents.values_list("code", "name")
        context["fee_cap"] = rule_value(RuleKey.PAYOUT_FEE_CAP, clock.today())
    return render(request, "sales/claim.html", context)


@require_POST
@requires("sales.record")
def claim_pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay the claim."""

    def pay() -> None:
        sent = checked(PaymentForm(request.POST))
        is_agents = sent["tu"] == "agent"
        if is_agents and not sent["dai_ly"]:
            raise Problem(_("Hãy ghi mã đại lý đã trả thưởng hộ."))
        payer = (
            Payer(agent=sent["dai_ly"], fee_bps=sent["phi"] or 0)
            if is_agents
            else Payer(out_of=sent["tu"])
        )
        pay_claim(
            pk,
            payer=payer,
            paid=sent["ngay"],
            reference=sent["chung_tu"],
            by=acting(request),
            at=clock.now(),
            source=Source.PAGE,
        )

    return _done(request, pk, pay, _("Đã ghi trả thưởng."))


@require_POST
@requires("sales.record")
def claim_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the payment, with a reason."""
    why = request.POST.get("ly_do", "")[:200]
    return _done(
        request,
        pk,
        lambda: reverse_payout(pk, reason=why, by=acting(request), at=clock.now()),
        _("Đã đảo bút toán trả thưởng; phiếu lại chờ trả."),
    )


@require_POST
@requires("sales.record")
def claim_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a claim registered wrongly, with a reason."""
    why = request.POST.get("ly_do", "")[:200]
    return _done(
        request,
        pk,
        lambda: withdraw_claim(pk, reason=why, by=acting(request)),
        _("Đã hủy phiếu; vé có thể lập phiếu mới."),
    )


def _seen(request: HttpRequest) -> Any:
    return PrizeClaim.objects.visible_to(acting(request)).select_related(
        "draw", "product", "payment__agent", "by"
    )


def _amounts(claim: PrizeClaim) -> dict[str, Any]:
    """Tax and net of the payment; of one that waits, as if paid today."""
    if claim.payment is not None:
        tax = -claim.payment.withheld_tax
        return {"tax": tax, "net": claim.gross_amount - tax, "is_settled": True}
    try:
        told = tax_on(claim.gross_amount, on=clock.today())
    except Problem:
        return {"tax": None, "net": None, "is_settled": False}
    return {
        "tax": told.amount,
        "net": claim.gross_amount - told.amount,
        "is_settled": told.is_settled,
    }


def _registered(request: HttpRequest) -> PrizeClaim:
    sent = checked(ClaimForm(request.POST))
    day: date = sent["ngay"]
    return register_claim(
        number=sent["so"],
        symbol=sent["ky_hieu"].upper(),
        day=day,
        presented=sent["trinh"],
        winner=Winner(sent["ten"], sent["giay_to"], sent["dia_chi"], sent["dien_thoai"]),
        by=acting(request),
        at=clock.now(),
    )


def _done(request: HttpRequest, pk: int, work: Callable[[], object], told: str) -> HttpResponse:
    if not _seen(request).filter(pk=pk).exists():
        raise Http404
    with problems_told(request):
        work()
        messages.success(request, told)
    return redirect("claim", pk=pk)


def _table(heading: Heading, claims: QuerySet[PrizeClaim]) -> Table:
    """Without the winners: who they are is sealed."""
    return Table(
        name="Trả thưởng",
        title=f"Phiếu lĩnh thưởng, ngày {heading.last:%d/%m/%Y}",
        notes=heading.lines(),
        columns=(
            Column("Số vé", 10), Column("Ký hiệu", 10), Column("Loại vé", 10),
            Column("Kỳ quay", 12, "day"), Column("Giá trị giải (đồng)", 18, "whole"),
            Column("Xuất trình", 12, "day"), Column("Hạn trả", 12, "day"),
            Column("Tình trạng", 14), Column("Ngày trả", 12, "day"), Column("Bên trả", 12),
            Column("Thuế khấu trừ", 15, "whole"), Column("Chứng từ", 16), Column("Lý do", 28),
        ),
        rows=(
            (claim.number, claim.symbol, claim.product.code, claim.draw.date, claim.gross_amount,
             claim.presented_date, claim.due_date, claim.get_state_display(),
             *_payment(claim), claim.reason)
            for claim in claims.iterator(chunk_size=2_000)
        ),
        frozen=2,
    )  # fmt: skip


def _payment(claim: PrizeClaim) -> tuple[date | None, str, int | None, str]:
    paid = claim.payment
    if paid is None:
        return None, "", None, ""
    return paid.value_date, paid.agent.code if paid.agent else "công ty", -paid.withheld_tax, paid.reference  # fmt: skip

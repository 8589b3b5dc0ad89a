"""/claims/, /payouts/: winning tickets presented and paid. Who the winner is, is never answered here."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response, sent_of
from backend.api.idempotency import key_of, key_parameter, once
from backend.api.pagination import FieldsQuery, page_of, query_of
from backend.api.tables import RENDERERS, asks_for_table, listed, table_answer, tabular
from backend.api.versions import versioned
from sales.api.claim_shapes import (
    ClaimPage,
    ClaimShape,
    ClaimsQuery,
    NewClaimShape,
    PaymentShape,
    PayoutsQuery,
    PayoutsShape,
)
from sales.api.money_shapes import ReversalShape, reason_of
from sales.api.queries import rows_asked_for
from sales.draws.claims import Winner, register_claim, withdraw_claim
from sales.draws.payout_ratio import Payouts, by_month, payouts_by_draw
from sales.draws.payouts import Payer, pay_claim, reverse_payout
from sales.models import PrizeClaim

COLUMNS = (
    "presented_date",
    "id",
    "state",
    "draw__date",
    "product__code",
    "number",
    "symbol",
    "prizes",
    "gross_amount",
    "claim_until",
    "due_date",
    "payment_id",
    "payment__value_date",
    "payment__agent__code",
    "payment__withheld_tax",
    "payment__payout_fee",
    "payment__reference",
    "reason",
)
NAMES = tuple(ClaimShape().fields)
FILTERS = {
    "state": "state",
    "draw": "draw__date",
    "product": "product__code",
    "agent": "payment__agent__code",
    "number": "number",
    "due_before": "due_date__lt",
    "date_from": "presented_date__gte",
    "date_to": "presented_date__lte",
}


class Claims(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="claims_list",
        parameters=[ClaimsQuery],
        responses=tabular(ClaimPage),
        tags=["prizes"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Winning tickets presented, the latest first."""
        query = query_of(request, ClaimsQuery)
        on = query.get("date_to") or clock.today()
        claims = rows_asked_for(PrizeClaim.objects, query, FILTERS, user=person(request), on=on)
        page = page_of(
            claims, request=request, keys=("-presented_date", "-id"), columns=COLUMNS, show=_shown,
            query=query,
        )  # fmt: skip
        return listed(request, page, name="claims")

    @extend_schema(
        request=NewClaimShape,
        responses={201: ClaimShape},
        parameters=[key_parameter(required=False)],
        tags=["prizes"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Register a winning ticket for payment; once for each ticket."""
        sent = sent_of(request, NewClaimShape)
        winner = Winner(**sent["winner"]) if sent.get("winner") else None

        def register() -> int:
            return register_claim(
                number=sent["number"],
                symbol=sent["symbol"],
                day=sent["draw_date"],
                presented=sent.get("presented_date") or clock.today(),
                product=sent.get("product"),
                winner=winner,
                by=person(request),
                at=clock.now(),
            ).pk

        return _once(request, register)


class OneClaim(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[FieldsQuery], responses=ClaimShape, tags=["prizes"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """One claim."""
        query_of(request, FieldsQuery)
        rows = PrizeClaim.objects.visible_to(person(request)).values_list(*COLUMNS)
        row = get_object_or_404(rows, pk=pk)
        return versioned(request, _shown(row))


class ClaimPayment(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=PaymentShape,
        responses={201: ClaimShape},
        parameters=[key_parameter(required=False)],
        tags=["prizes"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Pay it: out of cash or bank, or by an agent on the company's behalf for a fee."""
        sent = sent_of(request, PaymentShape)

        def pay() -> int:
            payer = Payer(sent["out_of"], sent["agent"], sent["fee_bps"])
            pay_claim(
                pk,
                payer=payer,
                paid=sent.get("date") or clock.today(),
                reference=sent["reference"],
                by=person(request),
                at=clock.now(),
                key=key_of(request, required=False),
            )
            return pk

        return _once(request, pay)


class ClaimPaymentReversal(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=ReversalShape,
        responses={201: ClaimShape},
        parameters=[key_parameter(required=False)],
        tags=["prizes"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Undo the payment by a new entry, with a reason; the claim waits again."""
        why = reason_of(request)

        def undo() -> int:
            reverse_payout(pk, reason=why, by=person(request), at=clock.now())
            return pk

        return _once(request, undo)


class ClaimWithdrawal(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=ReversalShape,
        responses={201: ClaimShape},
        parameters=[key_parameter(required=False)],
        tags=["prizes"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Take back a claim that was registered wrongly, with a reason."""
        why = reason_of(request)

        def withdraw() -> int:
            withdraw_claim(pk, reason=why, by=person(request))
            return pk

        return _once(request, withdraw)


class PayoutRatio(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(parameters=[PayoutsQuery], responses=tabular(PayoutsShape), tags=["prizes"])
    def get(self, request: Request) -> HttpResponse:
        """Prizes paid of what was sold, by draw or month; what was left unclaimed when the term ended.

        Of the whole company: an account of one region is answered nothing.
        """
        query, user = query_of(request, PayoutsQuery), person(request)
        if not user.is_whole_company:
            raise Http404
        draws = payouts_by_draw(query["date_from"], query["date_to"], on=clock.today())
        found = by_month(draws) if query["group_by"] == "month" else draws
        rows = [_ratio(row) for row in found]
        if asks_for_table(request):
            return table_answer(request, rows, name="payouts")
        return json_response({"rows": rows})


def _once(request: Request, work: Callable[[], int]) -> HttpResponse:
    """The claim that `work` names, as it is then."""

    def answer() -> HttpResponse:
        row = PrizeClaim.objects.filter(pk=work()).values_list(*COLUMNS)[0]
        return versioned(request, _shown(row), status=201)

    return once(request, answer)


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    told = dict(zip(NAMES, row, strict=True))
    if told["tax_amount"] is not None:
        told["tax_amount"] = -told["tax_amount"]
    return told


def _ratio(row: Payouts) -> dict[str, Any]:
    return {
        "date": row.first,
        "product": row.product,
        "revenue_amount": row.revenue_amount,
        "paid_amount": row.paid_amount,
        "by_agents_amount": row.by_agents_amount,
        "tax_amount": row.tax_amount,
        "waiting_amount": row.waiting_amount,
        "expected_amount": row.expected_amount,
        "unclaimed_amount": row.unclaimed_amount,
        "ratio_bps": row.ratio_bps,
    }

"""/sales-periods/, /settlements/: closing the books of a month, and every agent's statement of it."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import PageQuery, page_of, query_of
from sales.api.money_shapes import ReversalShape
from sales.models import PeriodClose, Settlement
from sales.settling import close_period, reopen_period

COLUMNS = (
    "close__month",
    "id",
    "agent__code",
    "region__code",
    "opening_amount",
    "revenue_amount",
    "commission_amount",
    "tax_amount",
    "prize_amount",
    "payout_fee_amount",
    "paid_amount",
    "other_amount",
    "closing_amount",
    "collateral_amount",
)


class PeriodShape(serializers.Serializer[Any]):
    month = serializers.DateField(help_text="Its first day.")
    closed = serializers.BooleanField()
    agents = serializers.IntegerField(help_text="Settlements written.")


class SettlementShape(serializers.Serializer[Any]):
    month = serializers.DateField()
    id = serializers.IntegerField()
    agent = serializers.CharField()
    region = serializers.CharField()
    opening_amount = serializers.IntegerField()
    revenue_amount = serializers.IntegerField()
    commission_amount = serializers.IntegerField()
    tax_amount = serializers.IntegerField()
    prize_amount = serializers.IntegerField()
    payout_fee_amount = serializers.IntegerField()
    paid_amount = serializers.IntegerField()
    other_amount = serializers.IntegerField()
    closing_amount = serializers.IntegerField()
    collateral_amount = serializers.IntegerField()


class SettlementPage(serializers.Serializer[Any]):
    results = SettlementShape(many=True)
    next = serializers.URLField(allow_null=True)


class SettlementsQuery(PageQuery):
    month = serializers.CharField(required=False, help_text="2026-11; closes that stand only.")
    agent = serializers.CharField(required=False, help_text="Code.")


NAMES = tuple(SettlementShape().fields)


class PeriodClosing(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(request=None, responses={201: PeriodShape}, tags=["money"])
    def post(self, request: Request, month: str) -> HttpResponse:
        """Close the books of a month and write every agent's settlement."""
        close = close_period(_month(month), by=person(request), at=clock.now())
        return json_response(
            {"month": close.month, "closed": True, "agents": close.settlements.count()}, status=201
        )


class PeriodOpening(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(request=ReversalShape, responses={201: PeriodShape}, tags=["money"])
    def post(self, request: Request, month: str) -> HttpResponse:
        """Open a closed month again: another person than the one who closed it, with a reason."""
        shape = ReversalShape(data=request.data)
        shape.is_valid(raise_exception=True)
        opened = reopen_period(
            _month(month),
            reason=shape.validated_data["reason"],
            by=person(request),
            at=clock.now(),
        )
        return json_response(
            {
                "month": opened.close.month,
                "closed": False,
                "agents": opened.close.settlements.count(),
            },
            status=201,
        )


class Settlements(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(
        operation_id="settlements_list",
        parameters=[SettlementsQuery],
        responses=SettlementPage,
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Settlements of closed months, latest first."""
        query = query_of(request, SettlementsQuery)
        rows = Settlement.objects.visible_to(person(request)).filter(
            close__in=PeriodClose.objects.standing()
        )
        if "month" in query:
            rows = rows.filter(close__month=_month(query["month"]))
        if "agent" in query:
            rows = rows.filter(agent__code=query["agent"])
        return json_response(
            page_of(
                rows,
                request=request,
                keys=("-close__month", "-id"),
                columns=COLUMNS,
                show=lambda row: dict(zip(NAMES, row, strict=True)),
                limit=query["limit"],
                cursor=query.get("cursor"),
            )
        )


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None

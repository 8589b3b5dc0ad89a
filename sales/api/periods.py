"""/sales-periods/, /settlements/: closing the books of a month, and every agent's statement of it."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import page_shape, query_of
from backend.api.tables import RENDERERS, listed_rows, tabular
from sales.api.dates import month_of
from sales.api.money_shapes import AccountAmountsShape, ReversalShape
from sales.api.queries import PlaceQuery, rows_asked_for
from sales.models import PeriodClose, Settlement
from sales.models.account import AMOUNTS
from sales.money.settling import close_period, reopen_period

COLUMNS = (
    "close__month",
    "id",
    "agent__code",
    "region__code",
    *AMOUNTS,
)


class PeriodShape(serializers.Serializer[Any]):
    month = serializers.DateField(help_text="Its first day.")
    closed = serializers.BooleanField()
    agents = serializers.IntegerField(help_text="Settlements written.")


class SettlementKey(serializers.Serializer[Any]):
    month = serializers.DateField()
    id = serializers.IntegerField()
    agent = serializers.CharField()
    region = serializers.CharField()


class SettlementShape(SettlementKey, AccountAmountsShape):
    pass


SettlementPage = page_shape("SettlementPage", SettlementShape)


class SettlementsQuery(PlaceQuery):
    month = serializers.CharField(required=False, help_text="2026-11; closes that stand only.")
    agent = serializers.CharField(required=False, help_text="Code.")


NAMES = tuple(SettlementShape().fields)
FILTERS = {"month": "close__month", "agent": "agent__code"}


class PeriodClosing(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(request=None, responses={201: PeriodShape}, tags=["money"])
    def post(self, request: Request, month: str) -> HttpResponse:
        """Close the books of a month and write every agent's settlement."""
        close = close_period(month_of(month), by=person(request), at=clock.now())
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
            month_of(month),
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
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="settlements_list",
        parameters=[SettlementsQuery],
        responses=tabular(SettlementPage),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Settlements of closed months, latest first."""
        query = query_of(request, SettlementsQuery)
        standing = Settlement.objects.filter(close__in=PeriodClose.objects.standing())
        if "month" in query:
            query["month"] = month_of(query["month"])
        rows = rows_asked_for(standing, query, FILTERS, user=person(request), on=clock.today())
        return listed_rows(
            request, query, rows, keys=("-close__month", "-id"), columns=COLUMNS,
            names=NAMES, name="settlements",
        )  # fmt: skip

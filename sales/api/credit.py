"""/agents/…/credit/, /credit-exceptions/: what an agent may owe, and who let it owe more."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response, sent_of
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import page_shape, query_of
from backend.api.tables import RENDERERS, listed_records, tabular
from sales.api.codes import AgentFilter
from sales.api.queries import PlaceQuery, rows_asked_for
from sales.api.resources import RecordShape, VisibleAgent
from sales.models import Agent, CreditException
from sales.money.credit import allow_more, credit_of


class CreditQuery(serializers.Serializer[Any]):
    on = serializers.DateField(
        required=False,
        help_text="Whose collateral, exception and rule count; the debt is always that of now. "
        "Today when it is absent, none before: debts of days that are over are in /debts/.",
    )

    def validate_on(self, on: date) -> date:
        if on < clock.today():
            text = _(
                "Ngày xem hạn mức phải từ hôm nay trở đi. Nợ của những ngày đã qua xem ở "
                "/debts/?on=."
            )
            raise serializers.ValidationError(text, code="credit.past_day")
        return on


class CreditShape(serializers.Serializer[Any]):
    agent = serializers.CharField()
    on = serializers.DateField()
    balance_amount = serializers.IntegerField(help_text="Owed for closed draws, đồng.")
    held_amount = serializers.IntegerField(help_text="Tickets held of draws not closed yet.")
    debt_amount = serializers.IntegerField()
    secured_amount = serializers.IntegerField(help_text="Collateral that counts.")
    ratio_bps = serializers.IntegerField(
        allow_null=True, help_text="Rule in force; null: nothing is refused."
    )
    exception_amount = serializers.IntegerField()
    limit_amount = serializers.IntegerField()
    is_over = serializers.BooleanField()


_SHOWN = (
    "balance_amount",
    "held_amount",
    "debt_amount",
    "secured_amount",
    "ratio_bps",
    "exception_amount",
    "limit_amount",
    "is_over",
)


class CreditExceptionShape(RecordShape):
    agent = VisibleAgent()
    by = serializers.CharField(source="by.username", read_only=True)
    at = serializers.DateTimeField(read_only=True)

    class Meta:
        model = CreditException
        fields = ("id", "agent", "limit_amount", "valid_from", "valid_to", "reason", "by", "at")


CreditExceptionPage = page_shape("CreditExceptionPage", CreditExceptionShape)


class CreditExceptionQuery(PlaceQuery):
    agent = AgentFilter(required=False, help_text="Code.")
    on = serializers.DateField(required=False, help_text="Only those in force that day.")


class AgentCredit(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[CreditQuery], responses=CreditShape, tags=["agents"])
    def get(self, request: Request, code: str) -> HttpResponse:
        """What the agent owes, and how much it may."""
        on = query_of(request, CreditQuery).get("on") or clock.today()
        agent = get_object_or_404(Agent.objects.visible_to(person(request)), code=code)
        (credit,) = credit_of([agent.pk], on=on)
        shown = {name: getattr(credit, name) for name in _SHOWN}
        return json_response({"agent": agent.code, "on": on, **shown})


class CreditExceptions(APIView):
    permission_classes = (can("sales.view", "credit.override"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="credit_exceptions_list",
        parameters=[CreditExceptionQuery],
        responses=tabular(CreditExceptionPage),
        tags=["agents"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Who was allowed to owe more, the last first."""
        query = query_of(request, CreditExceptionQuery)
        known = CreditException.objects.select_related("agent", "by")
        filters = {"agent": "agent__code"}
        rows = rows_asked_for(known, query, filters, user=person(request), on=clock.today())
        if "on" in query:
            rows = rows.in_force(query["on"])
        return listed_records(
            request, query, rows, keys=("-pk",), show=lambda row: dict(CreditExceptionShape(row).data),
            name="credit-exceptions",
        )  # fmt: skip

    @extend_schema(
        request=CreditExceptionShape,
        responses={201: CreditExceptionShape},
        parameters=[key_parameter(required=False)],
        tags=["agents"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Let an agent owe more until a day, for a reason; 0 đồng takes it back."""
        by, at = person(request), clock.now()

        def work() -> HttpResponse:
            told = sent_of(request, CreditExceptionShape, context={"user": by})
            made = allow_more(
                told["agent"], limit_amount=told["limit_amount"], first=told["valid_from"],
                last=told["valid_to"], reason=told["reason"], by=by, at=at,
            )  # fmt: skip
            return json_response(dict(CreditExceptionShape(made).data), status=201)

        return once(request, work)

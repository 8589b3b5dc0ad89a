"""/draws/…/advice/, /agent-health/: what helps to sell more and bring less back."""

from typing import Any

from django.http import HttpResponse
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
from backend.api.tables import RENDERERS, listed_values, tabular
from sales.api.codes import AgentFilter
from sales.api.dates import day_of
from sales.api.queries import PlaceQuery, filtered, scope_of
from sales.engine.bodies import Fault
from sales.growth.advising import (
    DecisionRefused,
    decide,
    make_advice,
    newest_advice,
    product_of,
)
from sales.growth.health import State
from sales.growth.watching import Watched, watch_agents
from sales.models import Advice, Draw


class ProductQuery(serializers.Serializer[Any]):
    product = serializers.CharField(max_length=20)


class DecisionShape(serializers.Serializer[Any]):
    tickets = serializers.IntegerField()
    reason = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class AdviceShape(serializers.Serializer[Any]):
    agent = serializers.CharField()
    tickets = serializers.IntegerField(help_text="Advised.")
    usual = serializers.IntegerField(help_text="Demand of an ordinary day, the median.")
    index_bps = serializers.IntegerField(help_text="What weekday and Tết make of it.")
    reserve_bps = serializers.IntegerField(help_text="What is given of that, by the two costs.")
    draws = serializers.IntegerField(help_text="Looked at.")
    sold_out = serializers.IntegerField(help_text="Of those: all tickets were sold.")
    is_probe = serializers.BooleanField(help_text="Demand unknown; a tenth more is tried.")
    last_week = serializers.IntegerField(allow_null=True, help_text="Issued a week before.")
    made_at = serializers.DateTimeField()
    decision = DecisionShape(allow_null=True)


class AdviceQuery(ProductQuery, PlaceQuery):
    agent = AgentFilter(required=False, help_text="Code.")


class AdviceList(serializers.Serializer[Any]):
    results = AdviceShape(many=True)


AdvicePage = page_shape("AdvicePage", AdviceShape)


class ChosenShape(serializers.Serializer[Any]):
    agent = serializers.CharField(max_length=20)
    tickets = serializers.IntegerField(required=False, help_text="Left out: as advised.")


class DecideShape(serializers.Serializer[Any]):
    product = serializers.CharField(max_length=20)
    agents = ChosenShape(many=True, allow_empty=False)
    reason = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Where a number is not as advised."
    )


def _once_each(chosen: list[dict[str, Any]]) -> dict[str, int | None]:
    """The tickets by agent. Raises DecisionRefused: of two numbers nobody knows which is meant."""
    rows: dict[str, int] = {}
    faults = [
        Fault(row, "agent", "line.duplicate", {"first": first})
        for row, one in enumerate(chosen, start=1)
        if (first := rows.setdefault(one["agent"], row)) != row
    ]
    if faults:
        raise DecisionRefused(faults)
    return {one["agent"]: one.get("tickets") for one in chosen}


class DecidedShape(serializers.Serializer[Any]):
    agents = serializers.IntegerField()
    issued = serializers.IntegerField(help_text="Tickets issued by this decision.")


class HealthShape(serializers.Serializer[Any]):
    agent = serializers.CharField()
    state = serializers.ChoiceField([state.value for state in State])
    change = serializers.FloatField(allow_null=True, help_text="-0.3: three tenths less.")
    score = serializers.FloatField(allow_null=True, help_text="In standard deviations.")
    silent = serializers.IntegerField(help_text="Last draws in a row without a ticket sold.")
    concerns = serializers.ListField(child=serializers.CharField())


class HealthQuery(PlaceQuery):
    agent = AgentFilter(required=False, help_text="Code.")
    state = serializers.ChoiceField([state.value for state in State], required=False)


HealthPage = page_shape("HealthPage", HealthShape)


class DrawAdvice(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="draw_advice_list",
        parameters=[AdviceQuery],
        responses=tabular(AdvicePage),
        tags=["growth"],
    )
    def get(self, request: Request, day: str) -> HttpResponse:
        """The newest advice for each agent, by code, and what was decided."""
        query, user = query_of(request, AdviceQuery), person(request)
        draw = Draw.objects.filter(date=day_of(day)).first()
        path = scope_of(query, user=user, on=clock.today())
        known = newest_advice(draw, product_of(query["product"]), user, path=path)
        return listed_values(
            request,
            query,
            filtered(known, query, {"agent": "agent__code"}),
            key=lambda one: one.agent.code,
            show=_told,
            name="advice",
        )

    @extend_schema(
        request=ProductQuery,
        responses={201: AdviceList},
        parameters=[key_parameter(required=False)],
        tags=["growth"],
    )
    def post(self, request: Request, day: str) -> HttpResponse:
        """Advise on every agent nobody has decided on."""
        product, by = sent_of(request, ProductQuery)["product"], person(request)

        def work() -> HttpResponse:
            run = make_advice(day_of(day), product, by=by, at=clock.now())
            known = newest_advice(run.draw, run.product, by)
            return json_response({"results": [_told(one) for one in known]}, status=201)

        return once(request, work)


class DrawAdviceDecision(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=DecideShape,
        responses={201: DecidedShape},
        parameters=[key_parameter(required=False)],
        tags=["growth"],
    )
    def post(self, request: Request, day: str) -> HttpResponse:
        """Issue what each agent still lacks of the advice, or of another number with a reason."""
        sent = sent_of(request, DecideShape)
        agents = _once_each(sent["agents"])

        def work() -> HttpResponse:
            decided = decide(
                day_of(day), sent["product"], agents, reason=sent["reason"], by=person(request),
                at=clock.now(),
            )  # fmt: skip
            return json_response({"agents": decided.agents, "issued": decided.issued}, status=201)

        return once(request, work)


class AgentHealth(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="agent_health_list",
        parameters=[HealthQuery],
        responses=tabular(HealthPage),
        tags=["growth"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Every active agent after the last draw held, those that need somebody first."""
        query, user, today = query_of(request, HealthQuery), person(request), clock.today()
        known = watch_agents(today, user, path=scope_of(query, user=user, on=today))
        asked = [
            one
            for one in known
            if query.get("state") in (None, one.health.state)
            and query.get("agent") in (None, one.code)
        ]
        return listed_values(
            request, query, enumerate(asked), key=lambda row: f"{row[0]:06}",
            show=lambda row: _health(row[1]), name="agent-health",
        )  # fmt: skip


def _told(advice: Advice) -> dict[str, Any]:
    decision = getattr(advice, "decision", None)
    return {
        "agent": advice.agent.code,
        "tickets": advice.tickets,
        "usual": advice.usual,
        "index_bps": advice.index_bps,
        "reserve_bps": advice.reserve_bps,
        "draws": advice.draws,
        "sold_out": advice.sold_out,
        "is_probe": advice.is_probe,
        "last_week": advice.last_week,
        "made_at": advice.run.at,
        "decision": decision
        and {
            "tickets": decision.tickets,
            "reason": decision.reason,
            "by": str(decision.by),
            "at": decision.at,
        },
    }


def _health(one: Watched) -> dict[str, Any]:
    found = one.health
    return {
        "agent": one.code,
        "state": found.state,
        "change": None if found.change is None else round(found.change, 4),
        "score": None if found.score is None else round(found.score, 2),
        "silent": found.silent,
        "concerns": one.concerns,
    }

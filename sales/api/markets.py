"""/white-spots/, /census/, /campaigns/: where to sell more, and what was done about it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response, sent_of
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import FieldsQuery, page_shape, query_of
from backend.api.tables import RENDERERS, listed_records, listed_values, tabular
from backend.api.versions import versioned
from sales.api.money_shapes import ReversalShape, reason_of
from sales.api.queries import InPlaceQuery, PlaceQuery, rows_asked_for, scope_of
from sales.growth.campaign_effect import Effect
from sales.growth.campaigning import cancel_campaign, effect_of, make_campaign
from sales.growth.coverage import Coverage, State
from sales.growth.surveying import CensusLine, record_census, survey_regions
from sales.models import Campaign


class CoverageShape(serializers.Serializer[Any]):
    region = serializers.CharField()
    state = serializers.ChoiceField([state.value for state in State])
    inhabitants = serializers.IntegerField(allow_null=True)
    points = serializers.IntegerField(help_text="Open points of sale.")
    points_per_10_000 = serializers.FloatField(allow_null=True)
    points_per_10_000_usual = serializers.FloatField(allow_null=True)
    points_per_100_km2 = serializers.FloatField(allow_null=True)
    tickets_per_1_000 = serializers.FloatField(allow_null=True)
    missing_points = serializers.IntegerField(allow_null=True)
    more_tickets = serializers.IntegerField(
        allow_null=True, help_text="In four weeks, if people bought like those of the usual unit."
    )


CoveragePage = page_shape("CoveragePage", CoverageShape)


class CensusLineShape(serializers.Serializer[Any]):
    region = serializers.CharField(max_length=10)
    inhabitants = serializers.IntegerField(min_value=1, max_value=10_000_000)
    area_km2 = serializers.DecimalField(max_digits=8, decimal_places=2, required=False)


class CensusShape(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    source = serializers.CharField(min_length=5, max_length=200)  # type: ignore[assignment]
    is_estimate = serializers.BooleanField(default=False)
    lines = CensusLineShape(many=True, allow_empty=False)


class CensusKept(serializers.Serializer[Any]):
    kept = serializers.IntegerField()


class EffectShape(serializers.Serializer[Any]):
    draws = serializers.IntegerField(help_text="Since the campaign began.")
    tickets = serializers.IntegerField(help_text="Sold by its agents.")
    expected = serializers.IntegerField(help_text="Without the campaign.")
    change = serializers.FloatField(help_text="0.12: twelve of a hundred more.")
    low = serializers.FloatField()
    high = serializers.FloatField(help_text="Eight of ten times between low and high.")
    chance = serializers.FloatField(help_text="Part of groups without one that moved as far.")


class CampaignShape(serializers.Serializer[Any]):
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=120)
    purpose = serializers.CharField(max_length=500)
    starts = serializers.DateField()
    ends = serializers.DateField()
    cost_amount = serializers.IntegerField(default=0, help_text="Đồng.")
    agents = serializers.ListField(child=serializers.CharField(max_length=20), allow_empty=False)
    is_cancelled = serializers.BooleanField(read_only=True)
    effect = EffectShape(read_only=True, allow_null=True)


class CampaignLine(CampaignShape):
    """In the list without its effect."""

    effect = None  # type: ignore[assignment]


CampaignPage = page_shape("CampaignPage", CampaignLine)


class EffectQuery(InPlaceQuery, FieldsQuery):
    """The effect of the campaign's agents in units."""


class WhiteSpots(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="white_spots_list",
        parameters=[PlaceQuery],
        responses=tabular(CoveragePage),
        tags=["growth"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Every commune, those that lack most points of sale first."""
        query, today = query_of(request, PlaceQuery), clock.today()
        units = survey_regions(today, scope_of(query, user=person(request), on=today)).units
        return listed_values(
            request, query, enumerate(units), key=lambda row: f"{row[0]:06}",
            show=lambda row: _covered(row[1]), name="white-spots",
        )  # fmt: skip


class Census(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=CensusShape,
        responses={201: CensusKept},
        parameters=[key_parameter(required=False)],
        tags=["growth"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Keep new figures of communes beside the old ones, all or nothing."""
        sent = sent_of(request, CensusShape)
        lines = {
            line["region"]: CensusLine(line["inhabitants"], line.get("area_km2"))
            for line in sent["lines"]
        }

        def work() -> HttpResponse:
            kept = record_census(
                lines, as_of=sent["as_of"], source=sent["source"], is_estimate=sent["is_estimate"],
                by=person(request), at=clock.now(),
            )  # fmt: skip
            return json_response({"kept": kept}, status=201)

        return once(request, work)


class Campaigns(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="campaigns_list",
        parameters=[PlaceQuery],
        responses=tabular(CampaignPage),
        tags=["growth"],
    )
    def get(self, request: Request) -> HttpResponse:
        """The campaigns whose agents the person sees, the newest first; of a place those with an agent there."""
        query, today = query_of(request, PlaceQuery), clock.today()
        known = rows_asked_for(Campaign.objects.all(), query, {}, user=person(request), on=today)
        known = known.prefetch_related("agents__agent")
        return listed_records(
            request, query, known, keys=("-starts", "-id"), show=_campaign, name="campaigns"
        )

    @extend_schema(
        request=CampaignShape,
        responses={201: CampaignLine},
        parameters=[key_parameter(required=False)],
        tags=["growth"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Enter a campaign for agents."""
        sent = sent_of(request, CampaignShape)

        def work() -> HttpResponse:
            made = make_campaign(
                sent["name"], sent["purpose"], sent["agents"], starts=sent["starts"],
                ends=sent["ends"], cost=sent["cost_amount"], by=person(request), at=clock.now(),
            )  # fmt: skip
            return versioned(request, _campaign(made), status=201)

        return once(request, work)


class OneCampaign(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[EffectQuery], responses=CampaignShape, tags=["growth"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """A campaign and what it has done so far; effect null while there is too little to tell.

        Of a place the effect is of its agents there; `agents` are always all of them.
        """
        query, user, today = query_of(request, EffectQuery), person(request), clock.today()
        known = get_object_or_404(Campaign.objects.visible_to(user), pk=pk)
        path = scope_of(query, user=user, on=today)
        found = None if known.cancelled_at else effect_of(known, today, path=path)
        return versioned(request, {**_campaign(known), "effect": found and _effect(found)})


class CampaignCancellation(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=ReversalShape,
        responses={201: CampaignLine},
        parameters=[key_parameter(required=False)],
        tags=["growth"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Take back a campaign that was entered wrongly, with a reason."""
        why, by = reason_of(request), person(request)

        def work() -> HttpResponse:
            known = get_object_or_404(Campaign.objects.visible_to(by), pk=pk)
            cancel_campaign(known, why, at=clock.now())
            known.refresh_from_db()
            return versioned(request, _campaign(known), status=201)

        return once(request, work)


def _covered(one: Coverage) -> dict[str, Any]:
    return {
        "region": one.place.code,
        "state": one.state,
        "inhabitants": one.place.inhabitants,
        "points": one.place.points,
        "points_per_10_000": _short(one.by_people),
        "points_per_10_000_usual": _short(one.by_people_usual),
        "points_per_100_km2": _short(one.by_area),
        "tickets_per_1_000": _short(one.bought),
        "missing_points": one.missing,
        "more_tickets": one.more_tickets,
    }


def _campaign(one: Campaign) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "purpose": one.purpose,
        "starts": one.starts,
        "ends": one.ends,
        "cost_amount": one.cost_amount,
        "agents": sorted(each.agent.code for each in one.agents.all()),
        "is_cancelled": one.cancelled_at is not None,
    }


def _effect(found: Effect) -> dict[str, Any]:
    return {
        "draws": found.draws,
        "tickets": found.tickets,
        "expected": found.expected,
        "change": round(found.change, 4),
        "low": round(found.low, 4),
        "high": round(found.high, 4),
        "chance": round(found.chance, 4),
    }


def _short(number: float | None) -> float | None:
    return None if number is None else round(number, 2)

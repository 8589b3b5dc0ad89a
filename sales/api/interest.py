"""/overdue-interest/: interest of a month on overdue debt, how it came about, booked once."""

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
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import page_shape, query_of
from backend.api.tables import RENDERERS, listed_values, tabular
from sales.api.codes import AgentFilter
from sales.api.dates import month_of
from sales.api.queries import PlaceQuery, scope_of
from sales.money.overdue_interest import Owed, book_interest, interest_of, reference_of


class InterestQuery(PlaceQuery):
    month = serializers.CharField(help_text="2026-11")
    agent = AgentFilter(required=False, help_text="Code.")


class StretchShape(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()
    days = serializers.IntegerField()
    overdue_amount = serializers.IntegerField()
    rate_bps = serializers.IntegerField(help_text="A year of 365 days, in basis points.")


class InterestShape(serializers.Serializer[Any]):
    agent = serializers.CharField()
    name = serializers.CharField()
    region_name = serializers.CharField()
    interest_amount = serializers.IntegerField(help_text="Of the whole month, đồng.")
    booked_amount = serializers.IntegerField()
    open_amount = serializers.IntegerField(help_text="Not booked yet; below nothing: too much is.")
    stretches = StretchShape(many=True)


InterestPage = page_shape("InterestPage", InterestShape)


class InterestBooked(serializers.Serializer[Any]):
    batch = serializers.IntegerField()
    agents = serializers.IntegerField()
    reference = serializers.CharField()


class OverdueInterest(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="overdue_interest_list",
        parameters=[InterestQuery],
        responses=tabular(InterestPage),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Interest of a month by agent, with the days, amounts and rates it comes from."""
        query = query_of(request, InterestQuery)
        month = month_of(query["month"])
        path = scope_of(query, user=person(request), on=clock.today())
        rows = interest_of(month, path=path)
        asked = [row for row in rows if query.get("agent") in (None, row.code)]
        return listed_values(
            request, query, asked, key=lambda row: row.code, show=_shown, name="overdue-interest"
        )


class OverdueInterestBooking(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=None,
        responses={201: InterestBooked},
        parameters=[key_parameter(required=False)],
        tags=["money"],
    )
    def post(self, request: Request, month: str) -> HttpResponse:
        """Book what is not booked yet of the interest of a month that is over."""
        first, by, at = month_of(month), person(request), clock.now()

        def work() -> HttpResponse:
            batch = book_interest(first, by=by, at=at)
            told = {"batch": batch.pk, "agents": batch.line_count, "reference": reference_of(first)}
            return json_response(told, status=201)

        return once(request, work)


def _shown(row: Owed) -> dict[str, Any]:
    return {
        "agent": row.code,
        "name": row.name,
        "region_name": row.region,
        "interest_amount": row.interest.amount,
        "booked_amount": row.booked_amount,
        "open_amount": row.open_amount,
        "stretches": [
            {
                "first": each.first,
                "last": each.last,
                "days": each.days,
                "overdue_amount": each.overdue,
                "rate_bps": each.rate_bps,
            }
            for each in row.interest.stretches
        ],
    }

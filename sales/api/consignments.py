"""/consignments/: what each agent holds, gave back and sold of a draw, summed from its movements."""

from typing import Any, Final

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.pagination import page_of, page_shape, query_of
from backend.api.tables import RENDERERS, listed, tabular
from sales.api.codes import AgentFilter, DrawFilter, ProductFilter
from sales.api.queries import PlaceQuery, rows_asked_for
from sales.models import AgentDrawTotal, DrawClose


class ConsignmentsQuery(PlaceQuery):
    date_from = serializers.DateField(required=False, help_text="First draw date.")
    date_to = serializers.DateField(required=False, help_text="Last draw date.")
    draw = DrawFilter(required=False, help_text="Of this draw alone.")
    agent = AgentFilter(required=False, help_text="Code.")
    product = ProductFilter(required=False, help_text="Code.")
    is_closed = serializers.BooleanField(required=False, help_text="Whether its draw is closed.")


class ConsignmentShape(serializers.Serializer[Any]):
    draw_date = serializers.DateField()
    agent = serializers.CharField()
    product = serializers.CharField()
    region = serializers.CharField(help_text="Code, at the first movement.")
    issued = serializers.IntegerField()
    returned = serializers.IntegerField()
    sold = serializers.IntegerField(help_text="Issued less returned; final once it is closed.")
    face_value_amount = serializers.IntegerField(help_text="đồng")
    revenue_amount = serializers.IntegerField(help_text="đồng")
    commission_bps = serializers.IntegerField()
    commission_amount = serializers.IntegerField(help_text="đồng")
    is_closed = serializers.BooleanField()


ConsignmentPage = page_shape("ConsignmentPage", ConsignmentShape)
#: In which order there are no two alike, and an index.
KEYS: Final = ("draw_date", "agent_id", "product_id")
COLUMNS: Final = (
    *KEYS, "draw_date", "agent__code", "product__code", "region__code", "issued", "returned",
    "face_value_amount", "revenue_amount", "commission_bps", "commission_amount", "is_closed",
)  # fmt: skip
FILTERS: Final = {
    "date_from": "draw_date__gte",
    "date_to": "draw_date__lte",
    "draw": "draw_date",
    "agent": "agent__code",
    "product": "product__code",
    "is_closed": "is_closed",
}


class Consignments(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="consignments_list",
        parameters=[ConsignmentsQuery],
        responses=tabular(ConsignmentPage),
        tags=["sales"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Tickets of each agent, product and draw, latest draw first; the movements are in /sales/."""
        query = query_of(request, ConsignmentsQuery)
        on = query.get("draw") or query.get("date_to") or clock.today()
        closed = DrawClose.objects.filter(draw=OuterRef("draw"))
        known = AgentDrawTotal.objects.annotate(is_closed=Exists(closed))
        rows = rows_asked_for(known, query, FILTERS, user=person(request), on=on)
        page = page_of(
            rows, request=request, keys=tuple(f"-{key}" for key in KEYS), columns=COLUMNS,
            show=_shown, query=query,
        )  # fmt: skip
        return listed(request, page, name="consignments")


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    _day, _agent, _product, day, agent, product, region, issued, returned, *amounts = row
    face, revenue, rate, commission, is_closed = amounts
    return {
        "draw_date": day,
        "agent": agent,
        "product": product,
        "region": region,
        "issued": issued,
        "returned": returned,
        "sold": issued - returned,
        "face_value_amount": face,
        "revenue_amount": revenue,
        "commission_bps": rate,
        "commission_amount": commission,
        "is_closed": is_closed,
    }

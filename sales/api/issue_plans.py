"""/issue-plans/: what is to be printed for each draw, and how far it was carried out."""

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.idempotency import key_parameter
from backend.api.pagination import PageQuery, page_shape, query_of
from backend.api.tables import RENDERERS, listed_values, tabular
from sales.api.codes import ProductFilter
from sales.api.lines import PartialQuery, partly_shape, recorded
from sales.api.queries import SpanQuery
from sales.engine.bodies import MOST_LINES
from sales.engine.issue_lines import ISSUE_LINES
from sales.engine.lines import MOST_TICKETS
from sales.models import IssuePlan
from sales.tickets.issue_plans import CarriedOut, carried_out, plan_issue


class IssuePlansQuery(SpanQuery, PageQuery):
    product = ProductFilter(required=False, help_text="Code.")


class IssuePlanShape(serializers.Serializer[Any]):
    draw_date = serializers.DateField()
    product = serializers.CharField()
    planned = serializers.IntegerField(allow_null=True, help_text="Tickets; null: no plan.")
    receive_date = serializers.DateField(allow_null=True, help_text="From the printer, by then.")
    document = serializers.CharField()
    note = serializers.CharField()
    printed = serializers.IntegerField(help_text="Received from the printer, by serial.")
    issued = serializers.IntegerField(help_text="To agents.")
    returned = serializers.IntegerField()
    sold = serializers.IntegerField()
    sold_bps = serializers.IntegerField(allow_null=True, help_text="Sold of planned.")


IssuePlanPage = page_shape("IssuePlanPage", IssuePlanShape)


class IssueLineShape(serializers.Serializer[Any]):
    draw_date = serializers.DateField()
    product = serializers.CharField(max_length=20)
    tickets = serializers.IntegerField(
        min_value=0, max_value=MOST_TICKETS, help_text="In place of what was planned; 0: none."
    )
    document = serializers.CharField(max_length=100)
    receive_date = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, max_length=200, allow_blank=True)


class IssueLinesShape(serializers.Serializer[Any]):
    lines = serializers.ListField(child=IssueLineShape(), min_length=1, max_length=MOST_LINES)


class IssuePlannedShape(serializers.Serializer[Any]):
    lines = serializers.IntegerField()
    tickets = serializers.IntegerField()


PartlyPlannedShape = partly_shape("PartlyPlannedShape", IssuePlannedShape)


class IssuePlans(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="issue_plans_list",
        parameters=[IssuePlansQuery],
        responses=tabular(IssuePlanPage),
        tags=["tickets"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Planned, printed, issued and sold of each draw; of the whole company only."""
        query = query_of(request, IssuePlansQuery)
        if not person(request).is_whole_company:
            raise Http404
        rows = carried_out(query["date_from"], query["date_to"])
        asked = [row for row in rows if query.get("product") in (None, row.product)]
        return listed_values(
            request, query, asked, key=lambda row: f"{row.day} {row.product}", show=_shown,
            name="issue-plans",
        )  # fmt: skip

    @extend_schema(
        request=IssueLinesShape,
        responses={201: IssuePlannedShape, 200: PartlyPlannedShape},
        parameters=[key_parameter(required=True), PartialQuery],
        tags=["tickets"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Plan draws that are still to be held; the newest line of a draw and product counts."""
        is_partial = query_of(request, PartialQuery)["partial"]
        return recorded(request, ISSUE_LINES, plan_issue, _planned, is_partial=is_partial)


def _planned(rows: list[IssuePlan]) -> dict[str, Any]:
    return {"lines": len(rows), "tickets": sum(row.tickets for row in rows)}


def _shown(row: CarriedOut) -> dict[str, Any]:
    return {
        "draw_date": row.day,
        "product": row.product,
        "planned": row.planned,
        "receive_date": row.receive_date,
        "document": row.document,
        "note": row.note,
        "printed": row.printed,
        "issued": row.issued,
        "returned": row.returned,
        "sold": row.sold,
        "sold_bps": row.sold_bps,
    }

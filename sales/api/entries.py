"""/sales/: record one line or ten thousand; read the ledger."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_body, json_response
from backend.api.idempotency import answer_once, key_of, key_parameter
from backend.api.pagination import FieldsQuery, query_of
from backend.api.tables import RENDERERS, asks_for_table, listed_rows, table_answer, tabular
from backend.api.versions import versioned
from sales import figures
from sales.api.lines import PartialQuery, read_lines, recorded
from sales.api.queries import SalesQuery, SummaryQuery, rows_asked_for, scope_of
from sales.api.shapes import (
    EntryPage,
    EntryShape,
    LineShape,
    LinesShape,
    PartlyRecordedShape,
    RecordedShape,
    Summary,
)
from sales.engine.lines import LINES
from sales.figures.asked import LEVELS
from sales.ledger.recording import Recorded, record_sales
from sales.models import ConsignmentEntry

COLUMNS = (
    "draw_date",
    "id",
    "agent__code",
    "product__code",
    "region__code",
    "issued",
    "returned",
    "sold",
    "face_value_amount",
    "revenue_amount",
    "corrects_id",
    "reason",
    "is_late",
    "batch_id",
    "batch__recorded_at",
)
NAMES = tuple(EntryShape().fields)


class Sales(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="sales_list",
        parameters=[SalesQuery],
        responses=tabular(EntryPage),
        tags=["sales"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Movements of tickets, latest draw first."""
        query = query_of(request, SalesQuery)
        on = query.get("draw") or query.get("date_to") or clock.today()
        if "weekday" in query:
            query["weekday"] += 1
        entries = rows_asked_for(
            ConsignmentEntry.objects, query, FILTERS, user=person(request), on=on
        )
        return listed_rows(
            request, query, entries, keys=("-draw_date", "-id"), columns=COLUMNS,
            names=NAMES, name="sales",
        )  # fmt: skip

    @extend_schema(
        request=LineShape,
        responses={201: EntryShape},
        parameters=[key_parameter(required=False)],
        tags=["sales"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Record one movement."""
        key, at, body = key_of(request, required=False), clock.now(), json_body(request)

        def work() -> HttpResponse:
            lines = read_lines(LINES.single, body)
            stored = record_sales(by=person(request), at=at, lines=lines, key=key)
            return json_response(_one_entry(stored), status=201)

        return answer_once(request, key=key, at=at, work=work)


class SalesBulk(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=LinesShape,
        responses={201: RecordedShape, 200: PartlyRecordedShape},
        parameters=[key_parameter(required=True), PartialQuery],
        tags=["sales"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Record up to 10,000 movements: all of them, or none and every reason why.

        With `?partial=1` those that can be, and the answer tells of each line what became of it.
        """
        is_partial = query_of(request, PartialQuery)["partial"]
        return recorded(request, LINES, record_sales, _control_totals, is_partial=is_partial)


class SalesEntry(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[FieldsQuery], responses=EntryShape, tags=["sales"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """One movement."""
        query_of(request, FieldsQuery)
        rows = ConsignmentEntry.objects.known_to(person(request)).values_list(*COLUMNS)
        row = get_object_or_404(rows, pk=pk)
        return versioned(request, _shown(row))


class SalesSummary(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(parameters=[SummaryQuery], responses=tabular(Summary), tags=["sales"])
    def get(self, request: Request) -> HttpResponse:
        """Tickets and revenue by region and month, from the rollups."""
        query = query_of(request, SummaryQuery)
        path = scope_of(query, user=person(request), on=query["date_to"])
        first, last = query["date_from"], query["date_to"]
        if query["tree"] == "now":
            rows = figures.region_months_today(first, last, path)
        else:
            depth = LEVELS[query["group_by"]]
            rows = figures.region_months(first, last, path, depth=depth)
        shown = [_summary_row(row) for row in rows]
        if asks_for_table(request):
            return table_answer(request, shown, name="sales-summary")
        return json_response(
            {
                "date_from": query["date_from"],
                "date_to": query["date_to"],
                "group_by": query["group_by"],
                "recorded_until": figures.recorded_until(),
                "rows": shown,
            }
        )


FILTERS = {
    "date_from": "draw_date__gte",
    "date_to": "draw_date__lte",
    "draw": "draw_date",
    "weekday": "draw_date__iso_week_day",
    "agent": "agent__code",
    "product": "product__code",
    "batch": "batch",
    "late": "is_late",
}


def _control_totals(recorded: Recorded) -> dict[str, Any]:
    return {
        "batch": recorded.batch.pk,
        "recorded_at": recorded.batch.recorded_at,
        "lines": recorded.lines,
        "issued": recorded.issued,
        "returned": recorded.returned,
        "sold": recorded.issued - recorded.returned,
        "revenue_amount": recorded.revenue_amount,
    }


def _one_entry(recorded: Recorded) -> dict[str, Any]:
    agent, day = recorded.subject
    # By agent and date, which have an index; the batch has none.
    entries = ConsignmentEntry.objects.filter(agent_id=agent, draw_date=day, batch=recorded.batch)
    return _shown(entries.values_list(*COLUMNS)[0])


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(NAMES, row, strict=True))


def _summary_row(row: figures.RegionMonth) -> dict[str, Any]:
    return {
        "region": row.region_code,
        "name": row.region_name,
        "month": f"{row.month:%Y-%m}",
        "issued": row.tickets.issued,
        "returned": row.tickets.returned,
        "sold": row.tickets.sold,
        "revenue_amount": row.tickets.revenue_amount,
        "is_estimate": row.is_estimate,
    }

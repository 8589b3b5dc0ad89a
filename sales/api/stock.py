"""/tickets/holdings/, /tickets/moves/: where tickets are by serial, and how they came there."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from psycopg2.extras import NumericRange
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import page_of, page_shape, query_of
from backend.api.tables import RENDERERS, listed, tabular
from sales.api.codes import AgentFilter, DrawFilter, ProductFilter
from sales.api.lines import PartialQuery, partly_shape, recorded
from sales.api.money_shapes import ReversalShape, reason_of
from sales.api.queries import PlaceQuery, rows_asked_for
from sales.engine.bodies import MOST_LINES
from sales.engine.ticket_lines import MOST_NUMBER, TICKET_LINES
from sales.models import TicketHolding, TicketMove, TicketPlace
from sales.tickets.stock import MovedTickets, record_moves, undo_moves


class TicketLineShape(serializers.Serializer[Any]):
    draw_date = serializers.DateField()
    product = serializers.CharField(max_length=20)
    series = serializers.CharField(max_length=6, help_text="Symbol on the ticket, e.g. 8KX.")
    first = serializers.IntegerField(min_value=0, max_value=MOST_NUMBER)
    last = serializers.IntegerField(min_value=0, max_value=MOST_NUMBER, help_text="Included.")
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="printer, warehouse, branch:CODE, agent:CODE, returned, lost, damaged."
    )
    target = serializers.CharField(help_text="As source, or destroyed; never printer.")
    document = serializers.CharField(required=False, max_length=100, allow_blank=True)
    reason = serializers.CharField(required=False, max_length=200, allow_blank=True)


class TicketLinesShape(serializers.Serializer[Any]):
    lines = serializers.ListField(child=TicketLineShape(), min_length=1, max_length=MOST_LINES)


class MovedShape(serializers.Serializer[Any]):
    batch = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()
    lines = serializers.IntegerField()
    tickets = serializers.IntegerField()


PartlyMovedShape = partly_shape("PartlyMovedShape", MovedShape)


class RecordQuery(PartialQuery):
    is_counted = serializers.BooleanField(
        default=False,
        help_text="The counts of these agents stand in /sales/ already: they are not added again.",
    )


class SerialQuery(PlaceQuery):
    draw = DrawFilter(required=False)
    product = ProductFilter(required=False, help_text="Code.")
    series = serializers.CharField(required=False)
    number = serializers.IntegerField(required=False, min_value=0, max_value=MOST_NUMBER)


class HoldingsQuery(SerialQuery):
    place = serializers.ChoiceField(TicketPlace.values, required=False)
    agent = AgentFilter(required=False, help_text="Code.")


class MovesQuery(SerialQuery):
    agent = AgentFilter(required=False, help_text="Code; from it or to it.")
    batch = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class HoldingShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    draw_date = serializers.DateField()
    product = serializers.CharField()
    series = serializers.CharField()
    first = serializers.IntegerField()
    last = serializers.IntegerField()
    place = serializers.CharField()
    agent = serializers.CharField(allow_null=True)
    branch = serializers.CharField(allow_null=True)


HoldingPage = page_shape("HoldingPage", HoldingShape)


class MoveShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    draw_date = serializers.DateField()
    product = serializers.CharField()
    series = serializers.CharField()
    first = serializers.IntegerField()
    last = serializers.IntegerField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    source_agent = serializers.CharField(allow_null=True)
    source_branch = serializers.CharField(allow_null=True)
    target = serializers.CharField(allow_blank=True)
    target_agent = serializers.CharField(allow_null=True)
    target_branch = serializers.CharField(allow_null=True)
    document = serializers.CharField()
    reason = serializers.CharField()
    is_counted = serializers.BooleanField()
    batch = serializers.IntegerField()
    recorded_by = serializers.CharField()
    recorded_at = serializers.DateTimeField()


MovePage = page_shape("MovePage", MoveShape)


_SERIAL = ("id", "series__draw__date", "series__product__code", "series__symbol", "numbers")
_HOLDING = (*_SERIAL, "place", "agent__code", "site__code")
_MOVE = (
    *_SERIAL, "source", "source_agent__code", "source_site__code", "target",
    "target_agent__code", "target_site__code", "document", "reason", "is_counted", "batch_id",
    "batch__recorded_by__username", "batch__recorded_at",
)  # fmt: skip
_FILTERS = {
    "draw": "series__draw__date",
    "product": "series__product__code",
    "series": "series__symbol",
    "number": "numbers__contains",
    "place": "place",
    "batch": "batch",
}


class TicketHoldings(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="ticket_holdings_list",
        parameters=[HoldingsQuery],
        responses=tabular(HoldingPage),
        tags=["tickets"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Where tickets are now, by stretch of serials; of a region what its agents hold."""
        query = query_of(request, HoldingsQuery)
        rows = rows_asked_for(
            TicketHolding.objects, query, _FILTERS | {"agent": "agent__code"},
            user=person(request), on=clock.today(),
        )  # fmt: skip
        return _page(request, query, rows, HoldingShape, _HOLDING, "id", "holdings")


class TicketMoves(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="ticket_moves_list",
        parameters=[MovesQuery],
        responses=tabular(MovePage),
        tags=["tickets"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Moves of tickets, latest first; with `series` and `number`, the life of one ticket."""
        query = query_of(request, MovesQuery)
        rows = rows_asked_for(
            TicketMove.objects, query, _FILTERS, user=person(request), on=clock.today()
        )
        if "agent" in query:
            rows = rows.of_agent(query["agent"])
        return _page(request, query, rows, MoveShape, _MOVE, "-id", "moves")

    @extend_schema(
        request=TicketLinesShape,
        responses={201: MovedShape, 200: PartlyMovedShape},
        parameters=[key_parameter(required=True), RecordQuery],
        tags=["tickets"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Move up to 10,000 stretches of serials: all, or none and every reason why.

        What agents get and give back is recorded in /sales/ by the same batch. With `?partial=1`
        those that can be moved, and the answer tells of each line what became of it.
        """
        query = query_of(request, RecordQuery)
        record = partial(record_moves, is_counted=query["is_counted"])
        return recorded(request, TICKET_LINES, record, _moved, is_partial=query["partial"])


class TicketMovesUndoing(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=ReversalShape,
        responses={201: MovedShape},
        parameters=[key_parameter(required=False)],
        tags=["tickets"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Move the tickets of a batch back, by new moves; counts of agents follow."""
        why = reason_of(request)

        def work() -> HttpResponse:
            moved = undo_moves(pk, reason=why, by=person(request), at=clock.now())
            return json_response(_moved(moved), status=201)

        return once(request, work)


def _page(
    request: Request,
    query: dict[str, Any],
    rows: QuerySet[Any],
    shape: type[serializers.Serializer[Any]],
    columns: tuple[str, ...],
    key: str,
    name: str,
) -> HttpResponse:
    names = [str(name) for name in shape().fields if str(name) != "last"]

    def shown(row: tuple[Any, ...]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for name, value in zip(names, row, strict=True):
            if isinstance(value, NumericRange):
                told |= {"first": value.lower, "last": value.upper - 1}
            else:
                told[name] = value
        return told

    page = page_of(rows, request=request, keys=(key,), columns=columns, show=shown, query=query)
    return listed(request, page, name=name)


def _moved(moved: MovedTickets) -> dict[str, Any]:
    return {
        "batch": moved.batch.pk,
        "recorded_at": moved.batch.recorded_at,
        "lines": moved.lines,
        "tickets": moved.tickets,
    }

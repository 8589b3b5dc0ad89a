"""/returns/: unsold tickets on their way back, step by step."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response, sent_of
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import FieldsQuery, page_of_keys, query_of
from backend.api.tables import RENDERERS, listed, tabular
from backend.api.versions import versioned
from sales.api.money_shapes import ReversalShape, reason_of
from sales.api.queries import rows_asked_for
from sales.api.return_shapes import (
    ConfirmationShape,
    CountShape,
    DeclarationShape,
    ReturnSheetPage,
    ReturnSheetShape,
    ReturnsQuery,
    StepsDone,
    StepsShape,
    told,
)
from sales.models import ReturnSheet, ReturnState
from sales.tickets.return_confirming import confirm_return, reverse_return
from sales.tickets.return_declaring import declare_return
from sales.tickets.return_handling import advance_returns, count_return
from sales.tickets.return_sheets import sheet_now, sheets_now

FILTERS = {
    "draw": "draw__date",
    "date_from": "draw__date__gte",
    "date_to": "draw__date__lte",
    "agent": "agent__code",
}


class Returns(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="returns_list",
        parameters=[ReturnsQuery],
        responses=tabular(ReturnSheetPage),
        tags=["returns"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Sheets of returns as they stand, latest first."""
        query = query_of(request, ReturnsQuery)
        on = query.get("draw") or query.get("date_to") or clock.today()
        rows = rows_asked_for(ReturnSheet.objects, query, FILTERS, user=person(request), on=on)
        if "state" in query:
            rows = rows.in_state(query["state"])
        if "product" in query:
            rows = rows.of_product(query["product"])
        page = page_of_keys(rows, request=request, show_all=_shown, query=query)
        return listed(request, page, name="returns")

    @extend_schema(
        request=DeclarationShape,
        responses={201: ReturnSheetShape},
        parameters=[key_parameter(required=False)],
        tags=["returns"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Declare what an agent brings back of a draw."""
        sent, by = sent_of(request, DeclarationShape), person(request)
        day = sent.pop("draw_date")

        def work() -> HttpResponse:
            sheet = declare_return(day=day, by=by, at=clock.now(), **sent)
            return versioned(request, told(sheet_now(sheet.pk, user=by)), status=201)

        return once(request, work)


def _shown(pks: list[int]) -> list[dict[str, Any]]:
    """Sheets as they stand, the last first; few queries, however many there are."""
    sheets = ReturnSheet.objects.filter(pk__in=pks).order_by("-pk")
    return [told(now) for now in sheets_now(sheets.select_related("agent", "draw", "region"))]


class OneReturn(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[FieldsQuery], responses=ReturnSheetShape, tags=["returns"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """One sheet with its steps."""
        query_of(request, FieldsQuery)
        return versioned(request, told(sheet_now(pk, user=person(request))))


class ReturnSteps(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=StepsShape,
        responses={201: StepsDone},
        parameters=[key_parameter(required=False)],
        tags=["returns"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Receive, seal or destroy many sheets at once: all of them or none."""
        sent = sent_of(request, StepsShape)
        state, sheets = ReturnState(sent.pop("state")), sent.pop("sheets")

        def work() -> HttpResponse:
            count = advance_returns(sheets, state, by=person(request), at=clock.now(), **sent)
            return json_response({"state": state.value, "sheets": count}, status=201)

        return once(request, work)


class ReturnCounting(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=CountShape,
        responses={201: ReturnSheetShape},
        parameters=[key_parameter(required=False)],
        tags=["returns"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Keep what was counted; again until it is confirmed."""
        return _step_taken(request, pk, count_return, **sent_of(request, CountShape))


class ReturnConfirming(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=ConfirmationShape,
        responses={201: ReturnSheetShape},
        parameters=[key_parameter(required=False)],
        tags=["returns"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Accept the count and record it in the ledger; another person than who counted."""
        return _step_taken(request, pk, confirm_return, **sent_of(request, ConfirmationShape))


class ReturnReversal(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=ReversalShape,
        responses={201: ReturnSheetShape},
        parameters=[key_parameter(required=False)],
        tags=["returns"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Undo a confirmed return by correcting entries, with a reason."""
        return _step_taken(request, pk, reverse_return, reason=reason_of(request))


def _step_taken(
    request: Request, pk: int, step: Callable[..., object], **sent: Any
) -> HttpResponse:
    """Take the step once; the sheet as it is after it."""
    by = person(request)

    def work() -> HttpResponse:
        step(pk, by=by, at=clock.now(), **sent)
        return versioned(request, told(sheet_now(pk, user=by)), status=201)

    return once(request, work)

"""/journal/, /draws/…/close/: money between company and agents."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import FieldsQuery, query_of
from backend.api.tables import RENDERERS, listed_rows, tabular
from backend.api.versions import versioned
from sales.api.dates import day_of
from sales.api.lines import PartialQuery, recorded
from sales.api.money_shapes import (
    BookedShape,
    DrawCloseShape,
    JournalPage,
    JournalQuery,
    JournalShape,
    MoneyLinesShape,
    PartlyBookedShape,
    ReversalShape,
    booked_shown,
    reason_of,
)
from sales.api.queries import rows_asked_for
from sales.engine.money_lines import MONEY_LINES
from sales.engine.posting import ACCOUNTS
from sales.ledger.closing import close_draw
from sales.models import JournalEntry
from sales.money.booking import record_money, reverse_entry
from sales.tickets.return_sheets import unconfirmed_by_day

COLUMNS = (
    "value_date",
    "id",
    "event",
    "agent__code",
    "region__code",
    "product__code",
    "draw__date",
    *ACCOUNTS,
    "reference",
    "reverses_id",
    "reason",
    "batch_id",
    "batch__recorded_at",
)
NAMES = tuple(JournalShape().fields)
FILTERS = {
    "date_from": "value_date__gte",
    "date_to": "value_date__lte",
    "agent": "agent__code",
    "product": "product__code",
    "event": "event",
    "draw": "draw__date",
}


class Journal(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="journal_list",
        parameters=[JournalQuery],
        responses=tabular(JournalPage),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Entries of the journal, latest first."""
        query = query_of(request, JournalQuery)
        on = query.get("date_to") or clock.today()
        entries = rows_asked_for(JournalEntry.objects, query, FILTERS, user=person(request), on=on)
        return listed_rows(
            request, query, entries, keys=("-value_date", "-id"), columns=COLUMNS,
            names=NAMES, name="journal",
        )  # fmt: skip

    @extend_schema(
        request=MoneyLinesShape,
        responses={201: BookedShape, 200: PartlyBookedShape},
        parameters=[key_parameter(required=True), PartialQuery],
        tags=["money"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Book payments, prizes paid, collateral, interest, adjustments: all lines or none.

        With `?partial=1` those that can be, and the answer tells of each line what became of it.
        """
        is_partial = query_of(request, PartialQuery)["partial"]
        return recorded(request, MONEY_LINES, record_money, booked_shown, is_partial=is_partial)


class OneJournalEntry(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[FieldsQuery], responses=JournalShape, tags=["money"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """One entry of the journal."""
        query_of(request, FieldsQuery)
        return versioned(request, _one(pk, person(request)))


class JournalReversal(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=ReversalShape,
        responses={201: JournalShape},
        parameters=[key_parameter(required=False)],
        tags=["money"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Undo an entry by a new one, with a reason."""
        why = reason_of(request)

        def work() -> HttpResponse:
            entry = reverse_entry(pk, reason=why, by=person(request), at=clock.now())
            return versioned(request, _one(entry.pk, person(request)), status=201)

        return once(request, work)


class DrawClosing(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=None,
        responses={201: DrawCloseShape},
        parameters=[key_parameter(required=False)],
        tags=["money"],
    )
    def post(self, request: Request, day: str) -> HttpResponse:
        """Book the sales of a draw that was held; from then on only corrections."""

        def work() -> HttpResponse:
            closed = close_draw(day_of(day), by=person(request), at=clock.now())
            return json_response(
                {
                    "draw_date": closed.draw.date,
                    "unconfirmed_sheets": sum(
                        n for _day, n in unconfirmed_by_day([closed.draw.date])
                    ),
                    "batch": closed.batch_id,
                    "lines": closed.batch.line_count,
                    "sold": closed.sold,
                    "revenue_amount": closed.revenue_amount,
                },
                status=201,
            )

        return once(request, work)


def _one(pk: int, user: User) -> dict[str, Any]:
    """Raises Http404."""
    row = get_object_or_404(JournalEntry.objects.known_to(user).values_list(*COLUMNS), pk=pk)
    return dict(zip(NAMES, row, strict=True))

"""/journal/, /agents/…/statement/, /draws/…/close/: money between company and agents."""

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_body, json_response
from backend.api.idempotency import answer_once, key_of, key_parameter
from backend.api.pagination import query_of
from backend.api.tables import RENDERERS, listed_rows, tabular
from sales.api.dates import day_of
from sales.api.entries import read_lines
from sales.api.money_shapes import (
    BookedShape,
    DrawCloseShape,
    JournalPage,
    JournalQuery,
    JournalShape,
    MoneyLinesShape,
    ReversalShape,
    StatementShape,
    ageing_shown,
)
from sales.api.queries import SpanQuery, rows_asked_for
from sales.engine.money_lines import MONEY_LINES
from sales.ledger.closing import close_draw
from sales.models import Agent, JournalEntry
from sales.money.booking import record_money, reverse_entry
from sales.money.debts import age_of
from sales.money.statement import statement_of

COLUMNS = (
    "value_date",
    "id",
    "event",
    "agent__code",
    "region__code",
    "product__code",
    "draw__date",
    "receivable",
    "collateral",
    "cash",
    "bank",
    "offset",
    "revenue",
    "commission",
    "withheld_tax",
    "prizes",
    "payout_fee",
    "interest",
    "adjustment",
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
        responses={201: BookedShape},
        parameters=[key_parameter(required=True)],
        tags=["money"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Book payments, prizes paid, collateral, interest, adjustments: all lines or none."""
        key, at, body = key_of(request, required=True), clock.now(), json_body(request)

        def work() -> HttpResponse:
            lines = read_lines(MONEY_LINES.bulk, body)
            booked = record_money(by=person(request), at=at, lines=lines, key=key)
            return json_response(
                {
                    "batch": booked.batch.pk,
                    "recorded_at": booked.batch.recorded_at,
                    "lines": booked.lines,
                    "receivable_amount": booked.receivable_amount,
                    "collateral_amount": booked.collateral_amount,
                },
                status=201,
            )

        return answer_once(request, key=key, at=at, work=work)


class JournalReversal(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(request=ReversalShape, responses={201: JournalShape}, tags=["money"])
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Undo an entry by a new one, with a reason."""
        shape = ReversalShape(data=request.data)
        shape.is_valid(raise_exception=True)
        entry = reverse_entry(
            pk, reason=shape.validated_data["reason"], by=person(request), at=clock.now()
        )
        row = JournalEntry.objects.filter(pk=entry.pk).values_list(*COLUMNS)[0]
        return json_response(_shown(row), status=201)


class DrawClosing(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(request=None, responses={201: DrawCloseShape}, tags=["money"])
    def post(self, request: Request, day: str) -> HttpResponse:
        """Book the sales of a draw that was held; from then on only corrections."""
        closed = close_draw(day_of(day), by=person(request), at=clock.now())
        return json_response(
            {
                "draw_date": closed.draw.date,
                "batch": closed.batch_id,
                "lines": closed.batch.line_count,
                "sold": closed.sold,
                "revenue_amount": closed.revenue_amount,
            },
            status=201,
        )


class AgentStatement(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[SpanQuery], responses=StatementShape, tags=["money"])
    def get(self, request: Request, code: str) -> HttpResponse:
        """An agent's account between two days, with the age of what is owed at the end."""
        query = query_of(request, SpanQuery)
        agent = Agent.objects.visible_to(person(request)).filter(code=code).first()
        if agent is None:
            raise Http404
        told = statement_of(agent, first=query["date_from"], last=query["date_to"])
        age = age_of(agent, owed_amount=told.closing, on=query["date_to"])
        return json_response(
            {
                "agent": agent.code,
                "name": agent.name,
                "date_from": told.first,
                "date_to": told.last,
                "opening_amount": told.opening,
                "closing_amount": told.closing,
                "collateral_amount": told.collateral,
                "credit_limit_amount": agent.credit_limit_amount,
                "ageing": ageing_shown(age),
                "lines": [
                    {
                        "entry": line.entry,
                        "date": line.value_date,
                        "event": line.event,
                        "draw_date": line.draw_date,
                        "product": line.product,
                        "reference": line.reference,
                        "reason": line.reason,
                        "reverses": line.reverses,
                        **line.amounts,
                        "balance_amount": line.balance,
                    }
                    for line in told.lines
                ],
            }
        )


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(NAMES, row, strict=True))

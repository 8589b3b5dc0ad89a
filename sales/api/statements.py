"""/statements/, /agents/…/statement/: accounts of agents between two days."""

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.pagination import page_shape, query_of
from backend.api.tables import RENDERERS, asks_for_table, listed_values, table_answer, tabular
from backend.api.versions import versioned
from sales.api.codes import AgentFilter
from sales.api.money_shapes import AccountAmountsShape, AgeingShape, ageing_shown
from sales.api.queries import PlaceQuery, SpanQuery, scope_of
from sales.models import JournalEvent
from sales.money.accounts import AgentAccount, agent_accounts
from sales.money.debts import standing_of
from sales.money.statement import StatementLine, agent_seen, statement_of


class StatementLineShape(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    date = serializers.DateField()
    event = serializers.ChoiceField(JournalEvent.values)
    draw_date = serializers.DateField(allow_null=True)
    product = serializers.CharField(allow_null=True)
    reference = serializers.CharField()
    reason = serializers.CharField()
    reverses = serializers.IntegerField(allow_null=True)
    receivable = serializers.IntegerField()
    collateral = serializers.IntegerField()
    revenue = serializers.IntegerField()
    commission = serializers.IntegerField()
    withheld_tax = serializers.IntegerField()
    prizes = serializers.IntegerField()
    payout_fee = serializers.IntegerField()
    interest = serializers.IntegerField()
    adjustment = serializers.IntegerField()
    balance_amount = serializers.IntegerField(help_text="What is owed after it, đồng.")


class StatementShape(serializers.Serializer[Any]):
    agent = serializers.CharField()
    name = serializers.CharField()
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    opening_amount = serializers.IntegerField()
    closing_amount = serializers.IntegerField()
    collateral_amount = serializers.IntegerField()
    limit_amount = serializers.IntegerField(
        help_text="What the agent might owe on the last day: by collateral, rule and exception in "
        "force then, the one that blocks new issues; without a rule as entered by hand."
    )
    credit_limit_amount = serializers.IntegerField(
        help_text="As entered by hand; it blocks nothing."
    )
    ageing = AgeingShape()
    lines = StatementLineShape(many=True)


class StatementsQuery(SpanQuery, PlaceQuery):
    agent = AgentFilter(required=False, help_text="Code.")


class AgentTickets(serializers.Serializer[Any]):
    agent = serializers.CharField()
    name = serializers.CharField()
    region = serializers.CharField(help_text="Code, of now.")
    issued = serializers.IntegerField(help_text="Tickets of closed draws of these days.")
    returned = serializers.IntegerField()
    sold = serializers.IntegerField()


class AgentAccountShape(AgentTickets, AccountAmountsShape):
    pass


StatementPage = page_shape("StatementPage", AgentAccountShape)


class Statements(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="statements_list",
        parameters=[StatementsQuery],
        responses=tabular(StatementPage),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Every agent's account between two days, by code: tickets, amounts, what is owed before and after."""
        query = query_of(request, StatementsQuery)
        path = scope_of(query, user=person(request), on=clock.today())
        rows = agent_accounts(
            query["date_from"], query["date_to"], path=path, agent=query.get("agent")
        )
        return listed_values(
            request, query, rows, key=lambda row: row.code, show=_account, name="statements"
        )


class AgentStatement(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(parameters=[SpanQuery], responses=tabular(StatementShape), tags=["money"])
    def get(self, request: Request, code: str) -> HttpResponse:
        """An agent's account between two days, with the age of what is owed at the end.

        As a table its lines.
        """
        query = query_of(request, SpanQuery)
        agent = agent_seen(code, path=person(request).scope_path)
        if agent is None:
            raise Http404
        told = statement_of(agent, first=query["date_from"], last=query["date_to"])
        lines = [_line(line) for line in told.lines]
        if asks_for_table(request):
            return table_answer(request, lines, name=f"statement-{agent.code}")
        now = standing_of(
            agent, owed_amount=told.closing, held_amount=told.collateral, on=query["date_to"]
        )
        shown = {
            "agent": agent.code,
            "name": agent.name,
            "date_from": told.first,
            "date_to": told.last,
            "opening_amount": told.opening,
            "closing_amount": told.closing,
            "collateral_amount": told.collateral,
            "limit_amount": now.limit_amount,
            "credit_limit_amount": agent.credit_limit_amount,
            "ageing": ageing_shown(now.age),
            "lines": lines,
        }
        return versioned(request, shown)


def _account(row: AgentAccount) -> dict[str, Any]:
    return {
        "agent": row.code,
        "name": row.name,
        "region": row.region,
        "issued": row.issued,
        "returned": row.returned,
        "sold": row.sold,
        **row.amounts,
    }


def _line(line: StatementLine) -> dict[str, Any]:
    return {
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

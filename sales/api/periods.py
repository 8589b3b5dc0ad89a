"""/sales-periods/, /settlement-runs/, /settlements/: closing the books of a month, and every agent's statement of it."""

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
from backend.api.pagination import FieldsQuery, PageQuery, page_of_records, page_shape, query_of
from backend.api.tables import RENDERERS, listed_rows, tabular
from backend.api.versions import versioned
from sales.api.codes import AgentFilter
from sales.api.dates import month_of
from sales.api.money_shapes import AccountAmountsShape, ReversalShape, reason_of
from sales.api.queries import PlaceQuery, rows_asked_for
from sales.models import PeriodClose, Settlement, SettlementRun
from sales.models.account import AMOUNTS
from sales.money.settlement_run import is_working, lacking, standing_close, start
from sales.money.settling import close_period, reopen_period
from sales.whole_company import require_whole_company

COLUMNS = (
    "close__month",
    "id",
    "agent__code",
    "region__code",
    *AMOUNTS,
)


class PeriodShape(serializers.Serializer[Any]):
    month = serializers.DateField(help_text="Its first day.")
    closed = serializers.BooleanField()
    agents = serializers.IntegerField(help_text="Settlements written.")


class UnconfirmedShape(serializers.Serializer[Any]):
    draw_date = serializers.DateField()
    sheets = serializers.IntegerField(help_text="Received or counted, not confirmed.")


class OnePeriodShape(serializers.Serializer[Any]):
    month = serializers.DateField(help_text="Its first day.")
    closed = serializers.BooleanField()
    not_held = serializers.ListField(
        child=serializers.DateField(), help_text="Draws before today that nobody told as held."
    )
    open_draws = serializers.ListField(
        child=serializers.DateField(), help_text="Draws that settling the month will close."
    )
    unconfirmed = UnconfirmedShape(
        many=True, help_text="Return sheets of these draws: closed, their tickets are owed as sold."
    )


class PeriodCloseShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    month = serializers.DateField(help_text="Its first day.")
    by = serializers.CharField()
    at = serializers.DateTimeField()
    reopened_by = serializers.CharField(allow_null=True, help_text="Null: the close stands.")
    reopened_at = serializers.DateTimeField(allow_null=True)
    reopening_reason = serializers.CharField(allow_null=True)


class NewSettlementRunShape(serializers.Serializer[Any]):
    month = serializers.RegexField(r"\A20[0-9]{2}-(0[1-9]|1[0-2])\Z", help_text="2026-11")


class SettlementRunShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    month = serializers.DateField()
    state = serializers.ChoiceField(
        ["going_on", "done", "stopped"], help_text="stopped: see problem, and begin again."
    )
    done = serializers.IntegerField(help_text="Steps.")
    total = serializers.IntegerField()
    problem = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


PeriodClosePage = page_shape("PeriodClosePage", PeriodCloseShape)
SettlementRunPage = page_shape("SettlementRunPage", SettlementRunShape)
_CLOSE = (
    "id", "month", "by__username", "at", "reopening__by__username", "reopening__at",
    "reopening__reason",
)  # fmt: skip


class SettlementKey(serializers.Serializer[Any]):
    month = serializers.DateField()
    id = serializers.IntegerField()
    agent = serializers.CharField()
    region = serializers.CharField()


class SettlementShape(SettlementKey, AccountAmountsShape):
    pass


SettlementPage = page_shape("SettlementPage", SettlementShape)


class SettlementsQuery(PlaceQuery):
    month = serializers.CharField(required=False, help_text="2026-11; closes that stand only.")
    agent = AgentFilter(required=False, help_text="Code.")


NAMES = tuple(SettlementShape().fields)
FILTERS = {"month": "close__month", "agent": "agent__code"}


class PeriodClosing(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=None,
        responses={201: PeriodShape},
        parameters=[key_parameter(required=False)],
        tags=["money"],
    )
    def post(self, request: Request, month: str) -> HttpResponse:
        """Close the books of a month and write every agent's settlement."""

        def work() -> HttpResponse:
            close = close_period(month_of(month), by=person(request), at=clock.now())
            return _answer(close, closed=True)

        return once(request, work)


class PeriodOpening(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=ReversalShape,
        responses={201: PeriodShape},
        parameters=[key_parameter(required=False)],
        tags=["money"],
    )
    def post(self, request: Request, month: str) -> HttpResponse:
        """Open a closed month again: another person than the one who closed it, with a reason."""
        why = reason_of(request)

        def work() -> HttpResponse:
            opened = reopen_period(month_of(month), reason=why, by=person(request), at=clock.now())
            return _answer(opened.close, closed=False)

        return once(request, work)


class SettlementRuns(APIView):
    permission_classes = (can("sales.view", "sales.record"),)

    @extend_schema(
        operation_id="settlement_runs_list",
        parameters=[PageQuery],
        responses=SettlementRunPage,
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Months being settled and how far they are, the last begun first; of the whole company only."""
        query = query_of(request, PageQuery)
        require_whole_company(person(request))
        page = page_of_records(
            SettlementRun.objects.select_related("run", "by"), request=request, keys=("-pk",),
            show=_run, query=query,
        )  # fmt: skip
        return json_response(page)

    @extend_schema(
        request=NewSettlementRunShape,
        responses={202: SettlementRunShape},
        parameters=[key_parameter(required=False)],
        tags=["money"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Have a month settled in the background: its draws closed, its books, every agent's record."""
        month = month_of(sent_of(request, NewSettlementRunShape)["month"])

        def work() -> HttpResponse:
            return json_response(_run(start(month, by=person(request), at=clock.now())), status=202)

        return once(request, work)


class OneSettlementRun(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[FieldsQuery], responses=SettlementRunShape, tags=["money"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """How far it is."""
        query_of(request, FieldsQuery)
        require_whole_company(person(request))
        run = get_object_or_404(SettlementRun.objects.select_related("run", "by"), pk=pk)
        return versioned(request, _run(run))


class Periods(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="sales_periods_list",
        parameters=[PageQuery],
        responses=tabular(PeriodClosePage),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Closes of months, the last first, with who opened which again and why."""
        query = query_of(request, PageQuery)
        return listed_rows(
            request, query, PeriodClose.objects.all(), keys=("-id",), columns=_CLOSE,
            names=tuple(PeriodCloseShape().fields), name="sales-periods",
        )  # fmt: skip


class OnePeriod(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[FieldsQuery], responses=OnePeriodShape, tags=["money"])
    def get(self, request: Request, month: str) -> HttpResponse:
        """What a month still lacks before it is settled; of the whole company only."""
        query_of(request, FieldsQuery)
        require_whole_company(person(request))
        first = month_of(month)
        left = lacking(first, today=clock.today())
        told = {
            "month": first,
            "closed": standing_close(first) is not None,
            "not_held": left.not_held,
            "open_draws": left.open_draws,
            "unconfirmed": [{"draw_date": day, "sheets": n} for day, n in left.unconfirmed],
        }
        return versioned(request, told)


class Settlements(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="settlements_list",
        parameters=[SettlementsQuery],
        responses=tabular(SettlementPage),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Settlements of closed months, latest first."""
        query = query_of(request, SettlementsQuery)
        standing = Settlement.objects.filter(close__in=PeriodClose.objects.standing())
        if "month" in query:
            query["month"] = month_of(query["month"])
        rows = rows_asked_for(standing, query, FILTERS, user=person(request), on=clock.today())
        return listed_rows(
            request, query, rows, keys=("-close__month", "-id"), columns=COLUMNS,
            names=NAMES, name="settlements",
        )  # fmt: skip


def _answer(close: PeriodClose, *, closed: bool) -> HttpResponse:
    told = {"month": close.month, "closed": closed, "agents": close.settlements.count()}
    return json_response(told, status=201)


def _run(run: SettlementRun) -> dict[str, Any]:
    state = "done" if run.close_id else "going_on" if is_working(run) else "stopped"
    return {
        "id": run.pk,
        "month": run.month,
        "state": state,
        "done": run.done,
        "total": run.total,
        "problem": run.problem,
        "by": run.by.username,
        "at": run.at,
    }

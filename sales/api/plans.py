"""/plans/: versions of a year's plan, their approval, and how the months go against the plan in force."""

from datetime import date
from typing import Any

import msgspec
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_body, json_response, sent_of
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import FieldsQuery, PageQuery, page_shape, query_of
from backend.api.tables import RENDERERS, asks_for_table, listed_rows, table_answer, tabular
from backend.api.versions import versioned
from backend.org.models import Region
from sales.api.codes import AgentFilter, ProductFilter
from sales.api.queries import InPlaceQuery, PlaceQuery, filtered, scope_of
from sales.growth.plan_progress import LEVELS, Against, against_plan
from sales.growth.planning import make_plan, move_plan
from sales.models import PlanState, SalesPlan, SalesPlanLine


class PlansQuery(PageQuery):
    year = serializers.IntegerField(required=False, min_value=2000, max_value=2100)
    state = serializers.ChoiceField(PlanState.values, required=False)


class PlanShape(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    version = serializers.IntegerField()
    id = serializers.IntegerField()
    state = serializers.ChoiceField(PlanState.values)
    note = serializers.CharField()
    made_by = serializers.CharField()
    made_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


PlansPage = page_shape("PlansPage", PlanShape)


class PlanLineShape(serializers.Serializer[Any]):
    month = serializers.IntegerField(min_value=1, max_value=12)
    product = serializers.CharField()
    region = serializers.CharField(required=False, help_text="Code; none with an agent.")
    agent = serializers.CharField(required=False, help_text="Code; none with a region.")
    tickets = serializers.IntegerField(min_value=0)


class PlanLinesQuery(PlaceQuery):
    month = serializers.IntegerField(required=False, min_value=1, max_value=12)
    product = ProductFilter(required=False, help_text="Code.")
    agent = AgentFilter(required=False, help_text="Code.")


class KeptPlanLine(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    month = serializers.IntegerField()
    product = serializers.CharField()
    region = serializers.CharField(allow_null=True)
    agent = serializers.CharField(allow_null=True)
    tickets = serializers.IntegerField()
    revenue_amount = serializers.IntegerField(help_text="At face value, đồng.")


PlanLinesPage = page_shape("PlanLinesPage", KeptPlanLine)


class NewPlanShape(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    note = serializers.CharField(required=False)
    lines = PlanLineShape(many=True)


class PlanDecisionShape(serializers.Serializer[Any]):
    state = serializers.ChoiceField(["submitted", "approved", "rejected", "withdrawn"])
    reason = serializers.CharField(required=False, default="", allow_blank=True)


class ActualsQuery(InPlaceQuery):
    month = serializers.RegexField(r"\A20[0-9]{2}-(0[1-9]|1[0-2])\Z", help_text="2026-11")
    level = serializers.ChoiceField(LEVELS, default="company")


class ActualRow(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Of the region or agent; empty for the company.")
    is_sum = serializers.BooleanField(
        help_text="No plan of its own this month: the sum of the lines below, and what those places sold."
    )
    product = serializers.CharField()
    planned = serializers.IntegerField(help_text="Tickets.")
    actual = serializers.IntegerField()
    draws_done = serializers.IntegerField()
    draws_left = serializers.IntegerField()
    run_rate = serializers.IntegerField(allow_null=True, help_text="Tickets a draw.")
    forecast = serializers.IntegerField(help_text="The whole month.")
    forecast_low = serializers.IntegerField(help_text="Four of five months end above low and below")
    forecast_high = serializers.IntegerField(help_text="high.")
    needed_per_draw = serializers.IntegerField(allow_null=True)
    year_planned = serializers.IntegerField(help_text="January to this month, months with a plan.")
    year_actual = serializers.IntegerField()


class ActualsShape(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    version = serializers.IntegerField()
    rows = ActualRow(many=True)


COLUMNS = (
    "year", "version", "id", "state", "note", "made_by__username", "made_at",
    "decided_by__username", "decided_at", "reason",
)  # fmt: skip
NAMES = tuple(PlanShape().fields)
LINE_COLUMNS = (
    "id", "month", "product__code", "region__code", "agent__code", "tickets", "revenue_amount",
)  # fmt: skip
LINE_NAMES = tuple(KeptPlanLine().fields)
_FILTERS = {"year": "year", "state": "state"}
_LINE_FILTERS = {
    "month": "month",
    "product": "product__code",
    "agent": "agent__code",
}


class _NewPlan(msgspec.Struct, forbid_unknown_fields=True):
    year: int
    lines: list[dict[str, Any]]
    note: str = ""


class Plans(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="plans_list",
        parameters=[PlansQuery],
        responses=tabular(PlansPage),
        tags=["plans"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Versions of plans, the latest year and version first."""
        query = query_of(request, PlansQuery)
        plans = filtered(SalesPlan.objects, query, _FILTERS)
        return listed_rows(
            request, query, plans, keys=("-year", "-version"), columns=COLUMNS, names=NAMES,
            name="plans",
        )  # fmt: skip

    @extend_schema(
        request=NewPlanShape,
        responses={201: PlanShape},
        parameters=[key_parameter(required=False)],
        tags=["plans"],
    )
    def post(self, request: Request) -> HttpResponse:
        """A new version of a year's plan as a draft: all lines or none."""
        body = json_body(request)

        def work() -> HttpResponse:
            sent = _sent(body)
            plan = make_plan(
                sent.year, sent.lines, note=sent.note, by=person(request), at=clock.now()
            )
            return versioned(request, _plan(plan.pk), status=201)

        return once(request, work)


class OnePlan(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[FieldsQuery], responses=PlanShape, tags=["plans"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """One version; its lines are in lines/."""
        query_of(request, FieldsQuery)
        return versioned(request, _plan(pk))


class PlanLines(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="plan_lines_list",
        parameters=[PlanLinesQuery],
        responses=tabular(PlanLinesPage),
        tags=["plans"],
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The lines of a version, in the order they were sent; of a place those of its units and agents."""
        query, user = query_of(request, PlanLinesQuery), person(request)
        if not SalesPlan.objects.filter(pk=pk).exists():
            raise Http404
        lines = SalesPlanLine.objects.filter(plan=pk)
        if (path := scope_of(query, user=user, on=clock.today())) is not None:
            seen = Region.objects.in_scope(path)
            lines = lines.filter(Q(region__in=seen) | Q(agent__region__in=seen))
        return listed_rows(
            request, query, filtered(lines, query, _LINE_FILTERS), keys=("id",),
            columns=LINE_COLUMNS, names=LINE_NAMES, name="plan-lines",
        )  # fmt: skip


class PlanDecision(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=PlanDecisionShape,
        responses=PlanShape,
        parameters=[key_parameter(required=False)],
        tags=["plans"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Submit a draft; approve or reject what another person submitted."""
        sent = sent_of(request, PlanDecisionShape)
        state, reason = PlanState(sent["state"]), sent["reason"]

        def work() -> HttpResponse:
            move_plan(pk, state, by=person(request), at=clock.now(), reason=reason)
            return versioned(request, _plan(pk))

        return once(request, work)


class PlanActuals(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(parameters=[ActualsQuery], responses=tabular(ActualsShape), tags=["plans"])
    def get(self, request: Request) -> HttpResponse:
        """A month and the year so far against the approved plan: run rate, forecast, need per draw."""
        query, user, today = query_of(request, ActualsQuery), person(request), clock.today()
        month = date.fromisoformat(f"{query['month']}-01")
        path = scope_of(query, user=user, on=today)
        plan = SalesPlan.objects.in_force(month.year).first()
        if plan is None:
            raise Http404
        rows = against_plan(
            plan,
            month.month,
            level=query["level"],
            path=path,
            today=today,
        )
        shown = [_row(row) for row in rows]
        if asks_for_table(request):
            return table_answer(request, shown, name="plan-actuals")
        return json_response({"year": plan.year, "version": plan.version, "rows": shown})


def _sent(body: bytes) -> _NewPlan:
    try:
        sent = msgspec.json.decode(body, type=_NewPlan)
    except (msgspec.DecodeError, RecursionError) as error:
        text = _('Nội dung phải là {"year": 2027, "lines": [{"month": 1, …}]}.')
        raise serializers.ValidationError({"lines": text}, code="plan.shape") from error
    if not 2000 <= sent.year <= 2100:
        raise serializers.ValidationError({"year": _("Năm phải từ 2000 đến 2100.")})
    return sent


def _plan(pk: int) -> dict[str, Any]:
    """Raises Http404."""
    row = get_object_or_404(SalesPlan.objects.values_list(*COLUMNS), pk=pk)
    return dict(zip(NAMES, row, strict=True))


def _row(row: Against) -> dict[str, Any]:
    return {
        "code": row.code,
        "is_sum": row.is_sum,
        "product": row.product,
        "planned": row.month.planned,
        "actual": row.month.actual,
        "draws_done": row.month.draws_done,
        "draws_left": row.month.draws_left,
        "run_rate": row.month.run_rate,
        "forecast": row.month.forecast,
        "forecast_low": row.month.low,
        "forecast_high": row.month.high,
        "needed_per_draw": row.month.needed,
        "year_planned": row.year_planned,
        "year_actual": row.year_actual,
    }

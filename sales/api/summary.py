"""/summary/: sales by whatever is asked for, as JSON, CSV or workbook."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import FieldsQuery, next_address, query_of, sparse_rows
from backend.api.tables import RENDERERS, asks_for_table, linked, table_answer, tabular
from backend.shares import share_bps
from sales import figures
from sales.api.codes import AgentFilter, ProductFilter
from sales.api.queries import InPlaceQuery, scope_of
from sales.api.summary_pages import codes_of, start_of
from sales.figures.asked import DIMENSIONS, LEVELS, ORDERS, Asked, Keys, SummaryRow
from sales.figures.planned import Plan, is_told_by, planned, with_planned
from sales.figures.summary_by_tree import summary_by_tree

MOST_ROWS = 10_000
#: No draw was or will be outside; an earlier year has no year before it that it could be compared with.
FIRST_YEAR, LAST_YEAR = 1901, 2199
_NAMED = ("territory", "region", "agent", "product")


class AnySummaryQuery(InPlaceQuery, FieldsQuery):
    date_from = serializers.DateField(help_text="First draw date.")
    date_to = serializers.DateField(help_text="Last draw date.")
    by = serializers.CharField(
        default="",
        allow_blank=True,
        help_text=f"Any of {', '.join(DIMENSIONS)}, with commas between; none: one sum.",
    )
    level = serializers.ChoiceField(list(LEVELS), default="unit", help_text="Of `region`.")
    agent = AgentFilter(required=False, help_text="Code.")
    product = ProductFilter(required=False, help_text="Code.")
    weekday = serializers.IntegerField(
        required=False, min_value=0, max_value=6, help_text="0 is Monday."
    )
    tree = serializers.ChoiceField(
        ["then", "now"],
        default="then",
        help_text=(
            "then: units as they were when tickets were sold; now: today's units, where a divided "
            "unit is told by the company's own shares."
        ),
    )
    plan = serializers.BooleanField(
        default=False,
        help_text=(
            "Tell the whole plan in force of each month the dates touch, by at most one of "
            "territory, region, agent; by draw or weekday each draw's even part of it."
        ),
    )
    commission = serializers.BooleanField(default=False, help_text="Tell commission as well.")
    compare = serializers.BooleanField(
        default=False,
        help_text="Against last week's same draws and last year's (364 days earlier).",
    )
    order = serializers.ChoiceField(
        ORDERS, required=False, help_text="Greatest first; else by the dimensions."
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST_ROWS, default=1_000)
    cursor = serializers.CharField(
        required=False, help_text="As `next` has it: the rows behind those told before."
    )

    def validate_by(self, text: str) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
        if unknown := [name for name in names if name not in DIMENSIONS]:
            raise serializers.ValidationError(
                _("Không có chiều: {names}.").format(names=", ".join(unknown)),
                code="by.unknown",
            )
        return names

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["date_from"] > attrs["date_to"]:
            raise serializers.ValidationError(
                {"date_to": _("Ngày cuối phải từ ngày đầu trở đi.")}, code="dates.reversed"
            )
        for name in ("date_from", "date_to"):
            if not FIRST_YEAR <= attrs[name].year <= LAST_YEAR:
                years = _("Năm phải từ {first} đến {last}.").format(
                    first=FIRST_YEAR, last=LAST_YEAR
                )
                raise serializers.ValidationError({name: years}, code="dates.out_of_range")
        if attrs["plan"] and not is_told_by(attrs["by"], agent=attrs.get("agent")):
            text = _("Kế hoạch chỉ xem được theo một trong territory, region, agent.")
            raise serializers.ValidationError({"plan": text}, code="plan.not_told_by")
        return attrs


class ComparisonShape(serializers.Serializer[Any]):
    now_amount = serializers.IntegerField(help_text="Of the draws that have a counterpart, đồng.")
    before_amount = serializers.IntegerField(help_text="Of those counterparts.")
    change_bps = serializers.IntegerField(allow_null=True)


class PlanShareShape(serializers.Serializer[Any]):
    tickets = serializers.IntegerField(allow_null=True, help_text="null: no plan.")
    revenue_amount = serializers.IntegerField(allow_null=True, help_text="đồng")
    share_bps = serializers.IntegerField(allow_null=True, help_text="Tickets sold of them.")


class AnySummaryRow(serializers.Serializer[Any]):
    territory = serializers.CharField(required=False, allow_null=True)
    territory_name = serializers.CharField(required=False, allow_null=True)
    region = serializers.CharField(required=False)
    region_name = serializers.CharField(required=False)
    agent = serializers.CharField(required=False)
    agent_name = serializers.CharField(required=False)
    product = serializers.CharField(required=False)
    product_name = serializers.CharField(required=False)
    draw = serializers.DateField(required=False)
    weekday = serializers.IntegerField(required=False, help_text="0 is Monday.")
    month = serializers.CharField(required=False, help_text="2026-11")
    issued = serializers.IntegerField()
    returned = serializers.IntegerField()
    sold = serializers.IntegerField()
    revenue_amount = serializers.IntegerField(help_text="đồng")
    unsold_bps = serializers.IntegerField(allow_null=True, help_text="Returned of issued.")
    commission_amount = serializers.IntegerField(required=False, help_text="đồng")
    is_estimate = serializers.BooleanField(
        required=False, help_text="With tree=now: part of it is a divided unit's, by shares."
    )
    plan = PlanShareShape(required=False)
    last_week = ComparisonShape(required=False)
    last_year = ComparisonShape(required=False)


class AnySummary(serializers.Serializer[Any]):
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    by = serializers.ListField(child=serializers.CharField())
    recorded_until = serializers.DateTimeField(allow_null=True)
    more = serializers.BooleanField(help_text="There are more rows than those told until here.")
    next = serializers.URLField(allow_null=True, help_text="The following page; null on the last.")
    rows = AnySummaryRow(many=True)


class AnySummaries(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="summary",
        parameters=[AnySummaryQuery],
        responses=tabular(AnySummary),
        tags=["sales"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Draws held, by any of the dimensions; CSV or a workbook by `Accept`."""
        query, user = query_of(request, AnySummaryQuery), person(request)
        path = scope_of(query, user=user, on=query["date_to"])
        start = start_of(request, dimensions=len(query["by"]))
        asked = Asked(
            first=query["date_from"], last=query["date_to"], by=query["by"], level=query["level"],
            path=path, agent=query.get("agent"), product=query.get("product"), weekday=query.get("weekday"),
            has_commission=query["commission"], is_compared=query["compare"],
            order=query.get("order", ""), limit=start.rows + query["limit"],
            on=clock.today(),
        )  # fmt: skip
        found = summary_by_tree(asked, is_today=query["tree"] == "now")
        told, more = found[: asked.limit], len(found) > asked.limit
        plans = planned(asked) if query["plan"] else None
        with_plans = told if plans is None or more else with_planned(told, plans, asked)
        page = start.page(told, with_plans)
        shown = (_shown(row, asked, is_estimate, plans) for row, is_estimate in page)
        rows = sparse_rows(request, shown)
        following = next_address(request, [len(told), *codes_of(told[-1])]) if more else None
        if asks_for_table(request):
            return linked(table_answer(request, rows, name="summary"), following)
        return json_response(
            {
                "date_from": asked.first,
                "date_to": asked.last,
                "by": list(asked.by),
                "recorded_until": figures.recorded_until(),
                "more": more,
                "next": following,
                "rows": rows,
            }
        )


def _plan(row: SummaryRow, plans: dict[Keys, Plan]) -> dict[str, int | None]:
    plan = plans.get(row.keys)
    return {
        "tickets": plan.tickets if plan else None,
        "revenue_amount": plan.revenue_amount if plan else None,
        "share_bps": share_bps(row.tickets.sold, plan.tickets) if plan else None,
    }


def _shown(
    row: SummaryRow, asked: Asked, is_estimate: bool | None, plans: dict[Keys, Plan] | None
) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for name, values in zip(asked.by, row.keys, strict=True):
        keys[name] = f"{values[0]:%Y-%m}" if name == "month" else values[0]
        if name in _NAMED:
            keys[f"{name}_name"] = values[1]
    tickets = row.tickets
    shown = {
        **keys,
        "issued": tickets.issued,
        "returned": tickets.returned,
        "sold": tickets.sold,
        "revenue_amount": tickets.revenue_amount,
        "unsold_bps": tickets.unsold_bps,
    }
    if row.commission_amount is not None:
        shown["commission_amount"] = row.commission_amount
    if is_estimate is not None:
        shown["is_estimate"] = is_estimate
    if plans is not None:
        shown["plan"] = _plan(row, plans)
    for name, pair, change in (
        ("last_week", row.week, row.week_change_bps),
        ("last_year", row.year, row.year_change_bps),
    ):
        if pair is not None:
            shown[name] = {"now_amount": pair[0], "before_amount": pair[1], "change_bps": change}
    return shown

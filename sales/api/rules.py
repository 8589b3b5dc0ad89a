"""/rules/, /prize-tables/: rates, terms, limits and prizes, each with its validity and document."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.accounts.permissions import can
from backend.api.bodies import json_response
from backend.api.pagination import PageQuery, page_of_records, page_shape, query_of
from backend.api.tables import RENDERERS, listed_rows, tabular
from sales.api.codes import ProductFilter
from sales.models import PrizeKind, PrizeTable, RuleKey, SalesRule


class RulesQuery(PageQuery):
    key = serializers.ChoiceField(RuleKey.values, required=False)
    on = serializers.DateField(required=False, help_text="Only those in force that day.")


class RuleShape(serializers.Serializer[Any]):
    key = serializers.CharField(help_text=", ".join(RuleKey.values))
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    value = serializers.IntegerField(
        help_text="In the unit of its key: basis points, đồng, days, minutes."
    )
    document = serializers.CharField()
    is_confirmed = serializers.BooleanField()
    note = serializers.CharField()


RulePage = page_shape("RulePage", RuleShape)


class PrizeTablesQuery(PageQuery):
    product = ProductFilter(required=False, help_text="Code.")
    on = serializers.DateField(required=False, help_text="Only those in force for its draw.")


class PrizeLevelShape(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text=", ".join(PrizeKind.values))
    digits = serializers.IntegerField()
    draws = serializers.IntegerField(help_text="Numbers drawn of it.")
    amount = serializers.IntegerField(help_text="đồng")


class PrizeTableShape(serializers.Serializer[Any]):
    product = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    special_takes_consolation = serializers.BooleanField()
    document = serializers.CharField()
    is_confirmed = serializers.BooleanField()
    levels = PrizeLevelShape(many=True)


PrizeTablePage = page_shape("PrizeTablePage", PrizeTableShape)


NAMES = tuple(RuleShape().fields)


class Rules(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="rules_list",
        parameters=[RulesQuery],
        responses=tabular(RulePage),
        tags=["reference"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Rates, terms and legal limits; of a key the newest `valid_from` that holds counts."""
        query = query_of(request, RulesQuery)
        rules = (
            SalesRule.objects.in_force(query["on"]) if "on" in query else SalesRule.objects.all()
        )
        if "key" in query:
            rules = rules.filter(key=query["key"])
        columns = ("key", "valid_from", "valid_to", "value", "document", "is_confirmed", "note")
        return listed_rows(
            request, query, rules, keys=("key", "valid_from"), columns=columns,
            names=NAMES, name="rules",
        )  # fmt: skip


class PrizeTables(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(
        operation_id="prize_tables_list",
        parameters=[PrizeTablesQuery],
        responses=PrizeTablePage,
        tags=["reference"],
    )
    def get(self, request: Request) -> HttpResponse:
        """What each prize is worth, by product and validity, the latest table first."""
        query = query_of(request, PrizeTablesQuery)
        tables = PrizeTable.objects.select_related("product").prefetch_related("levels")
        if "product" in query:
            tables = tables.filter(product__code=query["product"])
        if "on" in query:
            tables = tables.in_force(query["on"])
        page = page_of_records(tables, request=request, keys=("-pk",), show=_table, query=query)
        return json_response(page)


def _table(table: PrizeTable) -> dict[str, Any]:
    order = {kind: place for place, kind in enumerate(PrizeKind.values)}
    return {
        "product": table.product.code,
        "valid_from": table.valid_from,
        "valid_to": table.valid_to,
        "special_takes_consolation": table.special_takes_consolation,
        "document": table.document,
        "is_confirmed": table.is_confirmed,
        "levels": [
            {"kind": each.kind, "digits": each.digits, "draws": each.draws, "amount": each.amount}
            for each in sorted(table.levels.all(), key=lambda level: order[level.kind])
        ],
    }

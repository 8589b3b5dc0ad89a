"""/agent-taxes/: the year's income tax of agents who are persons, as a list and as files."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import query_of
from backend.api.tables import CSV, RENDERERS, asks_for_table, tabular
from sales.figures.agent_taxes import TaxYear
from sales.files.tax_list import tax_list_answer
from sales.models import TaxListFormat
from sales.money.tax_list import seen_tax_year


class TaxYearQuery(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=2000, max_value=2100)


class TaxLawShape(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="As in /rules/.")
    value = serializers.IntegerField()
    document = serializers.CharField()
    is_confirmed = serializers.BooleanField()


class QuarterTaxShape(serializers.Serializer[Any]):
    quarter = serializers.IntegerField()
    revenue_amount = serializers.IntegerField()
    taxable_amount = serializers.IntegerField()
    tax_amount = serializers.IntegerField()
    withheld_amount = serializers.IntegerField()


class AgentTaxShape(serializers.Serializer[Any]):
    agent = serializers.CharField(help_text="Code.")
    name = serializers.CharField()
    region = serializers.CharField(help_text="Name.")
    number = serializers.CharField(
        help_text="Its end; empty where neither tax code nor identity paper is known."
    )
    commission_amount = serializers.IntegerField()
    fee_amount = serializers.IntegerField(help_text="For prizes paid for the company.")
    revenue_amount = serializers.IntegerField(help_text="Both together.")
    taxable_amount = serializers.IntegerField(help_text="Subject to withholding.")
    tax_amount = serializers.IntegerField(help_text="By the rules, confirmed or not.")
    withheld_amount = serializers.IntegerField()
    changed_amount = serializers.IntegerField(
        help_text="Revenue booked since the list last went out with numbers."
    )
    has_changed = serializers.BooleanField(
        help_text="Was an organisation at some time; what was booked then is left out."
    )


class TaxYearShape(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    open_draws = serializers.IntegerField(help_text="Held, their sales not booked yet.")
    untouched_amount = serializers.IntegerField(help_text="The tax if nothing were free of it.")
    laws = TaxLawShape(many=True)
    quarters = QuarterTaxShape(many=True)
    people = AgentTaxShape(many=True)


_LAW, _QUARTER, _PERSON = (
    tuple(shape().fields) for shape in (TaxLawShape, QuarterTaxShape, AgentTaxShape)
)


class AgentTaxes(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="agent_taxes",
        parameters=[TaxYearQuery],
        responses=tabular(TaxYearShape),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """The list 01/BK-XSBHĐC. As CSV or workbook with full numbers for who records sales, written down."""
        year, by = query_of(request, TaxYearQuery)["year"], person(request)
        if asks_for_table(request):
            is_csv = request.accepted_renderer.media_type == CSV
            kind = TaxListFormat.CSV if is_csv else TaxListFormat.XLSX
            return tax_list_answer(year, kind, by=by)
        return _answer(seen_tax_year(year, by=by))


def _answer(told: TaxYear) -> HttpResponse:
    return json_response(
        {
            "year": told.year,
            "open_draws": told.open_draws,
            "untouched_amount": told.untouched_amount,
            "laws": [{name: getattr(law, name) for name in _LAW} for law in told.laws],
            "quarters": [
                {name: getattr(each, name) for name in _QUARTER} for each in told.quarters
            ],
            "people": [{name: getattr(each, name) for name in _PERSON} for each in told.people],
        }
    )

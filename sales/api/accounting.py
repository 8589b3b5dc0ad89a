"""/accounting/: a month of sales for the accountant's program."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import query_of
from backend.api.tables import CSV, RENDERERS, asks_for_table, tabular
from sales.api.dates import month_of
from sales.engine.posting import ACCOUNTS
from sales.files.accounting import entries_answer, workbook_answer
from sales.money.accounting import Handover, TaxBase, handover
from sales.whole_company import require_whole_company


class AccountingQuery(serializers.Serializer[Any]):
    month = serializers.CharField(help_text="2026-11")


class BookedAccount(serializers.Serializer[Any]):
    event = serializers.CharField()
    product = serializers.CharField(help_text="Code; empty where no product is concerned.")
    account = serializers.ChoiceField(ACCOUNTS)
    amount = serializers.IntegerField(help_text="đồng; debit positive, credit negative.")


class TaxBaseShape(serializers.Serializer[Any]):
    product = serializers.CharField()
    name = serializers.CharField()
    revenue_amount = serializers.IntegerField(help_text="Both taxes included.")
    vat_bps = serializers.IntegerField()
    vat_base_amount = serializers.IntegerField(help_text="Giá tính thuế GTGT.")
    vat_amount = serializers.IntegerField()
    excise_bps = serializers.IntegerField()
    excise_base_amount = serializers.IntegerField(help_text="Giá tính thuế TTĐB.")
    excise_amount = serializers.IntegerField()
    is_confirmed = serializers.BooleanField(help_text="Somebody confirmed both rates.")


class CommissionTaxShape(serializers.Serializer[Any]):
    agent = serializers.CharField()
    name = serializers.CharField()
    tax_code = serializers.CharField(help_text="Its end; in full in the list of taxes.")
    region = serializers.CharField(help_text="Name.")
    revenue_amount = serializers.IntegerField()
    commission_amount = serializers.IntegerField()
    by_rule_amount = serializers.IntegerField(help_text="By the rate in force, confirmed or not.")
    withheld_amount = serializers.IntegerField()


class PrizeTaxShape(serializers.Serializer[Any]):
    draw = serializers.DateField(allow_null=True)
    product = serializers.CharField()
    is_by_agents = serializers.BooleanField(help_text="Paid by agents for the company.")
    count = serializers.IntegerField()
    prizes_amount = serializers.IntegerField(help_text="Before tax.")
    tax_amount = serializers.IntegerField()


class AccountingShape(serializers.Serializer[Any]):
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    booked = BookedAccount(many=True)
    tax_bases = TaxBaseShape(many=True)
    commission_taxes = CommissionTaxShape(many=True)
    prize_taxes = PrizeTaxShape(many=True)


_COMMISSION = tuple(CommissionTaxShape().fields)
_PRIZE = tuple(PrizeTaxShape().fields)


class Accounting(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="accounting",
        parameters=[AccountingQuery],
        responses=tabular(AccountingShape),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Sums by account, tax bases and taxes withheld; a workbook, or every entry as CSV, by `Accept`."""
        month = month_of(query_of(request, AccountingQuery)["month"])
        by = person(request)
        require_whole_company(by)
        if not asks_for_table(request):
            return _answer(handover(month))
        if request.accepted_renderer.media_type == CSV:
            return entries_answer(month)
        return workbook_answer(handover(month), by)


def _answer(told: Handover) -> HttpResponse:
    return json_response(
        {
            "date_from": told.first,
            "date_to": told.last,
            "booked": [
                {"event": row.event, "product": row.product, "account": name, "amount": amount}
                for row in told.booked
                for name, amount in row.amounts.items()
                if amount
            ],
            "tax_bases": [_tax_base(row) for row in told.tax_bases],
            "commission_taxes": [
                {name: getattr(row, name) for name in _COMMISSION} for row in told.commission_taxes
            ],
            "prize_taxes": [
                {name: getattr(row, name) for name in _PRIZE} for row in told.prize_taxes
            ],
        }
    )


def _tax_base(row: TaxBase) -> dict[str, Any]:
    return {
        "product": row.product,
        "name": row.name,
        "revenue_amount": row.taxes.revenue_amount,
        "vat_bps": row.vat_bps,
        "vat_base_amount": row.taxes.vat_base_amount,
        "vat_amount": row.taxes.vat_amount,
        "excise_bps": row.excise_bps,
        "excise_base_amount": row.taxes.net_amount,
        "excise_amount": row.taxes.excise_amount,
        "is_confirmed": row.is_confirmed,
    }

"""The shapes of requests and answers about money, for the documentation."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from backend.api.bodies import sent_of
from backend.api.pagination import page_shape
from sales.api.codes import AgentFilter, DrawFilter, ProductFilter
from sales.api.lines import partly_shape
from sales.api.queries import PlaceQuery
from sales.engine.ageing import Ageing
from sales.engine.bodies import MOST_LINES
from sales.engine.money_lines import MOST_AMOUNT
from sales.engine.posting import MONEY
from sales.models import JournalEvent
from sales.money.booking import Booked

_DONG = "đồng; debit positive, credit negative"


class JournalQuery(PlaceQuery):
    date_from = serializers.DateField(required=False, help_text="First value date.")
    date_to = serializers.DateField(required=False, help_text="Last value date.")
    agent = AgentFilter(required=False, help_text="Code.")
    product = ProductFilter(required=False, help_text="Code.")
    event = serializers.ChoiceField(JournalEvent.values, required=False)
    draw = DrawFilter(required=False, help_text="Sales of this draw.")


class JournalShape(serializers.Serializer[Any]):
    value_date = serializers.DateField()
    id = serializers.IntegerField()
    event = serializers.ChoiceField(JournalEvent.values)
    agent = serializers.CharField(allow_null=True)
    region = serializers.CharField(allow_null=True)
    product = serializers.CharField(allow_null=True)
    draw_date = serializers.DateField(allow_null=True)
    receivable = serializers.IntegerField(help_text=_DONG)
    collateral = serializers.IntegerField(help_text=_DONG)
    cash = serializers.IntegerField(help_text=_DONG)
    bank = serializers.IntegerField(help_text=_DONG)
    offset = serializers.IntegerField(help_text=_DONG)
    revenue = serializers.IntegerField(help_text=_DONG)
    commission = serializers.IntegerField(help_text=_DONG)
    withheld_tax = serializers.IntegerField(help_text=_DONG)
    prizes = serializers.IntegerField(help_text=_DONG)
    payout_fee = serializers.IntegerField(help_text=_DONG)
    interest = serializers.IntegerField(help_text=_DONG)
    adjustment = serializers.IntegerField(help_text=_DONG)
    reference = serializers.CharField()
    reverses = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    batch = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()


JournalPage = page_shape("JournalPage", JournalShape)


class MoneyLineShape(serializers.Serializer[Any]):
    event = serializers.CharField(help_text="payment, prize, collateral, interest or adjustment")
    agent = serializers.CharField(max_length=20)
    date = serializers.DateField()
    amount = serializers.IntegerField(min_value=-MOST_AMOUNT, max_value=MOST_AMOUNT)
    into = serializers.ChoiceField(list(MONEY), default="cash")
    fee_bps = serializers.IntegerField(default=0, help_text="Of a prize paid: the agent's fee.")
    reference = serializers.CharField(
        max_length=100, help_text="Number of the paper, once for each agent."
    )
    reason = serializers.CharField(required=False, max_length=200, allow_blank=True)


class MoneyLinesShape(serializers.Serializer[Any]):
    lines = serializers.ListField(child=MoneyLineShape(), min_length=1, max_length=MOST_LINES)


class BookedShape(serializers.Serializer[Any]):
    batch = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()
    lines = serializers.IntegerField()
    receivable_amount = serializers.IntegerField(help_text="What it changes in the debts, đồng.")
    collateral_amount = serializers.IntegerField(help_text="What it changes in collateral, đồng.")


PartlyBookedShape = partly_shape("PartlyBookedShape", BookedShape)


def booked_shown(booked: Booked) -> dict[str, Any]:
    return {
        "batch": booked.batch.pk,
        "recorded_at": booked.batch.recorded_at,
        "lines": booked.lines,
        "receivable_amount": booked.receivable_amount,
        "collateral_amount": booked.collateral_amount,
    }


class ReversalShape(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


def reason_of(request: Request) -> str:
    """The reason a request gives, of the shape of a reversal."""
    return str(sent_of(request, ReversalShape)["reason"])


class DrawCloseShape(serializers.Serializer[Any]):
    draw_date = serializers.DateField()
    batch = serializers.IntegerField()
    lines = serializers.IntegerField()
    sold = serializers.IntegerField(help_text="tickets")
    revenue_amount = serializers.IntegerField(help_text="đồng")
    unconfirmed_sheets = serializers.IntegerField(
        help_text="Return sheets that came in and are confirmed no more: their tickets are owed as sold."
    )


class AgeingShape(serializers.Serializer[Any]):
    not_due = serializers.IntegerField()
    days_1_to_7 = serializers.IntegerField()
    days_8_to_30 = serializers.IntegerField()
    days_over_30 = serializers.IntegerField()
    advance = serializers.IntegerField()


AGEING = tuple(AgeingShape().fields)


def ageing_shown(age: Ageing) -> dict[str, int]:
    return {name: getattr(age, name) for name in AGEING}


#: What an account is told in, `AccountAmounts`; among base classes they stand where it stands.
class AccountAmountsShape(serializers.Serializer[Any]):
    opening_amount = serializers.IntegerField()
    revenue_amount = serializers.IntegerField()
    commission_amount = serializers.IntegerField()
    tax_amount = serializers.IntegerField()
    prize_amount = serializers.IntegerField()
    payout_fee_amount = serializers.IntegerField()
    paid_amount = serializers.IntegerField()
    other_amount = serializers.IntegerField()
    closing_amount = serializers.IntegerField()
    collateral_amount = serializers.IntegerField()

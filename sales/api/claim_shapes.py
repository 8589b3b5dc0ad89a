"""The shapes of requests and answers about claims and payouts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.api.pagination import page_shape
from sales.api.codes import AgentFilter, DrawFilter, ProductFilter
from sales.api.queries import PlaceQuery, SpanQuery
from sales.api.result_shapes import TicketShape, WonShape
from sales.models import ClaimState


class ClaimsQuery(PlaceQuery):
    state = serializers.ChoiceField(ClaimState.values, required=False)
    draw = DrawFilter(required=False)
    product = ProductFilter(required=False, help_text="Code.")
    agent = AgentFilter(required=False, help_text="Code; paid by it for the company.")
    number = serializers.CharField(required=False, max_length=5)
    due_before = serializers.DateField(required=False, help_text="Due before this day.")
    date_from = serializers.DateField(required=False, help_text="First day presented.")
    date_to = serializers.DateField(required=False, help_text="Last day presented.")


class WinnerShape(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, allow_blank=True)
    id_number = serializers.CharField(max_length=30, allow_blank=True)
    address = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")
    phone = serializers.CharField(max_length=30, allow_blank=True, required=False, default="")


class NewClaimShape(TicketShape):
    presented_date = serializers.DateField(required=False, help_text="Today, unless told.")
    winner = WinnerShape(
        required=False, help_text="Where tax may fall due; sealed, never answered."
    )


class ClaimShape(serializers.Serializer[Any]):
    presented_date = serializers.DateField()
    id = serializers.IntegerField()
    state = serializers.ChoiceField(ClaimState.values)
    draw_date = serializers.DateField()
    product = serializers.CharField()
    number = serializers.CharField()
    symbol = serializers.CharField()
    prizes = WonShape(many=True)
    gross_amount = serializers.IntegerField()
    claim_until = serializers.DateField()
    due_date = serializers.DateField(help_text="The last day to pay.")
    entry = serializers.IntegerField(allow_null=True, help_text="Of the journal.")
    paid_date = serializers.DateField(allow_null=True)
    agent = serializers.CharField(allow_null=True, help_text="Who paid; null: the company.")
    tax_amount = serializers.IntegerField(allow_null=True)
    fee_amount = serializers.IntegerField(allow_null=True)
    reference = serializers.CharField(allow_null=True)
    reason = serializers.CharField(help_text="Of a withdrawal.")


ClaimPage = page_shape("ClaimPage", ClaimShape)


class PaymentShape(serializers.Serializer[Any]):
    date = serializers.DateField(required=False, help_text="Today, unless told.")
    out_of = serializers.ChoiceField(["cash", "bank"], default="cash")
    agent = serializers.CharField(
        max_length=20, default="", allow_blank=True, help_text="Code of the agent who paid."
    )
    fee_bps = serializers.IntegerField(
        min_value=0, max_value=10_000, default=0, help_text="The agent's fee."
    )
    reference = serializers.CharField(max_length=100, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["fee_bps"] and not attrs["agent"]:
            raise serializers.ValidationError(
                {"fee_bps": _("Chỉ đại lý trả thưởng hộ mới có phí.")}, code="fee.of_no_agent"
            )
        return attrs


class PayoutsQuery(SpanQuery):
    group_by = serializers.ChoiceField(["draw", "month"], default="draw")


class PayoutsRow(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="Of the draw, or the first of the month.")
    product = serializers.CharField()
    revenue_amount = serializers.IntegerField()
    paid_amount = serializers.IntegerField(help_text="Gross, less what was reversed.")
    by_agents_amount = serializers.IntegerField()
    tax_amount = serializers.IntegerField()
    waiting_amount = serializers.IntegerField(help_text="Claims not paid yet.")
    expected_amount = serializers.IntegerField(
        allow_null=True, help_text="Average winnings of the tickets sold, by the prize table."
    )
    unclaimed_amount = serializers.IntegerField(
        allow_null=True, help_text="An estimate: expected less claimed, once the term is over."
    )
    ratio_bps = serializers.IntegerField(allow_null=True)


class PayoutsShape(serializers.Serializer[Any]):
    rows = PayoutsRow(many=True)

"""The shapes of the bank's statements and lines, asked for and told."""

from typing import Any, Final

from django.db.models import Q
from rest_framework import serializers

from backend.api.pagination import (
    PageQuery,
    page_shape,
)
from sales.api.codes import AgentFilter

STATES: Final = {
    "waiting": Q(entry=None, reason=""),
    "booked": Q(entry__isnull=False),
    "aside": ~Q(reason=""),
}


class BankLinesQuery(PageQuery):
    state = serializers.ChoiceField(
        list(STATES), required=False, help_text="waiting: for its agent; aside: no agent's payment."
    )
    date_from = serializers.DateField(required=False)
    date_to = serializers.DateField(required=False)
    account = serializers.CharField(required=False, help_text="The company's, at the bank.")
    agent = AgentFilter(required=False, help_text="Code; booked as a payment of it.")
    statement = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    proposals = serializers.BooleanField(
        default=False, help_text="Tell whose payment each waiting line may be."
    )


class LineProposalShape(serializers.Serializer[Any]):
    agent = serializers.CharField()
    confidence = serializers.ChoiceField(["high", "fair", "low"])
    reasons = serializers.ListField(
        child=serializers.ChoiceField(["code", "payer", "name", "amount"])
    )


class BankLineShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    statement = serializers.IntegerField()
    account = serializers.CharField()
    reference = serializers.CharField()
    day = serializers.DateField()
    amount = serializers.IntegerField(help_text="đồng that came in.")
    sender = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField(list(STATES))
    agent = serializers.CharField(allow_null=True)
    entry = serializers.IntegerField(allow_null=True, help_text="Of the journal.")
    reason = serializers.CharField(help_text="Why it was set aside.")
    proposals = LineProposalShape(many=True, required=False)


BankLinePage = page_shape("BankLinePage", BankLineShape)


class MatchShape(serializers.Serializer[Any]):
    line = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    agent = serializers.CharField(max_length=20)


class MatchesShape(serializers.Serializer[Any]):
    lines = serializers.ListField(child=MatchShape(), min_length=1, max_length=1_000)


class MatchesDone(serializers.Serializer[Any]):
    booked = serializers.IntegerField()


class StatementUploadShape(serializers.Serializer[Any]):
    file = serializers.FileField(help_text=".xlsx, .xls or .csv, at most 20 MB.")
    account = serializers.CharField(max_length=30, help_text="The company's, at the bank.")


class BankStatementShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    account = serializers.CharField()
    name = serializers.CharField()
    new = serializers.IntegerField(help_text="Lines of money in that were not known yet.")
    known = serializers.IntegerField()
    outgoing = serializers.IntegerField(help_text="Lines of money out, left aside.")
    by = serializers.CharField()
    at = serializers.DateTimeField()


BankStatementPage = page_shape("BankStatementPage", BankStatementShape)

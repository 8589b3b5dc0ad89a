"""The shapes of requests and answers about results and tickets."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from sales.engine.prizes import KINDS


class SheetShape(serializers.Serializer[Any]):
    numbers = serializers.ListField(
        child=serializers.CharField(max_length=20, allow_blank=True),
        max_length=100,
        help_text="27, as text: zeros in front count. Special, 1, 2 (×2), 3 (×6), 4 (×4) …",
    )
    winning_symbols = serializers.ListField(
        child=serializers.CharField(max_length=20, allow_blank=True), max_length=60, default=list
    )
    series_count = serializers.IntegerField(required=False, allow_null=True)
    is_import = serializers.BooleanField(
        default=False, help_text="Taken over from elsewhere; another person confirms it."
    )


class PublishShape(serializers.Serializer[Any]):
    minutes_no = serializers.CharField(
        max_length=50, required=False, allow_blank=True, help_text="Of the council's minutes."
    )
    reason = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Of a correction."
    )


class KeyedShape(serializers.Serializer[Any]):
    numbers = serializers.ListField(child=serializers.CharField())
    winning_symbols = serializers.ListField(child=serializers.CharField())
    series_count = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()


class PublicationShape(serializers.Serializer[Any]):
    minutes_no = serializers.CharField()
    keyed_by = serializers.ListField(child=serializers.CharField())
    by = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class DifferenceShape(serializers.Serializer[Any]):
    field = serializers.CharField(help_text='"special", "third.4", "symbols", "series_count"')
    mine = serializers.CharField()
    other = serializers.CharField()


class ResultShape(serializers.Serializer[Any]):
    draw_date = serializers.DateField()
    host = serializers.CharField()
    status = serializers.CharField()
    numbers = serializers.ListField(child=serializers.CharField(), allow_null=True)
    winning_symbols = serializers.ListField(child=serializers.CharField(), allow_null=True)
    series_count = serializers.IntegerField(allow_null=True)
    publications = PublicationShape(many=True)
    mine = KeyedShape(allow_null=True)
    others = serializers.IntegerField(help_text="Other people who keyed it since it was published.")
    differences = DifferenceShape(
        many=True, allow_null=True, help_text="Null until you and another person have keyed it."
    )
    may_publish = serializers.BooleanField()


class TicketShape(serializers.Serializer[Any]):
    number = serializers.RegexField(
        r"\A[0-9]{5}\Z",
        error_messages={"invalid": _("Số vé phải là đúng 5 chữ số, giữ số 0 ở đầu.")},
    )
    symbol = serializers.RegexField(
        r"\A[0-9A-Za-z]{1,6}\Z",
        error_messages={"invalid": _("Ký hiệu vé gồm chữ không dấu và số, tối đa 6 ký tự.")},
    )
    draw_date = serializers.DateField()
    product = serializers.CharField(max_length=20, required=False)

    def validate_symbol(self, symbol: str) -> str:
        return symbol.upper()


class WonShape(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(KINDS)
    place = serializers.IntegerField(help_text="Which number of the prize, from 1.")
    amount = serializers.IntegerField(help_text="đồng")


class CheckedShape(serializers.Serializer[Any]):
    draw_date = serializers.DateField()
    product = serializers.CharField()
    prizes = WonShape(many=True)
    gross_amount = serializers.IntegerField()
    tax_amount = serializers.IntegerField()
    net_amount = serializers.IntegerField()
    tax_on = serializers.DateField(help_text="The day the tax is told for: today.")
    tax_free_amount = serializers.IntegerField()
    tax_is_confirmed = serializers.BooleanField()
    prizes_are_confirmed = serializers.BooleanField()
    needs_symbols = serializers.BooleanField(
        help_text="It has the special number, but the winning symbols are not known."
    )
    claim_until = serializers.DateField()

"""The shapes of sales, agents and reference data, asked for and told, for the documentation."""

from typing import Any

from rest_framework import serializers

from backend.api.pagination import page_shape
from sales.api.lines import partly_shape
from sales.engine.bodies import MOST_LINES
from sales.engine.lines import MOST_TICKETS
from sales.models import ProductKind


class LineShape(serializers.Serializer[Any]):
    draw_date = serializers.DateField()
    agent = serializers.CharField(max_length=20)
    product = serializers.CharField(max_length=20)
    issued = serializers.IntegerField(default=0, min_value=-MOST_TICKETS, max_value=MOST_TICKETS)
    returned = serializers.IntegerField(default=0, min_value=-MOST_TICKETS, max_value=MOST_TICKETS)
    sold = serializers.IntegerField(
        required=False, allow_null=True, help_text="A check only: must equal issued - returned."
    )
    corrects = serializers.IntegerField(
        required=False, allow_null=True, help_text="The entry this one corrects; needs a reason."
    )
    reason = serializers.CharField(required=False, max_length=200, allow_blank=True)


class LinesShape(serializers.Serializer[Any]):
    lines = serializers.ListField(child=LineShape(), min_length=1, max_length=MOST_LINES)


class EntryShape(serializers.Serializer[Any]):
    draw_date = serializers.DateField()
    id = serializers.IntegerField()
    agent = serializers.CharField()
    product = serializers.CharField()
    region = serializers.CharField()
    issued = serializers.IntegerField()
    returned = serializers.IntegerField()
    sold = serializers.IntegerField()
    face_value_amount = serializers.IntegerField(help_text="đồng")
    revenue_amount = serializers.IntegerField(help_text="đồng")
    corrects = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    is_late = serializers.BooleanField(
        help_text="Tickets that came back after the draw's cut-off; draws.return_cutoff_at."
    )
    batch = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()


class RecordedShape(serializers.Serializer[Any]):
    batch = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()
    lines = serializers.IntegerField()
    issued = serializers.IntegerField()
    returned = serializers.IntegerField()
    sold = serializers.IntegerField()
    revenue_amount = serializers.IntegerField(help_text="đồng")


PartlyRecordedShape = partly_shape("PartlyRecordedShape", RecordedShape)


EntryPage = page_shape("EntryPage", EntryShape)


class SummaryRow(serializers.Serializer[Any]):
    region = serializers.CharField()
    name = serializers.CharField()
    month = serializers.CharField(help_text="2026-11")
    issued = serializers.IntegerField()
    returned = serializers.IntegerField()
    sold = serializers.IntegerField()
    revenue_amount = serializers.IntegerField(help_text="đồng")
    is_estimate = serializers.BooleanField(
        help_text="Part of it is a divided unit's, by the company's own shares."
    )


class Summary(serializers.Serializer[Any]):
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    group_by = serializers.CharField()
    recorded_until = serializers.DateTimeField(allow_null=True)
    rows = SummaryRow(many=True)


class ProductShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(ProductKind.values)
    face_value_amount = serializers.IntegerField(help_text="đồng")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


ProductPage = page_shape("ProductPage", ProductShape)


class DrawShape(serializers.Serializer[Any]):
    date = serializers.DateField()
    host = serializers.CharField()
    status = serializers.CharField()
    numbers = serializers.ListField(child=serializers.CharField(), allow_null=True)
    winning_symbols = serializers.ListField(child=serializers.CharField(), allow_null=True)
    series_count = serializers.IntegerField(allow_null=True)


DrawPage = page_shape("DrawPage", DrawShape)


class DrawDetailShape(DrawShape):
    return_cutoff_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: no rule says until when tickets may come back."
    )
    closed_at = serializers.DateTimeField(allow_null=True, help_text="When its sales were booked.")


class RegionShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    valid_from = serializers.DateField()
    name = serializers.CharField()
    level = serializers.CharField()
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    valid_to = serializers.DateField(allow_null=True)


class SuccessionShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    old = serializers.CharField(help_text="Code of the former unit.")
    old_valid_from = serializers.DateField()
    new = serializers.CharField(help_text="Code of the unit that took over.")
    new_valid_from = serializers.DateField()
    effective_date = serializers.DateField()
    share_bps = serializers.IntegerField()
    is_estimate = serializers.BooleanField(help_text="The company's own estimate.")


SuccessionPage = page_shape("SuccessionPage", SuccessionShape)


RegionPage = page_shape("RegionPage", RegionShape)

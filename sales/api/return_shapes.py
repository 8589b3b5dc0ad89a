"""The shapes of sheets of returns, asked for and told."""

from typing import Any

from rest_framework import serializers

from backend.api.pagination import page_shape
from sales.api.codes import AgentFilter, DrawFilter, ProductFilter
from sales.api.queries import PlaceQuery
from sales.engine.lines import MOST_TICKETS
from sales.models import ReturnState, ReturnStep
from sales.tickets.return_sheets import SheetNow

_MANY = (ReturnState.RECEIVED, ReturnState.SEALED, ReturnState.DESTROYED)


class _Tickets(serializers.DictField):
    """Tickets by product code."""

    child = serializers.IntegerField(min_value=0, max_value=MOST_TICKETS)


class DeclarationShape(serializers.Serializer[Any]):
    agent = serializers.CharField(max_length=20)
    draw_date = serializers.DateField()
    tickets = _Tickets(help_text="By product code.")
    note = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)


class StepsShape(serializers.Serializer[Any]):
    sheets = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=1_000
    )
    state = serializers.ChoiceField([state.value for state in _MANY])
    minutes_no = serializers.CharField(required=False, default="", max_length=100, allow_blank=True)
    note = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)


class CountShape(serializers.Serializer[Any]):
    tickets = _Tickets(help_text="By product code.")
    serials = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=30)),
        required=False,
        default=dict,
        help_text='By product code: ["8KX 00450-00499"], as many as counted.',
    )
    minutes_no = serializers.CharField(required=False, default="", max_length=100, allow_blank=True)
    note = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)


class ConfirmationShape(serializers.Serializer[Any]):
    minutes_no = serializers.CharField(max_length=100)
    accepted = _Tickets(required=False, default=dict, help_text="Else what was counted.")
    note = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)


class ReturnTallyShape(serializers.Serializer[Any]):
    product = serializers.CharField()
    declared = serializers.IntegerField()
    counted = serializers.IntegerField(allow_null=True)
    accepted = serializers.IntegerField(allow_null=True)
    surplus = serializers.IntegerField()
    shortage = serializers.IntegerField()
    serials = serializers.ListField(child=serializers.CharField())


class ReturnStepShape(serializers.Serializer[Any]):
    state = serializers.CharField()
    minutes_no = serializers.CharField()
    note = serializers.CharField()
    is_late = serializers.BooleanField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    batch = serializers.IntegerField(allow_null=True)


class ReturnSheetShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    agent = serializers.CharField()
    draw_date = serializers.DateField()
    region = serializers.CharField()
    state = serializers.ChoiceField(ReturnState.values)
    is_late = serializers.BooleanField()
    tallies = ReturnTallyShape(many=True)
    steps = ReturnStepShape(many=True)


ReturnSheetPage = page_shape("ReturnSheetPage", ReturnSheetShape)


class StepsDone(serializers.Serializer[Any]):
    state = serializers.CharField()
    sheets = serializers.IntegerField()


class ReturnsQuery(PlaceQuery):
    draw = DrawFilter(required=False)
    date_from = serializers.DateField(required=False, help_text="First draw date.")
    date_to = serializers.DateField(required=False, help_text="Last draw date.")
    agent = AgentFilter(required=False, help_text="Code.")
    product = ProductFilter(required=False, help_text="Code; sheets that tell of it.")
    state = serializers.ChoiceField(ReturnState.values, required=False)


def told(now: SheetNow) -> dict[str, Any]:
    """The sheet as the API shows it."""
    return {
        "id": now.sheet.pk,
        "agent": now.sheet.agent.code,
        "draw_date": now.sheet.draw.date,
        "region": now.sheet.region.code,
        "state": now.state.value,
        "is_late": now.is_late,
        "tallies": [
            {
                "product": each.product,
                "declared": each.declared,
                "counted": each.counted,
                "accepted": each.accepted,
                "surplus": each.surplus,
                "shortage": each.shortage,
                "serials": now.serials.get(each.product, ()),
            }
            for each in now.tallies
        ],
        "steps": [_step(step) for step in now.steps],
    }


def _step(step: ReturnStep) -> dict[str, Any]:
    return {
        "state": step.state,
        "minutes_no": step.minutes_no,
        "note": step.note,
        "is_late": step.is_late,
        "by": str(step.by),
        "at": step.at,
        "batch": step.batch_id,
    }

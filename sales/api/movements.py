"""/payments/, /deposits/, /adjustments/: money of agents by kind, as people enter and read it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import FieldsQuery, page_shape, query_of
from backend.api.tables import RENDERERS, listed_records, tabular
from backend.api.versions import versioned
from sales.api.codes import AgentFilter
from sales.api.lines import PartialQuery, recorded
from sales.api.money_shapes import (
    BookedShape,
    PartlyBookedShape,
    ReversalShape,
    booked_shown,
    reason_of,
)
from sales.api.queries import PlaceQuery, rows_asked_for
from sales.engine.bodies import MOST_LINES
from sales.engine.money_lines import MOST_AMOUNT, MoneyEvent
from sales.engine.movement_lines import MOVEMENT_LINES, MovementLine
from sales.models import JournalEntry
from sales.money.booking import Booked, record_money, reverse_entry
from sales.money.movements import INTO, Movement, about, movements, that_went

#: What is served under which name.
RESOURCES: Final[Mapping[str, MoneyEvent]] = {
    "payments": "payment",
    "deposits": "collateral",
    "adjustments": "adjustment",
}
FILTERS: Final = {
    "date_from": "value_date__gte",
    "date_to": "value_date__lte",
    "agent": "agent__code",
    "reference": "reference",
    "batch": "batch",
}


class MovementsQuery(PlaceQuery):
    date_from = serializers.DateField(required=False)
    date_to = serializers.DateField(required=False)
    agent = AgentFilter(required=False, help_text="Code.")
    into = serializers.ChoiceField(list(INTO), required=False)
    reference = serializers.CharField(required=False, help_text="Number of the paper, whole.")
    search = serializers.CharField(
        required=False, help_text="Part of the agent's code or name, or of the paper's number."
    )
    batch = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class MovementShape(serializers.Serializer[Any]):
    date = serializers.DateField()
    id = serializers.IntegerField(help_text="Of the entry in /journal/.")
    agent = serializers.CharField()
    region = serializers.CharField()
    amount = serializers.IntegerField(
        help_text="đồng that came in; of an adjustment, by how much the debt grows."
    )
    into = serializers.ChoiceField(list(INTO), allow_null=True)
    reference = serializers.CharField()
    reason = serializers.CharField()
    reverses = serializers.IntegerField(allow_null=True)
    reversed_by = serializers.IntegerField(allow_null=True)
    bank_line = serializers.IntegerField(allow_null=True, help_text="It was booked from.")
    batch = serializers.IntegerField()
    recorded_by = serializers.CharField()
    recorded_at = serializers.DateTimeField()


MovementPage = page_shape("MovementPage", MovementShape)


class MovementLineShape(serializers.Serializer[Any]):
    agent = serializers.CharField(max_length=20)
    date = serializers.DateField()
    amount = serializers.IntegerField(min_value=-MOST_AMOUNT, max_value=MOST_AMOUNT)
    into = serializers.ChoiceField(list(INTO), default="cash")
    reference = serializers.CharField(
        max_length=100, help_text="Number of the paper, once for each agent."
    )
    reason = serializers.CharField(required=False, max_length=200, allow_blank=True)


class MovementLinesShape(serializers.Serializer[Any]):
    lines = serializers.ListField(child=MovementLineShape(), min_length=1, max_length=MOST_LINES)


def collection_of(name: str) -> type[APIView]:
    """List and book."""
    kind = RESOURCES[name]

    class Collection(APIView):
        permission_classes = (can("sales.view", "sales.record"),)
        renderer_classes = RENDERERS

        @extend_schema(
            operation_id=f"{name}_list",
            parameters=[MovementsQuery],
            responses=tabular(MovementPage),
            tags=["money"],
        )
        def get(self, request: Request) -> HttpResponse:
            query, user = query_of(request, MovementsQuery), person(request)
            on = query.get("date_to") or clock.today()
            rows = rows_asked_for(movements(kind), query, FILTERS, user=user, on=on)
            if "into" in query:
                rows = that_went(rows, query["into"])
            if "search" in query:
                rows = about(rows, query["search"])
            return listed_records(
                request, query, rows, keys=("-value_date", "-id"), show=_shown, name=name
            )

        @extend_schema(
            request=MovementLinesShape,
            responses={201: BookedShape, 200: PartlyBookedShape},
            parameters=[key_parameter(required=True), PartialQuery],
            tags=["money"],
        )
        def post(self, request: Request) -> HttpResponse:
            """All lines or none; with `?partial=1` those that can be booked."""

            def book(*, lines: Sequence[MovementLine], **who: Any) -> Booked:
                return record_money(lines=[line.of(kind) for line in lines], **who)

            is_partial = query_of(request, PartialQuery)["partial"]
            return recorded(request, MOVEMENT_LINES, book, booked_shown, is_partial=is_partial)

    return Collection


def item_of(name: str) -> type[APIView]:
    """Show one."""
    kind = RESOURCES[name]

    class Item(APIView):
        permission_classes = (can("sales.view"),)

        @extend_schema(parameters=[FieldsQuery], responses=MovementShape, tags=["money"])
        def get(self, request: Request, pk: int) -> HttpResponse:
            query_of(request, FieldsQuery)
            return versioned(request, _one(kind, pk, person(request)))

    return Item


def reversal_of(name: str) -> type[APIView]:
    """Undo one."""
    kind = RESOURCES[name]

    class Reversal(APIView):
        permission_classes = (can("sales.record"),)

        @extend_schema(
            request=ReversalShape,
            responses={201: MovementShape},
            parameters=[key_parameter(required=False)],
            tags=["money"],
        )
        def post(self, request: Request, pk: int) -> HttpResponse:
            """Undo it by a new entry of today, with a reason; the answer is the new entry."""
            by, why = person(request), reason_of(request)

            def work() -> HttpResponse:
                _one(kind, pk, by)
                entry = reverse_entry(pk, reason=why, by=by, at=clock.now())
                return versioned(request, _one(kind, entry.pk, by), status=201)

            return once(request, work)

    return Reversal


def _one(kind: str, pk: int, user: User) -> dict[str, Any]:
    """Raises Http404."""
    entry = get_object_or_404(movements(kind).known_to(user), pk=pk)
    return _shown(entry)


def _shown(entry: JournalEntry) -> dict[str, Any]:
    told = Movement(entry)
    agent, region = cast("Any", entry.agent), cast("Any", entry.region)  # only payouts have none
    return {
        "date": entry.value_date,
        "id": entry.pk,
        "agent": agent.code,
        "region": region.code,
        "amount": told.amount,
        "into": told.place,
        "reference": entry.reference,
        "reason": entry.reason,
        "reverses": entry.reverses_id,
        "reversed_by": told.reversal.pk if told.reversal else None,
        "bank_line": entry.bank_line.pk if told.is_of_bank_line else None,
        "batch": entry.batch_id,
        "recorded_by": entry.batch.recorded_by.username,
        "recorded_at": entry.batch.recorded_at,
    }

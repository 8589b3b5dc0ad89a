"""/sales-changes/: the feed of what was recorded, for programs that keep a copy."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.feeds import feed
from backend.api.pagination import query_of
from sales.api import entries, money
from sales.api.money_shapes import JournalShape
from sales.api.shapes import EntryShape
from sales.ledger.feed import batches_after
from sales.models import ConsignmentEntry, JournalEntry, RecordingBatch

MOST = 100
#: Lines of an answer, save that one batch is told whole: a file people send is a batch of 100,000.
MOST_LINES = 20_000


class FeedQuery(serializers.Serializer[Any]):
    cursor = serializers.RegexField(
        r"^[0-9]{1,18}(\.[0-9]{1,18})?$",
        default="0",
        help_text="As in the last answer; 0 is from the beginning.",
        error_messages={"invalid": _("Con trỏ trang (cursor) không đúng.")},
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=20, help_text="Batches.")


class BatchShape(serializers.Serializer[Any]):
    batch = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()
    by = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    tickets = EntryShape(many=True)
    money = JournalShape(many=True)


class BatchFeed(serializers.Serializer[Any]):
    results = BatchShape(many=True)
    cursor = serializers.CharField(help_text="Ask with it next time, at once while `more`.")
    more = serializers.BooleanField()


class SalesChanges(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(
        operation_id="sales_changes_list",
        parameters=[FeedQuery],
        responses=BatchFeed,
        tags=["sales"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Batches after `cursor` with their entries of both ledgers; none is ever skipped."""
        query = query_of(request, FeedQuery)
        transaction, _dot, pk = query["cursor"].partition(".")
        found = batches_after((int(transaction), int(pk or 0)), limit=query["limit"])
        limit = _fitting(found[: query["limit"]])
        numbers = [batch.pk for batch in found[:limit]]
        tickets = _by_batch(ConsignmentEntry, entries.COLUMNS, entries.NAMES, numbers, request)
        moved = _by_batch(JournalEntry, money.COLUMNS, money.NAMES, numbers, request)

        def show(batch: RecordingBatch) -> dict[str, Any]:
            return {
                "batch": batch.pk,
                "recorded_at": batch.recorded_at,
                "by": batch.recorded_by.username,
                "source": batch.source,
                "tickets": tickets[batch.pk],
                "money": moved[batch.pk],
            }

        answer = feed(
            found, limit=limit, cursor=query["cursor"], show=show,
            cursor_of=lambda batch: f"{batch.transaction}.{batch.pk}",
        )  # fmt: skip
        return json_response(answer)


def _fitting(batches: Sequence[RecordingBatch]) -> int:
    """How many of the batches an answer tells: the first, and what is not too long with it."""
    lines = accumulate(batch.line_count for batch in batches)
    return max(sum(1 for until in lines if until <= MOST_LINES), min(len(batches), 1))


def _by_batch(
    model: Any,
    columns: tuple[str, ...],
    names: tuple[str, ...],
    batches: list[int],
    request: Request,
) -> dict[int, list[dict[str, Any]]]:
    """The entries the person may see, in one query."""
    rows = model.objects.visible_to(person(request)).filter(batch__in=batches).order_by("pk")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values_list(*columns):
        shown = dict(zip(names, row, strict=True))
        found[shown["batch"]].append(shown)
    return found

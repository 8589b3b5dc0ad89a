"""What was recorded since: batches in an order in which none can come in behind the reader.

Numbers of rows are given before their transactions end, so a reader by number would pass over what
is committed late. Batches are therefore read by the number of their transaction, and only below
the oldest one still under way: whatever ends later has a greater number.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField, Func, Q, QuerySet

from sales.models import RecordingBatch

Place = tuple[int, int]


class _OldestUnderWay(Func):
    template = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
    output_field: Any = BigIntegerField()
    arity = 0


def batches_after(place: Place, *, limit: int) -> Sequence[RecordingBatch]:
    """At most `limit` batches and one more, after the transaction and number of `place`."""
    later: QuerySet[RecordingBatch] = RecordingBatch.objects.filter(
        Q(transaction__gt=place[0]) | Q(transaction=place[0], pk__gt=place[1]),
        transaction__gte=place[0],
        transaction__lt=_OldestUnderWay(),
    )
    return list(later.select_related("recorded_by").order_by("transaction", "pk")[: limit + 1])

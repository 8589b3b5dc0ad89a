"""POST of 1,000 sales lines, validated and with all rollups, against COPY and DRF's own way.

COPY gets the very rows ours writes, finished, and nothing else. The other peer inserts into the same ledger with `many=True`, looks nothing up, keeps no rollup and no
idempotency record. Both requests pass all middleware with a token; each repeat is a new draw.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.test import override_settings
from django.urls import include, path
from rest_framework import serializers
from rest_framework.generics import CreateAPIView
from rest_framework.test import APIClient

from backend.accounts.permissions import can
from backend.db import copy_line, copy_text
from sales.models import AgentDrawTotal, ConsignmentEntry, RecordingBatch, RegionDayTotal, Source
from sales.recording import LEDGER_COLUMNS
from scripts.benches.measure import Measure, best_seconds, is_trial
from scripts.benches.sales_fixtures import LAST, Company, client, company

LINES = 1_000
REPEATS = 15

_keys = count()


class BulkInsert(serializers.ListSerializer[Any]):
    def create(self, validated_data: list[dict[str, Any]]) -> list[ConsignmentEntry]:
        return ConsignmentEntry.objects.bulk_create(
            ConsignmentEntry(**row) for row in validated_data
        )


class PlainEntry(serializers.ModelSerializer[ConsignmentEntry]):
    """Foreign keys as bare numbers: a related field would cost the peer a query a row."""

    batch_id = serializers.IntegerField()
    agent_id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    draw_id = serializers.IntegerField()
    region_id = serializers.IntegerField()

    class Meta:
        model = ConsignmentEntry
        fields = (
            "batch_id",
            "agent_id",
            "product_id",
            "draw_id",
            "draw_date",
            "region_id",
            "issued",
            "returned",
            "face_value_amount",
            "commission_bps",
        )


class BulkEntry(PlainEntry):
    class Meta(PlainEntry.Meta):
        list_serializer_class = BulkInsert


class Peer(CreateAPIView[ConsignmentEntry]):
    permission_classes = (can("sales.view", "sales.record"),)
    queryset = ConsignmentEntry.objects.all()
    pagination_class = None

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("context", self.get_serializer_context())
        return self.serializer_class(*args, many=True, **kwargs)  # type: ignore[misc]


class Plain(Peer):
    serializer_class = PlainEntry


class Bulk(Peer):
    serializer_class = BulkEntry


urlpatterns = [
    path("", include("backend.urls")),
    path("plain/", Plain.as_view()),
    path("bulk/", Bulk.as_view()),
]


def run() -> list[Measure]:
    repeats = 3 if is_trial() else REPEATS
    made = company(agents=LINES, products=1, draws=3 * (repeats + 1))
    draws = iter(made.draws)
    browser = client(made.user)
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"]):
        ours = _seconds(browser, "/api/v1/sales/bulk/", _our_bodies(made, draws), repeats)
        bulk = _seconds(browser, "/bulk/", _peer_bodies(made, draws), repeats)
        plain = _seconds(browser, "/plain/", _peer_bodies(made, draws), repeats)
    name = f"bulk sales POST, {LINES} lines, validated, with rollups"
    copied = _copy_seconds(made, repeats)
    return [
        Measure(
            name=name,
            ours_seconds=ours,
            peer="COPY of the same rows into ledger and rollups",
            peer_seconds=copied,
            ratio=copied / ours,
            meaning="of COPY's speed",
            at_least=0.4,
        ),
        *(
            Measure(
                name=name,
                ours_seconds=ours,
                peer=f"DRF many=True, {how}, no checks, no rollups",
                peer_seconds=theirs,
                ratio=theirs / ours,
                meaning="times as fast",
                at_least=target,
            )
            for how, theirs, target in (("inserts one by one", plain, 3), ("bulk_create", bulk, 1))
        ),
    ]


#: What a request writes many rows to, in the order of its writing.
_WRITTEN: dict[type[Model], Sequence[str]] = {
    AgentDrawTotal: (
        "agent_id", "product_id", "draw_id", "draw_date", "region_id", "issued", "returned",
        "face_value_amount", "commission_bps",
    ),
    ConsignmentEntry: LEDGER_COLUMNS,
    RegionDayTotal: (
        "draw_date", "region_id", "product_id", "issued", "returned", "revenue_amount",
    ),
}  # fmt: skip


def _copy_seconds(made: Company, repeats: int) -> float:
    """The best of `repeats` transactions that COPY the rows of one of our requests back in.

    The rows are taken out of the tables first, so that they meet the same indexes and no double.
    """
    day = AgentDrawTotal.objects.order_by("-draw_date").values_list("draw_date", flat=True)[0]
    with connection.cursor() as cursor:
        texts = [
            (model, names, _taken_out(cursor, model, names, day))
            for model, names in _WRITTEN.items()
        ]

        def write() -> None:
            with transaction.atomic():
                for model, names, text in texts:
                    copy_text(cursor, model._meta.db_table, names, text)

        def once() -> float:
            seconds = best_seconds(write, repeats=1)
            for model in _WRITTEN:
                _delete(cursor, model, day)
            return seconds

        once()
        return min(once() for _ in range(repeats))


def _taken_out(cursor: CursorWrapper, model: type[Model], names: Sequence[str], day: date) -> str:
    rows = model._default_manager.filter(draw_date=day).values_list(*names)
    text = "".join(f"{copy_line(row)}\n" for row in rows)
    _delete(cursor, model, day)
    return text


def _delete(cursor: CursorWrapper, model: type[Model], day: date) -> None:
    """The bench's own rows, from tables that otherwise only grow."""
    table = model._meta.db_table
    cursor.execute("set session_replication_role = replica")  # their triggers refuse it
    cursor.execute(f"delete from {table} where draw_date = %s", [day])  # noqa: S608 -- our names
    cursor.execute("set session_replication_role = default")


def _seconds(browser: APIClient, address: str, bodies: Iterator[bytes], repeats: int) -> float:
    """The best of `repeats` requests, after one to warm up. The bodies are made beforehand."""
    ready = iter([next(bodies) for _ in range(repeats + 1)])

    def post() -> None:
        answer = browser.post(
            address,
            next(ready),
            content_type="application/json",
            headers={"Idempotency-Key": f"bench-{next(_keys)}"},
        )
        assert answer.status_code == 201, answer.content[:500]  # noqa: S101 -- a bench must not lie

    post()
    return best_seconds(post, repeats=repeats)


def _our_bodies(made: Company, draws: Iterator[Any]) -> Iterator[bytes]:
    for draw in draws:
        yield json.dumps(
            {
                "lines": [
                    {
                        "draw_date": draw.date.isoformat(),
                        "agent": agent.code,
                        "product": made.products[0].code,
                        "issued": 120,
                        "returned": 11,
                        "sold": 109,
                    }
                    for agent in made.agents
                ]
            }
        ).encode()


def _peer_bodies(made: Company, draws: Iterator[Any]) -> Iterator[bytes]:
    batch = RecordingBatch.objects.create(
        recorded_by=made.user, recorded_at=f"{LAST}T12:00:00Z", source=Source.API, line_count=LINES
    )
    for draw in draws:
        yield json.dumps(
            [
                {
                    "batch_id": batch.pk,
                    "agent_id": agent.pk,
                    "product_id": made.products[0].pk,
                    "draw_id": draw.pk,
                    "draw_date": draw.date.isoformat(),
                    "region_id": agent.region_id,
                    "issued": 120,
                    "returned": 11,
                    "face_value_amount": 10_000,
                    "commission_bps": 1_200,
                }
                for agent in made.agents
            ]
        ).encode()

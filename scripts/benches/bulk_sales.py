"""POST of 1,000 sales lines, validated and with all rollups, against COPY and DRF's own way.

COPY gets the very rows ours writes to the ledgers, balances and rollups, finished, and nothing else:
rows that ours adds to are rows that COPY writes. The other peer inserts into the same ledger with
`many=True`, looks nothing up, keeps no rollup and no idempotency record. Both requests pass all
middleware with a token; each repeat is a new draw. Then the same lines are corrected after the draws
were closed, which books each correction in the journal of money as well.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import override_settings
from django.urls import include, path
from rest_framework import serializers
from rest_framework.generics import CreateAPIView
from rest_framework.test import APIClient

from backend import clock
from backend.accounts.permissions import can
from backend.db import copy_line, copy_text
from sales.figures.facts import array_of
from sales.ledger.closing import close_draw
from sales.ledger.journal import JOURNAL_COLUMNS, MONTH_SUMS
from sales.ledger.recording import LEDGER_COLUMNS
from sales.ledger.rollups import ROLLUPS, Rollup
from sales.models import ConsignmentEntry, Draw, RecordingBatch, Source
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
        last = made.draws[repeats].date
        copied = _copy_seconds(_written(last), repeats)
        with_journal = _corrected(browser, made.draws[: repeats + 1], made, repeats)
        copied_with_journal = _copy_seconds(_written_and_booked(last), repeats)
        bulk = _seconds(browser, "/bulk/", _peer_bodies(made, draws), repeats)
        plain = _seconds(browser, "/plain/", _peer_bodies(made, draws), repeats)
    name = f"bulk sales POST, {LINES} lines, validated, with rollups"
    corrected = f"bulk POST of {LINES} corrections of a closed draw, with journal and balances"
    return [
        _against_copy(name, ours, copied),
        _against_copy(corrected, with_journal, copied_with_journal),
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


def _against_copy(name: str, ours: float, copied: float) -> Measure:
    return Measure(
        name=name,
        ours_seconds=ours,
        peer="COPY of all the rows it writes",
        peer_seconds=copied,
        ratio=copied / ours,
        meaning="of COPY's speed",
        at_least=0.4,
    )


@dataclass(frozen=True)
class Written:
    """What a request writes to a table: its columns, and which rows, as SQL with %s."""

    table: str
    columns: Sequence[str]
    where: str
    values: tuple[Any, ...]


def _written(day: date, *, correcting: str = "corrects_id is null") -> list[Written]:
    """What recording tickets of the day's draw writes, in the order of its writing."""
    names = ("agent_id", "product_id", "draw_id", "draw_date", "region_id", "issued", "returned",
             "face_value_amount", "commission_bps")  # fmt: skip
    return [
        Written("sales_agentdrawtotal", names, "draw_date = %s", (day,)),
        Written(
            "sales_consignmententry", LEDGER_COLUMNS, f"draw_date = %s and {correcting}", (day,)
        ),
        *(_of_rollup(rollup, day) for rollup in ROLLUPS),
    ]


def _of_rollup(rollup: Rollup, day: date) -> Written:
    month = day.replace(day=1)
    starts = {"draw_date": day, "month": month, "year": month.replace(month=1)}
    start = starts[rollup.start]
    columns = (*rollup.keys, *rollup.measures)
    if "weekday" in rollup.keys:
        where = f"{rollup.start} = %s and weekday = %s"
        return Written(rollup.table, columns, where, (start, day.weekday()))
    return Written(rollup.table, columns, f"{rollup.start} = %s", (start,))


def _written_and_booked(day: date) -> list[Written]:
    """What corrections of the day's closed draw write, the journal and what is beside it too."""
    sums = ("agent_id", "month", *MONTH_SUMS)
    correction = "value_date = %s and event = 'sale' and reason <> ''"
    return [
        *_written(day, correcting="corrects_id is not null"),
        Written("sales_journalentry", JOURNAL_COLUMNS, correction, (day,)),
        Written("sales_agentbalance", ("agent_id", "receivable", "collateral"), "true", ()),
        Written("sales_agentmonthtotal", sums, "month = %s", (day.replace(day=1),)),
    ]


def _corrected(browser: APIClient, draws: list[Draw], made: Company, repeats: int) -> float:
    """The draws are closed, then one ticket of each line is taken back."""
    for draw in draws:
        close_draw(draw.date, by=made.user, at=clock.now())
    return _seconds(browser, "/api/v1/sales/bulk/", map(_correction_of, draws), repeats)


def _correction_of(draw: Draw) -> bytes:
    entries = ConsignmentEntry.objects.filter(draw=draw).order_by("pk")
    lines = [
        {
            "draw_date": draw.date.isoformat(),
            "agent": agent,
            "product": product,
            "issued": -1,
            "corrects": pk,
            "reason": "Đếm lại",
        }
        for pk, agent, product in entries.values_list("pk", "agent__code", "product__code")
    ]
    return json.dumps({"lines": lines}).encode()


def _copy_seconds(written: Sequence[Written], repeats: int) -> float:
    """The best of `repeats` transactions that COPY the rows of one of our requests back in.

    The rows are taken out of the tables first, so that they meet the same indexes and no double.
    """
    with connection.cursor() as cursor:
        texts = [(each, _taken_out(cursor, each)) for each in written]

        def write() -> None:
            with transaction.atomic():
                for each, text in texts:
                    copy_text(cursor, each.table, each.columns, text)

        def once() -> float:
            seconds = best_seconds(write, repeats=1)
            for each in written:
                _delete(cursor, each)
            return seconds

        seconds = min([once() for _ in range(repeats + 1)][1:])
        write()
        return seconds


def _taken_out(cursor: CursorWrapper, what: Written) -> str:
    names = ", ".join(f'"{name}"' for name in what.columns)
    cursor.execute(f"select {names} from {what.table} where {what.where}", what.values)  # noqa: S608 -- our names
    rows = (
        [array_of(value) if isinstance(value, list) else value for value in row]
        for row in cursor.fetchall()
    )
    text = "".join(f"{copy_line(row)}\n" for row in rows)
    _delete(cursor, what)
    return text


def _delete(cursor: CursorWrapper, what: Written) -> None:
    """The bench's own rows, from tables that otherwise only grow."""
    cursor.execute("set session_replication_role = replica")  # their triggers refuse it
    cursor.execute(f"delete from {what.table} where {what.where}", what.values)  # noqa: S608 -- our names
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

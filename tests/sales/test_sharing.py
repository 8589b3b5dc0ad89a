"""Writers beside each other, requests that come twice, lines recorded in part, and telling others."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from threading import Event as Signal
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from backend import clock
from backend.accounts.models import User
from backend.api.idempotency import forget_old_answers
from backend.db import tried_again
from backend.models import IdempotencyRecord
from backend.webhooks.models import Event, EventKind, Subscription
from backend.webhooks.publishing import give_secret
from sales.models import Agent, ConsignmentEntry, RecordingBatch
from tests.sales.conftest import Company, bulk, line

API = "/api/v1"


def partly(client: APIClient, lines: list[Any], key: str = "") -> Any:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return client.post(f"{API}/sales/bulk/?partial=1", {"lines": lines}, headers=headers)


def test_what_fits_is_recorded_and_every_other_row_says_why(company: Company, manager: APIClient):
    lines: list[Any] = [
        line(issued=10),
        line("ZZ", issued=5),
        {"agent": "AN", "issued": "5"},
        line("CHI", returned=3),
        line("BINH", issued=4, returned=1),
    ]
    answer = partly(manager, lines, key="một".encode().hex())
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert [(row["row"], row["status"]) for row in told["results"]] == [
        (1, "recorded"), (2, "refused"), (3, "refused"), (4, "refused"), (5, "recorded"),
    ]  # fmt: skip
    assert [fault["code"] for fault in told["results"][3]["errors"]] == ["returned.over_issued"]
    assert {fault["field"] for fault in told["results"][2]["errors"]} >= {"draw_date", "issued"}
    assert (told["recorded"]["lines"], told["recorded"]["sold"]) == (2, 13)
    assert ConsignmentEntry.objects.count() == 2
    again = partly(manager, lines, key="một".encode().hex())
    assert (again.json(), again["Idempotency-Hit"]) == (told, "true")
    nothing = partly(manager, [line("ZZ", issued=5)]).json()
    assert (nothing["recorded"], RecordingBatch.objects.count()) == (None, 1)


def test_a_key_is_known_for_a_day(company: Company, manager: APIClient):
    key = "khoa-1"
    first = bulk(manager, [line(issued=1)], key=key)
    assert bulk(manager, [line(issued=2)], key=key).status_code == 409
    long_ago = clock.now() - timedelta(hours=25)
    IdempotencyRecord.objects.update(created_at=long_ago)
    fresh = bulk(manager, [line("CHI", issued=2)], key=key)
    assert (fresh.status_code, fresh.json() != first.json()) == (201, True)
    assert forget_old_answers(at=clock.now()) == 0
    assert forget_old_answers(at=clock.now() + timedelta(hours=25)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_tried_again_and_never_reaches_the_sender(company: Company):
    """Each locks its first row, waits for the other to have done so, and wants the other's."""
    met, over = Barrier(2), Signal()
    tries: list[str] = []

    def work(first: str, second: str) -> None:
        tries.append(first)
        if len(tries) > 2:  # else it might be quicker than the other wakes, and both meet again
            assert over.wait(timeout=20)
        with transaction.atomic():
            list(Agent.objects.filter(code=first).select_for_update())
            if len(tries) <= 2:
                met.wait(timeout=20)
            list(Agent.objects.filter(code=second).select_for_update())

    def run(pair: tuple[str, str]) -> str:
        try:
            tried_again(lambda: work(*pair))
            over.set()
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, [("AN", "BINH"), ("BINH", "AN")])) == ["done", "done"]
    assert len(tries) == 3


def wait_for_older_transactions() -> None:
    """Until none is left in the whole server that began before now: tests beside this one have
    some open, in databases of their own, and a feed tells only what none can come before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        [now] = cursor.fetchone()
        oldest, deadline = 0, monotonic() + 120
        while oldest < now and monotonic() < deadline:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            [oldest] = cursor.fetchone()
            sleep(0.1)
    assert oldest >= now


@pytest.mark.django_db(transaction=True)
def test_the_feed_passes_over_nothing_that_is_committed_late(
    transactional_db: None, company: Company, api: Callable[..., APIClient],
    person: Callable[..., User],
):  # fmt: skip
    client = api(person("sales_manager"))

    def feed(cursor: str) -> tuple[list[int], str, bool]:
        told = client.get(f"{API}/sales-changes/?cursor={cursor}&limit=1").json()
        issued = [entry["issued"] for batch in told["results"] for entry in batch["tickets"]]
        return issued, told["cursor"], told["more"]

    # Somebody begins to write first, and ends last.
    late, written = Barrier(2), Barrier(2)

    def slow() -> None:
        writer = APIClient()
        writer.credentials(**client._credentials)  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                assert writer.post(f"{API}/sales/", line("CHI", issued=1)).status_code == 201
                written.wait(timeout=20)
                late.wait(timeout=20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        written.wait(timeout=20)
        assert client.post(f"{API}/sales/", line("AN", issued=2)).status_code == 201
        assert feed("0") == ([], "0", False)
        late.wait(timeout=20)
        running.result(timeout=20)
    wait_for_older_transactions()
    first, cursor, more = feed("0")
    second, cursor, _more = feed(cursor)
    assert (first, more, second) == ([1], True, [2])
    assert feed(cursor) == ([], cursor, False)
    theirs = api(person("sales_manager", username="mc", region=company.mong_cai))
    seen = theirs.get(f"{API}/sales-changes/").json()["results"]
    assert [[entry["agent"] for entry in batch["tickets"]] for batch in seen] == [["CHI"], []]


def test_receivers_are_told_of_sales(company: Company, manager: APIClient):
    kinds = [EventKind.SALES_RECORDED, EventKind.DRAW_CLOSED, EventKind.AGENT_STATUS]
    receiver = Subscription(name="Kế toán", url="http://127.0.0.1/", kinds=kinds)
    give_secret(receiver)
    receiver.save()
    bulk(manager, [line(issued=10, returned=1)])
    assert bulk(manager, [line("ZZ", issued=1)]).status_code == 400  # never told
    manager.post(f"{API}/draws/2026-11-17/close/")
    change = {"status": "suspended", "effective_date": "2026-11-20", "reason": "Kiểm kê"}
    manager.post(f"{API}/agents/BINH/status-changes/", change)
    told = [json.loads(event.body) for event in Event.objects.order_by("pk")]
    assert [each["type"] for each in told] == ["sales.recorded", "draw.closed", "agent.status"]
    assert told[0]["data"]["revenue_amount"] == 90_000
    assert (told[1]["data"]["draw_date"], told[1]["data"]["sold"]) == ("2026-11-17", 9)
    assert (told[2]["data"]["agent"], told[2]["data"]["status"]) == ("BINH", "suspended")

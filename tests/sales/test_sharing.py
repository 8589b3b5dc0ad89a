"""Writers beside each other, requests that come twice, lines recorded in part, and telling others."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from threading import Event as Signal
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from rest_framework.test import APIClient

from backend import clock
from backend.accounts.models import User
from backend.api.idempotency import forget_old_answers
from backend.clock import VN
from backend.db import tried_again
from backend.models import IdempotencyRecord
from backend.webhooks.models import Event, EventKind, Subscription
from backend.webhooks.publishing import give_secret
from sales.api import changes
from sales.draws.prize_tables import load_prize_tables
from sales.models import Agent, ConsignmentEntry, JournalEntry, RecordingBatch
from sales.rules import load_rules
from tests.sales.conftest import Company, bulk, line
from tests.sales.draws import AUGUST_18

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
    person: Callable[..., User], monkeypatch: pytest.MonkeyPatch,
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
    monkeypatch.setattr(changes, "MOST_LINES", 1)  # batches of 100,000 lines are not told together
    at_once = client.get(f"{API}/sales-changes/?limit=100").json()
    assert (len(at_once["results"]), at_once["more"]) == (1, True)
    rest = client.get(f"{API}/sales-changes/?cursor={at_once['cursor']}").json()
    assert (len(rest["results"]), rest["more"]) == (1, False)
    monkeypatch.undo()
    theirs = api(person("sales_manager", username="mc", region=company.mong_cai))
    seen = theirs.get(f"{API}/sales-changes/").json()["results"]
    assert [[entry["agent"] for entry in batch["tickets"]] for batch in seen] == [["CHI"], []]


def listen(*kinds: EventKind) -> None:
    receiver = Subscription(name="Kế toán", url="http://127.0.0.1/", kinds=list(kinds))
    give_secret(receiver)
    receiver.save()


def heard() -> list[tuple[str, Any]]:
    told = [json.loads(event.body) for event in Event.objects.order_by("pk")]
    return [(each["type"], each["data"]) for each in told]


def test_receivers_are_told_of_sales(company: Company, manager: APIClient):
    listen(EventKind.SALES_RECORDED, EventKind.DRAW_CLOSED, EventKind.AGENT_STATUS)
    bulk(manager, [line(issued=10, returned=1)])
    assert bulk(manager, [line("ZZ", issued=1)]).status_code == 400  # never told
    manager.post(f"{API}/draws/2026-11-17/close/")
    change = {"status": "suspended", "effective_date": "2026-11-20", "reason": "Kiểm kê"}
    manager.post(f"{API}/agents/BINH/status-changes/", change)
    told = heard()
    assert [kind for kind, _data in told] == ["sales.recorded", "draw.closed", "agent.status"]
    assert told[0][1]["revenue_amount"] == 90_000
    assert (told[1][1]["draw_date"], told[1][1]["sold"]) == ("2026-11-17", 9)
    assert (told[2][1]["agent"], told[2][1]["status"]) == ("BINH", "suspended")


def test_receivers_are_told_of_payments_and_their_reversals(company: Company, manager: APIClient):
    listen(EventKind.PAYMENT_RECORDED, EventKind.PAYMENT_REVERSED)
    paid = {"date": "2026-11-17", "into": "bank", "reference": "UNC 1"}
    lines = [{"agent": "AN", "amount": 70_000, **paid}, {"agent": "BINH", "amount": 5_000, **paid}]
    recorded = manager.post(
        f"{API}/payments/", {"lines": lines}, headers={"Idempotency-Key": "nop"}
    ).json()
    wrong = {"event": "adjustment", "agent": "AN", "date": "2026-11-17", "amount": 9, "reason": "x"}
    wrong["reference"] = "QĐ 1"
    manager.post(f"{API}/journal/", {"lines": [wrong]}, headers={"Idempotency-Key": "khac"})
    entry = JournalEntry.objects.get(agent=company.binh)
    undone = manager.post(f"{API}/payments/{entry.pk}/reversal/", {"reason": "Nhầm đại lý"})
    assert undone.status_code == 201, undone.json()
    by = {"by": "sales_manager"}
    assert heard() == [
        ("payment.recorded", by | {"batch": recorded["batch"], "payments": 2, "amount": 75_000}),
        (
            "payment.reversed",
            by | {"batch": undone.json()["batch"], "payments": 1, "amount": 5_000,
                  "reason": "Nhầm đại lý"},
        ),
    ]  # fmt: skip


def test_receivers_are_told_of_results_and_claims_paid(
    company: Company, manager: APIClient, api: Callable[..., APIClient], person: Callable[..., User]
):
    listen(EventKind.RESULT_PUBLISHED, EventKind.CLAIM_PAID, EventKind.CLAIM_PAYMENT_REVERSED)
    load_rules()
    load_prize_tables()
    with time_machine.travel(datetime(2026, 11, 17, 18, 40, tzinfo=VN), tick=False):
        sheet = {"numbers": list(AUGUST_18), "winning_symbols": ["2KX"], "series_count": 20}
        for who in (manager, api(person("sales_manager", username="hoa"))):
            who.post(f"{API}/draws/2026-11-17/results/", sheet)
        manager.post(f"{API}/draws/2026-11-17/publish/", {"minutes_no": "BB 1"})
        ticket = {"number": "10776", "symbol": "3KX", "draw_date": "2026-11-17"}
        claim = manager.post(f"{API}/claims/", ticket).json()["id"]
        manager.post(f"{API}/claims/{claim}/payment/", {"agent": "AN", "reference": "PC 1"})
        undo = {"reason": "Ghi nhầm người nhận"}
        assert manager.post(f"{API}/claims/{claim}/payment-reversal/", undo).status_code == 201
    (published, result), (paid, money), (reversed_, back) = heard()
    assert (published, result["draw_date"], result["numbers"][0], result["winning_symbols"]) == (
        "result.published", "2026-11-17", "29183", ["2KX"],
    )  # fmt: skip
    assert (result["minutes_no"], result["is_correction"], result["reason"]) == ("BB 1", False, "")
    about = {"claim": claim, "draw_date": "2026-11-17", "product": "TT10", "number": "10776",
             "symbol": "3KX", "gross_amount": 200_000, "agent": "AN", "by": "sales_manager"}  # fmt: skip
    entry, reversal = JournalEntry.objects.order_by("pk")
    money_told = {"entry": entry.pk, "paid_date": "2026-11-17", "tax_amount": 0, "fee_amount": 0}
    assert (paid, money) == ("claim.paid", about | money_told)
    reversal_told = {"entry": reversal.pk, "reason": undo["reason"]}
    assert (reversed_, back) == ("claim.payment_reversed", about | reversal_told)

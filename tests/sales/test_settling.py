"""Closing a month of sales: statements are written, books stay, a second person opens them again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from backend.accounts.models import User
from sales.ledger.proving import differences
from sales.models import (
    AgentBalance,
    ConsignmentEntry,
    Draw,
    DrawStatus,
    JournalEntry,
    PeriodClose,
    Settlement,
)
from tests import make
from tests.sales.conftest import Company, bulk, line

DECEMBER = datetime(2026, 12, 2, 2, tzinfo=UTC)


@pytest.fixture
def december():
    with time_machine.travel(DECEMBER, tick=False):
        yield


@pytest.fixture
def sold(december: None, company: Company, manager: APIClient) -> Company:
    """An sold 90 tickets of Tuesday's draw and paid 500,000; Chi sold nothing. All draws closed."""
    assert bulk(manager, [line("AN", issued=100, returned=10)]).status_code == 201
    for day in range(16, 23):
        assert manager.post(f"/api/v1/draws/2026-11-{day}/close/").status_code == 201
    assert pay(manager, 500_000).status_code == 201
    return company


def pay(client: APIClient, amount: int, day: str = "2026-11-20") -> Any:
    payment = {"event": "payment", "agent": "AN", "date": day, "amount": amount}
    payment["reference"] = str(uuid4())
    return client.post(
        "/api/v1/journal/", {"lines": [payment]}, headers={"Idempotency-Key": str(uuid4())}
    )


def close(client: APIClient, month: str = "2026-11") -> Any:
    return client.post(f"/api/v1/sales-periods/{month}/close/")


def reopen(client: APIClient, reason: str = "Đại lý đối chiếu lại") -> Any:
    return client.post("/api/v1/sales-periods/2026-11/reopen/", {"reason": reason})


@pytest.fixture
def second(api: Callable[..., APIClient], person: Callable[..., User]) -> APIClient:
    return api(person("sales_manager", username="hai"))


def test_every_agent_with_an_account_gets_a_statement(sold: Company, manager: APIClient):
    answer = close(manager)
    assert (answer.status_code, answer.json()["agents"]) == (201, 1)
    [told] = manager.get("/api/v1/settlements/", {"month": "2026-11"}).json()["results"]
    assert told | {"id": 0} == {
        "month": "2026-11-01",
        "id": 0,
        "agent": "AN",
        "region": "06685",
        "opening_amount": 0,
        "revenue_amount": 900_000,
        "commission_amount": 108_000,
        "tax_amount": 0,
        "prize_amount": 0,
        "payout_fee_amount": 0,
        "paid_amount": 500_000,
        "other_amount": 0,
        "closing_amount": 292_000,
        "collateral_amount": 0,
    }
    assert pay(manager, 292_000, "2026-12-01").status_code == 201  # the next month is open


def test_nothing_of_a_closed_month_changes(sold: Company, manager: APIClient):
    assert close(manager).status_code == 201
    rows = (ConsignmentEntry.objects.count(), JournalEntry.objects.count())
    late = pay(manager, 1)
    assert (late.status_code, late.json()["code"]) == (409, "period.closed")
    entry = ConsignmentEntry.objects.get()
    correction = bulk(manager, [line(returned=1, corrects=entry.pk, reason="Kiểm đếm lại")])
    assert (correction.status_code, correction.json()["code"]) == (409, "period.closed")
    again = close(manager)
    assert (again.status_code, again.json()["code"]) == (409, "period.closed")
    assert (ConsignmentEntry.objects.count(), JournalEntry.objects.count()) == rows
    assert AgentBalance.objects.get().receivable == 292_000


def test_what_a_closed_month_began_with_stays(sold: Company, manager: APIClient, second: APIClient):
    """Money of a month before it would change what it began with, and so all that was settled."""
    assert close(manager).status_code == 201
    before = pay(manager, 1, "2026-10-31")
    assert (before.status_code, before.json()["code"]) == (409, "period.closed")
    statement = "/api/v1/agents/AN/statement/?date_from=2026-11-01&date_to=2026-11-30"
    assert manager.get(statement).json()["opening_amount"] == 0
    assert differences() == []
    with transaction.atomic():  # and should the database ever let it by, the proof finds it
        with connection.cursor() as cursor:
            cursor.execute("set local session_replication_role = replica")
            assert pay(manager, 1, "2026-10-31").status_code == 201
            cursor.execute("set local session_replication_role = origin")
        assert [(each.ledger, each.rollup) for each in differences()] == [("291999 0", "292000 0")]
        transaction.set_rollback(True)
    # Tickets of years before the first close move no money and may still be brought in.
    make.draw("2026-10-30")
    assert bulk(manager, [line(day="2026-10-30", issued=9)]).status_code == 201
    late = manager.post("/api/v1/draws/2026-10-30/close/")
    assert (late.status_code, late.json()["code"]) == (409, "period.closed")
    assert reopen(second).status_code == 201
    assert pay(manager, 1, "2026-10-31").status_code == 201
    assert manager.get(statement).json()["opening_amount"] == -1


def test_months_are_closed_one_after_the_other(
    sold: Company, manager: APIClient, api: Callable[..., APIClient], person: Callable[..., User]
):
    assert close(manager, "0001-01").json()["code"] == "period.not_begun"
    assert close(manager).status_code == 201
    with time_machine.travel(datetime(2027, 2, 2, 2, tzinfo=UTC), tick=False):
        manager = api(person("sales_manager", username="sau"))
        early = close(manager, "2027-01")
        assert (early.status_code, early.json()["code"]) == (409, "period.earlier_open")
        assert "12/2026" in early.json()["detail"]
        run = manager.post("/api/v1/settlement-runs/", {"month": "2027-01"})
        assert run.json()["code"] == "period.earlier_open"
        assert [close(manager, month).status_code for month in ("2026-12", "2027-01")] == [201, 201]


def test_a_month_is_closed_when_it_is_over_and_its_draws_are_closed(
    december: None, company: Company, manager: APIClient
):
    assert close(manager, "2026-12").json()["code"] == "period.not_over"
    Draw.objects.filter(date="2026-11-22").update(status=DrawStatus.VOID)
    answer = close(manager)
    assert answer.json()["code"] == "period.draws_open"
    assert len(answer.json()["draws"]) == 6
    assert not PeriodClose.objects.exists()


def test_a_second_person_opens_it_again_with_a_reason(
    sold: Company, manager: APIClient, second: APIClient
):
    assert reopen(second).json()["code"] == "period.not_closed"
    close(manager)
    assert reopen(second, "x").json()["code"] == "period.needs_reason"
    assert reopen(manager).json()["code"] == "period.same_person"
    assert reopen(second).status_code == 201
    assert pay(manager, 92_000).status_code == 201
    assert close(manager).status_code == 201
    listed = manager.get("/api/v1/settlements/").json()["results"]
    assert [row["closing_amount"] for row in listed] == [200_000]
    assert Settlement.objects.count() == 2  # the first one stays to be read


def test_one_region_closes_nothing_and_sees_its_own(
    sold: Company, manager: APIClient, api: Callable[..., APIClient], person: Callable[..., User]
):
    theirs = api(person("sales_manager", username="mai", region=sold.mong_cai))
    assert close(theirs).json()["code"] == "sales.whole_company_only"
    close(manager)
    assert theirs.get("/api/v1/settlements/").json()["results"] == []


def test_a_draw_that_took_place_is_neither_called_off_nor_moved(
    sold: Company, page: Callable[..., Client]
):
    draw = Draw.objects.get(date="2026-11-17")
    sent = {"date": "2026-11-18", "market": "north", "host": draw.host, "status": "void"}
    refused = page("administrator").post(f"/quan-tri/sales/draw/{draw.pk}/change/", sent)
    assert "đã chốt bán" in refused.content.decode()
    draw.refresh_from_db()
    assert (str(draw.date), draw.status) == ("2026-11-17", DrawStatus.HELD)


def test_sheets_of_tickets_that_came_in_are_named_before_their_draw_is_closed(
    december: None, company: Company, manager: APIClient, page: Callable[..., Client],
    person: Callable[..., User],
):  # fmt: skip
    assert bulk(manager, [line("AN", issued=100), line("BINH", issued=50)]).status_code == 201
    sheets = [
        manager.post(
            "/api/v1/returns/",
            {"agent": agent, "draw_date": "2026-11-17", "tickets": {"TT10": 10}},
        ).json()["id"]
        for agent in ("AN", "BINH")
    ]
    address = "/ban-ve/cong-no/quyet-toan/?thang=2026-11"
    client = page(person("sales_manager", username="hai"))
    assert "ngay=2026-11-17" not in client.get(address).content.decode()  # nothing has come in
    steps = {"state": "received", "sheets": sheets[:1]}
    assert manager.post("/api/v1/returns/steps/", steps).status_code == 201
    assert '?ngay=2026-11-17">17/11 (1)</a>' in client.get(address).content.decode()
    told = manager.get("/api/v1/sales-periods/2026-11/").json()
    assert told["unconfirmed"] == [{"draw_date": "2026-11-17", "sheets": 1}]
    assert told["open_draws"] == [f"2026-11-{day}" for day in range(16, 23)]
    assert (told["closed"], told["not_held"]) == (False, [])


def test_the_draw_of_tonight_is_not_missed_in_the_morning(company: Company, manager: APIClient):
    Draw.objects.update(status=DrawStatus.SCHEDULED)
    with time_machine.travel("2026-11-17T09:00:00+07:00", tick=False):
        told = manager.get("/api/v1/sales-periods/2026-11/").json()
    assert told["not_held"] == ["2026-11-16"]

"""Tickets beyond an agent's credit limit are refused, also under concurrency; exceptions are kept."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from knox.models import AuthToken
from rest_framework.test import APIClient

from backend import clock
from backend.accounts.models import User
from sales.models import (
    AgentDrawTotal,
    Collateral,
    ConsignmentEntry,
    CreditException,
    SalesRule,
)
from tests.sales.conftest import Company, bulk, line, stored
from tests.sales.test_concurrency import together

API = "/api/v1"
#: A ticket of 10,000 đồng less 12 % commission.
NET = 8_800


@pytest.fixture
def limited(company: Company) -> Company:
    """An may owe what 100 tickets bring: 80 % of a guarantee, by the rule half of what counts."""
    SalesRule.objects.create(
        key="credit.collateral_ratio", value=5_000, valid_from="2026-01-01", document="QĐ 3"
    )
    Collateral.objects.create(
        agent=company.an, kind="guarantee", value_amount=NET * 250, counted_bps=8_000,
        document="BL 1", valid_from="2026-01-01",
    )  # fmt: skip
    return company


def credit(client: APIClient) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"{API}/agents/AN/credit/").json()
    return told


def test_more_than_the_limit_is_refused_and_told(limited: Company, manager: APIClient):
    assert bulk(manager, [line(issued=100)]).status_code == 201
    before = stored()
    refused = bulk(manager, [line("CHI", returned=0, issued=0), line("AN", "2026-11-18", issued=1)])
    assert refused.status_code == 400  # of its shape, before anything is counted
    refused = bulk(manager, [line("AN", "2026-11-18", issued=1)])
    (fault,) = refused.json()["errors"]
    assert (refused.status_code, fault["row"], fault["code"]) == (400, 1, "agent.over_limit")
    assert fault["message"].startswith(
        "Đại lý AN sẽ nợ 888.800 đồng, vượt hạn mức 880.000 đồng là 8.800 đồng."
    )
    assert stored() == before
    # What comes back makes room, and what a closed draw left is owed as money.
    assert bulk(manager, [line(returned=10)]).status_code == 201
    assert manager.post(f"{API}/draws/2026-11-17/close/").status_code == 201
    assert bulk(manager, [line("AN", "2026-11-18", issued=10)]).status_code == 201
    told = credit(manager)
    assert (told["balance_amount"], told["held_amount"]) == (90 * NET, 10 * NET)
    assert (told["limit_amount"], told["is_over"]) == (100 * NET, False)
    # The debt is that of now, so a day that is over would be told falsely.
    past = manager.get(f"{API}/agents/AN/credit/?on=2020-01-01")
    assert (past.status_code, past.json()["errors"][0]["code"]) == (400, "credit.past_day")


def test_a_statement_tells_the_limit_in_force_on_its_last_day_and_the_one_by_hand(
    limited: Company, manager: APIClient
):
    deposit = {"agent": "AN", "date": "2026-11-18", "amount": 1_000_000, "into": "cash"}
    deposit["reference"] = "KQ 1"
    key = {"Idempotency-Key": "ky-quy"}
    assert manager.post(f"{API}/deposits/", {"lines": [deposit]}, headers=key).status_code == 201
    rule = {"key": "credit.collateral_ratio", "document": "QĐ 4"}
    SalesRule.objects.create(value=10_000, valid_from="2026-11-20", **rule)

    def limits(last: str) -> tuple[int, int]:
        days = {"date_from": "2025-12-01", "date_to": last}
        told = manager.get(f"{API}/agents/AN/statement/", days).json()
        return told["limit_amount"], told["credit_limit_amount"]

    by_hand, pledged = 50_000_000, NET * 200
    assert limits("2025-12-31") == (by_hand, by_hand)  # before the rule
    assert limits("2026-11-17") == (pledged // 2, by_hand)
    assert limits("2026-11-18") == ((pledged + 1_000_000) // 2, by_hand)
    assert limits("2026-11-20") == (pledged + 1_000_000, by_hand) == (
        credit(manager)["limit_amount"], by_hand,
    )  # fmt: skip
    CreditException.objects.create(
        agent=limited.an, limit_amount=9_000_000, valid_from="2026-11-19", valid_to="2026-11-19",
        reason="Mùa Tết", by=User.objects.get(), at=clock.now(),
    )  # fmt: skip
    assert limits("2026-11-19") == (9_000_000, by_hand)


def test_a_return_recorded_wrongly_is_taken_back_whatever_the_limit(
    limited: Company, manager: APIClient
):
    assert bulk(manager, [line(issued=100)]).status_code == 201
    assert bulk(manager, [line(returned=10)]).status_code == 201
    wrong = ConsignmentEntry.objects.get(returned=10)
    assert bulk(manager, [line("AN", "2026-11-18", issued=10)]).status_code == 201
    why = {"corrects": wrong.pk, "reason": "Ghi nhầm đại lý"}
    assert bulk(manager, [line(issued=1) | why]).status_code == 400
    taken_back = bulk(manager, [line(returned=-10) | why])
    assert taken_back.status_code == 201, taken_back.content
    assert credit(manager)["is_over"]


def test_deposits_count_as_the_journal_holds_them(limited: Company, manager: APIClient):
    deposit = {"date": "2026-11-17", "agent": "AN", "event": "collateral", "amount": NET * 20,
               "into": "bank", "reference": "KQ 1"}  # fmt: skip
    key = {"Idempotency-Key": "ky-quy"}
    booked = manager.post(f"{API}/journal/", {"lines": [deposit]}, headers=key)
    assert booked.status_code == 201, booked.content
    Collateral.objects.create(  # the paper alone brings nothing
        agent=limited.an,
        kind="cash",
        value_amount=NET * 1_000,
        document="KQ",
        valid_from="2026-01-01",
    )
    assert credit(manager)["limit_amount"] == NET * 110
    Collateral.objects.filter(kind="guarantee").update(valid_to="2026-11-01")
    assert credit(manager)["limit_amount"] == NET * 10

    def back(tickets: int, **sent: Any) -> Any:
        line_ = deposit | {"amount": -NET * tickets, "reference": str(uuid4()), **sent}
        headers = {"Idempotency-Key": str(uuid4())}
        return manager.post(f"{API}/journal/", {"lines": [line_]}, headers=headers)

    # What the tickets held need stays, unless it is set off against the debt.
    assert bulk(manager, [line(issued=8)]).status_code == 201
    before = stored()
    refused = back(5)
    (fault,) = refused.json()["errors"]
    assert (refused.status_code, fault["row"], fault["field"], fault["code"]) == (
        400, 1, "amount", "money.collateral_needed",
    )  # fmt: skip
    assert (stored(), credit(manager)["limit_amount"]) == (before, NET * 10)
    assert back(4).status_code == 201
    assert credit(manager)["limit_amount"] == NET * 8
    assert back(2, into="offset").status_code == 201


def test_an_exception_has_a_reason_an_end_and_the_right_person(
    limited: Company, manager: APIClient, api: Callable[..., APIClient], page: Callable[..., Client],
    person: Callable[..., User],
):  # fmt: skip
    today = clock.today().isoformat()
    sent = {"agent": "AN", "limit_amount": 200 * NET, "valid_from": today, "valid_to": today,
            "reason": "Chờ ngân hàng gia hạn"}  # fmt: skip
    assert manager.post(f"{API}/credit-exceptions/", sent).status_code == 403
    boss = person("executive")
    chief = api(boss)
    for wrong in ({"reason": "?"}, {"valid_to": "2099-01-01"}, {"valid_to": "2020-01-01"}):
        assert chief.post(f"{API}/credit-exceptions/", sent | wrong).status_code == 400
    assert chief.post(f"{API}/credit-exceptions/", sent).status_code == 201
    assert bulk(manager, [line(issued=200)]).status_code == 201
    chief.post(f"{API}/credit-exceptions/", sent | {"limit_amount": 0, "reason": "Thu hồi lại"})
    assert bulk(manager, [line("AN", "2026-11-18", issued=1)]).status_code == 400
    assert CreditException.objects.count() == 2

    shown = page(boss).post(
        "/ban-ve/dai-ly/AN/vuot-han-muc/",
        {"so_tien": "9.000.000", "den": today, "ly_do": "Lễ hội"},
        follow=True,
    )
    assert "Đã ghi cho vượt hạn mức" in shown.content.decode()
    assert CreditException.objects.order_by("-pk")[0].limit_amount == 9_000_000
    debts = page(person("auditor")).get("/ban-ve/").content.decode()
    assert "Đại lý AN" in debts


@pytest.mark.django_db(transaction=True)
def test_fifty_clients_at_once_do_not_pass_the_limit(
    transactional_db: None, limited: Company, person: Callable[..., User]
):
    _, token = AuthToken.objects.create(person("sales_manager"))

    def work(client: APIClient, number: int) -> int:
        day = f"2026-11-{16 + number % 7}"
        return client.post(f"{API}/sales/", line("AN", day, issued=9)).status_code

    assert Counter(together(50, str(token), work)) == {201: 11, 400: 39}
    assert sum(AgentDrawTotal.objects.values_list("issued", flat=True)) == 99

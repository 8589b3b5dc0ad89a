"""Money between company and agents through the API: sales booked, paid, corrected, reversed."""

from collections.abc import Callable
from io import StringIO
from itertools import count
from typing import Any
from unicodedata import normalize
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from rest_framework.test import APIClient

from backend.accounts.models import User
from sales.models import (
    AgentBalance,
    ConsignmentEntry,
    Draw,
    DrawClose,
    DrawStatus,
    JournalEntry,
    RuleKey,
    SalesRule,
)
from tests.sales.conftest import Company, bulk, line

TUESDAY = "2026-11-17"


def close(client: APIClient, day: str = TUESDAY) -> Any:
    return client.post(f"/api/v1/draws/{day}/close/")


def book(client: APIClient, *lines: dict[str, Any], key: str | None = None) -> Any:
    return client.post(
        "/api/v1/journal/",
        {"lines": list(lines)},
        headers={"Idempotency-Key": key or str(uuid4())},
    )


_PAPERS = count(1)


def money(event: str = "payment", amount: int = 100_000, **fields: Any) -> dict[str, Any]:
    paper = {"reference": f"PT {next(_PAPERS)}"}
    return {
        "event": event,
        "agent": "AN",
        "date": "2026-11-18",
        "amount": amount,
        **paper,
        **fields,
    }


def owed(code: str = "AN") -> int:
    return AgentBalance.objects.get(agent__code=code).receivable


def prove() -> None:
    call_command("verify_ledger", stdout=StringIO())


@pytest.fixture
def sold(company: Company, manager: APIClient) -> Company:
    """An sold 90 tickets of Tuesday's draw and Chi 50, booked; An's commission is 12 %.

    A fee for prizes paid is at most 0.2 %.
    """
    SalesRule.objects.create(
        key=RuleKey.PAYOUT_FEE_CAP, value=20, valid_from="2018-02-10", document="TT 138/2017"
    )
    sent = [line("AN", issued=100, returned=10), line("CHI", issued=50)]
    assert bulk(manager, sent).status_code == 201
    assert close(manager).json() | {"batch": 0} == {
        "draw_date": TUESDAY,
        "batch": 0,
        "lines": 2,
        "sold": 140,
        "revenue_amount": 1_400_000,
        "unconfirmed_sheets": 0,
    }
    return company


def test_a_closed_draw_is_owed_less_commission(sold: Company, manager: APIClient):
    assert (owed("AN"), owed("CHI")) == (792_000, 440_000)
    prove()
    answer = close(manager)
    assert (answer.status_code, answer.json()["code"]) == (409, "draw.already_closed")
    assert DrawClose.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "status", "code"),
    [("2026-11-18", 409, "draw.not_held"), ("2020-01-01", 404, "draw.unknown")],
)
def test_only_a_draw_that_was_held_is_closed(
    company: Company, manager: APIClient, day: str, status: int, code: str
):
    Draw.objects.filter(date="2026-11-18").update(status=DrawStatus.SCHEDULED)
    answer = close(manager, day)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not JournalEntry.objects.exists()


def test_one_region_does_not_close_a_draw_of_all(
    company: Company, api: Callable[..., APIClient], person: Callable[..., User]
):
    answer = close(api(person("sales_manager", region=company.hong_gai)))
    assert (answer.status_code, answer.json()["code"]) == (403, "sales.whole_company_only")
    assert not DrawClose.objects.exists()


def test_after_the_close_only_corrections_are_taken_and_booked(sold: Company, manager: APIClient):
    refused = bulk(manager, [line("AN", issued=5)])
    assert refused.status_code == 400
    assert [e["code"] for e in refused.json()["errors"]] == ["draw.closed"]
    entry = ConsignmentEntry.objects.get(agent__code="AN")
    late = line("AN", returned=3, corrects=entry.pk, reason="Kiểm đếm thêm 3 vé ế")
    assert bulk(manager, [late]).status_code == 201
    assert owed("AN") == 87 * 8_800
    correction = JournalEntry.objects.order_by("pk").last()
    assert correction is not None
    assert (correction.revenue, correction.commission, correction.reason) == (
        30_000,
        -3_600,
        "Kiểm đếm thêm 3 vé ế",
    )
    prove()


def test_tax_is_withheld_from_persons_by_a_confirmed_rule_only(
    company: Company, manager: APIClient
):
    company.chi.kind = "org"
    company.chi.save()
    rule = SalesRule.objects.create(
        key=RuleKey.COMMISSION_TAX, value=500, valid_from="2021-01-01", document="Thông tư"
    )
    bulk(
        manager,
        [line("AN", issued=10), line("CHI", issued=10), line("AN", "2026-11-18", issued=10)],
    )
    close(manager)
    assert (owed("AN"), owed("CHI")) == (88_000, 88_000)
    rule.is_confirmed = True
    rule.save()
    close(manager, "2026-11-18")
    assert owed("AN") == 88_000 + 88_000 + 600
    prove()


def test_money_is_booked_all_or_none(sold: Company, manager: APIClient):
    answer = book(
        manager,
        money(reference="PT1"),
        money("prize", 40_000, fee_bps=20),
        money("collateral", 5_000_000, into="bank"),
        money("interest", 1_000),
        money("adjustment", -500, reason="Làm tròn theo biên bản"),
    )
    assert answer.status_code == 201
    assert answer.json()["receivable_amount"] == -100_000 - 40_080 + 1_000 - 500
    assert answer.json()["collateral_amount"] == 5_000_000
    assert owed() == 792_000 - 139_580
    prove()


def test_every_fault_of_every_line_is_told_and_nothing_is_booked(sold: Company, manager: APIClient):
    before = JournalEntry.objects.count()
    answer = book(
        manager,
        money(amount=0),
        money(agent="ZZZ"),
        money(date="2999-01-01"),
        money("adjustment", 5),
        money("prize", 5, fee_bps=21),
        money(fee_bps=1),
        money(reference="PT1"),
        money(reference="PT1"),
        money(reference=" "),
    )
    assert answer.status_code == 400
    assert [(e["row"], e["field"], e["code"]) for e in answer.json()["errors"]] == [
        (1, "amount", "money.not_positive"),
        (2, "agent", "agent.unknown"),
        (3, "date", "money.in_the_future"),
        (4, "reason", "money.needs_reason"),
        (5, "fee_bps", "money.fee_over_cap"),
        (6, "fee_bps", "money.fee_only_of_prizes"),
        (8, "reference", "money.reference_used"),
        (9, "reference", "money.needs_reference"),
    ]
    assert JournalEntry.objects.count() == before
    shapes = book(manager, money() | {"amount": "9"}, {"event": "gift"}).json()["errors"]
    assert {(e["row"], e["field"], e["code"]) for e in shapes} == {
        (1, "amount", "money.not_an_amount"),
        (2, "agent", "line.required"),
        (2, "date", "line.required"),
        (2, "amount", "line.required"),
        (2, "event", "money.not_an_event"),
    }


@pytest.mark.parametrize(
    "twin", [" Phiếu thu 12", "Phiếu  thu 12 ", normalize("NFD", "Phiếu thu 12")]
)
def test_a_paper_is_booked_once_however_its_number_is_typed(
    sold: Company, manager: APIClient, twin: str
):
    assert book(manager, money(reference="Phiếu thu 12")).status_code == 201
    again = book(manager, money(reference=twin))
    assert [each["code"] for each in again.json()["errors"]] == ["money.reference_used"]
    assert owed() == 692_000


def test_the_same_request_again_books_nothing(sold: Company, manager: APIClient):
    first = book(manager, money(reference="PT1"), key="k1")
    again = book(manager, money(reference="PT1"), key="k1")
    assert first.json() == again.json()
    assert owed() == 692_000


def test_an_entry_is_reversed_once_with_a_reason(sold: Company, manager: APIClient):
    book(manager, money(reference="PT1"))
    wrong = JournalEntry.objects.get(reference="PT1")
    address = f"/api/v1/journal/{wrong.pk}/reversal/"
    assert manager.post(address, {"reason": "x"}).json()["code"] == "journal.needs_reason"
    answer = manager.post(address, {"reason": "Nhập nhầm đại lý"})
    assert (answer.status_code, answer.json()["receivable"]) == (201, 100_000)
    assert owed() == 792_000
    again = manager.post(address, {"reason": "Nhập nhầm đại lý"})
    assert (again.status_code, again.json()["code"]) == (409, "journal.already_reversed")
    sale = JournalEntry.objects.filter(event="sale").first()
    assert sale is not None
    of_a_sale = manager.post(f"/api/v1/journal/{sale.pk}/reversal/", {"reason": "Không bán"})
    assert (of_a_sale.status_code, of_a_sale.json()["code"]) == (409, "journal.not_reversible")
    assert book(manager, money(reference="PT1")).status_code == 201  # the number is free again
    prove()


def test_no_more_collateral_is_given_back_than_is_held(sold: Company, manager: APIClient):
    assert book(manager, money("collateral", 5_000_000)).status_code == 201
    answer = book(manager, money("collateral", -5_000_001))
    assert (answer.status_code, answer.json()["code"]) == (409, "collateral.short")
    assert book(manager, money("collateral", -5_000_000)).status_code == 201
    prove()


def test_a_region_books_and_sees_its_own_agents_only(
    sold: Company, api: Callable[..., APIClient], person: Callable[..., User]
):
    manager = api(person("sales_manager", username="mai", region=sold.mong_cai))
    assert book(manager, money()).json()["errors"][0]["code"] == "agent.unknown"
    listed = manager.get("/api/v1/journal/").json()["results"]
    assert [(entry["agent"], entry["event"]) for entry in listed] == [("CHI", "sale")]
    period = {"date_from": TUESDAY, "date_to": TUESDAY}
    for unseen in ("AN", "KHONG"):
        assert manager.get(f"/api/v1/agents/{unseen}/statement/", period).status_code == 404
    own = manager.get("/api/v1/agents/CHI/statement/", period).json()
    assert (own["agent"], own["name"]) == ("CHI", sold.chi.name)
    theirs = JournalEntry.objects.filter(agent__code="AN").first()
    assert theirs is not None
    address = f"/api/v1/journal/{theirs.pk}/reversal/"
    assert manager.post(address, {"reason": "Không phải của tôi"}).status_code == 404


def test_a_statement_opens_with_what_stood_and_adds_up(sold: Company, manager: APIClient):
    bulk(manager, [line("AN", "2026-11-18", issued=10)])
    close(manager, "2026-11-18")
    book(manager, money(amount=800_000, date="2026-11-19", reference="PT9"))
    told = manager.get(
        "/api/v1/agents/AN/statement/", {"date_from": "2026-11-18", "date_to": "2026-11-30"}
    ).json()
    assert (told["opening_amount"], told["closing_amount"]) == (792_000, 80_000)
    assert [(e["event"], e["balance_amount"]) for e in told["lines"]] == [
        ("sale", 880_000),
        ("payment", 80_000),
    ]
    assert told["ageing"] == {
        "not_due": 0,
        "days_1_to_7": 0,
        "days_8_to_30": 80_000,
        "days_over_30": 0,
        "advance": 0,
    }


def test_the_database_refuses_an_entry_out_of_balance(sold: Company):
    entry = JournalEntry.objects.order_by("pk")[0]
    wrong = JournalEntry(
        batch=entry.batch,
        event="payment",
        agent=entry.agent,
        region=entry.region,
        value_date=TUESDAY,
        cash=10,
        receivable=-9,
    )
    with pytest.raises(IntegrityError, match="journal_debits_equal_credits"), transaction.atomic():
        wrong.save()


@pytest.mark.parametrize(
    "damage",
    [
        "update sales_agentbalance set receivable = receivable + 1",
        "update sales_agentmonthtotal set paid = paid + 1",
        "update sales_agentdrawtotal set returned = 1 where returned = 0",
    ],
)
def test_a_damaged_balance_is_found(sold: Company, damage: str):
    prove()
    with connection.cursor() as cursor:
        cursor.execute(damage)
    with pytest.raises(Exception, match="không khớp"):
        prove()

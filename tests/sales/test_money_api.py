"""Debts, reminders, agreed accounts, interest, the bank and the accountant's month by the API."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Territory, TerritoryRegion
from backend.pages.files import XLSX
from sales.models import (
    BankLine,
    BankStatement,
    DunningNotice,
    JournalEntry,
    ReconciliationStep,
    RuleKey,
    SalesRule,
)
from tests.sales.conftest import Company, bulk, line

API = "/api/v1"


@pytest.fixture
def december(company: Company, api: Callable[..., APIClient], person: Callable[..., User]) -> Any:
    """2 December 2026, the draw of 17 November closed: An owes 352,000, Chi 440,000."""
    with time_machine.travel(datetime(2026, 12, 2, 9, 0, tzinfo=VN), tick=False):
        client = api(person("sales_manager", username="thu_ky"))
        bulk(client, [line("AN", issued=40), line("CHI", issued=50)])
        assert client.post(f"{API}/draws/2026-11-17/close/").status_code == 201
        yield client


@pytest.fixture
def theirs(
    api: Callable[..., APIClient], person: Callable[..., User], company: Company
) -> APIClient:
    """Of Móng Cái alone, where Chi sells."""
    return api(person("sales_manager", username="mai", region=company.mong_cai))


def got(client: APIClient, address: str, **query: Any) -> Any:
    answer = client.get(f"{API}{address}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_debts_by_age_scope_and_page(
    december: APIClient, theirs: APIClient, company: Company,
    django_assert_num_queries: DjangoAssertNumQueries,
):  # fmt: skip
    east = Territory.objects.create(code="DONG", name="Vùng Đông")
    TerritoryRegion.objects.create(territory=east, region=company.mong_cai, valid_from="2025-07-01")
    first = got(december, "/debts/", limit=1)
    assert first["results"] == [
        {
            "agent": "AN", "name": "Đại lý AN", "region_name": "Hồng Gai", "owed_amount": 352_000,
            "overdue_amount": 352_000,
            "ageing": {"not_due": 0, "days_1_to_7": 0, "days_8_to_30": 352_000, "days_over_30": 0, "advance": 0},
            "oldest_due": "2026-11-17", "held_amount": 0, "pledged_amount": 0,
            "limit_amount": first["results"][0]["limit_amount"],
            "over_amount": max(352_000 - first["results"][0]["limit_amount"], 0),
        }
    ]  # fmt: skip
    second = december.get(first["next"]).json()
    assert ([row["agent"] for row in second["results"]], second["next"]) == (["CHI"], None)
    for query in (
        {"territory": "DONG"},
        {"region": "06712"},
        {"agent": "CHI"},
        {"search": "ly chi"},
    ):
        assert [row["agent"] for row in got(december, "/debts/", **query)["results"]] == ["CHI"]
    assert got(december, "/debts/", overdue=False)["results"] == []
    assert got(december, "/debts/", on="2026-11-16")["results"] == []
    assert got(december, "/debts/", fields="agent")["results"] == [
        {"agent": "AN"},
        {"agent": "CHI"},
    ]
    assert [row["agent"] for row in got(theirs, "/debts/")["results"]] == ["CHI"]
    refused = theirs.get(f"{API}/debts/", {"region": "06685"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "region.unknown")
    with django_assert_num_queries(3):  # who asks, rule, debts
        got(december, "/debts/")


def test_a_list_is_a_table_by_accept(december: APIClient, company: Company):
    company.an.name = "=HYPERLINK(1)"
    company.an.save()
    asked = {"limit": 1}
    text = december.get(f"{API}/debts/", asked, headers={"Accept": "text/csv"})
    (row,) = csv.DictReader(io.StringIO(text.content.decode("utf-8-sig")))
    assert (row["name"], row["ageing_days_8_to_30"]) == ("'=HYPERLINK(1)", "352000")
    assert 'rel="next"' in text["Link"]
    book = december.get(f"{API}/debts/", asked, headers={"Accept": XLSX})
    sheet: Any = load_workbook(io.BytesIO(book.content)).active
    heads, cells = (list(row) for row in sheet.iter_rows())
    told = {head.value: cell for head, cell in zip(heads, cells, strict=True)}
    assert (told["name"].value, told["name"].data_type) == ("=HYPERLINK(1)", "s")
    assert (told["owed_amount"].value, told["owed_amount"].number_format) == (352_000, "#,##0")
    assert told["oldest_due"].value == datetime(2026, 11, 17)  # noqa: DTZ001 -- as a cell is
    assert sheet.freeze_panes == "A2"
    assert december.get(f"{API}/journal/", headers={"Accept": "text/csv"}).status_code == 200


def test_reminders_are_written_down_once(december: APIClient, theirs: APIClient):
    assert [(row["agent"], row["level"], row["days"], row["last_notice"])
            for row in got(december, "/dunning/")["results"]] == [("AN", 2, 15, None), ("CHI", 2, 15, None)]  # fmt: skip
    sent = {"agents": ["AN", "CHI", "BINH"], "channel": "phone", "promised_date": "2026-12-05"}
    for _ in range(2):
        done = theirs.post(f"{API}/dunning-notices/", sent, headers={"Idempotency-Key": "n1"})
        assert (done.status_code, done.json()) == (201, {"recorded": 1})
    assert DunningNotice.objects.count() == 1
    (notice,) = got(december, "/dunning-notices/", level=2)["results"]
    assert (notice["agent"], notice["promised_date"], notice["by"]) == ("CHI", "2026-12-05", "mai")
    past = december.post(f"{API}/dunning-notices/", sent | {"promised_date": "2026-12-01"})
    assert (past.status_code, past.json()["code"]) == (400, "dunning.promise")
    assert got(december, "/dunning/", level=1)["results"] == []


def test_an_account_is_agreed_by_two_people(
    december: APIClient,
    theirs: APIClient,
    api: Callable[..., APIClient],
    person: Callable[..., User],
):
    asked = {"agent": "AN", "first": "2026-11-01", "last": "2026-11-30"}
    made = december.post(f"{API}/reconciliations/", asked)
    assert made.status_code == 201, made.content
    record = made.json()
    one = f"/reconciliations/{record['id']}/"
    assert (record["closing_amount"], record["state"], record["is_current"]) == (
        352_000,
        "proposed",
        True,
    )
    assert december.post(f"{API}/reconciliations/", asked).json()["code"] == "reconciliation.exists"
    signed = {"kind": "agent", "signer": "Nguyễn Văn An", "signed_date": "2026-12-02"}
    assert december.post(f"{API}{one}steps/", signed).json()["state"] == "agent"
    company = {"kind": "company", "signer": "Trần Thị Bình", "signed_date": "2026-12-02"}
    same = december.post(f"{API}{one}steps/", company)
    assert (same.status_code, same.json()["code"]) == (403, "reconciliation.same_person")
    assert ReconciliationStep.objects.count() == 1
    second = api(person("sales_manager", username="hai"))
    assert second.post(f"{API}{one}steps/", company).json()["state"] == "company"
    assert [step["by"] for step in got(second, one)["steps"]] == ["thu_ky", "hai"]
    tag = second.get(f"{API}{one}")["ETag"]
    assert second.get(f"{API}{one}", headers={"If-None-Match": tag}).status_code == 304
    assert [row["id"] for row in got(second, "/reconciliations/", state="company")["results"]] == [
        record["id"]
    ]
    assert got(theirs, "/reconciliations/")["results"] == []
    assert theirs.get(f"{API}{one}").status_code == 404


def test_interest_and_the_accountants_month(december: APIClient, theirs: APIClient):
    SalesRule.objects.create(
        key=RuleKey.OVERDUE_INTEREST, value=1_000, valid_from="2020-01-01", document="Quy chế"
    )
    told = got(december, "/overdue-interest/", month="2026-11", agent="AN")["results"]
    assert [(row["interest_amount"], row["booked_amount"], row["open_amount"]) for row in told] == [
        (352_000 * 1_000 * 13 // 3_650_000, 0, 352_000 * 1_000 * 13 // 3_650_000)
    ]
    assert [(each["first"], each["days"], each["rate_bps"]) for each in told[0]["stretches"]] == [
        ("2026-11-18", 13, 1_000)
    ]
    assert december.get(f"{API}/overdue-interest/", {"month": "2026-13"}).status_code == 404
    booking = f"{API}/overdue-interest/2026-11/booking/"
    unsettled = december.post(booking)
    assert (unsettled.status_code, unsettled.json()["code"]) == (409, "interest.rate_unsettled")
    SalesRule.objects.update(is_confirmed=True)
    done = [december.post(booking, headers={"Idempotency-Key": "i1"}).json() for _ in range(2)]
    assert done[0] == done[1] == {
        "batch": done[0]["batch"], "agents": 2, "reference": "LCN-2026-11",
    }  # fmt: skip
    assert december.post(booking).json()["code"] == "interest.nothing"
    (row,) = got(december, "/overdue-interest/", month="2026-11", agent="AN")["results"]
    assert (row["booked_amount"], row["open_amount"]) == (row["interest_amount"], 0)
    assert len(got(december, "/journal/", product="TT10", region="06685")["results"]) == 1
    month = got(december, "/accounting/", month="2026-11")
    assert {row["account"]: row["amount"] for row in month["booked"] if row["event"] == "sale"} == {
        "receivable": 792_000, "revenue": -900_000, "commission": 108_000,
    }  # fmt: skip
    assert [(row["agent"], row["commission_amount"]) for row in month["commission_taxes"]] == [
        ("AN", 48_000), ("CHI", 60_000),
    ]  # fmt: skip
    (base,) = month["tax_bases"]
    assert base["revenue_amount"] == 900_000 == base["excise_base_amount"] + base["excise_amount"] + base["vat_amount"]  # fmt: skip
    entries = december.get(
        f"{API}/accounting/", {"month": "2026-11"}, headers={"Accept": "text/csv"}
    )
    lines = b"".join(entries.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 1 + JournalEntry.objects.count()
    assert theirs.get(f"{API}/accounting/", {"month": "2026-11"}).status_code == 403


def test_a_statement_is_imported_matched_booked_and_undone(december: APIClient, theirs: APIClient):
    content = "Ngày;Số tham chiếu;Nội dung;Ghi có\n25/11/2026;FT1;CHI nop;440000\n26/11/2026;FT2;phi;5000\n"
    for _time in range(2):  # the same file under its key is one
        sent = {"file": SimpleUploadedFile("a.csv", content.encode()), "account": "0011"}
        made = december.post(
            f"{API}/bank-statements/", sent, format="multipart", headers={"Idempotency-Key": "sk"}
        )
    assert BankStatement.objects.count() == 1
    assert (made.status_code, made.json()["new"], made.json()["by"]) == (201, 2, "thu_ky"), (
        made.content
    )
    fee, paid = got(december, "/bank-lines/", state="waiting", proposals=True)["results"]
    assert (paid["reference"], paid["proposals"][0]["agent"]) == ("FT1", "CHI")
    done = december.post(
        f"{API}/bank-lines/booking/", {"lines": [{"line": paid["id"], "agent": "CHI"}]}
    )
    assert (done.status_code, done.json()) == (201, {"booked": 1})
    assert got(december, "/debts/", agent="CHI")["results"] == []
    aside = december.post(
        f"{API}/bank-lines/{fee['id']}/setting-aside/", {"reason": "Phí ngân hàng"}
    )
    assert (aside.status_code, aside.json()["state"]) == (201, "aside")
    assert december.post(f"{API}/bank-lines/{fee['id']}/taking-back/").json()["state"] == "waiting"
    wrong = december.post(
        f"{API}/bank-lines/booking/",
        {"lines": [{"line": fee["id"], "agent": "AN"}, {"line": paid["id"], "agent": "AN"}]},
    )
    assert (wrong.status_code, wrong.json()["code"]) == (409, "bank.not_open")
    assert BankLine.objects.get(pk=fee["id"]).entry is None
    undone = december.post(f"{API}/bank-lines/{paid['id']}/reversal/", {"reason": "Nhầm đại lý"})
    assert (undone.json()["state"], undone.json()["proposals"][0]["agent"]) == ("waiting", "CHI")
    assert got(december, "/debts/", agent="CHI")["results"][0]["owed_amount"] == 440_000
    for address in ("/bank-lines/", "/bank-statements/", f"/bank-lines/{fee['id']}/"):
        assert theirs.get(f"{API}{address}").status_code == 403


def test_payments_deposits_and_adjustments_are_resources_of_their_own(
    company: Company, manager: APIClient, api: Callable[..., APIClient], person: Callable[..., User]
):
    def send(name: str, *lines: dict[str, Any], query: str = "", key: str = "") -> Any:
        headers = {"Idempotency-Key": key or str(uuid4())}
        return manager.post(f"/api/v1/{name}/{query}", {"lines": lines}, headers=headers)

    def told(name: str, query: str = "") -> list[tuple[str, int, str | None, str]]:
        rows = manager.get(f"/api/v1/{name}/?{query}").json()["results"]
        return [(row["agent"], row["amount"], row["into"], row["reference"]) for row in rows]

    day = {"date": "2026-11-19"}
    good = {"agent": "AN", "amount": 500_000, "into": "bank", "reference": "UNC 1", **day}
    lines = [good, {**good, "agent": "KHONG"}, {**good, "amount": -5}, {**good, "agent": "CHI", "amount": "x"}]  # fmt: skip
    refused = send("payments", *lines)
    assert (refused.status_code, told("payments")) == (400, [])
    partly = send("payments", *lines, query="?partial=1", key="p1").json()
    assert [(row["row"], row["status"]) for row in partly["results"]] == [
        (1, "recorded"), (2, "refused"), (3, "refused"), (4, "refused"),
    ]  # fmt: skip
    assert partly["recorded"]["receivable_amount"] == -500_000
    again = send("payments", *lines, query="?partial=1", key="p1")
    assert (again["Idempotency-Hit"], len(told("payments"))) == ("true", 1)
    assert (
        send("deposits", {"agent": "CHI", "amount": 90_000, "reference": "KQ 1", **day}).status_code
        == 201
    )
    assert (
        send(
            "deposits", {"agent": "CHI", "amount": -20_000, "reference": "KQ 2", **day}
        ).status_code
        == 201
    )
    assert send("adjustments", {"agent": "AN", "amount": 7_000, **day}).status_code == 400
    why = {"reason": "Quyết định 3", "reference": "QĐ 3"}
    assert send("adjustments", {"agent": "AN", "amount": 7_000, **why, **day}).status_code == 201
    assert told("payments") == [("AN", 500_000, "bank", "UNC 1")]
    assert told("payments", "into=cash") == told("payments", "search=binh") == []
    assert told("deposits", "region=06712") == [("CHI", -20_000, "cash", "KQ 2"), ("CHI", 90_000, "cash", "KQ 1")]  # fmt: skip
    assert told("adjustments", "reference=QĐ 3") == [("AN", 7_000, None, "QĐ 3")]

    (payment,) = manager.get("/api/v1/payments/").json()["results"]
    seen = manager.get(f"/api/v1/payments/{payment['id']}/")
    same = {"If-None-Match": seen["ETag"]}
    assert manager.get(f"/api/v1/payments/{payment['id']}/", headers=same).status_code == 304
    assert manager.get(f"/api/v1/deposits/{payment['id']}/").status_code == 404
    undo = f"/api/v1/payments/{payment['id']}/reversal/"
    local = api(person("sales_manager", username="mc", region=company.mong_cai))
    assert local.post(undo, {"reason": "Ghi nhầm đại lý"}).status_code == 404
    undone = manager.post(undo, {"reason": "Ghi nhầm đại lý"}, headers={"Idempotency-Key": "u1"})
    once = manager.post(undo, {"reason": "Ghi nhầm đại lý"}, headers={"Idempotency-Key": "u1"})
    assert (undone.status_code, once.json()) == (201, undone.json())
    assert (undone.json()["amount"], undone.json()["reverses"]) == (-500_000, payment["id"])
    assert manager.post(undo, {"reason": "Ghi nhầm đại lý"}).status_code == 409
    file = manager.get("/api/v1/payments/?fields=agent,amount", headers={"Accept": "text/csv"})
    assert file.content.decode().splitlines() == ["\ufeff\"agent\",\"amount\"", '"AN",-500000', '"AN",500000']  # fmt: skip

"""Agents and their files by the API: whole records, versions, scope, and what the database refuses."""

import unicodedata
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from rest_framework.test import APIClient

from sales.models import (
    Agent,
    AgentContract,
    AgentDrawTotal,
    AgentNote,
    AgentStatusChange,
    ContractRate,
    SalesRule,
)
from tests.sales.conftest import Company, bulk, line

API = "/api/v1"


def contract(agent: str = "AN", **fields: Any) -> dict[str, Any]:
    return {"agent": agent, "number": "HĐ 1/2026", "valid_from": "2026-01-01"} | fields


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(fault["field"], fault["code"]) for fault in answer.json()["errors"]]


def test_an_agent_is_taken_on_changed_and_found(company: Company, manager: APIClient):
    sent = {
        "code": "DUNG", "name": "Đỗ Văn Dũng", "kind": "person", "region": "06685",
        "opened_date": "2026-11-01", "commission_bps": 1_000, "parent": "AN",
        "identity_number": "022 099 001 234", "tax_code": "022099001234",
    }  # fmt: skip
    assert manager.post(f"{API}/agents/", sent | {"region": "0668\0"}).status_code == 400
    made = manager.post(f"{API}/agents/", sent)
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["level"], shown["identity_shown"]) == (2, "••••••••1234")
    agent = Agent.objects.get(code="DUNG")
    assert "022099001234" not in agent.identity_sealed
    assert agent.identity_number() == "022099001234"

    changed = manager.patch(
        f"{API}/agents/DUNG/", {"name": "Đỗ Dũng"}, headers={"If-Match": made["ETag"]}
    )
    assert (changed.status_code, changed.json()["name"]) == (200, "Đỗ Dũng")
    found = manager.get(f"{API}/agents/?search=do dung&fields=code,level").json()["results"]
    assert found == [{"code": "DUNG", "level": 2}]
    assert manager.get(f"{API}/agents/?parent=AN&status=active").json()["results"][0] == (
        changed.json()
    )
    under = manager.post(f"{API}/agents/", sent | {"code": "EM", "parent": "DUNG"})
    assert codes(under) == [("parent", "agent_two_levels")]
    Agent.objects.filter(code="DUNG").update(parent=company.an)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agent.objects.filter(code="CHI").update(parent=agent)


def test_a_persons_tax_code_is_sealed_and_an_organisations_is_not(
    company: Company, manager: APIClient
):
    def change(**fields: str) -> Any:
        return manager.patch(f"{API}/agents/AN/", fields, headers={"If-Match": "*"})

    wrong = change(tax_code="0220990012x4")
    assert codes(wrong) == [("tax_code", "agent_tax_code")]
    changed = change(tax_code="022099001234")
    assert changed.json()["tax_code"] == "••••••••1234"
    again = change(tax_code="••••••••1234", address="12 Bạch Đằng")
    assert (again.status_code, again.json()["tax_code"]) == (200, "••••••••1234")
    agent = Agent.objects.get(code="AN")
    assert agent.tax_number() == "022099001234"
    with connection.cursor() as cursor:
        cursor.execute(
            "select agent::text from sales_agent agent union all select event::text from sales_agentevent event"
        )
        assert "022099001234" not in str(cursor.fetchall())
    with pytest.raises(IntegrityError), transaction.atomic():
        Agent.objects.filter(code="AN").update(tax_code="022099001234", tax_sealed="")

    assert change(kind="org").json()["tax_code"] == "022099001234"
    assert change(kind="person").json()["tax_code"] == "••••••••1234"
    assert change(kind="org", tax_code="5700100123").json()["tax_code"] == "5700100123"
    assert change(kind="person", tax_code="").json()["tax_code"] == ""


def test_0044_seals_the_tax_codes_that_are_there(company: Company):
    migration = import_module("sales.migrations.0044_persons_tax_codes_sealed")
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table sales_agent drop constraint agent_tax_code")
        Agent.objects.filter(code="AN").update(tax_code="022099001234")
        Agent.objects.filter(code="BINH").update(tax_code="5700100123", kind="org")
        for _ in range(2):
            migration.seal_persons(apps, None)
            cursor.execute(migration._HISTORY)
            cursor.execute(
                "select agent::text from sales_agent agent union all select event::text from sales_agentevent event"
            )
            kept = str(cursor.fetchall())
            assert "022099001234" not in kept
            assert "5700100123" in kept
            assert Agent.objects.get(code="AN").tax_number() == "022099001234"


def test_a_change_needs_the_version_it_was_made_for(company: Company, manager: APIClient):
    read = manager.get(f"{API}/agents/AN/?fields=name")
    assert read.json() == {"name": "Đại lý AN"}
    seen = {"If-Match": read["ETag"]}
    assert manager.get(
        f"{API}/agents/AN/", headers={"If-None-Match": read["ETag"]}
    ).status_code == (304)
    without = manager.patch(f"{API}/agents/AN/", {"name": "A"})
    assert (without.status_code, without.json()["code"]) == (428, "version.missing")
    first = manager.patch(f"{API}/agents/AN/", {"name": "Một"}, headers=seen)
    second = manager.patch(f"{API}/agents/AN/", {"name": "Hai"}, headers=seen)
    assert (first.status_code, second.status_code) == (200, 412)
    assert Agent.objects.get(code="AN").name == "Một"
    wrong = manager.patch(
        f"{API}/agents/AN/",
        {"code": "X", "status": "ended", "nane": "A"},
        headers={"If-Match": "*"},
    )
    assert sorted(codes(wrong)) == [
        ("code", "made_once"), ("nane", "unknown_field"), ("status", "unknown_field"),
    ]  # fmt: skip
    unknown = manager.get(f"{API}/agents/AN/?fields=nane")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "fields.unknown")


def test_contracts_do_not_overlap_and_give_the_commission(company: Company, manager: APIClient):
    SalesRule.objects.create(
        key="commission.cap", value=1_500, valid_from="2018-02-10", document="TT 138/2017"
    )
    rates = [{"product": "TT10", "commission_bps": 1_100}]
    made = manager.post(f"{API}/agent-contracts/", contract(rates=rates, settlement_days=3))
    assert made.status_code == 201, made.content
    assert made.json()["rates"] == rates
    again = manager.post(
        f"{API}/agent-contracts/", contract(number="HĐ 2", valid_from="2026-06-01")
    )
    assert (again.status_code, codes(again)) == (400, [("", "contract_one_at_a_time")]), (
        again.content
    )
    dear = manager.post(
        f"{API}/agent-contracts/",
        contract("CHI", number="HĐ 3", rates=[{"product": "LT5", "commission_bps": 1_501}]),
    )
    assert codes(dear) == [("rates", "commission.over_cap")]
    assert AgentContract.objects.count() == 1

    with pytest.raises(IntegrityError), transaction.atomic():
        AgentContract.objects.create(agent=company.an, number="SQL", valid_from="2026-03-01")
    bulk(manager, [line(issued=10), line(issued=10, product="LT5"), line("CHI", issued=1)])
    terms = AgentDrawTotal.objects.order_by("agent__code", "product__code")
    assert list(terms.values_list("agent__code", "product__code", "commission_bps")) == [
        ("AN", "LT5", 1_200), ("AN", "TT10", 1_100), ("CHI", "TT10", 1_200),
    ]  # fmt: skip

    item = f"{API}/agent-contracts/{made.json()['id']}/"
    cut = manager.patch(
        item, {"valid_to": "2026-05-31", "rates": []}, headers={"If-Match": made["ETag"]}
    )
    assert (cut.status_code, cut.json()["rates"]) == (200, [])
    assert not ContractRate.objects.exists()
    later = contract(number="HĐ 2", valid_from="2026-06-01")
    assert manager.post(f"{API}/agent-contracts/", later).status_code == 201
    on = manager.get(f"{API}/agent-contracts/?agent=AN&on=2026-11-17&fields=number").json()
    assert on["results"] == [{"number": "HĐ 2"}]


@pytest.mark.parametrize("what", ["agent-contracts", "collaterals"])
def test_days_in_the_wrong_order_are_refused_in_words(
    company: Company, manager: APIClient, what: str
):
    days = {"valid_from": "2026-12-01", "valid_to": "2026-11-01"}
    papers: dict[str, dict[str, Any]] = {
        "agent-contracts": {"number": "HĐ 1"},
        "collaterals": {"kind": "guarantee", "value_amount": 1_000, "document": "BL 1"},
    }
    refused = manager.post(f"/api/v1/{what}/", {"agent": "AN"} | papers[what] | days)
    assert refused.status_code == 400
    [fault] = refused.json()["errors"]
    assert fault["message"] == "Ngày hết hiệu lực phải từ ngày bắt đầu trở đi."


def test_a_paper_secures_once_however_its_number_is_typed(company: Company, manager: APIClient):
    paper = {"agent": "AN", "kind": "guarantee", "value_amount": 1_000, "valid_from": "2026-11-01"}
    first, again = (
        manager.post("/api/v1/collaterals/", paper | {"document": number})
        for number in ("Bảo lãnh 1", unicodedata.normalize("NFD", "Bảo lãnh 1"))
    )
    assert (first.status_code, again.status_code) == (201, 400)
    assert again.json()["errors"][0]["code"] == "collateral_document_once"


def test_half_a_letter_is_no_text(company: Company, manager: APIClient):
    sent = b'{"kind": "\\ud83d"}'
    refused = manager.patch(
        "/api/v1/agents/AN/", sent, content_type="application/json", headers={"If-Match": "*"}
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "parse_error")


def test_a_status_changes_with_day_and_reason_and_its_history_stays(
    company: Company, manager: APIClient
):
    address = f"{API}/agents/BINH/status-changes/"
    pause = {"status": "suspended", "effective_date": "2026-11-20", "reason": "Quá hạn nộp tiền"}
    assert manager.post(address, pause | {"reason": "?"}).json()["code"] == "agent.needs_reason"
    assert manager.post(address, pause).status_code == 201
    assert manager.post(address, pause).json()["code"] == "agent.same_status"
    end = {"status": "ended", "effective_date": "2026-11-22", "reason": "Thanh lý hợp đồng"}
    assert manager.post(address, end).status_code == 201
    agent = Agent.objects.get(code="BINH")
    assert (agent.status, str(agent.closed_date)) == ("ended", "2026-11-22")
    history = [(row["before"], row["status"]) for row in manager.get(address).json()["results"]]
    assert history == [("suspended", "ended"), ("active", "suspended")]
    with pytest.raises(Exception, match="append_only"), transaction.atomic():
        AgentStatusChange.objects.update(reason="khác hẳn")


def test_an_agent_ends_after_those_under_it(company: Company, manager: APIClient):
    assert (
        manager.patch(
            f"{API}/agents/BINH/", {"parent": "AN"}, headers={"If-Match": "*"}
        ).status_code
        == 200
    )
    end = {"status": "ended", "effective_date": "2026-11-20", "reason": "Thanh lý hợp đồng"}
    refused = manager.post(f"{API}/agents/AN/status-changes/", end)
    assert (refused.status_code, refused.json()["code"]) == (409, "agent.has_sub_agents")
    assert "BINH" in refused.json()["detail"]
    for code in ("BINH", "AN"):
        assert manager.post(f"{API}/agents/{code}/status-changes/", end).status_code == 201
    under = manager.patch(f"{API}/agents/CHI/", {"parent": "AN"}, headers={"If-Match": "*"})
    assert codes(under) == [("parent", "agent_parent_ended")]


@pytest.mark.parametrize(
    ("address", "good", "bad", "fault"),
    [
        (
            "collaterals",
            {"kind": "guarantee", "value_amount": 90_000_000, "counted_bps": 8_000,
             "document": "BL 7", "valid_from": "2026-01-01"},
            {"value_amount": 0},
            "collateral_value_positive",
        ),
        (
            "points-of-sale",
            {"code": "DB1", "name": "Chợ Hạ Long 1", "address": "Bạch Đằng", "region": "06685",
             "latitude": 20.95, "longitude": 107.08, "opened_date": "2026-01-01"},
            {"latitude": 107.08, "longitude": 20.95},
            "point_position_in_vietnam",
        ),
        (
            "agent-contacts",
            {"name": "Chị Hoa", "phone": "0912 345 678", "is_first": True},
            {"phone": ""},
            "contact_can_be_reached",
        ),
        (
            "agent-documents",
            {"kind": "licence", "number": "GP 5", "title": "Giấy phép", "issued_date": "2026-01-01"},
            {"valid_to": "2025-01-01"},
            "document_order",
        ),
    ],
)  # fmt: skip
def test_files_are_kept_whole_or_not_at_all(
    company: Company, manager: APIClient, api: Any, person: Any, address: str, good: dict[str, Any],
    bad: dict[str, Any], fault: str,
):  # fmt: skip
    place = f"{API}/{address}/"
    refused = manager.post(place, good | bad | {"agent": "AN"})
    assert refused.status_code == 400
    assert manager.get(place).json()["results"] == []
    made = manager.post(place, good | {"agent": "AN"})
    assert made.status_code == 201, made.content
    item = f"{place}{made.json()['id']}/"
    wrong = manager.patch(item, bad, headers={"If-Match": made["ETag"]})
    assert [code for _field, code in codes(wrong)] == [fault], wrong.content
    assert manager.get(item).json() == made.json()
    if address == "collaterals":
        assert made.json()["limit_amount"] == 72_000_000
    elsewhere = api(person("sales_manager", username="mc", region=company.mong_cai))
    assert elsewhere.get(item).status_code == 404
    assert elsewhere.get(place).json()["results"] == []
    assert elsewhere.post(place, good | {"agent": "AN"}).status_code == 400
    seen = {"If-Match": made["ETag"]}
    assert elsewhere.patch(item, {}, headers=seen).status_code == 404


def test_visits_are_only_added_to(company: Company, manager: APIClient):
    sent = {"agent": "AN", "kind": "visit", "date": "2026-11-20", "text": "Điểm bán sạch, đủ vé"}
    made = manager.post(f"{API}/agent-notes/", sent, headers={"Idempotency-Key": "tham-1"})
    assert made.status_code == 201
    manager.post(f"{API}/agent-notes/", sent, headers={"Idempotency-Key": "tham-1"})
    assert AgentNote.objects.count() == 1
    item = f"{API}/agent-notes/{made.json()['id']}/"
    assert manager.get(item).json()["by"] == "sales_manager"
    assert manager.patch(item, {"text": "khác"}, headers={"If-Match": "*"}).status_code == 405


def test_the_term_of_the_contract_says_when_a_debt_is_due(company: Company, manager: APIClient):
    manager.post(f"{API}/agent-contracts/", contract(settlement_days=5))
    bulk(manager, [line(issued=100)])
    assert manager.post(f"{API}/draws/2026-11-17/close/").status_code == 201
    asked = {"date_from": "2026-11-01", "date_to": "2026-11-22"}
    ageing = manager.get(f"{API}/agents/AN/statement/", asked).json()["ageing"]
    assert (ageing["not_due"], ageing["days_1_to_7"]) == (880_000, 0)

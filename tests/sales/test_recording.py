"""Recording movements of tickets by the API."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine
from django.db import Error, connection, transaction
from pytest_django.fixtures import DjangoAssertNumQueries
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.models import IdempotencyRecord
from sales.ledger.proving import differences
from sales.models import (
    Agent,
    AgentDrawTotal,
    AgentMonthDays,
    AgentStatus,
    ConsignmentEntry,
    Draw,
    DrawStatus,
    Product,
    RecordingBatch,
    RegionDayTotal,
    SalesRule,
)
from tests import make
from tests.sales.conftest import Company, bulk, line, stored


def test_one_movement_is_recorded_and_summed(company: Company, manager: APIClient):
    answer = manager.post("/api/v1/sales/", line(issued=100, returned=0))
    assert answer.status_code == 201
    entry = answer.json()
    assert entry == {
        "draw_date": "2026-11-17",
        "id": entry["id"],
        "agent": "AN",
        "product": "TT10",
        "region": "06685",
        "issued": 100,
        "returned": 0,
        "sold": 100,
        "face_value_amount": 10_000,
        "revenue_amount": 1_000_000,
        "corrects": None,
        "reason": "",
        "is_late": False,
        "batch": entry["batch"],
        "recorded_at": entry["recorded_at"],
    }
    total = AgentDrawTotal.objects.get()
    assert (total.issued, total.returned) == (100, 0)
    assert (total.revenue_amount, total.commission_amount) == (1_000_000, 120_000)
    batch = RecordingBatch.objects.get()
    assert (batch.recorded_by.username, batch.source, batch.line_count) == (
        "sales_manager",
        "api",
        1,
    )


def test_unsold_tickets_come_back_later(company: Company, manager: APIClient):
    manager.post("/api/v1/sales/", line(issued=100))
    answer = manager.post("/api/v1/sales/", line(returned=30))
    assert (answer.status_code, answer.json()["sold"]) == (201, -30)
    total = AgentDrawTotal.objects.get()
    assert (total.issued, total.returned, total.revenue_amount) == (100, 30, 700_000)
    day = RegionDayTotal.objects.get()
    assert (day.issued, day.returned, day.revenue_amount) == (100, 30, 700_000)


def test_more_cannot_come_back_than_went_out(company: Company, manager: APIClient):
    manager.post("/api/v1/sales/", line(issued=100, returned=80))
    before = stored()
    answer = bulk(manager, [line("CHI", issued=5), line(returned=21)])
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"] == [
        {
            "row": 2,
            "field": "returned",
            "code": "returned.over_issued",
            "message": "Tổng vé trả của kỳ này sẽ là 101, nhiều hơn tổng vé giao là 100.",
        }
    ]
    assert stored() == before


def test_a_return_without_any_issue_is_refused(company: Company, manager: APIClient):
    answer = manager.post("/api/v1/sales/", line(returned=1))
    assert [fault["code"] for fault in answer.json()["errors"]] == ["returned.over_issued"]
    assert stored() == (0, 0, 0)


def test_every_wrong_line_is_named_and_nothing_stored(company: Company, manager: APIClient):
    Agent.objects.filter(code="BINH").update(status=AgentStatus.ENDED, closed_date="2026-11-01")
    Agent.objects.filter(code="CHI").update(status=AgentStatus.SUSPENDED)
    Draw.objects.filter(date="2026-11-18").update(status=DrawStatus.VOID)
    make.product("CU", valid_to="2025-12-31")
    answer = bulk(
        manager,
        [
            line(issued=10),  # 1 is right
            line("AI", issued=10),
            line("BINH", issued=10),
            line("CHI", issued=10),
            line("AN", day="2026-02-17", issued=10),
            line("AN", day="2026-11-18", issued=10),
            line(issued=10) | {"product": "KHÔNG"},
            line(issued=10) | {"product": "CU"},
            line(issued=20),
            line("AN", day="2026-11-19"),
            line("AN", day="2026-11-20", issued=-3),
            line("AN", day="2026-11-21", issued=9, returned=2, sold=8),
            line("AN", day="2026-11-22", issued=-1, corrects=999_999),
        ],
    )
    assert answer.status_code == 400
    problem = answer.json()
    assert (problem["code"], problem["status"]) == ("lines.refused", 400)
    assert [(fault["row"], fault["field"], fault["code"]) for fault in problem["errors"]] == [
        (2, "agent", "agent.unknown"),
        (3, "agent", "agent.ended"),
        (4, "agent", "agent.suspended"),
        (5, "draw_date", "draw.none"),
        (6, "draw_date", "draw.void"),
        (7, "product", "product.unknown"),
        (8, "product", "product.not_on_sale"),
        (9, "", "line.duplicate"),
        (10, "issued", "line.empty"),
        (11, "issued", "line.negative"),
        (12, "sold", "sold.mismatch"),
        (13, "corrects", "correction.unknown"),
        (13, "reason", "correction.needs_reason"),
    ]
    assert all(fault["message"] for fault in problem["errors"])
    assert stored() == (0, 0, 0)


def test_what_was_given_comes_back_whatever_became_of_agent_product_and_draw(
    company: Company, manager: APIClient
):
    """An agent ends in the middle of the week with tickets in hand, a draw is called off."""
    SalesRule.objects.create(key="return.cutoff", value=930, valid_from="2026-01-01", document="QĐ")
    SalesRule.objects.create(key="return.late", value=1, valid_from="2026-01-01", document="QĐ")
    day = {"product": "TT10", "day": "2026-11-18"}
    given = bulk(manager, [line("AN", **day, issued=50), line("BINH", **day, issued=50)])
    assert given.status_code == 201
    first = ConsignmentEntry.objects.get(agent__code="BINH").pk
    Agent.objects.filter(code="BINH").update(status=AgentStatus.ENDED, closed_date="2026-11-17")
    Product.objects.filter(code="TT10").update(valid_to="2026-11-17")
    Draw.objects.filter(date="2026-11-18").update(status=DrawStatus.VOID)
    more = bulk(manager, [line("BINH", **day, issued=1)])
    assert [fault["code"] for fault in more.json()["errors"]] == [
        "agent.ended", "product.not_on_sale", "draw.void",
    ]  # fmt: skip
    with time_machine.travel(datetime(2026, 11, 18, 12, tzinfo=UTC), tick=False):
        back = [line("BINH", **day, returned=40), line("AN", **day, returned=50)]
        answer = bulk(manager, back)
    assert answer.status_code == 201, answer.json()
    wrong = line("BINH", **day, issued=-10, corrects=first, reason="Giao thiếu một xấp")
    assert manager.post("/api/v1/sales/", wrong).status_code == 201
    totals = AgentDrawTotal.objects.values_list("agent__code", "issued", "returned")
    assert sorted(totals) == [("AN", 50, 50), ("BINH", 40, 40)]
    assert set(ConsignmentEntry.objects.values_list("is_late", flat=True)) == {False}


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"issued": "10"}, "issued", "line.not_a_whole_number"),
        ({"issued": 10.5}, "issued", "line.not_a_whole_number"),
        ({"issued": 10.0}, "issued", "line.not_a_whole_number"),
        ({"issued": True}, "issued", "line.not_a_whole_number"),
        ({"issued": None}, "issued", "line.not_a_whole_number"),
        ({"issued": 2_000_001}, "issued", "line.too_many"),
        ({"issued": 10**30}, "issued", "line.too_many"),
        ({"draw_date": "17/11/2026"}, "draw_date", "line.not_a_date"),
        ({"draw_date": "2026-02-30"}, "draw_date", "line.not_a_date"),
        ({"agent": ""}, "agent", "line.not_a_code"),
        ({"agent": "A\x00N"}, "agent", "line.not_a_code"),
        ({"agent": 7}, "agent", "line.not_a_code"),
        ({"reason": "x" * 201}, "reason", "line.not_a_text"),
        ({"quantity": 3}, "quantity", "line.unknown_field"),
    ],
)
def test_a_wrong_shape_is_named_by_row_and_field(
    company: Company, manager: APIClient, change: dict[str, object], field: str, code: str
):
    answer = bulk(manager, [line(issued=1), line("BINH", issued=1) | change, {"agent": "AN"}])
    assert answer.status_code == 400
    assert [(f["row"], f["field"], f["code"]) for f in answer.json()["errors"]] == [
        (2, field, code),
        (3, "draw_date", "line.required"),
        (3, "product", "line.required"),
    ]
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "body.not_json"),
        (b"{", "body.not_json"),
        (b"\xff\xfe", "body.not_json"),
        (b'{"lines": [{"agent": "\xff"}]}', "body.not_json"),
        (b"[" * 100_000, "body.not_json"),
        (b"[]", "body.not_lines"),
        (b'{"lines": 3}', "body.not_lines"),
        (b'{"lines": [], "mode": 1}', "body.not_lines"),
        (b'{"lines": []}', "body.no_lines"),
        (b'{"lines": [' + b"{}," * 10_000 + b"{}]}", "body.too_many_lines"),
    ],
)
def test_what_is_no_list_of_lines_is_refused_as_a_whole(
    company: Company, manager: APIClient, body: bytes, reason: str
):
    answer = manager.post(
        "/api/v1/sales/bulk/",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "body.unusable")
    assert answer.json()["reason"] == reason
    assert stored() == (0, 0, 0)


def test_other_content_types_are_refused(company: Company, manager: APIClient):
    answer = manager.post("/api/v1/sales/", "a=b", content_type="text/plain")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_correction_takes_back_and_says_why(company: Company, manager: APIClient):
    first = manager.post("/api/v1/sales/", line(issued=100, returned=10)).json()["id"]
    answer = manager.post(
        "/api/v1/sales/", line(issued=-20, corrects=first, reason="Ghi nhầm số vé giao")
    )
    assert answer.status_code == 201
    total = AgentDrawTotal.objects.get()
    assert (total.issued, total.returned) == (80, 10)
    refused = manager.post("/api/v1/sales/", line("BINH", issued=-1, corrects=first, reason="Nhầm"))
    assert refused.json()["errors"][0]["code"] == "correction.of_another"
    too_much = manager.post("/api/v1/sales/", line(issued=-71, corrects=first, reason="Nhầm"))
    fault = too_much.json()["errors"][0]
    assert (fault["field"], fault["code"]) == ("issued", "returned.over_issued")
    assert ConsignmentEntry.objects.count() == 2


def test_corrections_beyond_every_range_are_refused(company: Company, manager: APIClient):
    made = [manager.post("/api/v1/sales/", line(issued=n)).json()["id"] for n in (1, 2)]
    answer = bulk(
        manager,
        [line(issued=2_000_000, corrects=pk, reason="Thử") for pk in made]
        + [line("BINH", issued=1_999_999)],
    )
    assert [(f["row"], f["code"]) for f in answer.json()["errors"]] == [
        (1, "issued.too_many"),
        (2, "issued.too_many"),
    ]
    assert ConsignmentEntry.objects.count() == 2


def test_later_movements_keep_the_terms_of_the_first(company: Company, manager: APIClient):
    manager.post("/api/v1/sales/", line(issued=100))
    Agent.objects.filter(code="AN").update(region=company.mong_cai, commission_bps=800)
    answer = manager.post("/api/v1/sales/", line(returned=40))
    assert answer.json()["region"] == "06685"
    total = AgentDrawTotal.objects.get()
    assert (total.region, total.commission_amount) == (company.hong_gai, 72_000)
    assert RegionDayTotal.objects.get().returned == 40


def test_a_bulk_of_any_size_takes_the_same_few_queries(
    company: Company, manager: APIClient, django_assert_num_queries: DjangoAssertNumQueries
):
    days = [f"2026-11-{day}" for day in range(16, 23)]
    lines = [line(agent, day, issued=5) for agent in ("AN", "BINH", "CHI") for day in days]
    # token, savepoints 4, key 2, agents+products+draws 3, periods, draws held 2, batch, totals, copy,
    # rollups 3
    with django_assert_num_queries(22):
        assert bulk(manager, lines[:2]).status_code == 201
    with django_assert_num_queries(22):
        answer = bulk(manager, lines[2:])
    assert answer.json() | {"batch": 0, "recorded_at": ""} == {
        "batch": 0,
        "recorded_at": "",
        "lines": 19,
        "issued": 95,
        "returned": 0,
        "sold": 95,
        "revenue_amount": 950_000,
    }


@pytest.mark.parametrize("days", [[1], [1, 2, 3, 31], list(range(1, 32))])
def test_days_of_months_prove_however_many_are_recorded_at_once(
    company: Company, manager: APIClient, days: list[int]
):
    told = [date(2026, month, day) for month in (8, 10) for day in days]
    for day in told:
        make.draw(day)
    lines = [line(agent, f"{day}", issued=5 + day.day) for agent in ("AN", "CHI") for day in told]
    for _twice in range(2):
        assert bulk(manager, lines).status_code == 201
    assert differences() == []
    of_an = AgentMonthDays.objects.get(month="2026-10-01", agent=company.an)
    assert of_an.issued == [2 * (5 + day) if day in days else 0 for day in range(1, 32)]


def test_bulk_demands_a_key(company: Company, manager: APIClient):
    answer = manager.post("/api/v1/sales/bulk/", {"lines": [line(issued=1)]})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key_missing")
    answer = bulk(manager, [line(issued=1)], key="có dấu".encode().decode("latin-1"))
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key_malformed")
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize("address", ["/api/v1/sales/", "/api/v1/sales/bulk/"])
def test_the_same_request_again_has_one_effect_and_one_answer(
    company: Company, manager: APIClient, address: str
):
    body = line(issued=7) if address.endswith("sales/") else {"lines": [line(issued=7)]}
    key = {"Idempotency-Key": str(uuid4())}
    first = manager.post(address, body, headers=key)
    again = manager.post(address, body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (first.get("Idempotency-Hit"), again["Idempotency-Hit"]) == (None, "true")
    assert ConsignmentEntry.objects.count() == 1


def test_a_key_for_another_body_or_address_is_a_conflict(company: Company, manager: APIClient):
    bulk(manager, [line(issued=7)], key="phiếu-1".encode().hex())
    for other in (
        bulk(manager, [line(issued=8)], key="phiếu-1".encode().hex()),
        manager.post(
            "/api/v1/sales/",
            {"lines": [line(issued=7)]},
            headers={"Idempotency-Key": "phiếu-1".encode().hex()},
        ),
        manager.post(  # asks for another effect
            "/api/v1/sales/bulk/?partial=1",
            {"lines": [line(issued=7)]},
            headers={"Idempotency-Key": "phiếu-1".encode().hex()},
        ),
    ):
        assert (other.status_code, other.json()["code"]) == (409, "idempotency.key_reused")
    assert ConsignmentEntry.objects.count() == 1


def test_keys_of_two_people_are_two_keys(
    company: Company, api: Callable[..., APIClient], person: Callable[..., User]
):
    for name in ("lan", "minh"):
        client = api(person("sales_manager", username=name))
        assert bulk(client, [line(issued=7)], key="1").status_code == 201
    assert AgentDrawTotal.objects.get().issued == 14


def test_a_refused_request_may_be_corrected_under_its_key(company: Company, manager: APIClient):
    assert bulk(manager, [line("AI", issued=7)], key="1").status_code == 400
    assert IdempotencyRecord.objects.count() == 0
    assert bulk(manager, [line("AN", issued=7)], key="1").status_code == 201


def test_the_ledger_refuses_change_and_deletion(company: Company, manager: APIClient):
    manager.post("/api/v1/sales/", line(issued=7))
    for sql in (
        "update sales_consignmententry set issued = 8",
        "delete from sales_consignmententry",
        "update sales_recordingbatch set line_count = 2",
        "delete from sales_recordingbatch",
        "update sales_consignmententry set sold = 9",
    ):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert ConsignmentEntry.objects.get().sold == 7


def test_messages_follow_the_language_of_the_sender(company: Company, manager: APIClient):
    answer = bulk(manager, [line("AI", issued=7)])
    assert answer["Content-Language"] == "vi"
    assert answer.json()["errors"][0]["message"] == "Không có đại lý mã AI trong địa bàn của bạn."
    english = bulk(manager, [line("AI", issued=7)], **{"Accept-Language": "en"})
    assert english["Content-Language"] == "en"
    fault = english.json()["errors"][0]
    assert (fault["code"], fault["row"]) == ("agent.unknown", 1)
    assert fault["message"] != answer.json()["errors"][0]["message"]
    assert "AI" in fault["message"]
    assert fault["message"].isascii()

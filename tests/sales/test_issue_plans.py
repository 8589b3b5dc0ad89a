"""What is to be printed for each draw: planned by document, carried out, never below what is printed."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.clock import VN
from sales.engine.issue_lines import IssueFacts, IssueLine, check
from sales.models import Draw, DrawStatus, IssuePlan, RuleKey, SalesRule
from tests import make
from tests.sales.conftest import Company, bulk, line

DAY = date(2026, 11, 24)
FACTS = IssueFacts(
    draws=frozenset({DAY}), products={"TT10": (date(2020, 1, 1), None), "CU": (date(2020, 1, 1), date(2026, 1, 1))},
    printed={(DAY, "TT10"): 500}, most={DAY: 2_000},
)  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({}, []),
        ({"tickets": 499}, ["issue.below_printed"]),
        ({"tickets": 2_001}, ["issue.over_cap"]),
        ({"draw_date": date(2026, 11, 25)}, ["issue.no_draw"]),
        ({"product": "X"}, ["product.unknown"]),
        ({"product": "CU"}, ["product.not_on_sale"]),
        ({"receive_date": date(2026, 11, 25)}, ["issue.received_late"]),
    ],
)
def test_what_may_be_planned(fields: dict[str, Any], codes: list[str]):
    told: dict[str, Any] = {
        "draw_date": DAY,
        "product": "TT10",
        "tickets": 1_000,
        "document": "KH 1",
    } | fields
    assert [fault.code for fault in check([IssueLine(**told)], FACTS)] == codes


@pytest.fixture
def november(company: Company) -> Any:
    """Friday the 20th; draws until then were held."""
    Draw.objects.filter(date__gte="2026-11-20").update(status=DrawStatus.SCHEDULED)
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=VN), tick=False):
        yield company


def plan(client: APIClient, *lines: dict[str, Any], query: str = "") -> Any:
    sent = [{"product": "TT10", "document": "KH 11/2026", **each} for each in lines]
    return client.post(
        f"/api/v1/issue-plans/{query}", {"lines": sent}, headers={"Idempotency-Key": str(uuid4())}
    )


def told(client: APIClient) -> list[tuple[Any, ...]]:
    span = "date_from=2026-11-01&date_to=2026-11-30"
    rows = client.get(f"/api/v1/issue-plans/?{span}").json()["results"]
    return [(r["draw_date"][-2:], r["product"], r["planned"], r["printed"], r["sold"], r["sold_bps"]) for r in rows]  # fmt: skip


def test_a_plan_is_made_changed_and_compared_with_what_was_done(
    november: Company, api: Callable[..., APIClient], person: Callable[..., User]
):
    client = api(person("sales_manager", username="phat_hanh"))
    sent = [{"draw_date": "2026-11-21", "tickets": 1_000, "receive_date": "2026-11-20"},
            {"draw_date": "2026-11-22", "tickets": 800}]  # fmt: skip
    wrong = plan(client, *sent, {"draw_date": "2026-11-18", "tickets": 5})
    assert (wrong.status_code, IssuePlan.objects.count()) == (400, 0)
    partly = plan(
        client, *sent, {"draw_date": "2026-11-18", "tickets": 5}, query="?partial=1"
    ).json()
    assert (partly["recorded"]["tickets"], partly["results"][2]["errors"][0]["code"]) == (
        1_800, "issue.no_draw",
    )  # fmt: skip
    assert plan(client, {"draw_date": "2026-11-22", "tickets": 900}).status_code == 201
    printed = {"draw_date": "2026-11-21", "product": "TT10", "series": "8KX", "first": 0,
               "last": 599, "source": "printer", "target": "warehouse"}  # fmt: skip
    moved = client.post(
        "/api/v1/tickets/moves/", {"lines": [printed]}, headers={"Idempotency-Key": "in"}
    )
    assert moved.status_code == 201, moved.content
    bulk(client, [line("AN", "2026-11-21", issued=250, returned=50), line("AN", issued=10)])
    assert told(client) == [
        ("17", "TT10", None, 0, 10, None), ("21", "TT10", 1_000, 600, 0, None),
        ("22", "TT10", 900, 0, 0, None),
    ]  # fmt: skip
    with transaction.atomic():  # what went out is sold once the draw was held
        Draw.objects.filter(date="2026-11-21").update(status=DrawStatus.HELD)
        assert told(client)[1][4:] == (200, 2_000)
        transaction.set_rollback(True)
    SalesRule.objects.create(
        key=RuleKey.ISSUE_CAP, value=5_000, valid_from="2026-01-01", document="Thử nghiệm"
    )
    for tickets, code in ((599, "issue.below_printed"), (5_001, "issue.over_cap")):
        refused = plan(client, {"draw_date": "2026-11-21", "tickets": tickets}).json()
        assert [each["code"] for each in refused["errors"]] == [code]
    undone = client.post(
        f"/api/v1/tickets/moves/{moved.json()['batch']}/undo/", {"reason": "Nhập nhầm lô"}
    )
    assert undone.status_code == 201
    assert plan(client, {"draw_date": "2026-11-21", "tickets": 599}).status_code == 201
    assert told(client)[1][2:4] == (599, 0)
    local = api(person("sales_manager", username="mc", region=november.mong_cai))
    assert (
        local.get("/api/v1/issue-plans/?date_from=2026-11-01&date_to=2026-11-30").status_code == 404
    )
    assert plan(local, {"draw_date": "2026-11-22", "tickets": 1}).status_code == 403
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuePlan.objects.update(tickets=1)


def test_the_page_plans_the_draws_of_some_days(
    november: Company, page: Callable[..., Client], person: Callable[..., User]
):
    make.draw("2026-11-24", status=DrawStatus.SCHEDULED)  # none on the 23rd
    client = page(person("sales_manager", username="phat_hanh"))
    home = "/ban-ve/phat-hanh/?thang=2026-11"
    sent = {"loai": "TT10", "tu": "2026-11-21", "den": "2026-11-24", "so_ve": "120.000",
            "nhan": "2026-11-19", "van_ban": "KH 45/KH-XS"}  # fmt: skip
    shown = client.post(home, sent, follow=True).content.decode()
    assert "Đã ghi kế hoạch phát hành của 3 kỳ" in shown
    assert shown.count("120.000") == 6  # planned, and missing
    rows = IssuePlan.objects.order_by("draw__date").values_list("draw__date", "receive_date")
    assert [(str(day), str(by)) for day, by in rows] == [
        ("2026-11-21", "2026-11-19"), ("2026-11-22", "2026-11-20"), ("2026-11-24", "2026-11-22"),
    ]  # fmt: skip
    refused = client.post(home, sent | {"so_ve": "3.000.000"})
    assert (refused.status_code, IssuePlan.objects.count()) == (400, 3)
    assert 'value="3.000.000"' in refused.content.decode()
    none = client.post(home, sent | {"tu": "2026-11-17", "den": ""})
    assert "Không có kỳ nào chưa quay" in none.content.decode()
    assert "Chưa có mức phát hành tối đa" in none.content.decode()
    SalesRule.objects.create(
        key=RuleKey.ISSUE_CAP, value=500_000, valid_from="2026-01-01", document="CV 12/BTC"
    )
    assert "tối đa 500.000 vé mỗi kỳ và loại vé (CV 12/BTC)" in client.get(home).content.decode()
    local = page(person("sales_manager", username="mc", region=november.mong_cai))
    assert "của cả công ty" in local.get(home).content.decode()

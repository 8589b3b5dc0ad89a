"""Advice on allocation through API and page: made, decided once, issued, and kept with its outcome."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Territory, TerritoryRegion
from sales.growth.history import company_sales
from sales.models import (
    Advice,
    AdviceDecision,
    AgentDrawTotal,
    Draw,
    DrawStatus,
    Product,
    SalesRule,
)
from sales.rules import load_rules
from tests import make
from tests.sales.conftest import Company, bulk, line

DAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 24, 9, tzinfo=VN)
URL = f"/api/v1/draws/{DAY}/advice/"
PAGE = "/ban-ve/phan-ve/"


@pytest.fixture(autouse=True)
def morning() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def history(company: Company, manager: APIClient) -> Company:
    """Three weeks: An sells 80 of 100, Chi all of its 50, Bình twice another product; then a draw to come."""
    load_rules()
    first = DAY - timedelta(days=22)
    lines = []
    for offset in range(21):
        day = first + timedelta(days=offset)
        if not Draw.objects.filter(date=day).exists():
            make.draw(day)
        lines += [
            line("AN", f"{day}", issued=100, returned=20),
            line("CHI", f"{day}", issued=50),
        ]
    lines += [
        line("BINH", f"{day}", issued=10) | {"product": "LT5"}
        for day in (first, DAY - timedelta(days=9))
    ]
    assert bulk(manager, lines).status_code == 201
    make.draw(DAY, status=DrawStatus.SCHEDULED)
    return company


def decide(client: APIClient, *agents: dict[str, Any], **fields: Any) -> Any:
    return client.post(f"{URL}decide/", {"product": "TT10", "agents": list(agents), **fields})


def issued(code: str) -> int:
    known = AgentDrawTotal.objects.filter(agent__code=code, draw__date=DAY)
    return sum(known.values_list("issued", flat=True))


def nothing_is_decided() -> bool:
    return not AdviceDecision.objects.exists() and issued("AN") == issued("CHI") == 0


def test_advice_tells_the_number_and_what_it_follows_from(history: Company, manager: APIClient):
    made = manager.post(URL, {"product": "TT10"})
    assert made.status_code == 201
    an, chi = made.json()["results"]
    assert an == {
        "agent": "AN",
        "tickets": 80,
        "usual": 80,
        "index_bps": 10_000,
        "reserve_bps": 10_000,
        "draws": 21,
        "sold_out": 0,
        "is_probe": False,
        "last_week": 100,
        "made_at": "2026-11-24T02:00:00Z",
        "decision": None,
    }
    assert (chi["tickets"], chi["sold_out"], chi["is_probe"]) == (60, 21, True)
    assert manager.get(URL, {"product": "TT10"}).json()["results"] == [an, chi]


def test_tickets_given_for_a_draw_to_come_are_no_sale(history: Company, manager: APIClient):
    today = make.draw(DAY - timedelta(days=1), status=DrawStatus.SCHEDULED)
    assert bulk(manager, [line("AN", f"{today.date}", issued=9_000)]).status_code == 201
    sold = company_sales(Product.objects.get(code="TT10"), DAY)
    assert (max(sold), set(sold.values())) == (DAY - timedelta(days=2), {130})


def test_accepting_issues_the_tickets_and_keeps_the_decision(history: Company, manager: APIClient):
    manager.post(URL, {"product": "TT10"})
    bulk(manager, [line("AN", f"{DAY}", issued=30)])
    answer = decide(
        manager, {"agent": "AN"}, {"agent": "CHI", "tickets": 70}, reason="Hội chợ biên giới"
    )
    assert answer.status_code == 201
    assert answer.json() == {"agents": 2, "issued": 50 + 70}
    assert (issued("AN"), issued("CHI")) == (80, 70)
    an, chi = manager.get(URL, {"product": "TT10"}).json()["results"]
    assert (an["decision"]["tickets"], an["decision"]["reason"]) == (80, "")
    assert (chi["decision"]["tickets"], chi["decision"]["reason"]) == (70, "Hội chợ biên giới")
    assert AdviceDecision.objects.filter(batch__isnull=False).count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_issued_beside_a_decision_counts_as_issued(history: Company, manager: APIClient):
    def decide_elsewhere() -> Any:
        try:
            return decide(manager, {"agent": "AN"})
        finally:
            connection.close()

    manager.post(URL, {"product": "TT10"})
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            bulk(manager, [line("AN", f"{DAY}", issued=30)])
            decided = pool.submit(decide_elsewhere)
            assert somebody_waits()
        assert decided.result().json() == {"agents": 1, "issued": 50}
    assert issued("AN") == 80


def somebody_waits() -> bool:
    """Whether within 10 seconds a connection waits for a lock of another."""
    waiting = "select 1 from pg_locks where not granted and pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        for _ in range(1_000):
            cursor.execute("select pg_sleep(0.01)")
            cursor.execute(waiting)
            if cursor.fetchone():
                return True
    return False


def test_what_was_decided_is_not_decided_or_advised_again(history: Company, manager: APIClient):
    manager.post(URL, {"product": "TT10"})
    decide(manager, {"agent": "AN"})
    again = decide(manager, {"agent": "CHI"}, {"agent": "AN"})
    assert again.status_code == 400
    assert again.json()["errors"] == [
        {
            "row": 2,
            "field": "agent",
            "code": "advice.decided_before",
            "message": "Đại lý AN đã được quyết định cho kỳ này; muốn thêm hãy ghi giao vé.",
        }
    ]
    assert issued("CHI") == 0
    manager.post(URL, {"product": "TT10"})
    assert Advice.objects.filter(agent__code="AN").count() == 1
    assert Advice.objects.filter(agent__code="CHI").count() == 2


@pytest.mark.parametrize(
    ("agent", "code"),
    [
        ({"agent": "BINH"}, "advice.none_for_agent"),
        ({"agent": "AN", "tickets": 500}, "advice.needs_reason"),
        ({"agent": "AN", "tickets": -1}, "line.too_many"),
        ({"agent": "CHI", "tickets": 90}, "line.duplicate"),
    ],
)
def test_a_wrong_line_decides_nothing(history: Company, manager: APIClient, agent: Any, code: str):
    manager.post(URL, {"product": "TT10"})
    answer = decide(manager, {"agent": "CHI"}, agent)
    assert answer.status_code == 400
    assert [(one["row"], one["code"]) for one in answer.json()["errors"]] == [(2, code)]
    assert nothing_is_decided()


def test_a_manager_of_one_ward_advises_and_decides_there_only(
    history: Company, api: Callable[..., APIClient], person: Callable[..., User]
):
    local = api(person("sales_manager", username="mong-cai", region=history.mong_cai))
    made = local.post(URL, {"product": "TT10"}).json()["results"]
    assert [one["agent"] for one in made] == ["CHI"]
    answer = decide(local, {"agent": "AN"})
    assert answer.json()["errors"][0]["code"] == "advice.none_for_agent"
    assert nothing_is_decided()


def test_a_draw_that_is_over_and_missing_costs_are_refused(history: Company, manager: APIClient):
    assert manager.post("/api/v1/draws/2026-11-17/advice/", {"product": "TT10"}).status_code == 409
    assert manager.post("/api/v1/draws/2026-12-31/advice/", {"product": "TT10"}).status_code == 404
    assert manager.post(URL, {"product": "NO"}).json()["code"] == "advice.product_unknown"
    SalesRule.objects.filter(key="advice.unsold_cost").delete()
    assert manager.post(URL, {"product": "TT10"}).json()["code"] == "advice.costs_missing"
    assert not Advice.objects.exists()


def test_the_page_makes_explains_and_gives_and_later_shows_what_became_of_it(
    history: Company, page: Callable[..., Client], manager: APIClient
):
    client = page(User.objects.get(role="sales_manager"))
    sent = {"ky": f"{DAY}", "loai": "TT10"}
    client.post(f"{PAGE}lap/", sent)
    shown = client.get(PAGE, sent).content.decode()
    assert "Ngày thường cần khoảng 80 vé" in shown
    assert "Hết vé 21/21 kỳ nên chưa rõ sức bán" in shown
    refused = client.post(f"{PAGE}giao/", sent | {"chon": ["AN"], "ve_AN": "95"})
    assert refused.status_code == 400
    told = refused.content.decode()
    assert "Số vé của đại lý AN khác khuyến nghị" in told
    assert [f'name="chon" value="{code}" checked' in told for code in ("AN", "CHI")] == [
        True,
        False,
    ]
    assert 'name="ve_AN" size="7" maxlength="11" value="95"' in told
    assert nothing_is_decided()
    chosen = sent | {"chon": ["AN", "CHI"], "ve_AN": "95", "ly_do": "Ngày lĩnh lương"}
    assert client.post(f"{PAGE}giao/", chosen).status_code == 302
    assert (issued("AN"), issued("CHI")) == (95, 60)
    bulk(manager, [line("AN", f"{DAY}", returned=5)])
    Draw.objects.filter(date=DAY).update(status=DrawStatus.HELD)
    make.draw(DAY + timedelta(days=2), status=DrawStatus.SCHEDULED)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        later = client.get(PAGE).content.decode()
    past = later[later.index("Khuyến nghị trước đây") :]
    cells = [
        cell for cell in ("2", "1", "140", "155", "150", "5") if f'"number">{cell}</td>' in past
    ]
    assert cells == ["2", "1", "140", "155", "150", "5"]


def test_health_names_the_agent_that_sleeps_and_whom_it_concerns(
    history: Company, manager: APIClient, page: Callable[..., Client], person: Callable[..., User]
):
    person("sales_manager", username="hong-gai", region=history.hong_gai)
    found = {one["agent"]: one for one in manager.get("/api/v1/agent-health/").json()["results"]}
    assert next(iter(found)) == "BINH"
    assert found["BINH"]["silent"] == 7
    assert found["BINH"]["concerns"] == ["hong-gai"]
    assert found["CHI"]["concerns"] == ["sales_manager"]
    east = Territory.objects.create(code="DONG", name="Vùng Đông")
    TerritoryRegion.objects.create(territory=east, region=history.mong_cai, valid_from="2025-07-01")
    person("sales_manager", username="dong", territory=east)
    told = manager.get("/api/v1/agent-health/?fields=agent,concerns").json()["results"]
    assert {one["agent"]: one["concerns"] for one in told} == {
        "AN": ["hong-gai"], "BINH": ["hong-gai"], "CHI": ["dong"],
    }  # fmt: skip
    for query, codes in (("territory=DONG", ["CHI"]), ("region=06685&agent=AN", ["AN"])):
        told = manager.get(f"/api/v1/agent-health/?{query}").json()["results"]
        assert [one["agent"] for one in told] == codes
    shown = page("auditor").get("/ban-ve/suc-khoe/").content.decode()
    assert "7 kỳ liền không bán vé" in shown


def test_health_of_many_agents_is_asked_in_as_many_queries_as_of_few(
    history: Company, page: Callable[..., Client], django_assert_max_num_queries: Any
):
    client = page("auditor")
    for number in range(20):
        make.agent(f"X{number}", history.hong_gai)
    with django_assert_max_num_queries(12):
        client.get("/ban-ve/suc-khoe/")

"""Reading sales by the API: filters, pages, summary, and what a person may see."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import DjangoAssertNumQueries
from rest_framework.test import APIClient

from backend.accounts.models import User
from sales.draws.prize_tables import load_prize_tables
from sales.rules import load_rules
from tests import make
from tests.sales.conftest import Company, bulk, line, stored

DAYS = [f"2026-11-{day}" for day in range(16, 23)]

NOTE = {"agent": "AN", "kind": "visit", "date": "2026-11-17", "text": "Đủ vé"}


@pytest.fixture
def recorded(company: Company, manager: APIClient) -> Company:
    """Each agent got 10 traditional tickets a draw; An also 4 lô tô on Tuesday, 1 came back."""
    lines = [line(agent, day, issued=10) for agent in ("AN", "BINH", "CHI") for day in DAYS]
    lines.append(line("AN", issued=4, returned=1) | {"product": "LT5"})
    assert bulk(manager, lines).status_code == 201
    return company


def found(client: APIClient, query: str) -> list[tuple[str, str, str]]:
    answer = client.get(f"/api/v1/sales/?{query}")
    assert answer.status_code == 200, answer.content
    return [(row["draw_date"], row["agent"], row["product"]) for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 22),
        ("date_from=2026-11-18", 15),
        ("date_to=2026-11-16", 3),
        ("date_from=2026-11-17&date_to=2026-11-17", 4),
        ("agent=AN", 8),
        ("product=LT5", 1),
        ("region=22", 22),
        ("region=06685", 15),
        ("region=06712&date_to=2026-11-17", 2),
        ("agent=CHI&region=06685", 0),
        ("weekday=1", 4),
        ("draw=2026-11-18", 3),
        ("batch=999999999", 0),
    ],
)
def test_filters(recorded: Company, manager: APIClient, query: str, count: int):
    assert len(found(manager, query)) == count


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("agnet=AN", "parameters.unknown"),
        ("agent=AN&agent=BINH", "parameters.repeated"),
        ("region=99999", "request.invalid"),
        ("date_from=17/11/2026", "request.invalid"),
        ("limit=0", "request.invalid"),
        ("limit=1001", "request.invalid"),
        ("cursor=xyz", "cursor.invalid"),
        ("cursor=WzEsMl0", "cursor.invalid"),
        (f"cursor={'W1tb' * 1_500}", "cursor.invalid"),  # [[[…
        ("cursor=WyIyMDI2LTExLTE3Il0", "cursor.invalid"),
        ("batch=abc", "request.invalid"),
        ("agent=%00", "request.null_character"),
    ],
)
def test_questions_that_make_no_sense_are_refused(
    recorded: Company, manager: APIClient, query: str, code: str
):
    answer = manager.get(f"/api/v1/sales/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_cursor_is_of_the_question_it_came_with(recorded: Company, manager: APIClient):
    """Behind another question's row some rows of this one would never be told."""
    following = manager.get("/api/v1/sales/?limit=2&region=22").json()["next"]
    cursor = following.partition("cursor=")[2]
    assert (
        manager.get(f"/api/v1/sales/?region=22&cursor={cursor}&limit=5&fields=id").status_code
        == 200
    )
    for other in ("", "region=22&agent=AN", "region=06685"):
        refused = manager.get(f"/api/v1/sales/?{other}&cursor={cursor}")
        assert (refused.status_code, refused.json()["code"]) == (400, "cursor.invalid"), other


def test_pages_follow_each_other_without_gap_or_repeat(recorded: Company, manager: APIClient):
    whole = manager.get("/api/v1/sales/").json()
    assert whole["next"] is None
    address, seen = "/api/v1/sales/?limit=5&region=22", []
    while address:
        page = manager.get(address).json()
        assert len(page["results"]) <= 5
        seen += page["results"]
        address = page["next"]
        # What comes in meanwhile does not move what is still to be seen.
        bulk(manager, [line("CHI", "2026-11-22", issued=1)])
    assert seen == whole["results"]
    assert [row["draw_date"] for row in seen] == sorted(
        (row["draw_date"] for row in seen), reverse=True
    )


def test_a_page_takes_one_query_whatever_its_size(
    recorded: Company, manager: APIClient, django_assert_num_queries: DjangoAssertNumQueries
):
    for limit in (1, 20):
        with django_assert_num_queries(2):  # one of them is the token's
            manager.get(f"/api/v1/sales/?limit={limit}")


def rows(client: APIClient, query: str = "") -> list[tuple[Any, ...]]:
    answer = client.get(f"/api/v1/sales/summary/?date_from=2026-01-01&date_to=2026-12-31&{query}")
    assert answer.status_code == 200, answer.content
    return [
        (row["region"], row["month"], row["issued"], row["returned"], row["revenue_amount"])
        for row in answer.json()["rows"]
    ]


def test_summary_by_region_and_month(recorded: Company, manager: APIClient):
    make.draw("2026-10-31")
    bulk(manager, [line("CHI", "2026-10-31", issued=9)])
    assert rows(manager) == [
        ("06685", "2026-11", 144, 1, 1_415_000),
        ("06712", "2026-10", 9, 0, 90_000),
        ("06712", "2026-11", 70, 0, 700_000),
    ]
    assert rows(manager, "group_by=province") == [
        ("22", "2026-10", 9, 0, 90_000),
        ("22", "2026-11", 214, 1, 2_115_000),
    ]
    assert rows(manager, "region=06712&group_by=area") == [
        ("06712", "2026-10", 9, 0, 90_000),
        ("06712", "2026-11", 70, 0, 700_000),
    ]


def test_summary_needs_a_period(recorded: Company, manager: APIClient):
    missing = manager.get("/api/v1/sales/summary/?date_from=2026-11-01")
    assert missing.json()["errors"][0]["field"] == "date_to"
    wrong = manager.get("/api/v1/sales/summary/?date_from=2026-11-02&date_to=2026-11-01")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "date_to")


@pytest.fixture
def regional(
    recorded: Company, api: Callable[..., APIClient], person: Callable[..., User]
) -> APIClient:
    """The manager of Móng Cái, where only Chi sells."""
    return api(person("sales_manager", username="mai", region=recorded.mong_cai))


def test_a_regional_manager_sees_only_the_region(
    recorded: Company, manager: APIClient, regional: APIClient
):
    assert {agent for _, agent, _ in found(regional, "")} == {"CHI"}
    assert rows(regional) == [("06712", "2026-11", 70, 0, 700_000)]
    assert [a["code"] for a in regional.get("/api/v1/agents/").json()["results"]] == ["CHI"]
    assert [r["code"] for r in regional.get("/api/v1/regions/").json()["results"]] == ["06712"]
    assert regional.get("/api/v1/agents/CHI/").status_code == 200
    assert regional.get("/api/v1/agents/AN/").status_code == 404
    for query in ("region=06685", "region=22"):
        assert regional.get(f"/api/v1/sales/?{query}").status_code == 400
        answer = regional.get(
            f"/api/v1/sales/summary/?date_from=2026-01-01&date_to=2026-12-31&{query}"
        )
        assert answer.json()["errors"][0]["code"] == "region.unknown"
    ours, theirs = (
        manager.get(f"/api/v1/sales/?agent={agent}&limit=1").json()["results"][0]["id"]
        for agent in ("CHI", "AN")
    )
    assert regional.get(f"/api/v1/sales/{ours}/").json()["agent"] == "CHI"
    assert regional.get(f"/api/v1/sales/{theirs}/").status_code == 404


def test_a_regional_manager_writes_only_in_the_region(
    recorded: Company, manager: APIClient, regional: APIClient
):
    before = stored()
    answer = bulk(regional, [line("CHI", returned=1), line("AN", returned=1)])
    assert [(f["row"], f["code"]) for f in answer.json()["errors"]] == [(2, "agent.unknown")]
    theirs = manager.get("/api/v1/sales/?agent=AN&limit=1").json()["results"][0]["id"]
    answer = bulk(regional, [line("CHI", issued=-1, corrects=theirs, reason="Nhầm")])
    assert [f["code"] for f in answer.json()["errors"]] == ["correction.unknown"]
    assert stored() == before
    assert bulk(regional, [line("CHI", returned=1)]).status_code == 201


@pytest.mark.parametrize("role", ["executive", "auditor"])
def test_some_read_and_do_not_write(recorded: Company, api: Callable[..., APIClient], role: str):
    client = api(role)
    assert len(found(client, "")) == 22
    before = stored()
    assert client.post("/api/v1/sales/", line(issued=1)).status_code == 403
    assert bulk(client, [line(issued=1)]).status_code == 403
    assert stored() == before


@pytest.mark.parametrize("role", ["hr", "administrator"])
@pytest.mark.parametrize(
    "address",
    [
        "sales/",
        "sales/1/",
        "sales/summary/",
        "agents/",
        "agents/AN/",
        "products/",
        "draws/",
        "regions/",
    ],
)
def test_others_see_no_sales(
    recorded: Company, api: Callable[..., APIClient], role: str, address: str
):
    answer = api(role).get(f"/api/v1/{address}")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_nobody_reads_without_a_token(recorded: Company):
    answer = APIClient().get("/api/v1/sales/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"


def test_reference_lists(recorded: Company, manager: APIClient):
    make.region("17", name="Hạ Long", parent=recorded.province, valid_to="2026-01-01")
    draws = manager.get("/api/v1/draws/?date_from=2026-11-21").json()["results"]
    assert [draw["date"] for draw in draws] == ["2026-11-22", "2026-11-21"]
    assert draws[0] == {
        "date": "2026-11-22",
        "host": "Quảng Ninh",
        "status": "held",
        "numbers": None,
        "winning_symbols": None,
        "series_count": None,
    }
    products = manager.get("/api/v1/products/?limit=1").json()
    assert (products["results"][0]["code"], products["results"][0]["face_value_amount"]) == (
        "LT5",
        5_000,
    )
    assert manager.get(products["next"]).json()["results"][0]["code"] == "TT10"
    now = manager.get("/api/v1/regions/?on=2026-11-17").json()["results"]
    assert [region["code"] for region in now] == ["06685", "06712", "22"]
    assert now[0]["parent"] == "22"
    assert len(manager.get("/api/v1/regions/").json()["results"]) == 4
    assert manager.get("/api/v1/agents/?status=ended").json() == {"results": [], "next": None}


def test_rules_prizes_and_the_lines_of_a_plan_are_told(company: Company, manager: APIClient):
    load_rules()
    load_prize_tables()
    rules = manager.get("/api/v1/rules/?key=prize.tax_free&on=2026-07-01").json()["results"]
    assert max(rules, key=lambda rule: rule["valid_from"])["value"] == 20_000_000
    (table,) = manager.get("/api/v1/prize-tables/?product=TT10&on=2026-11-17").json()["results"]
    assert [(each["kind"], each["amount"]) for each in table["levels"]][:2] == [
        ("special", 500_000_000), ("secondary", 25_000_000),
    ]  # fmt: skip
    lines = [
        {"month": 1, "product": "TT10", "tickets": 9},
        {"month": 1, "product": "TT10", "region": "06685", "tickets": 5},
        {"month": 2, "product": "TT10", "agent": "AN", "tickets": 3},
    ]
    plan = manager.post("/api/v1/plans/", {"year": 2027, "lines": lines}).json()["id"]
    told = manager.get(f"/api/v1/plans/{plan}/lines/?month=1").json()["results"]
    assert [(row["region"], row["tickets"], row["revenue_amount"]) for row in told] == [
        (None, 9, 90_000), ("06685", 5, 50_000),
    ]  # fmt: skip
    assert manager.get(f"/api/v1/plans/{plan + 1}/lines/").status_code == 404


def test_sheets_of_returns_are_found_by_place_and_told_in_part(
    company: Company, manager: APIClient
):
    for agent in ("AN", "CHI"):
        bulk(manager, [line(agent, issued=40)])
        sent = {"agent": agent, "draw_date": "2026-11-17", "tickets": {"TT10": 3}}
        with time_machine.travel("2026-11-17T08:00:00+07:00", tick=False):
            assert manager.post("/api/v1/returns/", sent).status_code == 201
    found = manager.get("/api/v1/returns/?region=06712&date_from=2026-11-17&fields=agent,state")
    assert found.json()["results"] == [{"agent": "CHI", "state": "declared"}]
    sizes = [
        len(manager.get(f"/api/v1/returns/?product={code}").json()["results"])
        for code in ("TT10", "LT5")
    ]
    assert sizes == [2, 0]
    first = manager.get("/api/v1/returns/?limit=1").json()
    assert manager.get(first["next"]).json()["results"][0]["agent"] == "AN"
    table = manager.get("/api/v1/returns/", headers={"Accept": "text/csv"}).content.decode(
        "utf-8-sig"
    )
    assert table.splitlines()[1].split(",")[1] == '"CHI"'
    for _more in range(101):
        assert manager.post("/api/v1/agent-notes/", NOTE).status_code == 201
    notes = manager.get("/api/v1/agent-notes/?fields=id", headers={"Accept": "text/csv"})
    assert (len(notes.content.splitlines()), "Link" in notes) == (102, False)  # not cut off unseen
    assert len(manager.get("/api/v1/agent-notes/").json()["results"]) == 100
    for name in ("draws", "products", "regions", "claims", "agent-contracts", "territories"):
        answer = manager.get(f"/api/v1/{name}/", headers={"Accept": "text/csv"})
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")

"""Accounts of many agents at once, and the tickets of each draw, by the API."""

from collections.abc import Callable
from datetime import date
from itertools import combinations_with_replacement
from typing import Any

from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from backend.accounts.models import User
from sales.models import Agent
from sales.money.accounts import agent_accounts
from sales.money.statement import statement_of
from tests import make
from tests.sales.conftest import Company, bulk, line
from tests.sales.test_money import book, close, money

#: Both sides of whole months, and days within.
DAYS = [date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 15),
        date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 17), date(2026, 11, 30)]  # fmt: skip


def test_the_accounts_of_all_are_those_of_each(
    company: Company, manager: APIClient, api: Callable[..., APIClient],
    person: Callable[..., User], django_assert_num_queries: DjangoAssertNumQueries,
):  # fmt: skip
    held = ["2026-09-30", "2026-10-01", "2026-10-20", "2026-10-31", "2026-11-01"]
    for day in held:
        make.draw(day)
    for number, day in enumerate([*held, "2026-11-17", "2026-11-18"], 1):
        bulk(
            manager,
            [line("AN", day, issued=10 * number, returned=number), line("CHI", day, issued=7)],
        )
        if day != "2026-10-20":  # not booked yet: neither owed nor told
            close(manager, day)
    paid = [money(date=str(day), amount=1_000 * day.day) for day in DAYS[:-1]]
    more = [money("collateral", 9_000, agent="BINH", date="2026-10-15"),
            money("prize", 40_000, agent="CHI", date="2026-10-31"),
            money("adjustment", -700, date="2026-11-01", reason="Làm tròn")]  # fmt: skip
    assert book(manager, *paid, *more).status_code == 201

    sold = {"AN": {"2026-09-30": 9, "2026-10-01": 18, "2026-10-31": 36, "2026-11-01": 45,
                   "2026-11-17": 54, "2026-11-18": 63}}  # fmt: skip
    for first, last in combinations_with_replacement(DAYS, 2):
        told = {row.code: row for row in agent_accounts(first, last)}
        for agent in Agent.objects.all():
            one = statement_of(agent, first=first, last=last).amounts
            row = told.get(agent.code)
            assert (row.amounts if row else dict.fromkeys(one, 0)) == one, (first, last, agent)
        an = sum(n for day, n in sold["AN"].items() if str(first) <= day <= str(last))
        assert (told["AN"].sold if "AN" in told else 0) == an

    span = "date_from=2026-10-01&date_to=2026-11-30"
    with django_assert_num_queries(2):  # the token, and all accounts
        (row, *others) = manager.get(f"/api/v1/statements/?{span}").json()["results"]
    assert [each["agent"] for each in others] == ["BINH", "CHI"]
    assert row["closing_amount"] == statement_of(
        Agent.objects.get(code="AN"), first=DAYS[2], last=DAYS[-1]
    ).closing  # fmt: skip
    table = manager.get(f"/api/v1/statements/?{span}&agent=CHI&fields=agent,sold,prize_amount",
                        headers={"Accept": "text/csv"})  # fmt: skip
    assert table.content.decode().splitlines()[1:] == ['"CHI",35,40000']
    local = api(person("sales_manager", username="mc", region=company.mong_cai))
    assert [r["agent"] for r in local.get(f"/api/v1/statements/?{span}").json()["results"]] == [
        "CHI"
    ]
    assert local.get(f"/api/v1/statements/?{span}&region=06685").status_code == 400
    lines = manager.get(f"/api/v1/agents/CHI/statement/?{span}", headers={"Accept": "text/csv"})
    assert len(lines.content.decode().splitlines()) == 1 + 6


def test_consignments_are_told_by_agent_product_and_draw(
    company: Company, manager: APIClient, api: Callable[..., APIClient], person: Callable[..., User]
):
    sent = [line("AN", issued=100), line("CHI", issued=50), line("AN", "2026-11-18", issued=30),
            line("AN", issued=8) | {"product": "LT5"}]  # fmt: skip
    bulk(manager, sent)
    bulk(manager, [line("AN", returned=10)])
    close(manager)

    def told(client: APIClient, query: str = "") -> list[tuple[Any, ...]]:
        rows = client.get(f"/api/v1/consignments/?{query}").json()["results"]
        return [
            (r["draw_date"][-2:], r["agent"], r["product"], r["issued"], r["sold"]) for r in rows
        ]

    assert sorted(told(manager)) == [
        ("17", "AN", "LT5", 8, 8), ("17", "AN", "TT10", 100, 90), ("17", "CHI", "TT10", 50, 50),
        ("18", "AN", "TT10", 30, 30),
    ]  # fmt: skip
    assert told(manager, "is_closed=false") == [("18", "AN", "TT10", 30, 30)]
    assert told(manager, "draw=2026-11-17&product=LT5&agent=AN") == [("17", "AN", "LT5", 8, 8)]
    local = api(person("sales_manager", username="mc", region=company.mong_cai))
    assert told(local) == told(manager, "region=06712") == [("17", "CHI", "TT10", 50, 50)]
    seen: list[Any] = []
    address = "/api/v1/consignments/?limit=1&fields=agent"
    while address:
        page = manager.get(address).json()
        seen += page["results"]
        address = page["next"]
    assert len(seen) == 4

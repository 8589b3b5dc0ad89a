"""Summaries by any dimensions agree with the ledger, whatever rollup they come from."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from itertools import combinations, permutations, product
from typing import Any

import pytest
from django.core.management import call_command
from openpyxl import load_workbook
from rest_framework.test import APIClient

from backend.accounts.models import User
from sales.figures.asked import Asked
from sales.figures.summary import summary
from sales.models import Agent, ConsignmentEntry, Draw, Product
from tests import make
from tests.sales.conftest import Company, bulk, line

ASKED: dict[str, Any] = {"date_from": "2026-10-20", "date_to": "2026-11-22"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def recorded(company: Company, manager: APIClient) -> Company:
    """Tuesdays of three weeks and of last year; one draw of the span is not held yet."""
    for day in ("2025-11-18", "2026-10-27", "2026-11-10"):
        make.draw(day)
    lines = [
        line(agent, day, issued=10 + len(agent) + int(day[-1]), returned=2, product=product)
        for agent in ("AN", "BINH", "CHI")
        for day in ("2025-11-18", "2026-10-27", "2026-11-10", "2026-11-17", "2026-11-22")
        for product in ("TT10", "LT5")
    ]
    assert bulk(manager, lines).status_code == 201
    Draw.objects.filter(date="2026-11-22").update(status="scheduled")
    return company


def rows(client: APIClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/summary/", ASKED | query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


def by_hand(
    names: tuple[str, ...], asked: dict[str, Any] = ASKED
) -> dict[tuple[Any, ...], tuple[int, int, int]]:
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    entries = ConsignmentEntry.objects.filter(
        draw_date__range=(asked["date_from"], asked["date_to"]), draw__status="held"
    ).select_related("agent", "product", "region")
    for entry in entries:
        known = {
            "territory": None, "region": entry.region.code, "agent": entry.agent.code,
            "product": entry.product.code, "draw": entry.draw_date.isoformat(),
            "weekday": entry.draw_date.weekday(), "month": f"{entry.draw_date:%Y-%m}",
        }  # fmt: skip
        for place, more in enumerate((entry.issued, entry.returned, entry.revenue_amount)):
            sums[tuple(known[name] for name in names)][place] += more
    return {key: (i, r, a) for key, (i, r, a) in sums.items()}


def test_every_pair_of_dimensions_agrees_with_the_ledger(recorded: Company, manager: APIClient):
    names = ("territory", "region", "agent", "product", "draw", "weekday", "month")
    for chosen in [(), *((name,) for name in names), *combinations(names, 2)]:
        for extra in ({}, {"compare": True}, {"commission": True}):
            found = {
                tuple(row[name] for name in chosen): (
                    row["issued"], row["returned"], row["revenue_amount"],
                )
                for row in rows(manager, by=",".join(chosen), **extra)
                if row["issued"]
            }  # fmt: skip
            assert found == by_hand(chosen), (chosen, extra)
        compared = [row["last_week"] for row in rows(manager, by=",".join(chosen), compare=True)]
        assert sum(each["now_amount"] for each in compared) == 810_000
        assert sum(each["before_amount"] for each in compared) == 495_000
        for row in rows(manager, by=",".join(chosen), commission=True):
            assert row["commission_amount"] * 100 == row["revenue_amount"] * 12


def test_any_three_dimensions_of_whole_months_in_any_order_agree_with_the_ledger(
    recorded: Company, manager: APIClient
):
    names = ("territory", "region", "agent", "product", "draw", "weekday", "month")
    months = {"date_from": "2026-10-01", "date_to": "2026-11-30"}
    for count in (1, 2, 3):
        for by in combinations(names, count):
            right = by_hand(by, months)
            for order in ({}, {"order": "sold"}):
                found = rows(manager, **months, **order, by=",".join(by))
                sold = [row["issued"] - row["returned"] for row in found]
                assert {
                    tuple(row[name] for name in by): (
                        row["issued"], row["returned"], row["revenue_amount"],
                    )
                    for row in found
                } == right, (by, order)  # fmt: skip
                assert not order or sold == sorted(sold, reverse=True), by


def test_an_answer_read_in_parts_is_the_same(recorded: Company, monkeypatch: pytest.MonkeyPatch):
    names = ("region", "agent", "product", "draw", "weekday", "month")
    span = date(2026, 10, 20), date(2026, 11, 22)
    for by in [*permutations(names, 2), *[*permutations(names, 3)][::7]]:
        asked = Asked(*span, by, limit=3, is_compared=True)
        at_once = summary(asked)
        with monkeypatch.context() as few:
            few.setattr("sales.figures.summary.FEW", 0)
            assert summary(asked) == at_once, by
        assert len(at_once) == min(4, len(by_hand(by))), by


def test_days_of_an_agent_who_moved_and_was_corrected_are_the_ledgers(
    recorded: Company, manager: APIClient
):
    """An sells one product of a draw in Hồng Gai and another in Móng Cái; Bình's return is undone."""
    make.draw("2026-11-03")
    days = ("2026-10-27", "2026-11-03", "2026-11-17")
    first = [line(agent, "2026-11-03", issued=30, product="LT5") for agent in ("AN", "CHI")]
    assert bulk(manager, first).status_code == 201
    Agent.objects.filter(code="AN").update(region=recorded.mong_cai)
    more = [line(agent, day, issued=8) for agent in ("AN", "BINH") for day in days]
    for lines in (more, [line("BINH", days[2], returned=6)]):
        assert bulk(manager, lines).status_code == 201
    wrong = ConsignmentEntry.objects.get(agent__code="BINH", returned=6)
    undone = {"returned": -6, "corrects": wrong.pk, "reason": "Ghi nhầm"}
    assert bulk(manager, [line("BINH", days[2], **undone)]).status_code == 201
    call_command("verify_ledger", stdout=io.StringIO())

    measures: dict[str, Callable[[Any], int]] = {
        "": lambda sums: 0,
        "sold": lambda sums: sums[0] - sums[1],
        "returned": lambda sums: sums[1],
        "revenue_amount": lambda sums: sums[2],
    }
    asked = [("agent", "draw"), ("draw", "agent", "region"), ("agent", "weekday"), ("region", "draw"),
             ("region", "agent", "weekday", "month"), ("month", "agent"), ("agent", "product", "month"),
             ("region", "agent", "month"), ("region", "product", "draw")]  # fmt: skip
    for by in asked:
        right = by_hand(by)
        for order, measure in measures.items():
            best = sorted(right, key=lambda key: (-measure(right[key]), *key))
            for limit in (1, 2, 3, 100):
                found = rows(
                    manager, by=",".join(by), limit=limit, **({"order": order} if order else {})
                )
                told = {tuple(row[name] for name in by): row for row in found}
                assert list(told) == best[:limit], (by, order, limit)
                for key, row in told.items():
                    assert (row["issued"], row["returned"], row["revenue_amount"]) == right[key]


def test_weekdays_of_years_are_the_ledgers(recorded: Company, manager: APIClient):
    """They lie in a row a year; of one agent who moved, one who sold nothing, and days of another year."""
    years = {"date_from": "2025-11-18", "date_to": "2026-12-31"}
    days = {"2025-06-02": 1, "2026-03-04": 2, "2026-03-07": 3, "2026-07-20": 4}
    for day in days:
        make.draw(day)
    lines = [
        line(agent, day, issued=each * len(agent), product=product)
        for day, each in days.items()
        for agent in ("AN", "BINH")
        for product in ("TT10", "LT5")[: each % 2 + 1]
    ]
    assert bulk(manager, lines).status_code == 201
    Agent.objects.filter(code="AN").update(region=recorded.mong_cai)
    more = [line("AN", "2026-07-20", issued=50, product="LT5"), line("CHI", "2026-07-20", issued=9)]
    assert bulk(manager, more).status_code == 201
    wrong = ConsignmentEntry.objects.get(agent__code="CHI", issued=9)
    undone = {"issued": -9, "corrects": wrong.pk, "reason": "Ghi nhầm"}
    assert bulk(manager, [line("CHI", "2026-07-20", **undone)]).status_code == 201
    call_command("verify_ledger", stdout=io.StringIO())

    for by in [
        *permutations(("agent", "weekday"), 2),
        *permutations(("region", "agent", "weekday"), 3),
        *permutations(("product", "agent", "weekday"), 3),
    ]:
        right = {key: sums for key, sums in by_hand(by, years).items() if any(sums)}
        for order, place in (("", None), ("revenue_amount", 2), ("returned", 1)):
            best = sorted(right, key=lambda key: (-right[key][place] if place else 0, *key))
            for limit in (2, 100):
                more_asked = {"order": order} if order else {}
                found = rows(manager, **years, by=",".join(by), limit=limit, **more_asked)
                told = {
                    tuple(row[name] for name in by): (
                        row["issued"], row["returned"], row["revenue_amount"],
                    )
                    for row in found
                }  # fmt: skip
                assert list(told) == best[:limit], (by, order, limit)
                assert told == {key: right[key] for key in told}
        compared = rows(manager, **years, by=",".join(by), compare=True, limit=100)
        assert [tuple(row[name] for name in by) for row in compared] == sorted(right)
        mondays = rows(manager, **years, by=",".join(by), weekday=0, limit=100)
        assert [row["issued"] for row in mondays] == [
            right[key][0] for key in sorted(right) if key[by.index("weekday")] == 0
        ]
    assert {
        row["agent"]: row["issued"] for row in rows(manager, **years, by="agent", weekday=2)
    } == {
        code: issued
        for (code, weekday), (issued, _, _) in by_hand(("agent", "weekday"), years).items()
        if weekday == 2
    }
    of_an = rows(manager, **years, by="weekday", agent="AN")
    assert {row["weekday"]: row["issued"] for row in of_an} == {
        weekday: issued
        for (code, weekday), (issued, _, _) in by_hand(("agent", "weekday"), years).items()
        if code == "AN"
    }


def test_measures_comparisons_order_and_filters(recorded: Company, manager: APIClient):
    (tuesday,) = rows(
        manager, by="agent", agent="AN", product="TT10", date_from="2026-11-17",
        date_to="2026-11-17", compare=True, commission=True,
    )  # fmt: skip
    assert tuesday == {
        "agent": "AN", "agent_name": "Đại lý AN", "issued": 19, "returned": 2, "sold": 17,
        "revenue_amount": 170_000, "unsold_bps": 1_053, "commission_amount": 20_400,
        "last_week": {"now_amount": 170_000, "before_amount": 100_000, "change_bps": 7_000},
        "last_year": {"now_amount": 170_000, "before_amount": 180_000, "change_bps": -556},
    }  # fmt: skip
    top = rows(manager, by="agent", order="sold", limit=1)
    assert [row["agent"] for row in top] == ["BINH"]
    assert rows(manager, weekday=1)[0]["issued"] == rows(manager)[0]["issued"]
    assert rows(manager, weekday=0) == []
    assert [row["region"] for row in rows(manager, by="region", level="province")] == ["22"]
    assert {row["agent"] for row in rows(manager, by="agent", region="06685")} == {"AN", "BINH"}
    wrong = manager.get("/api/v1/summary/", ASKED | {"by": "agnet"})
    assert wrong.json()["errors"][0]["code"] == "by.unknown"
    wrong = manager.get("/api/v1/summary/", ASKED | {"date_from": "0001-01-01", "compare": True})
    assert wrong.json()["errors"][0] | {"message": ""} == {
        "field": "date_from", "code": "dates.out_of_range", "message": "",
    }  # fmt: skip


def test_csv_and_workbook_say_what_json_says(
    recorded: Company, manager: APIClient, api: Callable[..., APIClient],
    person: Callable[..., User],
):  # fmt: skip
    asked: dict[str, Any] = ASKED | {"by": "agent,month", "compare": True}
    told = manager.get("/api/v1/summary/", asked).json()["rows"]
    text = manager.get("/api/v1/summary/", asked, headers={"Accept": "text/csv"})
    lines = list(csv.DictReader(io.StringIO(text.content.decode("utf-8-sig"))))
    assert [(row["agent"], int(row["sold"])) for row in lines] == [
        (row["agent"], row["sold"]) for row in told
    ]
    book = manager.get("/api/v1/summary/", asked, headers={"Accept": XLSX})
    assert book["Content-Type"] == XLSX
    sheet = load_workbook(io.BytesIO(book.content)).active
    cells = list(sheet.iter_rows(values_only=True))
    names = list(cells[0])
    assert [row[names.index("last_week_before_amount")] for row in cells[1:]] == [
        row["last_week"]["before_amount"] for row in told
    ]
    theirs = api(person("sales_manager", username="mc", region=recorded.mong_cai))
    assert {row["agent"] for row in rows(theirs, by="agent")} == {"CHI"}
    assert theirs.get("/api/v1/summary/", ASKED | {"agent": "AN"}).status_code == 400


@pytest.mark.parametrize("more", [0, 1.25])
def test_the_best_of_a_long_answer_are_the_same_however_well_a_part_of_it_told_how_good_they_are(
    recorded: Company, manager: APIClient, monkeypatch: pytest.MonkeyPatch, more: float
):
    """A part of the rows tells how good one must be, and may tell wrong: with none more than asked for it does."""
    for day in range(1, 15):
        make.draw(f"2025-11-{day:02}")
    lines = [
        line(agent, f"2025-11-{day:02}", issued=30 + day * place % 11, product=code)
        for place, agent in enumerate(("AN", "BINH", "CHI"))
        for day in range(1, 15)
        for code in ("TT10", "LT5")
    ]
    assert bulk(manager, lines).status_code == 201
    monkeypatch.setattr("sales.figures.best._MORE", more)
    for by in ("agent,product,month", "agent,month", "region,product,draw", "product,agent,draw", "agent,draw",
               "region,agent,draw", "territory,agent,draw", "agent,weekday", "weekday,product,agent"):  # fmt: skip
        since = {"date_from": "2025-11-01", "by": by}
        whole = sorted(rows(manager, **since), key=lambda row: -row["sold"])
        assert min(row.get("month", row.get("draw", "")) for row in whole[:2]) < "2026"
        for limit, share in product((1, 3, 12, 18, 50), (30, 100)):
            with monkeypatch.context() as long:
                long.setattr("sales.figures.summary.FEW", 0)
                long.setattr("sales.figures.best._LEAST_SHARE", share)
                long.setattr("sales.figures.best._MOST_SHARE", share)
                best = rows(manager, order="sold", limit=limit, **since)
            assert best == whole[:limit], (by, limit, share)


def pages(client: APIClient, **query: Any) -> list[dict[str, Any]]:
    """All rows, page by page; the last page alone has no address behind it."""
    answer = client.get("/api/v1/summary/", ASKED | query).json()
    found = list(answer["rows"])
    while answer["next"]:
        assert answer["more"]
        assert len(answer["rows"]) == query["limit"]
        answer = client.get(answer["next"]).json()
        found += answer["rows"]
    assert not answer["more"]
    return found


def test_a_long_answer_is_read_by_page_and_in_part(recorded: Company, manager: APIClient):
    asked: list[dict[str, Any]] = [
        {"by": "agent,draw"}, {"by": "agent,draw", "order": "sold"}, {"by": "territory,weekday"},
        {"by": "region,product", "tree": "now"}, {"by": ""},
    ]  # fmt: skip
    for query in asked:
        whole = rows(manager, **query)
        for limit in (1, 2, 5):
            assert pages(manager, limit=limit, **query) == whole, (query, limit)
    part = rows(manager, by="agent,draw", fields="draw,sold", limit=1)
    assert part == [{"draw": "2026-10-27", "sold": 34}]
    refused = manager.get("/api/v1/summary/", ASKED | {"by": "agent", "fields": "agent,x"})
    assert (refused.status_code, refused.json()["code"]) == (400, "fields.unknown")
    table = manager.get(
        "/api/v1/summary/", ASKED | {"by": "agent", "limit": 1, "fields": "agent"},
        headers={"Accept": "text/csv"},
    )  # fmt: skip
    assert table.content.decode("utf-8-sig").splitlines() == ['"agent"', '"AN"']
    assert "cursor=" in table["Link"]


def test_the_greatest_of_too_many_days_are_refused(
    recorded: Company, manager: APIClient, monkeypatch: pytest.MonkeyPatch
):
    span = (ASKED["date_from"], ASKED["date_to"])
    days = Draw.objects.filter(date__range=span, status="held").count()
    products = Product.objects.count()
    for by, of_an_agent in (("agent,product,draw", days * products), ("agent,weekday,month", days)):
        monkeypatch.setattr("sales.figures.summary.MOST_DAYS", of_an_agent)
        answer = manager.get("/api/v1/summary/", ASKED | {"by": by, "order": "sold"})
        assert (answer.status_code, answer.json()["code"]) == (400, "order.too_many"), by
        assert rows(manager, by=by)  # in their own order they are read in parts
        assert rows(manager, by=by, order="sold", agent="AN")
    for by in ("agent,draw", "agent,product,month", "region,product,draw"):
        assert rows(manager, by=by, order="sold")


def test_pages_that_no_longer_fit_together_are_not_told(recorded: Company, manager: APIClient):
    make.draw("2026-11-03")
    first = manager.get("/api/v1/summary/", ASKED | {"by": "agent,draw", "limit": 2}).json()
    assert [row["draw"] for row in first["rows"]] == ["2026-10-27", "2026-11-10"]
    assert bulk(manager, [line("AN", "2026-11-03", issued=5)]).status_code == 201  # between them
    second = manager.get(first["next"])
    assert (second.status_code, second.json()["code"]) == (409, "cursor.outdated")
    cursor = first["next"].partition("cursor=")[2]
    for query, code in (
        ({"by": "agent"}, "cursor.invalid"),
        ({"by": "agent,draw", "date_from": "2026-10-28"}, "cursor.invalid"),  # of other days
        ({"by": "agent,draw", "cursor": "x"}, "cursor.invalid"),
    ):
        answer = manager.get("/api/v1/summary/", ASKED | {"cursor": cursor} | query)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_against_plan_by_month_product_and_one_kind_of_place(
    recorded: Company, manager: APIClient, api: Callable[..., APIClient],
    person: Callable[..., User],
):  # fmt: skip
    """Sold in November of TT10: An 17, Bình 19 (less those of the draw not held) twice, Chi alike."""
    plan = [
        {"month": 11, "product": "TT10", "tickets": 1_000},
        {"month": 11, "product": "TT10", "region": "22", "tickets": 900},
        {"month": 11, "product": "TT10", "region": "06685", "tickets": 600},
        {"month": 11, "product": "LT5", "region": "06685", "tickets": 60},
        {"month": 11, "product": "LT5", "region": "06712", "tickets": 40},
        {"month": 11, "product": "TT10", "agent": "AN", "tickets": 54},
        {"month": 12, "product": "TT10", "tickets": 7},
    ]
    for month in (10, 11):  # the second version is in force
        lines = [line if month == 11 else line | {"tickets": 1} for line in plan]
        made = manager.post("/api/v1/plans/", {"year": 2026, "lines": lines}).json()["id"]
        manager.post(f"/api/v1/plans/{made}/decision/", {"state": "submitted"})
        second = api(person("sales_manager", username=f"hai{month}"))
        second.post(f"/api/v1/plans/{made}/decision/", {"state": "approved"})

    def plans(client: APIClient = manager, **query: Any) -> dict[Any, Any]:
        asked = {"date_from": "2026-11-01", "plan": True} | query
        names = query.get("by", "").split(",")
        return {
            tuple(row.get(name) for name in names): (row["sold"], *row["plan"].values())
            for row in rows(client, **asked)
        }

    sold = {row["agent"]: row["sold"] for row in rows(manager, by="agent", date_from="2026-11-01", product="TT10")}  # fmt: skip
    company = sum(sold.values())
    assert plans(by="product") == {
        ("TT10",): (company, 1_000, 10_000_000, round(company * 10)),
        ("LT5",): (company, 100, 500_000, company * 100),  # no line of the company: those below
    }
    assert plans(by="region,month", product="TT10", level="province") == {
        ("22", "2026-11"): (company, 900, 9_000_000, (2 * company * 10_000 + 900) // 1_800)
    }
    by_unit = plans(by="region", product="TT10")
    assert by_unit["06685",][1:] == (600, 6_000_000, ((sold["AN"] + sold["BINH"]) * 10_000 * 2 + 600) // 1_200)  # fmt: skip
    assert by_unit["06712",][1:] == (None, None, None)
    assert set(by_unit) == {("06685",), ("06712",)}
    assert plans(by="agent", product="TT10")["AN",][1] == 54
    assert plans(by="", agent="AN", product="TT10")[None,][1:3] == (54, 540_000)
    assert plans(by="month", product="TT10", date_to="2026-12-31") == {
        ("2026-11",): (company, 1_000, 10_000_000, company * 10), ("2026-12",): (0, 7, 70_000, 0),
    }  # fmt: skip
    theirs = api(person("sales_manager", username="mc", region=recorded.mong_cai))
    assert plans(theirs, by="product")["LT5",][1] == 40
    # Eight draws of November, seven of them held: an eighth of the plan is each one's.
    by_draw = plans(by="draw", product="TT10")
    assert by_draw.pop(("2026-11-17",)) == (54, 125, 1_250_000, 4_320)
    assert len(by_draw) == 6
    assert {plan[1] for plan in by_draw.values()} == {125}
    assert [plan[1] for plan in plans(by="draw", product="LT5").values()] == [
        12, 13, 12, 13, 12, 13, 12,
    ]  # fmt: skip
    assert plans(by="weekday", product="TT10")[1,][1] == 250
    assert {key: plan[1] for key, plan in plans(by="product", weekday=1).items()} == {
        ("TT10",): 250, ("LT5",): 24,
    }  # fmt: skip
    assert plans(by="agent,draw", product="TT10", date_from="2026-11-17")["AN", "2026-11-17"] == (
        17, 54 * 3 // 8 - 54 * 2 // 8, 70_000, 24_286,
    )  # fmt: skip
    for wrong in ({"by": "agent,region"}, {"by": "territory,region,draw"}):
        told = manager.get("/api/v1/summary/", ASKED | {"plan": True} | wrong).json()
        assert told["errors"][0]["code"] == "plan.not_told_by"

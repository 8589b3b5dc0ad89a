"""Sales territories beside the administrative tree, and figures by the tree as it was or is now."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import RegionSuccession, Territory, TerritoryRegion, common_path
from sales.engine.redistricting import allocate, todays
from tests import make
from tests.sales.conftest import Company, bulk, line

JULY = date(2025, 7, 1)
YEARS = "date_from=2025-01-01&date_to=2026-12-31"


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(1, 10_000), min_size=1, max_size=5))
def test_parts_add_up(total: int, shares: list[int]):
    parts = allocate(total, shares)
    assert sum(parts) == total
    whole = sum(shares)
    assert all(
        abs(part * whole - total * share) < whole for part, share in zip(parts, shares, strict=True)
    )


@pytest.mark.parametrize(
    ("path", "other", "common"),
    [
        ("22/1|22/2", None, "22/1|22/2"),
        ("22/1|22/2", "22", "22/1|22/2"),
        ("22", "22/2/7", "22/2/7"),
        ("22/1|22/2", "22/2|22/3", "22/2"),
        ("22", "22/1|23/1", "22/1"),
        ("22/1|22/2", "22/2/9", "22/2/9"),
        ("22/1", "22/10", ""),
        ("", "22", ""),
    ],
)
def test_two_scopes_together_are_what_lies_in_both(path: str, other: str | None, common: str):
    assert common_path(path, other) == common


def test_two_reorganisations_are_followed_and_a_circle_is_refused():
    successors = {1: [(2, 10_000)], 2: [(3, 7_500), (4, 2_500)]}
    assert todays(1, (101,), successors) == [(3, [75], True), (4, [26], True)]
    assert todays(9, (5,), successors) == [(9, [5], False)]
    with pytest.raises(ValueError, match="succeeds itself"):
        todays(1, (1,), {1: [(2, 10_000)], 2: [(1, 10_000)]})


@pytest.fixture
def reformed(company: Company) -> Company:
    """Before July 2025 there was one unit, of which Hồng Gai took over 60 % and Móng Cái the rest;
    another went over to Móng Cái whole."""
    district = make.region(
        "193", parent=company.province, valid_from=date(2020, 1, 1), valid_to=date(2025, 6, 30)
    )
    former: dict[str, Any] = {
        "parent": district,
        "valid_from": date(2020, 1, 1),
        "valid_to": date(2025, 6, 30),
    }
    split, whole = make.region("06600", **former), make.region("06700", **former)
    link = {"effective_date": JULY}
    RegionSuccession.objects.bulk_create([
        RegionSuccession(old=split, new=company.hong_gai, share_bps=6_000, is_estimate=True, **link),
        RegionSuccession(old=split, new=company.mong_cai, share_bps=4_000, is_estimate=True, **link),
        RegionSuccession(old=whole, new=company.mong_cai, **link),
    ])  # fmt: skip
    make.draw("2025-03-04")
    make.agent("CU", split)
    make.agent("XUA", whole)
    return company


@pytest.fixture
def recorded(reformed: Company, manager: APIClient) -> Company:
    then = [line("CU", "2025-03-04", issued=101), line("XUA", "2025-03-04", issued=10)]
    assert bulk(manager, [*then, line("AN", issued=5), line("CHI", issued=7)]).status_code == 201
    return reformed


def issued(client: APIClient, query: str) -> list[tuple[str, int, bool]]:
    answer = client.get(f"/api/v1/sales/summary/?{YEARS}&{query}")
    assert answer.status_code == 200, answer.content
    return [(row["region"], row["issued"], row["is_estimate"]) for row in answer.json()["rows"]]


def test_figures_by_the_tree_as_it_was_and_as_it_is(
    recorded: Company, manager: APIClient, page: Callable[..., Client]
):
    assert issued(manager, "tree=then") == [
        ("06600", 101, False), ("06685", 5, False), ("06700", 10, False), ("06712", 7, False),
    ]  # fmt: skip
    assert issued(manager, "tree=now") == [
        ("06685", 60, True), ("06685", 5, False), ("06712", 51, True), ("06712", 7, False),
    ]  # fmt: skip
    assert issued(manager, "tree=now&region=06685") == [("06685", 60, True), ("06685", 5, False)]
    wrong = manager.get(f"/api/v1/sales/summary/?{YEARS}&tree=now&group_by=area")
    assert wrong.json()["errors"][0]["code"] == "tree.only_by_unit"
    links = manager.get("/api/v1/region-successions/").json()["results"]
    assert [(each["share_bps"], each["is_estimate"]) for each in links] == [
        (6_000, True), (4_000, True), (10_000, False),
    ]  # fmt: skip
    shown = page("executive").get("/ban-ve/?thang=2025-04&cay=nay").content.decode()
    assert "tỷ lệ do công ty ước tính" in shown


def test_any_summary_by_the_tree_as_it_is(east: Territory, recorded: Company, manager: APIClient):
    def told(query: str) -> list[dict[str, Any]]:
        answer = manager.get(f"/api/v1/summary/?{YEARS}&{query}")
        assert answer.status_code == 200, answer.content
        rows: list[dict[str, Any]] = answer.json()["rows"]
        return rows

    assert [(r["region"], r["issued"]) for r in told("by=region")] == [
        ("06600", 101), ("06685", 5), ("06700", 10), ("06712", 7),
    ]  # fmt: skip
    assert [(r["region"], r["issued"], r["is_estimate"]) for r in told("by=region&tree=now")] == [
        ("06685", 65, True), ("06712", 58, True),
    ]  # fmt: skip
    assert [(r["region"], r["agent"], r["sold"], r["is_estimate"])
            for r in told("by=region,agent&tree=now&order=sold&limit=2&commission=true")] == [
        ("06685", "CU", 60, True), ("06712", "CU", 41, True),
    ]  # fmt: skip
    assert [(r["territory"], r["month"], r["issued"]) for r in told("by=territory,month&tree=now")] == [
        ("DONG", "2025-03", 51), ("DONG", "2026-11", 7), (None, "2025-03", 60), (None, "2026-11", 5),
    ]  # fmt: skip
    assert [r["issued"] for r in told("tree=now&territory=DONG")] == [58]
    both = {code: told(f"territory=DONG&region={code}") for code in ("06712", "06685", "22")}
    assert {c: [r["issued"] for r in rows] for c, rows in both.items()} == {
        "06712": [7], "06685": [], "22": [17],
    }  # fmt: skip
    assert [(r["region"], r["issued"]) for r in told("by=region&level=province&tree=now")] == [
        ("22", 123)
    ]
    (whole,) = told("commission=true")
    parts = told("by=region&commission=true&tree=now")
    assert sum(row["commission_amount"] for row in parts) == whole["commission_amount"]


@pytest.mark.django_db(transaction=True)
def test_shares_of_a_divided_unit_make_a_whole(reformed: Company):
    with pytest.raises(IntegrityError, match="must make 10000"):
        RegionSuccession.objects.filter(share_bps=4_000).update(share_bps=3_999)
    with transaction.atomic():
        RegionSuccession.objects.filter(share_bps=4_000).update(share_bps=3_000)
        RegionSuccession.objects.filter(share_bps=6_000).update(share_bps=7_000)


@pytest.fixture
def east(recorded: Company) -> Territory:
    territory = Territory.objects.create(code="DONG", name="Vùng Đông")
    TerritoryRegion.objects.create(territory=territory, region=recorded.mong_cai, valid_from=JULY)
    return territory


def test_a_territory_limits_what_its_manager_sees(
    east: Territory, recorded: Company, manager: APIClient, api: Callable[..., APIClient],
    person: Callable[..., User], page: Callable[..., Client],
):  # fmt: skip
    person_of_east = person("sales_manager", username="dong", territory=east)
    theirs = api(person_of_east)

    def codes(client: APIClient, query: str = "") -> list[str]:
        return [row["code"] for row in client.get(f"/api/v1/agents/{query}").json()["results"]]

    # The former unit that went over whole is theirs, the divided one is not.
    assert codes(theirs) == ["CHI", "XUA"] == codes(manager, "?territory=DONG")
    assert issued(theirs, "") == [("06700", 10, False), ("06712", 7, False)]
    assert issued(manager, "territory=DONG") == issued(theirs, "territory=DONG")
    assert codes(manager, "?territory=DONG&region=06712") == ["CHI"]
    assert codes(manager, "?territory=DONG&region=06685") == []
    assert theirs.get("/api/v1/agents/AN/").status_code == 404
    assert bulk(theirs, [line("AN", issued=1)]).status_code == 400
    assert theirs.post("/api/v1/draws/2026-11-17/close/").status_code == 403
    assert [t["regions"] for t in theirs.get("/api/v1/territories/").json()["results"]] == [
        ["06712"]
    ]
    seen = page(person_of_east).get("/ban-ve/?thang=2026-11").content.decode()
    assert ("Móng Cái 1" in seen, "Hồng Gai" in seen) == (True, False)
    Territory.objects.create(code="TAY", name="Vùng Tây")
    assert theirs.get(f"/api/v1/sales/summary/?{YEARS}&territory=TAY").status_code == 400
    nowhere = api(
        person("sales_manager", username="tay", territory=Territory.objects.get(code="TAY"))
    )
    assert codes(nowhere) == []


def test_a_unit_is_in_one_territory_and_a_territory_is_for_sales_managers(
    east: Territory, recorded: Company, person: Callable[..., User]
):
    other = Territory.objects.create(code="TAY", name="Vùng Tây")
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        TerritoryRegion.objects.create(
            territory=other, region=recorded.mong_cai, valid_from=date(2026, 1, 1)
        )
    with pytest.raises(IntegrityError, match="territory_of_sales_manager"), transaction.atomic():
        person("executive", username="ld", territory=east)


def test_territories_are_made_changed_and_moved_by_the_api(
    recorded: Company, manager: APIClient, api: Callable[..., APIClient], person: Callable[..., User]
):  # fmt: skip
    at = "/api/v1/territories/"
    make.employee("NV9")
    for code in ("DONG", "TAY"):
        assert manager.post(at, {"code": code, "name": f"Vùng {code}"}).status_code == 201
    assert manager.post(at, {"code": "DONG", "name": "Lại"}).json()["code"] == "territory.exists"
    seen = manager.get(f"{at}DONG/")
    changed = manager.patch(f"{at}DONG/", {"manager": "NV9"}, headers={"If-Match": seen["ETag"]})
    assert (changed.json()["name"], changed.json()["manager"]) == ("Vùng DONG", "NV9")
    stale = manager.patch(f"{at}DONG/", {"name": "X"}, headers={"If-Match": seen["ETag"]})
    assert stale.status_code == 412

    def move(code: str, first: str, **sent: Any) -> Any:
        return manager.post(f"{at}{code}/moves/", {"first": first, **sent})

    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=VN), tick=False):
        assert move("DONG", "2026-11-01", add=["06685", "06712"]).json()["regions"] == ["06685", "06712"]  # fmt: skip
        refused = move("DONG", "2026-12-01", remove=["06712"], add=["99999"])
        assert refused.json()["code"] == "territory.unit_unknown"
        # Written down ahead: until that day nothing changes, from then on everything does.
        assert move("TAY", "2026-12-01", add=["06712"]).json()["regions"] == []
        theirs = api(person("sales_manager", username="tay", territory=Territory.objects.get(code="TAY")))  # fmt: skip
        assert theirs.get("/api/v1/agents/").json()["results"] == []
        assert manager.get("/api/v1/agents/?territory=TAY").json()["results"] == []
        by = f"/api/v1/summary/?{YEARS}&by=territory"
        assert [r["territory"] for r in manager.get(by).json()["rows"]] == ["DONG", None]
        assert theirs.post(f"{at}TAY/moves/", {"first": "2026-11-20", "add": ["06685"]}).status_code == 403  # fmt: skip
        assert theirs.post(f"{at}DONG/moves/", {"first": "2026-11-20"}).status_code == 404
        assert theirs.get(f"{at}DONG/units/").status_code == 404
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=VN), tick=False):
        theirs = api(User.objects.get(username="tay"))
        assert [a["code"] for a in theirs.get("/api/v1/agents/").json()["results"]] == [
            "CHI",
            "XUA",
        ]
        told = api("executive").get(by).json()["rows"]
        assert [row["territory"] for row in told] == ["DONG", "TAY", None]
    units = manager.get(f"{at}DONG/units/?fields=region,valid_from,valid_to").json()["results"]
    assert units == [
        {"region": "06685", "valid_from": "2026-11-01", "valid_to": None},
        {"region": "06712", "valid_from": "2026-11-01", "valid_to": "2026-11-30"},
    ]
    table = manager.get(f"{at}TAY/units/?on=2026-12-01", headers={"Accept": "text/csv"})
    assert table.content.decode().splitlines()[1].startswith('"06712","2026-12-01"')

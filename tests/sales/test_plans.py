"""A year's plan in versions: sent, approved by another person, and how the month goes against it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.clock import VN
from sales.engine.outlook import outlook
from sales.engine.plan_cover import cover
from sales.models import Draw, DrawStatus, ImportFile, SalesPlan, SalesPlanLine
from tests import make
from tests.sales.conftest import Company, bulk, line

HOME = "/ban-ve/ke-hoach/"
MONDAY = date(2026, 11, 2)


def test_a_forecast_adds_what_the_weekday_sells():
    done = {MONDAY: 100, MONDAY + timedelta(days=1): 40}
    left = [MONDAY + timedelta(days=7), MONDAY + timedelta(days=8), MONDAY + timedelta(days=9)]
    told = outlook(400, done=done, before={MONDAY - timedelta(days=7): 120}, left=left)
    # Mondays sell 110, Tuesdays 40, a Wednesday nobody knows what is between.
    assert (told.actual, told.forecast, told.run_rate) == (140, 140 + 110 + 40 + 75, 70)
    assert told.low < told.forecast < told.high
    assert told.needed == 87  # 260 in three draws, rounded up
    assert (told.done_bps, told.forecast_bps) == (3_500, 9_125)


def test_without_draws_there_is_no_rate_and_without_draws_left_no_need():
    empty = outlook(100, done={}, before={}, left=[MONDAY])
    assert (empty.run_rate, empty.forecast, empty.needed) == (None, 0, 100)
    over = outlook(100, done={MONDAY: 90}, before={}, left=[])
    assert (over.needed, over.low, over.forecast, over.high) == (None, 90, 90, 90)


@given(
    st.dictionaries(st.integers(0, 27), st.integers(0, 10**6), max_size=20),
    st.integers(0, 10**7),
    st.integers(0, 10),
)
def test_a_month_never_ends_below_what_is_sold(days: dict[int, int], planned: int, left: int):
    done = {MONDAY + timedelta(days=back): sold for back, sold in days.items()}
    to_come = [MONDAY + timedelta(days=28 + ahead) for ahead in range(left)]
    told = outlook(planned, done=done, before={}, left=to_come)
    assert told.actual <= told.low <= told.forecast <= told.high
    if told.needed is not None:
        assert told.actual + told.needed * left >= planned


@pytest.fixture
def selling(company: Company) -> Any:
    """Friday 20 November 2026: draws from the 16th to the 19th were held, three are to come."""
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=VN), tick=False):
        company.an.region.refresh_from_db()
        for day in (20, 21, 22):
            Draw.objects.filter(date=f"2026-11-{day}").update(status=DrawStatus.SCHEDULED)
        yield company


LINES = [
    {"month": 11, "product": "TT10", "tickets": 700},
    {"month": 11, "product": "TT10", "region": "06685", "tickets": 500},
    {"month": 11, "product": "TT10", "agent": "AN", "tickets": 300},
    {"month": 10, "product": "TT10", "tickets": 50},
]


def test_a_plan_is_sent_approved_by_another_and_compared(
    selling: Company, manager: APIClient, api: Callable[..., APIClient], person: Callable[..., User]
):
    second = api(person("sales_manager", username="hai"))
    made = manager.post("/api/v1/plans/", {"year": 2026, "note": "Lần 1", "lines": LINES})
    assert (made.status_code, made.json()["version"], made.json()["state"]) == (201, 1, "draft")
    address = f"/api/v1/plans/{made.json()['id']}/decision/"
    actuals = {"month": "2026-11"}
    assert second.post(address, {"state": "approved"}).json()["code"] == "plan.out_of_order"
    assert manager.post(address, {"state": "submitted"}).json()["state"] == "submitted"
    assert manager.post(address, {"state": "approved"}).json()["code"] == "plan.same_person"
    assert second.post(address, {"state": "rejected"}).json()["code"] == "plan.needs_why"
    assert manager.get("/api/v1/plan-actuals/", actuals).status_code == 404
    approved = second.post(address, {"state": "approved"}).json()
    assert (approved["state"], approved["decided_by"]) == ("approved", "hai")
    for day, sold in ((16, 40), (17, 50), (18, 60), (19, 50)):
        bulk(
            manager,
            [line("AN", f"2026-11-{day}", issued=sold), line("CHI", f"2026-11-{day}", issued=10)],
        )
    called_off = make.draw("2026-10-14")
    bulk(manager, [line("AN", "2026-10-14", issued=30), line("CHI", "2026-10-14", issued=9)])
    Draw.objects.filter(pk=called_off.pk).update(status=DrawStatus.VOID)
    told = manager.get("/api/v1/plan-actuals/", actuals).json()
    assert told["rows"][0] | {"forecast_low": 0, "forecast_high": 0} == {
        "code": "",
        "is_sum": False,
        "product": "TT10",
        "planned": 700,
        "actual": 240,
        "draws_done": 4,
        "draws_left": 3,
        "run_rate": 60,
        "forecast": 420,
        "forecast_low": 0,
        "forecast_high": 0,
        "needed_per_draw": 154,
        "year_planned": 750,
        "year_actual": 240,
    }
    [row] = manager.get("/api/v1/plan-actuals/", actuals | {"level": "agent"}).json()["rows"]
    assert (row["planned"], row["actual"]) == (300, 200)
    # The province has no line: the ward's, against what was sold there and not in Móng Cái.
    rows = manager.get("/api/v1/plan-actuals/", actuals | {"level": "region"}).json()["rows"]
    assert [(each["code"], each["is_sum"], each["planned"], each["actual"]) for each in rows] == [
        ("22", True, 500, 200), ("06685", False, 500, 200),
    ]  # fmt: skip
    theirs = api(person("sales_manager", username="mai", region=selling.mong_cai))
    for level in ("company", "region", "agent"):
        query = actuals | {"level": level}
        rows = theirs.get("/api/v1/plan-actuals/", query).json()["rows"]
        assert all(row["code"] == "" and row["actual"] == 0 for row in rows), level
    refused = theirs.post("/api/v1/plans/", {"year": 2026, "lines": LINES})
    assert refused.json()["code"] == "sales.whole_company_only"
    with pytest.raises(InternalError), transaction.atomic():
        SalesPlan.objects.update(state="draft")
    with pytest.raises(InternalError), transaction.atomic():
        SalesPlanLine.objects.update(tickets=0)


def test_a_place_is_told_by_its_own_line_else_by_those_below():
    lines = ["22", "22/1", "22/1/a", "22/2/a", "22/2/b", "23/1"]
    assert cover("22", lines) == ["22"]
    assert cover("", lines) == ["22", "23/1"]
    assert cover("22/2", lines) == ["22/2/a", "22/2/b"]
    assert cover("22/1", lines) == ["22/1"]
    assert cover("24", lines) == []
    assert cover("", ["", *lines]) == [""]


def test_a_parents_plan_counts_what_lies_below_it_and_no_ticket_twice(
    selling: Company, manager: APIClient, api: Callable[..., APIClient],
    person: Callable[..., User], page: Callable[..., Client],
):  # fmt: skip
    lines = [
        {"month": 10, "product": "TT10", "region": "06685", "tickets": 40},
        {"month": 11, "product": "TT10", "region": "22", "tickets": 900},
        {"month": 11, "product": "TT10", "region": "06685", "tickets": 500},
        {"month": 10, "product": "LT5", "region": "06712", "tickets": 70},
    ]
    made = manager.post("/api/v1/plans/", {"year": 2026, "lines": lines}).json()["id"]
    manager.post(f"/api/v1/plans/{made}/decision/", {"state": "submitted"})
    second = api(person("sales_manager", username="hai"))
    second.post(f"/api/v1/plans/{made}/decision/", {"state": "approved"})
    make.draw(date(2026, 10, 5))
    make.draw(date(2026, 9, 7))
    bulk(manager, [line("AN", "2026-11-16", issued=40), line("CHI", "2026-11-16", issued=10),
                   line("AN", "2026-10-05", issued=30), line("CHI", "2026-10-05", issued=8),
                   line("AN", "2026-09-07", issued=5)])  # fmt: skip

    def told(level: str, **query: str) -> list[tuple[Any, ...]]:
        asked = {"month": "2026-11", "level": level} | query
        rows = manager.get("/api/v1/plan-actuals/", asked).json()["rows"]
        names = ("code", "product", "is_sum", "planned", "actual", "year_planned", "year_actual")
        return [tuple(row[name] for name in names) for row in rows]

    # September has no plan, so its tickets are not told beside one; October's is the ward's.
    assert told("company") == [
        ("", "LT5", False, 0, 0, 70, 0), ("", "TT10", True, 900, 50, 940, 80),
    ]  # fmt: skip
    assert told("region") == [
        ("22", "LT5", False, 0, 0, 70, 0), ("22", "TT10", False, 900, 50, 940, 80),
        ("06685", "TT10", False, 500, 40, 540, 70), ("06712", "LT5", False, 0, 0, 70, 0),
    ]  # fmt: skip
    assert [row[0] for row in told("region", region="06685")] == ["06685"]
    kept = manager.get(f"/api/v1/plans/{made}/lines/", {"region": "06712", "fields": "tickets"})
    assert kept.json()["results"] == [{"tickets": 70}]
    assert len(manager.get(f"/api/v1/plans/{made}/lines/?region=22").json()["results"]) == 4
    shown = page("executive").get(HOME, {"thang": "2026-11", "cap": "company"}).content.decode()
    assert "cộng các kế hoạch bên dưới" in shown


def test_every_fault_is_told_and_nothing_is_kept(selling: Company, manager: APIClient):
    wrong = [
        {"month": 13, "product": "TT10", "tickets": 1},
        {"month": 1, "product": "XX", "tickets": -1},
        {"month": 1, "product": "TT10", "region": "06685", "agent": "AN", "tickets": 1},
        {"month": 1, "product": "TT10", "agent": "ZZ", "tickets": 1},
        {"month": 1, "product": "TT10", "tickets": 1},
        {"month": 1, "product": "TT10", "tickets": 2},
    ]
    told = manager.post("/api/v1/plans/", {"year": 2026, "lines": wrong}).json()
    assert [(each["row"], each["code"]) for each in told["errors"]] == [
        (1, "plan.month"), (2, "plan.tickets"), (2, "plan.product"), (3, "plan.both"),
        (4, "plan.agent"), (6, "plan.duplicate"),
    ]  # fmt: skip
    assert (
        manager.post("/api/v1/plans/", {"year": 2026, "lines": []}).json()["code"] == "plan.empty"
    )
    assert manager.post("/api/v1/plans/", {"year": "x"}).status_code == 400
    assert not SalesPlan.objects.exists()


def test_a_workbook_makes_a_version_that_comes_out_the_same(
    selling: Company, page: Callable[..., Client], person: Callable[..., User]
):
    client = page("sales_manager")

    def send(rows: list[list[Any]]) -> str:
        """The address of the file's preview, as from the form of the plans' page."""
        book, memory = Workbook(), BytesIO()
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(row)
        book.save(memory)
        sent = {"tep": SimpleUploadedFile("k.xlsx", memory.getvalue()), "loai": "plans"}
        return client.post("/ban-ve/nhap-tep/", sent | {"nam": "2026"})["Location"]

    def shown(rows: list[list[Any]]) -> str:
        return client.get(send(rows)).content.decode()

    heads = ["Tháng", "Mã loại vé", "Mã địa bàn", "Mã đại lý", "Số vé"]
    assert "Chưa biết cột nào là trường này" in shown([["a"], [1]])
    faulty = shown([["Kế hoạch 2026"], heads, ["T13", "TT10", "", "", "nhiều"],
                    ["Tháng 1", "XX", "06685", "AN", 5], [2, "TT10", "", "", 1], [2, "TT10", "", "", 2]])  # fmt: skip
    for said in ("“nhiều” không phải số vé", "“T13” không phải tháng", "Không có loại vé mã “XX”",
                 "không ghi cả hai", "đại lý với dòng 5"):  # fmt: skip
        assert said in faulty
    template = load_workbook(BytesIO(client.get(f"{HOME}mau/", {"nam": "2027"}).content))
    assert "Số vé" in [cell.value for row in template.worksheets[0] for cell in row]
    # Excel drops the zero in front of a code written as a number.
    rows = [
        [11, "TT10", 6685, None, "1.200"],
        [11, "TT10", None, "AN", 300],
        ["Cộng", "", "", "", 1_500],
    ]
    address = send([["Kế hoạch 2026"], heads, *rows])
    assert not SalesPlan.objects.exists()
    assert (
        "bản 1 của kế hoạch năm 2026"
        in client.post(address, {"viec": "commit"}, follow=True).content.decode()
    )
    plan = SalesPlan.objects.get()
    content = client.get(f"{HOME}ban/{plan.pk}/").content
    lines = [
        row[:6]
        for row in load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True)
        if row[0] == 11
    ]
    assert lines == [
        (11, "TT10", "06685", None, 1_200, 12_000_000), (11, "TT10", None, "AN", 300, 3_000_000),
    ]  # fmt: skip
    client.post(address, {"viec": "undo", "ly_do": "Nhầm phiên bản"})
    plan.refresh_from_db()
    assert (plan.state, plan.reason) == ("withdrawn", "Nhầm phiên bản")
    again = send([["Kế hoạch 2026"], heads, *rows])
    client.post(again, {"viec": "commit"})
    plan = SalesPlan.objects.get(version=2)
    move = {"thang": "2026-11", "trang_thai": "submitted"}
    assert (
        "chờ người khác duyệt"
        in client.post(f"{HOME}ban/{plan.pk}/buoc/", move, follow=True).content.decode()
    )
    second = page(person("sales_manager", username="hai"))
    second.post(f"{HOME}ban/{plan.pk}/buoc/", move | {"trang_thai": "approved"})
    refused = client.post(again, {"viec": "undo", "ly_do": "Nhầm phiên bản"}).content.decode()
    assert "đã có quyết định nên không rút lại được" in refused
    assert ImportFile.objects.get(plan=plan).state == "done"
    table = client.get(HOME, {"thang": "2026-11", "cap": "agent"}).content.decode()
    assert "AN Đại lý AN" in table
    book = client.get(HOME, {"thang": "2026-11", "cap": "region", "dang": "xlsx"}).content
    assert 1_200 in [
        cell.value for row in load_workbook(BytesIO(book)).worksheets[0] for cell in row
    ]
    regional = page(person("sales_manager", username="mai", region=selling.mong_cai))
    assert 'value="plans"' not in regional.get("/ban-ve/nhap-tep/").content.decode()
    sent = {"tep": SimpleUploadedFile("k.csv", b"a;b"), "loai": "plans", "nam": "2026"}
    assert "cả công ty" in regional.post("/ban-ve/nhap-tep/", sent).content.decode()


def test_a_plan_to_fill_in_tells_what_was_sold_the_year_before(
    selling: Company, manager: APIClient, page: Callable[..., Client]
):
    to_come = line("AN", "2026-11-21", issued=90)
    bulk(manager, [line("AN", "2026-11-17", issued=40, returned=4), to_come])
    template = page("executive").get(f"{HOME}mau/", {"nam": "2027"})
    rows = load_workbook(BytesIO(template.content)).worksheets[0].iter_rows(values_only=True)
    assert [row[:6] for row in rows if row[0] == 11] == [(11, "TT10", None, None, 36, 360_000)]

"""Unsold tickets sent straight to the ledger are held to the draw's cut-off, as sheets are."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import time_machine

from backend.accounts.models import User
from backend.clock import VN
from backend.jobs import work
from sales.engine.return_rules import CutoffRules, Lateness, lateness
from sales.imports import committing
from sales.models import ConsignmentEntry, SalesRule
from tests.sales.conftest import bulk, line
from tests.sales.importing import post, upload, workbook
from tests.sales.test_returns import confirmed, counted, declared, step, totals
from tests.sales.test_stock import move, ticket

#: 15:29 and 15:30 in Vietnam, on the day of the draw.
IN_TIME = datetime(2026, 11, 17, 8, 29, tzinfo=UTC)
LATE = datetime(2026, 11, 17, 8, 30, tzinfo=UTC)


@pytest.fixture
def cutoff(company: Any) -> Any:
    """Until 15:30, from the draw of 17 November on; without a rule what comes late is marked."""
    rule = {"valid_from": date(2026, 11, 17), "document": "QĐ 12/2026"}
    SalesRule.objects.create(key="return.cutoff", value=15 * 60 + 30, **rule)
    return lambda: SalesRule.objects.create(key="return.late", value=1, **rule)


def marked(client: Any, **query: Any) -> list[tuple[str, bool]]:
    told = client.get("/api/v1/sales/", {"fields": "agent,is_late"} | query).json()["results"]
    return sorted((row["agent"], row["is_late"]) for row in told)


def test_late_ones_are_marked_and_those_in_time_are_not(
    cutoff: Any, manager: Any, page: Any, django_assert_num_queries: Any
):
    agents = ("AN", "BINH", "CHI")
    back: dict[str, Any] = {"issued": 50, "returned": 5}
    with time_machine.travel(IN_TIME, tick=False):
        bulk(manager, [line("AN", **back)])
    with time_machine.travel(LATE, tick=False):
        bulk(
            manager, [line(agent, day="2026-11-16", **back) for agent in agents]
        )  # before the rule
        with django_assert_num_queries(22):  # as ever: no line carries returns
            bulk(manager, [line("BINH", issued=50), line("CHI", issued=50)])
        with django_assert_num_queries(
            25
        ):  # the rules, draws called off, and totals that stand there
            bulk(manager, [line("BINH", returned=1), line("CHI", returned=2)])
        manager.post("/api/v1/sales/", line("CHI", product="LT5", **back))
    day = {"draw": "2026-11-17", "product": "TT10"}
    assert marked(manager, **day) == [
        ("AN", False), ("BINH", False), ("BINH", True), ("CHI", False), ("CHI", True),
    ]  # fmt: skip
    assert marked(manager, late="true") == [("BINH", True), ("CHI", True), ("CHI", True)]
    assert {late for _agent, late in marked(manager, draw="2026-11-16")} == {False}
    late = ConsignmentEntry.objects.get(agent__code="BINH", is_late=True)
    undo: dict[str, Any] = {"returned": -1, "corrects": late.pk, "reason": "Ghi nhầm đại lý"}
    assert manager.post("/api/v1/sales/", line("BINH", **undo)).status_code == 201
    desk = page(User.objects.get(username="sales_manager"))
    assert (
        "vé trả sau giờ khóa: CHI 7."
        in desk.get("/ban-ve/tra-ve/?ngay=2026-11-17").content.decode()
    )
    assert "sau giờ khóa:" not in desk.get("/ban-ve/tra-ve/?ngay=2026-11-16").content.decode()


def test_late_ones_are_refused_by_row_and_field_where_the_rule_says_so(cutoff: Any, manager: Any):
    cutoff()
    with time_machine.travel(IN_TIME, tick=False):
        bulk(manager, [line("AN", issued=50, returned=5)])
    before = ConsignmentEntry.objects.count()
    with time_machine.travel(LATE, tick=False):
        answer = bulk(manager, [line("BINH", issued=9), line("CHI", issued=20, returned=2)])
        (error,) = answer.json()["errors"]
        assert (error["row"], error["field"], error["code"]) == (2, "returned", "return.too_late")
        assert "khóa nhận vé trả lúc 15:30 ngày 17/11/2026" in error["message"]
        alone = manager.post("/api/v1/sales/", line("AN", returned=1))
        assert alone.json()["errors"][0]["code"] == "return.too_late"
        moved = move(manager, ticket(0, 9, "printer", "warehouse"),
                     ticket(0, 9, "warehouse", "agent:BINH"), ticket(0, 4, "agent:BINH", "returned"))  # fmt: skip
        assert [(e["row"], e["code"]) for e in moved.json()["errors"]] == [(2, "return.too_late")]
        assert ConsignmentEntry.objects.count() == before
        partly = bulk_partly(manager, [line("BINH", issued=9), line("AN", returned=1)])
        assert [row["status"] for row in partly["results"]] == ["recorded", "refused"]
        # What stands there is still corrected, with a reason, and older draws are not held.
        entry = ConsignmentEntry.objects.get(agent__code="AN")
        why: dict[str, Any] = {"corrects": entry.pk, "reason": "Đếm lại vé trả"}
        assert manager.post("/api/v1/sales/", line(returned=3, **why)).status_code == 201
        past = line(day="2026-11-16", issued=30, returned=4)
        assert manager.post("/api/v1/sales/", past).status_code == 201
    assert marked(manager, late="true") == []


def bulk_partly(client: Any, lines: list[Any]) -> Any:
    headers = {"Idempotency-Key": "phan"}
    return client.post("/api/v1/sales/bulk/?partial=1", {"lines": lines}, headers=headers).json()


def test_a_sheet_received_in_time_is_confirmed_later(
    cutoff: Any, manager: Any, api: Any, person: Any
):
    cutoff()
    other = api(person("sales_manager", username="xac-nhan"))
    with time_machine.travel(IN_TIME, tick=False):
        bulk(manager, [line(issued=100)])
        sheet = declared(manager)
        step(manager, "received", sheet)
    with time_machine.travel(LATE.replace(hour=12), tick=False):
        counted(manager, sheet, tickets={"TT10": 28})
        assert confirmed(other, sheet).status_code == 201
        assert totals() == (100, 28)
        assert marked(manager, late="true") == []
        back = manager.post(f"/api/v1/returns/{sheet}/reversal/", {"reason": "Đếm nhầm bó"})
        assert (back.status_code, totals()) == (201, (100, 0))


def test_a_file_tells_late_ones_at_their_cell_and_is_not_recorded(cutoff: Any, manager: Any):
    cutoff()
    with time_machine.travel(IN_TIME, tick=False):
        bulk(manager, [line(agent, issued=50) for agent in ("AN", "BINH")])
        bulk(manager, [line("AN", day="2026-11-16", issued=50)])
    rows = [["16/11/2026", "AN", "TT10", 3], ["17/11/2026", "BINH", "TT10", 4]]
    heads = ["Kỳ vé", "Mã đại lý", "Loại vé", "Vé trả"]
    before = ConsignmentEntry.objects.count()
    with time_machine.travel(LATE, tick=False):
        told = upload(manager, workbook(*rows, heads=heads), "returns", "tra.xlsx").json()
        assert [(e["row"], e["field"], e["code"]) for e in told["errors"]] == [
            (3, "returned", "return.too_late")
        ]
        copy = manager.get(f"/api/v1/imports/{told['key']}/annotated/").content
        cell = openpyxl.load_workbook(BytesIO(copy)).active["D3"]
        assert "khóa nhận vé trả" in cell.comment.text
        assert post(manager, told["key"], "commit").json()["code"] == "lines.refused"
    assert ConsignmentEntry.objects.count() == before


@pytest.mark.parametrize(
    ("minutes", "refuses", "at", "found"),
    [
        (None, True, LATE, Lateness()),
        (930, False, IN_TIME, Lateness()),
        (930, False, LATE, Lateness(marked=frozenset({date(2026, 11, 17)}))),
        (930, True, LATE, Lateness(refused={date(2026, 11, 17): LATE})),
    ],
)
def test_late_is_from_the_minute_of_the_cut_off_on(
    minutes: int | None, refuses: bool, at: datetime, found: Lateness
):
    rules = {date(2026, 11, 17): CutoffRules(minutes, refuses=refuses)}
    assert lateness(rules, at, VN) == found


def test_a_long_file_is_late_by_when_it_was_sent_not_by_when_the_server_had_time(
    cutoff: Any, manager: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(committing, "AT_ONCE_BYTES", 2)
    heads = ["Kỳ vé", "Mã đại lý", "Loại vé", "Vé trả"]
    for agent, moment in (("AN", IN_TIME), ("BINH", LATE)):
        with time_machine.travel(moment, tick=False):
            bulk(manager, [line(agent, issued=50)])
            file = workbook(["17/11/2026", agent, "TT10", 5], heads=heads)
            key = upload(manager, file, "returns", "tra.xlsx").json()["key"]
            assert post(manager, key, "commit").status_code == 202
    work.work_off(worker="tests:1")  # days later, by the database's clock
    back = ConsignmentEntry.objects.filter(returned=5).values_list("agent__code", "is_late")
    assert dict(back) == {"AN": False, "BINH": True}

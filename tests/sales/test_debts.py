"""Debts by age, dunning, agents' statements and records signed by both sides; a month settled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from openpyxl import load_workbook
from rest_framework.test import APIClient

from backend import clock
from backend.accounts.models import User
from backend.clock import VN
from backend.jobs import work
from backend.jobs.models import Run
from sales.engine.ageing import ageing
from sales.engine.posting import adjustment, payment
from sales.ledger.journal import Entry
from sales.models import (
    Agent,
    Draw,
    DrawStatus,
    DunningNotice,
    JournalEvent,
    PeriodClose,
    Reconciliation,
    ReconciliationStep,
    RuleKey,
    SalesRule,
    SettlementRun,
    Source,
)
from sales.money.booking import book
from sales.money.debts import debts_on, standing_of
from sales.money.reconciling import is_current, propose_month
from sales.money.settling import close_period, reopen_period
from tests import make
from tests.sales.conftest import Company, bulk, line
from tests.sales.test_advising import somebody_waits

DECEMBER = datetime(2026, 12, 2, 9, 0, tzinfo=VN)
NOVEMBER = {"tu": "2026-11-01", "den": "2026-11-30"}


@pytest.fixture(autouse=True)
def december() -> Any:
    with time_machine.travel(DECEMBER, tick=False):
        yield


@pytest.fixture
def sold(company: Company, manager: APIClient) -> Company:
    """An sold 90 of 100 tickets on Tuesday and paid 500,000; Chi sold 50 and deposited 200,000.

    They pay within three days of the draw.
    """
    SalesRule.objects.create(
        key=RuleKey.DEBT_TERM_DAYS, value=3, valid_from="2020-01-01", document="Quy chế"
    )
    sent = [line("AN", issued=100, returned=10), line("CHI", issued=50)]
    assert bulk(manager, sent).status_code == 201
    assert manager.post("/api/v1/draws/2026-11-17/close/").status_code == 201
    book_money(manager, "AN", 500_000)
    book_money(manager, "CHI", 200_000, event="collateral")
    return company


def boss() -> User:
    return User.objects.get(username="sales_manager")


def book_money(client: APIClient, agent: str, amount: int, event: str = "payment") -> None:
    sent = {"event": event, "agent": agent, "date": "2026-11-20", "amount": amount}
    sent["reference"] = str(uuid4())
    key = {"Idempotency-Key": str(uuid4())}
    assert client.post("/api/v1/journal/", {"lines": [sent]}, headers=key).status_code == 201


class TestAges(TestCase):
    """Debts of many agents, aged in the database, are those of the rule for one debt after another."""

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(0, 60), st.integers(-400, 1_000), st.booleans()), max_size=12
        ),
        st.integers(0, 9),
    )
    def test_the_database_ages_as_the_rule_does(self, moves, term):
        at = datetime(2026, 12, 2, 9, 0, tzinfo=VN)
        today = at.date()
        region = make.region(f"R{uuid4().hex[:6]}")
        agent = make.agent(uuid4().hex[:8], region)
        by = User.objects.create(username=uuid4().hex)
        SalesRule.objects.create(
            key=RuleKey.DEBT_TERM_DAYS, value=term, valid_from=today, document="Quy chế"
        )
        entries = [_entry(agent, today - timedelta(days=back), *move) for back, *move in moves]
        if entries := [entry for entry in entries if entry.legs.receivable]:
            book(entries, by=by, at=at, key="", source=Source.API)
        days: dict[date, int] = {}
        for entry in entries:
            if entry.event == JournalEvent.ADJUSTMENT:
                days[entry.value_date] = days.get(entry.value_date, 0) + entry.legs.receivable
        owed = sum(entry.legs.receivable for entry in entries)
        debts = [(day + timedelta(days=term), amount) for day, amount in days.items()]
        told = standing_of(agent, owed_amount=owed, held_amount=0, on=today).age
        assert [debt.age for debt in debts_on(today) if debt.code == agent.code] in ([], [told])
        assert told == ageing(debts, sum(days.values()) - owed, on=today)
        assert told.not_due + told.overdue - told.advance == owed


def _entry(agent: Agent, day: date, amount: int, is_payment: bool) -> Entry:
    legs = payment(abs(amount), into="cash") if is_payment else adjustment(amount)
    return Entry(
        event=JournalEvent.PAYMENT if is_payment else JournalEvent.ADJUSTMENT,
        agent_id=agent.pk,
        region_id=agent.region_id,
        value_date=day,
        legs=legs,
        reason="Điều chỉnh",
    )


def test_debts_are_told_by_age_with_their_security(
    sold: Company, page: Callable[..., Client], person: Callable[..., User],
    django_assert_num_queries: Callable[[int], Any],
):  # fmt: skip
    with django_assert_num_queries(2):
        an, chi = debts_on(date(2026, 12, 2))
    assert (an.code, an.owed_amount, an.age.days_8_to_30, an.age.oldest_due) == (
        "AN", 292_000, 292_000, date(2026, 11, 20),
    )  # fmt: skip
    assert (chi.owed_amount, chi.held_amount) == (440_000, 200_000)
    assert chi.secured_bps == 4_545
    on_time = debts_on(date(2026, 11, 20))[1].age
    assert (on_time.not_due, on_time.overdue) == (440_000, 0)
    shown = page("executive").get("/ban-ve/cong-no/").content.decode()
    assert "732.000" in shown  # both together
    theirs = page(person("sales_manager", username="mai", region=sold.mong_cai))
    text = theirs.get("/ban-ve/cong-no/").content.decode()
    assert "CHI" in text
    assert "292.000" not in text
    assert theirs.get("/ban-ve/cong-no/dai-ly/AN/").status_code == 404


def test_the_workbook_of_debts_has_every_agent(sold: Company, page: Callable[..., Client]):
    answer = page("executive").get("/ban-ve/cong-no/", {"dang": "xlsx"})
    rows = list(_sheet(answer.content).iter_rows(values_only=True))
    assert [row[0] for row in rows if row[0] in ("AN", "CHI")] == ["CHI", "AN"]  # worst first
    assert next(row for row in rows if row[0] == "AN")[3:8] == (292_000, 0, 0, 292_000, 0)


def test_agents_in_arrears_are_reminded_and_promises_kept_in_view(
    sold: Company, page: Callable[..., Client]
):
    client = page(boss())
    sent = {"dai_ly": ["AN"], "cach": "phone", "hen": "2026-12-04", "ghi_chu": "Chờ con trả"}
    shown = client.post("/ban-ve/cong-no/nhac-no/ghi/", sent, follow=True).content.decode()
    assert "Đã ghi nhắc 1 đại lý." in shown
    notice = DunningNotice.objects.get()
    assert (notice.level, notice.overdue_amount, notice.oldest_due) == (
        2, 292_000, date(2026, 11, 20),
    )  # fmt: skip
    assert "sai hẹn" not in shown
    with time_machine.travel(DECEMBER + timedelta(days=3), tick=False):
        assert "sai hẹn" in client.get("/ban-ve/cong-no/nhac-no/").content.decode()
        sheet = client.get("/ban-ve/cong-no/nhac-no/", {"dang": "xlsx"}).content
    assert "Chờ con trả" in [cell.value for row in _sheet(sheet) for cell in row]
    faults: list[dict[str, Any]] = [{"dai_ly": []}, {"hen": "2026-12-01"}, {"cach": "khoi"}]
    for wrong in faults:
        told = client.post(
            "/ban-ve/cong-no/nhac-no/ghi/", sent | wrong, follow=True
        ).content.decode()
        assert "Đã ghi nhắc" not in told
    assert DunningNotice.objects.count() == 1


def _sheet(content: bytes) -> Any:
    return load_workbook(BytesIO(content)).worksheets[0]


def propose(client: Client, **sent: str) -> str:
    return client.post(
        "/ban-ve/cong-no/dai-ly/AN/bien-ban/", NOVEMBER | sent, follow=True
    ).content.decode()


def step(client: Client, record: Reconciliation, kind: str, **sent: str) -> str:
    signed = {"buoc": kind, "nguoi_ky": "Nguyễn Văn An", "ngay_ky": "2026-12-02", **sent}
    address = f"/ban-ve/cong-no/doi-chieu/{record.pk}/buoc/"
    return client.post(address, signed, follow=True).content.decode()


def test_an_account_is_signed_by_both_sides(
    sold: Company, page: Callable[..., Client], person: Callable[..., User]
):
    client, second = page(boss()), page(person("sales_manager", username="hai"))
    assert "Lập biên bản kỳ" in client.get("/ban-ve/cong-no/dai-ly/AN/", NOVEMBER).content.decode()
    assert "Đã lập biên bản" in propose(client)
    record = Reconciliation.objects.get()
    assert (record.revenue_amount, record.paid_amount, record.closing_amount) == (
        900_000, 500_000, 292_000,
    )  # fmt: skip
    assert record.tickets == [
        {"product": "TT10", "name": "Vé truyền thống", "issued": 100, "returned": 10, "sold": 90,
         "revenue": 900_000, "commission": 108_000}
    ]  # fmt: skip
    assert "đã có biên bản" in propose(client)
    assert "không còn ở bước này" in step(second, record, "company")
    assert "họ tên người ký" in step(client, record, "agent", nguoi_ky=" ")
    assert "họ tên người ký" in step(client, record, "agent", ngay_ky="2026-12-03")
    assert "Đã ghi." in step(client, record, "agent")
    assert "không tự ghi chữ ký của công ty" in step(client, record, "company")
    assert "Đã ghi." in step(second, record, "company", nguoi_ky="Trần Giám Đốc")
    assert "không còn ở bước này" in step(client, record, "withdrawn", ghi_chu="Lập nhầm kỳ")
    listed = client.get("/ban-ve/cong-no/doi-chieu/", {"thang": "2026-11", "tt": "company"})
    assert "ĐC-20261130-AN-1" in listed.content.decode()
    assert ReconciliationStep.objects.count() == 2
    paper = client.get(f"/ban-ve/cong-no/doi-chieu/{record.pk}/tep.pdf")
    assert paper.content.startswith(b"%PDF")
    cells = [
        c.value
        for row in _sheet(client.get(f"/ban-ve/cong-no/doi-chieu/{record.pk}/tep.xlsx").content)
        for c in row
    ]
    assert "Bằng chữ: Hai trăm chín mươi hai nghìn đồng" in cells
    assert "Trần Giám Đốc, 02/12/2026" in cells
    with pytest.raises(InternalError), transaction.atomic():
        Reconciliation.objects.update(closing_amount=0)


def test_nobody_signs_what_the_books_no_longer_say(
    sold: Company, page: Callable[..., Client], manager: APIClient
):
    client = page(boss())
    propose(client)
    record = Reconciliation.objects.get()
    book_money(manager, "AN", 2_000)
    assert "Sổ của kỳ này đã thay đổi" in step(client, record, "agent")
    assert not record.steps.exists()
    assert "ít nhất 5 ký tự" in step(client, record, "withdrawn", ghi_chu="x")
    assert "Đã ghi." in step(client, record, "withdrawn", ghi_chu="Thu thêm tiền")
    propose(client)
    assert Reconciliation.objects.get(version=2).closing_amount == 290_000


def test_what_both_signed_is_agreed_anew_where_the_books_were_changed_since(
    sold: Company, page: Callable[..., Client], person: Callable[..., User], manager: APIClient
):
    client, second = page(boss()), page(person("sales_manager", username="hai"))
    propose(client)
    record = Reconciliation.objects.get()
    step(client, record, "agent")
    step(second, record, "company")
    Draw.objects.filter(close=None).update(status=DrawStatus.VOID)
    close = close_period(date(2026, 11, 1), by=boss(), at=record.at)
    with transaction.atomic():  # AN signed this very account
        assert propose_month(close, by=boss(), at=record.at) == close.settlements.count() - 1
        transaction.set_rollback(True)
    hai = User.objects.get(username="hai")
    reopen_period(date(2026, 11, 1), reason="Thu thiếu", by=hai, at=record.at)
    book_money(manager, "AN", 2_000)
    told = client.get(f"/ban-ve/cong-no/doi-chieu/{record.pk}/").content.decode()
    assert "hãy lập biên bản mới của kỳ này" in told
    with transaction.atomic():
        assert "Đã lập biên bản" in propose(client)
        assert "đã có biên bản" in propose(client)
        transaction.set_rollback(True)
    close = close_period(date(2026, 11, 1), by=boss(), at=record.at)
    assert propose_month(close, by=boss(), at=record.at) == close.settlements.count()
    assert propose_month(close, by=boss(), at=record.at) == 0
    anew = Reconciliation.objects.get(agent__code="AN", version=2)
    assert (record.closing_amount, anew.closing_amount) == (292_000, 290_000)
    assert record.steps.count() == 2


def test_a_month_settled_anew_gives_everybody_a_record_that_can_be_signed(
    sold: Company, manager: APIClient, person: Callable[..., User], page: Callable[..., Client]
):
    Draw.objects.filter(close=None).update(status=DrawStatus.VOID)
    november, at, hai = date(2026, 11, 1), clock.now(), person("sales_manager", username="hai")
    agents = propose_month(close_period(november, by=boss(), at=at), by=boss(), at=at)
    client = page(boss())
    step(client, Reconciliation.objects.get(agent__code="CHI"), "agent")
    reopen_period(november, reason="Thu thiếu", by=hai, at=at)
    book_money(manager, "AN", 2_000)
    book_money(manager, "CHI", 2_000)
    close = close_period(november, by=boss(), at=at)
    assert propose_month(close, by=boss(), at=at) == 1, (
        "what CHI has signed is for people to call off"
    )
    assert Reconciliation.objects.count() == agents + 1
    old, new = Reconciliation.objects.filter(agent__code="AN").order_by("version")
    assert old.steps.get().kind == "withdrawn"
    assert (old.closing_amount - new.closing_amount, is_current(new)) == (2_000, True)
    assert "Đã ghi." in step(client, new, "agent")


def test_no_day_is_agreed_twice(sold: Company, page: Callable[..., Client], manager: APIClient):
    client = page(boss())
    half = {"tu": "2026-11-01", "den": "2026-11-20"}
    propose(client, **half)
    record = Reconciliation.objects.get()
    for days in (NOVEMBER, {"tu": "2026-11-20", "den": "2026-11-25"}):
        told = propose(client, **days)
        assert "Biên bản ĐC-20261120-AN-1 đã đối chiếu từ 01/11/2026 đến hết 20/11/2026" in told
    Draw.objects.filter(close=None).update(status=DrawStatus.VOID)
    close = close_period(date(2026, 11, 1), by=boss(), at=record.at)
    with transaction.atomic():
        assert propose_month(close, by=boss(), at=record.at) == close.settlements.count() - 1
        transaction.set_rollback(True)
    propose(client, tu="2026-11-21", den="2026-11-25")
    assert list(Reconciliation.objects.order_by("pk").values_list("first__day", "last__day")) == [
        (1, 20), (21, 25),
    ]  # fmt: skip
    step(client, record, "withdrawn", ghi_chu="Lập nhầm kỳ")
    propose(client, tu="2026-11-05", den="2026-11-18")
    assert Reconciliation.objects.count() == 3
    for code in ("ZZ", "A\0N", 5):
        sent = {"agent": code, "first": "2026-11-01", "last": "2026-11-30"}
        refused = manager.post("/api/v1/reconciliations/", sent, format="json").json()
        assert [(e["field"], e["code"]) for e in refused["errors"]] == [("agent", "agent.unknown")]


def test_a_whole_year_is_agreed_beside_its_months(sold: Company, page: Callable[..., Client]):
    year = {"tu": "2026-01-01", "den": "2026-12-31"}
    propose(page(boss()))
    at = Reconciliation.objects.get().at
    with time_machine.travel(datetime(2027, 1, 5, 10, tzinfo=VN), tick=False):
        client = page(boss())
        propose(client, **year)
        assert "đã có biên bản đối chiếu của kỳ này" in propose(client, **year)
        part = propose(client, tu="2026-11-15", den="2026-12-14")
        record = Reconciliation.objects.get(first=date(2026, 11, 1))
        step(client, record, "withdrawn", ghi_chu="Lập lại sau quyết toán")
    assert "đã đối chiếu từ 01/11/2026 đến hết 30/11/2026" in part
    Draw.objects.filter(close=None).update(status=DrawStatus.VOID)
    close = close_period(date(2026, 11, 1), by=boss(), at=at)
    assert propose_month(close, by=boss(), at=at) == close.settlements.count()


def test_the_database_keeps_the_order_of_signatures(sold: Company, page: Callable[..., Client]):
    propose(page(boss()))
    record = Reconciliation.objects.get()
    fields = {"reconciliation": record, "signer": "A", "signed_date": date(2026, 12, 2)}
    made = {"by": record.by, "at": record.at}
    with pytest.raises(InternalError, match="after the agent"), transaction.atomic():
        ReconciliationStep.objects.create(kind="company", **fields, **made)
    ReconciliationStep.objects.create(kind="agent", **fields, **made)
    with pytest.raises(IntegrityError, match="one_answer"), transaction.atomic():
        ReconciliationStep.objects.create(kind="disputed", note="Không đúng", **fields, **made)


@pytest.mark.django_db(transaction=True)
def test_a_month_is_settled_step_by_step(
    sold: Company,
    page: Callable[..., Client],
    person: Callable[..., User],
    api: Callable[..., APIClient],
):
    client = page(boss())
    theirs = page(person("sales_manager", username="mai", region=sold.mong_cai))
    told = theirs.post("/ban-ve/cong-no/quyet-toan/chay/", {"thang": "2026-11"}, follow=True)
    assert "cả công ty" in told.content.decode()
    asked = client.post("/ban-ve/cong-no/quyet-toan/chay/", {"thang": "2026-11"}, follow=True)
    assert "Đã bắt đầu quyết toán" in asked.content.decode()
    again = client.post("/ban-ve/cong-no/quyet-toan/chay/", {"thang": "2026-11"}, follow=True)
    assert "đang được quyết toán" in again.content.decode()
    Run.objects.filter(handler="sales.settle").update(runnable_at=DECEMBER - timedelta(days=9_999))
    work.work_off(worker="test:1")
    run = SettlementRun.objects.get()
    assert (run.done, run.total, run.problem, run.is_going_on) == (8, 8, "", False)
    close = PeriodClose.objects.get()
    assert run.close == close
    assert [row.closing_amount for row in close.settlements.order_by("agent__code")] == [
        292_000, 440_000,
    ]  # fmt: skip
    records = Reconciliation.objects.order_by("agent__code")
    assert [(each.closing_amount, each.tickets[0]["sold"]) for each in records] == [
        (292_000, 90), (440_000, 50),
    ]  # fmt: skip
    program = api(person("sales_manager", username="may"))
    (told,) = program.get("/api/v1/settlement-runs/").json()["results"]
    assert (told["state"], told["done"], told["total"]) == ("done", 8, 8)
    refused = program.post("/api/v1/settlement-runs/", {"month": "2026-11"})
    assert (refused.status_code, refused.json()["code"]) == (409, "period.closed")
    local = api(person("sales_manager", username="hong_gai", region=sold.hong_gai))
    assert local.get(f"/api/v1/settlement-runs/{told['id']}/").status_code == 403
    shown = client.get("/ban-ve/cong-no/quyet-toan/", {"thang": "2026-11"}).content.decode()
    assert "732.000" in shown
    assert "Bạn đã khóa sổ" in shown
    book = client.get("/ban-ve/cong-no/quyet-toan/", {"thang": "2026-11", "dang": "xlsx"}).content
    assert 292_000 in [cell.value for row in _sheet(book) for cell in row]
    second = page(person("sales_manager", username="hai"))
    sent = {"thang": "2026-11", "ly_do": "Đối chiếu lại"}
    opened = second.post("/ban-ve/cong-no/quyet-toan/mo-lai/", sent, follow=True).content.decode()
    assert "Đã mở lại sổ" in opened
    (told,) = program.get("/api/v1/sales-periods/?fields=month,reopened_by").json()["results"]
    assert told == {"month": "2026-11-01", "reopened_by": "hai"}
    begun = program.post("/api/v1/settlement-runs/", {"month": "2026-11"})
    assert (begun.status_code, begun.json()["state"]) == (202, "going_on")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("month_first", [True, False])
def test_a_record_made_while_its_month_is_settled_has_no_day_of_it(
    sold: Company, manager: APIClient, *, month_first: bool
):
    Draw.objects.filter(close=None).update(status=DrawStatus.VOID)

    def record() -> int:
        sent = {"agent": "AN", "first": "2026-11-01", "last": "2026-11-20"}
        return manager.post("/api/v1/reconciliations/", sent, format="json").status_code

    def settle() -> int:
        with transaction.atomic():
            close = close_period(date(2026, 11, 1), by=boss(), at=DECEMBER)
            return propose_month(close, by=boss(), at=DECEMBER)

    def elsewhere(work: Callable[[], int]) -> int:
        try:
            return work()
        finally:
            connection.close()

    earlier, later = (settle, record) if month_first else (record, settle)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            done = [earlier()]
            waits = pool.submit(elsewhere, later)
            assert somebody_waits()
        done.append(waits.result())
    assert done == ([2, 409] if month_first else [201, 1])
    assert Reconciliation.objects.filter(agent=sold.an).count() == 1

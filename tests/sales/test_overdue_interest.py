"""Interest on overdue debt by day; taxes in the price; the month's hand-over to the accountant."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.clock import VN
from sales.engine.interest import Moved, Stretch, interest
from sales.engine.taxes import taxes_in
from sales.models import AgentBalance, AgentContract, JournalEntry, RuleKey, SalesRule
from sales.rules import load_rules
from tests.sales.conftest import Company, bulk, line

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def test_interest_runs_from_the_day_after_the_term_on_what_is_not_paid():
    moves = {
        date(2026, 11, 2): Moved(10_000_000, 10_000_000),
        date(2026, 11, 20): Moved(-4_000_000, 0),
    }
    told = interest(0, moves, first=FIRST, last=LAST, term=7, rate_on=lambda _day: 1_000)
    assert told.stretches == (
        Stretch(date(2026, 11, 10), date(2026, 11, 19), 10_000_000, 1_000),
        Stretch(date(2026, 11, 20), LAST, 6_000_000, 1_000),
    )
    # 10 days of 10 million and 11 of 6 million at 10 % a year
    assert told.amount == (10 * 10_000_000 + 11 * 6_000_000) * 1_000 // (10_000 * 365)


def test_a_new_rate_holds_from_its_day():
    moves = {FIRST: Moved(3_650_000, 3_650_000)}

    def rate(day: date) -> int:
        return 1_000 if day < date(2026, 11, 16) else 2_000

    told = interest(0, moves, first=FIRST, last=LAST, term=0, rate_on=rate)
    assert [(each.days, each.rate_bps) for each in told.stretches] == [(14, 1_000), (15, 2_000)]
    assert told.amount == 14 * 1_000 + 15 * 2_000


@given(
    st.dictionaries(st.integers(0, 29), st.integers(-(10**9), 10**9), max_size=8),
    st.integers(0, 10),
    st.integers(-(10**9), 10**9),
)
def test_interest_of_a_month_is_that_of_its_parts(days: dict[int, int], term: int, opening: int):
    moves = {
        FIRST + timedelta(days=back): Moved(amount, max(amount, 0)) for back, amount in days.items()
    }

    def owed(first: date, last: date) -> int:
        told = interest(opening, moves, first=first, last=last, term=term, rate_on=lambda _: 900)
        return sum(each.overdue * each.days for each in told.stretches)

    half = date(2026, 11, 15)
    whole = owed(FIRST, LAST)
    assert whole == owed(FIRST, half) + owed(half + timedelta(days=1), LAST)
    assert whole >= 0


def test_the_taxes_in_a_ticket():
    told = taxes_in(10_000, vat_bps=1_000, excise_bps=1_500)
    assert (told.vat_base_amount, told.vat_amount) == (9_091, 909)
    assert (told.net_amount, told.excise_amount) == (7_905, 1_186)


@given(st.integers(-(10**12), 10**12), st.integers(0, 3_000), st.integers(0, 3_000))
def test_the_parts_of_a_revenue_add_up_and_a_correction_undoes_them(
    revenue: int, vat: int, excise: int
):
    told = taxes_in(revenue, vat_bps=vat, excise_bps=excise)
    assert told.net_amount + told.excise_amount + told.vat_amount == revenue
    back = taxes_in(-revenue, vat_bps=vat, excise_bps=excise)
    assert told.net_amount + back.net_amount == 0


@pytest.fixture
def late(company: Company, manager: APIClient) -> Any:
    """In December: An sold 90 tickets on 17 November, due on the 20th, and paid 292,000 on the 25th.

    Interest is 10 % a year, not confirmed yet. Chi, an organisation, sold 50 and paid at once.
    """
    with time_machine.travel(datetime(2026, 12, 2, 9, 0, tzinfo=VN), tick=False):
        load_rules()
        for key, value in ((RuleKey.DEBT_TERM_DAYS, 3), (RuleKey.OVERDUE_INTEREST, 1_000)):
            SalesRule.objects.create(
                key=key, value=value, valid_from="2020-01-01", document="Quy chế"
            )
        company.chi.kind = "org"
        company.chi.save()
        yield company


def sell(client: APIClient) -> None:
    assert (
        bulk(client, [line("AN", issued=100, returned=10), line("CHI", issued=50)]).status_code
        == 201
    )
    assert client.post("/api/v1/draws/2026-11-17/close/").status_code == 201
    for agent, amount, day in (("AN", 292_000, "2026-11-25"), ("CHI", 440_000, "2026-11-17")):
        sent = {"event": "payment", "agent": agent, "date": day, "amount": amount}
        sent["reference"] = f"PT {day}"
        key = {"Idempotency-Key": str(uuid4())}
        assert client.post("/api/v1/journal/", {"lines": [sent]}, headers=key).status_code == 201


@pytest.fixture
def desk(
    late: Company,
    api: Callable[..., APIClient],
    person: Callable[..., User],
    page: Callable[..., Client],
) -> Client:
    clerk = person("sales_manager", username="thu_ky")
    sell(api(clerk))
    return page(clerk)


#: 4 days of 792,000 (21 to 24) and 6 of 500,000 (25 to 30) at 10 % a year.
AMOUNT = (4 * 792_000 + 6 * 500_000) * 1_000 // (10_000 * 365)


def test_interest_is_booked_once_and_by_a_confirmed_rate_only(desk: Client):
    home, month = "/ban-ve/cong-no/lai-cham-nop/", {"thang": "2026-11"}
    shown = desk.get(home, month).content.decode()
    assert "792.000 × 10,0 % × 4/365" in shown
    assert "CHI" not in shown
    refused = desk.post(f"{home}ghi/", month, follow=True).content.decode()
    assert "chưa được xác nhận" in refused
    SalesRule.objects.filter(key=RuleKey.OVERDUE_INTEREST).update(is_confirmed=True)
    early = desk.post(f"{home}ghi/", {"thang": "2026-12"}, follow=True).content.decode()
    assert "chưa hết" in early
    assert "cho 1 đại lý" in desk.post(f"{home}ghi/", month, follow=True).content.decode()
    again = desk.post(f"{home}ghi/", month, follow=True).content.decode()
    assert "Không có lãi chậm nộp nào chưa ghi sổ" in again
    entry = JournalEntry.objects.get(event="interest")
    assert (entry.receivable, entry.reference, entry.value_date) == (AMOUNT, "LCN-2026-11", LAST)
    assert AgentBalance.objects.get(agent__code="AN").receivable == 500_000 + AMOUNT
    sheet = load_workbook(BytesIO(desk.get(home, month | {"dang": "xlsx"}).content)).worksheets[0]
    assert [row[6].value for row in sheet if row[0].value == "AN"] == [792_000, 500_000]


def test_a_contract_has_a_term_and_a_rate_of_its_own(desk: Client, late: Company):
    AgentContract.objects.create(
        agent=late.an, number="HĐ 1", valid_from="2026-01-01", settlement_days=5,
        overdue_interest_bps=2_000,
    )  # fmt: skip
    shown = desk.get("/ban-ve/cong-no/lai-cham-nop/", {"thang": "2026-11"}).content.decode()
    assert "23/11 – 24/11: 792.000 × 20,0 % × 2/365" in shown


def test_the_month_is_handed_over_to_the_accountant(
    desk: Client, late: Company, page: Callable[..., Client], person: Callable[..., User]
):
    home, month = "/ban-ve/cong-no/ke-toan/", {"thang": "2026-11"}
    shown = desk.get(home, month).content.decode()
    taxes = taxes_in(1_400_000, vat_bps=1_000, excise_bps=1_500)
    assert f"{taxes.vat_base_amount:,}".replace(",", ".") in shown
    assert "chưa xác nhận" in shown  # excise has one source only
    assert "Số đã khấu trừ khác số theo quy định" in shown  # 5 % of commission, not confirmed
    book = load_workbook(BytesIO(desk.get(home, month | {"dang": "xlsx"}).content))
    assert book.sheetnames == [
        "Định khoản", "Thuế trong giá vé", "TNCN hoa hồng", "TNCN trúng thưởng", "Mô tả cột",
    ]  # fmt: skip
    booked = [
        row for row in book["Định khoản"].iter_rows(values_only=True) if isinstance(row[3], int)
    ]
    assert sum(row[3] for row in booked) == sum(row[4] for row in booked) > 1_400_000
    people = [row for row in book["TNCN hoa hồng"].iter_rows(values_only=True) if row[0] == "AN"]
    assert people[0][4:] == (900_000, 108_000, 5_400, 0)
    assert "CHI" not in [row[0] for row in book["TNCN hoa hồng"].iter_rows(values_only=True)]
    answer = desk.get(home, month | {"dang": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 1 + 4
    assert lines[0].startswith('"entry","date","event","agent"')
    theirs = page(person("sales_manager", username="mai", region=late.mong_cai))
    assert "cả công ty" in theirs.get(home, month | {"dang": "csv"}).content.decode()

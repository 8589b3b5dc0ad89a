"""What reports are told about sales."""

from datetime import UTC, date, datetime

import pytest
from rest_framework.test import APIClient

from sales import figures
from sales.engine.money_lines import MoneyLine
from sales.figures import Comparison, Tickets
from sales.ledger.closing import close_draw
from sales.models import (
    Agent,
    AgentStatus,
    Draw,
    DrawStatus,
    RecordingBatch,
)
from sales.money.booking import record_money
from tests import make
from tests.sales.conftest import Company, bulk, line

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 22)


@pytest.fixture
def history(company: Company, manager: APIClient) -> Company:
    """This week, the week before and two draws of a year ago.

    An: 100 issued and 10 back on Tuesday, 90 sold the Tuesday before and 60 a year ago (17 Nov
    2026 is the Tuesday of 18 Nov 2025). Chi: 50 on Tuesday, 80 the Tuesday before. Bình: 20 on
    Wednesday, whose draw a week before was void. Sunday is not drawn yet.
    """
    for day in ("2025-11-18", "2026-11-10"):
        make.draw(day)
    make.draw("2026-11-11", status=DrawStatus.VOID)
    Draw.objects.filter(date=LAST).update(status=DrawStatus.SCHEDULED)
    lines = [
        line("AN", "2026-11-17", issued=100, returned=10),
        line("AN", "2026-11-10", issued=90),
        line("AN", "2025-11-18", issued=70, returned=10),
        line("CHI", "2026-11-17", issued=50),
        line("CHI", "2026-11-10", issued=80),
        line("BINH", "2026-11-18", issued=20) | {"product": "LT5"},
        line("AN", "2026-11-22", issued=1_000),
    ]
    assert bulk(manager, lines).status_code == 201
    return company


def test_a_week_against_last_week_and_last_year(history: Company):
    week = figures.weekly_sales(FIRST, LAST)
    assert [draw.date.day for draw in week.draws] == [16, 17, 18, 19, 20, 21]
    total = week.total
    assert total.now == Tickets(170, 10, 1_500_000)
    assert (total.now.sold, total.now.unsold_bps, total.now.sell_through_bps) == (160, 588, 9412)
    # Only Tuesday was held both this week and the week before.
    assert total.previous_week == Comparison(
        now=Tickets(150, 10, 1_400_000), before=Tickets(170, 0, 1_700_000), draws=1
    )
    assert total.previous_week.revenue_change_bps == -1765
    assert total.last_year.before == Tickets(70, 10, 600_000)
    assert total.last_year.revenue_change_bps == 13_333
    tuesday = week.draws[1]
    assert (tuesday.now, tuesday.previous_week, tuesday.last_year) == (
        Tickets(150, 10, 1_400_000),
        Tickets(170, 0, 1_700_000),
        Tickets(70, 10, 600_000),
    )
    assert (week.draws[2].previous_week, week.draws[0].last_year) == (None, None)


def test_a_week_by_region_and_product(history: Company):
    week = figures.weekly_sales(FIRST, LAST)
    assert [(r.code, r.name, r.now.revenue_amount) for r in week.regions] == [
        ("06685", "Hồng Gai", 1_000_000),
        ("06712", "Móng Cái 1", 500_000),
    ]
    assert week.regions[1].previous_week.revenue_change_bps == -3750
    assert week.regions[1].last_year.revenue_change_bps is None
    assert [(p.code, p.now.sold) for p in week.products] == [("TT10", 140), ("LT5", 20)]
    only = figures.weekly_sales(FIRST, LAST, "22/06712")
    assert only.total.now == Tickets(50, 0, 500_000)
    assert figures.weekly_sales(FIRST, LAST, "22").total == week.total


def test_a_week_without_anything_says_so(company: Company):
    week = figures.weekly_sales(date(2026, 3, 2), date(2026, 3, 8))
    assert week.is_empty
    assert (week.draws, week.regions) == ((), ())
    assert week.total.previous_week.revenue_change_bps is None
    assert not figures.completeness(date(2026, 3, 2), date(2026, 3, 8)).missing


def test_who_gained_and_who_lost(history: Company):
    movers = figures.top_movers(FIRST, LAST)
    assert [(m.code, m.change_amount, m.change_bps) for m in movers.fallers] == [
        ("CHI", -300_000, -3750)
    ]
    assert movers.risers == ()  # An sold 90 on both Tuesdays; Bình's draw has no counterpart
    assert figures.top_movers(FIRST, LAST, "22/06685") == figures.Movers((), ())


def test_who_has_not_reported(history: Company):
    Agent.objects.filter(code="BINH").update(closed_date="2026-11-18", status=AgentStatus.ENDED)
    make.agent("DUNG", history.mong_cai, opened_date=date(2026, 11, 20))
    make.agent("NGHI", history.mong_cai, status=AgentStatus.SUSPENDED)
    found = figures.completeness(FIRST, LAST)
    # Six held draws for An and Chi, three for Bình, two for Dung.
    assert (found.expected, found.reported) == (17, 3)
    assert [(m.code, len(m.draws), m.usual_share_bps) for m in found.missing] == [
        ("AN", 5, 5294),
        ("CHI", 5, 4706),
        ("BINH", 2, 0),
        ("DUNG", 2, 0),
    ]
    assert found.missing_share_bps == 8333
    assert found.missing[3].draws == (date(2026, 11, 20), date(2026, 11, 21))


def test_debts_are_sales_less_commission_less_payments(history: Company):
    boss = RecordingBatch.objects.get().recorded_by
    for draw in Draw.objects.filter(status=DrawStatus.HELD):
        close_draw(draw.date, by=boss, at=AT)
    record_money(
        by=boss,
        at=AT,
        lines=[
            MoneyLine("payment", "AN", date(2026, 11, 18), 500_000, into="bank", reference="PT")
        ],
    )
    # 240 tickets of 10,000 đ less 12 %, less 500,000 paid; Sunday's thousand are not sold yet.
    owed = {debt.code: debt.debt_amount for debt in figures.debts(LAST)}
    assert owed == {"AN": 1_612_000, "CHI": 1_144_000, "BINH": 88_000}
    assert {d.code: d.debt_amount for d in figures.debts(date(2026, 11, 17))}["AN"] == 2_112_000
    Agent.objects.filter(code="AN").update(credit_limit_amount=1_500_000)
    over = figures.debts_over_limit(LAST)
    assert [(debt.code, debt.region, debt.over_amount) for debt in over] == [
        ("AN", "Hồng Gai", 112_000)
    ]
    assert figures.debts_over_limit(LAST, "22/06712") == ()


def test_the_ranking_of_agents(history: Company):
    ranking = figures.agent_ranking(date(2026, 11, 1), date(2026, 11, 30))
    assert [(a.code, a.tickets.sold, a.commission_amount) for a in ranking] == [
        ("AN", 180, 216_000),
        ("CHI", 130, 156_000),
        ("BINH", 20, 12_000),
    ]


def test_months_leave_out_what_is_not_drawn(history: Company):
    months = figures.region_months(date(2025, 1, 1), date(2026, 12, 31), depth=1)
    assert [(m.region_code, m.month, m.tickets.issued) for m in months] == [
        ("22", date(2025, 11, 1), 70),
        ("22", date(2026, 11, 1), 340),
    ]


@pytest.mark.parametrize(
    ("first", "last", "issued"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), 340),
        (date(2026, 11, 11), date(2026, 11, 30), 170),
        (date(2026, 11, 1), date(2026, 11, 16), 170),
        (date(2026, 10, 20), date(2026, 12, 10), 340),
        (date(2026, 11, 17), date(2026, 11, 17), 150),
        (date(2026, 10, 20), date(2026, 11, 17), 320),
        (date(2026, 11, 18), date(2026, 12, 31), 20),
    ],
)
def test_months_of_any_span_add_up(history: Company, first: date, last: date, issued: int):
    assert sum(m.tickets.issued for m in figures.region_months(first, last)) == issued


def test_freshness(history: Company):
    assert figures.last_held_draw(date(2026, 11, 30)) == date(2026, 11, 21)
    assert figures.last_held_draw(date(2020, 1, 1)) is None
    assert figures.recorded_until() == RecordingBatch.objects.get().recorded_at

"""Every business event is one balanced entry; a debt's age adds up to the debt. Pure."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sales.engine.ageing import ageing
from sales.engine.posting import (
    ACCOUNTS,
    Legs,
    adjustment,
    collateral,
    difference,
    interest,
    payment,
    prize_paid,
    reversal,
    sale,
    share,
)

amounts = st.integers(-(10**11), 10**11)
rates = st.integers(0, 10_000)
TODAY = date(2026, 11, 27)
debts = st.lists(
    st.tuples(st.integers(-60, 60).map(lambda n: TODAY - timedelta(days=n)), amounts), max_size=12
)


def total(legs: Legs) -> int:
    return sum(getattr(legs, name) for name in ACCOUNTS)


@given(amounts, rates, rates)
def test_every_event_is_balanced(amount: int, first: int, second: int):
    events = [
        sale(revenue=amount, commission=share(amount, first), tax=share(amount, second)),
        payment(amount, into="bank"),
        prize_paid(amount, fee_bps=first),
        collateral(amount, into="cash"),
        interest(amount),
        adjustment(amount),
    ]
    assert [total(legs) for legs in events] == [0] * 6
    for legs in events:
        assert difference(legs, legs) == Legs()
        assert difference(Legs(), legs) == reversal(legs)


def test_an_agent_owes_his_sales_less_commission_and_the_tax_on_it():
    legs = sale(revenue=1_000_000, commission=120_000, tax=6_000)
    assert (legs.receivable, legs.revenue, legs.commission, legs.withheld_tax) == (
        886_000,
        -1_000_000,
        120_000,
        -6_000,
    )


def test_a_prize_paid_takes_itself_and_the_fee_off_the_debt():
    assert prize_paid(40_000, fee_bps=20).receivable == -40_080


@given(amounts, rates)
def test_a_share_is_undone_by_the_share_of_the_opposite(amount: int, bps: int):
    assert share(amount, bps) + share(-amount, bps) == 0


@given(debts, st.integers(0, 10**12))
def test_the_buckets_add_up_to_what_is_owed(owed: list[tuple[date, int]], settled: int):
    age = ageing(owed, settled, on=TODAY)
    left = age.not_due + age.overdue
    assert left - age.advance == sum(amount for _, amount in owed) - settled
    assert left == 0 or age.advance == 0
    assert (age.oldest_due is None) == (left == 0)
    assert ageing(owed[::-1], settled, on=TODAY) == age


def test_payments_settle_the_oldest_sale_first():
    owed = [
        (date(2026, 11, 27), 100),
        (date(2026, 11, 26), 200),
        (date(2026, 11, 15), 300),
        (date(2026, 10, 1), 400),
    ]
    age = ageing(owed, 450, on=TODAY)
    assert (age.not_due, age.days_1_to_7, age.days_8_to_30, age.days_over_30) == (100, 200, 250, 0)
    assert age.oldest_due == date(2026, 11, 15)

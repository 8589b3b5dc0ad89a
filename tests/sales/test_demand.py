"""Demand behind sales: what sold out is known only from below."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.vncalendar import tet
from sales.growth.allocation import Advice, Costs, advise, reserve_for
from sales.growth.backtest import Outcome, advised, as_last_week, compare, own_order
from sales.growth.demand import Demand, Quantile, Sale, quantile
from sales.growth.seasons import Seasons, days_from_tet, learn_seasons

DAY = date(2026, 11, 24)
EVEN = Seasons()


def known(*tickets: float) -> list[Demand]:
    return [Demand(each, is_censored=False) for each in tickets]


def sold(*pairs: tuple[int, int], until: date = DAY) -> list[Sale]:
    """One draw a day, the last one the day before."""
    first = until - timedelta(days=len(pairs))
    return [Sale(first + timedelta(days=n), *pair) for n, pair in enumerate(pairs)]


class TestQuantile:
    def test_of_known_demands_is_the_ordinary_one(self):
        assert quantile(known(10, 20, 30, 40), 0.5) == Quantile(20, is_beyond=False)
        assert quantile(known(10, 20, 30, 40), 0.75) == Quantile(30, is_beyond=False)
        assert quantile(known(10, 20, 30, 40), 0.76) == Quantile(40, is_beyond=False)

    def test_a_draw_that_sold_out_moves_it_up(self):
        """Of four draws one ended at 20 sold out: its demand is 30 or 40, one as likely as two."""
        mixed = [*known(10, 30, 40), Demand(20, is_censored=True)]
        # 10: 3/4 exceed it; 30: of the two left one exceeds it, 3/8; 40: none.
        assert quantile(mixed, 0.62) == Quantile(30, is_beyond=False)
        assert quantile(mixed, 0.63) == Quantile(40, is_beyond=False)

    def test_where_all_sold_out_it_lies_beyond(self):
        assert quantile([Demand(50, is_censored=True)] * 3, 0.5) == Quantile(50, is_beyond=True)

    def test_nothing_observed_is_refused(self):
        with pytest.raises(ValueError, match="no observation"):
            quantile([], 0.5)

    @given(
        st.lists(
            st.builds(Demand, st.integers(0, 50), st.booleans(), st.sampled_from([0.25, 1.0])),
            min_size=1,
            max_size=30,
        ),
        st.floats(0.05, 0.95),
        st.randoms(),
    )
    def test_order_never_matters_and_a_greater_share_is_never_less(self, seen, share, luck):
        shuffled = list(seen)
        luck.shuffle(shuffled)
        assert quantile(shuffled, share) == quantile(seen, share)
        assert quantile(seen, share / 2).tickets <= quantile(seen, share).tickets

    @given(st.lists(st.integers(1, 60), min_size=1, max_size=30), st.integers(1, 60))
    def test_knowing_less_never_lowers_it(self, demands, given_tickets):
        """Censoring at a number of tickets tells less, so the estimate is as great or beyond."""
        seen = [Demand(min(one, given_tickets), one >= given_tickets) for one in demands]
        truth, told = quantile(known(*demands), 0.8), quantile(seen, 0.8)
        assert told.is_beyond or told.tickets == truth.tickets


class TestSeasons:
    def test_distance_is_to_the_nearest_tet(self):
        assert days_from_tet(date(2026, 2, 17)) == 0
        assert days_from_tet(date(2026, 2, 16)) == -1
        assert days_from_tet(date(2026, 12, 31)) == (date(2026, 12, 31) - tet(2027)).days

    def test_weekdays_and_tet_are_learned_and_a_storm_is_not(self):
        weekday = (90, 120, 95, 95, 100, 100, 100)
        first = date(2025, 6, 2)
        history = {}
        for n in range(500):
            day = first + timedelta(days=n)
            rush = 1.5 if -7 <= days_from_tet(day) < 0 else 1.0
            history[day] = round(weekday[day.weekday()] * rush * 10)
        history[date(2026, 9, 1)] = 3  # a storm on a Tuesday
        seasons = learn_seasons(history)
        assert seasons.weekdays[1] == pytest.approx(1.2, abs=0.001)
        assert seasons.weekdays[0] == pytest.approx(0.9, abs=0.001)
        assert seasons.tet[-4] == pytest.approx(1.5, abs=0.01)
        assert seasons.tet[5] == pytest.approx(1.0, abs=0.01)
        assert seasons.index(tet(2027) - timedelta(days=4)) == pytest.approx(
            1.5 * seasons.weekdays[(tet(2027) - timedelta(days=4)).weekday()], rel=0.01
        )

    def test_nothing_known_changes_nothing(self):
        assert learn_seasons({}).index(DAY) == 1.0


class TestAdvice:
    def test_is_level_by_day_by_reserve_in_whole_bundles(self):
        half = Seasons(weekdays=(1.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0))  # DAY is a Tuesday
        history = [sale for sale in sold(*[(300, 200)] * 14) if sale.day.weekday() != 1]
        found = advise(history, DAY, seasons=half, reserve=1.21)
        assert found == Advice(130, 200, 0.5, 1.21, draws=12, sold_out=0, is_probe=False)
        single = advise(history, DAY, seasons=half, reserve=1.21, bundle=1)
        assert single
        assert single.tickets == 121

    def test_an_agent_that_always_sells_out_is_tried_with_a_tenth_more(self):
        found = advise(sold(*[(100, 100)] * 10), DAY, seasons=EVEN, reserve=1.0)
        assert found
        assert (found.tickets, found.sold_out, found.is_probe) == (110, 10, True)

    def test_newer_draws_weigh_more(self):
        history = sold(*[(500, 300)] * 20, *[(500, 100)] * 14)
        found = advise(history, DAY, seasons=EVEN, reserve=1.0)
        assert found
        assert found.usual == 100

    def test_too_few_draws_give_none(self):
        assert advise(sold(*[(50, 40)] * 7), DAY, seasons=EVEN, reserve=1.0) is None
        old = sold(*[(50, 40)] * 30, until=DAY - timedelta(weeks=12))
        assert advise(old, DAY, seasons=EVEN, reserve=1.0) is None

    def test_later_draws_are_never_looked_at(self):
        history = sold(*[(300, 100)] * 60)
        later = [*history, Sale(DAY, 900, 900), Sale(DAY + timedelta(days=1), 900, 900)]
        costs = Costs(300, 1_700)
        for seen in (history, later):
            assert reserve_for([seen], DAY, seasons=EVEN, costs=costs) == 1.0
            found = advise(seen, DAY, seasons=EVEN, reserve=1.0)
            assert found
            assert found.tickets == 100


class TestReserve:
    def test_is_the_spread_of_all_agents_at_the_share_the_costs_ask_for(self):
        """Half of the draws stray to 80, half to 120 of a level of 80 (the lower median)."""
        histories = [sold(*[(300, 80 if n % 2 else 120) for n in range(80)]) for _ in range(3)]
        dear = reserve_for(histories, DAY, seasons=EVEN, costs=Costs(100, 900))
        cheap = reserve_for(histories, DAY, seasons=EVEN, costs=Costs(900, 100))
        assert (dear, cheap) == (120 / 80, 80 / 80)

    def test_of_one_agent_that_sells_out_comes_from_the_others(self):
        open_ended = sold(*[(300, 90 if n % 2 else 110) for n in range(80)])
        cut_off = sold(*[(100, 90 if n % 2 else 100) for n in range(80)])
        costs = Costs(300, 1_700)
        assert reserve_for([cut_off, open_ended], DAY, seasons=EVEN, costs=costs) == 110 / 90

    def test_nothing_known_gives_the_level(self):
        assert reserve_for([], DAY, seasons=EVEN, costs=Costs(1, 1)) == 1.0

    def test_costs_of_nothing_are_refused(self):
        with pytest.raises(ValueError, match="above nothing"):
            _ = Costs(0, 0).share


def test_back_test_counts_what_each_way_would_have_sold_and_lost():
    """80 wanted each day; 60 and 100 were given in turn. Only the days with 100 tell it."""
    history = sold(*[(60, 60) if n % 2 else (100, 80) for n in range(28)])
    costs = Costs(300, 1_700)
    ways = {"own": own_order, "last week": as_last_week}
    since = DAY - timedelta(days=14)
    true = compare([history], ways, since=since, costs=costs, demand=lambda _sale, _agent: 80)
    assert true["own"] == Outcome(14, 7 * 160, 7 * 140, 7 * 20)
    assert true["own"].profit_amount(costs) == 980 * 1_700 - 140 * 300
    seen = compare([history], ways, since=since, costs=costs)
    assert seen["own"] == Outcome(7, 700, 560, 0)
    assert seen["last week"] == Outcome(7, 420, 420, 140)


def test_advice_earns_more_than_last_weeks_number_where_demand_is_cut_off():
    """An invented company whose agents sell out in two of five draws: the advice finds the rest."""
    luck = Random(5)
    costs = Costs(300, 1_700)
    agents, true = [], []
    for _ in range(12):
        usual = luck.uniform(100, 400)
        wanted = [int(usual * luck.lognormvariate(0, 0.15)) for _ in range(120)]
        given_tickets = [int(usual * luck.uniform(0.95, 1.15)) // 10 * 10 for _ in range(120)]
        agents.append(
            sold(*[(has, min(has, want)) for has, want in zip(given_tickets, wanted, strict=True)])
        )
        true.append({sale.day: want for sale, want in zip(agents[-1], wanted, strict=True)})
    found = compare(
        agents,
        {"last week": as_last_week, "advice": advised},
        since=DAY - timedelta(days=42),
        costs=costs,
        demand=lambda sale, number: true[number][sale.day],
    )
    advice, before = found["advice"], found["last week"]
    assert advice.draws == before.draws == 12 * 42
    assert advice.lost < before.lost / 2
    assert advice.profit_amount(costs) > before.profit_amount(costs)

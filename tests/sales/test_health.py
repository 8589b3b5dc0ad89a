"""Which agents need somebody: each against its own weeks and its neighbours."""

from datetime import date, timedelta
from random import Random

import pytest

from sales.growth.health import State, health

FIRST = date(2026, 8, 3)
DRAWS = [FIRST + timedelta(days=n) for n in range(70)]
OPENED = date(2020, 1, 1)


def company(factor=lambda day: 1.0):
    """An agent that sells 100 of the company's 10,000 tickets, with chance, all under one sky."""
    luck = Random(7)
    own, others = {}, {}
    for day in DRAWS:
        sky = factor(day)
        own[day] = round(100 * sky * luck.lognormvariate(0, 0.1))
        others[day] = round(9_900 * sky * luck.lognormvariate(0, 0.01))
    return own, others


def lessened(own, share, *, draws):
    last = DRAWS[-draws:]
    return {day: round(tickets * share) if day in last else tickets for day, tickets in own.items()}


def test_an_agent_whose_share_falls_is_told_with_how_much_and_how_surely():
    own, others = company()
    found = health(lessened(own, 0.6, draws=7), others, DRAWS, opened=OPENED)
    assert found.state == State.FALLING
    assert found.change == pytest.approx(-0.4, abs=0.08)
    assert found.score is not None
    assert found.score < -3.5
    assert found.share is not None
    assert found.before is not None
    assert found.share < found.before == pytest.approx(0.01, abs=0.001)


def test_a_storm_over_everybody_raises_no_alarm():
    own, others = company(lambda day: 0.4 if day >= DRAWS[-7] else 1.0)
    assert health(own, others, DRAWS, opened=OPENED).state == State.STEADY


def test_one_odd_draw_raises_no_alarm():
    own, others = company()
    own[DRAWS[-1]] = 1
    assert health(own, others, DRAWS, opened=OPENED).state == State.STEADY


def test_an_agent_whose_share_grows_is_praised():
    own, others = company()
    assert health(lessened(own, 1.5, draws=7), others, DRAWS, opened=OPENED).state == State.RISING


@pytest.mark.parametrize(
    ("silent", "state"),
    [(6, State.FALLING), (7, State.ASLEEP), (27, State.ASLEEP), (28, State.LOST)],
)
def test_an_agent_that_sells_nothing_sleeps_and_is_lost(silent, state):
    own, others = company()
    found = health(lessened(own, 0, draws=silent), others, DRAWS, opened=OPENED)
    assert (found.state, found.silent) == (state, silent)


def test_a_new_agent_is_not_judged():
    own, others = company()
    assert health(own, others, DRAWS, opened=DRAWS[-59]).state == State.NEW


def test_a_territory_without_others_or_history_tells_nothing():
    own, others = company()
    assert health(own, {}, DRAWS, opened=OPENED).state == State.UNKNOWN
    assert health(own, others, DRAWS[-20:], opened=OPENED).state == State.UNKNOWN


def test_steady_agents_are_left_alone():
    """400 agents in the same weeks, nothing but chance: the alarm is for one in hundreds at most."""
    luck = Random(11)
    others = {day: round(9_900 * luck.lognormvariate(0, 0.01)) for day in DRAWS}
    states = [
        health(
            {day: round(100 * luck.lognormvariate(0, 0.12)) for day in DRAWS},
            others,
            DRAWS,
            opened=OPENED,
        ).state
        for _ in range(400)
    ]
    assert states.count(State.FALLING) <= 2

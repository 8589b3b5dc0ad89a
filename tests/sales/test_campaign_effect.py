"""What a campaign did is told from what season and chance did."""

from datetime import date, timedelta
from random import Random

import pytest

from sales.growth.campaign_effect import effect

START = date(2026, 10, 5)
END = START + timedelta(days=27)
DRAWS = [START - timedelta(days=56) + timedelta(days=n) for n in range(84)]
TREATED = set(range(15))


def company(seed=1, *, gain=1.0, sky=lambda day: 1.0, agents=120):
    """Agents of all sizes with their own luck; those of the campaign sell `gain` as much in it."""
    luck = Random(seed)
    sold = {}
    for agent in range(agents):
        size = luck.lognormvariate(5, 0.6)
        factor = gain if agent in TREATED else 1.0
        sold[agent] = {
            day: round(
                size * sky(day) * luck.lognormvariate(0, 0.15) * (factor if day >= START else 1.0)
            )
            for day in DRAWS
        }
    return sold


def told(sold, treated=TREATED, *, start=START, end=END):
    return effect(sold, treated, set(sold), DRAWS, start=start, end=end)


def test_what_was_gained_is_found_and_known_to_be_no_chance():
    found = told(company(gain=1.2))
    assert found.change == pytest.approx(0.2, abs=0.03)
    assert found.low < 0.2 < found.high
    assert found.is_sure
    assert found.draws == 28
    assert found.tickets == pytest.approx(found.expected * 1.2, rel=0.03)


def test_a_season_that_moves_everybody_is_no_effect():
    found = told(company(gain=1.2, sky=lambda day: 0.4 if day >= START else 1.0))
    assert found.change == pytest.approx(0.2, abs=0.03)
    worse = told(company(gain=0.8, sky=lambda day: 2.0 if day >= START else 1.0))
    assert worse.change == pytest.approx(-0.2, abs=0.03)
    assert worse.is_sure


def test_without_an_effect_it_seldom_says_there_is_one():
    found = [told(company(seed)) for seed in range(40)]
    assert sum(one.is_sure for one in found) <= 5  # two of forty are expected
    assert sum(one.low <= 0 <= one.high for one in found) >= 28  # thirty-two are


def test_each_agent_stands_beside_those_of_its_size():
    sold = company()
    found = told(sold)
    for one in found.agents:
        assert not TREATED & set(one.matches)
        sizes = [sum(sold[other].values()) / len(DRAWS) for other in one.matches]
        assert min(sizes) / 1.6 < one.before < max(sizes) * 1.6


def test_the_order_of_agents_changes_nothing():
    sold = company(gain=1.1)
    assert told(dict(reversed(sold.items())), sorted(TREATED, reverse=True)) == told(sold)


@pytest.mark.parametrize(
    "asked",
    [
        {"end": START + timedelta(days=5)},  # six draws
        {"start": DRAWS[20]},  # three weeks before
        {"treated": {999}},  # nobody who sold
        {"treated": set(range(112))},  # eight others
    ],
)
def test_too_little_to_tell_is_told_as_nothing(asked):
    assert told(company(), **asked) is None

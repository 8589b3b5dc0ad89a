"""How full a terminal is, and when it will be full."""

from datetime import date, timedelta

import pytest

from attendance.terminals.capacity import DayCount, Forecast, Memory, Outlook, forecast

ON = date(2026, 11, 23)


def days(*counts, step=1):
    last = len(counts) - 1
    return [
        DayCount(ON - timedelta(days=step * (last - n)), count) for n, count in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("counts", "step", "capacity", "outlook", "full_in"),
    [
        ([100, 200, 300], 7, 1000, Outlook.FILLS, 49),
        ([900, 10, 20, 30], 7, 1000, Outlook.FILLS, 679),  # cleared three weeks ago
        ([100, 200], 3, 1000, Outlook.NOT_ENOUGH_DATA, None),  # not a week of it
        ([], 1, 1000, Outlook.NOT_ENOUGH_DATA, None),
        ([5, 6], 10, None, Outlook.NOT_ENOUGH_DATA, None),
        ([500, 500], 10, 1000, Outlook.STEADY, None),
        ([500, 501], 10, 100_000, Outlook.STEADY, None),  # centuries
        ([990, 1000], 10, 1000, Outlook.FULL, 0),
        ([0, 100_000, 100_001, 100_002], 20, 100_100, Outlook.FILLS, 1960),  # 30 days count
    ],
)
def test_the_day_a_terminal_is_full(counts, step, capacity, outlook, full_in):
    found = forecast(days(*counts, step=step), capacity=capacity, on=ON)
    assert found.outlook == outlook
    full_on = None if full_in is None else ON + timedelta(days=full_in)
    assert found.full_on == full_on


def test_growth_is_told_too():
    found = forecast(days(100, 200, 300, step=7), capacity=1000, on=ON)
    assert found.per_day == pytest.approx(100 / 7)
    assert found == Forecast(Outlook.FILLS, per_day=found.per_day, full_on=ON + timedelta(days=49))


@pytest.mark.parametrize(
    ("used", "percent", "tone"),
    [(0, 0, "good"), (79, 79, "good"), (80, 80, "attention"), (95, 95, "bad"), (130, 100, "bad")],
)
def test_how_full_is_said_at_80_and_95_percent(used, percent, tone):
    memory = Memory("x", used, 100)
    assert (memory.percent, memory.tone) == (percent, tone)
    assert Memory("x", used, None).percent is None

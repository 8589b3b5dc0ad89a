"""When terminals are polled next: spread, outside quiet hours, and seldom where it is dear."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.collecting import leases
from attendance.collecting.rhythm import next_poll, outside_quiet_hours
from attendance.models import Terminal
from attendance.terminals.terminal_state import Condition, condition_of
from backend.clock import VN

from .terminals import register

AT = datetime(2025, 11, 24, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def terminal(pk=1, **values):
    return Terminal(pk=pk, **values)


def local(hours, minutes=0):
    """A moment of 24 November in Vietnam."""
    return datetime(2025, 11, 24, hours, minutes, tzinfo=VN).astimezone(UTC)


def test_terminals_polled_together_are_spread_over_the_whole_interval():
    due = [next_poll(terminal(pk), at=AT) for pk in range(1, 501)]
    assert all(AT + MINUTE / 2 <= each <= AT + 1.5 * MINUTE for each in due)
    a_second = Counter(int(each.timestamp() % 60) for each in due)
    assert len(a_second) == 60
    assert max(a_second.values()) <= 10  # 8.3 on average


@given(st.integers(1, 100_000), st.integers(5, 3600), st.floats(0, 0.45), st.integers(1, 20))
def test_a_terminal_keeps_its_beat_however_long_a_poll_takes(pk, seconds, taken, polls):
    mine = terminal(pk, poll_seconds=seconds)
    first = next_poll(mine, at=AT)
    due = first
    for _ in range(polls):
        due = next_poll(mine, at=due + timedelta(seconds=taken * seconds))
    assert abs((due - first).total_seconds() - polls * seconds) < 0.001


def test_a_poll_longer_than_its_interval_leaves_beats_out():
    mine = terminal(poll_seconds=5)
    first = next_poll(mine, at=AT)
    again = next_poll(mine, at=first + timedelta(seconds=9))
    assert again - first == timedelta(seconds=15)


def test_terminals_that_refuse_offsets_are_read_every_ten_minutes():
    refusing = terminal(offsets_refused_at=AT)
    assert next_poll(refusing, at=AT) - AT >= 5 * MINUTE
    first = next_poll(refusing, at=AT)
    assert next_poll(refusing, at=first) - first == 10 * MINUTE
    patient = terminal(offsets_refused_at=AT, poll_seconds=3600)
    assert next_poll(patient, at=first + 60 * MINUTE) - next_poll(patient, at=first) == 60 * MINUTE


def test_a_terminal_that_is_read_seldom_is_not_said_to_be_late():
    mine = terminal(last_contact_at=AT)
    assert condition_of(mine, AT + 9 * MINUTE) == Condition.LATE
    mine.offsets_refused_at = AT
    assert condition_of(mine, AT + 9 * MINUTE) == Condition.GOOD
    assert condition_of(mine, AT + 40 * MINUTE) == Condition.LATE


@pytest.mark.parametrize(
    ("begin", "end", "moment", "awake"),
    [
        (time(22), time(5), local(21, 59), None),
        (time(22), time(5), local(22), local(5) + timedelta(days=1)),
        (time(22), time(5), local(23, 30), local(5) + timedelta(days=1)),
        (time(22), time(5), local(0), local(5)),
        (time(22), time(5), local(4, 59), local(5)),
        (time(22), time(5), local(5), None),
        (time(11, 30), time(13), local(12), local(13)),
        (time(11, 30), time(13), local(13), None),
        (time(0), time(0), local(0), None),
    ],
)
def test_no_poll_is_planned_in_quiet_hours(begin, end, moment, awake):
    mine = terminal(7, quiet_from=begin, quiet_until=end)
    planned = outside_quiet_hours(mine, moment)
    if awake is None:
        assert planned == moment
    else:
        assert awake <= planned < awake + MINUTE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begin", "end", "at", "is_due"),
    [
        (time(22), time(5), local(23), False),
        (time(22), time(5), local(3), False),
        (time(22), time(5), local(22), False),
        (time(22), time(5), local(5), True),
        (time(22), time(5), local(12), True),
        (time(11, 30), time(13), local(12), False),
        (time(11, 30), time(13), local(13), True),
        (time(11, 30), time(13), local(11, 29), True),
        (time(8), time(8), local(8), True),
        (None, None, local(8), True),
    ],
)
def test_no_poll_begins_in_quiet_hours_unless_asked_for(begin, end, at, is_due):
    register(4370, quiet_from=begin, quiet_until=end)
    Terminal.objects.update(next_poll_at=at - timedelta(days=2))
    assert Terminal.objects.due(at).exists() is is_due
    Terminal.objects.update(next_poll_at=None)  # "pull now"
    assert len(leases.claim(by="a", at=at, lease=MINUTE, limit=1)) == 1

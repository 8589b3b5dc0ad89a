"""Terminals' clocks: history, drift, peaks, and setting them when nobody punches."""

from datetime import UTC, datetime, timedelta

import pytest

from attendance.models import (
    ClockPolicy,
    ClockReading,
    NoticeKind,
    Punch,
    Terminal,
    TerminalNotice,
)
from attendance.terminals import clock_setting, clocks
from attendance.terminals.clocks import Reading, Slot
from attendance.zk import codec
from backend.clock import now as real_now
from scripts.simulated_terminal.log import LogPunch

from .terminals import device, register, registered
from .test_zk_collector import again, collect

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)  # Monday 10:00 in Vietnam


def readings(*offsets, hours=6):
    return [Reading(AT + timedelta(hours=hours * n), offset) for n, offset in enumerate(offsets)]


@pytest.mark.parametrize(
    ("offsets", "per_day"),
    [
        ([0, 2, 4, 6, 8], 8.0),
        ([0, -1, -2, -3, -4], -4.0),
        ([5, 5, 5, 5], 0.0),
        ([0, 20, 40, 60, 0, 2, 4], 8.0),  # set after the fourth
        ([0, 2], None),
        ([900, 0, 1], None),  # too short since it was set
        ([], None),
    ],
)
def test_drift_is_told_since_the_clock_was_last_set(offsets, per_day):
    found = clocks.drift_per_day(readings(*offsets))
    assert found == (None if per_day is None else pytest.approx(per_day))


def test_what_we_set_ourselves_is_known_even_where_it_is_no_jump():
    gained = readings(0, 2, 4, 0, 2, 4)
    assert clocks.drift_per_day(gained, set_at=gained[3].at) == pytest.approx(8.0)
    assert clocks.drift_per_day(gained, set_at=gained[4].at) is None


@pytest.mark.parametrize(
    ("before", "after", "is_reset"),
    [
        (None, 0, False),
        (0, 30, False),
        (None, -26 * 365 * 86_400, True),  # first contact shows 2000
        (3, -26 * 365 * 86_400, True),
        (-26 * 365 * 86_400, -26 * 365 * 86_400 + 60, False),  # told already
        (0, -2 * 86_400, True),
        (-2 * 86_400, 0, False),  # put right
        (0, 5 * 86_400, False),
    ],
)
def test_a_reset_clock_is_one_that_falls_back(before, after, is_reset):
    assert clocks.was_reset(before, after, at=AT) is is_reset


def test_peaks_are_the_half_hours_in_which_people_usually_punch():
    counts = {Slot(1, 15): 40, Slot(1, 34): 38, Slot(1, 20): 2, Slot(1, 21): 4, Slot(3, 15): 2}
    assert clocks.peak_slots(counts) == {Slot(1, 15), Slot(1, 34)}
    assert clocks.slot_of(AT) == Slot(1, 20)


def test_shortly_before_a_peak_is_no_calm_time_either():
    peaks = {Slot(1, 21), Slot(1, 22)}
    assert not clocks.is_peak(peaks, AT)
    assert clocks.is_peak(peaks, AT + timedelta(minutes=26))
    assert clocks.next_calm(peaks, AT) == AT
    assert clocks.next_calm(peaks, AT + timedelta(minutes=40)) == AT + timedelta(minutes=90)
    everywhere = {Slot(day, half) for day in range(1, 8) for half in range(48)}
    assert clocks.next_calm(everywhere, AT) is None


@pytest.mark.django_db
def test_readings_are_kept_only_where_they_tell_something():
    terminal = register(4370)
    for minutes, offset in [(0, 3), (1, 4), (2, 2), (3, 5), (4, 6), (400, 6), (401, None)]:
        clocks.remember(terminal, offset, at=AT + timedelta(minutes=minutes))
    kept = clocks.history(terminal, since=AT)
    assert [(r.at - AT, r.offset_seconds) for r in kept] == [
        (timedelta(0), 3),
        (timedelta(minutes=3), 5),
        (timedelta(minutes=400), 6),
    ]


@pytest.mark.django_db
def test_each_contact_writes_the_history_and_a_reset_is_noted_once():
    simulated = device(10)
    with registered(simulated):
        collect()
        simulated.clock = lambda: datetime.fromisoformat("2000-01-01 00:03")
        for _ in range(2):
            again()
            collect()
    assert ClockReading.objects.count() == 2
    [notice] = TerminalNotice.objects.filter(kind=NoticeKind.CLOCK_RESET)
    assert notice.details["shown"].startswith("2000-01-01")
    assert notice.details["before"] is not None


def slow(simulated, seconds):
    """Its clock runs that much behind the real one."""
    simulated.clock = lambda: (
        (real_now() + timedelta(hours=7)).replace(tzinfo=None) - timedelta(seconds=seconds)
    )
    return simulated


@pytest.mark.django_db
def test_the_clock_is_set_and_what_it_was_is_kept(person):
    simulated = slow(device(10), 95)
    with registered(simulated) as terminal:
        collect()
        done = clock_setting.set_clock(terminal, by=person("hr"), now=real_now)
        terminal.refresh_from_db()
        assert done.before == pytest.approx(-95, abs=2)
        assert abs(done.after) <= 2, "set to the second, give or take a slow start"
        assert terminal.clock_offset_seconds == done.after
        assert terminal.lease_until is None
        again()
        collect()
    [notice] = TerminalNotice.objects.filter(kind=NoticeKind.CLOCK_SET)
    assert (notice.details["before"], notice.details["by"]) == (done.before, "hr")
    assert Terminal.objects.get().clock_offset_seconds == pytest.approx(0, abs=2)


def busy_now(simulated):
    """People punch there at this hour of the week."""
    begin = (real_now() + timedelta(hours=7)).replace(tzinfo=None)
    for weeks in (1, 2):
        for number in range(3):
            for half in (0, 30):  # whatever part of the half-hour it is
                time = begin - timedelta(weeks=weeks, seconds=number) + timedelta(minutes=half / 6)
                simulated.log.add(LogPunch("101", time))


@pytest.mark.django_db
def test_no_clock_is_set_in_a_peak_unless_the_person_insists(person):
    simulated = slow(device(0), 95)
    busy_now(simulated)
    with registered(simulated) as terminal:
        collect()
        assert Punch.objects.count() == 12
        with pytest.raises(clock_setting.InPeak):
            clock_setting.set_clock(terminal, by=person("hr"), now=real_now)
        assert codec.CMD_SET_TIME not in simulated.commands
        clock_setting.set_clock(terminal, by=None, now=real_now, anyway=True)
    [notice] = TerminalNotice.objects.filter(kind=NoticeKind.CLOCK_SET)
    assert notice.details["in_peak"] is True


@pytest.mark.django_db
def test_without_a_policy_no_clock_is_set_by_itself():
    simulated = slow(device(3), 95)
    with registered(simulated) as terminal:
        collect()
        assert codec.CMD_SET_TIME not in simulated.commands
        ClockPolicy.objects.create(terminal=terminal, above_seconds=120)
        collect()  # a collector's idle round
        assert codec.CMD_SET_TIME not in simulated.commands
        ClockPolicy.objects.update(above_seconds=60)
        collect()
        assert simulated.commands[codec.CMD_SET_TIME] == 1
        assert not clock_setting.set_one_due(now=real_now)
    [notice] = TerminalNotice.objects.filter(kind=NoticeKind.CLOCK_SET)
    assert notice.details["by"] == ""


@pytest.mark.django_db
def test_a_clock_that_cannot_be_set_is_left_for_an_hour():
    simulated = slow(device(3), 95)
    with registered(simulated) as terminal:
        collect()
        ClockPolicy.objects.create(terminal=terminal, above_seconds=60)
        Terminal.objects.update(port=1)
        assert not clock_setting.set_one_due(now=real_now)
    pause = ClockPolicy.objects.get().not_before
    assert pause is not None
    assert pause > real_now() + timedelta(minutes=50)
    assert Terminal.objects.get().lease_until is None

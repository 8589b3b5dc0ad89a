"""Rosters from patterns, from the week before and by hand; and what the law says of them."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from attendance.engine.facts import DayType
from attendance.models import (
    CalendarDay,
    DirtyDay,
    PatternAssignment,
    RosterEntry,
    Shift,
    ShiftPattern,
)
from attendance.people.employment import NotEmployedThen
from attendance.roster.patterns import (
    Conflict,
    CycleMisread,
    Planned,
    Rule,
    UnknownShift,
    conflicts,
    parse_cycle,
    unrolled,
)
from attendance.roster.rostering import (
    CellSwapped,
    Rolled,
    SpanTooLong,
    copy_week,
    move_shifts,
    roll_out,
    rosters_of,
    set_shifts,
)
from attendance.roster.swapping import approve_swap
from backend.clock import VN
from tests import make

MONDAY, SUNDAY = date(2026, 11, 2), date(2026, 11, 8)
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)


# --- the cycle, pure ----------------------------------------------------------------------------


def test_a_cycle_is_written_one_word_a_day():
    assert parse_cycle("S S  -\nS+T") == (("S",), ("S",), (), ("S", "T"))


@pytest.mark.parametrize("text", ["", "   ", "S+S", "S+", "S " * 101])
def test_a_cycle_that_says_nothing_clear_is_refused(text):
    with pytest.raises(CycleMisread):
        parse_cycle(text)


def days(text, *, kinds, mode="continuous", offset=0, anchor=MONDAY):
    """What a cycle makes of the days from MONDAY on, one letter of kind each: w, r, h."""
    named: dict[str, DayType] = {"w": "work", "r": "rest", "h": "holiday"}
    dates = {MONDAY + timedelta(days=n): named[kind] for n, kind in enumerate(kinds)}
    found = unrolled(parse_cycle(text), anchor=anchor, offset=offset, days=mode, kinds=dates)
    return " ".join("+".join(codes) or "-" for _day, codes in found)


def test_a_continuous_cycle_knows_no_holiday_and_goes_on_before_its_anchor():
    assert days("S C -", kinds="wwhrrww") == "S C - S C - S"
    assert days("S C -", kinds="www", anchor=date(2026, 11, 4)) == "C - S"


def test_crews_share_a_cycle_shifted_by_days():
    assert [days("S C Đ -", kinds="wwww", offset=n) for n in range(4)] == [
        "S C Đ -",
        "C Đ - S",
        "Đ - S C",
        "- S C Đ",
    ]


def test_s3_nobody_is_rostered_on_a_holiday_unless_ordered():
    assert days("S C -", kinds="hwwhww", mode="holidays_off") == "- C - - C -"


def test_office_people_follow_the_calendar_also_on_a_make_up_saturday():
    week = "HC HC HC HC HC - -"
    assert days(week, kinds="wwwhrwr", mode="office") == "HC HC HC - - HC -"


@given(
    words=st.lists(st.sampled_from(["S", "C", "-", "S+C"]), min_size=1, max_size=20),
    offset=st.integers(0, 40),
)
def test_a_continuous_cycle_repeats_itself(words, offset):
    made = days(" ".join(words), kinds="w" * (2 * len(words)), offset=offset).split()
    assert made[: len(words)] == made[len(words) :]
    assert sorted(made[: len(words)]) == sorted(words)


# --- conflicts, pure ----------------------------------------------------------------------------


def shift(day, start, end):
    return Planned.on(MONDAY + timedelta(days=day), start, time(start), time(end))


def found(*shifts):
    return [((item.work_date - MONDAY).days, item.rule) for item in conflicts(shifts)]


def test_two_shifts_at_once_are_a_conflict_and_a_split_shift_is_none():
    assert found(shift(0, 7, 12), shift(0, 11, 15)) == [(0, Rule.OVERLAP)]
    assert found(shift(0, 7, 11), shift(0, 13, 17)) == []
    assert found(shift(0, 22, 6), shift(1, 5, 9)) == [(1, Rule.OVERLAP)]


def test_art_110_twelve_hours_before_the_next_shift():
    assert found(shift(0, 14, 22), shift(1, 9, 17)) == [(1, Rule.SHORT_REST)]
    assert found(shift(0, 14, 22), shift(1, 10, 18)) == []  # twelve hours exactly


def test_art_111_the_seventh_day_without_a_day_of_rest():
    assert found(*(shift(day, 8, 17) for day in range(8))) == [
        (6, Rule.NO_WEEKLY_REST),
        (7, Rule.NO_WEEKLY_REST),
    ]
    assert found(*(shift(day, 8, 17) for day in range(14) if day % 7 != 6)) == []
    # Six nights, then from Sunday 06:00 to Monday 06:00: twenty-four hours exactly.
    nights = [shift(day, 22, 6) for day in range(6)]
    assert found(*nights, shift(7, 6, 14)) == []
    assert found(*nights, shift(7, 5, 14)) == [(7, Rule.NO_WEEKLY_REST)]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 23), st.integers(1, 12)), max_size=12))
def test_the_order_of_a_roster_changes_no_conflict(raw):
    shifts = [shift(day, start, (start + length) % 24) for day, start, length in raw]
    assert conflicts(shifts) == conflicts([*reversed(shifts), *shifts])


# --- what is stored -----------------------------------------------------------------------------


@pytest.fixture
def shifts(db):
    return {
        code: Shift.objects.create(code=code, name=code, start=start, end=end)
        for code, start, end in [
            ("S", "06:00", "14:00"),
            ("C", "14:00", "22:00"),
            ("Đ", "22:00", "06:00"),
        ]
    }


@pytest.fixture
def an(shifts):
    return make.employee("7")


def pattern(cycle, mode="continuous", code="3K"):
    return ShiftPattern.objects.create(code=code, name=code, cycle=cycle, anchor=MONDAY, days=mode)


def assign(made, first=MONDAY, last=None, **whose):
    return PatternAssignment.objects.create(pattern=made, first=first, last=last, **whose)


def stored(person, first=MONDAY, last=SUNDAY):
    entries = RosterEntry.objects.between(first, last).filter(employee=person)
    by_day = dict(entries.values_list("work_date", "shift__code"))
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return " ".join(by_day.get(day, "-") for day in span)


def test_a_pattern_is_rolled_out_and_its_days_are_computed_anew(an):
    assign(pattern("S S C C Đ Đ -"), employee=an)
    assert roll_out(employees=[an.pk], first=MONDAY, last=SUNDAY) == Rolled(6, 0)
    assert stored(an) == "S S C C Đ Đ -"
    marked = set(DirtyDay.objects.filter(employee=an).values_list("work_date", flat=True))
    assert marked == {MONDAY + timedelta(days=n) for n in range(-1, 7)}
    DirtyDay.objects.all().delete()
    assert roll_out(employees=[an.pk], first=MONDAY, last=SUNDAY, replace=True) == Rolled(0, 0)
    assert not DirtyDay.objects.exists()


def test_what_hr_entered_stays_unless_replacing_is_asked_for(an):
    assign(pattern("S"), employee=an)
    set_shifts(employee=an, day=MONDAY, codes=["Đ"])
    roll_out(employees=[an.pk], first=MONDAY, last=SUNDAY)
    assert stored(an) == "Đ S S S S S S"
    assert roll_out(employees=[an.pk], first=MONDAY, last=SUNDAY, replace=True) == Rolled(1, 1)
    assert stored(an) == "S S S S S S S"


def test_ones_own_pattern_comes_before_the_departments(an):
    binh = make.employee("8", "Trần Bình", join_date=date(2026, 11, 4))
    assign(pattern("S"), department=an.department)
    own = assign(pattern("C", code="RIÊNG"), employee=an, last=date(2026, 11, 3))
    roll_out(employees=[an.pk, binh.pk], first=MONDAY, last=SUNDAY)
    assert stored(an) == "C C S S S S S"
    assert stored(binh) == "- - S S S S S"  # not before the first day of work
    with pytest.raises(IntegrityError), transaction.atomic():
        assign(own.pattern, employee=an, first=date(2026, 11, 3))


def test_the_calendar_decides_for_office_people(an):
    CalendarDay.objects.create(date=date(2026, 11, 3), kind="holiday", name="Thử")
    CalendarDay.objects.create(date=date(2026, 11, 7), kind="makeup_work", name="Làm bù")
    assign(pattern("S S S S S - -", mode="office"), employee=an)
    roll_out(employees=[an.pk], first=MONDAY, last=SUNDAY)
    assert stored(an) == "S - S S S S -"


def test_a_roll_out_that_cannot_be_right_changes_nothing(an):
    assign(pattern("S X"), employee=an)
    with pytest.raises(UnknownShift):
        roll_out(employees=[an.pk], first=MONDAY, last=SUNDAY)
    for first, last in [(SUNDAY, MONDAY), (MONDAY, date(2027, 12, 1))]:
        with pytest.raises(SpanTooLong):
            roll_out(employees=[an.pk], first=first, last=last)
    assert not RosterEntry.objects.exists()


def test_many_people_are_rolled_out_in_as_many_queries_as_one(an, django_assert_max_num_queries):
    people = [an, *(make.employee(str(number)) for number in range(100, 140))]
    assign(pattern("S S C C Đ Đ -"), department=an.department)
    with django_assert_max_num_queries(12):
        roll_out(employees=[p.pk for p in people], first=MONDAY, last=date(2026, 12, 31))
    assert RosterEntry.objects.count() == 41 * 52


def test_a_week_is_copied_but_for_holidays_and_who_has_left(an):
    gone = make.employee("8", leave_date=date(2026, 11, 10))
    for person in (an, gone):
        for day in (2, 3, 4):
            set_shifts(employee=person, day=date(2026, 11, day), codes=["S"])
    CalendarDay.objects.create(date=date(2026, 11, 9), kind="holiday", name="Thử")
    set_shifts(employee=an, day=date(2026, 11, 11), codes=["Đ"])
    monday = date(2026, 11, 9)
    assert copy_week(employees=[an.pk, gone.pk], monday=monday) == Rolled(2, 0)
    assert stored(an, monday, date(2026, 11, 11)) == "- S Đ"
    assert stored(gone, monday, date(2026, 11, 11)) == "- S -"


def test_a_cell_is_set_emptied_and_moved(an):
    binh = make.employee("8", leave_date=SUNDAY)
    set_shifts(employee=an, day=MONDAY, codes=["S", "C"])
    assert rosters_of([an.pk], first=MONDAY, last=MONDAY)[an.pk].codes == {MONDAY: ("S", "C")}
    move_shifts(source=an, source_day=MONDAY, employee=binh, day=SUNDAY)
    assert stored(an) == "- - - - - - -"
    assert rosters_of([binh.pk], first=SUNDAY, last=SUNDAY)[binh.pk].codes == {SUNDAY: ("S", "C")}
    with pytest.raises(NotEmployedThen):
        move_shifts(source=binh, source_day=SUNDAY, employee=binh, day=date(2026, 11, 9))
    set_shifts(employee=binh, day=SUNDAY, codes=[])
    assert not RosterEntry.objects.exists()
    with pytest.raises(UnknownShift):
        set_shifts(employee=an, day=MONDAY, codes=["X"])


def test_the_roster_is_shown_after_swaps_and_a_swapped_cell_is_kept(an, person):
    binh = make.employee("8")
    set_shifts(employee=an, day=MONDAY, codes=["S"])
    set_shifts(employee=binh, day=MONDAY, codes=["Đ"])
    set_shifts(employee=an, day=date(2026, 11, 3), codes=["S"])
    swap = {"date": MONDAY, "a": an, "b": binh, "reason": "Việc gia đình", "at": AT}
    approve_swap(**swap, by=person("hr"))
    mine = rosters_of([an.pk], first=MONDAY, last=SUNDAY)[an.pk]
    assert mine.codes[MONDAY] == ("Đ",)
    assert mine.swapped == {MONDAY}
    assert mine.conflicts == (Conflict(date(2026, 11, 3), Rule.SHORT_REST),)
    with pytest.raises(CellSwapped):
        set_shifts(employee=an, day=MONDAY, codes=[])

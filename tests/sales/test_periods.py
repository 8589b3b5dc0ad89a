"""Whole periods, less or plus some days, are the draws asked for: no more and no fewer."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sales.engine.periods import DAY, MONTH, YEAR, Parts, edges_of, edges_with, parts_of

FIRST = date(2024, 11, 1)
CALENDAR = [FIRST + timedelta(days=n) for n in range(500)]
days = st.sets(st.sampled_from(CALENDAR))
spans = st.tuples(st.sampled_from(CALENDAR), st.sampled_from(CALENDAR)).map(sorted)


def told(parts: Parts, calendar: list[date]) -> Counter[date]:
    """How often each draw is counted when the periods are added and taken off."""
    counted: Counter[date] = Counter()
    for sign, periods in ((1, parts.added), (-1, parts.taken)):
        for grain, starts in periods.items():
            for day in calendar:
                start = {DAY: day, MONTH: day.replace(day=1), YEAR: day.replace(month=1, day=1)}
                counted[day] += sign * starts.count(start[grain])
    return Counter({day: count for day, count in counted.items() if count})


@given(span=spans, missing=days, grains=st.sampled_from([(YEAR, MONTH), (MONTH,), (YEAR,), ()]))
def test_the_parts_add_up_to_the_draws(
    span: list[date], missing: set[date], grains: tuple[str, ...]
):
    first, last = span
    wanted = [day for day in CALENDAR if first <= day <= last and day not in missing]
    others = [day for day in CALENDAR if day not in set(wanted)]
    parts = parts_of(wanted, others, grains=grains)
    assert told(parts, CALENDAR) == Counter(wanted)
    assert len(parts) <= len(wanted)


def test_a_year_but_for_some_days_is_the_year_less_those_days():
    year = [date(2025, 1, 1) + timedelta(days=n) for n in range(365)]
    parts = parts_of(year[2:], year[:2])
    assert (parts.added, parts.taken) == ({YEAR: [year[0]]}, {DAY: year[:2]})
    since_march = parts_of(year[59:], year[:59])
    assert since_march.added == {YEAR: [year[0]]}
    assert since_march.taken == {MONTH: [date(2025, 1, 1), date(2025, 2, 1)]}


@given(wanted=days, missing=days)
def test_edges_of_months_and_single_days_add_up_to_the_days(wanted: set[date], missing: set[date]):
    draws: dict[date, list[date]] = {}
    for day in CALENDAR:
        if day not in missing:
            draws.setdefault(day.replace(day=1), []).append(day)
    wanted -= missing
    edges, left = edges_of(wanted, draws)
    counted = Counter(left)
    for name, months in edges.items():
        for month in months:
            counted += Counter(day for day in draws[month] if name in edges_with(day))
    assert counted == Counter(wanted)


def test_what_a_month_lacks_of_the_month_compared_with_it_is_an_edge():
    """November 2026 a week before is 25/10 to 23/11; 364 days before, 02/11 to 01/12 of 2025."""
    november = [date(2026, 11, 1) + timedelta(days=n) for n in range(30)]
    draws = {november[0]: november, date(2025, 12, 1): [date(2025, 12, 1)]}
    assert edges_of(november[-7:], draws) == ({"last_week": [november[0]]}, [])
    assert edges_of(november[-8:], draws) == ({"last_week": [november[0]]}, [november[22]])
    assert edges_of(november[:2], draws) == ({"first_two_days": [november[0]]}, [])
    assert edges_of([date(2025, 12, 1)], draws) == ({"first_two_days": [date(2025, 12, 1)]}, [])
    assert edges_of(november[1:2], draws) == ({}, [november[1]])
    assert edges_of(november[1:2], draws | {november[0]: november[1:]}) == (
        {"first_two_days": [november[0]]},
        [],
    )


def test_the_last_week_of_february_begins_as_the_year_is_long():
    assert "last_week" in edges_with(date(2024, 2, 23))
    assert "last_week" not in edges_with(date(2024, 2, 22))
    assert "last_week" in edges_with(date(2025, 2, 22))

"""Whole periods, less or plus some days, are the draws asked for: no more and no fewer."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sales.engine.periods import DAY, MONTH, YEAR, Parts, parts_of

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

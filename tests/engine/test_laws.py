"""Laws of the engine over random rosters and punches (specification §12)."""

import random
from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.engine.compute import compute
from attendance.engine.wire import evaluate, read
from tests.engine.working_day import NIGHT, OFFICE, company

SHIFTS = {
    "HC": OFFICE,
    "D": NIGHT,
    "S": {"start": "06:00", "end": "10:00"},
    "C": {"start": "14:00", "end": "18:00"},
}
START = datetime(2026, 11, 2)  # noqa: DTZ001 -- local wall clock, as terminals have it

minutes = st.integers(min_value=0, max_value=7 * 1440)
moments = minutes.map(lambda m: (START + timedelta(minutes=m)).isoformat(timespec="minutes"))
rosters = st.lists(
    st.tuples(st.integers(min_value=2, max_value=8), st.sampled_from(sorted(SHIFTS))),
    max_size=8,
    unique=True,
)
ways = st.sampled_from(["in", "out", None])
requests = st.lists(
    st.tuples(minutes, st.integers(min_value=10, max_value=400)), max_size=3, unique=True
)


@st.composite
def companies(draw):
    facts = company(
        shifts=SHIFTS,
        roster=[
            {"employee": "an", "date": f"2026-11-{day:02d}", "shift": code}
            for day, code in draw(rosters)
        ],
        punches=[
            {"at": at, "terminal": "m1", "employee": "an", "way": way}
            for at, way in draw(st.lists(st.tuples(moments, ways), max_size=20))
        ],
        overtime_approved=[
            {
                "employee": "an",
                "from": (START + timedelta(minutes=start)).isoformat(),
                "to": (START + timedelta(minutes=start + length)).isoformat(),
            }
            for start, length in draw(requests)
        ],
        settings={
            "pairing": draw(st.sampled_from(["first_last", "pairs", "directed"])),
            "each_shift": draw(st.sampled_from(["near", "day", "never"])),
            "late_grace": draw(st.sampled_from([0, 15])),
            "ot_requires_approval": draw(st.booleans()),
        },
    )
    facts["calendar"][f"2026-11-{draw(st.integers(min_value=2, max_value=8)):02d}"] = "holiday"
    return facts


@settings(max_examples=150, deadline=None)
@given(companies(), st.randoms(use_true_random=False))
def test_order_and_repeats_change_nothing(facts, shuffle: random.Random):
    expected = evaluate(facts)
    for key in ("punches", "roster", "overtime_approved"):
        mixed = [*facts[key], *facts[key]]
        shuffle.shuffle(mixed)
        facts[key] = mixed
    assert evaluate(facts) == expected


@settings(max_examples=150, deadline=None)
@given(companies())
def test_no_row_pays_more_than_the_person_was_there(facts):
    stamps = sorted(punch["at"] for punch in facts["punches"])
    span = 0
    if stamps:
        first, last = datetime.fromisoformat(stamps[0]), datetime.fromisoformat(stamps[-1])
        span = int((last - first).total_seconds()) // 60
    rows = evaluate(facts)["rows"]
    assert sum(r["worked"] for r in rows) <= span
    for r in rows:
        assert 0 <= r["worked"] == r["regular"] + sum(r["ot"].values())
        assert r["night"] <= r["worked"] <= 24 * 60 * 2
        assert r["weighted"] >= r["worked"]


@settings(max_examples=150, deadline=None)
@given(companies())
def test_an_absent_or_resting_person_is_paid_nothing(facts):
    for r in evaluate(facts)["rows"]:
        if r["status"] in ("absent", "rest", "holiday", "no_shift", "leave", "not_employed"):
            assert r["worked"] == 0


@settings(max_examples=150, deadline=None)
@given(companies())
def test_the_explanation_adds_up_to_the_row(facts):
    for r in compute(read(facts)).rows:
        told: Counter[str] = Counter()
        for step in r.steps:
            told[step["rule"]] += step.get("minutes", 0)
        assert told["regular"] == r.regular
        assert told["late"] == r.late
        assert told["early"] == r.early
        overtime = told["overtime"] + told["overtime_unasked"] + told["holiday_work"]
        assert overtime == r.total_overtime
        assert r.leave == told["leave"]

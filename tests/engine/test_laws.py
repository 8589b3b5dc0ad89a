"""Laws of the engine over random rosters and punches (specification §12)."""

import random
from collections import Counter
from datetime import datetime, timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from attendance.engine.compute import compute
from attendance.engine.counting import night_after_day
from attendance.engine.facts import minute_of
from attendance.engine.reading import read
from attendance.engine.wire import evaluate
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
        pieces = Counter[str]()
        for start, end, name in overtime_pieces(r):
            pieces[name] += end - start
        assert pieces == {name: minutes for name, minutes in r.overtime.items() if minutes}


def overtime_pieces(row):
    """Start, end (minutes) and class of the overtime that a row's explanation tells."""
    return [
        (
            minute_of(datetime.fromisoformat(piece["from"])),
            minute_of(datetime.fromisoformat(piece["to"])),
            piece["class"],
        )
        for step in row.steps
        for piece in step.get("pieces", ())
    ]


@st.composite
def long_evenings(draw):
    """An in the office from Monday to Friday, with overtime into the evenings and nights."""
    evenings = st.tuples(
        st.integers(0, 4), st.integers(17 * 60, 23 * 60), st.integers(30, 500), st.integers(0, 500)
    )
    worked = draw(st.lists(evenings, max_size=5))
    days = [START + timedelta(days=day) for day in range(5)]
    facts = company(
        shifts=SHIFTS,
        roster=[{"employee": "an", "date": f"{day:%Y-%m-%d}", "shift": "HC"} for day in days],
        overtime_approved=[
            {
                "employee": "an",
                "from": (days[day] + timedelta(minutes=start)).isoformat(),
                "to": (days[day] + timedelta(minutes=start + length)).isoformat(),
            }
            for day, start, length, _ in worked
        ],
        punches=[
            {"at": f"{day:%Y-%m-%d}T07:25", "terminal": "m1", "employee": "an"} for day in days
        ]
        + [
            {
                "at": (days[day] + timedelta(minutes=start + stayed)).isoformat(),
                "terminal": "m1",
                "employee": "an",
            }
            for day, start, _, stayed in worked
        ],
        settings={"ot_block": draw(st.sampled_from([1, 30]))},
    )
    for day in draw(st.lists(st.integers(2, 6), max_size=2)):
        facts["calendar"][f"2026-11-{day:02d}"] = draw(st.sampled_from(["holiday", "rest"]))
    return facts


@settings(max_examples=150, deadline=None)
@given(st.one_of(companies(), long_evenings()))
def test_the_numbers_of_a_row_tell_its_night_overtime_after_day_overtime(facts):
    """§10: 210 % for weekday night minutes with daytime weekday overtime earlier in the row."""
    for r in compute(read(facts)).rows:
        minutes_of = {
            name: [
                m for start, end, of in overtime_pieces(r) if of == name for m in range(start, end)
            ]
            for name in ("weekday_day", "weekday_night")
        }
        earlier = min(minutes_of["weekday_day"], default=None)
        after = [m for m in minutes_of["weekday_night"] if earlier is not None and m > earlier]
        event("210 %" if after else "no 210 %")
        told = night_after_day(
            regular=r.regular,
            night=r.night,
            overtime=r.overtime,
            weighted_hundredths=r.weighted_hundredths,
        )
        assert told == len(after)

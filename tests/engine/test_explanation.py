"""The steps beside a row tell every minute, every exception and every punch of it."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from attendance.engine.wire import evaluate
from tests.engine.companies import told_wholly
from tests.engine.working_day import MONDAY, OFFICE, company, punches

QUESTIONS = {
    "missing_in", "missing_out", "odd_punches", "unapproved_work", "no_shift", "punch_on_leave",
    "absent_part", "ot_not_worked", "unapproved_extra", "other_site", "clock_drift", "ot_cap_day",
}  # fmt: skip
CLASSES = ("weekday", "restday", "holiday")

seeds = st.integers(min_value=0, max_value=2**32)


def explained(seed):
    facts = told_wholly(Random(seed))
    return facts, evaluate(facts, explain=True)


def numbers_told(steps):
    """What the steps add up to, in the fields of a row."""
    told = Counter[str]()
    for step in steps:
        rule, minutes = step["rule"], step.get("minutes", 0)
        if rule == "trip":
            told["credited"] += minutes
        if rule == "care_paid":
            told["care_worked"] += minutes
        if rule in ("regular", "late", "early", "leave", "care"):
            told[rule] += minutes
        told["night"] += step.get("night", 0)
        for piece in step.get("pieces", ()):
            start, end = (datetime.fromisoformat(piece[name]) for name in ("from", "to"))
            told[piece["class"]] += (end - start) // timedelta(minutes=1)
    for name in CLASSES:
        told["night"] += told[f"{name}_night"]
    return told


@settings(max_examples=200, deadline=None)
@given(seeds)
def test_every_minute_of_a_row_is_told(seed):
    for row in evaluate(told_wholly(Random(seed)), explain=True)["rows"]:
        told = numbers_told(row["steps"])
        for name in ("regular", "late", "early", "leave", "credited", "night"):
            assert told[name] == row[name], name
        assert (told["care"], told["care_worked"]) == (
            row.get("care", 0),
            row.get("care_worked", 0),
        )
        assert {name: told[name] for name in row["ot"]} == row["ot"]


@settings(max_examples=200, deadline=None)
@given(seeds)
def test_every_exception_of_a_row_is_told_and_no_other(seed):
    for row in evaluate(told_wholly(Random(seed)), explain=True)["rows"]:
        told = {step["rule"] for step in row["steps"]} & QUESTIONS
        for step in row["steps"]:
            for span in ("month", "year") if step["rule"] == "caps" else ():
                if step[span] > step[f"{span}_cap"]:
                    told.add(f"ot_cap_{span}")
        assert told == set(row["exceptions"])


@settings(max_examples=200, deadline=None)
@given(seeds)
def test_no_row_pays_more_than_was_rostered_and_asked(seed):
    """§12, a row over 24 hours: a missing punch makes none; only so much rostered and asked could."""
    for row in evaluate(told_wholly(Random(seed)), explain=True)["rows"]:
        planned = 0
        for step in row["steps"]:
            if step["rule"] in ("shift", "overtime", "overtime_unasked"):
                start, end = (datetime.fromisoformat(step[name]) for name in ("from", "to"))
                planned += (end - start) // timedelta(minutes=1)
        assert row["worked"] <= planned


@settings(max_examples=200, deadline=None)
@given(seeds)
@example(1657)  # in and out within one minute, between a departure and an arrival alone
def test_no_punch_is_lost(seed):
    """§12: each is used, repeated, in the middle, or listed in an exception; a step says which."""
    facts, answer = explained(seed)
    listed = {datetime.fromisoformat(item["at"]) for item in answer["punch_exceptions"]}
    told = set()
    for row in answer["rows"]:
        for step in row["steps"]:
            told |= {step.get("at"), *(punch["at"] for punch in step.get("punches", ()))}
            if step["rule"] == "pair":
                told |= {step["from"], step["to"]}
    for punch in facts["punches"]:
        offset = facts["terminals"][punch["terminal"]]["offset_seconds"]
        given_at = datetime.fromisoformat(punch["at"])
        corrected = given_at - timedelta(seconds=offset)
        minute = corrected.isoformat(timespec="minutes")
        listed_near = {
            given_at,
            *(at for at in listed if abs(at - given_at) < timedelta(minutes=1)),
        }
        assert minute in told or listed_near & listed


def steps_of(facts, *rules):
    rows = evaluate(facts, explain=True)["rows"]
    steps = next(row["steps"] for row in rows if row["date"] == MONDAY)
    return [step for step in steps if step["rule"] in rules]


def stamp(*times):
    return [{"at": f"{MONDAY}T{time}", "terminal": "m1"} for time in times]


def test_punches_in_the_middle_are_told_as_ignored():
    facts = company(punches=punches("07:30", "11:31", "12:58", "17:00"))
    assert steps_of(facts, "between") == [{"rule": "between", "punches": stamp("11:31", "12:58")}]


def test_a_second_tap_of_one_event_is_told_and_why_the_event_is_an_arrival():
    assert steps_of(company(punches=punches("07:31", "07:59")), "one_event", "missing_out") == [
        {"rule": "one_event", "punches": stamp("07:59"), "minutes": 30},
        {
            "rule": "missing_out",
            **stamp("07:31")[0],
            "from": f"{MONDAY}T07:30",
            "to": f"{MONDAY}T17:00",
        },
    ]


def test_pairs_and_their_repeated_taps_are_told():
    facts = company(
        settings={"pairing": "pairs"}, punches=punches("07:30", "07:31", "11:30", "12:59", "13:01")
    )
    assert steps_of(facts, "pair", "repeated", "odd_punches") == [
        {
            "rule": "pair",
            "from": f"{MONDAY}T07:30",
            "to": f"{MONDAY}T11:30",
            "minutes": 240,
        },
        {"rule": "repeated", "punches": stamp("07:31", "13:01")},
        {"rule": "odd_punches", **stamp("12:59")[0]},
    ]


def test_a_window_cut_by_its_neighbour_is_told():
    facts = company(
        shifts={"S": {"start": "06:00", "end": "10:00"}, "C": {"start": "14:00", "end": "18:00"}},
        roster=[{"employee": "an", "date": MONDAY, "shift": code} for code in "SC"],
        punches=punches("06:00", "10:00", "14:00", "18:00"),
    )
    assert steps_of(facts, "window") == [
        {"rule": "window", "from": f"{MONDAY}T02:00", "to": f"{MONDAY}T11:59"},
        {"rule": "window", "from": f"{MONDAY}T12:00", "to": "2026-11-03T02:00"},
    ]
    assert steps_of(company(punches=punches("07:30", "17:00")), "window") == []


@pytest.mark.parametrize(
    ("until", "settings", "rule", "present", "minutes"),
    [
        ("17:29", {}, "ot_not_worked", 29, 0),
        ("17:44", {"ot_block": 30}, "ot_rounded", 44, 30),
        ("17:20", {"ot_requires_approval": False}, "ot_rounded", 20, 0),
    ],
)
def test_overtime_that_does_not_count_wholly_is_told(until, settings, rule, present, minutes):
    facts = company(punches=punches("07:30", until), settings=settings)
    if "ot_requires_approval" not in settings:
        request = {"employee": "an", "from": f"{MONDAY}T17:00", "to": f"{MONDAY}T19:00"}
        facts["overtime_approved"] = [request]
    (step,) = steps_of(facts, rule)
    assert (step["present"], step["minutes"], step["least"]) == (present, minutes, 30)


def test_the_overtime_left_this_month_and_year_is_told_with_what_the_row_adds():
    facts = company(
        punches=punches("07:30", "19:00"),
        overtime_approved=[{"employee": "an", "from": f"{MONDAY}T17:00", "to": f"{MONDAY}T19:00"}],
        overtime_before={"month": 1000, "year": 5000},
    )
    assert steps_of(facts, "caps") == [
        {"rule": "caps", "month": 1120, "month_cap": 2400, "year": 5120, "year_cap": 12000}
    ]


def test_a_punch_during_a_trip_is_told_and_asks_nothing():
    trip = {"employee": "an", "date": MONDAY, "part": "full", "code": "CT"}
    facts = company(trips=[trip], punches=punches("09:00"))
    assert steps_of(facts, "punch_on_trip") == [{"rule": "punch_on_trip", **stamp("09:00")[0]}]


def test_a_punch_far_from_every_shift_is_told_on_its_date():
    facts = company(punches=punches("02:00"))
    assert steps_of(facts, "unassigned_punch") == [
        {"rule": "unassigned_punch", **stamp("02:00")[0]}
    ]


def test_a_far_terminal_and_a_wrong_clock_are_told_with_what_they_differ_by():
    facts = company(
        terminals={"m1": {"site": "mc", "offset_seconds": -180}}, punches=punches("07:27", "16:57")
    )
    told = steps_of(facts, "other_site", "clock_drift")
    assert [(s["rule"], s["at"][11:]) for s in told] == [
        ("clock_drift", "07:30"), ("other_site", "07:30"),
        ("clock_drift", "17:00"), ("other_site", "17:00"),
    ]  # fmt: skip
    assert (told[0]["seconds"], told[1]["site"], told[1]["own"]) == (-180, "mc", "hl")


def test_an_absent_part_is_told_by_its_shift():
    facts = company(
        shifts={"HC": OFFICE, "T": {"start": "19:00", "end": "21:00"}},
        roster=[{"employee": "an", "date": MONDAY, "shift": code} for code in ("HC", "T")],
        punches=punches("07:30", "17:00"),
    )
    (step,) = steps_of(facts, "absent_part")
    assert (step["code"], step["minutes"]) == ("T", 120)

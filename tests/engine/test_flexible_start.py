"""Flexible start: beyond the specification, and nothing where no shift has it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.engine.compute import compute
from attendance.engine.reading import UnreadableFacts, read
from attendance.engine.wire import evaluate
from tests.engine.test_laws import companies
from tests.engine.working_day import MONDAY, NIGHT, OFFICE, company, punches, row, shown

FLEX = {**OFFICE, "flex": 30}


def day(*times, shift=FLEX, **parts):
    facts = {"shifts": {"HC": shift, "D": NIGHT}, "punches": punches(*times)} | parts
    return row(company(**facts))


def minutes(result):
    return tuple(shown(result, "worked", "late", "early").values())


def steps(*times, **parts):
    facts = company(shifts={"HC": FLEX}, punches=punches(*times), **parts)
    [found] = [r for r in compute(read(facts)).rows if r.date.isoformat() == MONDAY]
    return [step for step in found.steps if step["rule"] == "flex"]


@pytest.mark.parametrize(
    ("times", "worked", "late", "early"),
    [
        (("07:30", "17:00"), 480, 0, 0),
        (("07:10", "17:00"), 480, 0, 0),
        (("07:10", "16:40"), 460, 0, 20),  # coming early moves nothing
        (("07:48", "17:18"), 480, 0, 0),
        (("07:48", "17:00"), 462, 0, 18),
        (("08:00", "17:30"), 480, 0, 0),
        (("08:15", "17:30"), 465, 15, 0),  # late counts from 08:00
        (("08:15", "17:45"), 465, 15, 0),
        (("13:30", "17:30"), 240, 240, 0),  # breaks stay by the clock
    ],
)
def test_whoever_comes_later_stays_longer(times, worked, late, early):
    assert minutes(day(*times)) == (worked, late, early)


def test_the_explanation_says_from_when_to_when():
    [step] = steps("07:48", "17:18")
    assert step == {
        "rule": "flex",
        "code": "HC",
        "from": f"{MONDAY}T07:48",
        "to": f"{MONDAY}T17:18",
        "minutes": 18,
    }
    assert steps("07:30", "17:00") == []


def leave(part):
    return {"leaves": [{"employee": "an", "date": MONDAY, "code": "P", **part}]}


def test_after_a_free_morning_the_afternoon_is_flexible():
    result = day("13:10", "17:10", **leave({"part": "am"}))
    assert (*minutes(result), result["leave"]) == (240, 0, 0, 240)


def test_before_a_free_afternoon_nothing_moves_into_the_lunch_break():
    result = day("07:48", "11:48", **leave({"part": "pm"}))
    assert (*minutes(result), result["leave"]) == (222, 18, 0, 240)


def test_leave_for_the_last_hours_keeps_its_length():
    result = day("07:48", "15:18", **leave({"from": "15:00", "to": "17:00"}))
    assert (*minutes(result), result["leave"]) == (360, 0, 0, 120)


def test_a_forgotten_departure_is_not_late_and_pays_nothing():
    result = day("07:48")
    assert (*minutes(result), result["exceptions"]) == (0, 0, 0, ["missing_out"])


def test_without_an_arrival_nothing_moves():
    result = day("17:05")
    assert (*minutes(result), result["exceptions"]) == (0, 0, 0, ["missing_in"])


def overtime(start, end):
    return {
        "overtime_approved": [
            {"employee": "an", "from": f"{MONDAY}T{start}", "to": f"{MONDAY}T{end}"}
        ]
    }


def test_overtime_right_after_the_shift_begins_when_the_shift_ends():
    result = day("07:48", "19:00", **overtime("17:00", "19:00"))
    assert (result["regular"], result["ot"]["weekday_day"]) == (480, 102)
    assert result["exceptions"] == []


def test_extra_presence_is_told_from_the_moved_end():
    asked = {"settings": {"ot_requires_approval": True, "extra_alert": 60}}
    assert day("08:00", "18:29", **asked)["exceptions"] == []
    assert day("08:00", "18:30", **asked)["exceptions"] == ["unapproved_extra"]


def test_unasked_overtime_counts_from_the_moved_end():
    result = day("08:00", "18:30", settings={"ot_requires_approval": False})
    assert (result["regular"], result["ot"]["weekday_day"]) == (480, 60)


def test_alternating_punches_move_by_the_first():
    result = day("07:48", "11:30", "13:00", "17:18", settings={"pairing": "pairs"})
    assert minutes(result) == (480, 0, 0)


def two(first, second, *times):
    return row(
        company(
            shifts={"S": first, "C": second},
            roster=[{"employee": "an", "date": MONDAY, "shift": code} for code in ("S", "C")],
            punches=punches(*times),
        )
    )


def test_a_shift_does_not_move_into_the_next_one():
    morning = {"start": "07:30", "end": "11:30", "flex": 30}
    result = two(morning, {"start": "11:30", "end": "15:30"}, "07:48", "15:48")
    assert minutes(result) == (462, 18, 0)


def test_of_two_shifts_the_first_moves_into_the_gap_as_far_as_it_goes():
    morning = {"start": "07:30", "end": "11:30", "flex": 30}
    result = two(morning, {"start": "11:40", "end": "15:40", "flex": 30}, "07:48", "15:40")
    assert minutes(result) == (472, 8, 0)


def test_a_night_moves_over_six_oclock():
    facts = company(
        shifts={"D": {**NIGHT, "flex": 30}},
        roster=[{"employee": "an", "date": MONDAY, "shift": "D"}],
        punches=punches("2026-11-02T22:20", "2026-11-03T06:20"),
    )
    result = row(facts)
    assert (*minutes(result), result["night"]) == (480, 0, 0, 460)


@pytest.mark.parametrize("flex", [-1, "30", 1.5, True])
def test_a_flex_that_is_no_number_of_minutes_is_refused(flex):
    facts = company(shifts={"HC": {**OFFICE, "flex": flex}})
    with pytest.raises(UnreadableFacts, match="HC"):
        evaluate(facts)


def flexible(facts, flex):
    shifts = {code: {**shift, "flex": flex} for code, shift in facts["shifts"].items()}
    return {**facts, "shifts": shifts}


@settings(max_examples=150, deadline=None)
@given(companies())
def test_no_flex_changes_nothing(facts):
    assert evaluate(flexible(facts, 0), explain=True) == evaluate(facts, explain=True)


@settings(max_examples=200, deadline=None)
@given(companies(), st.integers(min_value=1, max_value=120))
def test_flex_never_pays_more_than_presence_or_than_is_scheduled(facts, flex):
    moved = compute(read(flexible(facts, flex))).rows
    fixed = compute(read(facts)).rows
    for now, before in zip(moved, fixed, strict=True):
        assert now.regular <= now.scheduled == before.scheduled
        assert now.late <= before.late
        assert now.status == before.status or {now.status, before.status} <= {"present", "absent"}
    stamps = sorted(punch["at"] for punch in facts["punches"])
    if stamps:
        there = read(facts).punches
        first, last = min(p.at for p in there), max(p.at for p in there)
        assert sum(r.worked for r in moved) <= (last - first).total_seconds() // 60

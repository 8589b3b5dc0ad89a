"""Sentences of the specification's §6 to §12 that the other modules do not try."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.engine.wire import evaluate
from tests.engine.companies import random_company
from tests.engine.working_day import MONDAY, NIGHT, company, punches, row, shown

TUESDAY, FRIDAY, SATURDAY = "2026-11-03", "2026-11-06", "2026-11-07"
SPLIT = {"S": {"start": "06:00", "end": "10:00"}, "C": {"start": "14:00", "end": "18:00"}}
PAIRS = {"pairing": "pairs"}


def rostered(*codes, day=MONDAY):
    return [{"employee": "an", "date": day, "shift": code} for code in codes]


def away(**when):
    return [{"employee": "an", "date": MONDAY, "code": "P", **when}]


def asked(first, last, day=MONDAY):
    return [
        {
            "employee": "an",
            "from": first if "T" in first else f"{day}T{first}",
            "to": last if "T" in last else f"{day}T{last}",
        }
    ]


def day(*times, **parts):
    return row(company(punches=punches(*times), **parts))


def test_6_the_work_span_ends_with_the_overtime():
    """13:30 is nearer to 17:00 than to 07:30, but not than to 20:00."""
    assert day("13:30")["exceptions"] == ["missing_in"]
    late = day("13:30", overtime_approved=asked("17:00", "20:00"))
    assert late["exceptions"] == ["missing_out"]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("12:14", "12:40"), {"late": 240, "early": 0, "exceptions": ["missing_out"]}),
        (("12:16", "13:10"), {"late": 0, "early": 230, "exceptions": ["missing_in"]}),
    ],
)
def test_6_the_first_punch_of_one_event_is_compared_and_the_last_is_the_departure(times, expected):
    facts = company(punches=punches(*times), settings={"min_span": 60})
    assert shown(row(facts), *expected) == expected


def test_6_an_incomplete_chain_counts_no_overtime_either():
    result = day("07:40", overtime_approved=asked("17:00", "19:00"))
    assert shown(result, "worked", "late", "status") == {
        "worked": 0,
        "late": 10,
        "status": "incomplete",
    }


def test_6_taps_each_close_to_the_one_before_are_one_event():
    """07:30 to 07:34 in steps of two; the departure takes its last tap."""
    result = day("07:30", "07:32", "07:34", "16:58", "17:00", settings=PAIRS)
    assert shown(result, "worked", "early", "exceptions") == {
        "worked": 480,
        "early": 0,
        "exceptions": [],
    }
    assert day("07:30", "07:33", settings=PAIRS)["exceptions"] == []


def test_6_a_lone_event_of_pairs_is_odd_and_its_lateness_known():
    assert shown(day("07:45", settings=PAIRS), "late", "early", "worked", "exceptions") == {
        "late": 15,
        "early": 0,
        "worked": 0,
        "exceptions": ["odd_punches"],
    }


def test_6_of_a_full_trip_with_punches_nothing_counts():
    result = day("07:30", "17:00", trips=away(part="full"))
    assert shown(result, "worked", "credited", "status", "exceptions") == {
        "worked": 0,
        "credited": 480,
        "status": "trip",
        "exceptions": [],
    }


def test_7_the_minute_of_leaving_is_not_worked():
    assert day("07:30", "16:59")["worked"] == 479
    assert day("07:31", "17:00")["worked"] == 479


def test_7_classes_change_at_22_at_midnight_and_at_6_inside_one_request():
    facts = company(
        roster=[],
        overtime_approved=asked(f"{FRIDAY}T20:00", f"{SATURDAY}T08:00"),
        punches=punches(f"{FRIDAY}T20:00", f"{SATURDAY}T08:00"),
    )
    result = row(facts, FRIDAY)
    assert {name: minutes for name, minutes in result["ot"].items() if minutes} == {
        "weekday_day": 120,
        "weekday_night": 120,
        "restday_night": 360,
        "restday_day": 120,
    }
    assert shown(result, "worked", "regular", "night") == {
        "worked": 720,
        "regular": 0,
        "night": 480,
    }


def test_7_rounding_drops_the_last_minutes():
    facts = company(
        overtime_approved=asked("21:30", "23:00"),
        punches=punches("21:30", "22:50"),
        settings={"ot_block": 60},
        roster=[],
    )
    ot = row(facts)["ot"]
    assert (ot["weekday_day"], ot["weekday_night"]) == (30, 30)


@pytest.mark.parametrize(("until", "minutes"), [("17:29", 0), ("17:30", 30)])
def test_7_as_many_minutes_as_the_least_count(until, minutes):
    assert day("07:30", until, overtime_approved=asked("17:00", "19:00"))["worked"] == 480 + minutes


def test_7_without_required_approval_the_stay_is_of_the_last_blocks_row():
    facts = company(
        shifts={"D": NIGHT, "S": {"start": "06:30", "end": "10:30"}},
        roster=[*rostered("D"), *rostered("S", day=TUESDAY)],
        punches=punches("22:00", f"{TUESDAY}T11:30"),
        settings={"ot_requires_approval": False},
    )
    assert row(facts)["ot"]["weekday_day"] == 0
    assert row(facts, TUESDAY)["ot"]["weekday_day"] == 60


def test_7_without_required_approval_a_short_stay_is_no_request_that_was_not_worked():
    settings = {"ot_requires_approval": False}
    assert shown(day("07:30", "17:29", settings=settings), "worked", "exceptions") == {
        "worked": 480,
        "exceptions": [],
    }


def test_7_breaks_and_leave_are_never_late_or_early():
    assert day("12:15", "17:00")["late"] == 240
    assert day("07:30", "12:00")["early"] == 240
    result = day("14:00", "17:00", leaves=away(**{"from": "07:30", "to": "09:30"}))
    assert result["late"] == 120 + 60


@pytest.mark.parametrize(("until", "early"), [("16:55", 0), ("16:54", 6)])
def test_7_early_grace_is_inclusive_and_adds_no_minutes(until, early):
    result = day("07:30", until, settings={"early_grace": 5})
    minutes = 480 - (17 * 60 - int(until[:2]) * 60 - int(until[3:]))
    assert shown(result, "early", "worked") == {"early": early, "worked": minutes}


def test_7_late_and_grace_are_of_each_shift():
    """6 minutes late for the one and 4 for the other: a grace of 5 forgives only the second."""
    facts = company(
        shifts=SPLIT,
        roster=rostered(*SPLIT),
        punches=punches("06:06", "10:00", "14:04", "18:00"),
        settings={"late_grace": 5},
    )
    assert shown(row(facts), "late", "worked") == {"late": 6, "worked": 470}


def test_8_a_request_nobody_came_to_was_not_worked():
    result = day(overtime_approved=asked("17:00", "19:00"))
    assert shown(result, "status", "exceptions") == {
        "status": "absent",
        "exceptions": ["ot_not_worked"],
    }


def test_8_extra_presence_is_asked_on_the_first_and_on_the_last_blocks_row():
    facts = company(
        shifts={"D": NIGHT, "S": {"start": "06:30", "end": "10:30"}},
        roster=[*rostered("D"), *rostered("S", day=TUESDAY)],
    )
    facts["punches"] = punches("21:00", f"{TUESDAY}T11:29")
    assert [row(facts, d)["exceptions"] for d in (MONDAY, TUESDAY)] == [["unapproved_extra"], []]
    facts["punches"] = punches("21:01", f"{TUESDAY}T11:30")
    assert [row(facts, d)["exceptions"] for d in (MONDAY, TUESDAY)] == [[], ["unapproved_extra"]]


def test_8_extra_presence_is_not_asked_about_an_incomplete_chain():
    assert day("06:00")["exceptions"] == ["missing_out"]
    odd = day("06:00", "11:30", "13:00", settings=PAIRS)
    assert odd["exceptions"] == ["odd_punches"]


def test_8_only_the_arrival_and_the_departure_ask_about_site_and_clock():
    terminals = {"m1": {"site": "hl"}, "m2": {"site": "mc", "offset_seconds": 600}}
    middle = punches("12:00", terminal="m2")
    facts = company(terminals=terminals, punches=[*punches("07:30", "17:00"), *middle])
    assert row(facts)["exceptions"] == []
    facts["punches"] = [*punches("07:30"), *punches("17:10", terminal="m2")]
    assert shown(row(facts), "worked", "exceptions") == {
        "worked": 480,
        "exceptions": ["clock_drift", "other_site"],
    }


@pytest.mark.parametrize(
    ("offset", "exceptions"), [(119, []), (120, ["clock_drift"]), (-120, ["clock_drift"])]
)
def test_8_a_clock_has_drifted_by_two_minutes_either_way(offset, exceptions):
    facts = company(
        terminals={"m1": {"site": "hl", "offset_seconds": offset}},
        punches=punches("07:20", "17:10"),
    )
    assert row(facts)["exceptions"] == exceptions


@pytest.mark.parametrize(("until", "exceptions"), [("21:00", []), ("21:01", ["ot_cap_day"])])
def test_8_half_of_the_scheduled_minutes_before_leave_is_the_most_overtime(until, exceptions):
    """240 of 480, though leave takes 240; the overtime stays counted."""
    facts = company(
        leaves=away(part="am"),
        overtime_approved=asked("17:00", "22:00"),
        punches=punches("13:00", until),
    )
    overtime = row(facts)["ot"]["weekday_day"]
    assert overtime == (int(until[:2]) - 17) * 60 + int(until[3:])
    assert row(facts)["exceptions"] == exceptions


def test_8_without_a_shift_weekday_overtime_has_no_cap_of_the_day():
    facts = company(
        roster=[], overtime_approved=asked("08:00", "21:00"), punches=punches("08:00", "21:00")
    )
    assert shown(row(facts), "worked", "exceptions") == {"worked": 780, "exceptions": []}


def test_8_twelve_hours_on_a_holiday_are_the_most_in_the_weekly_regime_too():
    facts = company(
        roster=[],
        overtime_approved=asked("06:00", "19:00"),
        punches=punches("06:00", "18:01"),
        settings={"normal_regime": "week"},
    )
    facts["calendar"][MONDAY] = "holiday"
    assert row(facts)["exceptions"] == ["ot_cap_day"]


def test_8_exceptions_are_sorted_and_told_once():
    facts = company(
        terminals={"m1": {"site": "mc", "offset_seconds": -300}},
        punches=punches("05:55", "18:55"),
    )
    assert row(facts)["exceptions"] == ["clock_drift", "other_site", "unapproved_extra"]


@pytest.mark.parametrize(
    ("parts", "times", "status"),
    [
        ({"leaves": away(part="full")}, ("17:00", "19:00"), "leave"),
        ({"leaves": away(part="full")}, ("17:00",), "leave"),
        ({"trips": away(part="full")}, ("17:00", "19:00"), "trip"),
        ({"leaves": away(part="full"), "trips": away(part="full")}, (), "leave"),
        ({"leaves": away(part="am")}, (), "absent"),
        ({"leaves": away(part="am")}, ("13:00", "19:00"), "present"),
        ({}, ("07:30",), "incomplete"),
        ({"settings": PAIRS}, ("07:30", "17:00", "19:00"), "incomplete"),
        ({}, ("03:30", "04:30"), "absent"),  # a complete chain, in which nothing was worked
    ],
)
def test_9_the_first_status_that_applies(parts, times, status):
    result = day(*times, overtime_approved=asked("17:00", "19:00"), **parts)
    assert result["status"] == status


@pytest.mark.parametrize(
    ("kind", "first", "last", "weighted"),
    [
        ("work", "08:00", "10:00", 120 * 1.5),
        ("work", "22:00", "23:30", 90 * 2.0),
        ("work", "21:00", "23:00", 60 * 1.5 + 60 * 2.1),
        ("work", "05:00", "07:00", 60 * 2.0 + 60 * 1.5),  # the daytime hour comes after the night
        ("rest", "21:00", "23:00", 60 * 2.0 + 60 * 2.7),
        ("holiday", "21:00", "23:00", 60 * 3.0 + 60 * 3.9),
    ],
)
def test_10_a_minute_of_overtime_weighs_by_its_class(kind, first, last, weighted):
    facts = company(roster=[], overtime_approved=asked(first, last), punches=punches(first, last))
    facts["calendar"][MONDAY] = kind
    assert row(facts)["weighted"] == weighted


def test_10_night_overtime_of_one_request_weighs_more_after_the_daytime_of_another():
    """04:00 to 05:00 before the daytime overtime 200, 22:00 to 23:00 after it 210; one row."""
    facts = company(
        shifts={"X": {"start": "05:00", "end": "21:00"}},
        roster=rostered("X"),
        overtime_approved=[*asked("04:00", "05:00"), *asked("21:00", "23:00")],
        punches=punches("04:00", "23:00"),
    )
    regular = 60 * 1.3 + 15 * 60 * 1.0
    assert row(facts)["weighted"] == regular + 60 * 2.0 + 60 * 1.5 + 60 * 2.1


def test_10_leave_trips_and_a_holiday_at_home_weigh_nothing():
    assert day(leaves=away(part="full"))["weighted"] == 0
    assert day(trips=away(part="full"))["weighted"] == 0
    facts = company(roster=[])
    facts["calendar"][MONDAY] = "holiday"
    assert row(facts)["weighted"] == 0


def arriving(received, locks):
    """In at 07:30, known in time; out at 17:00, received when told."""
    late = punches("17:00")[0] | {"received": received}
    return company(punches=[*punches("07:30"), late], locks=locks)


@pytest.mark.parametrize(
    ("received", "worked"), [("2026-12-02T00:00", 480), ("2026-12-02T00:00:01", 0)]
)
def test_11_received_at_the_very_moment_is_received_before_the_lock(received, worked):
    answer = evaluate(arriving(received, {"2026-11": "2026-12-02T00:00"}))
    assert next(r for r in answer["rows"] if r["date"] == MONDAY)["worked"] == worked
    assert bool(answer["adjustments"]) is (worked == 0)


@pytest.mark.parametrize(
    ("locks", "into"),
    [
        (["2026-11"], "2026-12"),
        (["2026-11", "2026-12"], "2027-01"),
        (["2026-10", "2026-11", "2027-01"], "2026-12"),
        (["2026-12"], None),
    ],
)
def test_11_an_adjustment_goes_into_the_earliest_open_period_after_the_rows_own(locks, into):
    facts = arriving("2027-02-01T08:00", dict.fromkeys(locks, "2026-12-02T00:00"))
    assert [item["into"] for item in evaluate(facts)["adjustments"]] == ([into] if into else [])


def test_11_a_repeated_punch_is_known_since_it_was_first_received():
    facts = arriving("2026-12-05T08:00", {"2026-11": "2026-12-02T00:00"})
    facts["punches"] += [facts["punches"][1] | {"received": "2026-11-02T17:01"}]
    assert evaluate(facts)["adjustments"] == []
    assert row(facts)["worked"] == 480


def test_11_what_would_change_only_exceptions_stays_and_is_no_adjustment():
    later = punches("06:00")[0] | {"received": "2026-12-05T08:00"}
    facts = company(
        punches=[*punches("07:30", "17:00"), later], locks={"2026-11": "2026-12-02T00:00"}
    )
    assert row(facts)["exceptions"] == []
    assert evaluate(facts)["adjustments"] == []


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_11_a_frozen_row_and_its_adjustment_make_the_row_of_today(seed):
    facts = random_company(Random(seed))
    facts["locks"] = {"2026-10": "2026-11-04T00:00", "2026-11": "2026-12-03T00:00"}
    kept = evaluate(facts)
    now = evaluate(facts | {"locks": {}})
    deltas = {(a["employee"], a["date"]): a["delta"] for a in kept["adjustments"]}
    for frozen, today in zip(kept["rows"], now["rows"], strict=True):
        delta = deltas.get((frozen["employee"], frozen["date"]), {})
        for name in ("worked", "regular", "late", "early", "leave", "credited", "night"):
            assert frozen[name] + delta.get(name, 0) == today[name]
        for name, minutes in frozen["ot"].items():
            assert minutes + delta.get(f"ot.{name}", 0) == today["ot"][name]
        assert 0 not in delta.values()


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_11_a_frozen_row_is_what_was_known_at_the_lock(seed):
    facts = random_company(Random(seed))
    facts["locks"] = {"2026-11": "2026-11-08T00:00"}
    for punch in facts["punches"]:
        punch.setdefault("received", "2026-11-20T00:00")
    known = [punch for punch in facts["punches"] if punch["received"] <= "2026-11-08T00:00"]
    then = evaluate(facts | {"locks": {}, "punches": known})["rows"]
    for frozen, row_then in zip(evaluate(facts)["rows"], then, strict=True):
        if frozen["period"] == "2026-11":
            assert frozen == row_then


@pytest.mark.parametrize("time", ["07:30", "12:15", "17:00", "20:00"])
@pytest.mark.parametrize("pairing", ["first_last", "pairs"])
def test_12_a_forgotten_punch_pays_nothing(time, pairing):
    result = day(time, settings={"pairing": pairing, "ot_requires_approval": False})
    assert shown(result, "worked", "weighted", "status") == {
        "worked": 0,
        "weighted": 0,
        "status": "incomplete",
    }


def test_12_a_departure_forgotten_on_monday_does_not_make_34_hours_of_tuesday():
    facts = company(
        roster=[*rostered("HC"), *rostered("HC", day=TUESDAY)],
        punches=[*punches("07:30"), *punches("07:30", "17:00", day=TUESDAY)],
    )
    assert shown(row(facts), "worked", "exceptions") == {
        "worked": 0,
        "exceptions": ["missing_out"],
    }
    assert shown(row(facts, TUESDAY), "worked", "exceptions") == {"worked": 480, "exceptions": []}

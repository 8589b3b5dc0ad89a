"""Sentences of the working-time specification that test_specification.py does not try: its edges."""

import pytest

from attendance.engine.wire import evaluate
from tests.engine.working_day import MONDAY, OFFICE, company, punches, row, shown

TUESDAY, FRIDAY, SATURDAY = "2026-11-03", "2026-11-06", "2026-11-07"
MORNING, AFTERNOON = {"start": "06:00", "end": "10:00"}, {"start": "11:00", "end": "15:00"}


def rostered(*codes, day=MONDAY):
    return [{"employee": "an", "date": day, "shift": code} for code in codes]


def request(first, last):
    return {"employee": "an", "from": first, "to": last}


def test_2_a_make_up_day_on_a_saturday_is_an_ordinary_day_of_work():
    facts = company(
        roster=rostered("HC", day=SATURDAY), punches=punches("07:30", "17:00", day=SATURDAY)
    )
    facts["calendar"][SATURDAY] = "work"
    assert shown(row(facts, SATURDAY), "regular", "weighted") == {"regular": 480, "weighted": 480}


def test_3_full_leave_covers_every_shift_of_the_date():
    facts = company(
        shifts={"S": MORNING, "C": {"start": "14:00", "end": "18:00"}},
        roster=rostered("S", "C"),
        leaves=[{"employee": "an", "date": MONDAY, "part": "full", "code": "P"}],
    )
    assert shown(row(facts), "leave", "status") == {"leave": 480, "status": "leave"}


def test_3_a_full_trip_is_credited_and_is_the_status():
    trip = {"employee": "an", "date": MONDAY, "part": "full", "code": "CT"}
    assert shown(row(company(trips=[trip])), "credited", "worked", "status") == {
        "credited": 480,
        "worked": 0,
        "status": "trip",
    }


def test_4_all_terminals_feed_one_list():
    facts = company(
        terminals={name: {"site": "hl", "offset_seconds": 0} for name in ("m1", "m2")},
        punches=[*punches("07:30"), *punches("17:00", terminal="m2")],
    )
    assert shown(row(facts), "worked", "exceptions") == {"worked": 480, "exceptions": []}


@pytest.mark.parametrize(("start", "expected"), [("11:00", 480), ("11:01", 0)])
def test_5_blocks_an_hour_apart_have_one_arrival_and_one_departure(start, expected):
    """A minute more, and each of the two chains has one punch only."""
    facts = company(
        shifts={"S": MORNING, "C": {"start": start, "end": "15:00"}},
        roster=rostered("S", "C"),
        punches=punches("06:00", "15:00"),
    )
    assert row(facts)["worked"] == expected


@pytest.mark.parametrize(("arrival", "expected"), [("03:30", "present"), ("03:29", "incomplete")])
def test_5_the_first_minute_of_a_window_belongs_to_it(arrival, expected):
    assert row(company(punches=punches(arrival, "17:00")))["status"] == expected


@pytest.mark.parametrize(
    ("departure", "expected"), [(f"{TUESDAY}T01:00", "present"), (f"{TUESDAY}T01:01", "incomplete")]
)
def test_5_the_last_minute_of_a_window_belongs_to_it(departure, expected):
    assert row(company(punches=punches("07:30", departure)))["status"] == expected


def test_5_overtime_after_a_night_shift_is_of_the_shifts_date():
    facts = company(
        roster=rostered("D"),
        overtime_approved=[request(f"{TUESDAY}T06:00", f"{TUESDAY}T08:00")],
        punches=punches("22:00", f"{TUESDAY}T08:00"),
    )
    assert row(facts)["ot"]["weekday_day"] == 120
    assert row(facts, TUESDAY)["worked"] == 0


def test_5_overtime_before_the_first_shift_is_of_that_shifts_date():
    facts = company(
        shifts={"S": {"start": "00:30", "end": "06:00"}},
        roster=rostered("S", day=TUESDAY),
        overtime_approved=[request(f"{MONDAY}T22:00", f"{TUESDAY}T00:00")],
        punches=punches(f"{MONDAY}T22:00", f"{TUESDAY}T06:00"),
    )
    assert row(facts, TUESDAY)["ot"]["weekday_night"] == 120
    assert row(facts, MONDAY)["worked"] == 0


def test_5_overtime_without_a_shift_is_of_the_date_it_starts():
    facts = company(
        roster=[],
        overtime_approved=[request(f"{SATURDAY}T22:00", "2026-11-08T02:00")],
        punches=punches("22:00", "2026-11-08T02:00", day=SATURDAY),
    )
    assert row(facts, SATURDAY)["ot"]["restday_night"] == 240
    assert row(facts, SATURDAY)["weighted"] == 240 * 2.7


def test_5_the_departure_of_the_last_night_counts_though_employment_has_ended():
    facts = company(roster=rostered("D"), punches=punches("22:00", f"{TUESDAY}T06:00"))
    facts["employees"][0]["leave"] = MONDAY
    assert shown(row(facts), "worked", "status") == {"worked": 480, "status": "present"}
    assert row(facts, TUESDAY)["status"] == "not_employed"


def test_5_a_punch_after_employment_is_an_exception_of_its_own():
    facts = company(punches=punches("09:00", day=FRIDAY))
    facts["employees"][0]["leave"] = TUESDAY
    assert evaluate(facts)["punch_exceptions"] == [
        {"at": f"{FRIDAY}T09:00", "code": "outside_employment"}
    ]


def test_6_the_work_span_is_what_leave_leaves_of_the_shift():
    """Leave in the morning: 13:10 is near the beginning of what is still to be worked."""
    leave = {"employee": "an", "date": MONDAY, "part": "am", "code": "P"}
    result = row(company(leaves=[leave], punches=punches("13:10")))
    assert shown(result, "late", "exceptions") == {"late": 10, "exceptions": ["missing_out"]}


def test_7_minutes_of_a_shift_that_fall_on_a_rest_day_stay_regular():
    facts = company(
        roster=rostered("D", day=FRIDAY),
        punches=punches("22:00", f"{SATURDAY}T06:00", day=FRIDAY),
    )
    assert shown(row(facts, FRIDAY), "regular", "night", "weighted") == {
        "regular": 480,
        "night": 480,
        "weighted": 480 * 1.3,
    }


def test_7_an_unpaid_break_may_be_overtime_and_a_scheduled_minute_never_is():
    facts = company(
        overtime_approved=[request(f"{MONDAY}T11:00", f"{MONDAY}T13:30")],
        punches=punches("07:30", "17:00"),
    )
    assert row(facts)["regular"] == 480
    assert row(facts)["ot"]["weekday_day"] == 90


def test_7_each_request_is_rounded_for_itself():
    facts = company(
        overtime_approved=[
            request(f"{MONDAY}T17:00", f"{MONDAY}T17:50"),
            request(f"{MONDAY}T17:50", f"{MONDAY}T18:40"),
        ],
        punches=punches("07:30", "18:40"),
        settings={"ot_block": 30},
    )
    assert row(facts)["ot"]["weekday_day"] == 60  # 30 and 30 of 50 and 50


def test_7_late_and_early_are_measured_on_a_holiday():
    facts = company(punches=punches("07:37", "16:55"))
    facts["calendar"][MONDAY] = "holiday"
    assert shown(row(facts), "late", "early", "regular") == {"late": 7, "early": 5, "regular": 0}
    assert row(facts)["ot"]["holiday_day"] == 480 - 12


@pytest.mark.parametrize(("until", "warned"), [("21:00", False), ("21:01", True)])
def test_8_in_the_weekly_regime_twelve_hours_a_day_are_the_most(until, warned):
    facts = company(
        overtime_approved=[request(f"{MONDAY}T17:00", f"{MONDAY}T{until}")],
        punches=punches("07:30", until),
        settings={"normal_regime": "week"},
    )
    assert ("ot_cap_day" in row(facts)["exceptions"]) is warned


@pytest.mark.parametrize(("until", "warned"), [("18:00", False), ("18:01", True)])
def test_8_twelve_hours_of_overtime_are_the_most_on_a_rest_day(until, warned):
    facts = company(
        roster=[],
        overtime_approved=[request(f"{SATURDAY}T06:00", f"{SATURDAY}T{until}")],
        punches=punches("06:00", until, day=SATURDAY),
    )
    assert ("ot_cap_day" in row(facts, SATURDAY)["exceptions"]) is warned


def test_8_a_cap_of_the_month_warns_only_where_there_is_overtime():
    facts = company(punches=punches("07:30", "17:00"), overtime_before={"month": 9999, "year": 0})
    assert row(facts)["exceptions"] == []


def test_8_a_request_is_not_called_unworked_while_a_punch_is_missing():
    facts = company(
        overtime_approved=[request(f"{MONDAY}T17:00", f"{MONDAY}T19:00")],
        punches=punches("07:30"),
    )
    assert row(facts)["exceptions"] == ["missing_out"]


def test_9_a_holiday_without_a_shift_is_a_holiday():
    facts = company(roster=[])
    facts["calendar"][MONDAY] = "holiday"
    assert row(facts)["status"] == "holiday"


def test_10_overtime_on_a_holiday_night_weighs_390():
    facts = company(
        roster=[],
        overtime_approved=[request(f"{MONDAY}T20:00", f"{MONDAY}T23:00")],
        punches=punches("20:00", "23:00"),
    )
    facts["calendar"][MONDAY] = "holiday"
    assert row(facts)["weighted"] == 120 * 3 + 60 * 3.9


def test_11_what_came_before_the_lock_is_in_the_frozen_row():
    facts = company(
        punches=[{**punch, "received": "2026-12-01T08:00"} for punch in punches("07:30", "17:00")],
        locks={"2026-11": "2026-12-02T00:00"},
    )
    answer = evaluate(facts)
    assert next(r for r in answer["rows"] if r["date"] == MONDAY)["worked"] == 480
    assert answer["adjustments"] == []


def test_11_an_adjustment_names_every_figure_that_differs():
    late = {"received": "2026-12-05T08:00"}
    facts = company(
        overtime_approved=[request(f"{MONDAY}T17:00", f"{MONDAY}T18:00")],
        punches=[*punches("07:40"), {**punches("18:00")[0], **late}],
        locks={"2026-11": "2026-12-02T00:00"},
    )
    assert evaluate(facts)["adjustments"] == [
        {
            "employee": "an",
            "date": MONDAY,
            "into": "2026-12",
            "delta": {"worked": 530, "regular": 470, "ot.weekday_day": 60},
        }
    ]


def test_12_a_departure_is_never_the_next_shifts_arrival():
    facts = company(
        shifts={"HC": OFFICE, "D": {"start": "22:00", "end": "06:00"}},
        roster=[*rostered("D"), *rostered("HC", day=TUESDAY)],
        punches=punches("22:00", f"{TUESDAY}T06:00", f"{TUESDAY}T17:00"),
    )
    assert row(facts)["worked"] == 480
    assert shown(row(facts, TUESDAY), "worked", "exceptions") == {
        "worked": 0,
        "exceptions": ["missing_in"],
    }


def test_other_site_is_judged_by_the_site_of_the_work_date():
    an = {
        "id": "an", "join": "2020-01-01", "leave": None, "site": "cp",
        "sites": [{"from": "2026-11-03", "site": "hl"}, {"from": "2026-11-02", "site": "mc"}],
    }  # fmt: skip
    roster = [{"employee": "an", "date": f"2026-11-0{n}", "shift": "HC"} for n in (1, 2, 3)]
    taps = [tap for n in (1, 2, 3) for tap in punches("07:30", "17:00", day=f"2026-11-0{n}")]
    facts = company(employees=[an], roster=roster, punches=taps)
    assert [row(facts, f"2026-11-0{n}")["exceptions"] for n in (1, 2, 3)] == [
        ["other_site"],
        ["other_site"],
        [],
    ]


def test_a_night_of_the_last_day_at_a_site_ends_at_that_site():
    an = {
        "id": "an", "join": "2020-01-01", "leave": None, "site": "hl",
        "sites": [{"from": "2026-11-03", "site": "cp"}],
    }  # fmt: skip
    facts = company(
        employees=[an],
        roster=[{"employee": "an", "date": MONDAY, "shift": "D"}],
        punches=punches("2026-11-02T22:00", "2026-11-03T06:00"),
    )
    assert row(facts)["exceptions"] == []

"""Sentences of the specification's beginning and of its §1 to §5 that the other modules do not try."""

from dataclasses import asdict

import pytest

from attendance.engine.facts import Settings
from attendance.engine.wire import evaluate
from tests.engine.working_day import MONDAY, NIGHT, OFFICE, company, punches, row, shown

SUNDAY, TUESDAY, SATURDAY = "2026-11-01", "2026-11-03", "2026-11-07"
MORNING = {"start": "06:00", "end": "10:00"}


def rostered(*codes, day=MONDAY, employee="an"):
    return [{"employee": employee, "date": day, "shift": code} for code in codes]


def away(day=MONDAY, **when):
    return [{"employee": "an", "date": day, "code": "P", **when}]


def request(first, last):
    return {"employee": "an", "from": first, "to": last}


def listed(facts):
    return [(item["at"], item["code"]) for item in evaluate(facts)["punch_exceptions"]]


def test_0_every_employee_has_a_row_for_every_calendar_date_and_no_other():
    people = [{"id": name, "join": "2020-01-01"} for name in ("bình", "an")]
    days = {MONDAY: "work", SUNDAY: "rest"}
    answer = evaluate({"employees": people, "calendar": days})
    told = [(each["employee"], each["date"]) for each in answer["rows"]]
    assert told == [("an", SUNDAY), ("an", MONDAY), ("bình", SUNDAY), ("bình", MONDAY)]


def test_0_the_answer_has_the_specifications_fields_and_no_other():
    answer = evaluate(company(punches=punches("07:30", "17:00")))
    assert set(answer) == {"rows", "punch_exceptions", "adjustments"}
    no_overtime = dict.fromkeys(
        [
            f"{kind}_{part}"
            for kind in ("weekday", "restday", "holiday")
            for part in ("day", "night")
        ],
        0,
    )
    assert next(each for each in answer["rows"] if each["date"] == MONDAY) == {
        "employee": "an", "date": MONDAY, "period": "2026-11",
        "worked": 480, "regular": 480, "late": 0, "early": 0, "leave": 0, "credited": 0,
        "ot": no_overtime, "night": 0, "status": "present", "exceptions": [], "weighted": 480,
    }  # fmt: skip


def test_1_the_defaults_are_the_specifications():
    ours = {"each_shift": "near"}  # beyond the specification, with no effect by default
    assert asdict(Settings()) == ours | {
        "dup_minutes": 2, "min_span": 30, "window_before": 240, "window_after": 480,
        "chain_gap": 60, "late_grace": 0, "early_grace": 0, "pairing": "first_last",
        "ot_requires_approval": True, "ot_min": 30, "ot_block": 1, "extra_alert": 60,
        "drift_alert_seconds": 120, "normal_regime": "day",
        "ot_month_cap_hours": 40, "ot_year_cap_hours": 200,
    }  # fmt: skip


def test_2_a_shift_that_ends_when_it_starts_lasts_until_the_next_day():
    facts = company(
        shifts={"24": {"start": "07:00", "end": "07:00"}},
        roster=rostered("24"),
        punches=punches("07:00", f"{TUESDAY}T07:00"),
    )
    assert shown(row(facts), "worked", "night") == {"worked": 1440, "night": 480}


def test_2_a_paid_break_is_scheduled_and_an_unpaid_one_is_not():
    pauses = [
        {"from": "02:00", "to": "02:45", "paid": True},
        {"from": "23:45", "to": "00:15", "paid": False},
    ]
    facts = company(
        shifts={"D": NIGHT | {"breaks": pauses}},
        roster=rostered("D"),
        punches=punches("22:00", f"{TUESDAY}T06:00"),
    )
    assert shown(row(facts), "worked", "early") == {"worked": 450, "early": 0}


def test_2_an_entry_on_a_holiday_is_an_order_to_work():
    facts = company()
    facts["calendar"][MONDAY] = "holiday"
    assert row(facts)["status"] == "absent"


def test_2_a_swap_comes_before_the_question_of_employment():
    """An joins on Tuesday: the shift An gets for Monday is ignored, the one given away is not."""
    facts = company(
        employees=[{"id": "an", "join": TUESDAY}, {"id": "bình", "join": "2020-01-01"}],
        roster=[*rostered("HC"), *rostered("D", employee="bình")],
        swaps=[{"date": MONDAY, "a": "an", "b": "bình"}],
        punches=[punch | {"employee": "bình"} for punch in punches("07:30", "17:00")],
    )
    assert row(facts)["status"] == "not_employed"
    assert row(facts, employee="bình")["worked"] == 480


@pytest.mark.parametrize(
    ("join", "leave", "status"),
    [
        (MONDAY, MONDAY, "absent"),
        (TUESDAY, None, "not_employed"),
        ("2020-01-01", SUNDAY, "not_employed"),
    ],
)
def test_2_the_first_and_the_last_day_of_employment_are_worked(join, leave, status):
    facts = company(employees=[{"id": "an", "join": join, "leave": leave}])
    assert row(facts)["status"] == status


def test_2_leave_and_overtime_outside_employment_are_ignored():
    facts = company(
        leaves=away(part="full"),
        trips=away(part="full"),
        overtime_approved=[request(f"{MONDAY}T17:00", f"{MONDAY}T19:00")],
        punches=punches("07:30"),
    )
    facts["employees"][0]["join"] = TUESDAY
    assert shown(row(facts), "leave", "credited", "exceptions", "status") == {
        "leave": 0,
        "credited": 0,
        "exceptions": [],
        "status": "not_employed",
    }
    assert listed(facts) == [(f"{MONDAY}T07:30", "outside_employment")]


@pytest.mark.parametrize(("part", "leave"), [("am", 105), ("pm", 315)])
def test_3_the_longest_unpaid_break_parts_the_halves(part, leave):
    pauses = [
        {"from": "09:00", "to": "09:15", "paid": False},
        {"from": "10:00", "to": "11:00", "paid": False},
        {"from": "13:00", "to": "15:00", "paid": True},
        {"from": "15:00", "to": "15:45", "paid": False},
    ]
    facts = company(
        shifts={"X": {"start": "08:00", "end": "17:00", "breaks": pauses}},
        roster=rostered("X"),
        leaves=away(part=part),
    )
    assert row(facts)["leave"] == leave


def test_3_a_holiday_inside_annual_leave_uses_no_leave():
    facts = company(roster=[], leaves=away(part="full"), trips=away(part="full"))
    facts["calendar"][MONDAY] = "holiday"
    assert shown(row(facts), "leave", "credited", "status") == {
        "leave": 0,
        "credited": 0,
        "status": "holiday",
    }


@pytest.mark.parametrize(
    ("offset", "at", "late"),
    [
        (-90, "07:29:00", 0),  # 07:30:30, a slow terminal
        (-90, "07:29:30", 1),  # 07:31:00
        (30, "07:31:20", 0),  # 07:30:50: corrected first, and only then without seconds
        (30, "07:31:40", 1),
    ],
)
def test_4_the_offset_is_taken_off_first_and_the_seconds_are_dropped_then(offset, at, late):
    facts = company(
        terminals={"m1": {"site": "hl", "offset_seconds": offset}}, punches=punches(at, "17:05")
    )
    assert row(facts)["late"] == late


@pytest.mark.parametrize(
    ("received", "codes"),
    [("16:55", []), ("16:54", ["bad_clock"]), ("23:00", [])],
)
def test_4_a_clock_may_be_five_minutes_ahead_of_what_received_it(received, codes):
    punch = punches("17:00")[0] | {"received": f"{MONDAY}T{received}"}
    assert [code for _, code in listed(company(punches=[punch]))] == codes


@pytest.mark.parametrize(
    ("offset", "at", "code"),
    [
        (0, "2020-01-01T00:00:00", "unassigned_punch"),
        (1, "2020-01-01T00:00:00", "bad_clock"),
        (-1, "2019-12-31T23:59:59", "unassigned_punch"),
    ],
)
def test_4_the_year_2020_begins_by_the_corrected_time(offset, at, code):
    facts = company(terminals={"m1": {"offset_seconds": offset}}, punches=punches(at))
    assert listed(facts) == [(at, code)]


def test_4_a_user_id_has_its_owner_of_the_corrected_date():
    facts = company(
        employees=[{"id": "an", "join": "2020-01-01"}, {"id": "bình", "join": "2020-01-01"}],
        terminals={"m1": {"offset_seconds": 120}},
        device_users=[
            {"uid": 7, "employee": "an", "from": "2020-01-01", "to": MONDAY},
            {"uid": 7, "employee": "bình", "from": TUESDAY, "to": None},
        ],
        roster=[],
        punches=[{"at": f"{TUESDAY}T00:01", "terminal": "m1", "uid": 7}],
    )
    assert row(facts, MONDAY)["exceptions"] == ["no_shift"]
    assert row(facts, TUESDAY, employee="bình")["exceptions"] == []


def test_4_an_employee_nobody_knows_is_an_unknown_user():
    facts = company(punches=[punches("07:30")[0] | {"employee": "nobody"}])
    assert listed(facts) == [(f"{MONDAY}T07:30", "unknown_user")]


def test_5_a_shift_on_leave_is_still_a_block():
    """02:10 is more than four hours before the shift that is left, but in the one on leave's window."""
    facts = company(
        shifts={"S": MORNING, "T": {"start": "10:30", "end": "14:30"}},
        roster=rostered("S", "T"),
        leaves=away(**{"from": "06:00", "to": "10:00"}),
        punches=punches("02:10", "14:30"),
    )
    assert shown(row(facts), "worked", "exceptions") == {
        "worked": 240,
        "exceptions": ["unapproved_extra"],
    }


def test_5_the_gap_is_measured_from_the_furthest_end_so_far():
    """After the short request within the shift there are 17:00 to 18:00, no more than 60 minutes."""
    inside = request(f"{MONDAY}T11:30", f"{MONDAY}T12:30")
    after = request(f"{MONDAY}T18:00", f"{MONDAY}T19:00")
    facts = company(overtime_approved=[inside, after], punches=punches("07:30", "19:00"))
    assert shown(row(facts), "worked", "exceptions") == {"worked": 600, "exceptions": []}


@pytest.mark.parametrize(
    ("first", "last", "day"),
    [
        (f"{TUESDAY}T06:00", f"{TUESDAY}T06:30", MONDAY),
        (f"{TUESDAY}T10:30", f"{TUESDAY}T12:00", TUESDAY),
        # It begins with the second shift, not after it: the one before it is the night's.
        (f"{TUESDAY}T06:30", f"{TUESDAY}T12:00", MONDAY),
    ],
)
def test_5_overtime_belongs_to_the_latest_shift_that_starts_before_it(first, last, day):
    facts = company(
        shifts={"D": NIGHT, "S": {"start": "06:30", "end": "10:30"}},
        roster=[*rostered("D"), *rostered("S", day=TUESDAY)],
        overtime_approved=[request(first, last)],
        punches=punches("22:00", f"{TUESDAY}T12:00"),
    )
    assert {d: sum(row(facts, d)["ot"].values()) > 0 for d in (MONDAY, TUESDAY)} == {
        MONDAY: day == MONDAY,
        TUESDAY: day == TUESDAY,
    }


@pytest.mark.parametrize(("time", "status"), [("12:00", "present"), ("12:01", "incomplete")])
def test_5_a_midpoint_between_two_minutes_parts_them(time, status):
    """10:00 and 14:01 are cut at 12:00 and a half."""
    facts = company(
        shifts={"S": MORNING, "C": {"start": "14:01", "end": "18:01"}},
        roster=[*rostered("S", "C")],
        punches=punches("06:00", time),
    )
    assert row(facts)["status"] == status


def test_5_a_punch_on_a_holiday_without_a_shift_is_unapproved_work():
    facts = company(roster=[], punches=punches("09:00"))
    facts["calendar"][MONDAY] = "holiday"
    assert shown(row(facts), "status", "exceptions") == {
        "status": "holiday",
        "exceptions": ["unapproved_work"],
    }


def test_5_on_a_rostered_rest_day_a_punch_outside_the_window_is_unapproved_work():
    facts = company(roster=rostered("HC", day=SATURDAY), punches=punches("02:00", day=SATURDAY))
    assert shown(row(facts, SATURDAY), "status", "exceptions") == {
        "status": "absent",
        "exceptions": ["unapproved_work"],
    }


def test_5_an_office_day_and_the_next_keep_their_own_punches():
    facts = company(
        shifts={"HC": OFFICE},
        roster=[*rostered("HC"), *rostered("HC", day=TUESDAY)],
        punches=[*punches("07:30", "17:00"), *punches("07:35", "17:00", day=TUESDAY)],
    )
    assert [shown(row(facts, d), "worked", "late") for d in (MONDAY, TUESDAY)] == [
        {"worked": 480, "late": 0},
        {"worked": 475, "late": 5},
    ]

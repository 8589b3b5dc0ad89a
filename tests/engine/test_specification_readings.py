"""Readings of the specification where it leaves a choice; attendance/engine/README.md says why."""

import pytest

from attendance.engine.reading import UnreadableFacts
from attendance.engine.wire import evaluate
from tests.engine.working_day import MONDAY, NIGHT, OFFICE, company, punches, row, shown

TUESDAY, FRIDAY, SATURDAY = "2026-11-03", "2026-11-06", "2026-11-07"
EVENING = {"start": "16:00", "end": "20:00", "breaks": []}
PEOPLE = [{"id": "an", "join": "2020-01-01"}, {"id": "bình", "join": "2020-01-01"}]


def rostered(*codes, day=MONDAY):
    return [{"employee": "an", "date": day, "shift": code} for code in codes]


def away(**when):
    return [{"employee": "an", "date": MONDAY, "code": "P", **when}]


def test_2_a_swap_told_from_both_sides_is_one_swap():
    swaps = [{"date": MONDAY, "a": "an", "b": "bình"}, {"date": MONDAY, "a": "bình", "b": "an"}]
    facts = company(employees=PEOPLE, swaps=swaps)
    assert row(facts, employee="bình")["status"] == "absent"
    assert row(facts)["status"] == "no_shift"


def test_2_a_minute_outside_the_calendar_is_one_of_a_work_day():
    facts = company(
        calendar={FRIDAY: "work"},
        roster=[],
        overtime_approved=[
            {"employee": "an", "from": f"{FRIDAY}T23:00", "to": f"{SATURDAY}T01:00"}
        ],
        punches=punches(f"{FRIDAY}T23:00", f"{SATURDAY}T01:00"),
    )
    assert row(facts, FRIDAY)["ot"]["weekday_night"] == 120


def test_3_of_odd_minutes_the_first_half_is_the_smaller():
    shifts = {"L": {"start": "08:00", "end": "12:01"}}
    for part, minutes in (("am", 120), ("pm", 121)):
        facts = company(shifts=shifts, roster=rostered("L"), leaves=away(part=part))
        assert row(facts)["leave"] == minutes


def test_3_every_shift_of_the_date_is_halved_for_itself():
    shifts = {"S": {"start": "06:00", "end": "10:00"}, "C": {"start": "14:00", "end": "18:00"}}
    facts = company(shifts=shifts, roster=rostered("S", "C"), leaves=away(part="am"))
    facts["punches"] = punches("08:00", "10:00", "16:00", "18:00")
    assert shown(row(facts), "leave", "worked", "late") == {"leave": 240, "worked": 240, "late": 0}


def test_3_of_two_breaks_as_long_the_first_parts_the_halves():
    pauses = [{"from": "10:00", "to": "10:30"}, {"from": "15:00", "to": "15:30"}]
    shifts = {"L": {"start": "08:00", "end": "17:00", "breaks": pauses}}
    facts = company(shifts=shifts, roster=rostered("L"), leaves=away(part="am"))
    assert row(facts)["leave"] == 120


def test_3_a_break_outside_the_shift_parts_nothing():
    pauses = [{"from": "11:30", "to": "12:00"}, {"from": "17:00", "to": "19:00"}]
    shifts = {"L": {"start": "07:30", "end": "17:00", "breaks": pauses}}
    facts = company(shifts=shifts, roster=rostered("L"), leaves=away(part="am"))
    assert row(facts)["leave"] == 240


@pytest.mark.parametrize(
    ("shift", "since", "until", "minutes"),
    [
        (NIGHT, "21:00", "23:00", 60),
        (NIGHT, "23:00", "02:00", 180),
        (NIGHT, "02:00", "04:00", 120),  # the morning after: on the date itself nobody works then
        (NIGHT, f"{TUESDAY}T02:00", f"{TUESDAY}T04:00", 120),
        (NIGHT, f"{MONDAY}T02:00", f"{MONDAY}T04:00", 0),  # a whole moment means that moment
        (OFFICE, "06:00", "09:00", 90),
        (OFFICE, "16:00", "02:00", 60),
    ],
)
def test_3_hours_of_leave_find_their_shift_over_midnight(shift, since, until, minutes):
    facts = company(shifts={"X": shift}, roster=rostered("X"))
    facts["leaves"] = away(**{"from": since, "to": until})
    assert row(facts)["leave"] == minutes


def test_3_what_leave_and_trip_both_cover_is_leave():
    facts = company(leaves=away(part="am"), trips=away(part="full"))
    assert shown(row(facts), "leave", "credited", "status") == {
        "leave": 240,
        "credited": 240,
        "status": "trip",  # §9: the trip is full-day, the leave is not
    }


def test_3_minutes_of_two_shifts_are_taken_by_leave_once():
    shifts = {"HC": OFFICE, "S": {"start": "06:00", "end": "10:00"}}
    facts = company(shifts=shifts, roster=rostered("HC", "S"), leaves=away(part="full"))
    assert shown(row(facts), "leave", "status") == {"leave": 570, "status": "leave"}


def test_9_leave_is_full_day_beside_a_shift_that_lies_wholly_in_another():
    shifts = {"HC": OFFICE, "S": {"start": "08:00", "end": "10:00"}}
    facts = company(shifts=shifts, roster=rostered("HC", "S"), leaves=away(part="full"))
    assert shown(row(facts), "leave", "status") == {"leave": 480, "status": "leave"}


def test_4_the_device_time_of_an_exception_is_told_as_given():
    given = ["2000-01-01T07:30", "2000-01-01T07:30:05", "2000-01-01 08:00", "2000-01-01T09:00:00.5"]
    listed = evaluate(company(punches=punches(*(g for g in given if "T" in g))))
    assert [item["at"] for item in listed["punch_exceptions"]] == [g for g in given if "T" in g]
    facts = company(punches=[punches("07:30")[0] | {"at": given[2]}])
    assert evaluate(facts)["punch_exceptions"] == [{"at": given[2], "code": "bad_clock"}]


def test_4_one_moment_written_in_two_ways_is_told_as_each_wrote_it():
    facts = company(roster=[])
    strangers = [punches("08:00")[0] | {"employee": name} for name in ("x", "y")]
    strangers[0]["at"] += ":00"
    told = [{"at": punch["at"], "code": "unknown_user"} for punch in reversed(strangers)]
    for order in (strangers, strangers[::-1]):
        assert evaluate(facts | {"punches": order})["punch_exceptions"] == told


def test_4_a_moment_with_an_offset_is_brought_to_local_time():
    facts = company(punches=punches(f"{MONDAY}T00:30:00Z", f"{MONDAY}T17:00:00+07:00"))
    assert shown(row(facts), "worked", "late") == {"worked": 480, "late": 0}


def test_4_taps_of_one_minute_are_one_punch_yet_parked_ones_are_listed_each():
    twice = punches(f"{SATURDAY}T09:00:05", f"{SATURDAY}T09:00:40")
    facts = company(punches=twice)
    facts["employees"][0]["leave"] = MONDAY
    assert evaluate(facts)["punch_exceptions"] == [
        {"at": twice[0]["at"], "code": "outside_employment"}
    ]
    parked = punches("2000-01-01T09:00:05", "2000-01-01T09:00:40")
    listed = evaluate(company(punches=[*parked, *parked]))["punch_exceptions"]
    assert [item["at"] for item in listed] == [punch["at"] for punch in parked]


@pytest.mark.parametrize(
    ("time", "where"),
    [
        ("2026-11-03T01:44", "departure"),  # before the cut: still of Monday evening
        ("2026-11-03T01:45", "nobody's"),  # from the cut on Monday's window is over
        ("2026-11-03T03:29", "nobody's"),  # and Tuesday's has not begun: cutting lengthens nothing
        ("2026-11-03T03:30", "arrival"),
    ],
)
def test_5_a_window_is_cut_at_the_midpoint_and_never_made_longer(time, where):
    """20:00 to 07:30 are 690 minutes: windows of 480 after and 240 before overlap."""
    facts = company(
        shifts={"HC": OFFICE, "T": EVENING},
        roster=[*rostered("T"), *rostered("HC", day=TUESDAY)],
        punches=punches("16:00", time),
    )
    monday, tuesday = row(facts)["status"], row(facts, TUESDAY)["status"]
    listed = [item["code"] for item in evaluate(facts)["punch_exceptions"]]
    assert (monday, tuesday, listed) == {
        "departure": ("present", "absent", []),
        "nobody's": ("incomplete", "absent", ["unassigned_punch"]),
        "arrival": ("incomplete", "incomplete", []),
    }[where]


def test_5_windows_that_do_not_overlap_are_not_cut():
    """17:00 to 07:30 are 870 minutes, more than 480 and 240."""
    facts = company(
        roster=[*rostered("HC"), *rostered("HC", day=TUESDAY)],
        punches=punches("07:30", f"{TUESDAY}T01:00"),
    )
    assert row(facts)["status"] == "present"


def test_5_overtime_is_outside_employment_by_the_date_it_starts():
    late = {"employee": "an", "from": f"{TUESDAY}T06:00", "to": f"{TUESDAY}T08:00"}
    facts = company(
        roster=rostered("D"),
        overtime_approved=[late],
        punches=punches(f"{MONDAY}T22:00", f"{TUESDAY}T08:00"),
    )
    facts["employees"][0]["leave"] = MONDAY
    assert shown(row(facts), "worked", "exceptions") == {
        "worked": 480,
        "exceptions": ["unapproved_extra"],
    }


def test_7_overtime_asked_over_leave_is_scheduled_and_counts_nothing():
    facts = company(
        leaves=away(part="pm"),
        overtime_approved=[{"employee": "an", "from": f"{MONDAY}T13:00", "to": f"{MONDAY}T17:00"}],
        punches=punches("07:30", "17:00"),
    )
    assert shown(row(facts), "worked", "leave", "exceptions") == {
        "worked": 240,
        "leave": 240,
        "exceptions": ["ot_not_worked"],
    }


def test_8_the_caps_add_what_is_given_and_this_rows_overtime_only():
    """Two rows of 120 minutes beside 2,200: neither alone passes 2,400."""
    days = (MONDAY, TUESDAY)
    facts = company(
        roster=[entry for day in days for entry in rostered("HC", day=day)],
        overtime_approved=[
            {"employee": "an", "from": f"{day}T17:00", "to": f"{day}T19:00"} for day in days
        ],
        punches=[punch for day in days for punch in punches("07:30", "19:00", day=day)],
        overtime_before={"month": 2_280, "year": 11_880},
    )
    assert [row(facts, day)["exceptions"] for day in days] == [[], []]
    facts["overtime_before"] = {"month": 2_281, "year": 11_881}
    assert [row(facts, day)["exceptions"] for day in days] == [["ot_cap_month", "ot_cap_year"]] * 2


def test_9_halves_that_leave_nothing_are_the_larger_of_leave_and_trip():
    facts = company(leaves=away(part="am"), trips=away(part="pm"))
    assert row(facts)["status"] == "leave"
    facts["calendar"][MONDAY] = "rest"
    assert row(facts)["status"] == "rest"  # §9 names the rest day before


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"leaves": away()}, r"leaves\[0\]: part, or from and to, is missing"),
        ({"leaves": away(**{"from": "08:00"})}, r"leaves\[0\]: to is missing"),
        ({"leaves": away(**{"from": "25:00", "to": "26:00"})}, r"leaves\[0\]: .*25:00"),
        (
            {
                "overtime_approved": [
                    {"employee": "an", "from": f"{MONDAY}T19:00", "to": f"{MONDAY}T18:00"}
                ]
            },
            r"overtime_approved\[0\]: .*not after",
        ),
        ({"settings": {"ot_block": 0}}, r"settings\.ot_block"),
        ({"settings": {"late_grace": "5"}}, r"settings\.late_grace"),
        ({"settings": {"ot_requires_approval": 1}}, r"settings\.ot_requires_approval"),
        ({"settings": {"ot_block": 1.5}}, r"settings\.ot_block: 1.5"),
        ({"settings": {"ot_month_cap_hours": float("inf")}}, r"settings\.ot_month_cap_hours: inf"),
        ({"settings": ["late_grace"]}, r"settings"),
        ({"shifts": {"HC": {"start": "7h30", "end": "17:00"}}}, r"shifts\.HC: .*7h30"),
        ({"shifts": {"HC": {"start": "07:30"}}}, r"shifts\.HC: end is missing"),
        (
            {
                "shifts": {
                    "HC": {
                        "start": "07:30",
                        "end": "17:00",
                        "breaks": [{"from": "11:30", "to": "13:00", "paid": "no"}],
                    }
                }
            },
            r"shifts\.HC: breaks\[0\]: paid 'no' is not true or false",
        ),
        ({"calendar": {"2026-11-31": "work"}}, r"calendar\.2026-11-31"),
        ({"calendar": {MONDAY: "off"}}, r"calendar\.2026-11-02: 'off'"),
        ({"locks": {"2026-13": MONDAY}}, r"locks\.2026-13"),
        ({"locks": {"2026-11": "soon"}}, r"locks\.2026-11: .*soon"),
        ({"terminals": {"m1": {"offset_seconds": "x"}}}, r"terminals\.m1"),
        ({"overtime_before": {"month": "many"}}, r"overtime_before\.month"),
        ({"overtime_before": {"week": 1}}, r"overtime_before: unknown week"),
        ({"employees": {"id": "an"}}, r"employees: a list is expected"),
        (
            {
                "employees": [
                    {"id": "an", "join": "2020-01-01"},
                    {"id": "an", "join": "2020-01-01", "site": None},
                    {"id": "an", "join": "2026-11-02"},
                ]
            },
            r"employees: 'an' is told twice, and differently",
        ),
        ({"punches": ["07:30"]}, r"punches\[0\]: an object is expected"),
        ({"punches": [{"at": "2026-11-02", "terminal": "m1", "employee": "an"}]}, r"punches\[0\]"),
    ],
)
def test_facts_that_cannot_be_read_are_refused_where_they_stand(parts, message):
    with pytest.raises(UnreadableFacts, match=message):
        evaluate(company(**parts))


@pytest.mark.parametrize("data", [[], "facts", None])
def test_facts_that_are_no_object_are_refused(data):
    with pytest.raises(UnreadableFacts, match="an object is expected"):
        evaluate(data)

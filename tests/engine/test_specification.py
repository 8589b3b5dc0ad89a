"""The working-time specification, sentence by sentence, named by its sections."""

import pytest

from attendance.engine.reading import UnreadableFacts
from attendance.engine.wire import evaluate
from tests.engine.working_day import MONDAY, OFFICE, company, punches, row, shown

MINUTES = ("worked", "late", "early", "status", "exceptions")


def day(*times: str, **parts):
    return row(company(punches=punches(*times), **parts))


def test_2_an_ordinary_office_day_pays_its_scheduled_minutes_and_not_lunch():
    assert shown(day("07:28", "17:03"), *MINUTES) == {
        "worked": 480,
        "late": 0,
        "early": 0,
        "status": "present",
        "exceptions": [],
    }


def test_2_a_swap_exchanges_the_entries_of_the_date():
    facts = company(
        employees=[
            {"id": "an", "join": "2020-01-01"},
            {"id": "bình", "join": "2020-01-01"},
        ],
        swaps=[{"date": MONDAY, "a": "an", "b": "bình"}],
    )
    assert row(facts)["status"] == "no_shift"
    assert row(facts, employee="bình")["status"] == "absent"


def test_2_outside_employment_nothing_is_planned():
    facts = company(employees=[{"id": "an", "join": "2026-11-03"}], punches=punches("07:28"))
    assert row(facts)["status"] == "not_employed"
    assert evaluate(facts)["punch_exceptions"] == [
        {"at": f"{MONDAY}T07:28", "code": "outside_employment"}
    ]


@pytest.mark.parametrize(
    ("part", "times", "expected"),
    [
        ("am", ("13:00", "17:00"), {"leave": 240, "worked": 240, "late": 0, "early": 0}),
        ("pm", ("07:30", "11:30"), {"leave": 240, "worked": 240, "late": 0, "early": 0}),
        ("full", (), {"leave": 480, "worked": 0, "late": 0, "early": 0}),
    ],
)
def test_3_leave_is_taken_out_of_the_schedule_first(part, times, expected):
    result = day(*times, leaves=[{"employee": "an", "date": MONDAY, "part": part, "code": "P"}])
    assert shown(result, *expected) == expected
    assert result["exceptions"] == []


def test_3_a_half_of_a_shift_without_unpaid_break_is_half_of_its_minutes():
    facts = company(
        roster=[{"employee": "an", "date": MONDAY, "shift": "D"}],
        leaves=[{"employee": "an", "date": MONDAY, "part": "am", "code": "P"}],
        punches=punches(f"{MONDAY}T22:00", "2026-11-03T06:00"),
    )
    assert shown(row(facts), "leave", "worked", "night") == {
        "leave": 240,
        "worked": 240,
        "night": 240,
    }


def test_3_trip_minutes_are_credited_and_hours_may_be_given():
    result = day(
        "07:30",
        "15:00",
        trips=[{"employee": "an", "date": MONDAY, "from": "15:00", "to": "17:00", "code": "CT"}],
    )
    assert shown(result, "credited", "worked", "early", "status") == {
        "credited": 120,
        "worked": 360,
        "early": 0,
        "status": "present",
    }


def test_3_on_a_day_without_a_shift_leave_has_no_effect():
    facts = company(leaves=[{"employee": "an", "date": "2026-11-07", "part": "full", "code": "P"}])
    assert shown(row(facts, "2026-11-07"), "leave", "status") == {"leave": 0, "status": "rest"}


def test_4_a_fast_clock_is_corrected_and_noted():
    facts = company(
        terminals={"m1": {"site": "hl", "offset_seconds": 600}},
        punches=punches("07:38:30", "17:10:59"),
    )
    assert shown(row(facts), *MINUTES) == {
        "worked": 480,
        "late": 0,
        "early": 0,
        "status": "present",
        "exceptions": ["clock_drift"],
    }


def test_4_a_reset_clock_pays_nothing():
    facts = company(punches=punches("2000-01-01T07:30", "2000-01-01T17:00"))
    assert row(facts)["status"] == "absent"
    assert [p["code"] for p in evaluate(facts)["punch_exceptions"]] == ["bad_clock", "bad_clock"]


def test_4_a_punch_from_the_future_is_parked():
    later = {
        "at": f"{MONDAY}T17:00",
        "terminal": "m1",
        "employee": "an",
        "received": f"{MONDAY}T16:54",
    }
    assert evaluate(company(punches=[later]))["punch_exceptions"] == [
        {"at": f"{MONDAY}T17:00", "code": "bad_clock"}
    ]


def test_4_seconds_are_dropped_before_a_punch_is_judged():
    """16:59:30 is 16:59, no more than five minutes after 16:54:10."""
    punch = {
        "at": f"{MONDAY}T16:59:30",
        "terminal": "m1",
        "employee": "an",
        "received": f"{MONDAY}T16:54:10",
    }
    assert evaluate(company(punches=[punch]))["punch_exceptions"] == []


def test_4_two_strangers_of_one_moment_are_two_punches_and_a_repeat_is_one():
    seven, eight = ({"at": f"{MONDAY}T08:00", "terminal": "m1", "uid": uid} for uid in "78")
    listed = evaluate(company(punches=[seven, eight, seven]))["punch_exceptions"]
    assert [item["code"] for item in listed] == ["unknown_user", "unknown_user"]


def test_4_a_reused_user_id_belongs_to_its_owner_of_that_day():
    facts = company(
        employees=[{"id": "an", "join": "2020-01-01"}, {"id": "bình", "join": "2020-01-01"}],
        device_users=[
            {"uid": "7", "employee": "bình", "from": "2020-01-01", "to": "2026-11-01"},
            {"uid": "7", "employee": "an", "from": MONDAY, "to": None},
        ],
        punches=[{"at": f"{MONDAY}T{t}", "terminal": "m1", "uid": "7"} for t in ("07:30", "17:00")]
        + [{"at": f"{MONDAY}T08:00", "terminal": "m1", "uid": "99"}],
    )
    assert row(facts)["worked"] == 480
    assert evaluate(facts)["punch_exceptions"] == [
        {"at": f"{MONDAY}T08:00", "code": "unknown_user"}
    ]


def test_4_of_two_owners_of_a_user_id_the_later_one_has_it_and_of_two_since_one_day_neither():
    """Whatever their order: an owner before was not ended. Who is not known is not guessed."""

    def owner(who, since):
        return {"uid": "7", "employee": who, "from": since, "to": None}

    def codes(*owners):
        facts = company(
            employees=[{"id": who, "join": "2020-01-01"} for who in ("an", "bình")],
            device_users=list(owners),
            punches=[
                {"at": f"{MONDAY}T{t}", "terminal": "m1", "uid": "7"} for t in ("07:30", "17:00")
            ],
        )
        return row(facts)["worked"], len(evaluate(facts)["punch_exceptions"])

    old, new, same = owner("bình", "2020-01-01"), owner("an", MONDAY), owner("bình", MONDAY)
    assert [codes(old, new), codes(new, old)] == [(480, 0)] * 2
    assert [codes(old, new, same), codes(same, new, old)] == [(0, 2)] * 2


def test_5_windows_meet_at_the_midpoint_and_the_cut_belongs_to_the_later_chain():
    shifts = {
        "S": {"start": "06:00", "end": "10:00"},
        "C": {"start": "14:00", "end": "18:00"},
    }
    facts = company(
        shifts=shifts,
        roster=[{"employee": "an", "date": MONDAY, "shift": code} for code in shifts],
        punches=punches("06:00", "10:00", "12:00", "18:00"),
    )
    assert shown(row(facts), "worked", "late", "status") == {
        "worked": 480,
        "late": 0,
        "status": "present",
    }
    facts["punches"] = punches("06:00", "11:59", "14:00", "18:00")
    assert row(facts)["exceptions"] == ["unapproved_extra"]


@pytest.mark.parametrize(
    ("at", "where", "code"),
    [
        ("2026-11-07T09:00", "2026-11-07", "unapproved_work"),
        ("2026-11-05T09:00", "2026-11-05", "no_shift"),
    ],
)
def test_5_a_punch_outside_every_window_is_shown_on_its_date(at, where, code):
    facts = company(punches=punches(at))
    assert shown(row(facts, where), "worked", "exceptions") == {"worked": 0, "exceptions": [code]}


def test_5_a_punch_outside_windows_on_a_rostered_date_is_listed():
    assert evaluate(company(punches=punches("02:00")))["punch_exceptions"] == [
        {"at": f"{MONDAY}T02:00", "code": "unassigned_punch"}
    ]


def test_5_a_punch_on_a_date_without_a_row_is_listed():
    assert evaluate(company(punches=punches("2026-12-24T09:00")))["punch_exceptions"] == [
        {"at": "2026-12-24T09:00", "code": "unassigned_punch"}
    ]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("07:40", {"late": 10, "early": 0, "exceptions": ["missing_out"]}),
        ("16:50", {"late": 0, "early": 10, "exceptions": ["missing_in"]}),
        ("12:15", {"late": 240, "early": 0, "exceptions": ["missing_out"]}),
    ],
)
def test_6_one_event_is_the_side_it_is_nearer_to_and_pays_nothing(time, expected):
    result = day(time)
    assert shown(result, *expected) == expected
    assert shown(result, "worked", "status") == {"worked": 0, "status": "incomplete"}


def test_6_two_taps_within_the_least_span_are_one_event():
    assert day("07:30", "07:59")["exceptions"] == ["missing_out"]
    assert day("07:30", "08:00")["exceptions"] == []


def test_6_punches_between_first_and_last_are_ignored():
    assert day("07:30", "10:00", "10:05", "17:00")["worked"] == 480


def test_6_a_punch_on_full_leave_counts_nothing():
    result = day(
        "07:30", "17:00", leaves=[{"employee": "an", "date": MONDAY, "part": "full", "code": "P"}]
    )
    assert shown(result, "worked", "status", "exceptions") == {
        "worked": 0,
        "status": "leave",
        "exceptions": ["punch_on_leave"],
    }


def test_6_pairs_count_presence_only():
    result = day("07:30", "07:31", "09:30", "10:30", "17:00", settings={"pairing": "pairs"})
    assert shown(result, *MINUTES) == {
        "worked": 420,
        "late": 0,
        "early": 0,
        "status": "present",
        "exceptions": [],
    }


def test_6_an_odd_event_leaves_complete_pairs_counted():
    result = day("07:40", "09:30", "13:00", settings={"pairing": "pairs"})
    assert shown(result, *MINUTES) == {
        "worked": 110,
        "late": 10,
        "early": 0,
        "status": "incomplete",
        "exceptions": ["odd_punches"],
    }


def test_7_a_minute_of_two_shifts_that_overlap_counts_once():
    facts = company(
        shifts={"HC": OFFICE, "S": {"start": "06:00", "end": "10:00"}},
        roster=[{"employee": "an", "date": MONDAY, "shift": code} for code in ("HC", "S")],
        punches=punches("06:00", "09:00"),
    )
    assert shown(row(facts), "worked", "regular", "early") == {
        "worked": 180,
        "regular": 180,
        "early": 60 + 90 + 240,  # 09:00-10:00, then 10:00-11:30 and 13:00-17:00 of HC alone
    }


def test_7_grace_changes_only_the_label():
    settings = {"late_grace": 5}
    assert shown(day("07:35", "17:00", settings=settings), "late", "worked") == {
        "late": 0,
        "worked": 475,
    }
    assert day("07:36", "17:00", settings=settings)["late"] == 6


def overtime(*span: str, **parts):
    request = {"employee": "an", "from": span[0], "to": span[1]}
    return company(overtime_approved=[request], **parts)


def test_7_overtime_classes_change_at_22_and_midnight_and_weights_follow():
    facts = overtime(
        f"{MONDAY}T17:00", f"{MONDAY}T23:30", punches=punches("07:30", f"{MONDAY}T23:30")
    )
    result = row(facts)
    assert result["ot"]["weekday_day"] == 300
    assert result["ot"]["weekday_night"] == 90
    assert result["night"] == 90
    # 480 × 100 % + 300 × 150 % + 90 × 210 %: night overtime after daytime overtime.
    assert result["weighted"] == 480 + 450 + 189


def test_10_night_overtime_without_daytime_overtime_weighs_200():
    facts = overtime(
        f"{MONDAY}T22:00", f"{MONDAY}T23:00", punches=punches(f"{MONDAY}T22:00", f"{MONDAY}T23:00")
    )
    result = row(facts)
    assert result["ot"]["weekday_night"] == 60
    assert result["weighted"] == 120


def test_7_a_request_below_the_least_counts_nothing_and_says_so():
    facts = overtime(f"{MONDAY}T17:00", f"{MONDAY}T19:00", punches=punches("07:30", "17:29"))
    assert shown(row(facts), "worked", "exceptions") == {
        "worked": 480,
        "exceptions": ["ot_not_worked"],
    }


def test_7_overtime_is_rounded_down_to_blocks():
    facts = overtime(
        f"{MONDAY}T17:00",
        f"{MONDAY}T19:00",
        punches=punches("07:30", "18:14"),
        settings={"ot_block": 30},
    )
    assert row(facts)["ot"]["weekday_day"] == 60


def test_7_without_required_approval_presence_after_the_span_counts():
    result = day("07:00", "18:30", settings={"ot_requires_approval": False})
    assert result["ot"]["weekday_day"] == 90
    assert result["exceptions"] == []


def test_7_without_required_approval_complete_pairs_count_beside_an_odd_event():
    result = day(
        "07:30",
        "11:30",
        "13:00",
        "18:00",
        "18:30",
        settings={"pairing": "pairs", "ot_requires_approval": False},
    )
    assert shown(result, "regular", "status", "exceptions") == {
        "regular": 480,
        "status": "incomplete",
        "exceptions": ["odd_punches"],
    }
    assert result["ot"]["weekday_day"] == 60


def test_7_scheduled_minutes_on_a_holiday_are_holiday_overtime_from_midnight():
    facts = company(
        roster=[{"employee": "an", "date": MONDAY, "shift": "D"}],
        punches=punches(f"{MONDAY}T22:00", "2026-11-03T06:00"),
    )
    facts["calendar"]["2026-11-03"] = "holiday"
    result = row(facts)
    assert shown(result, "regular", "night") == {"regular": 120, "night": 480}
    assert result["ot"]["holiday_night"] == 360
    assert result["weighted"] == 120 * 1.3 + 360 * 3.9


def test_7_a_night_shift_stays_on_the_date_it_starts():
    facts = company(
        roster=[{"employee": "an", "date": "2026-11-30", "shift": "D"}],
        punches=punches("2026-11-30T21:55", "2026-12-01T06:02"),
    )
    result = row(facts, "2026-11-30")
    assert shown(result, "worked", "night", "period") == {
        "worked": 480,
        "night": 480,
        "period": "2026-11",
    }


def test_8_a_shift_nobody_came_to_beside_one_that_was_worked():
    shifts = {"S": {"start": "06:00", "end": "10:00"}, "C": {"start": "14:00", "end": "18:00"}}
    facts = company(
        shifts=shifts,
        roster=[{"employee": "an", "date": MONDAY, "shift": code} for code in shifts],
        punches=punches("06:00", "10:00"),
    )
    assert shown(row(facts), "worked", "status", "exceptions") == {
        "worked": 240,
        "status": "present",
        "exceptions": ["absent_part"],
    }


def test_8_long_presence_without_a_request_is_asked_about_and_not_paid():
    assert shown(day("06:30", "17:00"), "worked", "exceptions") == {
        "worked": 480,
        "exceptions": ["unapproved_extra"],
    }
    assert day("06:31", "17:59")["exceptions"] == []


def test_8_a_punch_at_another_site_counts_in_full_and_is_noted():
    facts = company(terminals={"m1": {"site": "mc"}}, punches=punches("07:30", "17:00"))
    assert shown(row(facts), "worked", "exceptions") == {
        "worked": 480,
        "exceptions": ["other_site"],
    }


def test_8_overtime_beyond_half_the_day_and_the_month_is_warned_about():
    facts = overtime(
        f"{MONDAY}T17:00",
        f"{MONDAY}T21:30",
        punches=punches("07:30", "21:30"),
        overtime_before={"month": 2200, "year": 11_800},
    )
    assert row(facts)["exceptions"] == ["ot_cap_day", "ot_cap_month", "ot_cap_year"]


@pytest.mark.parametrize(
    ("on", "status"),
    [(MONDAY, "absent"), ("2026-11-03", "no_shift"), ("2026-11-07", "rest")],
)
def test_9_status_without_punches(on, status):
    assert row(company(), on)["status"] == status


def test_11_a_late_punch_becomes_an_adjustment_of_the_next_open_period():
    known = {"at": f"{MONDAY}T07:30", "terminal": "m1", "employee": "an"}
    late = {
        "at": f"{MONDAY}T17:00",
        "terminal": "m1",
        "employee": "an",
        "received": "2026-12-05T08:00",
    }
    answer = evaluate(
        company(
            punches=[known, late],
            locks={"2026-11": "2026-12-02T00:00", "2026-12": "2027-01-02T00:00"},
        )
    )
    frozen = next(r for r in answer["rows"] if r["date"] == MONDAY)
    assert shown(frozen, "worked", "status") == {"worked": 0, "status": "incomplete"}
    assert answer["adjustments"] == [
        {
            "employee": "an",
            "date": MONDAY,
            "into": "2027-01",
            "delta": {"worked": 480, "regular": 480},
        }
    ]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"surprise": 1}, "surprise"),
        ({"settings": {"grace": 5}}, "grace"),
        ({"roster": [{"employee": "an", "date": MONDAY, "shift": "??"}]}, "roster[0]"),
        ({"punches": [{"at": "yesterday", "terminal": "m1"}]}, "punches[0]"),
        ({"employees": [{"join": "2020-01-01"}]}, "employees[0]: id is missing"),
        ({"leaves": [{"employee": "an", "date": MONDAY, "part": "noon"}]}, "leaves[0]"),
    ],
)
def test_facts_that_cannot_be_read_are_refused_by_name(parts, words):
    with pytest.raises(UnreadableFacts, match=words.replace("[", r"\[").replace("?", r"\?")):
        evaluate(company(**parts))

"""Exceptions are grouped by what caused them; outages are told from a terminal's hours. Pure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from attendance.review.exception_causes import (
    Cause,
    Fix,
    Issue,
    Outage,
    fingerprint,
    group,
    is_overdue,
    suggest,
)
from attendance.review.outages import spans

DAY = date(2025, 11, 3)
MORNING = Outage(
    "M1",
    "HL",
    datetime.fromisoformat("2025-11-03T06:00"),
    datetime.fromisoformat("2025-11-03T09:00"),
)
SHIFT = {"rule": "shift", "code": "HC", "from": "2025-11-03T07:30", "to": "2025-11-03T17:00"}


def issue(employee=1, code="missing_in", steps=(SHIFT,), day=DAY, site="HL", department="PKT"):
    return Issue(
        employee=employee,
        person_code=str(employee),
        name=f"Người {employee}",
        department=department,
        site=site,
        day=day,
        code=code,
        seen="x",
        steps=steps,
    )


def tap(rule, at, terminal="M1"):
    return {"rule": rule, "at": f"2025-11-03T{at}", "terminal": terminal}


NIGHT_CALL = [tap("unassigned_punch", "01:10"), tap("unassigned_punch", "02:50")]
WORKED = [tap("in", "07:25"), tap("out", "17:02")]


def causes(*issues, outages=(MORNING,), usual=None):
    found = group(issues, outages=outages, usual=usual or {})
    return [(each.cause.kind, each.cause.subject, each.people) for each in found]


def test_one_terminals_outage_is_one_group_with_everybody():
    people = [issue(number) for number in range(37)]
    assert causes(*people, usual=dict.fromkeys(range(37), "M1")) == [("outage", "M1", 37)]


def test_who_punches_elsewhere_is_not_in_it():
    assert causes(issue(1), issue(2), usual={1: "M1", 2: "M2"}) == [
        ("missing_in", "", 1),
        ("outage", "M1", 1),
    ]


def test_without_a_usual_terminal_the_site_tells():
    assert causes(issue(1), issue(2, site="CP")) == [("missing_in", "", 1), ("outage", "M1", 1)]


def test_a_punch_due_long_after_the_outage_was_forgotten():
    assert causes(issue(code="missing_out")) == [("missing_out", "", 1)]


def test_an_absence_is_an_outage_only_if_both_punches_fell_into_it():
    assert causes(issue(code="absent")) == [("absent", "", 1)]
    whole = Outage("M1", "HL", datetime.fromisoformat("2025-11-03T06:00"), None)
    assert causes(issue(code="absent"), outages=[whole]) == [("outage", "M1", 1)]


def test_punches_far_from_every_shift_are_one_group_a_terminal():
    both = [
        issue(number, "unassigned_punch", [tap("unassigned_punch", "02:00")]) for number in (1, 2)
    ]
    other = issue(3, "unassigned_punch", [tap("unassigned_punch", "02:00", "M2")])
    assert causes(*both, other) == [("unassigned_punch", "M1", 2), ("unassigned_punch", "M2", 1)]


def test_punches_outside_employment_are_one_group_a_person():
    found = [issue(n, "outside_employment", [tap("outside_employment", "07:20")]) for n in (1, 2)]
    assert causes(*found) == [
        ("outside_employment", "Người 1 (1)", 1),
        ("outside_employment", "Người 2 (2)", 1),
    ]


def test_a_department_without_a_roster_is_one_group_a_day():
    steps = [tap("no_shift", "07:20"), tap("no_shift", "17:10")]
    both = [issue(number, "no_shift", steps) for number in (1, 2)]
    other = issue(3, "no_shift", steps, department="KHO")
    assert causes(*both, other) == [("no_shift", "PKT", 2), ("no_shift", "KHO", 1)]


def test_order_of_the_exceptions_does_not_matter():
    some = [issue(n, code) for n in range(3) for code in ("missing_in", "ot_cap_day")]
    forward = group(some, outages=[MORNING], usual={1: "M2"})
    assert forward == group(reversed(some), outages=[MORNING], usual={1: "M2"})


@pytest.mark.parametrize(
    ("code", "steps", "expected"),
    [
        ("missing_in", [SHIFT], (Fix.PUNCH, ["07:30"])),
        ("missing_out", [SHIFT], (Fix.PUNCH, ["17:00"])),
        ("missing_out", [SHIFT, SHIFT], (Fix.LOOK, [])),  # which of the two is not plain
        ("absent", [SHIFT], (Fix.LOOK, [])),  # an absence is never turned into presence
        (
            "unapproved_extra",
            [SHIFT, tap("in", "07:25"), tap("out", "18:40")],
            (Fix.OVERTIME, ["17:00", "18:40"]),
        ),
        (
            "unapproved_extra",
            [SHIFT, tap("in", "05:25"), tap("out", "17:02")],
            (Fix.OVERTIME, ["05:25", "07:30"]),
        ),
        (
            "unapproved_work",
            [tap("unapproved_work", "08:00"), tap("unapproved_work", "11:00")],
            (Fix.OVERTIME, ["08:00", "11:00"]),
        ),
        ("unapproved_work", [tap("unapproved_work", "08:00")], (Fix.ACCEPT, [])),
        ("other_site", [SHIFT], (Fix.ACCEPT, [])),
        ("unassigned_punch", [SHIFT, *NIGHT_CALL], (Fix.LOOK, [])),  # was it another shift?
        ("unassigned_punch", [SHIFT, *NIGHT_CALL, *WORKED], (Fix.OVERTIME, ["01:10", "02:50"])),
        ("unassigned_punch", [SHIFT, NIGHT_CALL[0], *WORKED], (Fix.ACCEPT, [])),
        (
            "unassigned_punch",  # before the shift and after it, never over it
            [SHIFT, NIGHT_CALL[0], tap("unassigned_punch", "22:40"), *WORKED],
            (Fix.ACCEPT, []),
        ),
        ("outside_employment", [tap("outside_employment", "07:20")], (Fix.LOOK, [])),
        ("odd_punches", [SHIFT], (Fix.LOOK, [])),
    ],
)
def test_what_is_suggested(code, steps, expected):
    found = suggest(issue(code=code, steps=steps), Cause(code))
    assert (found.fix, [f"{moment:%H:%M}" for moment in found.moments]) == expected


def test_in_an_outage_an_absence_may_be_two_lost_punches():
    found = suggest(issue(code="absent"), Cause("outage", "M1", outage=MORNING))
    assert (found.fix, len(found.moments)) == (Fix.PUNCH, 2)


def test_three_days_old_is_in_time_four_are_overdue():
    assert not is_overdue(DAY, on=DAY + timedelta(days=3))
    assert is_overdue(DAY, on=DAY + timedelta(days=4))


def test_other_facts_have_another_fingerprint():
    assert fingerprint("present", [SHIFT]) == fingerprint(
        "present", [dict(reversed(SHIFT.items()))]
    )
    assert fingerprint("present", [SHIFT]) != fingerprint("incomplete", [SHIFT])
    assert fingerprint("present", [SHIFT]) != fingerprint("present", [SHIFT | {"code": "C2"}])


def hour(number):
    return datetime(2025, 11, 3, tzinfo=UTC) + timedelta(hours=number)


def test_an_outage_lasts_from_the_first_failing_hour_to_the_next_contact():
    hours = [(hour(0), 4, 0), (hour(1), 2, 1), (hour(2), 0, 4), (hour(5), 0, 1), (hour(6), 1, 3)]
    assert spans(hours, pushes=False) == [(hour(2), hour(6))]
    assert spans(hours[:3], pushes=False) == [(hour(2), None)]
    assert spans(hours[:2], pushes=False) == []


def test_a_terminal_that_pushes_is_out_while_it_is_silent():
    assert spans([(hour(0), 9, 0), (hour(1), 9, 0), (hour(5), 9, 0)], pushes=True) == [
        (hour(2), hour(5))
    ]
    assert spans([(hour(0), 9, 0), (hour(2), 9, 0)], pushes=True) == []

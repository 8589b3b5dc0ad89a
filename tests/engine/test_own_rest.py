"""Rest days of one's own: beyond the specification, and nothing where everybody has the company's."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.engine.compute import compute
from attendance.engine.facts import OwnDay
from attendance.engine.reading import UnreadableFacts, read
from tests.engine.test_laws import companies
from tests.engine.working_day import MONDAY, company, punches

TUESDAY, SATURDAY = "2026-11-03", "2026-11-07"


def own(day, kind="rest", **more):
    return {"employee": "an", "date": day, "kind": kind} | more


def overtime(start, end):
    return {"employee": "an", "from": start, "to": end}


def computed(day, *days, **parts):
    facts = read(company(own_days=list(days), **parts))
    return next(row for row in compute(facts).rows if row.date.isoformat() == day)


def classes(row):
    return {name: minutes for name, minutes in row.overtime.items() if minutes}


def own_steps(row):
    return [step for step in row.steps if step["rule"] == "own_day"]


def test_overtime_on_ones_own_rest_day_is_paid_as_of_a_rest_day():
    asked = {
        "overtime_approved": [overtime(f"{TUESDAY}T18:00", f"{TUESDAY}T23:00")],
        "punches": punches("18:00", "23:00", day=TUESDAY),
    }
    usual = computed(TUESDAY, **asked)
    assert classes(usual) == {"weekday_day": 240, "weekday_night": 60}
    row = computed(TUESDAY, own(TUESDAY), **asked)
    assert classes(row) == {"restday_day": 240, "restday_night": 60}
    assert (row.weighted, row.status) == (240 * 2 + 60 * 2.7, "present")
    assert own_steps(row) == [{"rule": "own_day", "date": TUESDAY, "kind": "rest", "why": "weekly"}]


def test_the_companys_rest_day_is_a_weekday_to_who_rests_on_another():
    roster = [{"employee": "an", "date": SATURDAY, "shift": "HC"}]
    asked = {
        "roster": roster,
        "overtime_approved": [overtime(f"{SATURDAY}T17:00", f"{SATURDAY}T19:00")],
        "punches": punches("07:30", "19:00", day=SATURDAY),
    }
    row = computed(SATURDAY, own(SATURDAY, "work"), **asked)
    assert (row.regular, classes(row), row.weighted) == (480, {"weekday_day": 120}, 660)
    assert classes(computed(SATURDAY, **asked)) == {"restday_day": 120}


def test_a_night_of_overtime_changes_class_at_the_midnight_of_ones_own_rest_day_and_says_so():
    row = computed(
        MONDAY,
        own(TUESDAY),
        overtime_approved=[overtime(f"{MONDAY}T22:00", f"{TUESDAY}T02:00")],
        punches=punches("07:30", f"{TUESDAY}T02:00"),
        settings={"chain_gap": 400},
    )
    assert classes(row) == {"weekday_night": 120, "restday_night": 120}
    assert [step["date"] for step in own_steps(row)] == [TUESDAY]


@pytest.mark.parametrize(
    ("day", "kind", "status", "exception"),
    [
        (TUESDAY, "rest", "rest", "unapproved_work"),
        (SATURDAY, "work", "no_shift", "no_shift"),
    ],
)
def test_a_day_without_a_shift_is_called_what_it_is_to_the_person(day, kind, status, exception):
    assert computed(day, own(day, kind)).status == status
    came = computed(day, own(day, kind), punches=punches("08:00", "12:00", day=day))
    assert (came.status, came.exceptions, came.worked) == (status, {exception}, 0)


def test_a_holiday_is_everybodys_and_a_day_like_the_companys_needs_no_word():
    calendar = company()["calendar"] | {TUESDAY: "holiday"}
    row = computed(TUESDAY, own(TUESDAY), calendar=calendar)
    assert (row.status, own_steps(row)) == ("holiday", [])
    assert own_steps(computed(SATURDAY, own(SATURDAY))) == []


@given(companies(), st.sampled_from(["work", "rest"]), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_they_change_classes_and_never_minutes(facts, kind, luck):
    plain = replace(read(facts), locks={})
    days = [OwnDay(who.id, day, kind) for who in plain.employees for day in plain.calendar]
    luck.shuffle(days)
    told = compute(replace(plain, own_days=tuple(days))).rows
    luck.shuffle(days)
    assert told == compute(replace(plain, own_days=tuple(days + days[:2]))).rows
    for before, after in zip(compute(plain).rows, told, strict=True):
        for name in ("worked", "regular", "leave", "credited", "night", "late", "early"):
            assert getattr(before, name) == getattr(after, name)
        for part in ("day", "night"):
            assert before.overtime[f"holiday_{part}"] == after.overtime[f"holiday_{part}"]


@pytest.mark.parametrize(
    ("change", "told"), [({"kind": "holiday"}, "kind 'holiday'"), ({"why": "x"}, "why 'x'")]
)
def test_what_is_no_own_day_is_refused(change, told):
    with pytest.raises(UnreadableFacts, match=told):
        read(company(own_days=[own(TUESDAY) | change]))


def test_whose_own_days_are_told_is_nobody_elses_business():
    two = company()["employees"] + [{"id": "bình", "join": "2020-01-01", "leave": None}]
    facts = read(company(own_days=[own(TUESDAY)], employees=two))
    kinds = {
        row.employee: row.status for row in compute(facts).rows if row.date == date(2026, 11, 3)
    }
    assert kinds == {"an": "rest", "bình": "no_shift"}

"""Care hours: beyond the specification, and nothing where nobody has them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.engine.compute import compute
from attendance.engine.facts import Care
from attendance.engine.reading import UnreadableFacts, read
from tests.engine.test_laws import companies
from tests.engine.working_day import MONDAY, NIGHT, OFFICE, company, punches

FLEX = {**OFFICE, "flex": 30}


def care(place, minutes=60, **more):
    item = {"employee": "an", "from": "2026-11-01", "to": "2026-11-30", "minutes": minutes}
    return item | {"place": place} | more


def computed(*times, cares, shift=OFFICE, **parts):
    facts = {"shifts": {"HC": shift, "D": NIGHT}, "punches": punches(*times), "care": cares}
    [row] = [
        r for r in compute(read(company(**facts | parts))).rows if r.date.isoformat() == MONDAY
    ]
    return row


def figures(row):
    return row.regular, row.care, row.late, row.early


@pytest.mark.parametrize(
    ("place", "times", "expected"),
    [
        ("start", ("08:30", "17:00"), (420, 60, 0, 0)),
        ("start", ("08:37", "17:00"), (413, 60, 7, 0)),
        ("start", ("07:50", "17:00"), (460, 20, 0, 0)),
        ("start", ("07:30", "16:00"), (420, 0, 0, 60)),  # not when it was agreed
        ("end", ("07:30", "16:00"), (420, 60, 0, 0)),
        ("end", ("07:41", "15:50"), (399, 60, 11, 10)),
        ("end", ("07:30", "17:00"), (480, 0, 0, 0)),
        ("spread", ("08:00", "16:30"), (420, 60, 0, 0)),
        ("spread", ("08:10", "16:20"), (400, 60, 0, 20)),
        ("spread", ("07:30", "17:00"), (480, 0, 0, 0)),
    ],
)
def test_minutes_missed_within_care_hours_are_credited(place, times, expected):
    assert figures(computed(*times, cares=[care(place)])) == expected


def test_nothing_is_credited_to_who_did_not_come_or_lacks_a_punch():
    absent = computed(cares=[care("start")])
    assert (absent.status, *figures(absent)) == ("absent", 0, 0, 0, 0)
    lacking = computed("08:37", cares=[care("start")])
    assert (lacking.status, *figures(lacking)) == ("incomplete", 0, 0, 7, 0)
    assert [step["rule"] for step in lacking.steps if "care" in step["rule"]] == ["care_open"]
    away = [{"employee": "an", "date": MONDAY, "code": "P", "part": "full"}]
    assert computed(cares=[care("end")], leaves=away).care == 0


def test_half_a_day_of_leave_keeps_the_whole_hour():
    away = [{"employee": "an", "date": MONDAY, "code": "P", "part": "am"}]
    row = computed("14:00", "17:00", cares=[care("start")], leaves=away)
    assert (*figures(row), row.leave, row.status) == (180, 60, 0, 0, 240, "present")


@pytest.mark.parametrize(
    ("place", "times", "paid"),
    [
        ("end", ("07:30", "17:00"), 60),
        ("end", ("07:30", "16:20"), 20),
        ("end", ("07:30", "16:00"), 0),
        ("spread", ("07:45", "17:00"), 45),
    ],
)
def test_care_hours_worked_through_by_agreement_are_paid_once_more(place, times, paid):
    agreed = computed(*times, cares=[care(place, paid_if_worked=True)])
    assert (agreed.care_worked, agreed.care, agreed.total_overtime) == (paid, 60 - paid, 0)
    without = computed(*times, cares=[care(place)])
    assert without.care_worked == 0
    assert [s["minutes"] for s in without.steps if s["rule"] == "care_unpaid"] == [paid] * (
        paid > 0
    )


def test_the_explanation_says_which_minutes_they_were():
    [step] = [
        s for s in computed("08:10", "16:40", cares=[care("spread")]).steps if s["rule"] == "care"
    ]
    assert step == {
        "rule": "care",
        "code": "HC",
        "minutes": 60,
        "spans": [
            {"from": f"{MONDAY}T07:30", "to": f"{MONDAY}T08:10"},
            {"from": f"{MONDAY}T16:40", "to": f"{MONDAY}T17:00"},
        ],
    }


def test_two_kinds_add_up_and_two_shifts_have_one_hour():
    both = computed("08:00", "16:00", cares=[care("end"), care("start", 30)])
    assert figures(both) == (390, 90, 0, 0)
    shifts = {
        "S": {"start": "07:00", "end": "11:00", "breaks": []},
        "C": {"start": "14:00", "end": "18:00", "breaks": []},
    }
    roster = [{"employee": "an", "date": MONDAY, "shift": code} for code in shifts]
    row = computed(
        "08:00", "11:00", "14:30", "17:00",
        cares=[care("end"), care("spread", 30)], shifts=shifts, roster=roster,
    )  # fmt: skip
    assert figures(row) == (330, 90, 60, 0)  # 30 of the morning late are excused, then no more


def test_a_flexible_shift_moves_only_beyond_care_hours():
    assert figures(computed("08:30", "17:00", cares=[care("start")], shift=FLEX)) == (420, 60, 0, 0)
    row = computed("08:50", "17:20", cares=[care("start")], shift=FLEX)
    assert figures(row) == (420, 60, 0, 0)
    row = computed("07:50", "16:20", cares=[care("end")], shift=FLEX)
    assert figures(row) == (420, 60, 0, 0)


@given(companies(), st.sampled_from(["start", "end", "spread"]), st.integers(0, 120))
@settings(max_examples=25, deadline=None)
def test_they_change_nothing_but_what_is_late_and_early(facts, place, count):
    plain, first = read(facts), date(2026, 1, 1)
    cares = tuple(
        Care(employee.id, first, date(2027, 12, 31), count, place) for employee in plain.employees
    )
    excused = compute(
        type(plain)(**{n: getattr(plain, n) for n in plain.__slots__} | {"care": cares})
    )
    for before, after in zip(compute(plain).rows, excused.rows, strict=True):
        kept = ("worked", "leave", "credited", "night", "exceptions", "status")
        for name in kept:
            assert getattr(before, name) == getattr(after, name)
        assert after.late <= before.late
        assert after.early <= before.early
        assert after.care <= (count if after.worked else 0)


@pytest.mark.parametrize(
    ("change", "told"),
    [({"place": "noon"}, "place 'noon'"), ({"minutes": -1}, "minutes -1")],
)
def test_what_is_no_care_is_refused(change, told):
    with pytest.raises(UnreadableFacts, match=told):
        read(company(care=[care("end") | change]))

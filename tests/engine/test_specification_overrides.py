"""Sentences about settings and defaults that only show beside another value (§1, §4, §8)."""

from typing import Any

import pytest

from attendance.engine.wire import evaluate
from tests.engine.working_day import MONDAY, company, punches, row

APPROVED = [{"employee": "an", "from": f"{MONDAY}T17:00", "to": f"{MONDAY}T19:00"}]
SHIFTS = {
    "S": {"start": "06:00", "end": "10:00", "breaks": []},
    "C": {"start": "10:30", "end": "14:30", "breaks": []},
}
SPLIT = {
    "shifts": SHIFTS,
    "roster": [{"employee": "an", "date": MONDAY, "shift": code} for code in SHIFTS],
}


@pytest.mark.parametrize(
    ("settings", "times", "facts", "usual", "changed"),
    [
        ({"window_before": 60}, ("06:00", "17:00"), {}, [480, 0], [0, 0]),
        ({"window_after": 30}, ("07:30", "17:31"), {}, [480, 0], [0, 0]),
        ({"chain_gap": 29}, ("06:00", "14:30"), SPLIT, [480, 0], [0, 0]),
        ({"min_span": 10}, ("07:30", "07:50"), {}, [0, 0], [20, 0]),
        ({"late_grace": 5}, ("07:35", "17:00"), {}, [475, 5], [475, 0]),
        ({"ot_min": 90}, ("07:30", "18:00"), {"overtime_approved": APPROVED}, [540, 0], [480, 0]),
        ({"ot_block": 45}, ("07:30", "18:00"), {"overtime_approved": APPROVED}, [540, 0], [525, 0]),
    ],
    ids=lambda value: next(iter(value), "") if isinstance(value, dict) else "",
)
def test_1_a_setting_that_is_given_replaces_its_default(
    settings: dict[str, Any],
    times: tuple[str, ...],
    facts: dict[str, Any],
    usual: list[int],
    changed: list[int],
):
    found = [
        row(company(punches=punches(*times), settings=given, **facts)) for given in ({}, settings)
    ]
    assert [[each["worked"], each["late"]] for each in found] == [usual, changed]


@pytest.mark.parametrize(
    ("settings", "times", "facts", "code"),
    [
        ({"extra_alert": 90}, ("06:31", "18:29"), {}, "unapproved_extra"),
        ({"extra_alert": 20}, ("07:10", "17:00"), {}, "unapproved_extra"),
        (
            {"drift_alert_seconds": 60},
            ("07:31", "17:01"),
            {"terminals": {"m1": {"site": "hl", "offset_seconds": 60}}},
            "clock_drift",
        ),
        (
            {"ot_month_cap_hours": 1},
            ("07:30", "19:00"),
            {"overtime_approved": APPROVED},
            "ot_cap_month",
        ),
        (
            {"ot_year_cap_hours": 1},
            ("07:30", "19:00"),
            {"overtime_approved": APPROVED},
            "ot_cap_year",
        ),
    ],
)
def test_1_a_limit_that_is_given_replaces_its_default(
    settings: dict[str, Any], times: tuple[str, ...], facts: dict[str, Any], code: str
):
    asked = [
        code in row(company(punches=punches(*times), settings=given, **facts))["exceptions"]
        for given in ({}, settings)
    ]
    assert sorted(asked) == [False, True]


def test_4_without_a_moment_of_receipt_no_punch_is_from_the_future():
    """`received` defaults to the corrected time, also of a clock that is years ahead."""
    assert evaluate(company(punches=punches("2031-05-05T08:00")))["punch_exceptions"] == [
        {"at": "2031-05-05T08:00", "code": "unassigned_punch"}
    ]


def test_8_a_long_stay_is_not_asked_about_where_overtime_needs_no_approval_but_a_long_wait_is():
    free = {"ot_requires_approval": False}
    stayed, waited = (
        row(company(punches=punches(*times), settings=free))
        for times in (("07:30", "18:30"), ("06:00", "17:00"))
    )
    assert (stayed["worked"], stayed["exceptions"]) == (570, [])
    assert (waited["worked"], waited["exceptions"]) == (480, ["unapproved_extra"])

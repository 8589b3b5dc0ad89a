"""The engine beside a second, naive reading of the specification (reference.py): no minute differs."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.engine.wire import evaluate
from tests.engine.companies import random_company
from tests.engine.reference import reference


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_the_engine_and_the_naive_reference_agree(seed):
    facts = random_company(Random(seed))
    answer, expected = evaluate(facts), reference(facts)
    for row, expected_row in zip(answer["rows"], expected["rows"], strict=True):
        assert row == expected_row
    assert answer == expected


def test_random_companies_reach_every_exception_and_status():
    """A generator that never met a rule would prove nothing about it."""
    statuses, exceptions, adjustments = set(), set(), 0
    for seed in range(300):
        answer = evaluate(random_company(Random(seed)))
        adjustments += len(answer["adjustments"])
        exceptions |= {item["code"] for item in answer["punch_exceptions"]}
        for row in answer["rows"]:
            statuses.add(row["status"])
            exceptions.update(row["exceptions"])
    assert statuses == {
        "not_employed", "leave", "trip", "incomplete", "present", "absent", "holiday", "rest",
        "no_shift",
    }  # fmt: skip
    assert exceptions == {
        "bad_clock", "unknown_user", "outside_employment", "unassigned_punch",
        "missing_in", "missing_out", "odd_punches", "unapproved_work", "no_shift",
        "punch_on_leave", "absent_part", "ot_not_worked", "unapproved_extra", "other_site",
        "clock_drift", "ot_cap_day", "ot_cap_month", "ot_cap_year",
    }  # fmt: skip
    assert adjustments > 50

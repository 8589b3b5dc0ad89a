"""HR's part of annual leave: terms of one's own, extra days, last year's days carried over."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from attendance.leave.carry_over import State, YearNotOver, carry_over, carrying, correct_carried
from attendance.leave.grants import (
    BaseDaysWrong,
    GrantDaysWrong,
    GrantSpanWrong,
    TakenBackAlready,
    grant_days,
    set_terms,
    withdraw_grant,
    withdraw_terms,
)
from attendance.leave.leave_balances import leave_balance
from attendance.leave.leaves import grant_leave, revoke_leave
from attendance.models import (
    DirtyDay,
    Leave,
    LeaveGrant,
    LeaveGrantKind,
    LeaveTerms,
    RequestKind,
    WorkingRules,
)
from attendance.reasons import ReasonMissing
from attendance.requests.handling import Asked, submit
from attendance.timesheet.closing import lock
from attendance.timesheet.rules import lay_down
from backend.clock import VN
from backend.org.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 8, 9, 0, tzinfo=VN)
TODAY = AT.date()


@pytest.fixture
def hr(person):
    return person("hr")


@pytest.fixture
def an():
    return make.employee("7", join_date=date(2024, 1, 1))


@pytest.fixture
def rule(hr):
    """At most five days go over, until the end of March."""
    return laid_down(hr, leave_carry_days=5)


def laid_down(hr, month="2026-01-01", **values):
    rules = WorkingRules(from_month=date.fromisoformat(month), **values)
    return lay_down(rules, reason="Quy chế nghỉ phép", by=hr, at=AT)


def away(person, hr, *days, code="P", part="full"):
    make.roster(person, *days)
    for day in map(date.fromisoformat, days):
        grant_leave(
            employee=person, first=day, last=day, code=code, part=part, reason="Việc nhà", by=hr,
            at=AT,
        )  # fmt: skip
    make.timesheets(AT)


def days_of(year, month, *numbers):
    return [date(year, month, number).isoformat() for number in numbers]


def carried(year=2025, people=None):
    return carrying(year, people or Employee.objects.order_by("pk"), on=TODAY)


def carry(hr, year=2025, on=TODAY):
    return carry_over(year, Employee.objects.all(), by=hr, at=AT, on=on)


def test_terms_count_until_they_are_withdrawn(an, hr):
    terms = set_terms(
        an, from_date=date(2026, 1, 1), base_days=16, document="QĐ 12/2026", by=hr, at=AT
    )
    assert leave_balance(an, on=TODAY).entitled == 16
    withdraw_terms(terms, reason="Nhập nhầm người", by=hr, at=AT)
    assert leave_balance(an, on=TODAY).entitled == 12
    with pytest.raises(TakenBackAlready):
        withdraw_terms(terms, reason="Nhập nhầm người", by=hr, at=AT)


@pytest.mark.parametrize(
    ("base", "document", "error"), [(11, "QĐ 12/2026", BaseDaysWrong), (14, "?", ReasonMissing)]
)
def test_terms_below_the_law_or_without_a_document_are_refused(an, hr, base, document, error):
    with pytest.raises(error):
        set_terms(an, from_date=TODAY, base_days=base, document=document, by=hr, at=AT)
    assert not LeaveTerms.objects.exists()


@pytest.mark.parametrize(
    ("kind", "days", "last", "error"),
    [
        ("extra", "0", "2026-12-31", GrantDaysWrong),
        ("extra", "-1", "2026-12-31", GrantDaysWrong),
        ("extra", "0.25", "2026-12-31", GrantDaysWrong),
        ("correction", "-60.1", "2026-12-31", GrantDaysWrong),
        ("carried_over", "1", "2026-12-31", GrantDaysWrong),
        ("extra", "1", "2027-01-01", GrantSpanWrong),
        ("extra", "1", "2025-12-31", GrantSpanWrong),
    ],
)
def test_what_is_no_grant_is_refused(an, hr, kind, days, last, error):
    with pytest.raises(error):
        grant_days(
            an, kind=LeaveGrantKind(kind), days=Decimal(days), valid_from=date(2026, 1, 1),
            valid_to=date.fromisoformat(last), reason="Thỏa ước", by=hr, at=AT,
        )  # fmt: skip
    assert not LeaveGrant.objects.exists()


def test_a_correction_takes_days_away_until_it_is_withdrawn(an, hr):
    given: dict[str, Any] = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}
    grant = grant_days(
        an, kind=LeaveGrantKind.CORRECTION, days=Decimal("-1.5"), reason="Nghỉ KL quá một tháng",
        by=hr, at=AT, **given,
    )  # fmt: skip
    assert leave_balance(an, on=TODAY).left == Decimal("10.5")
    withdraw_grant(grant, reason="Tính nhầm", by=hr, at=AT)
    assert leave_balance(an, on=TODAY).left == 12
    with pytest.raises(DatabaseError), transaction.atomic():
        LeaveGrant.objects.update(days=9)


def test_nothing_is_carried_over_unless_the_company_says_so(an, hr):
    [found] = carried()
    assert (found.left, found.to_carry, found.lapses, found.state) == (12, 0, 12, State.DONE)
    assert carry(hr) == 0
    assert not LeaveGrant.objects.exists()


def test_last_years_days_go_over_once_up_to_the_limit(an, hr, rule):
    binh = make.employee("8", join_date=date(2024, 1, 1))
    away(an, hr, *days_of(2025, 11, 3, 4, 5, 6, 7, 10, 11, 12))
    gone = make.employee("9", leave_date=date(2025, 12, 31))
    late = make.employee("10", join_date=date(2026, 1, 1))
    assert [(c.employee, c.left, c.to_carry, c.lapses) for c in carried()] == [
        (an, 4, 4, 0), (binh, 12, 5, 7), (late, 0, 0, 0),
    ]  # fmt: skip
    assert [carry(hr), carry(hr)] == [2, 0]
    rows = LeaveGrant.objects.order_by("pk")
    assert [(row.employee, float(row.days)) for row in rows] == [(an, 4.0), (binh, 5.0)]
    spans = {(row.valid_from, row.valid_to) for row in rows}
    assert spans == {(date(2026, 1, 1), date(2026, 3, 31))}
    assert leave_balance(an, on=TODAY).left == 16
    assert leave_balance(an, on=date(2026, 4, 1)).left == 12
    assert gone.leave_grants.count() == 0


def test_a_year_is_carried_over_when_it_is_over(an, hr, rule):
    with pytest.raises(YearNotOver):
        carry(hr, on=date(2025, 12, 31))
    assert not LeaveGrant.objects.exists()


def test_a_late_change_of_last_year_is_a_difference_and_is_corrected_once(an, hr, rule):
    away(an, hr, *days_of(2025, 11, 3, 4, 5, 6, 7, 10, 11, 12, 13))
    carry(hr)
    revoke_leave(Leave.objects.get(date="2025-11-13"), reason="Đã đi làm", by=hr, at=AT)
    make.timesheets(AT)
    [found] = carried()
    assert (found.carried, found.to_carry, found.state) == (3, 4, State.DIFFERS)
    assert carry(hr) == 0, "only who has none is carried over by the first button"
    fix = {"year": 2025, "people": [an], "by": hr, "at": AT, "on": TODAY}
    assert [correct_carried(**fix), correct_carried(**fix)] == [1, 0]
    assert leave_balance(an, on=TODAY).carried == 4
    first, second = LeaveGrant.objects.order_by("pk")
    assert (first.withdrawal.reason, second.replaces) == (
        "Số phép còn lại của năm 2025 đã đổi",
        first,
    )


def test_what_was_taken_back_by_hand_is_not_carried_again_by_itself(an, hr, rule):
    carry(hr)
    withdraw_grant(LeaveGrant.objects.get(), reason="Đã trả tiền", by=hr, at=AT)
    assert carry(hr) == 0
    assert [c.state for c in carried()] == [State.DIFFERS]
    correct_carried(2025, [an], by=hr, at=AT, on=TODAY)
    assert leave_balance(an, on=TODAY).carried == 5


def test_another_rule_makes_a_difference(an, hr, rule):
    carry(hr)
    laid_down(hr, leave_carry_days=5, leave_carry_until="30/06")
    assert [(c.state, c.until) for c in carried()] == [(State.DIFFERS, date(2026, 6, 30))]
    laid_down(hr)
    correct_carried(2025, [an], by=hr, at=AT, on=TODAY)
    assert (LeaveGrant.objects.standing().count(), carried()[0].state) == (0, State.DONE)


def test_an_adjustment_of_a_closed_month_counts(an, hr, rule):
    away(an, hr, *days_of(2025, 11, 3, 4))
    lock(date(2025, 11, 1), note="Còn việc, vẫn khóa", by=hr, at=AT)
    revoke_leave(Leave.objects.get(date="2025-11-04"), reason="Đã đi làm", by=hr, at=AT)
    away(an, hr, *days_of(2025, 11, 5), code="P", part="am")
    assert leave_balance(an, on=date(2025, 12, 31)).taken == Decimal("1.5")


def test_two_kinds_of_leave_on_one_day_share_it(an, hr):
    away(an, hr, "2025-11-03", part="am")
    grant_leave(
        employee=an, first=date(2025, 11, 3), last=date(2025, 11, 3), code="Ô", part="pm",
        reason="Ốm buổi chiều", by=hr, at=AT,
    )  # fmt: skip
    make.timesheets(AT)
    assert leave_balance(an, on=TODAY.replace(year=2025, month=12)).taken == Decimal("0.5")


def test_open_requests_wait_on_working_days_of_the_year(an, hr, person):
    """From Monday 28 December to Monday 4 January: four days of this year, the 1st is no work."""
    asked = Asked(RequestKind.LEAVE, date(2026, 12, 28), date(2027, 1, 4), code="P")
    submit(asked, reason="Về quê", by=person("employee", employee=an), at=AT)
    told = leave_balance(an, on=TODAY)
    assert told.waiting == 4
    assert (told.planned, told.left) == (Decimal("0.0"), Decimal("12.0"))
    assert leave_balance(an, on=date(2027, 1, 1)).waiting == 2


def test_rules_of_leave_do_not_compute_the_timesheet_anew(an, hr):
    make.roster(an, "2026-01-05")
    make.punches("7", "2026-01-05 07:30", "2026-01-05 17:00")
    make.timesheets(AT)
    laid_down(hr, leave_carry_days=3)
    assert not DirtyDay.objects.exists()
    laid_down(hr, leave_carry_days=3, late_grace=5)
    assert DirtyDay.objects.filter(work_date="2026-01-05").exists()


def test_a_preview_of_many_costs_the_queries_of_one(an, hr, rule):
    with CaptureQueriesContext(connection) as of_one:
        carried()
    for number in range(5):
        make.employee(f"x{number}")
    with CaptureQueriesContext(connection) as of_six:
        assert len(carried()) == 6
    assert len(of_six) == len(of_one)

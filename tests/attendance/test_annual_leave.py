"""Days of annual leave: Labour Code art. 113 and 114, Decree 145/2020 art. 66."""

from datetime import date
from decimal import Decimal

import pytest

from attendance.leave.annual_leave import Terms, entitlement, full_years, months_in_year
from attendance.leave.leave_balances import leave_balance
from attendance.leave.leaves import grant_leave
from backend.clock import now
from tests import make


@pytest.mark.parametrize(
    ("join", "leave", "on", "days"),
    [
        ("2024-01-01", None, "2025-06-30", "12.0"),
        ("2020-07-01", None, "2025-06-30", "12.0"),  # a day before five years
        ("2020-07-01", None, "2025-07-01", "13.0"),
        ("2015-01-01", None, "2025-01-01", "14.0"),
        ("2000-02-29", None, "2025-03-01", "17.0"),
        ("2025-07-01", None, "2025-12-01", "6.0"),
        ("2025-04-15", None, "2025-12-01", "9.0"),  # 16 of 30 days: April counts
        ("2025-04-17", None, "2025-12-01", "8.0"),  # 14 of 30 days: it does not
        ("2015-01-01", "2025-05-31", "2025-05-31", "5.8"),  # 14 days, five months
        ("2026-01-01", None, "2025-12-31", "0.0"),
    ],
)
def test_what_a_year_gives(join, leave, on, days):
    last = date.fromisoformat(leave) if leave else None
    joined = date.fromisoformat(join)
    assert entitlement(date.fromisoformat(on), join=joined, leave=last).days == Decimal(days)


@pytest.mark.parametrize(
    ("terms", "days", "base"),
    [
        ([("2024-01-01", 16)], "16.0", 16),
        ([("2025-07-01", 14)], "13.0", 14),  # six months of each
        ([("2025-07-16", 14)], "13.0", 14),  # 16 of July's 31 days
        ([("2025-07-17", 14)], "12.8", 14),  # 15 of them
        ([("2025-02-15", 14)], "13.8", 14),  # 14 of 28: half is enough
        ([("2025-12-31", 16)], "12.0", 12),  # not in force on the day asked about
        ([("2025-04-01", 16), ("2025-10-01", 12)], "14.0", 12),
        ([("2025-01-01", 14), ("2025-01-01", 16)], "16.0", 16),  # the newer of the same day
        ([("2026-01-01", 16)], "12.0", 12),
    ],
)
def test_a_base_of_ones_own_counts_for_the_months_it_is_in_force(terms, days, base):
    known = [Terms(date.fromisoformat(day), of, n) for n, (day, of) in enumerate(terms)]
    found = entitlement(date(2025, 12, 1), join=date(2024, 1, 1), terms=known)
    assert (found.days, found.base) == (Decimal(days), base)
    assert entitlement(date(2025, 12, 1), join=date(2024, 1, 1), terms=known[::-1]) == found


def test_seniority_comes_on_top_of_the_base_for_the_same_months():
    terms = [Terms(date(2015, 1, 1), 16)]
    found = entitlement(
        date(2025, 5, 31), join=date(2015, 1, 1), leave=date(2025, 5, 31), terms=terms
    )
    assert (found.base, found.seniority, found.months, found.days) == (16, 2, 5, Decimal("7.5"))


def test_a_leap_days_anniversary_is_the_day_after_in_other_years():
    assert [full_years(date(2020, 2, 29), date(2025, *day)) for day in ((2, 28), (3, 1))] == [4, 5]


def test_the_months_of_a_year_before_and_after_employment_are_none():
    assert months_in_year(2025, join=date(2020, 1, 1), leave=date(2024, 12, 31)) == []
    assert months_in_year(2025, join=date(2020, 1, 1), leave=None) == [*range(1, 13)]


@pytest.mark.django_db
def test_the_balance_of_a_person(page, person):
    an = make.employee("7", join_date=date(2024, 1, 1))
    make.roster(an, "2025-11-03", "2025-11-04")
    hr = person("hr")

    def grant(day, code="P", **values):
        grant_leave(
            employee=an, first=date(2025, 11, day), last=date(2025, 11, day), code=code,
            reason="Việc gia đình", by=hr, at=now(), **values,
        )  # fmt: skip

    grant(3)
    grant(4, part="am")
    grant(6, code="Ô")
    grant(10)  # granted ahead of the day asked about
    grant(11, part="pm")
    make.timesheets()
    balance = leave_balance(an, on=date(2025, 11, 7))
    assert (balance.entitled, balance.taken, balance.planned) == (
        Decimal("12.0"),
        Decimal("1.5"),
        Decimal("1.5"),
    )
    assert balance.left == Decimal("9.0")
    shown = page(person("employee", employee=an)).get("/cham-cong/cua-toi/").content.decode()
    assert "Phép năm" in shown

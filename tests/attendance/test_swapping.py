"""Two people swap shifts (§3): their days follow, whoever is computed with whom."""

from datetime import date, datetime, timedelta

import pytest
from django.db import Error, transaction

from attendance.leave.working_days import working_days
from attendance.models import DirtyDay, Shift, Swap, TimesheetRow
from attendance.people.employment import NotEmployedThen
from attendance.reasons import ReasonMissing
from attendance.review.presence import presence
from attendance.roster.swapping import (
    AlreadySwapped,
    NothingToSwap,
    SwapWithdrawn,
    SwapWithOneself,
    approve_swap,
    withdraw_swap,
)
from attendance.timesheet.timesheets import compute_rows
from backend.clock import VN
from tests import make

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)
WHY = "Đổi ca theo đơn ngày 30/10"


@pytest.fixture
def two():
    """An has office hours on Monday; Bình has the evening."""
    evening = Shift.objects.create(code="CT", name="Ca tối", start="14:00", end="22:00")
    an = make.employee("7", "Nguyễn Văn An")
    binh = make.employee("8", "Trần Thanh Bình", join_date=date(2026, 10, 1))
    make.roster(an, f"{MONDAY}")
    make.roster(binh, f"{MONDAY}", shift=evening)
    return an, binh


@pytest.fixture
def hr(person):
    return person("hr")


def cell(person, day=MONDAY):
    row = TimesheetRow.objects.get(employee=person, work_date=day)
    return row.symbol, row.scheduled, row.worked


def test_s3_a_swap_exchanges_the_entries_of_the_date(two, hr):
    an, binh = two
    make.punches("7", f"{MONDAY} 13:58", f"{MONDAY} 22:01")
    make.punches("8", f"{MONDAY} 07:25", f"{MONDAY} 17:02")
    make.timesheets(AT)
    assert cell(an)[2] < 300
    approve_swap(date=MONDAY, a=an, b=binh, reason=WHY, by=hr, at=AT)
    make.timesheets(AT)
    assert cell(an) == ("+", 480, 480)
    assert cell(binh) == ("+", 480, 480)


def test_each_is_computed_alike_alone_and_with_the_other(two, hr):
    an, binh = two
    approve_swap(date=MONDAY, a=an, b=binh, reason=WHY, by=hr, at=AT)

    def steps(*people):
        rows = compute_rows(employees=[p.pk for p in people], first=MONDAY, last=MONDAY)
        return {int(row.employee): row.steps for row in rows}

    both = steps(an, binh)
    assert set(both) == {an.pk, binh.pk}
    assert steps(an) | steps(binh) == both


def test_a_free_day_can_be_swapped_for_a_shift(two, hr):
    an, binh = two
    tuesday = MONDAY + timedelta(days=1)
    make.roster(an, f"{tuesday}")
    approve_swap(date=tuesday, a=binh, b=an, reason=WHY, by=hr, at=AT)
    make.timesheets(AT)
    assert cell(binh, tuesday)[1] == 480
    assert cell(an, tuesday)[1] == 0


def test_a_withdrawn_swap_is_as_if_it_never_was_and_can_be_made_again(two, hr):
    an, binh = two
    swap = approve_swap(date=MONDAY, a=an, b=binh, reason=WHY, by=hr, at=AT)
    make.punches("7", f"{MONDAY} 07:28", f"{MONDAY} 17:00")
    make.timesheets(AT)
    withdraw_swap(swap, reason="Bình ốm, không đổi nữa", by=hr, at=AT)
    make.timesheets(AT)
    assert cell(an) == ("+", 480, 480)
    with pytest.raises(SwapWithdrawn):
        withdraw_swap(swap, reason="Thu hồi lần nữa", by=hr, at=AT)
    approve_swap(date=MONDAY, a=an, b=binh, reason=WHY, by=hr, at=AT)


def test_a_person_swaps_once_a_date(two, hr):
    an, binh = two
    cuong = make.employee("9", "Lê Cường")
    approve_swap(date=MONDAY, a=an, b=binh, reason=WHY, by=hr, at=AT)
    DirtyDay.objects.all().delete()
    with pytest.raises(AlreadySwapped):
        approve_swap(date=MONDAY, a=cuong, b=an, reason=WHY, by=hr, at=AT)
    assert not DirtyDay.objects.exists()


@pytest.mark.parametrize(
    ("day", "other", "reason", "problem"),
    [
        (MONDAY, "7", WHY, SwapWithOneself),
        (MONDAY, "8", "  đổi ", ReasonMissing),
        (date(2026, 9, 30), "8", WHY, NotEmployedThen),
        (date(2026, 11, 3), "8", WHY, NothingToSwap),  # both are free
    ],
)
def test_a_swap_that_makes_no_sense_is_refused(two, hr, day, other, reason, problem):
    by_code = {person.code: person for person in two}
    with pytest.raises(problem):
        approve_swap(date=day, a=by_code["7"], b=by_code[other], reason=reason, by=hr, at=AT)
    assert not Swap.objects.exists()


def test_swaps_are_never_changed(two, hr):
    an, binh = two
    swap = approve_swap(date=MONDAY, a=an, b=binh, reason=WHY, by=hr, at=AT)
    for change in (lambda: Swap.objects.update(reason="Khác đi"), lambda: swap.delete()):
        with pytest.raises(Error), transaction.atomic():
            change()


def test_who_is_expected_follows_the_swap(two, hr):
    an, binh = two
    approve_swap(date=MONDAY, a=an, b=binh, reason=WHY, by=hr, at=AT)
    now = presence(at=datetime(2026, 11, 2, 9, 0, tzinfo=VN))
    states = {p.employee.code: p.shifts[0] for site in now.sites for p in site.people}
    assert states["8"].startswith("HC")
    assert states["7"].startswith("CT")


def test_leave_follows_the_shift_to_its_new_owner(two, hr):
    an, binh = two
    saturday, weekend = date(2026, 11, 7), (date(2026, 11, 6), date(2026, 11, 8))
    make.roster(binh, f"{saturday}")
    asked = [(person.pk, *weekend) for person in two]
    friday = weekend[0]
    before = working_days(asked)
    assert [before[span] for span in asked] == [[friday], [friday, saturday]]
    approve_swap(date=saturday, a=an, b=binh, reason=WHY, by=hr, at=AT)
    after = working_days(asked)
    assert [after[span] for span in asked] == [[friday, saturday], [friday]]
    approve_swap(date=MONDAY, a=an, b=binh, reason=WHY, by=hr, at=AT)
    both = [(person.pk, MONDAY, MONDAY) for person in two]
    assert all(working_days(both)[span] == [MONDAY] for span in both)

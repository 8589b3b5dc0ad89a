"""A month is closed, stays as it was, and is opened again by a second person (§11)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from attendance.collecting.manual import enter_punch, withdraw
from attendance.engine.compute import compute
from attendance.models import (
    Adjustment,
    CalendarDay,
    Leave,
    PeriodLock,
    Request,
    RequestKind,
    RequestState,
    TimesheetChange,
    TimesheetRow,
)
from attendance.timesheet.checklist import counts, departments
from attendance.timesheet.closing import (
    AlreadyLocked,
    LaterPeriodLocked,
    LeftUndone,
    NotLocked,
    PeriodNotOver,
    SamePerson,
    WholeCompanyOnly,
    confirm,
    is_locked,
    lock,
    reopen,
)
from attendance.timesheet.dirty import mark_days
from attendance.timesheet.timesheets import load_facts
from attendance.timesheet.writing import first_open
from backend.clock import VN
from backend.org.models import Department
from tests import make

pytestmark = pytest.mark.django_db
MONDAY = "2026-10-05"
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
AT = datetime(2026, 11, 3, 9, 0, tzinfo=VN)
NOTE = "Kỳ thử, còn việc vẫn khóa"


def row(person, day=MONDAY):
    return TimesheetRow.objects.get(employee=person, work_date=day)


@pytest.fixture
def hr(person):
    return person("hr")


@pytest.fixture
def other(person):
    return person("hr", username="hr2")


@pytest.fixture
def an():
    someone = make.employee("7")
    make.roster(someone, MONDAY)
    make.punches("7", f"{MONDAY} 07:37", f"{MONDAY} 17:00")
    make.timesheets(AT)
    return someone


def came_late(day=MONDAY, clock="07:25", terminal="M2"):
    """A punch of the closed month arrives, from a terminal that was out of reach."""
    make.punches("7", f"{day} {clock}", terminal_code=terminal)


def test_section_11_a_late_punch_leaves_the_row_and_becomes_an_adjustment(an, hr):
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    came_late()
    make.timesheets(AT)
    assert (row(an).worked, row(an).late) == (473, 7)
    [found] = Adjustment.objects.all()
    assert found.delta == {"worked": 7, "regular": 7, "late": -7}
    assert (found.employee, found.work_date, found.into) == (an, date(2026, 10, 5), NOVEMBER)
    assert found.change.before is not None
    assert found.change.after is not None
    assert (found.change.before["late"], found.change.after["late"]) == (7, 0)
    assert {"rule": "in", "at": f"{MONDAY}T07:25", "terminal": "M2"} in found.change.why["gained"]


def test_section_11_row_and_adjustments_are_the_day_as_it_is_known(an, hr):
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    came_late(clock="07:33")
    make.timesheets(AT)
    came_late(clock="07:20", terminal="M3")
    make.timesheets(AT)
    make.timesheets(AT)
    assert [item.delta["late"] for item in Adjustment.objects.order_by("pk")] == [-4, -3]
    mark_days([(an.pk, date(2026, 10, 5))])
    make.timesheets(AT)
    assert Adjustment.objects.count() == 2


def test_section_11_what_is_taken_back_is_adjusted_back(an, hr):
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    entered = enter_punch(
        employee=an,
        moment=datetime(2026, 10, 5, 7, 20, tzinfo=VN),
        reason="Quên chấm vào",
        by=hr,
        at=AT,
    )
    make.timesheets(AT)
    withdraw(entered, reason="Nhập nhầm người", by=hr, at=AT)
    make.timesheets(AT)
    assert [item.delta["worked"] for item in Adjustment.objects.order_by("pk")] == [7, -7]


def test_section_11_data_from_before_the_lock_is_computed_into_the_row(an, hr):
    came_late()  # stored, not computed yet
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    assert (row(an).worked, row(an).late) == (480, 0)
    make.timesheets(AT)
    assert not Adjustment.objects.exists()


def test_section_11_an_adjustment_goes_to_the_earliest_open_month_after_its_own(an, hr):
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    december = datetime(2026, 12, 2, 9, 0, tzinfo=VN)
    lock(NOVEMBER, note=NOTE, by=hr, at=december)
    came_late()
    make.timesheets(at=december)
    assert Adjustment.objects.get().into == DECEMBER


def test_the_earliest_open_month():
    assert first_open(OCTOBER, []) == NOVEMBER
    assert first_open(OCTOBER, [NOVEMBER, DECEMBER]) == date(2027, 1, 1)
    assert first_open(OCTOBER, [DECEMBER]) == NOVEMBER


def test_leave_of_another_name_is_told_though_no_minute_differs(an, hr):
    leave = Leave.objects.create(employee=an, date="2026-10-06", code="P")
    make.roster(an, "2026-10-06")
    mark_days([(an.pk, date(2026, 10, 6))])
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    Leave.objects.filter(pk=leave.pk).update(code="Ô")
    mark_days([(an.pk, date(2026, 10, 6))])
    make.timesheets(AT)
    [found] = Adjustment.objects.all()
    assert found.delta == {}
    assert found.change.before is not None
    assert found.change.after is not None
    assert (found.change.before["leave_code"], found.change.after["leave_code"]) == ("P", "Ô")


def test_opened_again_by_a_second_person_the_row_is_made_anew(an, hr, other):
    locked = lock(OCTOBER, note=NOTE, by=hr, at=AT)
    came_late()
    make.timesheets(AT)
    with pytest.raises(SamePerson):
        reopen(locked, reason="Sửa công tháng 10", by=hr, at=AT)
    reopen(locked, reason="Sửa công tháng 10", by=other, at=AT)
    assert not is_locked(date(2026, 10, 31))
    make.timesheets(AT)
    assert (row(an).worked, row(an).late) == (480, 0)
    with pytest.raises(NotLocked):
        reopen(locked, reason="Sửa công tháng 10", by=other, at=AT)
    again = lock(OCTOBER, note=NOTE, by=hr, at=AT)
    came_late(clock="17:30", terminal="M3")
    make.timesheets(AT)
    assert not Adjustment.objects.filter(lock=again).exists()


def test_what_a_later_closed_month_paid_keeps_the_earlier_one_closed(an, hr, other):
    locked = lock(OCTOBER, note=NOTE, by=hr, at=AT)
    came_late()
    make.timesheets(AT)
    later = datetime(2026, 12, 2, 9, 0, tzinfo=VN)
    lock(NOVEMBER, note=NOTE, by=hr, at=later)
    with pytest.raises(LaterPeriodLocked):
        reopen(locked, reason="Sửa công tháng 10", by=other, at=later)
    assert is_locked(OCTOBER)


def test_a_month_is_closed_once_when_it_is_over_and_by_whoever_has_all_of_it(an, hr, person):
    with pytest.raises(PeriodNotOver):
        lock(NOVEMBER, note=NOTE, by=hr, at=AT)
    limited = person("hr", username="hr3")
    limited.departments.add(an.department)
    with pytest.raises(WholeCompanyOnly):
        lock(OCTOBER, note=NOTE, by=limited, at=AT)
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    with pytest.raises(AlreadyLocked):
        lock(OCTOBER, note=NOTE, by=hr, at=AT)


def test_what_is_left_undone_wants_a_reason_and_is_kept(an, hr):
    CalendarDay.objects.create(date="2026-10-15", kind="holiday", name="Chờ xác nhận")
    with pytest.raises(LeftUndone):
        lock(OCTOBER, note=" ", by=hr, at=AT)
    assert not is_locked(OCTOBER)
    locked = lock(OCTOBER, note=NOTE, by=hr, at=AT)
    assert locked.left["calendar"] == 1
    assert locked.left["terminals"] == 1  # M1 was read from a file only, long ago
    assert locked.left["departments"] == 1


def test_a_request_that_waits_is_counted_in_each_month_it_touches(an, hr):
    Request.objects.create(
        employee=an,
        kind=RequestKind.TRIP,
        first=date(2026, 10, 30),
        last=date(2026, 11, 2),
        reason="Công tác Hà Nội",
        state=RequestState.MANAGER,
        at=AT,
    )
    for month, waiting in ((date(2026, 9, 1), 0), (OCTOBER, 1), (NOVEMBER, 1), (DECEMBER, 0)):
        assert counts(month, user=hr, at=AT)["requests"] == waiting


def test_a_confirmation_is_done_until_a_day_of_the_department_changes(an, hr):
    [state] = departments(OCTOBER)
    assert (state.is_done, state.people) == (False, 1)
    confirm(an.department, OCTOBER, by=hr, at=AT)
    [state] = departments(OCTOBER)
    assert state.is_done
    came_late()
    make.timesheets(at=AT.replace(hour=10))
    [state] = departments(OCTOBER)
    assert (state.is_done, state.changed) == (False, 1)
    assert counts(OCTOBER, user=hr, at=AT)["departments"] == 1


def test_a_head_confirms_their_own_department_only(an, person):
    head = person("manager")
    head.employee = make.employee("8", "Trần Thị Bình")
    head.save()
    with pytest.raises(Department.DoesNotExist):
        confirm(an.department, OCTOBER, by=head, at=AT)
    Department.objects.filter(pk=an.department.pk).update(manager=head.employee)
    assert confirm(an.department, OCTOBER, by=head, at=AT).by == head


def test_locks_and_adjustments_stay_as_they_were_written(an, hr):
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    came_late()
    make.timesheets(AT)
    for table in (PeriodLock, Adjustment, TimesheetChange):
        with pytest.raises(DatabaseError), transaction.atomic():
            table.objects.all().delete()


def test_another_month_is_computed_as_before(an, hr):
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    make.roster(an, "2026-11-02")
    make.punches("7", "2026-11-02 07:30", "2026-11-02 17:00")
    make.timesheets(AT)
    assert row(an, "2026-11-02").worked == 480


def test_section_11_stored_adjustments_are_those_the_engine_issues(an, hr):
    bo = make.employee("8", "Trần Thị Bình")
    make.roster(bo, MONDAY, "2026-10-06")
    make.punches("8", f"{MONDAY} 07:30", f"{MONDAY} 17:00", "2026-10-06 07:50")
    make.timesheets(AT)
    lock(OCTOBER, note=NOTE, by=hr, at=AT)
    later = AT + timedelta(hours=1)
    for someone, day, hour, minute in ((an, 5, 7, 10), (bo, 5, 6, 50), (bo, 6, 17, 5)):
        moment = datetime(2026, 10, day, hour, minute, tzinfo=VN)
        enter_punch(employee=someone, moment=moment, reason="Máy hỏng", by=hr, at=later)
    make.timesheets(at=later)
    people = [an.pk, bo.pk]
    facts = load_facts(employees=people, first=OCTOBER, last=date(2026, 10, 31))
    told = compute(replace(facts, locks={"2026-10": AT.replace(tzinfo=None)}))
    issued = {
        (int(item.employee), item.date): (dict(item.delta), item.into) for item in told.adjustments
    }
    stored = {
        (item.employee_id, item.work_date): (item.delta, f"{item.into:%Y-%m}")
        for item in Adjustment.objects.all()
    }
    assert stored == issued
    assert len(stored) == 2  # coming earlier than the shift changes nothing for Bình on the 5th
    for kept in told.rows:
        assert row_numbers(kept.employee, kept.date) == (kept.worked, kept.late, kept.status)


def row_numbers(employee, day):
    found = TimesheetRow.objects.get(employee=employee, work_date=day)
    return found.worked, found.late, found.status

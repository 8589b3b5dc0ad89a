"""From stored punches to stored days."""

from datetime import date, datetime, timedelta

import pytest

from attendance.models import CalendarDay, DirtyDay, Enrolment, Leave, Pull, Shift, TimesheetRow
from attendance.people.enrolment import UserIdTaken, enrol
from attendance.timesheet.dirty import mark_days, mark_unwritten_days
from attendance.timesheet.timesheets import clock_error, recompute_dirty
from backend.clock import VN
from tests import make

pytestmark = pytest.mark.django_db
MONDAY = "2026-11-02"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)


def cell(person, day=MONDAY):
    row = TimesheetRow.objects.get(employee=person, work_date=day)
    return row.symbol, row.worked, row.late, row.exceptions


@pytest.fixture
def an():
    person = make.employee("7")
    make.roster(person, MONDAY)
    return person


def test_a_day_of_punches_becomes_a_row(an):
    make.punches("7", f"{MONDAY} 07:37", f"{MONDAY} 17:03")
    make.timesheets(AT)
    assert cell(an) == ("+", 473, 7, [])
    assert not DirtyDay.objects.exists()


def test_a_late_punch_repairs_an_incomplete_day(an):
    make.punches("7", f"{MONDAY} 17:03")
    make.timesheets(AT)
    assert cell(an) == ("?", 0, 0, ["missing_in"])
    make.punches("7", f"{MONDAY} 07:28", terminal_code="M2")
    make.timesheets(AT)
    assert cell(an) == ("+", 480, 0, [])


def test_a_punch_of_nobody_waits_until_its_id_is_mapped(an):
    make.punches("99", f"{MONDAY} 07:30", f"{MONDAY} 17:00")
    assert not DirtyDay.objects.exists()
    enrol(device_user_id="99", employee=an, first=date(2026, 11, 1))
    make.timesheets(AT)
    assert cell(an) == ("+", 480, 0, [])


def test_a_user_id_has_one_owner_at_a_time(an):
    other = make.employee("8", "Trần Thị Bình")
    with pytest.raises(UserIdTaken):
        enrol(device_user_id="7", employee=other, first=date(2026, 11, 1))
    assert Enrolment.objects.filter(device_user_id="7").count() == 1


def test_whoever_never_punched_is_absent_and_future_days_are_left_alone(an):
    make.roster(an, "2026-11-23")
    mark_unwritten_days(first=date(2026, 11, 1), last=date(2026, 11, 30))
    make.timesheets(AT)
    assert cell(an) == ("V", 0, 0, [])
    assert TimesheetRow.objects.count() == 20
    assert DirtyDay.objects.filter(work_date__gt="2026-11-20").count() == 10


def test_leave_is_shown_by_its_symbol(an):
    Leave.objects.create(employee=an, date=MONDAY, part="am", code="P")
    make.punches("7", f"{MONDAY} 13:00", f"{MONDAY} 17:00")
    make.timesheets(AT)
    assert cell(an) == ("+4 P4", 240, 0, [])


def test_a_hundred_people_cost_as_many_queries_as_one(an, django_assert_max_num_queries):
    for number in range(100, 200):
        person = make.employee(str(number))
        make.roster(person, MONDAY)
        make.punches(str(number), f"{MONDAY} 07:30", f"{MONDAY} 17:00")
    with django_assert_max_num_queries(27):
        recompute_dirty(at=AT)
    assert TimesheetRow.objects.filter(work_date=MONDAY, worked=480).count() == 100


def test_an_unchanged_row_is_not_written_again(an):
    make.punches("7", f"{MONDAY} 07:30", f"{MONDAY} 17:00")
    make.timesheets(AT)
    before = TimesheetRow.objects.get(employee=an, work_date=MONDAY).computed_at
    mark_days([(an.pk, date(2026, 11, 2))])
    make.timesheets(at=AT.replace(hour=10))
    assert TimesheetRow.objects.get(employee=an, work_date=MONDAY).computed_at == before


def test_the_explanation_names_the_punches_used(an):
    make.punches("7", f"{MONDAY} 07:37", f"{MONDAY} 17:03")
    make.timesheets(AT)
    steps = TimesheetRow.objects.get(employee=an, work_date=MONDAY).explanation
    assert [step["rule"] for step in steps] == ["shift", "in", "out", "regular", "late"]
    assert steps[1] == {"rule": "in", "at": f"{MONDAY}T07:37", "terminal": "M1"}
    assert steps[4]["minutes"] == 7


def test_a_night_shift_into_a_holiday_of_the_next_month_is_holiday_work_from_midnight(an):
    CalendarDay.objects.create(date="2027-01-01", kind="holiday", name="Tết Dương lịch")
    night = Shift.objects.create(code="D", name="Đêm", start="22:00", end="06:00")
    make.roster(an, "2026-12-31", shift=night)
    make.punches("7", "2026-12-31 21:55", "2027-01-01 06:03")
    make.timesheets(at=datetime(2027, 1, 2, 9, 0, tzinfo=VN))
    row = TimesheetRow.objects.get(employee=an, work_date="2026-12-31")
    assert (row.regular, row.ot_holiday_night, row.worked) == (120, 360, 480)


def test_a_new_day_gives_everybody_a_row_and_fills_the_days_nobody_looked(an):
    make.roster(an, "2026-11-19", "2026-11-20")
    make.timesheets(at=AT.replace(day=10))
    assert TimesheetRow.objects.filter(employee=an).count() == 71  # whole months from September on
    make.timesheets(AT)
    assert cell(an, "2026-11-19") == ("V", 0, 0, [])
    assert cell(an, "2026-11-20")[0] == "V"
    assert TimesheetRow.objects.filter(employee=an).count() == 81


def test_a_fast_clock_is_corrected_as_it_was_measured_when_the_punches_came(an, page):
    early = make.punches("7", f"{MONDAY} 07:40", terminal_code="FAST")  # received at 07:41
    late = make.punches("7", f"{MONDAY} 17:11", terminal_code="FAST")
    Pull.objects.filter(pk__in=(early.pk, late.pk)).update(clock_offset_seconds=630)
    make.timesheets(AT)
    assert cell(an) == ("+", 480, 0, ["clock_drift"])
    detail = page("hr").get(f"/cham-cong/ngay/7/{MONDAY}/").content.decode()
    assert "07:29:30 02/11" in detail
    assert "máy ghi 07:40:00" in detail
    assert "giờ vào" in detail


@pytest.mark.parametrize(
    ("measured", "hours_before", "error"),
    [(600, 1, 600), (-600, 1, -600), (29, 1, 0), (600, 37, 0), (90_000, 1, 0), (None, 1, 0)],
)
def test_a_clocks_error_is_believed_near_its_measuring_only(measured, hours_before, error):
    assert clock_error(AT - timedelta(hours=hours_before), AT, measured) == error


def test_when_all_is_computed_a_round_costs_five_queries(an, django_assert_num_queries):
    make.timesheets(AT)
    with django_assert_num_queries(5):  # with the savepoint pytest's own transaction makes of ours
        assert recompute_dirty(at=AT) == 0

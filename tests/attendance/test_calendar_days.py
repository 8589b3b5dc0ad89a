"""Days of the calendar: who changed what and why, and which days are computed anew."""

from datetime import date, datetime

import pytest
from django.db import DatabaseError, transaction

from attendance.models import (
    Adjustment,
    CalendarChange,
    CalendarDay,
    DayKind,
    DirtyDay,
    Shift,
    TimesheetChange,
    TimesheetRow,
)
from attendance.reasons import ReasonMissing
from attendance.roster.calendar_days import (
    CalendarOfWholeCompany,
    DayAlreadyThere,
    DayNotThere,
    DocumentMissing,
    Effect,
    Entry,
    NothingChanged,
    NothingChosen,
    add_day,
    change_day,
    confirm_days,
    effect_of,
    remove_day,
    save_draft,
)
from attendance.roster.drafting import Choices, draft_year
from attendance.roster.holidays import load_calendar
from attendance.timesheet.closing import lock, reopen
from attendance.timesheet.dirty import mark_dates
from attendance.timesheet.month import load_month
from attendance.timesheet.timesheets import day_type
from backend.clock import VN
from backend.org.models import Department
from tests import make

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
SATURDAY, SUNDAY = date(2026, 10, 3), date(2026, 10, 4)
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)
LATER = datetime(2026, 11, 21, 9, 0, tzinfo=VN)
WHY = "Theo thông báo của công ty"
HOLIDAY = Entry("holiday", "Lễ của tỉnh", "Quyết định 12/QĐ")


@pytest.fixture
def hr(person):
    return person("hr")


@pytest.fixture
def other(person):
    return person("hr", username="hr2")


@pytest.fixture
def an():
    someone = make.employee("7")
    make.roster(someone, f"{MONDAY}", "2026-11-02")
    make.punches("7", f"{MONDAY} 07:30", f"{MONDAY} 17:00", "2026-11-02 07:30", "2026-11-02 17:00")
    make.timesheets(AT)
    return someone


def row(day=MONDAY):
    make.timesheets(AT)
    found = TimesheetRow.objects.get(work_date=day)
    return found.regular, found.ot_holiday_day


def closed(by, month=OCTOBER):
    return lock(month, note="Chấp nhận các việc còn lại", by=by, at=AT)


def states():
    return list(CalendarDay.objects.order_by("date").values_list("date", "kind", "status"))


def test_a_day_added_changed_and_removed_again(an, hr):
    add_day(MONDAY, HOLIDAY, reason=WHY, by=hr, at=AT)
    assert row() == (0, 480)
    change_day(MONDAY, Entry("comp_rest", "Nghỉ bù"), reason="Nhầm loại ngày", by=hr, at=AT)
    assert row() == (480, 0)
    remove_day(MONDAY, reason="Tỉnh hoãn lại", by=hr, at=LATER)
    assert row() == (480, 0)
    assert states() == []
    kept = CalendarChange.objects.order_by("pk")
    assert [
        (c.action, c.kind_before, c.after and c.after["kind"], c.reason, c.by, c.at) for c in kept
    ] == [
        ("added", None, "holiday", WHY, hr, AT),
        ("changed", "holiday", "comp_rest", "Nhầm loại ngày", hr, AT),
        ("removed", "comp_rest", None, "Tỉnh hoãn lại", hr, LATER),
    ]


def test_changes_are_never_changed(hr):
    change = add_day(MONDAY, HOLIDAY, reason=WHY, by=hr, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        CalendarChange.objects.filter(pk=change.pk).update(reason="Lý do khác")


def test_another_name_or_document_computes_nothing(an, hr):
    add_day(MONDAY, HOLIDAY, reason=WHY, by=hr, at=AT)
    make.timesheets(AT)
    change_day(MONDAY, Entry("holiday", "Tên khác"), reason="Sửa tên", by=hr, at=AT)
    assert not DirtyDay.objects.exists()


@pytest.mark.parametrize(
    ("day", "kind", "told"),
    [
        (SUNDAY, DayKind.HOLIDAY, "holiday"),  # holiday beats rest
        (SUNDAY, None, "rest"),
        (MONDAY, None, "work"),
        (MONDAY, DayKind.COMP_REST, "rest"),
        (MONDAY, DayKind.SWAPPED_REST, "rest"),
        (SATURDAY, DayKind.MAKEUP_WORK, "work"),
    ],
)
def test_2_a_holiday_beats_rest_and_moved_days_are_what_they_were_moved_to(day, kind, told):
    assert day_type(day, kind, frozenset()) == told


def test_a_makeup_saturday_is_a_working_day(an, hr):
    saturday = date(2026, 11, 7)
    make.roster(an, f"{saturday}")
    add_day(saturday, Entry("makeup_work", "Làm bù"), reason=WHY, by=hr, at=AT)
    make.timesheets(AT)
    assert TimesheetRow.objects.get(work_date=saturday).status == "absent"


def test_a_night_that_reaches_into_the_day_is_computed_anew(hr):
    night = Shift.objects.create(code="D", name="Đêm", start="22:00", end="06:00")
    someone = make.employee("7")
    make.roster(someone, "2026-11-01", shift=night)
    make.punches("7", "2026-11-01 22:00", "2026-11-02 06:00")
    add_day(date(2026, 11, 2), HOLIDAY, reason=WHY, by=hr, at=AT)
    make.timesheets(AT)
    found = TimesheetRow.objects.get(work_date="2026-11-01")
    assert (found.regular, found.ot_holiday_night) == (120, 360)


def test_the_effect_is_told_beforehand(an, hr):
    make.roster(make.employee("8", "Trần Thị Bình"), f"{MONDAY}")
    make.timesheets(AT)
    assert effect_of([MONDAY]) == Effect(days=2, people=2, closed=(), rostered=2)
    closed(hr)
    assert effect_of([MONDAY]) == Effect(days=0, people=0, closed=(OCTOBER,), rostered=2)
    assert effect_of([NOVEMBER]).closed == (OCTOBER,)  # the night of 31 October reaches into it


def test_a_closed_month_is_not_marked(an, hr):
    closed(hr)
    DirtyDay.objects.all().delete()
    mark_dates([MONDAY, date(2026, 11, 2)])
    marked = DirtyDay.objects.order_by("work_date").values_list("work_date", flat=True)
    assert list(marked) == [date(2026, 11, 1), date(2026, 11, 2)]


def test_a_change_after_the_lock_makes_no_adjustment_not_even_by_a_late_punch(an, hr):
    closed(hr)
    add_day(MONDAY, HOLIDAY, reason=WHY, by=hr, at=LATER)
    assert row() == (480, 0)
    make.punches("7", "2026-10-06 07:30", terminal_code="M2")  # the whole month is computed again
    make.timesheets(AT)
    assert [item.work_date for item in Adjustment.objects.all()] == []
    make.roster(an, "2026-10-07")
    make.punches("7", "2026-10-07 07:30", "2026-10-07 17:00", terminal_code="M2")
    make.timesheets(AT)
    assert [item.work_date for item in Adjustment.objects.all()] == [date(2026, 10, 7)]
    assert load_month(OCTOBER, at=LATER).day_types[MONDAY] == "work"


def test_the_month_opened_again_is_computed_by_the_new_calendar(an, hr, other):
    locked = closed(hr)
    add_day(MONDAY, Entry("comp_rest", "Nghỉ bù"), reason=WHY, by=hr, at=LATER)
    change_day(MONDAY, HOLIDAY, reason="Nhầm loại ngày", by=hr, at=LATER)
    assert row() == (480, 0)
    before = TimesheetChange.objects.count()
    reopen(locked, reason="Tính theo lịch mới", by=other, at=LATER)
    assert row() == (0, 480)
    assert load_month(OCTOBER, at=LATER).day_types[MONDAY] == "holiday"
    assert TimesheetChange.objects.count() == before + 1
    assert not Adjustment.objects.exists()


def test_a_month_closed_after_the_change_knows_it(an, hr):
    add_day(MONDAY, HOLIDAY, reason=WHY, by=hr, at=LATER)  # by a clock ahead of the lock's
    closed(hr)
    make.punches("7", "2026-10-06 07:30", terminal_code="M2")
    assert row() == (0, 480)
    assert not Adjustment.objects.exists()


def test_the_night_before_an_open_month_stays_closed(hr):
    night = Shift.objects.create(code="D", name="Đêm", start="22:00", end="06:00")
    someone = make.employee("7")
    make.roster(someone, "2026-10-31", shift=night)
    make.punches("7", "2026-10-31 22:00", "2026-11-01 06:00")
    make.timesheets(AT)
    closed(hr)
    add_day(NOVEMBER, HOLIDAY, reason=WHY, by=hr, at=LATER)
    make.punches("7", "2026-10-20 07:30", terminal_code="M2")
    make.timesheets(AT)
    assert TimesheetRow.objects.get(work_date="2026-10-31").ot_holiday_night == 0
    assert not Adjustment.objects.exists()


def test_drafts_are_confirmed_by_document_all_or_none(hr, other):
    draft = draft_year(2028, Choices(), package={})
    save_draft(draft.days, by=hr, at=AT)
    assert {status for _day, _kind, status in states()} == {"draft"}
    culture, tet = date(2028, 11, 24), date(2028, 1, 26)
    with pytest.raises(DocumentMissing, match="24/11/2028"):
        confirm_days({tet: "Thông báo 1", culture: " "}, by=other, at=LATER)
    assert {status for _day, _kind, status in states()} == {"draft"}
    confirm_days({tet: "Thông báo 1", culture: "Luật 1/2026"}, by=other, at=LATER)
    assert {day for day, _kind, status in states() if status == "confirmed"} == {culture, tet}
    [last, _] = CalendarChange.objects.filter(action="confirmed").order_by("-date")
    after = last.after or {}
    assert (last.by, last.at, after["document"]) == (other, LATER, "Luật 1/2026")
    with pytest.raises(DayNotThere):
        confirm_days({culture: "Luật 1/2026"}, by=hr, at=LATER)


def test_what_is_refused_changes_nothing(hr):
    add_day(MONDAY, HOLIDAY, reason=WHY, by=hr, at=AT)
    again = draft_year(2026, Choices(), package={}).days[0]
    save_draft([again], by=hr, at=AT)
    before = states(), CalendarChange.objects.count()
    confirmed = Entry("holiday", "Lễ của tỉnh", "", "confirmed")
    for problem, attempt in (
        (DayAlreadyThere, lambda: add_day(MONDAY, HOLIDAY, reason=WHY, by=hr, at=AT)),
        (DayAlreadyThere, lambda: save_draft([again], by=hr, at=AT)),
        (NothingChosen, lambda: save_draft([], by=hr, at=AT)),
        (NothingChosen, lambda: confirm_days({}, by=hr, at=AT)),
        (ReasonMissing, lambda: change_day(MONDAY, confirmed, reason=" ", by=hr, at=AT)),
        (DocumentMissing, lambda: change_day(MONDAY, confirmed, reason=WHY, by=hr, at=AT)),
        (NothingChanged, lambda: change_day(MONDAY, HOLIDAY, reason=WHY, by=hr, at=AT)),
        (ReasonMissing, lambda: remove_day(MONDAY, reason="x", by=hr, at=AT)),
        (DayNotThere, lambda: remove_day(date(2026, 10, 6), reason=WHY, by=hr, at=AT)),
        (DayNotThere, lambda: change_day(date(2026, 10, 6), HOLIDAY, reason=WHY, by=hr, at=AT)),
    ):
        with pytest.raises(problem):
            attempt()
    assert (states(), CalendarChange.objects.count()) == before


def test_whoever_has_some_departments_only_changes_nothing(hr):
    hr.departments.add(Department.objects.create(code="KD", name="Phòng Kinh doanh"))
    with pytest.raises(CalendarOfWholeCompany):
        add_day(MONDAY, HOLIDAY, reason=WHY, by=hr, at=AT)
    assert states() == []


def test_loading_the_shipped_days_leaves_hr_and_closed_months_alone(an, hr):
    first = date(2026, 9, 1)
    closed(hr)
    add_day(first, Entry("work", "Không nghỉ"), reason=WHY, by=hr, at=AT)
    remove_day(first, reason="Bỏ ngày ghi nhầm", by=hr, at=AT)
    closed(hr, first)
    assert load_calendar() == 53  # without 1 September, removed, and the 2nd, in a closed month
    assert not CalendarDay.objects.filter(date__month=9, date__year=2026).exists()
    make.timesheets(AT)
    assert not Adjustment.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_days(an, hr, django_assert_num_queries):
    days = draft_year(2028, Choices(), package={}).days
    with django_assert_num_queries(12):
        save_draft(days[:1], by=hr, at=AT)
    with django_assert_num_queries(12):
        save_draft(days[1:], by=hr, at=AT)

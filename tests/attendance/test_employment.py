"""Joining and leaving: whoever changes the dates, by whatever door, the days follow."""

from datetime import date, datetime

import pytest
from django.db import connection

from attendance.models import DirtyDay, Shift, TimesheetRow
from attendance.timesheet.dirty import mark_unwritten_days
from backend.clock import VN
from tests import make

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)


def status(person, day):
    return TimesheetRow.objects.values_list("status", flat=True).get(employee=person, work_date=day)


def marked():
    days = DirtyDay.objects.order_by("work_date").values_list("work_date", flat=True)
    return [f"{day:%d/%m}" for day in days]


@pytest.fixture
def an():
    person = make.employee("7", join_date=date(2026, 11, 9))
    make.roster(person, "2026-11-04", "2026-11-05", "2026-11-12", "2026-11-13")
    mark_unwritten_days(first=date(2026, 11, 1), last=date(2026, 11, 20))
    make.timesheets(AT)
    assert not DirtyDay.objects.exists()
    return person


def test_a_later_last_day_by_the_admin_page(an, page):
    an.leave_date = date(2026, 11, 12)
    an.save()
    make.timesheets(AT)
    assert status(an, "2026-11-12") == "absent"
    assert status(an, "2026-11-13") == "not_employed"
    answer = page("administrator").post(
        f"/quan-tri/org/employee/{an.pk}/change/",
        {
            "code": an.code,
            "full_name": an.full_name,
            "department": an.department_id,
            "site": an.site_id,
            "join_date": "09/11/2026",
            "leave_date": "13/11/2026",
        },
    )
    assert answer.status_code == 302, answer.context["adminform"].errors
    assert marked() == ["12/11", "13/11", "14/11"]
    make.timesheets(AT)
    assert status(an, "2026-11-13") == "absent"
    assert status(an, "2026-11-16") == "not_employed"


def by_sql(change):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE org_employee SET {change} WHERE code = '7'")


def test_an_earlier_first_day_by_sql(an):
    assert status(an, "2026-11-05") == "not_employed"
    by_sql("join_date = '2026-11-05'")
    assert marked() == ["04/11", "05/11", "06/11", "07/11", "08/11", "09/11"]
    make.timesheets(AT)
    assert status(an, "2026-11-04") == "not_employed"
    assert status(an, "2026-11-05") == "absent"


def test_a_first_day_before_all_records_marks_none_of_the_years_before(an):
    by_sql("join_date = '2010-01-01'")
    assert marked() == [f"{day:02}/11" for day in range(1, 10)]


def test_who_left_after_all_has_days_until_today(an):
    by_sql("leave_date = '2026-11-12'")
    assert marked() == [f"{day}/11" for day in range(12, 21)]
    make.timesheets(AT)
    assert status(an, "2026-11-13") == "not_employed"
    by_sql("leave_date = NULL")
    assert marked() == [f"{day}/11" for day in range(12, 21)]
    make.timesheets(AT)
    assert status(an, "2026-11-13") == "absent"


def test_other_changes_of_a_person_mark_nothing(an):
    by_sql("position = 'Tổ trưởng', join_date = join_date, leave_date = leave_date")
    assert marked() == []


def test_the_night_of_the_new_last_day_is_seen_anew(an):
    """A punch between a night and the next afternoon is the next shift's only while that shift is the person's."""
    night = Shift.objects.create(code="Đ", name="Đêm", start="22:00", end="06:00")
    noon = Shift.objects.create(code="T", name="Trưa", start="14:00", end="20:00")
    make.roster(an, "2026-11-17", shift=night)
    make.roster(an, "2026-11-18", shift=noon)
    make.punches("7", "2026-11-17 21:58", "2026-11-18 10:30")
    make.timesheets(AT)
    assert status(an, "2026-11-17") == "incomplete"
    by_sql("leave_date = '2026-11-17'")
    make.timesheets(AT)
    assert status(an, "2026-11-17") == "present"

"""Weekly rest days of one's own (ngày nghỉ hằng tuần riêng): Labour Code 45/2019 art. 98, 111."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from attendance.leave.leaves import grant_leave
from attendance.models import (
    DayKind,
    DirtyDay,
    OwnRest,
    OwnRestEnding,
    TimesheetChange,
    TimesheetRow,
)
from attendance.roster.calendar_days import Entry, add_day
from attendance.roster.overtime import approve_overtime
from attendance.roster.own_rest import (
    as_rostered,
    end_own_rest,
    enter_own_rest,
    own_week,
)
from attendance.roster.swapping import approve_swap
from attendance.timesheet.closing import lock
from attendance.timesheet.month import load_month
from attendance.timesheet.official_forms import overtime_departments
from backend.accounts.models import Role
from backend.clock import VN
from tests import make
from tests.pages import text

PAGE = "/cham-cong/phan-ca/nghi-tuan/"
WHY = "Nội quy phòng bảo vệ"
AT = datetime(2025, 11, 17, 9, 0, tzinfo=VN)
MONDAY, TUESDAY, SATURDAY = date(2025, 11, 3), date(2025, 11, 4), date(2025, 11, 8)
HOLIDAY = Entry(DayKind.HOLIDAY, "Ngày truyền thống", "QĐ 9")


def overtime(person, day, by):
    approve_overtime(
        employee=person,
        start=datetime(2025, 11, day, 18, 0, tzinfo=VN),
        end=datetime(2025, 11, day, 20, 0, tzinfo=VN),
        reason="Trực quay số",
        by=by,
        at=AT,
    )


@pytest.fixture
def hr(person):
    return person(Role.HR)


@pytest.fixture
def an(db, hr):
    """A guard who works from Wednesday to Monday, asked in on Tuesday evening and on Saturday."""
    someone = make.employee("7", "Trần Thị An")
    make.roster(someone, "2025-11-03", *(f"2025-11-{day:02}" for day in range(5, 11)))
    make.punches(
        "7", "2025-11-04 18:00", "2025-11-04 20:00", "2025-11-08 07:30", "2025-11-08 20:00"
    )
    overtime(someone, 4, hr)
    overtime(someone, 8, hr)
    return someone


def entry(**values):
    return {"nv": "7", "thu": ["2"], "ngay": "2025-11-01", "den": "", "ly_do": WHY} | values


def given(employee, by, weekdays=(2,), first=date(2025, 11, 1), last=None):
    return enter_own_rest(
        employee=employee, weekdays=weekdays, first=first, last=last, reason=WHY, by=by, at=AT
    )


def figures(day):
    rows = TimesheetRow.objects.filter(work_date=day, employee__code="7")
    return rows.values_list("status", "ot_weekday_day", "ot_restday_day").get()


def test_overtime_on_ones_own_rest_day_is_paid_200_percent_and_said_so(page, person, hr, an):
    make.timesheets(AT)
    assert figures(TUESDAY) == ("present", 120, 0)
    assert figures(SATURDAY) == ("present", 0, 120)
    shown = text(page(hr).post(PAGE, entry(), follow=True))
    assert "<td>thứ Ba</td>" in shown
    assert "từ 01/11/2025" in shown
    make.timesheets(AT)
    assert figures(TUESDAY) == ("present", 0, 120)
    assert figures(SATURDAY) == ("present", 120, 0)
    assert figures(date(2025, 11, 11)) == ("rest", 0, 0)
    assert figures(date(2025, 11, 15)) == ("no_shift", 0, 0)
    own = page(person(Role.EMPLOYEE, employee=an))
    assert "<li>thứ Ba, từ 01/11/2025</li>" in text(own.get("/cham-cong/cua-toi/?thang=2025-11"))
    assert "Ngày nghỉ hằng tuần của tôi" not in text(own.get("/cham-cong/cua-toi/?thang=2025-10"))
    seen = text(own.get("/cham-cong/cua-toi/ngay/2025-11-04/"))
    assert "Thứ 3 04/11 là ngày nghỉ hằng tuần riêng của người này." in seen
    assert "2:00 ngày nghỉ" in seen
    assert "làm thêm ngày thường" in seen  # what changed, and from what
    seen = text(page(hr).get("/cham-cong/ngay/7/2025-11-08/"))
    assert "Thứ 7 08/11 là ngày làm việc của người này" in seen
    roster = text(page(hr).get("/cham-cong/phan-ca/?tuan=2025-11-03"))
    assert (
        '<td class="rest" data-day="2025-11-04" data-shifts=""> <span class="muted"'
        ' title="ngày nghỉ hằng tuần riêng">'
    ) in roster
    assert '<td class="work" data-day="2025-11-08" data-shifts="HC" draggable="true">' in roster
    [department] = overtime_departments(load_month(date(2025, 11, 1), at=AT))
    assert {day: one.minutes for day, one in department.people[0].days.items()} == {
        4: {"restday_day": 120},
        8: {"weekday_day": 120},
    }


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"thu": []}, 400, "chọn từ một đến sáu ngày nghỉ"),
    ({"theo": "phan_ca"}, 400, "chọn từ một đến sáu ngày nghỉ"),
    ({"thu": [*"1234567"]}, 400, "chọn từ một đến sáu ngày nghỉ"),
    ({"thu": ["8"]}, 400, "Ngày nghỉ hằng tuần:"),
    ({"den": "2025-10-31"}, 400, "Ngày cuối phải không trước ngày đầu"),
    ({"den": "9999-12-31"}, 400, "Đến hết ngày:"),
    ({"ngay": "2019-12-31"}, 400, "không làm việc tại công ty vào ngày đó"),
    ({"ly_do": "-"}, 400, "ít nhất 5 ký tự"),
    ({"nv": "8"}, 400, "Không có nhân viên nào mang mã này"),
    ({"ngay": "2026-02-01"}, 409, "đã có ngày nghỉ hằng tuần riêng"),
]


def test_what_cannot_be_is_refused_and_changes_nothing(page, hr, an):
    client = page(hr)
    given(an, hr, first=date(2026, 2, 1))
    marked = DirtyDay.objects.count()
    for change, status, told in REFUSED:
        assert told in text(client.post(PAGE, entry(**change)), status)
    assert (OwnRest.objects.count(), DirtyDay.objects.count()) == (1, marked)


def test_an_ending_is_a_new_row_and_touches_only_this_persons_days_since(page, person, hr, an):
    other = make.employee("8", "Lê Bình")
    make.roster(other, "2025-11-03")
    rest = given(an, hr)
    make.timesheets(AT)
    form = {"den": "2025-11-06", "ly_do": "Về làm giờ hành chính"}
    stranger = person(Role.HR, username="hr2")
    stranger.departments.add(make.department("KHO"))
    assert page(stranger).post(f"{PAGE}{rest.pk}/thoi/", form).status_code == 404
    assert "thôi sau 06/11/2025" in text(page(hr).post(f"{PAGE}{rest.pk}/thoi/", form, follow=True))
    assert set(DirtyDay.objects.values_list("employee__code", "work_date")) == {
        ("7", date(2025, 11, day)) for day in range(6, 18)
    }
    make.timesheets(AT)
    assert figures(TUESDAY) == ("present", 0, 120)
    assert figures(SATURDAY) == ("present", 0, 120)
    assert "đã thôi rồi" in text(page(hr).post(f"{PAGE}{rest.pk}/thoi/", form, follow=True))
    given(an, hr, (1,), first=date(2025, 11, 7))
    for rows in (OwnRest, OwnRestEnding):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.objects.update(reason="Lý do khác hẳn")


def test_taken_back_it_never_held(page, hr, an):
    rest = given(an, hr)
    make.timesheets(AT)
    far = {"den": "9999-12-31", "ly_do": "Ghi nhầm người"}
    assert "Đến hết ngày:" in text(page(hr).post(f"{PAGE}{rest.pk}/thoi/", far, follow=True))
    end_own_rest(rest, last=date(2025, 1, 1), reason="Ghi nhầm người", by=hr, at=AT)
    assert "<del>từ 01/11/2025</del>" in text(page(hr).get(PAGE))
    make.timesheets(AT)
    assert figures(TUESDAY) == ("present", 120, 0)
    given(an, hr)  # the days are free again


def test_by_the_roster_a_free_day_is_the_day_of_rest(page, hr, an):
    page(hr).post(PAGE, entry(thu=[], theo="phan_ca"))
    make.timesheets(AT)
    assert figures(TUESDAY) == ("present", 0, 120)
    assert figures(SATURDAY) == ("present", 120, 0)
    make.roster(an, "2025-11-04")
    DirtyDay.objects.create(employee=an, work_date=TUESDAY)
    make.timesheets(AT)
    assert figures(TUESDAY)[1:] == (120, 0)


def test_by_the_roster_a_swap_comes_first(hr, an):
    """Specification §2: who works another's shift that day does not rest, whose shift it was does."""
    other = make.employee("8", "Lê Bình")
    make.roster(other, "2025-11-04")
    for guard in (an, other):
        given(guard, hr, ())
    approve_swap(date=TUESDAY, a=an, b=other, reason="Đổi ca trực", by=hr, at=AT)
    make.timesheets(AT)
    assert figures(TUESDAY)[1:] == (120, 0)
    rested = TimesheetRow.objects.get(employee=other, work_date=TUESDAY)
    assert rested.status == "rest"


def test_a_closed_month_gets_adjustments(hr, an):
    december = datetime(2025, 12, 2, 9, 0, tzinfo=VN)
    make.timesheets(december)
    lock(date(2025, 11, 1), note="Kỳ thử, còn việc vẫn khóa", by=hr, at=december)
    given(an, hr)
    make.timesheets(december)
    assert figures(TUESDAY) == ("present", 120, 0)
    kept = TimesheetChange.objects.filter(employee=an, work_date=TUESDAY)
    [change] = kept.exclude(adjustment=None)
    assert change.before is not None
    assert (change.before["ot_weekday_day"], change.after["ot_restday_day"]) == (120, 120)


def test_a_holiday_on_the_own_rest_day_makes_the_next_day_one(hr, an):
    given(an, hr)
    make.timesheets(AT)
    wednesday = date(2025, 11, 5)
    add_day(TUESDAY, HOLIDAY, reason="Công ty nghỉ", by=hr, at=AT)
    assert DirtyDay.objects.filter(employee=an, work_date=wednesday).exists()
    make.timesheets(AT)
    steps = TimesheetRow.objects.get(employee=an, work_date=wednesday).explanation
    assert [(step["kind"], step["why"]) for step in steps if step["rule"] == "own_day"] == [
        ("rest", "moved")
    ]


def test_leave_is_granted_on_the_persons_own_days_of_work(hr, an):
    given(an, hr)
    granted = grant_leave(
        employee=an,
        first=date(2025, 11, 24),
        last=date(2025, 11, 30),
        code="P",
        reason="Nghỉ phép năm",
        by=hr,
        at=AT,
    )
    assert [leave.date.day for leave in granted] == [24, 26, 27, 28, 29, 30]


DAYS = {date(2026, 4, 20) + timedelta(days=n): "work" for n in range(21)}
#: Hùng Kings' Sunday of 2026, and what the company moves for itself.
SPRING = DAYS | {
    date(2026, 4, 26): "holiday",
    date(2026, 4, 27): "rest",
    date(2026, 4, 30): "holiday",
    date(2026, 5, 1): "holiday",
}


def rests(weekdays, days=SPRING):
    return [
        (told.date.strftime("%d/%m"), told.why)
        for told in own_week("an", days, weekdays)
        if told.kind == "rest"
    ]


def test_a_rest_day_that_a_holiday_takes_is_made_up_for_on_the_next_day_of_work():
    """Art. 111.3; the holiday of somebody else's rest day moves nothing of one's own."""
    assert rests({7}) == [("27/04", "moved"), ("03/05", "weekly"), ("10/05", "weekly")]
    assert rests({2}) == [("21/04", "weekly"), ("28/04", "weekly"), ("05/05", "weekly")]
    assert rests({4, 5})[:6] == [
        ("23/04", "weekly"), ("24/04", "weekly"), ("02/05", "moved"),
        ("03/05", "moved"), ("07/05", "weekly"), ("08/05", "weekly"),
    ]  # fmt: skip


def test_as_the_roster_has_it_a_day_without_an_entry_is_one_of_rest():
    planned = {date(2026, 4, 20), date(2026, 4, 22)}
    kinds = [told.kind for told in as_rostered("an", sorted(DAYS)[:3], planned)]
    assert kinds == ["work", "rest", "work"]

"""Care hours (giờ chế độ): Labour Code 45/2019 art. 137, Decree 145/2020 art. 80."""

import html
import re
from datetime import date, datetime

import pytest
from django.db import DatabaseError, transaction

from attendance.exports.payroll_facts import load_payroll
from attendance.leave.care_hours import end_care_hours, enter_care_hours
from attendance.models import CareHours, CareHoursEnding, DirtyDay, Shift, TimesheetRow
from attendance.requests.handling import decide
from attendance.roster.overtime import approve_overtime
from attendance.roster.rostering import rosters_of
from attendance.timesheet.closing import lock
from backend.accounts.models import Role
from backend.clock import VN
from backend.org.models import Employee
from tests import make
from tests.pages import text

PAGE = "/cham-cong/gio-che-do/"
WHY = "Giấy khai sinh số 12"
AT = datetime(2025, 11, 10, 9, 0, tzinfo=VN)
MONDAY, TUESDAY = date(2025, 11, 3), date(2025, 11, 4)


@pytest.fixture
def an(db):
    someone = make.employee("7", "Trần Thị An")
    make.roster(someone, *(f"2025-11-{day:02}" for day in range(3, 8)))
    make.punches(
        "7", "2025-11-03 07:30", "2025-11-03 16:00", "2025-11-04 07:28", "2025-11-04 17:00"
    )
    return someone


@pytest.fixture
def hr(person):
    return person(Role.HR)


def entry(**values):
    form = {"nv": "7", "che_do": "nursing", "ngay": "2025-11-01", "den": "2026-10-31", "luc": "end"}
    return form | {"ly_do": WHY} | values


def given(employee, by, kind="nursing", first=date(2025, 11, 1), last=date(2026, 5, 31), **more):
    return enter_care_hours(
        employee=employee, kind=kind, first=first, last=last, reason=WHY, by=by, at=AT, **more
    )


def figures(day):
    row = TimesheetRow.objects.filter(work_date=day, employee__code="7")
    return row.values_list("regular", "care", "early", "symbol").get()


def test_hr_enters_them_and_the_days_are_paid_without_saying_why(page, person, hr, an):
    make.timesheets(AT)
    assert figures(MONDAY) == (420, 0, 60, "+")
    shown = text(page(hr).post(PAGE, entry(), follow=True))
    assert "nuôi con dưới 12 tháng tuổi" in shown
    make.timesheets(AT)
    assert figures(MONDAY) == (420, 60, 0, "+")
    assert figures(TUESDAY) == (480, 0, 0, "+")
    manager = person(Role.MANAGER, employee=make.employee("9", "Trưởng Phòng"))
    an.department.manager = manager.employee
    an.department.save()
    seen = text(page(manager).get("/cham-cong/ngay/7/2025-11-03/"))
    assert "Giờ chế độ 16:00–17:00, 60 phút: tính đủ công, không ghi muộn hay sớm." in seen
    assert "giờ chế độ: 0 → 60 phút" in seen
    assert "nuôi con" not in seen
    assert WHY not in seen
    own = page(person(Role.EMPLOYEE, employee=an))
    assert "nuôi con dưới 12 tháng tuổi: 01/11/2025 – 31/10/2026, 60 phút" in text(
        own.get("/cham-cong/cua-toi/?thang=2025-11")
    )
    assert text(page(manager).get(PAGE), 403)


REFUSED = [
    ({"den": "2025-10-31"}, "Ngày cuối phải không trước ngày đầu"),
    ({"den": "2026-11-02"}, "nhiều nhất 366 ngày"),
    ({"che_do": "pregnancy", "den": "2025-12-01", "dong_y": "on"}, "Hãy bỏ dấu ở ô đồng ý"),
    ({"che_do": "lighter", "tra_them": "on"}, "Hãy bỏ dấu ở ô thỏa thuận"),
    ({"ngay": "2019-01-01", "den": "2019-02-01"}, "không làm việc tại công ty vào ngày đó"),
    ({"ly_do": "-"}, "ít nhất 5 ký tự"),
    ({"nv": "8"}, "Không có nhân viên nào mang mã này"),
    ({"che_do": "sleep"}, "Chế độ:"),
    ({"den": ""}, "Đến hết ngày:"),
]


def test_what_cannot_be_is_refused_and_changes_nothing(page, hr, an):
    client, marked = page(hr), DirtyDay.objects.count()
    for change, told in REFUSED:
        assert told in text(client.post(PAGE, entry(**change)), 400)
    assert (CareHours.objects.count(), DirtyDay.objects.count()) == (0, marked)


def test_the_same_kind_is_held_once_at_a_time(page, hr, an):
    given(an, hr)
    assert "đã có chế độ ấy" in text(page(hr).post(PAGE, entry(ngay="2026-05-31")), 409)
    given(an, hr, "menstrual", date(2025, 11, 4), date(2025, 11, 6))
    given(an, hr, first=date(2026, 6, 1), last=date(2026, 6, 30))
    assert CareHours.objects.count() == 3


def test_an_ending_is_a_new_row_and_computes_only_the_days_it_takes(page, person, hr, an):
    other = make.employee("8", "Lê Bình")
    make.roster(other, "2025-11-03")
    care = given(an, hr, place="end")
    make.timesheets(AT)
    form = {"den": "2025-11-03", "ly_do": "Đi làm lại cả ngày"}
    stranger = person(Role.HR, username="hr2")
    stranger.departments.add(make.department("KHO"))
    assert page(stranger).post(f"{PAGE}{care.pk}/thoi/", form).status_code == 404
    end_care_hours(care, last=date(2025, 11, 3), reason="Đi làm lại cả ngày", by=hr, at=AT)
    assert set(DirtyDay.objects.values_list("employee__code", "work_date")) == {
        ("7", date(2025, 11, day)) for day in range(4, 11)
    }
    make.timesheets(AT)
    assert figures(MONDAY) == (420, 60, 0, "+")
    assert "đã thôi rồi" in text(page(hr).post(f"{PAGE}{care.pk}/thoi/", form, follow=True))
    assert "thôi sau 03/11/2025" in text(page(hr).get(PAGE))
    assert CareHoursEnding.objects.get().last == MONDAY
    for rows in (CareHours, CareHoursEnding):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.objects.update(reason="Lý do khác hẳn")


def test_taken_back_they_never_held(hr, an):
    care = given(an, hr, place="end")
    make.timesheets(AT)
    end_care_hours(care, last=date(2025, 1, 1), reason="Ghi nhầm người", by=hr, at=AT)
    make.timesheets(AT)
    assert figures(MONDAY) == (420, 0, 60, "+")
    given(an, hr)  # the days are free again


def test_the_roster_warns_of_nights_and_overtime_of_the_protected(page, hr, an):
    night = Shift.objects.create(code="D", name="Đêm", start="22:00", end="06:00")
    make.roster(an, "2025-11-08", shift=night)
    overtime = {
        "start": datetime(2025, 11, 6, 17, 30, tzinfo=VN),
        "end": datetime(2025, 11, 6, 19, 30, tzinfo=VN),
    }
    approve_overtime(employee=an, **overtime, reason="Quyết toán quý", by=hr, at=AT)

    def told():
        found = rosters_of([an.pk], first=MONDAY, last=date(2025, 11, 9))[an.pk].conflicts
        return [(each.work_date.day, each.rule) for each in found]

    assert told() == []
    consents = given(an, hr, agrees_to_extra=True)
    assert told() == []
    end_care_hours(consents, last=date(2025, 1, 1), reason="Rút lời đồng ý", by=hr, at=AT)
    given(an, hr)
    assert told() == [(6, "protected_overtime"), (8, "protected_night")]
    shown = text(page(hr).get("/cham-cong/phan-ca/?tuan=2025-11-03"))
    assert "người được bảo vệ (điều 137) không làm đêm" in shown
    assert "nuôi con" not in shown
    form = {"nv": "7", "ngay": "2025-11-07", "gio": "17:30", "den_gio": "19:00", "ly_do": "Kiểm kê"}
    shown = text(page(hr).post("/cham-cong/lam-them/", form, follow=True))
    assert "Trần Thị An đang được bảo vệ đến 31/05/2026" in shown


def test_who_decides_overtime_is_told_of_the_protection(page, person, hr, an, api):
    given(an, hr, "pregnancy", last=date(2026, 2, 28))
    form = {"loai": "overtime", "ngay": "2025-11-12", "gio": "17:30", "den_gio": "19:00"}
    own = page(person(Role.EMPLOYEE, employee=an))
    own.post("/cham-cong/cua-toi/don-moi/?loai=overtime", form | {"ly_do": "Làm báo cáo"})
    sent = an.requests.get().pk
    for address in (f"/cham-cong/don/{sent}/", "/cham-cong/don/"):
        shown = text(page(hr).get(address))
        assert "đang được bảo vệ đến 28/02/2026" in shown
        assert "mang thai" not in shown
    address = "/api/v1/requests/"
    [listed] = api(hr).get(address).json()["results"]
    assert listed["protected_until"] == "2026-02-28"
    decide(sent, approve=True, by=hr, at=AT)
    assert api(hr).get(f"{address}{sent}/").json()["protected_until"] is None


def test_the_exception_inbox_warns_before_and_after_overtime_of_the_protected(page, hr, an):
    """Nobody is held back: the law knows consent and exceptions that a record does not."""
    make.punches("7", "2025-11-05 07:30", "2025-11-05 19:30")
    make.timesheets(AT)
    given(an, hr, "pregnancy", last=date(2026, 2, 28))
    inbox = "/cham-cong/ngoai-le/?thang=2025-11"
    group = next(
        html.unescape(found)
        for found in re.findall(r'href="(\?[^"]*nhom=[^"]*)"', page(hr).get(inbox).content.decode())
        if "unapproved_extra" in found
    )
    told = "Trần Thị An đang được bảo vệ đến 28/02/2026 (Bộ luật Lao động điều 137)"
    shown = text(page(hr).get(f"/cham-cong/ngoai-le/{group}"))
    assert f'<small class="chip attention">{told}' in shown
    [key] = re.findall(r'name="chon" value="([^"]+)"', shown)
    form = {"chon": [key], "viec": "de-xuat", "ly_do": "Kiểm kê cuối quý"}
    form |= dict(re.findall(r'name="(gio[^"]+)" value="([^"]+)"', shown))
    done = text(page(hr).post(f"/cham-cong/ngoai-le/quyet/{group}", form, follow=True))
    assert f'<p class="message warning">{told}' in done
    assert an.overtimeapproval_set.count() == 1


def test_working_through_them_by_agreement_is_handed_to_payroll(hr, an):
    given(an, hr, place="end", paid_if_worked=True)
    make.timesheets(AT)

    def handed(month):
        [line] = load_payroll(Employee.objects.all(), month, at=AT).lines
        return line

    minutes = handed(date(2025, 11, 1)).minutes
    assert (minutes["regular"], minutes["care"], minutes["care_worked"]) == (900, 60, 60)
    assert handed(date(2025, 11, 1)).standard == 960
    december = datetime(2025, 12, 2, 9, 0, tzinfo=VN)
    make.timesheets(december)
    lock(date(2025, 11, 1), note="Kỳ thử, còn việc vẫn khóa", by=hr, at=december)
    given(an, hr, "menstrual", TUESDAY, TUESDAY, place="start", paid_if_worked=True)
    make.timesheets(december)
    assert handed(date(2025, 12, 1)).adjusted == {"care_worked": 30}

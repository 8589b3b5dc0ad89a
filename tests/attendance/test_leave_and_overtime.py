"""Leave, trips and overtime: granted by service or by an approved request, and what the day becomes."""

from datetime import date, datetime, time

import pytest

from attendance.leave.leaves import AlreadyAway, NoWorkThen, grant_leave, revoke_leave
from attendance.models import Leave, LeaveRevocation, OvertimeApproval, Request, TimesheetRow
from attendance.people.employment import NotEmployedThen
from attendance.roster.overtime import (
    OvertimeOverlaps,
    OvertimeTooLong,
    OvertimeWithdrawn,
    approve_overtime,
    withdraw_overtime,
)
from backend.clock import VN, now
from tests import make
from tests.pages import text

MONDAY = "2025-11-03"
DAY = date(2025, 11, 3)


@pytest.fixture
def an(db):
    person = make.employee("7", join_date=date(2025, 11, 1), leave_date=date(2025, 12, 31))
    make.roster(person, MONDAY)
    return person


@pytest.fixture
def hr(person):
    return person("hr")


def recomputed(day=MONDAY):
    make.timesheets()
    return TimesheetRow.objects.get(employee__code="7", work_date=day)


def grant(an, hr, first=DAY, last=None, code="P", **values):
    return grant_leave(
        employee=an, first=first, last=last or first, code=code, reason="Việc gia đình", by=hr,
        at=now(), **values,
    )  # fmt: skip


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=VN)


def allow(an, hr, start=f"{MONDAY} 17:00", end=f"{MONDAY} 19:00"):
    return approve_overtime(
        employee=an, start=moment(start), end=moment(end), reason="Kiểm kê kho", by=hr, at=now()
    )


def test_a_day_of_leave_and_its_taking_back(an, hr):
    [leave] = grant(an, hr)
    row = recomputed()
    assert (row.status, row.symbol, row.leave, row.leave_code) == ("leave", "P", 480, "P")
    revoke_leave(leave, reason="Đã đi làm lại", by=hr, at=now())
    assert recomputed().status == "absent"
    kept = LeaveRevocation.objects.get()
    assert (kept.date, kept.code, kept.reason) == (DAY, "P", "Đã đi làm lại")
    with pytest.raises(AlreadyAway):
        revoke_leave(leave, reason="Đã đi làm lại", by=hr, at=now())
    assert LeaveRevocation.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "leave", "late"),
    [
        ({"part": "am"}, 240, 0),
        ({"start": time(7, 30), "end": time(9, 30)}, 120, 120),
    ],
)
def test_a_part_of_a_day_leaves_the_rest_to_be_worked(an, hr, values, leave, late):
    grant(an, hr, **values)
    make.punches("7", f"{MONDAY} 13:00" if late == 0 else f"{MONDAY} 11:30", f"{MONDAY} 17:00")
    row = recomputed()
    assert (row.leave, row.worked, row.late) == (leave, 240, late)


def test_a_trip_is_credited(an, hr):
    grant(an, hr, code="CT")
    row = recomputed()
    assert (row.status, row.credited, row.leave) == ("trip", 480, 0)


def test_days_off_use_no_leave(an, hr):
    """From Friday to Monday: two working days."""
    granted = grant(an, hr, first=date(2025, 11, 7), last=date(2025, 11, 10))
    assert [leave.date.day for leave in granted] == [7, 10]
    with pytest.raises(NoWorkThen):
        grant(an, hr, first=date(2025, 11, 15), last=date(2025, 11, 16))


def test_leave_does_not_overlap_leave(an, hr):
    grant(an, hr, part="am")
    grant(an, hr, part="pm")
    for values in ({"part": "am"}, {}, {"start": time(8), "end": time(9)}):
        with pytest.raises(AlreadyAway):
            grant(an, hr, **values)
    tuesday = date(2025, 11, 4)
    grant(an, hr, first=tuesday, start=time(8), end=time(9))
    grant(an, hr, first=tuesday, start=time(9), end=time(10))
    with pytest.raises(AlreadyAway):
        grant(an, hr, first=tuesday, start=time(9, 59), end=time(11))
    assert Leave.objects.count() == 4


def test_only_while_employed(an, hr):
    with pytest.raises(NotEmployedThen):
        grant(an, hr, first=date(2025, 12, 31), last=date(2026, 1, 2))
    with pytest.raises(NotEmployedThen):
        allow(an, hr, "2025-10-31 17:00", "2025-10-31 18:00")
    assert not Leave.objects.exists()
    assert not OvertimeApproval.objects.exists()


def test_overtime_counts_only_while_it_is_approved(an, hr):
    make.punches("7", f"{MONDAY} 07:25", f"{MONDAY} 19:02")
    assert recomputed().worked == 480
    approval = allow(an, hr)
    row = recomputed()
    assert (row.worked, row.ot_weekday_day) == (600, 120)
    withdraw_overtime(approval, reason="Nhập nhầm ngày", by=hr, at=now())
    row = recomputed()
    assert (row.worked, row.ot_weekday_day) == (480, 0)
    with pytest.raises(OvertimeWithdrawn):
        withdraw_overtime(approval, reason="Nhập nhầm ngày", by=hr, at=now())


def test_overtime_over_midnight_is_of_the_day_it_began(an, hr):
    allow(an, hr, f"{MONDAY} 20:00", "2025-11-04 01:00")
    make.punches("7", f"{MONDAY} 07:25", f"{MONDAY} 17:01", f"{MONDAY} 19:58", "2025-11-04 01:03")
    row = recomputed()
    assert (row.worked, row.ot_weekday_day, row.ot_weekday_night) == (780, 120, 180)


def test_overtime_is_approved_once_and_within_reason(an, hr):
    allow(an, hr)
    allow(an, hr, f"{MONDAY} 19:00", f"{MONDAY} 20:00")
    with pytest.raises(OvertimeOverlaps):
        allow(an, hr, f"{MONDAY} 19:30", f"{MONDAY} 21:00")
    for end in (f"{MONDAY} 05:00", "2025-11-04 17:01"):
        with pytest.raises(OvertimeTooLong):
            allow(an, hr, f"{MONDAY} 05:00", end)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"loai": "leave", "ma": "P", "phan": "full"}, "leave"),
        ({"loai": "trip"}, "trip"),
    ],
)
def test_an_approved_request_for_leave_or_a_trip_changes_the_day(an, page, person, values, status):
    client = page(person("employee", employee=an))
    form = {"ngay": MONDAY, "ly_do": "Việc gia đình"} | values
    assert client.post("/cham-cong/cua-toi/don-moi/", form).status_code == 302
    asked = Request.objects.get()
    page("hr").post(f"/cham-cong/don/{asked.pk}/quyet-dinh/", {"y": "duyet"})
    assert recomputed().status == status


def test_an_approved_request_for_overtime_changes_the_day(an, page, person):
    make.punches("7", f"{MONDAY} 07:25", f"{MONDAY} 19:02")
    client = page(person("employee", employee=an))
    form = {"loai": "overtime", "ngay": MONDAY, "gio": "17:00", "ly_do": "Kiểm kê kho"}
    assert client.post("/cham-cong/cua-toi/don-moi/", form).status_code == 400  # no end
    answer = client.post("/cham-cong/cua-toi/don-moi/", form | {"den_gio": "19:00"})
    assert answer.status_code == 302
    page("hr").post(f"/cham-cong/don/{Request.objects.get().pk}/quyet-dinh/", {"y": "duyet"})
    assert recomputed().ot_weekday_day == 120


LEAVE, OVERTIME = "/cham-cong/nghi-phep/", "/cham-cong/lam-them/"


def test_hr_enters_leave_on_its_page_and_takes_it_back(an, page):
    client = page("hr")
    form = {"nv": "7", "ngay": MONDAY, "ma": "P", "ly_do": "Việc gia đình"}
    assert "đang được tính lại" in text(client.post(LEAVE, form, follow=True))
    assert "trùng với khoảng này" in text(client.post(LEAVE, form), 409)
    assert recomputed().status == "leave"
    assert "Việc gia đình" in text(client.get(LEAVE, {"thang": "2025-11"}))
    address = f"{LEAVE}{Leave.objects.get().pk}/thu-hoi/"
    assert "ít nhất 5 ký tự" in text(client.post(address, {"ly_do": "sai"}, follow=True))
    client.post(address, {"ly_do": "Đã đi làm lại"})
    assert recomputed().status == "absent"
    assert "Đã đi làm lại" in text(client.get(LEAVE, {"thang": "2025-11"}))


def test_hr_approves_overtime_on_its_page_and_takes_it_back(an, page):
    client = page("hr")
    make.punches("7", f"{MONDAY} 07:25", f"{MONDAY} 19:02")
    form = {"nv": "7", "ngay": MONDAY, "gio": "17:00", "den_gio": "19:00", "ly_do": "Kiểm kê"}
    client.post(OVERTIME, form)
    assert recomputed().ot_weekday_day == 120
    address = f"{OVERTIME}{OvertimeApproval.objects.get().pk}/thu-hoi/"
    client.post(address, {"ly_do": "Nhập nhầm ngày"})
    assert recomputed().ot_weekday_day == 0
    assert "Nhập nhầm ngày" in text(client.get(OVERTIME, {"thang": "2025-11"}))


def test_only_hr_and_only_within_its_departments(an, page, person):
    limited = person("hr", username="hr2")
    limited.departments.set([make.department("KD")])
    form = {"nv": "7", "ngay": MONDAY, "ma": "P", "ly_do": "Việc gia đình"}
    assert "Không có nhân viên nào" in text(page(limited).post(LEAVE, form), 400)
    assert "Chỉ nhân sự" in text(page("auditor").post(LEAVE, form), 400)
    page("hr").post(LEAVE, form)
    address = f"{LEAVE}{Leave.objects.get().pk}/thu-hoi/"
    assert page(limited).post(address, {"ly_do": "Nhập nhầm ngày"}).status_code == 404
    assert Leave.objects.count() == 1

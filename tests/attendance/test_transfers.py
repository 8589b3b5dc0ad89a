"""A person goes to another department and site in the middle of a month."""

import re
from datetime import date, datetime, time, timedelta
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.db import DatabaseError, transaction

from attendance.exports.payroll_facts import load_payroll
from attendance.figures import attendance_summary
from attendance.models import (
    DirtyDay,
    PatternAssignment,
    PeriodLock,
    RequestKind,
    RosterEntry,
    Shift,
    ShiftPattern,
)
from attendance.models import TimesheetRow as Row
from attendance.people.employment import NotEmployedThen
from attendance.people.transferring import (
    AlreadyTransferred,
    NothingMoves,
    TransferIntoClosedMonth,
    TransferIsWithdrawn,
    withdraw_transfer,
)
from attendance.requests.handling import Asked, NotYoursToDecide, decide, submit
from attendance.requests.rights import Desk
from attendance.review.deciding import NoLongerOpen, let_stand
from attendance.review.open_exceptions import in_charge, open_issues
from attendance.review.team import team_load
from attendance.roster.overtime import approve_overtime
from attendance.roster.rostering import roll_out
from attendance.timesheet.checklist import departments
from attendance.timesheet.closing import confirm
from attendance.timesheet.dirty import mark_unwritten_days
from attendance.timesheet.month import load_month
from attendance.timesheet.official_forms import overtime_departments
from backend.accounts.scope import employees_for
from backend.clock import VN
from backend.org.models import Department, Employee, Transfer
from backend.org.transfers import apply_transfers, placement_on
from tests import make

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)
NOVEMBER = date(2026, 11, 1)
FRIDAY, MONDAY = "2026-11-13", "2026-11-16"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def hr(person):
    return person("hr")


@pytest.fixture
def kd():
    return make.department("KD")


@pytest.fixture
def kt():
    return make.department("KT")


@pytest.fixture
def an(kd):
    """Works Friday the 13th and Monday the 16th, 7 minutes late on Friday, 9 on Monday."""
    person = make.employee("7", department=kd)
    make.roster(person, FRIDAY, MONDAY, "2026-11-17")
    make.punches("7", f"{FRIDAY} 07:37", f"{FRIDAY} 17:00", f"{MONDAY} 07:39", f"{MONDAY} 17:00")
    mark_unwritten_days(first=NOVEMBER, last=date(2026, 11, 20))
    make.timesheets(AT)
    return person


@pytest.fixture
def moved(an, kt, hr):
    """To KT in Cẩm Phả since Monday the 16th."""
    return make.transfer(an, MONDAY, kt, by=hr, site_code="CP")


def codes(rows):
    return [(each.department.code, each.site.code) for each in rows]


def parts(**asked):
    sheet = load_month(NOVEMBER, at=AT, **asked)
    return [
        (part.department_code, part.late, part.regular, sorted(part.days)) for part in sheet.people
    ]


# Where somebody belongs


def test_every_date_has_one_placement(an, moved):
    held = an.placements.order_by("first")
    assert codes(held) == [("KD", "HL"), ("KT", "CP")]
    assert [(each.first, each.last) for each in held] == [
        (date.min, date(2026, 11, 15)),
        (date(2026, 11, 16), date.max),
    ]
    an.refresh_from_db()
    assert (an.department.code, an.site.code) == ("KT", "CP")


def test_a_coming_transfer_takes_effect_on_its_day(an, kt, hr):
    make.transfer(an, "2026-12-01", kt, by=hr)
    an.refresh_from_db()
    assert an.department.code == "KD"
    assert apply_transfers(on=date(2026, 11, 30)) == 0
    assert apply_transfers(on=date(2026, 12, 1)) == 1
    an.refresh_from_db()
    assert an.department.code == "KT"
    assert apply_transfers(on=date(2026, 12, 1)) == 0


def test_a_withdrawn_transfer_gives_back_what_held_before(an, moved, hr):
    withdraw_transfer(moved, reason="Nhập nhầm người", by=hr, at=AT)
    an.refresh_from_db()
    assert (an.department.code, an.site.code) == ("KD", "HL")
    assert codes(an.placements.all()) == [("KD", "HL")]
    with pytest.raises(TransferIsWithdrawn):
        withdraw_transfer(moved, reason="Nhập nhầm người", by=hr, at=AT)


def test_transfers_recorded_in_any_order_hold_from_their_dates(an, moved, kd, hr):
    qt = make.department("QT")
    make.transfer(an, "2026-11-05", qt, by=hr)
    assert [each.department.code for each in an.placements.order_by("first")] == ["KD", "QT", "KT"]
    assert placement_on(an, date(2026, 11, 15)).department == qt
    an.refresh_from_db()
    assert an.department.code == "KT"


def test_transfers_are_never_edited(moved):
    with pytest.raises(DatabaseError), transaction.atomic():
        Transfer.objects.update(effective_date=date(2026, 11, 1))
    assert Transfer.objects.get().effective_date == date(2026, 11, 16)


@pytest.mark.parametrize("day", ["2019-12-31", "2026-12-25"])
def test_nobody_is_transferred_outside_employment(an, kt, hr, day):
    Employee.objects.filter(pk=an.pk).update(leave_date=date(2026, 12, 24))
    with pytest.raises(NotEmployedThen):
        make.transfer(an, day, kt, by=hr)
    assert not Transfer.objects.exists()


def test_a_transfer_to_where_one_is_or_twice_on_a_day_is_refused(an, moved, kd, kt, hr):
    with pytest.raises(NothingMoves):
        make.transfer(an, "2026-11-10", kd, by=hr)
    with pytest.raises(AlreadyTransferred):
        make.transfer(an, MONDAY, kd, by=hr)
    assert Transfer.objects.count() == 1


def test_a_closed_month_keeps_its_departments(an, kt, hr, moved):
    lock = PeriodLock.objects.create(period=NOVEMBER, left={}, note="", by=hr, at=AT)
    with pytest.raises(TransferIntoClosedMonth, match="11/2026"):
        make.transfer(an, "2026-10-05", kt, by=hr)
    with pytest.raises(TransferIntoClosedMonth):
        withdraw_transfer(moved, reason="Nhập nhầm người", by=hr, at=AT)
    assert Transfer.objects.count() == 1
    make.transfer(an, "2026-12-01", make.department("QT"), by=hr)
    assert PeriodLock.objects.get() == lock


# The days


def test_the_site_of_the_day_is_the_one_compared(an, kt, hr):
    def exceptions(day):
        return Row.objects.get(employee=an, work_date=day).exceptions

    assert exceptions(MONDAY) == []
    made = make.transfer(an, MONDAY, kt, by=hr, site_code="CP")
    marked = DirtyDay.objects.filter(work_date__lte=AT.date()).order_by("work_date")
    assert [row.work_date.day for row in marked] == [16, 17, 18, 19, 20]
    make.timesheets(AT)
    assert (exceptions(FRIDAY), exceptions(MONDAY)) == ([], ["other_site"])
    withdraw_transfer(made, reason="Nhập nhầm người", by=hr, at=AT)
    make.timesheets(AT)
    assert exceptions(MONDAY) == []


def test_each_department_has_its_own_days_and_totals(moved):
    assert parts() == [
        ("KD", 7, 473, list(range(1, 16))),
        ("KT", 9, 471, list(range(16, 21))),
    ]
    assert parts(department="KT") == [("KT", 9, 471, list(range(16, 21)))]


def test_one_person_asked_for_is_told_whole(moved):
    assert parts(employee="7") == [("KT", 16, 944, list(range(1, 21)))]


def test_there_and_back_are_two_stays_in_one_department(an, moved, kd, hr):
    make.transfer(an, "2026-11-18", kd, by=hr)
    assert [(code, days) for code, _late, _regular, days in parts(department="KD")] == [
        ("KD", list(range(1, 16))),
        ("KD", [18, 19, 20]),
    ]


def test_another_site_of_the_same_department_divides_nothing(an, kd, hr):
    make.transfer(an, MONDAY, kd, by=hr, site_code="CP")
    assert parts() == [("KD", 16, 944, list(range(1, 21)))]


def test_who_leaves_before_the_transfer_is_not_in_the_new_department(an, moved):
    Employee.objects.filter(pk=an.pk).update(leave_date=date(2026, 11, 12))
    assert [code for code, *_rest in parts()] == ["KD"]


def test_the_month_takes_as_many_queries_with_transfers_as_without(
    an, kt, hr, django_assert_num_queries
):
    with django_assert_num_queries(5):
        load_month(NOVEMBER, at=AT)
    for number in range(5):
        make.transfer(make.employee(f"9{number}"), f"2026-11-0{number + 2}", kt, by=hr)
    with django_assert_num_queries(5):
        load_month(NOVEMBER, at=AT)


def test_the_grid_says_since_when_and_leaves_other_days_blank(moved, page):
    html = page("executive").get("/cham-cong/bang-cong/?thang=2026-11").content.decode()
    lines = re.findall(r'<tr data-person="7">.*?</tr>', html, re.DOTALL)
    assert [re.findall(r"<small>(.*?)</small>", line)[0] for line in lines] == [
        "7 · đến 15/11",
        "7 · từ 16/11",
    ]
    days = re.findall(r"<td[^>]*>(.*?)</td>", lines[1])
    assert days[12] == ""
    assert days[15].startswith("+<sub>M9</sub>")


def test_the_form_has_a_line_on_both_sheets(moved, page):
    answer = page("executive").get("/cham-cong/bang-cong/mau-01a/?thang=2026-11")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    sheets = book.worksheets[:2]
    names = [sheet.cell(9, 2).value for sheet in sheets]
    assert names == ["Nguyễn Văn An (đến 15/11)", "Nguyễn Văn An (từ 16/11)"]
    symbols = [[sheet.cell(9, 3 + day).value for day in (13, 16)] for sheet in sheets]
    assert symbols == [["+", None], [None, "+"]]


def test_overtime_is_on_the_sheet_of_its_departments_only(an, moved, hr):
    make.punches("7", f"{MONDAY} 20:00")
    approve_overtime(
        employee=an,
        start=datetime(2026, 11, 16, 17, 30, tzinfo=VN),
        end=datetime(2026, 11, 16, 19, 0, tzinfo=VN),
        reason="Quyết toán kỳ vé",
        by=hr,
        at=AT,
    )
    make.timesheets(AT)
    [kt] = overtime_departments(load_month(NOVEMBER, at=AT))
    assert (kt.name, [(line.name, list(line.days)) for line in kt.people]) == (
        "Phòng KT",
        [("Nguyễn Văn An (từ 16/11)", [16])],
    )


def test_payroll_has_a_line_for_each_department(an, moved):
    DirtyDay.objects.get_or_create(employee=an, work_date=date(2026, 11, 3))
    DirtyDay.objects.filter(work_date__gt=date(2026, 11, 17)).delete()
    lines = load_payroll(Employee.objects.all(), NOVEMBER, at=AT).lines
    assert [
        (line.department_code, line.minutes["late"], line.absent_days, line.waiting_days)
        for line in lines
    ] == [("KD", 7, 0, 1), ("KT", 9, 1, 2)]


# Confirming, deciding, looking


def changed():
    return {each.department.code: each.changed for each in departments(NOVEMBER)}


def test_a_confirmation_is_no_longer_whole_when_somebody_is_moved(an, kd, kt, hr):
    make.employee("8", department=kt)
    december = datetime(2026, 12, 1, 9, 0, tzinfo=VN)
    made = make.transfer(an, MONDAY, kt, by=hr)
    make.timesheets(AT)
    for department in (kd, kt):
        confirm(department, NOVEMBER, by=hr, at=december)
    assert changed() == {"KD": 0, "KT": 0}
    withdraw_transfer(made, reason="Sai ngày", by=hr, at=december + timedelta(days=1))
    assert changed() == {"KD": 5, "KT": 5}  # the days written since the 16th


def test_a_changed_day_is_its_own_departments(an, moved, kd, kt, hr):
    make.timesheets(datetime(2026, 12, 1, 8, 0, tzinfo=VN))
    for department in (kd, kt):
        confirm(department, NOVEMBER, by=hr, at=datetime(2026, 12, 1, 9, 0, tzinfo=VN))
    make.punches("7", f"{FRIDAY} 07:20")
    make.timesheets(datetime(2026, 12, 2, 9, 0, tzinfo=VN))
    assert changed() == {"KD": 1, "KT": 0}


def test_the_new_head_decides_from_the_effective_date(an, kd, kt, hr, person):
    heads = {}
    for department in (kd, kt):
        head = make.employee(f"H{department.code}", department=department)
        department.manager = head
        department.save()
        heads[department.code] = person("manager", username=department.code, employee=head)
    make.transfer(an, "2026-12-01", kt, by=hr)
    assert an in employees_for(heads["KD"])
    assert an not in employees_for(heads["KT"])
    apply_transfers(on=date(2026, 12, 1))
    assert an in employees_for(heads["KT"])
    assert an not in employees_for(heads["KD"])
    assert an in employees_for(heads["KD"], during=(NOVEMBER, date(2026, 11, 30)))
    assert an not in employees_for(heads["KD"], during=(date(2026, 12, 1), date(2026, 12, 31)))


def test_a_team_is_told_the_days_in_the_department(moved, kd, kt):
    def late(department):
        load = team_load(
            [moved.employee_id],
            first=NOVEMBER,
            last=date(2026, 11, 30),
            department=department.pk,
        )
        return [person.late_minutes for person in load.people], [
            month.late_minutes for month in load.months
        ]

    assert late(kd) == ([7], [7])
    assert late(kt) == ([9], [9])


def test_the_briefing_counts_each_day_for_its_department(moved):
    summary = attendance_summary(first=NOVEMBER, last=date(2026, 11, 20))
    assert {each.code: each.late_minutes for each in summary.departments} == {"KD": 7, "KT": 9}


def test_hr_of_the_old_department_still_opens_the_days_of_then(moved, kd, person, page):
    old = person("hr", username="old")
    old.departments.set([kd])
    client = page(old)
    assert client.get("/cham-cong/nguoi/7/?thang=2026-11").status_code == 200
    assert client.get("/cham-cong/nguoi/7/?thang=2026-12").status_code == 404
    assert client.get(f"/cham-cong/ngay/7/{FRIDAY}/").status_code == 200
    assert client.get(f"/cham-cong/ngay/7/{MONDAY}/").status_code == 404
    html = client.get("/cham-cong/bang-cong/?thang=2026-11").content.decode()
    assert "đến 15/11" in html
    assert "từ 16/11" not in html


def test_each_day_follows_the_pattern_of_its_department(an, moved, kd, kt):
    an.refresh_from_db()
    RosterEntry.objects.all().delete()
    make.office_shift()
    night = Shift.objects.create(code="D", name="Đêm", start="22:00", end="06:00")
    for department, cycle in ((kd, "HC"), (kt, night.code)):
        pattern = ShiftPattern.objects.create(code=cycle, name=cycle, cycle=cycle, anchor=NOVEMBER)
        PatternAssignment.objects.create(pattern=pattern, department=department, first=NOVEMBER)
    roll_out(employees=[an.pk], first=date(2026, 11, 12), last=date(2026, 11, 17))
    assert list(
        RosterEntry.objects.order_by("work_date").values_list("work_date__day", "shift__code")
    ) == [(12, "HC"), (13, "HC"), (16, "D"), (17, "D")]


def test_the_api_tells_the_department_of_the_day(moved, api):
    client = api("executive")

    def department(on):
        [told] = client.get("/api/v1/employees/", {"on": on}).json()["results"]
        return told["department"], told["site"]

    assert (department(FRIDAY), department(MONDAY)) == (("KD", "HL"), ("KT", "CP"))
    assert client.get("/api/v1/employees/7/").json()["department"] == "KT"
    answer = client.get("/api/v1/timesheets/", {"month": "2026-11", "department": "KD"})
    assert [row["work_date"][-2:] for row in answer.json()["results"]][-1] == "15"


# The page


def test_hr_records_and_withdraws_on_the_page(an, kt, page):
    client = page("hr")
    address = "/cham-cong/nguoi/7/dieu-chuyen/"
    assert address in client.get("/cham-cong/nguoi/7/").content.decode()
    make.site("CP")
    sent = {
        "ngay": MONDAY, "phong": "KT", "noi": "CP", "chuc_vu": "Tổ trưởng", "ngach": "3/8",
        "ly_do": "QĐ 45/QĐ-XSKT",
    }  # fmt: skip
    answer = client.post(address, sent, follow=True).content.decode()
    assert "từ 16/11/2026 thuộc Phòng KT, tại Địa điểm CP" in answer
    an.refresh_from_db()
    assert (an.department.code, an.position, an.grade) == ("KT", "Tổ trưởng", "3/8")
    made = Transfer.objects.get()
    assert (made.from_department.code, made.reason) == ("KD", "QĐ 45/QĐ-XSKT")

    refused = client.post(address, sent)
    assert refused.status_code == 409
    assert "đã có điều chuyển từ đúng ngày ấy" in refused.content.decode()
    assert Transfer.objects.count() == 1

    client.post(address, {"thu_hoi": made.pk, "ly_do": "Nhập nhầm"})
    an.refresh_from_db()
    assert an.department.code == "KD"


def test_a_faulty_form_says_what_is_missing(an, page):
    answer = page("hr").post("/cham-cong/nguoi/7/dieu-chuyen/", {"phong": "KHONG", "ly_do": "QĐ"})
    assert answer.status_code == 400
    assert not Transfer.objects.exists()


def test_the_admin_page_moves_nobody_without_a_date(an, kt, page):
    page("administrator").post(
        f"/quan-tri/org/employee/{an.pk}/change/",
        {
            "code": "7",
            "full_name": "Nguyễn Văn Anh",
            "department": kt.pk,
            "site": an.site_id,
            "join_date": "01/01/2020",
        },
    )
    an.refresh_from_db()
    assert (an.full_name, an.department.code) == ("Nguyễn Văn Anh", "KD")


@pytest.fixture
def chi(kd, kt, hr):
    """Absent on Friday, in KD, and on Monday, her first day in KT."""
    person = make.employee("9", "Vũ Chi", department=kd)
    make.roster(person, FRIDAY, MONDAY)
    make.transfer(person, MONDAY, kt, by=hr)
    mark_unwritten_days(first=NOVEMBER, last=date(2026, 11, 20))
    make.timesheets(AT)
    return person


def headed(department, username, person, **fields):
    """An account of the head of the department, who is somebody of it."""
    head = make.employee(f"T{username}", username.title(), department=department)
    department.manager = head
    department.save()
    return person("manager", username=username, employee=head, **fields)


def absences_of(user):
    found = open_issues(in_charge(user), first=NOVEMBER, last=AT.date(), at=AT)
    return {each.day.isoformat(): each for each in found if each.code == "absent"}


def headed_by(head):
    return Department.objects.get(manager=head.employee).code


def asked_by_api(client, **query):
    return [each["id"] for each in client.get("/api/v1/requests/", query).json()["results"]]


def test_exceptions_and_requests_go_to_the_head_of_that_day(chi, kd, kt, person, page, api):
    before, since = headed(kd, "lan", person), headed(kt, "minh", person)
    mine = person("employee", username="chi", employee=chi)
    company = api("executive")
    days = {FRIDAY: before, MONDAY: since}
    sent = {
        day: submit(
            Asked(kind=RequestKind.PUNCH, first=date.fromisoformat(day), start=time(7, 28)),
            reason="Quên thẻ ở nhà", by=mine, at=AT,
        )
        for day in days
    }  # fmt: skip
    for day, head in days.items():
        assert [(on, each.to_manager) for on, each in absences_of(head).items()] == [(day, True)]
        desk = Desk(head, AT.date())
        assert desk.waiting() == [sent[day]]
        other = sent[MONDAY if day == FRIDAY else FRIDAY]
        assert page(head).get(f"/cham-cong/don/{other.pk}/").status_code == 404
        assert api(head).get(f"/api/v1/requests/{other.pk}/").status_code == 404
        assert asked_by_api(api(head)) == [sent[day].pk]
        assert asked_by_api(company, department=headed_by(head)) == [sent[day].pk]
        with pytest.raises(NotYoursToDecide):
            decide(other.pk, approve=True, by=head, at=AT)
        assert decide(sent[day].pk, approve=True, by=head, at=AT).state == "hr"


def test_the_inbox_of_a_scope_has_the_days_of_its_departments(chi, kd, hr, person):
    scoped = person("hr", username="hr-kd")
    scoped.departments.add(kd)
    assert {day: each.department for day, each in absences_of(scoped).items()} == {FRIDAY: kd.name}
    everything = absences_of(hr)
    assert set(everything) == {FRIDAY, MONDAY}
    let_stand(everything[FRIDAY], excused=True, reason="Nghỉ việc nhà", by=scoped, at=AT)
    with pytest.raises(NoLongerOpen):
        let_stand(everything[MONDAY], excused=True, reason="Nghỉ việc nhà", by=scoped, at=AT)
    assert set(absences_of(hr)) == {MONDAY}

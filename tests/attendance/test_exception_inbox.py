"""HR and managers work off what the computed days ask: by cause, many at once, never by an edit."""

import re
from datetime import date, datetime

import pytest
import time_machine
from django.db import Error, transaction

from attendance.collecting import contacts
from attendance.models import (
    ExceptionDecision,
    ExceptionFix,
    Leave,
    ManualPunch,
    OvertimeApproval,
    PeriodLock,
    Pull,
    PullSource,
    Shift,
    TimesheetRow,
)
from attendance.timesheet.dirty import mark_days
from backend.clock import VN, now
from backend.org.models import Department
from tests import make
from tests.pages import text

INBOX, DECIDE, ASSIGN = (f"/cham-cong/ngoai-le/{path}" for path in ("", "quyet/", "giao/"))
DONE = "/cham-cong/ngoai-le/da-quyet/"
MONDAY, TUESDAY = "2025-11-03", "2025-11-04"
WHY = "Bảo vệ xác nhận có mặt"


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(datetime(2025, 11, 5, 9, tzinfo=VN), tick=True):
        yield


def keys(client, query=""):
    return re.findall(r'name="chon" value="([^"]+)"', client.get(INBOX + query).content.decode())


def causes(client, query=""):
    shown = client.get(INBOX + query).content.decode()
    return re.findall(r"data-item[^>]*><strong>([^<]+)<", shown)


def decide(client, chosen, what="de-xuat", reason=WHY, query="", **more):
    form = {"chon": chosen, "viec": what, "ly_do": reason}
    return client.post(DECIDE + query, form | more, follow=True)


def forgot(code="7", day=MONDAY, time="17:03", **fields):
    """A person who forgot to punch in."""
    person = make.employee(code, f"Người {code}", **fields)
    make.roster(person, day)
    make.punches(code, f"{day} {time}")
    return person


def cell(person, day=MONDAY):
    row = TimesheetRow.objects.get(employee=person, work_date=day)
    return row.worked, row.exceptions


def test_a_forgotten_punch_is_approved_with_the_time_that_hr_sets(page, db):
    an = forgot()
    make.timesheets()
    hr = page("hr")
    shown = text(hr.get(INBOX))
    assert "1 ngoại lệ" in shown
    assert "Quên chấm vào" in shown
    assert "HC 07:30–17:00 · ra 17:03 (M1)" in shown
    assert 'value="07:30"' in shown  # the shift's begin, to be changed
    [key] = keys(hr)
    assert "Đã quyết 1 ngoại lệ" in text(decide(hr, key, **{f"gio.0.{key}": "07:42"}))
    assert keys(hr) == []  # at once, before the day is computed anew
    make.timesheets()
    assert cell(an) == (468, [])
    assert "Không còn ngoại lệ" in text(hr.get(INBOX))
    punch = ManualPunch.objects.get()
    assert (punch.reason, punch.by.username) == (WHY, "hr")
    assert ExceptionFix.objects.get().punch == punch
    shown = text(hr.get(DONE))
    assert "đã bổ sung 07:42" in shown
    assert WHY in shown


def test_one_terminals_outage_is_one_item_that_is_approved_at_once(page, db):
    people = [forgot(str(number)) for number in range(20, 25)]
    elsewhere = make.employee("30")
    make.roster(elsewhere, MONDAY)
    make.punches("30", f"{MONDAY} 17:02", terminal_code="M2")
    machine = make.terminal("M1")
    for hour in (6, 7, 8):
        contacts.missed(machine.pk, at=datetime(2025, 11, 3, hour, 5, tzinfo=VN))
    contacts.reached(
        Pull(terminal=machine, source=PullSource.PULL, stored=0),
        at=datetime(2025, 11, 3, 9, 5, tzinfo=VN),
    )
    make.timesheets()
    hr = page("hr")
    assert causes(hr) == [
        "Máy M1 không có dữ liệu 06:00 03/11/2025–09:00",
        "Quên chấm vào",
    ]
    assert 'href="/cham-cong/may/M1/"' in text(hr.get(INBOX))
    assert len(keys(hr)) == 5
    chosen = keys(hr)
    times = {f"gio.0.{key}": "07:30" for key in chosen}
    assert "Đã quyết 5 ngoại lệ" in text(decide(hr, chosen, **times))
    make.timesheets()
    assert [cell(person) for person in people] == [(480, [])] * 5
    assert causes(hr) == ["Quên chấm vào"]


def test_an_outage_that_later_punches_disprove_is_none(page, db):
    forgot()
    machine = make.terminal("M1")
    for hour in (6, 7, 8):
        contacts.missed(machine.pk, at=datetime(2025, 11, 3, hour, 5, tzinfo=VN))
    contacts.reached(
        Pull(terminal=machine, source=PullSource.PULL, stored=0),
        at=datetime(2025, 11, 3, 9, 5, tzinfo=VN),
    )
    make.punches("99", f"{MONDAY} 08:40")  # it was recording all the time
    make.timesheets()
    assert causes(page("hr")) == ["Quên chấm vào"]


def test_letting_a_day_stand_changes_no_minute_and_is_undone_by_reopening(page, db):
    an = forgot()
    make.timesheets()
    before = cell(an)
    hr = page("hr")
    [key] = keys(hr)
    assert "Đã quyết 1" in text(decide(hr, key, "co-ly-do"))
    make.timesheets()
    assert cell(an) == before
    assert keys(hr) == []
    drawer = text(hr.get(f"/cham-cong/ngay/7/{MONDAY}/"))
    assert f"có lý do chính đáng</strong>: {WHY}" in drawer
    decision = ExceptionDecision.objects.get()
    address = f"{DONE}{decision.pk}/mo-lai/"
    assert "ít nhất 5 ký tự" in text(hr.post(address, {"ly_do": "sai"}, follow=True))
    assert keys(hr) == []
    text(hr.post(address, {"ly_do": "Quyết nhầm người"}, follow=True))
    assert keys(hr) == [key]
    assert "không còn hiệu lực" in text(hr.post(address, {"ly_do": "Quyết nhầm"}, follow=True))
    assert [each.verdict for each in ExceptionDecision.objects.order_by("pk")] == [
        "excused",
        "reopened",
    ]


def test_a_decision_holds_only_for_the_facts_that_were_seen(page, db):
    forgot(time="17:03")
    make.timesheets()
    hr = page("hr")
    [key] = keys(hr)
    decide(hr, key, "giu")
    assert keys(hr) == []
    make.punches("7", f"{MONDAY} 18:00")  # comes late: the day is another
    make.timesheets()
    assert len(keys(hr)) == 1
    assert "không còn mở hoặc ngày công đã đổi" in text(decide(hr, key, "giu"))
    assert ExceptionDecision.objects.count() == 1


def test_without_a_reason_nothing_is_decided(page, db):
    forgot()
    make.timesheets()
    hr = page("hr")
    assert "ít nhất 5 ký tự" in text(decide(hr, keys(hr), reason="ừ"), 400)
    assert not ExceptionDecision.objects.exists()


def test_one_that_fails_stops_no_other(page, db):
    forgot("7")
    forgot("8")
    make.timesheets()
    hr = page("hr")
    first, second = keys(hr)
    shown = text(
        decide(hr, [first, second], **{f"gio.0.{first}": "25:99", f"gio.0.{second}": "07:31"})
    )
    assert "Giờ không hợp lệ" in shown
    assert "Đã quyết 1 ngoại lệ" in shown
    assert keys(hr) == [first]


def test_an_unexplained_absence_is_asked_about_and_never_becomes_presence(page, db):
    an = make.employee("7")
    make.roster(an, MONDAY)
    make.punches("99", f"{MONDAY} 08:00")
    mark_days([(an.pk, date(2025, 11, 3))])
    make.timesheets()
    hr = page("hr")
    assert causes(hr) == ["Vắng, chưa rõ lý do"]
    [key] = keys(hr)
    assert "Chưa có giờ nào để bổ sung" in text(decide(hr, key))  # nothing is suggested
    assert "Đã quyết 1" in text(decide(hr, key, "giu", "Nghỉ không phép"))
    assert not ManualPunch.objects.exists()


def test_an_absence_turns_out_to_be_leave(page, db):
    an = make.employee("7")
    make.roster(an, MONDAY)
    mark_days([(an.pk, date(2025, 11, 3))])
    make.timesheets()
    hr = page("hr")
    [key] = keys(hr)
    assert "Không có loại nghỉ này" in text(decide(hr, key, "nghi", loai="X"))
    assert not Leave.objects.exists()
    assert "Đã quyết 1" in text(decide(hr, key, "nghi", loai="P"))
    make.timesheets()
    row = TimesheetRow.objects.get(employee=an, work_date=MONDAY)
    assert (row.status, row.symbol) == ("leave", "P")
    assert keys(hr) == []


def test_hr_who_knows_the_times_writes_them_beside_the_absence(page, db):
    an = make.employee("7")
    night = Shift.objects.create(code="DEM", name="Đêm", start="22:00", end="06:00")
    make.roster(an, MONDAY, shift=night)
    mark_days([(an.pk, date(2025, 11, 3))])
    make.timesheets()
    hr = page("hr")
    [key] = keys(hr)
    decide(hr, key, **{f"gio.0.{key}": "21:55", f"gio.1.{key}": "06:02"})
    make.timesheets()
    assert cell(an) == (480, [])  # 06:02 of the next day
    assert keys(hr) == []


def test_overtime_is_approved_for_the_time_that_hr_sets(page, db):
    an = make.employee("7")
    make.roster(an, MONDAY)
    make.punches("7", f"{MONDAY} 07:25", f"{MONDAY} 19:10")
    make.timesheets()
    hr = page("hr")
    shown = text(hr.get(INBOX))
    assert "Duyệt làm thêm" in shown
    assert 'value="17:00"' in shown
    assert 'value="19:10"' in shown
    [key] = keys(hr)
    shown = text(decide(hr, key, **{f"gio.0.{key}": "17:00", f"gio.1.{key}": ""}))
    assert "phải có giờ bắt đầu và giờ kết thúc" in shown
    assert not OvertimeApproval.objects.exists()
    decide(hr, key, **{f"gio.0.{key}": "17:00", f"gio.1.{key}": "18:30"})
    make.timesheets()
    row = TimesheetRow.objects.get(employee=an, work_date=MONDAY)
    assert (row.regular, row.ot_weekday_day) == (480, 90)
    assert keys(hr) == []


def test_work_on_a_rest_day_is_one_item_a_department_and_day(page, db):
    sunday = "2025-11-02"
    for code in ("7", "8"):
        person = make.employee(code)
        make.roster(person, MONDAY)
        make.punches(
            code, f"{sunday} 08:00", f"{sunday} 11:00", f"{MONDAY} 07:20", f"{MONDAY} 17:05"
        )
    make.timesheets()
    hr = page("hr")
    assert causes(hr) == ["Phòng Kế toán: làm ngày nghỉ 02/11/2025, chưa duyệt"]
    chosen = keys(hr)
    times = {f"gio.0.{key}": "08:00" for key in chosen} | {
        f"gio.1.{key}": "11:00" for key in chosen
    }
    assert "Đã quyết 2 ngoại lệ" in text(decide(hr, chosen, **times))
    make.timesheets()
    rows = TimesheetRow.objects.filter(work_date=sunday)
    assert [row.ot_restday_day for row in rows] == [180, 180]
    assert keys(hr) == []


@pytest.fixture
def manager(page, person):
    """The head of KHO, with a person of KHO, and their own exception."""
    store = Department.objects.create(code="KHO", name="Kho")
    head = forgot("1", department=store)
    store.manager = head
    store.save()
    forgot("2", department=store)
    forgot("7")
    make.timesheets()
    return page(person("manager", employee=head))


def test_a_manager_sees_their_department_and_never_themselves(manager, page):
    [key] = keys(manager)
    assert "Người 2" in text(manager.get(INBOX))
    day = re.search(r'href="(/cham-cong/ngay/[^"]+)"', text(manager.get(INBOX)))
    assert day
    assert manager.get(day[1]).status_code == 200
    assert "Chỉ nhân sự được bổ sung" in text(decide(manager, key, **{f"gio.0.{key}": "07:30"}))
    assert not ManualPunch.objects.exists()
    [theirs] = [each for each in keys(page("hr")) if each not in keys(manager)][:1]
    assert "không còn mở" in text(decide(manager, theirs, "giu"))
    assert not ExceptionDecision.objects.exists()
    assert "Đã quyết 1" in text(decide(manager, key, "co-ly-do"))
    other = ExceptionDecision.objects.get()
    assert other.by.username == "manager"


def test_exceptions_are_given_to_the_manager_and_back(manager, page):
    hr = page("hr")
    assert len(keys(hr, "?giao=hr")) == 3
    [key] = keys(manager)
    assert "Đã giao 1 ngoại lệ" in text(
        hr.post(ASSIGN, {"chon": key, "cho": "manager"}, follow=True)
    )
    assert keys(hr, "?giao=manager") == [key]
    assert len(keys(hr, "?giao=hr")) == 2
    text(hr.post(ASSIGN, {"chon": key, "cho": "hr"}, follow=True))
    assert keys(hr, "?giao=manager") == []


def test_what_is_older_than_three_days_is_overdue(page, db):
    forgot("7", MONDAY)
    forgot("8", TUESDAY)
    make.timesheets()
    hr = page("hr")
    assert "quá hạn</span>" not in text(hr.get(INBOX))
    with time_machine.travel(datetime(2025, 11, 7, 9, tzinfo=VN)):
        shown = text(hr.get(INBOX))
        assert "1 quá hạn" in shown
        assert "tuổi trung vị 4 ngày" in shown  # of 4 and 3 days, to the even one
        assert len(keys(hr, "?qua-han=1")) == 1
        home = text(hr.get("/"))
        assert "Ngoại lệ chờ quyết" in home
        assert "<dt>Quá hạn</dt><dd>1</dd>" in home


def test_a_shift_that_runs_asks_nothing_yet(page, db):
    make.roster(make.employee("7"), "2025-11-05")
    make.punches("7", "2025-11-05 07:20")
    make.timesheets()
    assert keys(page("hr")) == []


def test_a_closed_month_asks_nothing_any_more(page, person, db):
    forgot()
    make.timesheets()
    hr = page("hr")
    [key] = keys(hr)
    PeriodLock.objects.create(period=date(2025, 11, 1), by=person("administrator"), at=now())
    assert keys(hr) == []
    assert "không còn mở" in text(decide(hr, key, **{f"gio.0.{key}": "07:30"}))
    assert not ManualPunch.objects.exists()


def test_the_database_refuses_to_change_a_decision(page, db):
    forgot()
    make.timesheets()
    hr = page("hr")
    decide(hr, keys(hr), "giu")
    for change in (
        ExceptionDecision.objects.all().delete,
        lambda: ExceptionDecision.objects.update(reason="khác hẳn rồi"),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()
    assert ExceptionDecision.objects.get().reason == WHY


def test_the_questions_do_not_grow_with_the_people(page, db, django_assert_max_num_queries):
    for number in range(12):
        forgot(str(number + 40))
    make.timesheets()
    hr = page("hr")
    with django_assert_max_num_queries(16):
        assert len(keys(hr)) == 12


def test_a_punch_far_from_every_shift_is_asked_and_let_stand(page, db):
    an = forgot()
    make.punches("7", f"{MONDAY} 07:25", f"{MONDAY} 01:10")
    make.timesheets()
    assert cell(an) == (480, ["unassigned_punch"])
    hr = page("hr")
    shown = text(hr.get(INBOX))
    assert causes(hr) == ["Chấm xa mọi ca, máy M1"]
    assert "chấm 01:10 (M1)" in shown
    assert "Giữ như đã tính" in shown
    assert "Đã quyết 1 ngoại lệ" in text(decide(hr, keys(hr), what="giu"))
    assert keys(hr) == []
    assert cell(an)[0] == 480


def test_a_punch_after_the_last_day_of_work_is_asked_of_hr(page, db):
    an = make.employee("7", "Nguyễn Văn An", leave_date=date(2025, 11, 2))
    make.punches("7", f"{MONDAY} 07:25")
    make.timesheets()
    assert cell(an) == (0, ["outside_employment"])
    hr = page("hr")
    assert causes(hr) == ["Nguyễn Văn An (7) chấm ngoài thời gian làm việc"]
    assert "Mã trên máy của ai" in text(hr.get(INBOX))
    assert causes(hr, "?giao=manager") == []

"""Requests that wait are brought to mind by mail; the person who asked is told how it ended."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from attendance.models import (
    CalendarDay,
    ConfirmationReminder,
    DayKind,
    DepartmentConfirmation,
    RequestKind,
    RequestReminder,
    WorkingRules,
)
from attendance.requests.delegating import delegate
from attendance.requests.handling import Asked, decide, submit, withdraw
from attendance.requests.reminding import remind
from attendance.timesheet.rules import lay_down
from backend.clock import VN
from backend.jobs import queue, work
from backend.jobs.models import Run, RunState, Schedule
from backend.jobs.standing import ensure_standing_schedules
from backend.mail import outbox
from backend.mail.models import OutgoingMail
from tests import make
from tests.pages import text

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    """ "4 08:00" is that moment of November 2026; the 2nd is a Monday."""
    day, clock = text.split()
    return datetime.combine(date(2026, 11, int(day)), time.fromisoformat(clock), tzinfo=VN)


@pytest.fixture(autouse=True)
def public(settings: Any) -> None:
    settings.PUBLIC_URL = "https://cong.example.vn"


@pytest.fixture
def people(person):
    """An and Chi of the department that Bình heads, and HR; all have accounts and addresses."""
    department = make.department("PKT", name="Phòng Kế toán")
    an, binh, chi = (
        make.employee(code, name, department=department)
        for code, name in (("7", "Trần An"), ("8", "Lê Bình"), ("9", "Vũ Chi"))
    )
    department.manager = binh
    department.save()
    return {
        "an": person("employee", username="an", employee=an),
        "binh": person("manager", username="binh", employee=binh),
        "chi": person("employee", username="chi", employee=chi),
        "hr": person("hr"),
    }


def ask(user, when="2 10:00", day=20, **values):
    asked: dict[str, Any] = {
        "kind": RequestKind.LEAVE,
        "first": date(2026, 11, day),
        "code": "P",
    } | values
    return submit(Asked(**asked), reason="Việc gia đình", by=user, at=at(when))


def reminded(when):
    """Who gets a reminder at the moment, with how many requests."""
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    remind(at=at(when))
    new = OutgoingMail.objects.exclude(pk__in=before)
    return sorted((mail.recipient.split("@")[0], int(mail.subject.split()[0])) for mail in new)


def test_the_head_is_reminded_once_a_day_until_the_request_is_decided_and_then_hr(people):
    asked = ask(people["an"])
    assert reminded("3 08:00") == [], "Monday is not a whole working day"
    assert reminded("4 08:00") == [("binh", 1)]
    assert reminded("4 16:00") == []
    assert reminded("5 08:00") == [("binh", 1)]
    decide(asked.pk, approve=True, by=people["binh"], at=at("5 09:00"))
    assert [reminded("6 08:00"), reminded("9 08:00")] == [[], [("hr", 1)]]
    decide(asked.pk, approve=True, by=people["hr"], at=at("9 09:00"))
    assert reminded("10 08:00") == []


def test_all_that_waits_is_one_mail_with_its_links(people, mailbox):
    first, second = ask(people["an"]), ask(people["chi"], day=23, last=date(2026, 11, 24))
    assert reminded("4 08:00") == [("binh", 2)]
    assert outbox.send_due(worker="test:1") == 1
    [mail] = mailbox.of("binh@example.vn")
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert mail["Subject"] == "2 đơn đang chờ bạn duyệt"
    assert "Trần An (7, Phòng Kế toán): nghỉ phép (P) 20/11/2026; chờ từ 10:00 02/11/2026" in text
    assert "nghỉ phép (P) 23/11/2026 – 24/11/2026" in text
    for request in (first, second):
        assert f"https://cong.example.vn/cham-cong/don/{request.pk}/" in text
    [row] = RequestReminder.objects.all()
    assert (row.decider.username, row.requests) == ("binh", [first.pk, second.pk])
    with pytest.raises(DatabaseError), transaction.atomic():
        RequestReminder.objects.update(requests=[])


def test_days_off_neither_count_nor_disturb(people):
    CalendarDay.objects.create(date=date(2026, 11, 9), kind=DayKind.HOLIDAY, name="Ngày lễ")
    ask(people["an"], "6 10:00")  # Friday
    when = ("7 08:00", "8 08:00", "9 08:00", "10 08:00", "11 08:00")
    assert [reminded(each) for each in when] == [[], [], [], [], [("binh", 1)]]


@pytest.mark.parametrize(("days", "first"), [(0, None), (2, 5), (3, 6)])
def test_the_company_says_how_long_is_too_long(people, person, days, first):
    rules = WorkingRules(from_month=date(2026, 11, 1), remind_after_days=days)
    lay_down(rules, reason="Quy chế", by=person("administrator"), at=at("1 08:00"))
    ask(people["an"])
    found = [day for day in range(3, 7) if reminded(f"{day} 08:00")]
    assert (found[0] if found else None) == first


def test_who_has_no_address_or_no_account_any_more_is_left_out(people):
    ask(people["an"])
    for change in ({"email": ""}, {"email": "binh@example.vn", "is_active": False}):
        for name, value in change.items():
            setattr(people["binh"], name, value)
        people["binh"].save()
        expected = [] if people["binh"].is_active else [("hr", 1)]
        assert reminded(f"{4 + len(change)} 08:00") == expected
    assert RequestReminder.objects.count() == 1


def test_a_deputy_and_a_partner_are_reminded_of_what_is_theirs(people):
    binh = people["binh"]
    delegate(
        deputy=people["chi"].employee, first=date(2026, 11, 2), last=date(2026, 11, 30),
        reason="Đi công tác", by=binh, at=at("2 08:00"),
    )  # fmt: skip
    make.roster(people["an"].employee, "2026-11-20")
    ask(people["an"])
    assert reminded("4 08:00") == [("binh", 1), ("chi", 1)]
    ask(people["an"], kind=RequestKind.SWAP, code="", partner=people["chi"].employee)
    assert reminded("5 08:00") == [("binh", 1), ("chi", 2)]


def test_more_requests_cost_no_more_queries(people, django_assert_max_num_queries):
    for day in range(16, 21):
        ask(people["an"], day=day)
        ask(people["chi"], day=day)
    with django_assert_max_num_queries(25):
        assert remind(at=at("4 08:00")) == 1


def test_who_asked_is_told_how_it_ended(people, mailbox):
    good, bad, gone = (ask(people["an"], day=day) for day in (18, 19, 20))
    decide(good.pk, approve=True, by=people["binh"], at=at("2 11:00"))
    assert not OutgoingMail.objects.exists(), "it still waits for HR"
    decide(good.pk, approve=True, by=people["hr"], at=at("2 12:00"))
    decide(bad.pk, approve=False, note="Tuần này kiểm kê", by=people["binh"], at=at("2 12:00"))
    withdraw(gone.pk, by=people["an"], at=at("2 12:00"))
    outbox.send_due(worker="test:1")
    mails = {mail["Subject"]: mail for mail in mailbox.of("an@example.vn")}
    assert set(mails) == {f"Đơn số {good.pk} đã được duyệt", f"Đơn số {bad.pk} bị từ chối"}
    text = mails[f"Đơn số {bad.pk} bị từ chối"].get_body(("plain",)).get_content()
    assert "binh đã từ chối đơn" in text
    assert "Ý kiến: Tuần này kiểm kê" in text
    assert f"https://cong.example.vn/cham-cong/don/{bad.pk}/" in text


def test_a_mail_is_vietnamese_also_when_an_english_page_decides(people, page):
    asked = ask(people["an"])
    client = page(people["binh"])
    client.post("/ngon-ngu/", {"language": "en"})
    form = {"y": "tu-choi", "ly_do": "Tuần này kiểm kê"}
    client.post(f"/cham-cong/don/{asked.pk}/quyet-dinh/", form)
    assert OutgoingMail.objects.get().subject == f"Đơn số {asked.pk} bị từ chối"


def test_who_has_no_address_is_decided_about_all_the_same(people):
    people["an"].email = ""
    people["an"].save()
    asked = ask(people["an"])
    decide(asked.pk, approve=False, note="Tuần này kiểm kê", by=people["binh"], at=at("2 12:00"))
    assert not OutgoingMail.objects.exists()


def test_the_schedule_is_there_once_and_stays_as_somebody_left_it():
    now = queue.database_now()
    ensure_standing_schedules(at=now)
    Schedule.objects.update(enabled=False)
    ensure_standing_schedules(at=now)
    [schedule] = Schedule.objects.filter(code="requests-remind")
    assert (schedule.cron, schedule.enabled) == ("0 8 * * *", False)


def test_the_run_of_a_morning_reminds_and_a_second_one_does_not(people):
    now = queue.database_now()
    today = now.astimezone(VN).date()
    CalendarDay.objects.create(date=today, kind=DayKind.WORK, name="Ngày làm")
    monday = today + timedelta(days=35 - today.weekday())
    asked = Asked(RequestKind.LEAVE, monday, code="P")
    submit(asked, reason="Việc gia đình", by=people["an"], at=now - timedelta(days=10))
    for minute in range(2):
        queue.enqueue(handler="requests.remind", payload={}, due_at=now - timedelta(minutes=minute))
    assert work.work_off(worker="test:1") == 2
    assert set(Run.objects.values_list("state", flat=True)) == {RunState.DONE}
    assert [mail.recipient for mail in OutgoingMail.objects.all()] == ["binh@example.vn"]


@pytest.fixture
def october(people):
    """Two departments with work in October: Bình's, and one without a head."""
    other = make.department("HC", name="Phòng Hành chính")
    make.employee("20", department=other)
    return other


PLACE = "/cham-cong/chot-cong/"
FORM = {"thang": "2026-10"}


def pressed(client):
    answer = client.post(f"{PLACE}nhac/", FORM, follow=True)
    return text(answer)


def test_heads_are_asked_to_confirm_the_month_once_a_day(people, october, page, mailbox):
    client = page(people["hr"])
    assert "Nhắc xác nhận công" in client.get(PLACE, FORM).content.decode()
    shown = pressed(client)
    assert "Đã gửi thư nhắc: Phòng Kế toán." in shown
    assert "chưa có trưởng bộ phận có tài khoản và thư: Phòng Hành chính." in shown
    assert "đã nhắc" in shown.split("<main")[1]
    assert "Hôm nay đã nhắc rồi: Phòng Kế toán." in pressed(client)
    outbox.send_due(worker="test:1")
    [mail] = mailbox.arrived
    assert (mail[0], mail[1]["Subject"]) == ("binh@example.vn", "Xác nhận bảng công tháng 10/2026")
    body = mail[1].get_body(("plain",))
    assert body is not None
    link = "https://cong.example.vn/cham-cong/chot-cong/xac-nhan/?thang=2026-10&phong=PKT"
    assert link in body.get_content()
    assert ConfirmationReminder.objects.get().by == people["hr"]


def test_who_has_confirmed_is_not_asked_again(people, october, page):
    DepartmentConfirmation.objects.create(
        period=date(2026, 10, 1),
        department=people["binh"].employee.department,
        by=people["binh"],
        at=at("2 08:00"),
    )
    assert "Đã gửi thư nhắc" not in pressed(page(people["hr"]))
    assert not OutgoingMail.objects.exists()


def test_an_hr_person_asks_the_departments_in_their_charge(people, october, page):
    people["hr"].departments.set([october])
    assert "Phòng Kế toán" not in pressed(page(people["hr"]))
    assert not OutgoingMail.objects.exists()


def test_the_start_page_counts_what_waits_for_an_account_of_nobody(people, page):
    ask(people["an"])
    assert "Đơn chờ bạn duyệt" in page(people["binh"]).get("/").content.decode()
    hr = page(people["hr"])
    assert "Đơn chờ bạn duyệt" not in hr.get("/").content.decode()
    ask(people["binh"])  # a head's own goes to HR at once
    assert "Đơn chờ bạn duyệt" in hr.get("/").content.decode()

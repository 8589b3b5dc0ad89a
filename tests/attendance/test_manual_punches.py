"""HR enters a punch by hand: on the page, in the timesheet, and taken back."""

import threading
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection, transaction

from attendance.collecting.manual import AlreadyPunched, enter_punch
from attendance.models import (
    Attachment,
    DirtyDay,
    ManualPunch,
    ManualPunchWithdrawal,
    Punch,
    TimesheetRow,
)
from backend.clock import VN, now
from tests import make
from tests.pages import text

LIST, NEW = "/cham-cong/cham-tay/", "/cham-cong/cham-tay/them/"
MONDAY = "2025-11-03"
PDF = b"%PDF-1.7\n1 0 obj"


@pytest.fixture
def an(db):
    person = make.employee("7", join_date=date(2025, 11, 1), leave_date=date(2025, 12, 31))
    make.roster(person, MONDAY)
    return person


def enter(client, time="07:28", day=MONDAY, follow=True, **values):
    form = {"nv": "7", "ngay": day, "gio": time, "ly_do": "Quên thẻ, bảo vệ xác nhận"}
    return client.post(NEW, form | values, follow=follow)


def cell(person, day=MONDAY):
    row = TimesheetRow.objects.get(employee=person, work_date=day)
    return row.symbol, row.worked, row.late, row.exceptions


def day_page(client):
    return text(client.get(f"/cham-cong/ngay/7/{MONDAY}/"))


def test_a_manual_punch_completes_a_day_and_is_marked_everywhere(page, an):
    make.punches("7", f"{MONDAY} 17:03")
    make.timesheets()
    assert cell(an) == ("?", 0, 0, ["missing_in"])
    hr = page("hr")
    shown = text(enter(hr, "07:37", chieu="in"))
    assert "Đã thêm lượt chấm tay" in shown
    assert "đang tính lại" in shown  # the drawer does not pretend
    make.timesheets()
    assert cell(an) == ("+", 473, 7, [])
    shown = day_page(hr)
    assert "đang tính lại" not in shown
    assert "Vào lúc 07:37, do nhân sự nhập tay (lượt đầu)." in shown
    assert "Ra lúc 17:03 tại máy M1 (lượt cuối)." in shown
    assert "chấm tay</span><br><small>Quên thẻ, bảo vệ xác nhận (hr)</small>" in shown
    person = text(hr.get("/cham-cong/nguoi/7/", {"thang": "2025-11"}))
    assert "chấm tay 07:37</span> <small" in person
    assert "Quên thẻ, bảo vệ xác nhận (hr)" in person
    assert Punch.objects.count() == 1  # the terminals' own stay theirs


def test_a_withdrawn_punch_no_longer_counts_but_stays_to_be_read(page, an):
    make.punches("7", f"{MONDAY} 17:03")
    hr = page("hr")
    enter(hr)
    make.timesheets()
    assert cell(an)[1] == 480
    address = f"{LIST}{ManualPunch.objects.get().pk}/thu-hoi/"
    assert "ít nhất 5 ký tự" in text(hr.post(address, {"ly_do": " sai "}), 400)
    assert not ManualPunchWithdrawal.objects.exists()
    assert "Đã thu hồi" in text(hr.post(address, {"ly_do": "Nhập nhầm người"}, follow=True))
    make.timesheets()
    assert cell(an) == ("?", 0, 0, ["missing_in"])
    assert "đã được thu hồi" in text(hr.post(address, {"ly_do": "Nhập nhầm người"}), 409)
    shown = text(hr.get(LIST))
    assert "Quên thẻ" in shown
    assert "hr thu hồi lúc" in shown
    assert "Nhập nhầm người" in shown
    assert "chấm tay</span>" not in day_page(hr)
    text(enter(hr))  # entered anew
    make.timesheets()
    assert cell(an)[1] == 480
    assert "<del>" not in text(hr.get(LIST, {"trang-thai": "con"}))
    assert "<del>" in text(hr.get(LIST, {"trang-thai": "thu-hoi"}))


@pytest.mark.parametrize(
    ("values", "said", "status"),
    [
        ({"ly_do": "quên"}, "ít nhất 5 ký tự", 400),
        ({"ly_do": "   a   "}, "ít nhất 5 ký tự", 400),
        ({"day": "2025-10-31"}, "không làm việc tại công ty", 400),
        ({"day": "2026-01-01"}, "không làm việc tại công ty", 400),
        ({"day": "2099-01-01"}, "ở tương lai", 400),
        ({"nv": "8"}, "Không có nhân viên nào mang mã này", 400),
        ({"time": "25:00"}, "Giờ:", 400),
        ({"chieu": "sideways"}, "Lượt này là:", 400),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(page, an, values, said, status):
    assert said in text(enter(page("hr"), **values), status)
    assert not ManualPunch.objects.exists()
    assert not DirtyDay.objects.exists()


def test_the_first_and_last_day_of_employment_count(page, an):
    hr = page("hr")
    assert enter(hr, day="2025-11-01", follow=False).status_code == 302
    assert enter(hr, day="2025-12-31", follow=False).status_code == 302


def test_one_punch_a_minute(page, an):
    make.punches("7", f"{MONDAY} 17:03:20")
    hr = page("hr")
    enter(hr)
    for time in ("07:28", "17:03"):
        assert "đã có lượt chấm trong phút đó" in text(enter(hr, time), 409)
    enter(hr, "07:29")
    assert ManualPunch.objects.count() == 2


def test_an_attachment_is_known_by_its_content_and_only_saved(page, an):
    hr = page("hr")
    paper = SimpleUploadedFile("Đơn <xin>.pdf", PDF, content_type="text/html")
    enter(hr, tep=paper)
    kept = Attachment.objects.get()
    assert (kept.content_type, kept.size, bytes(kept.data)) == ("application/pdf", len(PDF), PDF)
    answer = hr.get(f"{LIST}{ManualPunch.objects.get().pk}/dinh-kem/")
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%C4%90%C6%A1n")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert page("executive").get(answer.request["PATH_INFO"]).status_code == 403
    shown = text(page("auditor").get(LIST))
    assert "Đơn &lt;xin&gt;.pdf" in shown
    assert "/dinh-kem/" not in shown


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"<html><script>alert(1)</script>", 400, "phải là PDF, JPEG hoặc PNG"),
        (PDF + bytes(5 * 1024 * 1024), 413, "lớn hơn 5 MB"),
    ],
)
def test_another_attachment_is_refused_with_the_whole_entry(page, an, content, status, said):
    answer = enter(page("hr"), tep=SimpleUploadedFile("a.pdf", content))
    assert said in text(answer, status)
    assert not ManualPunch.objects.exists()


def test_a_night_shifts_end_belongs_to_the_day_before(page, an):
    enter(page("hr"), "05:58", day="2025-11-04")
    assert set(DirtyDay.objects.values_list("work_date", flat=True)) == {
        date(2025, 11, 3),
        date(2025, 11, 4),
    }


def test_the_database_itself_refuses_change(page, an):
    enter(page("hr"))
    for change in (
        ManualPunch.objects.all().delete,
        lambda: ManualPunch.objects.update(reason="khác hẳn"),
        lambda: ManualPunch.objects.bulk_create([_copy(reason="ừ")]),
        lambda: ManualPunch.objects.bulk_create([_copy(punched_at=now())]),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()
    assert ManualPunch.objects.get().reason == "Quên thẻ, bảo vệ xác nhận"


def _copy(**values):
    punch = ManualPunch.objects.get()
    fields = ("employee", "punched_at", "reason", "by", "at")
    return ManualPunch(**{name: getattr(punch, name) for name in fields} | values)


@pytest.mark.django_db(transaction=True)
def test_two_people_entering_the_same_punch_at_once_enter_one(person):
    an = make.employee("7")
    by = person("hr")
    moment = datetime.fromisoformat(f"{MONDAY} 07:28").replace(tzinfo=VN)
    barrier, outcomes = threading.Barrier(2), []

    def work():
        barrier.wait(10)
        try:
            enter_punch(employee=an, moment=moment, reason="Quên thẻ", by=by, at=now())
            outcomes.append("entered")
        except AlreadyPunched:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["entered", "refused"]
    assert ManualPunch.objects.count() == 1


def test_the_list_goes_on_with_older_ones(page, an):
    hr = page("hr")
    for minute in range(51):
        enter(hr, f"08:{minute:02}", follow=False)
    shown = text(hr.get(LIST))
    assert "08:50" in shown
    assert "08:00 03/11/2025" not in shown
    older = shown.split("truoc=")[1].split('"')[0]
    assert "08:00 03/11/2025" in text(hr.get(LIST, {"truoc": older}))
    assert "Không có lượt chấm tay" in text(hr.get(LIST, {"nv": "khác"}))

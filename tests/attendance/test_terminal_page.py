"""One terminal's page and what can be done from it, as people with each role meet them."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.models import (
    Checkup,
    ClockPolicy,
    ClockReading,
    LogCheck,
    NoticeKind,
    Pull,
    Punch,
    Terminal,
    TerminalNotice,
)
from attendance.pages.clock_chart import clock_chart
from attendance.zk import codec
from backend.clock import now
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import LogPunch
from scripts.simulated_terminal.server import running
from tests.pages import text

from .clearable import clearable
from .terminals import START, device, register, registered
from .test_clocks import busy_now, slow
from .test_zk_collector import again, collect
from .test_zk_pages import BOARD

PAGE = "/cham-cong/may/M1/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "status", "acts"),
    [
        ("hr", 200, True),
        ("administrator", 200, True),
        ("executive", 200, False),
        ("auditor", 200, False),
        ("sales_manager", 403, False),
    ],
)
def test_who_sees_the_page_and_who_may_act(page, role, status, acts):
    register(4370, code="M1", serial_number="A")
    answer = page(role).get(PAGE)
    assert answer.status_code == status
    assert (b"xoa-nhat-ky" in answer.content) == acts
    assert (b"chinh-gio" in answer.content) == acts


@pytest.mark.django_db
def test_the_page_tells_proof_pulls_memories_notices_and_kept_bytes(page):
    simulated = device(30)
    with registered(simulated, code="M1"):
        collect()
        simulated.log.clear()
        simulated.log.add(LogPunch("101", START))
        again()
        collect()
    shown = text(page("auditor").get(PAGE))
    assert "Số bản ghi máy đếm bằng số đã lưu và đã cách ly" in shown
    assert "1/100000" in shown.replace(".", "")
    assert "Trước có 30 bản ghi, nay chỉ còn 1" in shown
    assert "nguyên vẹn" in shown
    assert "Chưa đủ dữ liệu để dự báo" in shown


@pytest.mark.django_db
def test_a_log_that_shrank_is_flagged_until_it_was_compared(page):
    simulated = device(30)
    client = page("hr")
    flag = "nhật ký của máy ngắn đi"
    with registered(simulated, code="M1"):
        collect()
        assert flag not in text(client.get(BOARD))
        simulated.log.clear()
        again()
        collect()
        assert flag in text(client.get(BOARD))
        assert flag in text(client.get(f"{BOARD}?chi=loi&dang=bang"))
        assert "Báo động này tắt" in text(client.get(PAGE))
        client.post(PAGE + "doi-chieu/")
        assert flag not in text(client.get(BOARD))
        assert "Báo động này tắt" not in text(client.get(PAGE))


@pytest.mark.django_db
def test_another_serial_number_is_flagged_until_the_right_one_answers(page):
    simulated = device(3, serial="RIGHT")
    client = page("hr")
    with registered(simulated, code="M1"):
        collect()
        simulated.serial = "WRONG"
        again()
        collect()
        assert "số sê-ri đổi khác" in text(client.get(BOARD))
        simulated.serial = "RIGHT"
        again()
        collect()
        assert "số sê-ri đổi khác" not in text(client.get(BOARD))


@pytest.mark.django_db
def test_a_gap_is_plain_to_see(page):
    with registered(device(30, faults=Faults(count_lie=4)), code="M1"):
        collect()
    shown = text(page("auditor").get(PAGE))
    assert "Thiếu 4" in shown
    assert "Máy đếm 34 bản ghi nhưng gửi thiếu 4" in shown


@pytest.mark.django_db
def test_an_unknown_terminal_is_not_there(page):
    assert page("hr").get("/cham-cong/may/KHONG/").status_code == 404


def crowd(terminal, count):
    at = now()
    for number in range(count):
        moment = at - timedelta(hours=number)
        pull = Pull.objects.create(
            terminal=terminal,
            source="pull",
            state="done",
            device_count=1000 - number,
            skipped=999 - number,
            read=1,
            stored=1,
            started_at=moment,
            finished_at=moment,
        )
        ClockReading.objects.create(terminal=terminal, at=moment, offset_seconds=number)
        details = {"before": 5, "after": number, "by": "hr"}
        TerminalNotice.objects.create(
            terminal=terminal, pull=pull, kind=NoticeKind.CLOCK_SET, details=details, at=moment
        )
        LogCheck.objects.create(
            terminal=terminal, at=moment, records=1, stored=1, parked=0, missing=0, raw_sha256="0"
        )


@pytest.mark.django_db
def test_the_page_asks_the_database_as_often_for_much_as_for_little(page):
    terminal = register(4370, code="M1")
    client = page("hr")
    crowd(terminal, 3)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    crowd(terminal, 60)
    with CaptureQueriesContext(connection) as many:
        answer = client.get(PAGE)
    assert len(many) <= len(few) <= 26, [q["sql"][:80] for q in many]
    assert answer.content.count(b'<tr><td class="when">') < 100


@pytest.mark.django_db
def test_older_pulls_are_a_page_away(page):
    terminal = register(4370, code="M1")
    crowd(terminal, 45)
    client, seen, address = page("hr"), set(), PAGE
    for _ in range(5):
        answer = client.get(address)
        rows = answer.context["page"].pulls
        seen |= {row.pull.pk for row in rows}
        if answer.context["page"].older is None:
            break
        address = f"{PAGE}?truoc={answer.context['page'].older}"
    assert len(seen) == 45
    assert client.get(f"{PAGE}?truoc=x").status_code == 200


@pytest.mark.django_db
def test_the_clock_is_set_from_the_page_and_a_peak_asks_first(page):
    simulated = slow(device(3), 95)
    with registered(simulated, code="M1"):
        collect()
        client = page("hr")
        client.post(PAGE + "chinh-gio/")
        assert "trước lệch -9" in text(client.get(PAGE))
        busy_now(simulated)
        again()
        collect()
        answer = client.post(PAGE + "chinh-gio/")
        assert answer.status_code == 409
        assert "giờ cao điểm" in answer.content.decode()
        assert simulated.commands[codec.CMD_SET_TIME] == 1
        client.post(PAGE + "chinh-gio/", {"van_chinh": "1"})
        assert simulated.commands[codec.CMD_SET_TIME] == 2
    assert [
        notice.details["in_peak"]
        for notice in TerminalNotice.objects.filter(kind=NoticeKind.CLOCK_SET).order_by("pk")
    ] == [False, True]


@pytest.mark.django_db
def test_a_terminal_that_does_not_answer_is_told_with_its_remedy(page):
    register(1, code="M1")
    client = page("hr")
    client.post(PAGE + "doi-chieu/")
    assert "Kiểm tra nguồn điện" in text(client.get(PAGE))


@pytest.mark.django_db
def test_the_clock_policy_is_switched_on_changed_and_off(page):
    register(4370, code="M1")
    client = page("hr")
    for typed, kept in [("30", [30]), ("45", [45]), ("1", [45]), ("x", [45]), ("", [])]:
        client.post(PAGE + "tu-chinh-gio/", {"giay": typed})
        assert list(ClockPolicy.objects.values_list("above_seconds", flat=True)) == kept


@pytest.mark.django_db
def test_the_whole_log_is_compared_from_the_page(page):
    simulated = device(30)
    with registered(simulated, code="M1"):
        collect()
        client = page("hr")
        client.post(PAGE + "doi-chieu/")
        assert "Đủ: 30 bản ghi trên máy" in text(client.get(PAGE))
        simulated.log.add(LogPunch("101", START.replace(month=12)))
        client.post(PAGE + "doi-chieu/")
        assert "Thiếu 1 trong 31" in text(client.get(PAGE))


@pytest.mark.django_db
def test_clearing_asks_for_code_and_reason_and_then_does_it(page):
    simulated = clearable(30)
    with registered(simulated, code="M1"):
        collect()
        client, address = page("hr"), PAGE + "xoa-nhat-ky/"
        assert "Việc gì sẽ xảy ra" in text(client.get(address))
        refused = client.post(address, {"ma": "M2", "ly_do": "Nhật ký sắp đầy"})
        assert refused.status_code == 409
        assert simulated.log.count == 30
        done = client.post(address, {"ma": "M1", "ly_do": "Nhật ký sắp đầy"})
        assert (done.status_code, done["Location"]) == (302, PAGE)
        assert simulated.log.count == 0
        assert Punch.objects.count() == 30
        shown = text(client.get(PAGE))
    assert "Đã xóa 30 bản ghi" in shown
    assert "đã xóa trên máy" in shown


def finished(checkup_id):
    for _ in range(300):
        checkup = Checkup.objects.get(pk=checkup_id)
        if checkup.finished_at:
            return checkup
        time.sleep(0.1)
    raise AssertionError("the examination does not end")


@pytest.mark.django_db(transaction=True)
def test_the_doctor_examines_any_address_and_the_key_is_kept_nowhere(page, caplog):
    simulated = device(30, comm_key=654321)
    with running(simulated) as port:
        client = page("hr")
        begun = client.post(
            "/cham-cong/kham-ket-noi/",
            {"dia_chi": "127.0.0.1", "cong": str(port), "khoa": "654321"},
        )
        checkup = finished(begun["Location"].strip("/").rsplit("/", 1)[1])
        shown = text(client.get(begun["Location"]))
    assert "Khóa kết nối đúng" in shown
    assert "2025-11-03" in shown
    assert "654321" not in shown + str(checkup.answers) + caplog.text
    assert "hx-trigger" not in shown.split('id="checkup"')[1][:200]


@pytest.mark.django_db(transaction=True)
def test_the_doctor_examines_a_registered_terminal_with_its_own_key(page):
    with registered(device(30, comm_key=5), code="M1", comm_key=5):
        client = page("hr")
        begun = client.post(PAGE + "kham/")
        finished(begun["Location"].strip("/").rsplit("/", 1)[1])
        shown = text(client.get(begun["Location"]))
    assert "Khóa kết nối đúng" in shown
    assert Terminal.objects.get().lease_until is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        {"dia_chi": ""},
        {"dia_chi": "127.0.0.1", "cong": "0"},
        {"dia_chi": "127.0.0.1", "cong": "70000"},
        {"dia_chi": "127.0.0.1", "khoa": "abc"},
        {"dia_chi": "127.0.0.1", "khoa": "1000000"},
    ],
)
def test_what_cannot_be_examined_is_refused(page, typed):
    assert page("hr").post("/cham-cong/kham-ket-noi/", typed).status_code == 400
    assert not Checkup.objects.exists()


@pytest.mark.django_db
def test_an_examination_that_broke_off_says_so(page, person):
    hr = person("hr")
    old = Checkup.objects.create(
        address="10.0.0.9", port=4370, by=hr, started_at=now() - timedelta(minutes=5)
    )
    shown = text(page(hr).get(f"/cham-cong/kham-ket-noi/{old.pk}/"))
    assert "bị ngắt giữa chừng" in shown


@pytest.mark.django_db
def test_no_more_examinations_than_the_web_server_bears(page, person):
    hr = person("hr")
    for number in range(3):
        Checkup.objects.create(address=f"10.0.0.{number}", port=4370, by=hr, started_at=now())
    client = page(hr)
    assert client.post("/cham-cong/kham-ket-noi/", {"dia_chi": "127.0.0.1"}).status_code == 400
    assert Checkup.objects.count() == 3


def test_a_chart_needs_two_readings():
    assert clock_chart([]) == ""

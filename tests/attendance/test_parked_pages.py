"""Parked records are shown with what to do, and a reset clock's are corrected by HR."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from attendance.collecting.redecoding import redecode
from attendance.models import (
    ClockCorrection,
    DirtyDay,
    ParkedDismissal,
    ParkedRecord,
    Punch,
    Terminal,
    TimesheetRow,
)
from backend import clock
from scripts.simulated_terminal.log import LogPunch
from tests import make
from tests.pages import text

from .terminals import START, device, registered
from .test_zk_collector import collect

pytestmark = pytest.mark.django_db
RESET = datetime.fromisoformat("2000-01-01 00:10:00")
#: The run's first punch was really at 07:28 on 3 November 2025, a Monday.
TRUE = datetime.fromisoformat("2025-11-03 07:28:00")


@pytest.fixture
def hr(person):
    client = Client()
    client.force_login(person("hr"))
    return client


@pytest.fixture
def terminal():
    """Two good punches, a battery that failed for a working day, a good punch, and nonsense."""
    simulated = device(0)
    for user_id in ("101", "102"):
        simulated.log.add(LogPunch(user_id, START - timedelta(days=3)))
    for user_id, hours in (("101", 0), ("102", 0.1), ("101", 9.5), ("102", 9.5), ("102", 9.5)):
        simulated.log.add(LogPunch(user_id, RESET + timedelta(hours=hours)))
    simulated.log.add(LogPunch("101", START + timedelta(days=1)))
    simulated.log.add_raw(b"\xff" * 40)
    worker = make.employee("101", "Trần Thị Bình")
    make.roster(worker, "2025-11-03")
    with registered(simulated, code="M1") as row:
        poll()
        yield row


def poll():
    Terminal.objects.update(next_poll_at=None)
    collect()


def run_page():
    first = ParkedRecord.objects.filter(reason="clock_reset").order_by("pk")[0]
    return f"/cham-cong/ban-ghi-cach-ly/{first.pk}/sua-gio/"


def shift():
    return round((TRUE - RESET).total_seconds())


def test_parked_records_are_listed_with_reason_bytes_and_advice(hr, terminal, person):
    shown = text(hr.get("/cham-cong/ban-ghi-cach-ly/"))
    assert "ff ff ff" in shown
    assert "đồng hồ chạy lại từ năm cũ" in shown
    assert "ngày giờ không có thật" in shown or "mã người dùng không đọc được" in shown
    assert run_page() in shown
    auditor = Client()
    auditor.force_login(person("auditor"))
    assert auditor.get("/cham-cong/ban-ghi-cach-ly/").status_code == 200
    assert auditor.get(run_page()).status_code == 403


def test_until_it_is_approved_a_reset_clock_pays_nothing(hr, terminal):
    assert Punch.objects.count() == 3
    make.timesheets()
    row = TimesheetRow.objects.filter(work_date="2025-11-03").first()
    assert row is None or row.worked == 0


def test_an_approved_correction_makes_punches_and_a_working_day(hr, terminal, person):
    proposed = text(hr.get(run_page(), {"luc": TRUE.isoformat()}))
    assert "Trần Thị Bình" in proposed
    assert "03/11/2025" in proposed
    form = {"lech": shift(), "so": 5, "ly_do": "Máy mất điện sáng 03/11, có biên bản"}
    for wrong in ({"ly_do": "x"}, {"so": 4}, {"lech": 10**12}, {"lech": 0}):
        assert hr.post(run_page(), form | wrong).status_code in (302, 400, 409)
        assert not ClockCorrection.objects.exists()
        assert Punch.objects.count() == 3
    assert hr.post(run_page(), form).status_code == 302

    corrected = Punch.objects.filter(correction__isnull=False).order_by("punched_at", "pk")
    assert [(p.device_user_id, p.device_time, p.occurrence) for p in corrected] == [
        ("101", RESET, 1),
        ("102", RESET + timedelta(hours=0.1), 1),
        ("101", RESET + timedelta(hours=9.5), 1),
        ("102", RESET + timedelta(hours=9.5), 1),
        ("102", RESET + timedelta(hours=9.5), 2),
    ]
    assert f"{corrected[0].punched_at.astimezone(clock.VN):%Y-%m-%d %H:%M}" == "2025-11-03 07:28"
    correction = ClockCorrection.objects.get()
    assert (correction.records, correction.shift_seconds) == (5, shift())
    assert DirtyDay.objects.filter(work_date="2025-11-03").exists()
    make.timesheets()
    assert TimesheetRow.objects.get(work_date="2025-11-03", employee__code="101").worked > 0
    shown = text(hr.get("/cham-cong/ban-ghi-cach-ly/?trang-thai=xong"))
    assert "Máy mất điện sáng 03/11" in shown

    for forget in (False, True):  # reading the log again changes nothing
        if forget:
            Terminal.objects.update(log_bytes=0, anchor=b"")
        poll()
        assert Punch.objects.count() == 8
        assert ParkedRecord.objects.count() == 6
    terminal.refresh_from_db()
    assert redecode(terminal).agrees
    assert hr.get(run_page()).status_code == 302  # nothing is left to decide


def test_records_are_dismissed_with_a_reason(hr, terminal):
    pks = list(ParkedRecord.objects.exclude(reason="clock_reset").values_list("pk", flat=True))
    page = "/cham-cong/ban-ghi-cach-ly/bo-qua/"
    hr.post(page, {"chon": pks, "ly_do": "x"})
    assert not ParkedDismissal.objects.exists()
    hr.post(page, {"chon": pks, "ly_do": "Bản ghi rác, không phải lượt chấm"})
    dismissal = ParkedDismissal.objects.get()
    assert (dismissal.records, dismissal.by.role) == (1, "hr")
    shown = text(hr.get("/cham-cong/ban-ghi-cach-ly/"))
    assert not re.search("ff ff ff", shown)

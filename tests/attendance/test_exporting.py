"""Exports in the background: made by the scheduler, watched on the page, had by whom they are for."""

import hashlib
from datetime import date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import Error, transaction

from attendance.exports import exporting
from attendance.exports.documents import Wanted
from attendance.models import (
    Export,
    ExportCancellation,
    ExportDownload,
    ExportFormat,
    ExportKind,
    ExportPart,
    ExportProgress,
    ExportResult,
)
from backend.accounts.models import Role
from backend.clock import VN, now
from backend.jobs import queue, work
from backend.jobs.models import Run, RunState
from tests import make

PAGE = "/cham-cong/tai-lieu/"
WANTED = Wanted(
    ExportKind.EXCEPTIONS, ExportFormat.XLSX, date(2025, 11, 1), date(2025, 11, 30)
)  # fmt: skip


@pytest.fixture
def hr(person):
    return person(Role.HR)


@pytest.fixture
def an(db):
    an = make.employee("7")
    make.roster(an, "2025-11-03")
    make.punches("7", "2025-11-03 17:03")
    make.timesheets(datetime(2025, 11, 8, tzinfo=VN))
    return an


def asked(by, wanted=WANTED):
    return exporting.ask(wanted, by=by, at=queue.database_now())


def address(export, what="tep"):
    return f"{PAGE}{export.key}/{what}/"


def content(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_the_scheduler_makes_the_file_that_the_page_then_offers(page, hr, an):
    export = asked(hr)
    client = page(hr)
    shown = client.get(PAGE).content.decode()
    assert "đang chờ" in shown
    assert 'hx-trigger="every 2s"' in shown
    assert "<progress" in shown
    assert client.get(address(export)).status_code == 404

    assert work.work_off(worker="a") == 1
    shown = client.get(PAGE).content.decode()
    assert "sẵn sàng" in shown
    assert "every 2s" not in shown
    assert address(export) in shown
    answer = client.get(address(export))
    assert answer["Content-Disposition"] == 'attachment; filename="ngoai-le-2025-11.xlsx"'
    got = content(answer)
    [sheet] = openpyxl.load_workbook(BytesIO(got)).worksheets
    assert [sheet.cell(6, column).value for column in (1, 5)] == [
        "7", "Thiếu lượt vào: bổ sung phiếu giải trình giờ vào.",
    ]  # fmt: skip
    result = ExportResult.objects.get()
    assert (result.size, result.rows, result.people) == (len(got), 1, [an.pk])
    assert answer["Content-Length"] == str(len(got))
    assert result.sha256 == hashlib.sha256(got).hexdigest()
    assert ExportDownload.objects.get().by == hr


def test_a_large_file_is_kept_in_pieces_and_given_whole(page, hr, an, monkeypatch):
    monkeypatch.setattr(exporting, "PART", 1000)
    export = asked(hr)
    work.work_off(worker="a")
    assert ExportPart.objects.count() > 3
    assert max(len(part.data) for part in ExportPart.objects.all()) == 1000
    got = content(page(hr).get(address(export)))
    assert ExportResult.objects.get().sha256 == hashlib.sha256(got).hexdigest()


def test_the_same_document_is_not_asked_for_twice_at_a_time(hr, an):
    asked(hr)
    with pytest.raises(exporting.AlreadyAsked):
        asked(hr)
    assert Export.objects.count() == Run.objects.filter(handler=exporting.HANDLER).count() == 1
    work.work_off(worker="a")
    asked(hr)


def test_one_that_was_cancelled_is_not_made(page, hr, an):
    export, client = asked(hr), page(hr)
    assert "Đã hủy" in client.post(address(export, "huy"), follow=True).content.decode()
    assert work.work_off(worker="a") == 1
    assert not ExportResult.objects.exists()
    assert not ExportPart.objects.exists()
    assert Run.objects.get().state == RunState.DONE
    assert "đã hủy" in client.get(PAGE).content.decode()
    again = client.post(address(export, "huy"), follow=True).content.decode()
    assert "đã kết thúc" in again
    assert ExportCancellation.objects.count() == 1


def test_one_that_is_being_made_ends_at_its_next_step(hr, an, monkeypatch):
    export = asked(hr)
    done = []

    def slow(wanted, sink, *, by, at, tick):
        exporting.cancel(export, by=hr, at=now())
        tick(1, 1)
        done.append(sink)

    monkeypatch.setattr(exporting, "make", slow)
    work.work_off(worker="a")
    assert not done
    assert not ExportResult.objects.exists()
    assert Run.objects.get().state == RunState.DONE


def test_one_that_is_made_cannot_be_cancelled(page, hr, an):
    export = asked(hr)
    work.work_off(worker="a")
    assert "đã kết thúc" in page(hr).post(address(export, "huy"), follow=True).content.decode()
    assert not ExportCancellation.objects.exists()


def test_who_was_overtaken_writes_neither_file_nor_progress(hr, an, monkeypatch):
    export = asked(hr)

    def overtaken(wanted, sink, *, by, at, tick):
        tick(1, 3)
        Run.objects.update(attempt=9)  # another worker took it
        with pytest.raises(queue.TakenOver):
            tick(3, 3)
        sink.write(b"x")
        return 1

    monkeypatch.setattr(exporting, "make", overtaken)
    work.work_off(worker="a")
    assert ExportProgress.objects.get().done == 0  # the first step came too soon after the start
    assert not ExportResult.objects.exists()
    assert not ExportPart.objects.exists()
    assert export.run is not None


def test_a_failure_is_told_and_tried_again(page, hr, an, monkeypatch):
    asked(hr)
    with monkeypatch.context() as broken:
        broken.setattr(exporting, "make", lambda *_, **__: 1 / 0)
        work.work_off(worker="a")
    assert "gặp lỗi, sẽ tự thử lại" in page(hr).get(PAGE).content.decode()
    Run.objects.update(runnable_at=queue.database_now())
    work.work_off(worker="a")
    assert ExportResult.objects.get().rows == 1


def test_who_may_no_longer_see_attendance_gets_nothing(page, hr, an):
    asked(hr)
    hr.role = Role.EMPLOYEE
    hr.save()
    work.work_off(worker="a")
    assert "không còn quyền xem công" in ExportResult.objects.get().problem
    assert not ExportPart.objects.exists()
    hr.role = Role.HR
    hr.save()
    shown = page(hr).get(PAGE).content.decode()
    assert "không lập được" in shown
    assert "không còn quyền xem công" in shown


@pytest.mark.parametrize(
    ("role", "departments", "status"),
    [
        (Role.HR, (), 200),
        (Role.HR, ("PKT",), 200),
        (Role.HR, ("KD",), 404),
        (Role.EXECUTIVE, (), 404),
        (Role.AUDITOR, (), 404),
    ],
)
def test_a_file_is_for_who_asked_and_for_hr_of_the_same_people(
    page, person, hr, an, role, departments, status
):
    export = asked(hr)
    work.work_off(worker="a")
    other = person(role, username="other")
    other.departments.set([make.department(code) for code in departments])
    answer = page(other).get(address(export))
    assert answer.status_code == status
    assert status == 404 or content(answer).startswith(b"PK")
    assert ExportDownload.objects.filter(by=other).count() == (status == 200)
    assert page(other).post(address(export, "huy")).status_code == 404
    assert str(export.key) not in page(other).get(PAGE).content.decode()


def test_a_file_is_not_for_one_who_lost_sight_of_somebody_in_it(page, hr, an):
    export = asked(hr)
    work.work_off(worker="a")
    hr.departments.add(make.department("KD"))
    assert page(hr).get(address(export)).status_code == 404


def test_the_file_goes_after_its_time_and_the_record_stays(page, hr, an, settings):
    settings.EXPORT_KEEP_DAYS = 2
    export = asked(hr)
    work.work_off(worker="a")
    result = ExportResult.objects.get()
    assert result.kept_until == result.at + timedelta(days=2)
    ends = Run.objects.get(handler=exporting.EXPIRY)
    assert ends.due_at == result.kept_until
    Run.objects.filter(pk=ends.pk).update(runnable_at=queue.database_now())
    work.work_off(worker="a")
    assert not ExportPart.objects.exists()
    assert ExportResult.objects.get().sha256 == result.sha256
    assert exporting.state_of(export, at=result.kept_until) == exporting.State.EXPIRED


def test_what_was_exported_cannot_be_denied_later(hr, an):
    export = asked(hr)
    work.work_off(worker="a")
    for row in (export, ExportResult.objects.get()):
        with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(at=now())
        with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
            type(row).objects.filter(pk=row.pk)._raw_delete(using="default")

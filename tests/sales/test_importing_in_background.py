"""Long files: recorded and undone in the background, once, while others look on."""

from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import pytest
from django.db import connection

from backend.accounts.models import User
from backend.jobs import work
from backend.jobs.models import Run, RunState
from sales.imports import committing
from sales.imports.kinds import tickets
from sales.ledger.proving import differences
from sales.ledger.recording import record_sales
from sales.models import ConsignmentEntry, ImportFile, RecordingBatch
from tests.sales.conftest import bulk, line
from tests.sales.importing import ROWS, issued, post, upload, workbook


def test_a_long_file_is_recorded_in_the_background_once(company, manager, monkeypatch):
    monkeypatch.setattr(committing, "AT_ONCE_BYTES", 2)
    told = upload(manager, workbook(*ROWS)).json()
    assert post(manager, told["key"], "commit").status_code == 202
    assert post(manager, told["key"], "commit").status_code == 409
    assert issued() == {}
    work.work_off(worker="tests:1")
    file = ImportFile.objects.get()
    assert (file.state, file.done, file.total) == ("done", 6, 6)
    assert Run.objects.get(handler=committing.HANDLER).state == RunState.DONE
    assert issued() == {"AN": 120, "BINH": 1_200, "CHI": 7}


def test_a_long_file_is_undone_in_the_background_once(company, manager, page, monkeypatch):
    monkeypatch.setattr(committing, "AT_ONCE_LINES", 2)
    data = workbook(*ROWS)
    key = upload(manager, data).json()["key"]
    post(manager, key, "commit")
    asked = post(manager, key, "undo", reason="Gửi nhầm kỳ")
    told = asked.json()
    assert (asked.status_code, told["state"], told["step"]) == (202, "undoing", "reading")
    assert post(manager, key, "undo", reason="Lần nữa xem").json()["code"] == "import.not_now"
    again = upload(manager, data).json()["key"]
    assert post(manager, again, "commit").json()["code"] == "import.recorded_before"
    client = page(User.objects.get(username="sales_manager"))
    shown = client.get(f"/ban-ve/nhap-tep/{key}/").content.decode()
    assert "Đang chờ đến lượt." in shown
    assert "Lý do: Gửi nhầm kỳ (sales_manager)." in shown
    work.work_off(worker="tests:1")
    told = manager.get(f"/api/v1/imports/{key}/").json()
    assert (told["state"], told["undo_reason"], told["done"]) == ("undone", "Gửi nhầm kỳ", 6)
    assert issued() == {"AN": 0, "BINH": 0, "CHI": 0}
    assert RecordingBatch.objects.get(pk=told["undo_batch"]).line_count == 3
    assert post(manager, again, "commit").status_code == 201
    assert differences() == []


@pytest.mark.parametrize("most", [2, 100])  # in the background, at once
def test_what_cannot_be_undone_says_whose_it_is(company, manager, page, monkeypatch, most):
    monkeypatch.setattr(committing, "AT_ONCE_LINES", most)
    key = upload(manager, workbook(*ROWS)).json()["key"]
    post(manager, key, "commit")
    bulk(manager, [line("BINH", "2026-11-17", returned=5)])
    client = page(User.objects.get(username="sales_manager"))
    address = f"/ban-ve/nhap-tep/{key}/"
    said = client.post(address, {"viec": "undo", "ly_do": "Gửi nhầm kỳ"}).content.decode()
    if most == 2:
        work.work_off(worker="tests:1")
        said = client.get(address).content.decode()
        assert "Chưa hoàn tác được. Có dòng của tệp không lấy lại được" in said
        assert Run.objects.get(handler=committing.HANDLER).state == RunState.DONE
    else:
        answer = post(manager, key, "undo", reason="Gửi nhầm kỳ")
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["agent"], error["code"]) == (
            409, "BINH", "returned.over_issued",
        )  # fmt: skip
    assert "BINH, 17/11/2026, TT10: Tổng vé trả của kỳ này sẽ là 5" in said
    assert "Hoàn tác cả tệp" in said
    assert issued() == {"AN": 120, "BINH": 1_200, "CHI": 7}


def test_a_file_whose_run_failed_for_good_can_be_recorded_again(company, manager, monkeypatch):
    monkeypatch.setattr(committing, "AT_ONCE_BYTES", 2)
    key = upload(manager, workbook(*ROWS)).json()["key"]
    assert post(manager, key, "commit").status_code == 202
    Run.objects.update(state=RunState.FAILED)
    told = manager.get("/api/v1/imports/", {"state": "waiting"}).json()["results"]
    assert "Máy chủ đã thử nhiều lần" in told[0]["problem"]
    assert post(manager, key, "commit").status_code == 202
    work.work_off(worker="tests:1")
    assert issued() == {"AN": 120, "BINH": 1_200, "CHI": 7}


def beside(look):
    """What another process sees meanwhile."""

    def run():
        try:
            return look()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=20)


@pytest.mark.django_db(transaction=True)
def test_others_see_the_step_and_correct_only_before_or_after_an_undo(
    company, manager, monkeypatch
):
    monkeypatch.setattr(committing, "AT_ONCE_BYTES", 2)
    monkeypatch.setattr(committing, "AT_ONCE_LINES", 2)
    bulk(manager, [line("AN", "2026-11-17", issued=50)])
    key = upload(manager, workbook(*ROWS)).json()["key"]
    post(manager, key, "commit")
    seen = []

    def watched(**known):
        def begins(step):
            known["begins"](step)
            seen.append(
                beside(lambda: (ImportFile.objects.get().done, RecordingBatch.objects.count()))
            )

        return record_sales(**known | {"begins": begins})

    monkeypatch.setattr(tickets, "record_sales", watched)
    work.work_off(worker="tests:1")
    assert seen == [(step, 1) for step in (1, 2, 3, 4, 5)]
    entry = ConsignmentEntry.objects.get(batch=ImportFile.objects.get().batch, agent=company.an)
    less = line("AN", "2026-11-17", issued=-20, corrects=entry.pk, reason="Giao thiếu")
    answers = []
    corrector = Thread(target=lambda: answers.append(beside(lambda: bulk(manager, [less]))))
    taken = tickets._reversals

    def meanwhile(*known):
        corrector.start()
        corrector.join(0.5)  # it waits for the totals
        return taken(*known)

    monkeypatch.setattr(tickets, "_reversals", meanwhile)
    post(manager, key, "undo", reason="Gửi nhầm kỳ")
    work.work_off(worker="tests:1")
    corrector.join(20)
    assert (ImportFile.objects.get().state, answers[0].status_code) == ("undone", 201)
    assert issued() == {"AN": 30, "BINH": 0, "CHI": 0}
    assert seen[5:] == [(step, 2) for step in (1, 2, 3, 4, 5)]
    assert differences() == []

"""Files from Excel: read as people write them, looked at, recorded once, undone."""

import unicodedata
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from io import BytesIO
from threading import Thread
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from backend import clock
from backend.accounts.models import User
from backend.clock import VN
from backend.jobs import work
from backend.jobs.models import Run, RunState
from sales.engine.import_sheet import find_heads, guess, read_lines
from sales.engine.spreadsheet import Unreadable, read_cells
from sales.imports import committing
from sales.imports.kinds import tickets
from sales.ledger.proving import differences
from sales.ledger.recording import record_sales
from sales.models import (
    Agent,
    AgentBalance,
    AgentDrawTotal,
    ConsignmentEntry,
    ImportFile,
    JournalEntry,
    RecordingBatch,
)
from tests.sales.conftest import bulk, line

HEADS = ["Kỳ vé", "Mã đại lý", "Loại vé", "Vé giao"]


def workbook(*rows, heads=HEADS):
    book = openpyxl.Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    sink = BytesIO()
    book.save(sink)
    return sink.getvalue()


def csv_of(*rows, heads=HEADS):
    return "\n".join(";".join(map(str, row)) for row in (heads, *rows)).encode("utf-8-sig")


def upload(client, data, kind="issues", name="giao.xlsx", **fields):
    body = {"file": SimpleUploadedFile(name, data), "kind": kind, "sender": "Móng Cái"} | fields
    return client.post("/api/v1/imports/", body, format="multipart")


def post(client, key, what, **body):
    return client.post(f"/api/v1/imports/{key}/{what}/", body)


def under_key(client, key, address, body, **more):
    """The same request twice: the answer, which is the same."""
    headers = {"Idempotency-Key": key}
    first, again = (
        client.post(f"/api/v1/imports/{address}", body(), headers=headers, **more) for _ in range(2)
    )
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Hit"] == "true"
    return first


def issued():
    return dict(AgentDrawTotal.objects.values_list("agent__code", "issued").order_by("agent__code"))


ROWS = [
    [date(2026, 11, 17), "AN", "TT10", 120],
    ["17/11/2026", "BINH", "TT10", "1.200"],
    ["2026-11-17", unicodedata.normalize("NFD", "CHI"), "TT10", 7.0],
]


def test_a_file_is_looked_at_recorded_as_one_batch_and_undone(company, manager):
    told = upload(manager, workbook(*ROWS), control_sum=1_327).json()
    assert (told["state"], told["lines"], told["sum"], told["errors"]) == ("waiting", 3, 1_327, [])
    assert issued() == {}
    done = post(manager, told["key"], "commit").json()
    assert (done["state"], done["lines"]) == ("done", 3)
    assert issued() == {"AN": 120, "BINH": 1_200, "CHI": 7}
    assert RecordingBatch.objects.get(pk=done["batch"]).source == "import"
    assert post(manager, told["key"], "commit").json()["code"] == "import.not_now"
    again = upload(manager, workbook(*ROWS)).json()  # another moment, so another file in its bytes
    assert again["mapping"] == {"draw_date": 0, "agent": 1, "product": 2, "issued": 3}
    assert post(manager, told["key"], "undo", reason="x").status_code == 400
    undone = post(manager, told["key"], "undo", reason="Gửi nhầm kỳ").json()
    assert (undone["state"], issued()) == ("undone", {"AN": 0, "BINH": 0, "CHI": 0})
    assert RecordingBatch.objects.get(pk=undone["undo_batch"]).line_count == 3
    assert differences() == []


def test_an_undone_file_takes_back_what_corrections_have_left(company, manager):
    key = upload(manager, workbook(*ROWS)).json()["key"]
    batch = post(manager, key, "commit").json()["batch"]
    an, binh = ConsignmentEntry.objects.filter(batch=batch).order_by("pk")[:2]
    day = "2026-11-17"
    less = line("AN", day, issued=-20, corrects=an.pk, reason="Giao thiếu")
    none = line("BINH", day, issued=-1_200, corrects=binh.pk, reason="Không giao")
    assert bulk(manager, [less, none]).status_code == 201
    undone = post(manager, key, "undo", reason="Gửi nhầm kỳ").json()
    assert (undone["state"], issued()) == ("undone", {"AN": 0, "BINH": 0, "CHI": 0})
    assert RecordingBatch.objects.get(pk=undone["undo_batch"]).line_count == 2
    assert differences() == []


def test_the_very_same_file_is_not_recorded_twice(company, manager):
    data = csv_of(*ROWS[1:2])
    first, second = (upload(manager, data, name="giao.csv").json()["key"] for _ in range(2))
    assert post(manager, first, "commit").status_code == 201
    assert post(manager, second, "commit").json()["code"] == "import.recorded_before"
    assert issued() == {"BINH": 1_200}
    post(manager, first, "undo", reason="Làm lại từ đầu")
    assert post(manager, second, "commit").status_code == 201


def test_all_faults_are_told_at_once_and_in_a_copy_of_the_file(company, manager, page, person):
    data = workbook(
        ["17/11/2026", "YY", "TT10", "mười"],
        ["31/02/2026", "AI", "TT10", 5],
        ["18/11/2026", "BINH", "TT10", "1,5"],
        ["", "", "", ""],
        ["18/11/2026", "ZZ", "TT10", 5],
        ["18/11/2026", "AN", "TT10", 5],
        ["18/11/2026", "AN", "TT10", 6],
    )
    told = upload(manager, data).json()
    assert [(e["row"], e["field"], e["code"]) for e in told["errors"]] == [
        (2, "issued", "import.not_count"),
        (2, "agent", "agent.unknown"),
        (3, "draw_date", "import.not_date"),
        (3, "agent", "agent.unknown"),
        (4, "issued", "import.not_count"),
        (6, "agent", "agent.unknown"),
        (8, "", "line.duplicate"),
    ]
    assert "với dòng 7" in told["errors"][-1]["message"]
    refused = post(manager, told["key"], "commit")
    assert (refused.status_code, issued()) == (400, {})
    copy = manager.get(f"/api/v1/imports/{told['key']}/annotated/")
    sheet = openpyxl.load_workbook(BytesIO(copy.content)).active
    client = page(User.objects.get(username="sales_manager"))
    assert client.get(f"/ban-ve/nhap-tep/{told['key']}/can-sua.xlsx").status_code == 200
    assert sheet["D2"].comment.text.startswith("“mười” không phải số vé nguyên")
    assert sheet["B6"].comment.text == "Không có đại lý mã ZZ trong địa bàn của bạn."
    assert sheet["D7"].comment is None
    assert sheet["E3"].value.startswith("“31/02/2026” không phải ngày; ví dụ đúng: 25/11/2026.")
    assert sheet.freeze_panes == "A2"
    other = page(person("sales_manager", username="khac", region=company.mong_cai))
    assert other.get(f"/ban-ve/nhap-tep/{told['key']}/").status_code == 404


def test_all_faults_are_told_at_once_though_no_row_can_be_read(company, manager):
    tickets = upload(manager, workbook(["18/11/2026", "ZZ", "XX", "mười"], ["", "YY", "TT10", 5]))
    assert [(e["row"], e["field"], e["code"]) for e in tickets.json()["errors"]] == [
        (2, "issued", "import.not_count"),
        (2, "agent", "agent.unknown"),
        (2, "product", "product.unknown"),
        (3, "draw_date", "import.required"),
        (3, "agent", "agent.unknown"),
    ]
    heads = ["Mã đại lý", "Ngày nộp", "Số tiền", "Số phiếu"]
    money = upload(manager, workbook(["ZZ", "18/11/2036", "x", "1"], heads=heads), kind="payments")
    assert [(e["row"], e["field"], e["code"]) for e in money.json()["errors"]] == [
        (2, "amount", "import.not_amount"),
        (2, "agent", "agent.unknown"),
        (2, "date", "money.in_the_future"),
    ]
    heads = ["Năm", "Tháng", "Loại vé", "Đại lý", "Số vé"]
    rows = ([2027, 1, "TT10", "ZZ", 5], [2028, 1, "XX", "AN", 5], [2027, "x", "TT10", "YY", 5])
    plan = upload(manager, workbook(*rows, heads=heads), kind="plans")
    assert [(e["row"], e["field"], e["code"]) for e in plan.json()["errors"]] == [
        (2, "agent", "plan.agent"),
        (3, "year", "import.other_year"),
        (3, "product", "plan.product"),
        (4, "month", "import.not_month"),
        (4, "agent", "plan.agent"),
    ]


def test_a_control_sum_that_differs_stops_the_recording(company, manager):
    told = upload(manager, workbook(*ROWS), control_sum=1_000).json()
    answer = post(manager, told["key"], "commit")
    assert answer.json()["code"] == "import.control_sum"
    assert "là 1.327, khác tổng kiểm tra 1.000" in answer.json()["detail"]
    assert issued() == {}


def test_payments_are_booked_and_reversed_together(company, manager):
    heads = ["Mã đại lý", "Ngày nộp", "Số tiền (đồng)", "Hình thức", "Số chứng từ"]
    data = workbook(
        ["AN", "16/11/2026", "1.500.000 đ", "Chuyển khoản", "UNC1"],
        ["BINH", "16/11/2026", 250_000, "tiền mặt", "PT2"],
        heads=heads,
    )
    told = upload(manager, data, kind="payments", control_sum=1_750_000).json()
    assert told["errors"] == []
    key = told["key"]
    assert post(manager, key, "commit").status_code == 201
    assert AgentBalance.objects.get(agent__code="AN").receivable == -1_500_000
    undone = post(manager, key, "undo", reason="Nhập nhầm ngày")
    assert undone.status_code == 201
    assert AgentBalance.objects.get(agent__code="AN").receivable == 0
    assert JournalEntry.objects.exclude(reverses=None).count() == 2
    assert differences() == []


def test_a_list_of_agents_makes_them_and_takes_them_back(company, manager):
    heads = ["Mã ĐL", "Tên đại lý", "Địa bàn", "Ngày bắt đầu", "Hoa hồng (%)"]
    row = ["DL9", unicodedata.normalize("NFD", "Nguyễn Thị Ế"), "06685", "01/11/2026", "12,5"]
    told = upload(manager, workbook(row, heads=heads), kind="agents").json()
    assert told["errors"] == []
    post(manager, told["key"], "commit")
    made = Agent.objects.get(code="DL9")
    assert (made.name, made.commission_bps) == ("Nguyễn Thị Ế", 1_250)
    bulk(manager, [line("DL9", issued=5)])
    assert post(manager, told["key"], "undo", reason="Sai danh sách").status_code == 409
    twice = upload(manager, workbook(row, row, heads=heads), kind="agents").json()
    assert {e["code"] for e in twice["errors"]} == {"import.agent_exists", "import.agent_twice"}


def test_a_senders_columns_are_remembered(company, page, person):
    client = page(person("sales_manager", username="nhap"))
    heads = ["A", "B", "C"]
    row = ["AN", "5", "x"]
    senders = iter(("Vân Đồn", unicodedata.normalize("NFD", " Vân Đồn")))
    form = {"loai": "issues", "ky": "2026-11-17", "ve": "TT10", "tong": "5"}

    def bring(number):
        data = csv_of([*row[:2], number], heads=heads)
        who = {"noi_gui": next(senders), "tep": SimpleUploadedFile("a.csv", data)}
        sent = client.post("/ban-ve/nhap-tep/", form | who)
        return sent["Location"]

    first = bring(1)
    assert "Chưa biết cột nào là trường này" in client.get(first).content.decode()
    columns = {"viec": "columns", "cot_agent": "0", "cot_issued": "1", "tong": "5"}
    client.post(first, columns | {"chung_draw_date": "17/11/2026", "chung_product": "TT10"})
    assert "Ghi 1 dòng" in client.get(first).content.decode()
    done = client.post(first, {"viec": "commit"}, follow=True).content.decode()
    assert "Đã ghi 1 dòng." in done
    second = bring(2)
    assert "Ghi 1 dòng" in client.get(second).content.decode()
    client.post(second, {"viec": "discard"})
    assert ImportFile.objects.get(pk=second.split("/")[-2]).state == "discarded"
    assert issued() == {"AN": 5}


def test_columns_are_chosen_as_last_read_and_a_file_is_left_aside(company, manager, api, person):
    other = api(person("sales_manager", username="khac", region=company.mong_cai))
    data = csv_of(["AN", "5", 7], ["BINH", "x", 8], heads=["A", "B", "C"])
    told = upload(manager, data, name="giao.csv")
    address = f"/api/v1/imports/{told.json()['key']}/"
    assert told.json()["fault_count"]
    asked = {"mapping": {"agent": 0, "issued": 2}, "draw_date": "2026-11-17", "product": "TT10"}

    def change(body, tag="*", client=manager):
        return client.patch(address, body, format="json", headers={"If-Match": tag} if tag else {})

    read = manager.get(address)
    assert told.headers["ETag"] == read.headers["ETag"]
    assert change(asked, tag=None).json()["code"] == "version.missing"
    assert change(asked, client=other).status_code == 404
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"mapping": {"sold": 0}}, "mapping"),
        ({"mapping": {"issued": 3}}, "mapping"),
        ({"mapping": {"issued": -1}}, "mapping"),
        ({"year": 2027}, "year"),
        ({"sheet": "Trang 9"}, "sheet"),
    ]
    for body, field in wrong:
        answer = change(body).json()
        assert (answer["code"], [error["field"].split(".")[0] for error in answer["errors"]]) == (
            "request.invalid", [field],
        )  # fmt: skip
    assert manager.get(address).headers["ETag"] == read.headers["ETag"]
    changed = change(asked, read.headers["ETag"])
    assert (changed.status_code, changed.json()["sum"], changed.json()["errors"]) == (200, 15, [])
    assert changed.json()["mapping"] == asked["mapping"]
    assert change(asked, read.headers["ETag"]).json()["code"] == "version.changed"
    assert change({"control_sum": 16}).json()["control_sum"] == 16
    assert manager.get(address).json()["mapping"] == asked["mapping"]  # what is not sent stays

    key = told.json()["key"]
    assert post(other, key, "discard").status_code == 404
    left = under_key(manager, "d", f"{key}/discard/", dict)
    assert (left.status_code, left.json()["state"]) == (201, "discarded")
    for again in (post(manager, key, "discard"), change(asked), post(manager, key, "commit")):
        assert (again.status_code, again.json()["code"]) == (409, "import.not_now")
    assert issued() == {}


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


def test_each_step_sent_twice_under_a_key_is_done_once(company, manager):
    def form(name="giao.csv", rows=ROWS[1:2]):
        file = SimpleUploadedFile(name, csv_of(*rows))
        return {"file": file, "kind": "issues", "sender": "Móng Cái"}

    kept = under_key(manager, "a", "", form, format="multipart")
    assert (kept.status_code, kept.json()["lines"]) == (201, 1)
    for other in ({"name": "khac.csv"}, {"rows": ROWS[1:]}):
        answer = manager.post(
            "/api/v1/imports/", form(**other), format="multipart", headers={"Idempotency-Key": "a"}
        )
        assert answer.json()["code"] == "idempotency.key_reused"
    key = ImportFile.objects.get().pk
    done = under_key(manager, "b", f"{key}/commit/", dict)
    assert (done.status_code, issued()) == (201, {"BINH": 1_200})
    undone = under_key(manager, "c", f"{key}/undo/", lambda: {"reason": "Gửi nhầm kỳ"})
    assert (undone.json()["undo_by"], issued()) == ("sales_manager", {"BINH": 0})
    assert RecordingBatch.objects.count() == 2


def test_files_are_listed_by_page_field_and_filter(company, manager):
    for number in range(3):
        upload(manager, csv_of(["17/11/2026", "AN", "TT10", number + 1]), name=f"{number}.csv")
    upload(
        manager, csv_of(["AN", "17/11/2026", 5], heads=["Mã", "Ngày", "Số tiền"]), kind="payments"
    )
    post(manager, ImportFile.objects.get(name="1.csv").pk, "commit")

    def listed(**query):
        return manager.get("/api/v1/imports/", query).json()

    first = listed(limit=3, fields="name,kind")
    assert first["results"] == [
        {"name": "giao.xlsx", "kind": "payments"},
        {"name": "2.csv", "kind": "issues"},
        {"name": "1.csv", "kind": "issues"},
    ]
    rest = manager.get(first["next"]).json()
    assert (rest["results"], rest["next"]) == ([{"name": "0.csv", "kind": "issues"}], None)
    today = clock.today()
    for query, names in {
        ("state", "done"): ["1.csv"],
        ("kind", "payments"): ["giao.xlsx"],
        ("sender", "Móng"): [],
        ("date_from", today): ["giao.xlsx", "2.csv", "1.csv", "0.csv"],
        ("date_to", today - timedelta(days=1)): [],
    }.items():
        assert [each["name"] for each in listed(**dict([query]))["results"]] == names
    assert listed(state="lost")["code"] == "request.invalid"
    table = manager.get("/api/v1/imports/", {"fields": "name"}, headers={"Accept": "text/csv"})
    assert table.content.decode("utf-8-sig").split() == [
        '"name"', '"giao.xlsx"', '"2.csv"', '"1.csv"', '"0.csv"',
    ]  # fmt: skip


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


def test_headings_may_be_merged_and_stand_below_a_title():
    cells: list[list[Any]] = [
        ["BẢNG GIAO VÉ THÁNG 11", "", "", "", ""],
        ["", "", "", "", ""],
        ["Ngày quay", "Mã đại lý", "Loại vé", "Số lượng", ""],
        ["", "", "", "Vé giao", "Vé trả"],
        ["17/11/2026", "AN", "TT10", 100, 20],
        ["", "", "Cộng", 100, 20],
    ]
    heads = find_heads("sales", cells)
    assert (heads.row, dict(heads.mapping)) == (
        4,
        {"draw_date": 0, "agent": 1, "product": 2, "issued": 3, "returned": 4},
    )
    read = read_lines("sales", cells, heads, heads.mapping, {})
    assert [
        (n, one.issued, one.returned) for n, one in zip(read.rows, read.lines, strict=True)
    ] == [(5, 100, 20)]
    assert guess("issues", ["Ma DL", "KỲ VÉ (ngày)", "loại", "Số lượng"]) == {
        "agent": 0, "draw_date": 1, "product": 2, "issued": 3,
    }  # fmt: skip


def packed(**parts):
    sink = BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return sink.getvalue()


def lying(name: str, content: bytes) -> bytes:
    """An archive whose directory says ten bytes, and the checksum of ten."""
    data = bytearray(packed(**{name: content}))
    at = data.index(b"PK\x01\x02")
    data[at + 16 : at + 20] = zlib.crc32(content[:10]).to_bytes(4, "little")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


def test_dangerous_or_foreign_files_are_refused_in_words(company, manager):
    far = openpyxl.Workbook()
    far.active["A1048576"] = 1
    wide = openpyxl.Workbook()
    wide.active["BM1"] = 1
    sinks = [BytesIO(), BytesIO()]
    far.save(sinks[0])
    wide.save(sinks[1])
    cases = {
        "file.empty": b"",
        "file.bomb": packed(xl__a=b"0" * (210 << 20)),
        "file.macros": packed(xl__vbaProject__x=b"") and packed(**{"xl/vbaProject.bin": b"x"}),
        "file.locked": b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
        "file.broken": b"PK\x03\x04xxxx",
        "file.unknown_kind": b"\x00\x01\x02",
        "file.not_utf8": "Mã;Tên".encode("cp1258", "replace") + b"\xd2\xff",
        "file.too_many_rows": sinks[0].getvalue(),
        "file.too_many_columns": sinks[1].getvalue(),
    }
    for code, data in cases.items():
        with pytest.raises(Unreadable) as refused:
            read_cells(data)
        assert refused.value.code == code
    with pytest.raises(Unreadable, match=r"file\.bomb"):
        read_cells(lying("xl/a", b"0" * (210 << 20)))
    for place in ("a0120001", "r120001", "B250000"):  # as calamine reads them, if not Excel
        with pytest.raises(Unreadable, match=r"file\.too_many_rows"):
            read_cells(packed(**{"xl/worksheets/s.xml": f'<c r = "{place}"/>'.encode()}))
    answer = upload(manager, sinks[0].getvalue())
    assert (answer.status_code, answer.json()["code"]) == (400, "import.unreadable")
    assert "kéo quá dòng 120" in answer.json()["detail"]
    assert ImportFile.objects.count() == 0


@given(st.integers(1, 10**6), st.integers(1, 10**7))
def test_the_row_limit_is_exact(most: int, row: int):
    sheet = packed(**{"xl/worksheets/s.xml": f'<row r="{row}">'.encode()})
    wanted = "file.too_many_rows" if row > most else "file.unknown_kind"  # no workbook at all
    with pytest.raises(Unreadable) as refused:
        read_cells(sheet, most_rows=most)
    assert refused.value.code == wanted


def test_an_excel_date_number_and_a_real_moment_are_days():
    cells: list[list[Any]] = [["Kỳ vé", "Mã đại lý", "Loại vé", "Vé giao"],
             [46_343, "AN", "TT10", "1"], [datetime(2026, 11, 17, 18, tzinfo=VN), "AN", "LT5", "2 vé"]]  # fmt: skip
    heads = find_heads("issues", cells)
    read = read_lines("issues", cells, heads, heads.mapping, {})
    assert [(one.draw_date, one.issued) for one in read.lines] == [
        (date(2026, 11, 17), 1),
        (date(2026, 11, 17), 2),
    ]

"""Files from Excel: read as people write them, looked at, recorded once, undone."""

import unicodedata
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from backend import clock
from backend.accounts.models import User
from backend.jobs import work
from backend.jobs.standing import ensure_standing_schedules
from sales.figures.agents import completeness
from sales.imports import committing
from sales.imports.retention import drop_contents
from sales.ledger.proving import differences
from sales.models import (
    Agent,
    AgentBalance,
    ConsignmentEntry,
    Draw,
    DrawStatus,
    ImportFile,
    JournalEntry,
    PeriodClose,
    RecordingBatch,
    RuleKey,
    SalesRule,
)
from tests.sales.conftest import bulk, line
from tests.sales.importing import ROWS, csv_of, issued, post, upload, workbook


def under_key(client, key, address, body, **more):
    """The same request twice: the answer, which is the same."""
    headers = {"Idempotency-Key": key}
    first, again = (
        client.post(f"/api/v1/imports/{address}", body(), headers=headers, **more) for _ in range(2)
    )
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Hit"] == "true"
    return first


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


def test_tickets_that_were_all_taken_back_are_no_report_of_a_draw(company, manager, page):
    key = upload(manager, workbook(*ROWS)).json()["key"]
    post(manager, key, "commit")
    (day,) = set(ConsignmentEntry.objects.values_list("draw_date", flat=True))
    Draw.objects.filter(date=day).update(status=DrawStatus.HELD)
    assert completeness(day, day).missing == ()
    address, shown = "/ban-ve/dai-ly/AN/", f"{day:%d/%m/%Y}</th>"
    desk = page(User.objects.get(username="sales_manager"))
    assert shown in desk.get(address).content.decode()
    post(manager, key, "undo", reason="Gửi nhầm kỳ")
    assert [agent.code for agent in completeness(day, day).missing] == ["AN", "BINH", "CHI"]
    assert shown not in desk.get(address).content.decode()


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


def test_a_control_sum_that_is_no_sum_is_refused(company, manager):
    told = upload(manager, workbook(*ROWS), control_sum="9" * 40)
    assert (told.status_code, told.json()["errors"][0]["field"]) == (400, "control_sum")


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


def test_what_somebody_else_says_of_a_senders_columns_changes_nothing_for_me(
    company, manager, api, person
):
    """Anybody may type any sender: a mapping with two columns swapped would count other tickets."""
    heads, row = ["A", "B", "C"], ["AN", 5]
    fixed = {"draw_date": "2026-11-17", "product": "TT10"}

    def bring(client, number):
        data = csv_of([*row, number], heads=heads)
        return upload(client, data, name="giao.csv", **fixed).json()

    def teach(client, issued_in, number):
        key = bring(client, number)["key"]
        body = {"mapping": {"agent": 0, "issued": issued_in}}
        address = f"/api/v1/imports/{key}/"
        client.patch(address, body, format="json", headers={"If-Match": "*"})
        assert post(client, key, "commit").status_code == 201

    teach(manager, 1, 7)
    teach(api(person("sales_manager", username="khac")), 2, 8)
    assert bring(manager, 9)["mapping"] == {"agent": 0, "issued": 1}


def test_contents_of_files_go_after_their_term_and_their_proof_stays(
    company, manager, page, person, settings
):
    settings.IMPORT_KEEP_DAYS = 3_660
    ensure_standing_schedules(at=clock.now())
    recorded, waits, aside = (
        upload(manager, csv_of(row), name="giao.csv").json()["key"]
        for row in (ROWS[1], ["17/11/2026", "CHI", "TT10", "1"], ["17/11/2026", "CHI", "TT10", "2"])
    )
    post(manager, recorded, "commit")
    post(manager, aside, "discard")

    def after(days):
        drop_contents(at=clock.now() + timedelta(days=days))
        kept = ImportFile.objects.exclude(content=b"")
        return {str(key) for key in kept.values_list("pk", flat=True)}

    assert after(89) == {recorded, waits, aside}
    assert after(91) == {recorded}
    assert manager.get(f"/api/v1/imports/{waits}/").json()["state"] == "discarded"
    assert (
        manager.get(f"/api/v1/imports/{waits}/annotated/").json()["code"] == "import.content_gone"
    )
    told = page(person("sales_manager", username="nhap")).get(
        f"/ban-ve/nhap-tep/{waits}/can-sua.xlsx"
    )
    assert (told.status_code, "SHA-256" in told.content.decode()) == (410, True)
    assert after(3_661) == set()
    file = ImportFile.objects.get(pk=recorded)
    assert file.batch is not None
    assert (len(file.sha256), file.line_count, file.batch.source) == (64, 1, "import")
    assert post(manager, recorded, "undo", reason="Gửi nhầm kỳ").json()["state"] == "undone"


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


def test_every_payment_needs_a_reference_of_its_own(company, manager):
    heads = ["Mã đại lý", "Ngày nộp", "Số tiền", "Số chứng từ"]
    rows = [
        ["AN", "16/11/2026", "1 000đ", ""],
        ["AN", "16/11/2026", "1.000", "P2"],
        ["AN", "16/11/2026", 1_000, "P2"],
    ]
    told = upload(manager, workbook(*rows, heads=heads), kind="payments").json()
    assert [(each["row"], each["code"]) for each in told["errors"]] == [
        (2, "import.required"), (4, "money.reference_used"),
    ]  # fmt: skip
    refused = manager.post(f"/api/v1/imports/{told['key']}/commit/")
    assert (refused.status_code, refused.json()["code"]) == (400, "lines.refused")
    PeriodClose.objects.create(month=date(2026, 10, 1), by=User.objects.get(), at=clock.now())
    late = workbook(
        ["AN", "31/10/2026", 1_000, "P3"], ["AN", "01/09/2026", 1_000, "P4"], heads=heads
    )
    told = upload(manager, late, kind="payments").json()
    assert [(each["row"], each["code"]) for each in told["errors"]] == [
        (2, "import.month_closed"), (3, "import.month_closed"),
    ]  # fmt: skip
    assert told["errors"][0]["message"].startswith("Tháng 10/2026 đã khóa sổ.")


def test_an_agent_over_its_limit_is_told_before_recording(company, manager, monkeypatch):
    SalesRule.objects.create(
        key=RuleKey.CREDIT_RATIO, value=10_000, valid_from=date(2020, 1, 1), document="QĐ 1"
    )
    lines = [["17/11/2026", "AN", "TT10", 5], ["17/11/2026", "BINH", "TT10", 5]]
    told = upload(manager, workbook(*lines)).json()
    assert [(each["row"], each["field"], each["code"]) for each in told["errors"]] == [
        (2, "issued", "agent.over_limit"), (3, "issued", "agent.over_limit"),
    ]  # fmt: skip
    assert "sẽ nợ 44.000 đồng" in told["errors"][0]["message"]
    monkeypatch.setattr(committing, "AT_ONCE_BYTES", 2)
    assert manager.post(f"/api/v1/imports/{told['key']}/commit/").status_code == 202
    work.work_off(worker="tests:1")
    file = ImportFile.objects.get()
    assert file.state == "waiting"
    assert "2: Đại lý AN sẽ nợ 44.000 đồng" in file.problem

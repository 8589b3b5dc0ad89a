"""Controlled documents through their pages: registered, approved by another, distributed, read, ended."""

import zipfile
from datetime import date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from pypdf import PdfReader

from attendance.models import CalendarDay, DayKind
from backend.clock import VN
from backend.mail.models import OutgoingMail
from backend.pdf import pdf
from reporting.briefings.approving import draft as drafted
from reporting.control.reviewing import remind
from reporting.models import (
    ControlledDocument,
    DocumentIssue,
    IssueDownload,
    IssueStep,
    PaperKind,
    PaperRecall,
)
from sales.models import Reconciliation
from sales.models.account import AMOUNTS
from tests import make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 9, tzinfo=VN)
TODAY = date(2026, 11, 26)
LATER = TODAY + timedelta(days=5)


@pytest.fixture
def office(people, page, time_machine_at):
    """Browsers of the controller (HR), the approver (executive) and a reader of department KD."""
    time_machine_at(NOW)
    return {
        "controller": page(people["secretary"]),
        "approver": page(people["chair"]),
        "reader": page(people["kd"]),
        "stranger": page(people["tchc"]),
    }


def entry(code="QT-01", **fields):
    owner = make.department("KD").pk
    return {
        "code": code, "title": "Quy trình nhận vé ế", "title_en": "", "kind": "procedure",
        "owner": owner, "origin": "",
    } | fields  # fmt: skip


def paper(words="Nội dung quy trình"):
    return SimpleUploadedFile("quy trinh.pdf", pdf(f"<p>{words}</p>"))


def draft(client, code="QT-01", *, effective=TODAY, file=None, where="lan-moi", summary="Lần đầu"):
    sent = {"summary": summary, "effective": effective.isoformat()}
    sent |= {"file": file} if file else {}
    return client.post(f"/tai-lieu/{code}/{where}/", sent)


def step(client, number, name, code="QT-01", **fields):
    return client.post(f"/tai-lieu/{code}/{number}/buoc/", {"step": name, **fields})


def said(answer):
    return answer.content.decode()


def issued(office, number=1, *, effective=TODAY, file=None, code="QT-01"):
    draft(office["controller"], code, effective=effective, file=file or paper())
    step(office["controller"], number, "submitted", code)
    answer = step(office["approver"], number, "approved", code)
    assert answer.status_code == 302, said(answer)


def text_of(answer):
    assert answer.status_code == 200, said(answer)
    return PdfReader(BytesIO(answer.content)).pages[0].extract_text()


def test_two_issues_from_draft_to_withdrawal(office, people, time_machine_at):
    controller, approver, reader = office["controller"], office["approver"], office["reader"]
    assert controller.post("/tai-lieu/moi/", entry("qt-01")).status_code == 302
    assert draft(controller, file=paper()).status_code == 302
    assert reader.get("/tai-lieu/QT-01/").status_code == 404, "not on the list"
    assert step(controller, 1, "submitted").status_code == 302
    again = draft(controller, where="1/sua", file=paper("đổi"))
    assert again.status_code == 409, "what was submitted stays"
    assert step(controller, 1, "approved").status_code == 403, "no approver"
    assert step(approver, 1, "returned").status_code == 400, "says why"
    assert step(approver, 1, "returned", reason="Thiếu sơ đồ").status_code == 302
    assert "1 dự thảo bị trả lại để sửa: QT-01" in said(controller.get("/"))
    draft(controller, where="1/sua", file=paper("có sơ đồ"), summary="Thêm sơ đồ")
    step(controller, 1, "submitted")
    assert "bị trả lại để sửa" not in said(controller.get("/"))
    assert "1 tài liệu chờ duyệt" in said(approver.get("/")), "though he sent it back once"
    units = {"departments": make.department("KD").pk, "users": people["chair"].pk, "printed": "1"}
    assert controller.post("/tai-lieu/QT-01/phan-phoi/", units).status_code == 302
    assert not OutgoingMail.objects.exists(), "nothing holds yet"
    assert step(approver, 1, "approved").status_code == 302
    told = OutgoingMail.objects.filter(subject__contains="QT-01 lần 1")
    assert sorted(told.values_list("recipient", flat=True)) == [
        "chair@example.vn", "kd@example.vn",
    ]  # fmt: skip

    # A copy with its number for who is on the list, none for who is not.
    mine = text_of(reader.get("/tai-lieu/QT-01/1/tep/"))
    foot = "QT-01 · Lần ban hành 1 · Hiệu lực từ 26/11/2026"
    assert "có sơ đồ" in mine
    assert f"{foot} · Bản kiểm soát số 01 · Trang 1/1" in mine
    theirs = text_of(controller.get("/tai-lieu/QT-01/1/tep/"))
    assert f"{foot} · BẢN IN KHÔNG KIỂM SOÁT · Trang 1/1" in theirs
    printed = text_of(controller.get("/tai-lieu/QT-01/1/tep/?ban=2"))
    assert "Bản kiểm soát số 02" in printed, "paper for somebody on the list"
    assert controller.get("/tai-lieu/QT-01/1/tep/?ban=9").status_code == 404
    assert reader.get("/tai-lieu/QT-01/1/tep/?ban=2").status_code == 403
    given = IssueDownload.objects.order_by("pk").values_list("by__username", "copy__number")
    assert list(given) == [("kd", 1), ("secretary", None), ("secretary", 2)]

    # Reading is confirmed by readers only; the page tells who has not, the start page what waits.
    assert "1 tài liệu chờ bạn đọc: QT-01" in said(reader.get("/"))
    assert "Trần Thị Bình" in said(controller.get("/tai-lieu/QT-01/")).split("Chưa xác nhận")[1]
    assert reader.post("/tai-lieu/QT-01/1/da-doc/").status_code == 302
    assert reader.post("/tai-lieu/QT-01/1/da-doc/").status_code == 302
    assert "chờ bạn đọc" not in said(reader.get("/"))
    unread = said(controller.get("/tai-lieu/QT-01/")).split("Chưa xác nhận đã đọc")[1]
    assert "Trần Thị Bình" not in unread.split("Soát xét")[0]
    assert controller.post("/tai-lieu/QT-01/1/da-doc/").status_code == 403

    # A second issue ends the first on its day; the first stays to be read, marked.
    issued(office, 2, effective=LATER)
    assert "Bản giấy chưa thu hồi" not in said(controller.get("/tai-lieu/QT-01/"))
    assert "CHƯA ĐẾN NGÀY HIỆU LỰC" in text_of(reader.get("/tai-lieu/QT-01/2/tep/"))
    time_machine_at(NOW + timedelta(days=5))
    assert "HẾT HIỆU LỰC" in text_of(reader.get("/tai-lieu/QT-01/1/tep/"))
    assert "HẾT HIỆU LỰC" not in text_of(reader.get("/tai-lieu/QT-01/2/tep/"))
    page = said(controller.get("/tai-lieu/QT-01/"))
    assert page.count('value="1"><button') == 2, "two printed copies to take back"
    recall = controller.post("/tai-lieu/QT-01/phan-phoi/1/thu-hoi/", {"issue": "1"})
    assert recall.status_code == 302
    again = controller.post("/tai-lieu/QT-01/phan-phoi/1/thu-hoi/", {"issue": "1"})
    assert again.status_code == 409
    assert PaperRecall.objects.count() == 1

    # Withdrawn without a successor.
    assert step(approver, 2, "withdrawn").status_code == 400
    assert step(approver, 2, "withdrawn", reason="Không dùng nữa").status_code == 302
    assert "hết hiệu lực" in said(reader.get("/tai-lieu/"))
    assert OutgoingMail.objects.filter(subject__startswith="Thu hồi QT-01 lần 2").count() == 2
    ways = IssueStep.objects.filter(issue__number=1).order_by("pk").values_list("kind", flat=True)
    assert list(ways) == [
        "drafted", "submitted", "returned", "changed", "submitted", "approved",
    ]  # fmt: skip


def test_the_author_does_not_approve_and_no_issue_holds_before_its_approval(
    office, time_machine_at
):
    approver = office["approver"]
    approver.post("/tai-lieu/moi/", entry())
    draft(approver, file=paper())
    step(approver, 1, "submitted")
    own = step(approver, 1, "approved")
    assert own.status_code == 403
    assert "không tự duyệt" in said(own)
    # The day passes while it waits: the approver has to name another.
    draft(office["controller"], file=paper())
    office["controller"].post("/tai-lieu/moi/", entry("QT-02"))
    draft(office["controller"], "QT-02", file=paper())
    step(office["controller"], 1, "submitted", "QT-02")
    assert "1 tài liệu chờ duyệt" in said(approver.get("/")), "not the one of his own"
    time_machine_at(NOW + timedelta(days=2))
    late = step(approver, 1, "approved", "QT-02", day=TODAY.isoformat())
    assert late.status_code == 400
    assert "sớm nhất là 28/11/2026" in said(late)
    assert set(DocumentIssue.objects.values_list("state", flat=True)) == {"submitted"}
    assert step(approver, 1, "approved", "QT-02", day="2026-11-28").status_code == 302


def test_a_unit_without_an_account_is_named_since_nobody_hears_of_its_copy(office):
    controller = office["controller"]
    controller.post("/tai-lieu/moi/", entry())
    issued(office)
    assert "đã xác nhận lần ban hành" not in said(controller.get("/tai-lieu/QT-01/")), "to nobody"
    for code, printed in (("KHO", ""), ("XE", "1")):
        unit = {"departments": make.department(code).pk} | ({"printed": "1"} if printed else {})
        controller.post("/tai-lieu/QT-01/phan-phoi/", unit)
    names = [make.department(code).name for code in ("KHO", "XE")]
    told = said(controller.get("/tai-lieu/QT-01/")).split("Chưa xác nhận đã đọc")[1]
    unread = told.split("Soát xét định kỳ")[0]
    assert f"{names[0]} (bản số 01): đơn vị chưa có tài khoản nào" in " ".join(unread.split())
    assert names[1] not in unread, "it has paper"


def test_each_report_to_be_controlled_is_told_from_its_sisters(office):
    form = office["controller"].get("/tai-lieu/moi/").context["form"]
    _head, offered = form["origin"].field.choices[1]
    assert len({name for _code, name in offered}) == len(offered)
    office["controller"].post("/tai-lieu/moi/", entry() | {"origin": "report:quarterly-report"})
    assert "Báo cáo quý" in said(office["controller"].get("/tai-lieu/QT-01/"))


def test_what_was_submitted_and_done_cannot_be_rewritten(office):
    office["controller"].post("/tai-lieu/moi/", entry())
    issued(office)
    for change in (
        lambda: DocumentIssue.objects.update(summary="khác"),
        lambda: DocumentIssue.objects.all()._raw_delete("default"),
        lambda: IssueStep.objects.all().delete(),
        lambda: ControlledDocument.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()


def office_file(parts):
    memory = BytesIO()
    with zipfile.ZipFile(memory, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return memory.getvalue()


WORD = (
    '<Types><Override ContentType="application/vnd.openxmlformats-officedocument'
    '.wordprocessingml.document.main+xml"/></Types>'
)
RELATION = '<Relationships><Relationship Type="x/{kind}" TargetMode="External" Target="http://x"/></Relationships>'
FIELD = '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:r><w:instrText>{code}</w:instrText></w:r></w:p>'
SIMPLE_FIELD = '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:fldSimple w:instr="{code}"/></w:p>'
ENTITIES = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90 not a document", "không phải PDF"),
        (b"%PDF-1.4 torn", "PDF không dùng được"),
        (office_file({"[Content_Types].xml": "<Types/>"}), "không phải PDF"),
        (office_file({"[Content_Types].xml": WORD, "word/vbaProject.bin": "x"}), "macro"),
        (office_file({"[Content_Types].xml": WORD.replace("document.main", "document.macroEnabled.main")}), "macro"),
        (office_file({"[Content_Types].xml": WORD, "word/document.xml": ENTITIES}), "tệp hỏng"),
        (office_file({"[Content_Types].xml": WORD, "word/_rels/a.rels": RELATION.format(kind="attachedTemplate")}), "từ tệp khác"),
        # Word knows the parts of a file by their names in capital letters, too.
        (office_file({"[Content_Types].xml": WORD, "word/_rels/a.RELS": RELATION.format(kind="attachedTemplate")}), "từ tệp khác"),
        (office_file({"[Content_Types].xml": WORD, "word/DOCUMENT.XML": ENTITIES}), "tệp hỏng"),
        # Which of two parts of one name is read, each program decides.
        (office_file({"[Content_Types].xml": WORD, "word/_rels/a.rels": "<x/>", "word/_rels/A.rels": "<x/>"}), "tệp hỏng"),
        (office_file({"[Content_Types].xml": WORD, "word/_rels/a.rels": RELATION.format(kind="aFChunk").replace("External", "Internal")}), "từ tệp khác"),
        (office_file({"[Content_Types].xml": WORD, "word/document.xml": FIELD.format(code='DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\\\x "/c calc"')}), "từ tệp khác"),
        (office_file({"[Content_Types].xml": WORD, "word/header1.xml": SIMPLE_FIELD.format(code="IncludePicture &quot;http://x/a.png&quot;")}), "từ tệp khác"),
        (b"%PDF-" + b"0" * (15 * 1024 * 1024), "15 MB"),
        (b"", "rỗng"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_reason(office, content, words):
    office["controller"].post("/tai-lieu/moi/", entry())
    answer = draft(office["controller"], file=SimpleUploadedFile("a.pdf", content))
    assert answer.status_code in (400, 413)
    assert words in said(answer)
    assert not DocumentIssue.objects.exists()


def test_entries_that_cannot_stand_are_refused(office, settings):
    controller = office["controller"]
    controller.post("/tai-lieu/moi/", entry(origin="report:weekly-briefing"))
    refused = [
        (entry(), "đã có trong danh mục"),
        (entry("QT 02/x"), "chỉ được gồm"),
        (entry("QT-02", origin="report:weekly-briefing"), "dưới mã QT-01"),
        (entry("QT-02", title=" "), "Tên tài liệu"),
    ]
    for sent, words in refused:
        answer = controller.post("/tai-lieu/moi/", sent)
        assert answer.status_code in (400, 409), words
        assert words in said(answer)
    settings.DOCUMENT_CODE_PATTERN = "[A-Z]{2}-[0-9]{2}"
    assert controller.post("/tai-lieu/moi/", entry("QUYTRINH")).status_code == 400
    assert ControlledDocument.objects.count() == 1
    nothing = draft(controller, "QT-01", summary=" ")
    assert nothing.status_code == 400


def test_the_register_goes_out_with_names_as_texts(office, django_assert_max_num_queries):
    for number in range(3):
        office["controller"].post(
            "/tai-lieu/moi/", entry(f"QT-0{number}", title='=HYPERLINK("http://x")')
        )
    issued(office, code="QT-01")
    with django_assert_max_num_queries(12):
        answer = office["controller"].get("/tai-lieu/danh-muc.xlsx?q=hyperlink")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    rows = [list(row) for row in sheet.iter_rows(min_row=6)]
    assert [row[1].value for row in rows] == ["QT-00", "QT-01", "QT-02"]
    assert (rows[1][2].value, rows[1][2].data_type) == ('=HYPERLINK("http://x")', "s")
    assert [row[5].value for row in rows] == [None, 1, None]
    paper = PdfReader(BytesIO(office["controller"].get("/tai-lieu/danh-muc.pdf").content))
    text = paper.pages[0].extract_text()
    assert "DANH MỤC TÀI LIỆU KIỂM SOÁT" in text
    assert "QT-02" in text
    assert office["stranger"].get("/tai-lieu/").status_code == 200
    assert "QT-01" not in said(office["stranger"].get("/tai-lieu/"))
    assert office["stranger"].get("/tai-lieu/QT-01/1/tep/").status_code == 404


def test_reviews_fall_due_are_reminded_and_recorded(office, people, settings, time_machine_at):
    settings.DOCUMENT_REVIEW_MONTHS = 6
    office["controller"].post("/tai-lieu/moi/", entry())
    assert "Soát xét định kỳ" not in said(office["controller"].get("/tai-lieu/QT-01/"))
    early = office["controller"].post("/tai-lieu/QT-01/soat-xet/", {"outcome": "keep"})
    assert early.status_code == 409
    issued(office)
    due = datetime(2027, 5, 26, 8, tzinfo=VN)
    assert remind(at=due - timedelta(days=15)) == 0
    saturday = due - timedelta(days=11)
    moved = CalendarDay.objects.create(
        date=(due - timedelta(days=14)).date(), kind=DayKind.HOLIDAY, name="Nghỉ"
    )
    assert remind(at=due - timedelta(days=14)) == remind(at=saturday) == 0, "nobody works"
    moved.delete()
    with transaction.atomic():
        CalendarDay.objects.create(date=saturday.date(), kind=DayKind.MAKEUP_WORK, name="Làm bù")
        assert remind(at=saturday) == 2
        transaction.set_rollback(True)
    assert remind(at=due - timedelta(days=14)) == 2
    assert remind(at=due - timedelta(days=8)) == 0, "at most once a week"
    assert remind(at=due - timedelta(days=7)) == 2
    mail = OutgoingMail.objects.filter(subject__contains="soát xét").order_by("pk")[0]
    assert "QT-01 Quy trình nhận vé ế (trước 26/05/2027)" in mail.text
    time_machine_at(due)
    controller = office["controller"]
    assert "QT-01" in said(controller.get("/tai-lieu/?loc=soat-xet"))
    vague = controller.post("/tai-lieu/QT-01/soat-xet/", {"outcome": "revise"})
    assert vague.status_code == 400
    assert controller.post("/tai-lieu/QT-01/soat-xet/", {"outcome": "keep"}).status_code == 302
    assert "26/11/2027" in said(controller.get("/tai-lieu/QT-01/"))
    assert "QT-01" not in said(controller.get("/tai-lieu/?loc=soat-xet"))


def test_programs_read_the_register_as_their_owner_may(office, people, api):
    office["controller"].post("/tai-lieu/moi/", entry())
    issued(office)
    draft(office["controller"], file=paper(), effective=LATER)
    units = {"departments": make.department("KD").pk}
    office["controller"].post("/tai-lieu/QT-01/phan-phoi/", units)
    reader = api(people["kd"])
    (row,) = reader.get("/api/v1/documents/").json()["results"]
    some = reader.get("/api/v1/documents/?fields=code").json()
    assert some["results"] == [{"code": row["code"]}]
    assert (row["code"], row["issue"], row["review_date"]) == ("QT-01", 1, "2027-11-26")
    told = reader.get("/api/v1/documents/QT-01/").json()["issues"]
    assert [(each["number"], each["standing"]) for each in told] == [(1, "in_force")]
    all_of_them = api(people["secretary"]).get("/api/v1/documents/QT-01/issues/").json()
    assert [each["standing"] for each in all_of_them] == ["draft", "in_force"]
    file = reader.get("/api/v1/documents/QT-01/issues/1/file/")
    assert "Bản kiểm soát số 01" in text_of(file)
    assert reader.get("/api/v1/documents/QT-01/issues/2/file/").status_code == 404
    assert api(people["tchc"]).get("/api/v1/documents/QT-01/").status_code == 404


def test_forms_carry_their_issue_from_the_day_it_holds(office, people, briefing, time_machine_at):
    controller, first = office["controller"], "Lần ban hành 1 · Hiệu lực từ 26/11/2026"
    for code, form in (("BM-01", "01a-LĐTL"), ("BM-02", "thong-bao")):
        controller.post("/tai-lieu/moi/", entry(code, kind="form", origin=f"form:{form}"))
    month = "?thang=2026-11"

    def feet():
        sheets = openpyxl.load_workbook(
            BytesIO(controller.get(f"/cham-cong/bang-cong/mau-01a/{month}").content)
        )
        printed = text_of(controller.get(f"/cham-cong/bang-cong/mau-01a/pdf/{month}"))
        notice = drafted(briefing, PaperKind.NOTICE, at=NOW)
        return sheets.worksheets[0].oddFooter.left.text, printed, notice.controlled

    left, printed, notice = feet()
    assert (left, notice) == (None, "")
    assert "Lần ban hành" not in printed
    issued(office, code="BM-01"), issued(office, code="BM-02")
    left, printed, notice = feet()
    assert (left, notice) == (f"BM-01 · {first}", f"BM-02 · {first}")
    assert f"BM-01 · {first}" in printed
    assert "Trang 1/1" in printed
    assert drafted(briefing, PaperKind.MINUTES, at=NOW).controlled == "", "another form"
    issued(office, 2, effective=LATER, code="BM-02")
    assert drafted(briefing, PaperKind.NOTICE, at=NOW).controlled == f"BM-02 · {first}"
    assert "Lần ban hành 2" in drafted(briefing, PaperKind.NOTICE, at=NOW + timedelta(5)).controlled


def test_a_reconciliation_and_the_details_of_overtime_carry_their_issue(office, people):
    controller, chair = office["controller"], office["approver"]
    record = Reconciliation.objects.create(
        agent=make.agent("AN", make.region("22101")), region=make.region("22102"),
        first=date(2026, 11, 1), last=TODAY, version=1, tickets=[], by=people["chair"], at=NOW,
        **dict.fromkeys(AMOUNTS, 0),
    )  # fmt: skip
    address = f"/ban-ve/cong-no/doi-chieu/{record.pk}/tep"

    def book(client, where):
        return openpyxl.load_workbook(BytesIO(client.get(where).content))

    assert "Lần ban hành" not in text_of(chair.get(f"{address}.pdf"))
    for code, form in (("BM-03", "doi-chieu"), ("BM-04", "01b-LĐTL")):
        controller.post("/tai-lieu/moi/", entry(code, kind="form", origin=f"form:{form}"))
        issued(office, code=code)
    line = "Lần ban hành 1 · Hiệu lực từ 26/11/2026"
    assert f"BM-03 · {line}" in text_of(chair.get(f"{address}.pdf"))
    feet = [sheet.oddFooter for sheet in book(chair, f"{address}.xlsx").worksheets]
    assert [foot.left.text for foot in feet] == [f"BM-03 · {line}"] * len(feet)
    assert {foot.center.text for foot in feet} == {"Trang &P/&N"}
    form = book(controller, "/cham-cong/bang-cong/mau-01b/?thang=2026-11")
    assert form["Chi tiết làm thêm"].oddFooter.left.text == f"BM-04 · {line}"

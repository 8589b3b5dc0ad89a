"""Reports made under a controlled document: its issue on every face, its Word template once approved."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from pypdf import PdfReader

from backend.clock import VN
from backend.jobs import queue, work
from reporting.builders.docx import TEMPLATE
from reporting.editions import report_of
from reporting.faces import faces_of
from reporting.models import DocumentIssue, Edition, FileKind
from reporting.setup import ensure_weekly_briefing
from tests import make

pytestmark = pytest.mark.django_db


def template(old: str = "", new: str = "") -> bytes:
    """The shipped template with a text changed, as a clerk would in Word."""
    memory = BytesIO()
    with ZipFile(TEMPLATE) as shipped, ZipFile(memory, "w") as own:
        for name in shipped.namelist():
            content = shipped.read(name)
            if name == "word/document.xml" and old:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            own.writestr(name, content)
    return memory.getvalue()


@pytest.fixture
def office(person, page, company):
    return {
        "controller": page(person("hr")),
        "approver": page(person("executive", username="boss")),
        "boss": person("auditor"),
    }


def entered(office):
    sent: dict[str, object] = {"code": "BC-01", "title": "Báo cáo giao ban", "kind": "report", "origin": "report:weekly-briefing"}  # fmt: skip
    sent["owner"] = make.department("TCHC").pk
    assert office["controller"].post("/tai-lieu/moi/", sent).status_code == 302


def issued(office, number, day, file=None):
    sent = {"summary": "Ban hành", "effective": day.isoformat()}
    if file is not None:
        sent["file"] = SimpleUploadedFile("mau.docx", file)
    answer = office["controller"].post("/tai-lieu/BC-01/lan-moi/", sent)
    if answer.status_code == 302:
        for who, step in (("controller", "submitted"), ("approver", "approved")):
            answer = office[who].post(f"/tai-lieu/BC-01/{number}/buoc/", {"step": step})
            assert answer.status_code == 302, answer.content.decode()
    return answer


def made():
    """One more edition of the weekly briefing."""
    now = queue.database_now()
    ensure_weekly_briefing([], first_due_at=now, at=now)
    work.work_off(worker="test:1")
    return Edition.objects.order_by("-pk")[0]


def faces(edition):
    return {
        file.kind: bytes(file.stored.content)
        for file in edition.files.select_related("stored")
        if file.stored
    }


def foot_of(content):
    return "".join(
        paragraph.text or ""
        for section in Document(BytesIO(content)).sections
        for paragraph in section.first_page_footer.paragraphs + section.footer.paragraphs
    )


def with_foot(content):
    document, memory = Document(BytesIO(content)), BytesIO()
    document.sections[0].footer.paragraphs[0].text = "Chân trang của công ty"
    document.save(memory)
    return memory.getvalue()


def test_every_face_names_the_issue_it_was_made_under(office, monkeypatch):
    plain = made()
    assert "BC-01" not in PdfReader(BytesIO(faces(plain)["pdf"])).pages[0].extract_text()
    today = queue.database_now().astimezone(VN).date()
    monkeypatch.setattr("backend.clock.now", lambda: queue.database_now() - timedelta(days=3))
    entered(office)
    issued(office, 1, today - timedelta(days=3))
    monkeypatch.undo()
    edition = made()
    under = f"BC-01 · Lần ban hành 1 · Hiệu lực từ {today - timedelta(days=3):%d/%m/%Y}"
    kept = faces(edition)
    pages = PdfReader(BytesIO(kept["pdf"])).pages
    for number, each in enumerate(pages, start=1):
        assert under in each.extract_text()
        assert f"Trang {number}/{len(pages)}" in each.extract_text()
    for sheet in openpyxl.load_workbook(BytesIO(kept["xlsx"])):
        assert under in str(sheet.oddFooter.center.text)
    assert under in foot_of(kept["docx"])
    assert under in kept["html"].decode()

    # Another template in the next issue: new editions take it, old ones stay what they were.
    own = with_foot(template("{{ heading.title|upper }}", "TỜ TRÌNH {{ heading.title|upper }}"))
    monkeypatch.setattr("backend.clock.now", lambda: queue.database_now() - timedelta(days=1))
    issued(office, 2, today - timedelta(days=1), own)
    monkeypatch.undo()
    newer = made()
    text = "\n".join(each.text for each in Document(BytesIO(faces(newer)["docx"])).paragraphs)
    assert "TỜ TRÌNH" in text
    [section] = Document(BytesIO(faces(newer)["docx"])).sections
    for foot in (section.first_page_footer, section.footer):
        assert "Lần ban hành 2" in foot.paragraphs[-1].text
    assert section.footer.paragraphs[0].text == "Chân trang của công ty", "the template's own stays"
    assert newer.template_version != edition.template_version
    for each in (plain, edition, newer):
        content = report_of(each)
        assert content is not None
        again = faces_of(content, sha256=each.sha256)
        assert {kind.value: content for kind, content in again.made.items()} == faces(each)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            template("{{ heading.title|upper }}", "{{ heading.__class__ }}"),
            "bắt đầu bằng gạch dưới",
        ),
        (template("{{ heading.title|upper }}", "{{ heading.company"), "đoạn"),
        (template("{{ heading.title|upper }}", "{{ heading.nothing }}"), "nothing"),
        (template("{{ heading.title|upper }}", "{{ heading.number &lt; days }}"), "Error"),
        (b"%PDF-1.4", "PDF"),
    ],
)
def test_a_faulty_word_template_is_refused_with_place_and_reason(office, file, words):
    entered(office)
    answer = issued(office, 1, queue.database_now().astimezone(VN).date() + timedelta(days=9), file)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not DocumentIssue.objects.exists()


def test_a_trial_of_invented_numbers_is_given_before_approval(office):
    entered(office)
    later = queue.database_now().astimezone(VN).date() + timedelta(days=9)
    file = SimpleUploadedFile("mau.docx", template())
    sent = {"summary": "Mẫu mới", "effective": later.isoformat(), "file": file}
    office["controller"].post("/tai-lieu/BC-01/lan-moi/", sent)
    answer = office["controller"].get("/tai-lieu/BC-01/1/thu/")
    text = "\n".join(each.text for each in Document(BytesIO(answer.content)).paragraphs)
    assert "SỐ LIỆU THỬ" in text
    assert FileKind.DOCX not in [file.kind for file in made().files.filter(stored=None)]
    assert "SỐ LIỆU THỬ" not in "\n".join(
        each.text for each in Document(BytesIO(faces(made())["docx"])).paragraphs
    ), "a draft is not used"

"""Both official forms on paper: what the sheets say, on A4 landscape, page after page."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from attendance.exports import documents as exporting_documents
from attendance.form_templates import papers
from attendance.forms.form_01a import FormDepartment, form_01a
from attendance.forms.form_01b import OvertimeDepartment, form_01b
from attendance.forms.printing import documents
from attendance.models import Export
from attendance.pages import forms
from attendance.roster.overtime import approve_overtime
from backend.clock import VN
from backend.jobs import work
from backend.org.models import Employee
from backend.pdf import PdfUnavailable, joined_pdf
from tests import make
from tests.attendance.test_form_01a import HEAD, person
from tests.attendance.test_form_01b import HEAD_01B
from tests.attendance.test_form_01b import person as overtime_person

AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)
GRID, DOCUMENTS = "/cham-cong/bang-cong/", "/cham-cong/tai-lieu/"


@pytest.fixture
def account(request):
    """conftest's `person`, whose name the builder of form 01a takes here."""
    return request.getfixturevalue("person")


@pytest.fixture(scope="module")
def printed() -> PdfReader:
    """26 people of one department, one of another."""
    many = FormDepartment("Phòng Kế toán", tuple(person(f"Trần Văn {n}.") for n in range(26)))
    one = FormDepartment("Phòng <b>Kinh doanh</b>", (person("<i>Lê Thị Bình</i>"),))
    form = form_01a(HEAD, (many, one), standard_day_minutes=480)
    return PdfReader(BytesIO(joined_pdf(documents(form))))


def test_heads_are_repeated_pages_numbered_and_every_department_begins_its_own(printed):
    texts = [page.extract_text() for page in printed.pages]
    assert len(texts) >= 3
    # each department is signed apart, and so are its pages numbered
    numbers = [f"Trang {n}/{len(texts) - 1}" for n in range(1, len(texts))] + ["Trang 1/1"]
    for number, text in zip(numbers, texts, strict=True):
        assert number in text
        assert "Họ và tên" in text
        assert "Quy ra công" in text
    assert "Bộ phận: Phòng Kế toán" in texts[0]
    assert "Bộ phận: Phòng <b>Kinh doanh</b>" in texts[-1]
    assert "<i>Lê Thị Bình</i>" in texts[-1]
    assert [n for n in range(26) if f"Trần Văn {n}." not in "".join(texts)] == []
    signed = [all(word in text for word in ("Phụ trách bộ phận", "Người duyệt")) for text in texts]
    assert signed.count(True) == 2
    assert signed[-1]


def test_it_is_a4_landscape_in_our_fonts_and_tagged(printed):
    for page in printed.pages:
        assert [round(float(side)) for side in page.mediabox[2:]] == [842, 595]
        fonts = [ref.get_object()["/BaseFont"] for ref in page["/Resources"]["/Font"].values()]
        assert all(re.fullmatch(r"/[A-Z]{6}\+Be-Vietnam-Pro.*", font) for font in fonts), fonts
    assert printed.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert printed.metadata.title == "Bảng chấm công 11/2026"


def test_symbols_and_sums_are_those_of_the_sheet():
    form = form_01a(HEAD, (FormDepartment("KT", (person(),)),), standard_day_minutes=480)
    lines = re.findall(r"<tr(?: class=\"total\")?><td.*?</tr>", "".join(documents(form)))
    cells, total = (re.findall(r"<td[^>]*>(.*?)</td>", line) for line in lines)
    assert cells[:7] == ["1", "Nguyễn Văn An", "3/12", "", "+", "+4 P4", "V"]
    assert cells[-5:] == ["", "1,5", "1,5", "", "2,0"]
    assert total[-5:] == ["0,0", "1,5", "1,5", "0,0", "2,0"]


def test_overtime_has_its_own_title_symbols_and_signatures():
    departments = (OvertimeDepartment("Phòng Kế toán", (overtime_person(),)),)
    form = form_01b(replace(HEAD_01B, legal_line="(Quy chế 2026)"), departments)
    text = PdfReader(BytesIO(joined_pdf(documents(form)))).pages[0].extract_text()
    for words in (
        "BẢNG CHẤM CÔNG LÀM THÊM GIỜ", "Mẫu số 01b-LĐTL", "(Quy chế 2026)", "NT Đ", "17:00–",
        "9,42", "Xác nhận của bộ phận có người làm thêm", "phần làm đêm đã nằm trong ba cột đó",
    ):  # fmt: skip
        assert words in text


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a", "b"])
def test_the_page_gives_the_pdf_of_its_month_and_department(page, name):
    make.employee("7")
    make.employee("8", "Lê Thị Bình", department=make.department("KD"))
    answer = page("hr").get(f"{GRID}mau-01{name}/pdf/", {"thang": "2026-11", "phong": "KD"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].endswith('-2026-11.pdf"')
    text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert "Tháng 11 năm 2026" in text
    assert "Nguyễn Văn An" not in text
    assert ("Lê Thị Bình" in text) == (name == "a")


@pytest.mark.django_db
def test_too_many_people_are_sent_to_have_it_made_in_the_background(page, monkeypatch):
    monkeypatch.setattr(forms, "MOST_AT_ONCE", 1)
    make.employee("7")
    make.employee("8", "Lê Thị Bình")
    answer = page("hr").get(f"{GRID}mau-01a/pdf/", {"thang": "2026-11"}, follow=True)
    assert answer.redirect_chain == [("/cham-cong/tai-lieu/?thang=2026-11&phong=", 302)]
    assert "Bản PDF của hơn 1 người được lập ở nền" in answer.content.decode()


def overtime(code, *, by):
    """18:00 to 20:00 on Tuesday, 3 November."""
    approve_overtime(
        employee=Employee.objects.get(code=code),
        start=datetime(2026, 11, 3, 18, 0, tzinfo=VN),
        end=datetime(2026, 11, 3, 20, 0, tzinfo=VN),
        reason="Trực quay số",
        by=by,
        at=AT,
    )
    make.punches(code, "2026-11-03 18:00", "2026-11-03 20:00")


def departments_of(text):
    return [code for code in ("HC", "KD", "KT") if f"Bộ phận: Phòng {code}" in text]


@pytest.mark.django_db
def test_the_whole_company_is_printed_in_the_background_department_by_department(
    page, account, monkeypatch
):
    """Both forms, of one company: everybody is on 01a, who worked overtime on 01b."""
    hr = account("hr")
    client = page(hr)
    for code, department in (("7", "KT"), ("8", "KD"), ("9", "HC")):
        make.employee(code, department=make.department(department, name=f"Phòng {department}"))
    for code in ("7", "8"):
        overtime(code, by=hr)
    make.timesheets(AT)
    names = {"form_01a": "bang-cham-cong", "form_01b": "bang-cham-cong-lam-them"}
    sent = {"dang": "pdf", "thang": "2026-11"}
    for kind, name in names.items():
        small = client.post(DOCUMENTS, sent | {"tai_lieu": kind})
        assert small["Content-Disposition"] == f'attachment; filename="{name}-2026-11.pdf"'
    monkeypatch.setattr(exporting_documents, "MOST_AT_ONCE", 1)
    texts = {}
    for kind in names:
        assert client.post(DOCUMENTS, sent | {"tai_lieu": kind}).status_code == 302
        assert work.work_off(worker="a") == 1
        export = Export.objects.get(run__isnull=False, kind=kind)
        assert (export.progress.done, export.progress.total) == (
            3 if kind == "form_01a" else 2,
        ) * 2
        answer = client.get(f"{DOCUMENTS}{export.key}/tep/")
        assert answer["Content-Type"] == "application/pdf"
        read = PdfReader(BytesIO(b"".join(answer.streaming_content)))
        texts[kind] = [each.extract_text() for each in read.pages]
    assert [departments_of(text) for text in texts["form_01a"]] == [["HC"], ["KD"], ["KT"]]
    assert [departments_of(text) for text in texts["form_01b"][:2]] == [["KD"], ["KT"]]
    for text in texts["form_01b"][:2]:
        assert "BẢNG CHẤM CÔNG LÀM THÊM GIỜ" in text
        assert "18:00–" in text


@pytest.mark.django_db
def test_a_server_without_the_libraries_says_so(page, monkeypatch):
    def nothing(_parts: Iterable[str]) -> bytes:
        raise PdfUnavailable("no pango")

    monkeypatch.setattr(papers, "joined_pdf", nothing)
    answer = page("hr").get(f"{GRID}mau-01a/pdf/", {"thang": "2026-11"}, follow=True)
    assert "libpango-1.0-0" in answer.content.decode()

"""Both official forms on paper: what the sheets say, on A4 landscape, page after page."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from attendance.forms.form_01a import FormDepartment, form_01a
from attendance.forms.form_01b import OvertimeDepartment, form_01b
from attendance.forms.printing import document
from attendance.pages import forms
from backend.pdf import PdfUnavailable, pdf
from tests import make
from tests.attendance.test_form_01a import HEAD, person
from tests.attendance.test_form_01b import HEAD_01B
from tests.attendance.test_form_01b import person as overtime_person

pytestmark = pytest.mark.xdist_group("faces")
GRID = "/cham-cong/bang-cong/"


@pytest.fixture(scope="module")
def printed() -> PdfReader:
    """26 people of one department, one of another."""
    many = FormDepartment("Phòng Kế toán", tuple(person(f"Trần Văn {n}.") for n in range(26)))
    one = FormDepartment("Phòng <b>Kinh doanh</b>", (person("<i>Lê Thị Bình</i>"),))
    form = form_01a(HEAD, (many, one), standard_day_minutes=480)
    return PdfReader(BytesIO(pdf(document(form))))


def test_heads_are_repeated_pages_numbered_and_every_department_begins_its_own(printed):
    texts = [page.extract_text() for page in printed.pages]
    assert len(texts) >= 3
    for number, text in enumerate(texts, start=1):
        assert f"Trang {number}/{len(texts)}" in text
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
    lines = re.findall(r"<tr(?: class=\"total\")?><td.*?</tr>", document(form))
    cells, total = (re.findall(r"<td[^>]*>(.*?)</td>", line) for line in lines)
    assert cells[:7] == ["1", "Nguyễn Văn An", "3/12", "", "+", "+4 P4", "V"]
    assert cells[-5:] == ["", "1,5", "1,5", "", "2,0"]
    assert total[-5:] == ["0,0", "1,5", "1,5", "0,0", "2,0"]


def test_overtime_has_its_own_title_symbols_and_signatures():
    departments = (OvertimeDepartment("Phòng Kế toán", (overtime_person(),)),)
    form = form_01b(replace(HEAD_01B, legal_line="(Quy chế 2026)"), departments)
    text = PdfReader(BytesIO(pdf(document(form)))).pages[0].extract_text()
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
def test_too_many_people_are_sent_back_to_choose_a_department(page, monkeypatch):
    monkeypatch.setattr(forms, "MOST_PRINTED", 1)
    make.employee("7")
    make.employee("8", "Lê Thị Bình")
    answer = page("hr").get(f"{GRID}mau-01a/pdf/", {"thang": "2026-11"}, follow=True)
    assert answer.redirect_chain == [(f"{GRID}?thang=2026-11&phong=", 302)]
    assert "tối đa 1 người. Hãy chọn một phòng ban" in answer.content.decode()


@pytest.mark.django_db
def test_a_server_without_the_libraries_says_so(page, monkeypatch):
    def nothing(_document: str) -> bytes:
        raise PdfUnavailable("no pango")

    monkeypatch.setattr(forms, "pdf", nothing)
    answer = page("hr").get(f"{GRID}mau-01a/pdf/", {"thang": "2026-11"}, follow=True)
    assert "libpango-1.0-0" in answer.content.decode()

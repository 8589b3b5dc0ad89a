"""Minutes and notices: their layout, their number, and that they are never edited."""

import gc
import tempfile
import threading
from datetime import date
from io import BytesIO
from typing import Any, cast

import pytest
from docx import Document
from msgspec.structs import replace
from pypdf import PdfReader

from backend.mail.models import OutgoingMail
from backend.pdf import pdf
from reporting.models import BriefingPaper, PaperSending
from reporting.papers.content import Attendee, Decision, PaperContent, printable
from reporting.papers.writing import document, word

CONTENT = printable(
    PaperContent(
        kind="minutes",
        number=5,
        symbol="BB-XSKT",
        day=date(2027, 2, 3),
        place="Quảng Ninh",
        company="Công ty Xổ số Thử Nghiệm",
        company_owner="UBND TỈNH THỬ NGHIỆM",
        is_demonstration=False,
        meeting="Giao ban tuần ngày 01/02/2027",
        meeting_day=date(2027, 2, 1),
        meeting_place="Phòng họp tầng 2",
        began="08:00",
        ended="08:55",
        chair="Phạm Giám Đốc",
        chair_title="Giám đốc",
        secretary="Ngô Thư Ký",
        present=(Attendee("Trần <b>Bình</b> & Co {{ 7*7 }}", "Phòng Kinh doanh", "Trưởng phòng"),),
        absent=(Attendee("Lê Văn Cường", "", "", "ốm"),),
        agenda=("Số liệu tuần",),
        proceedings="=SUM(A1)\x0b\nDòng hai\n" + "ghi chú " * 5_000,
        opinions=("Mở thêm điểm bán? Kín, 5 người trả lời. Có: 3; Không: 2.",),
        decisions=(
            Decision("Đẩy mạnh bán vé", "Phòng Kinh doanh", date(2027, 2, 9), "doanh thu 1 đồng"),
        ),
        copies_to=("Như thành phần;", "Lưu: VT."),
    )
)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2027, 2, 3), "Quảng Ninh, ngày 03 tháng 02 năm 2027"),
        (date(2027, 3, 10), "Quảng Ninh, ngày 10 tháng 3 năm 2027"),
        (date(2027, 12, 9), "Quảng Ninh, ngày 09 tháng 12 năm 2027"),
    ],
)
def test_place_and_day_as_the_decree_writes_them(day, words):
    assert replace(CONTENT, day=day).place_and_day == words


def test_page_pdf_and_word_say_the_same():
    wanted = [
        "UBND TỈNH THỬ NGHIỆM", "CÔNG TY XỔ SỐ THỬ NGHIỆM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc", "Số: 05/BB-XSKT", "Quảng Ninh, ngày 03 tháng 02 năm 2027",
        "BIÊN BẢN", "Trần <b>Bình</b> & Co {{ 7*7 }}, Trưởng phòng, Phòng Kinh doanh.",
        "Lê Văn Cường (ốm).", "=SUM(A1)", "1. Đẩy mạnh bán vé.", "Có: 3; Không: 2.",
        "Hoàn thành trước ngày 09/02/2027.", "Chỉ tiêu theo dõi: doanh thu 1 đồng.", "Nơi nhận:",
        "Lưu: VT.", "THƯ KÝ", "CHỦ TRÌ",
    ]  # fmt: skip
    made = pdf(document(CONTENT))
    reader = PdfReader(BytesIO(made))
    first = reader.pages[0].extract_text()
    told = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    file = Document(BytesIO(word(CONTENT)))
    cells = [cell for table in file.tables for row in table.rows for cell in row.cells]
    lines = [p.text for p in file.paragraphs] + [p.text for cell in cells for p in cell.paragraphs]
    written = " ".join(" ".join(lines).split())
    assert [words for words in wanted if words not in told] == []
    assert [words for words in wanted if words not in written] == []
    assert told.count("chú") == written.count("chú") == 5_000
    # A number on top of the second page and none on the first; only the shipped font.
    assert first.split()[-1] == "1."  # of the agenda
    assert reader.pages[1].extract_text().split()[-1] == "2"
    fonts: list[Any] = [p["/Resources"]["/Font"] for p in cast("Any", reader.pages)]
    names = {ref.get_object()["/BaseFont"].split("+")[1] for page in fonts for ref in page.values()}
    assert names
    assert all(name.startswith("Tinos") for name in names)
    assert word(CONTENT) == word(CONTENT)
    assert made == pdf(document(CONTENT))


def test_papers_leave_no_folders_behind(tmp_path, monkeypatch):
    """One folder of unpacked fonts for all that a thread prints, and none when it is gone."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen = []

    def prints():
        for _paper in range(3):
            pdf(document(replace(CONTENT, proceedings="")))
            seen.append(len(list(tmp_path.iterdir())))

    thread = threading.Thread(target=prints)
    thread.start()
    thread.join()
    del thread
    gc.collect()
    assert seen == [1, 1, 1]
    assert list(tmp_path.iterdir()) == []


def test_a_controlled_form_names_its_issue_and_page_at_the_foot():
    line = "BM-02 · Lần ban hành 1 · Hiệu lực từ 26/11/2026"
    content = replace(CONTENT, controlled=line)
    pages = PdfReader(BytesIO(pdf(document(content)))).pages
    for number, page in enumerate(pages, start=1):
        text = page.extract_text()
        assert line in text
        assert f"Trang {number}/{len(pages)}" in text
    fonts = [ref.get_object()["/BaseFont"] for ref in cast("Any", pages[0])["/Resources"]["/Font"].values()]  # fmt: skip
    assert all("Tinos" in name for name in fonts)
    [section] = Document(BytesIO(word(content))).sections
    feet = [section.footer, section.first_page_footer]
    assert [f"{line} · Trang " in "".join(p.text for p in foot.paragraphs) for foot in feet] == [True, True]  # fmt: skip
    assert word(content) == word(content)


@pytest.fixture
def held(briefing, people, page):
    """A briefing with one conclusion, closed."""
    secretary = page(people["secretary"])
    address = f"/giao-ban/{briefing.pk}/"
    secretary.post(f"{address}buoc/", {"act": "open"})
    secretary.post(f"{address}ket-luan/", {"line": "Bán thêm vé @KD #30/11 !kpi:doanh-thu"})
    secretary.post(f"{address}bien-ban/", {"base": 0, "text": "Phòng KD báo cáo."})
    return briefing


@pytest.mark.django_db
def test_the_chair_approves_once_and_a_correction_is_a_new_issue(held, people, page):
    secretary, chair = page(people["secretary"]), page(people["chair"])
    address = f"/giao-ban/{held.pk}/van-ban/thong-bao/"
    assert "……/TB-XSKT" in secretary.get(address).content.decode()
    assert page(people["kd"]).get(address).status_code == 404  # a draft is not for everybody
    assert chair.post(address).status_code == 409  # not closed yet
    secretary.post(f"/giao-ban/{held.pk}/buoc/", {"act": "close"})
    assert secretary.post(address).status_code == 403
    assert not BriefingPaper.objects.exists()
    assert chair.post(address).status_code == 302
    first = BriefingPaper.objects.get()
    assert (first.full_number, first.year, first.approved_by) == (
        "01/TB-XSKT",
        2026,
        people["chair"],
    )
    assert chair.post(address).status_code == 409  # without a reason
    assert chair.post(address, {"reason": "Sai hạn"}).status_code == 302
    second = BriefingPaper.objects.latest("pk")
    assert (second.full_number, second.replaces, second.reason) == ("02/TB-XSKT", first, "Sai hạn")
    minutes = f"/giao-ban/{held.pk}/van-ban/bien-ban/"
    assert chair.post(minutes).status_code == 302
    assert BriefingPaper.objects.get(kind="minutes").full_number == "01/BB-XSKT"
    # What was approved stays to be read, as it was.
    for paper in (first, second):
        file = page(people["kd"]).get(f"/giao-ban/van-ban/{paper.pk}/tep.pdf")
        kept = paper.pdf
        assert kept is not None
        assert file.content == bytes(kept.content)
        assert f"{paper.number:02d}-TB-XSKT-2026.pdf" in file["Content-Disposition"]
    html = page(people["kd"]).get(address).content.decode()
    assert "02/TB-XSKT" in html
    assert "Thay thế văn bản số 01/TB-XSKT" in html
    assert page(people["tchc"]).get(f"/giao-ban/van-ban/{first.pk}/tep.pdf").status_code == 404


@pytest.mark.django_db
def test_a_paper_is_sent_once_to_each_and_one_bad_address_stops_all(held, people, page, settings):
    settings.MAIL_ALLOWED_DOMAINS = ["tinh.gov.vn"]
    secretary, chair = page(people["secretary"]), page(people["chair"])
    secretary.post(f"/giao-ban/{held.pk}/buoc/", {"act": "close"})
    chair.post(f"/giao-ban/{held.pk}/van-ban/thong-bao/")
    paper = BriefingPaper.objects.get()
    address = f"/giao-ban/van-ban/{paper.pk}/gui/"
    before = OutgoingMail.objects.count()
    for bad in ("vp@evil.vn", "vp@tinh.gov.vn\r\nBcc: x@y.vn"):
        refused = secretary.post(address, {"to": f"ok@tinh.gov.vn\n{bad}"})
        assert refused.status_code == 400
        assert "ok@tinh.gov.vn" in refused.content.decode()  # what was typed is still there
    assert OutgoingMail.objects.count() == before
    assert secretary.post(address, {"to": "vp@tinh.gov.vn"}).status_code == 302
    assert secretary.post(address, {"to": "vp@tinh.gov.vn"}).status_code == 302
    sent = set(PaperSending.objects.values_list("recipient", flat=True))
    assert sent == {
        "kd@example.vn", "chair@example.vn", "secretary@example.vn", "vp@tinh.gov.vn",
    }  # fmt: skip
    assert OutgoingMail.objects.count() == before + 4
    mail = PaperSending.objects.get(recipient="vp@tinh.gov.vn").mail
    assert [each.name for each in mail.attachments.order_by("pk")] == [
        "01-TB-XSKT-2026.pdf", "01-TB-XSKT-2026.docx",
    ]  # fmt: skip


def test_minutes_without_a_roll_call_say_so_and_the_signatures_stay_together():
    bare = replace(CONTENT, present=(), online=(), absent=())
    assert "Chưa ghi điểm danh." in document(bare)
    file = Document(BytesIO(word(bare)))
    assert "Chưa ghi điểm danh." in [each.text for each in file.paragraphs]
    assert "Chưa ghi điểm danh." not in document(CONTENT)
    head, signatures = file.tables
    # 12 pt bold capitals of the state's name are 88.4 mm wide; a cell keeps 1.9 mm at each side.
    assert head.rows[0].cells[1].width.mm > 92.2
    assert head.columns[1].width.mm > 92.2
    assert signatures.rows[0]._tr.xpath("w:trPr/w:cantSplit")
    closing = next(each for each in file.paragraphs if each.text.endswith("./."))
    assert closing.paragraph_format.keep_with_next

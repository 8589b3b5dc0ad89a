"""One value, four faces: the numbers are the same wherever they are read."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from backend.pdf import fetch_font, pdf
from reporting.builders import html, numbers
from reporting.builders.briefing import Briefing, Failure, digest, freeze, thaw
from reporting.builders.mail import letter
from reporting.builders.sentences import sentences
from reporting.builders.tiles import tiles
from reporting.builders.workbook import workbook
from tests.reporting.samples import MISSING, briefing, empty, sales

SHA = "0" * 64

pytestmark = pytest.mark.xdist_group("faces")


@pytest.fixture(scope="module")
def full() -> Briefing:
    return briefing(sales=sales(54))


@pytest.fixture(scope="module")
def pdf_text(full: Briefing) -> str:
    return text_of(pdf(html.document(full, sha256=SHA)))


def text_of(content: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages
    )


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def shown_numbers(briefing: Briefing) -> Iterator[str]:
    """Every number the paper shows, as it is written."""
    assert briefing.sales is not None
    assert briefing.attendance is not None
    for line in (briefing.sales.total, *briefing.sales.regions):
        yield numbers.whole(line.now.issued)
        yield numbers.whole(line.now.sold)
        yield numbers.percent(line.now.sell_through_bps)
        yield numbers.millions(line.now.revenue_amount)
    for draw in briefing.sales.draws:
        yield numbers.millions(draw.now.revenue_amount)
    for mover in (*briefing.sales.risers, *briefing.sales.fallers):
        yield numbers.signed(numbers.millions(mover.change_amount))
    for debt in briefing.sales.debts:
        yield numbers.millions(debt.over_amount)
    for department in (briefing.attendance.total, *briefing.attendance.departments):
        yield numbers.whole(department.present_days)
        yield numbers.hours(department.overtime_minutes)


def test_paper_shows_every_number_of_the_value(full: Briefing, pdf_text: str) -> None:
    missing = [number for number in shown_numbers(full) if number not in pdf_text]
    assert missing == []


def test_page_shows_every_number_of_the_value(full: Briefing) -> None:
    page = html.article(full, sha256=SHA)
    assert [number for number in shown_numbers(full) if number not in page] == []


def test_workbook_holds_the_same_numbers(full: Briefing) -> None:
    assert full.sales is not None
    assert full.attendance is not None
    found = sheets(workbook(full, sha256=SHA))
    regions = {row[0]: row for row in found["Địa bàn"][4:] if row[0]}
    for line in full.sales.regions:
        row = regions[line.code]
        assert row[1] == line.name
        assert row[2:4] == [line.now.issued, line.now.sold]
        assert row[5] == line.now.revenue_amount
        assert round(row[4] * 10_000) == line.now.sell_through_bps
        assert round(row[7] * 10_000) == line.week.change_bps
    total = next(row for row in found["Địa bàn"] if row[1] == "Cộng")
    assert total[5] == full.sales.total.now.revenue_amount, "cached value of the formula"
    assert [row[5] for row in found["Kỳ quay"][4:11]] == [
        draw.now.revenue_amount for draw in full.sales.draws
    ]
    people = {row[0]: row for row in found["Chấm công"]}
    assert people["Toàn công ty"][2] == full.attendance.total.present_days


def test_totals_are_formulas_that_add_up(full: Briefing) -> None:
    assert full.sales is not None
    book = openpyxl.load_workbook(BytesIO(workbook(full, sha256=SHA)))
    sheet = book["Địa bàn"]
    last = sheet.max_row
    assert sheet.cell(last, 6).value == f"=SUM(F5:F{last - 1})"
    added = sum(sheet.cell(row, 6).value for row in range(5, last))
    assert added == full.sales.total.now.revenue_amount


def test_every_sheet_is_ready_to_print_and_has_native_charts(full: Briefing) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(full, sha256=SHA)))
    for sheet in book.worksheets:
        assert int(sheet.page_setup.paperSize) == 9, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.oddFooter.right.text, sheet.title
    charts = {sheet.title: len(sheet._charts) for sheet in book.worksheets}
    assert {name for name, count in charts.items() if count} == {"Kỳ quay", "Các tuần", "Chấm công"}


def test_mail_and_workbook_say_the_same_sentences_and_tiles(full: Briefing) -> None:
    words = letter(full, sha256=SHA, link="https://x.example/b", files=["a.pdf"])
    first_sheet = " ".join(
        str(cell) for row in sheets(workbook(full, sha256=SHA))["Tóm tắt"] for cell in row
    )
    for sentence in sentences(full):
        assert sentence in words.text
        assert sentence in words.html
        assert sentence in first_sheet
    for tile in tiles(full):
        assert tile.value in words.text
        assert tile.value in words.html
        assert tile.value in first_sheet
    assert "https://x.example/b" in words.text
    assert "https://x.example/b" in words.html


def test_missing_sources_stand_in_every_face(full: Briefing, pdf_text: str) -> None:
    words = letter(full, sha256=SHA, link="", files=[])
    found = sheets(workbook(full, sha256=SHA))
    for agent in MISSING.agents:
        assert agent.name in pdf_text
        assert agent.name in words.text
        assert agent.name in words.html
        assert any(agent.code in row for row in found["Còn thiếu"])
    assert "Cổng chi nhánh Móng Cái" in pdf_text


def test_snapshot_is_the_value_and_gives_the_same_bytes_again(full: Briefing) -> None:
    snapshot = freeze(full)
    again = thaw(snapshot)
    assert again == full
    assert freeze(again) == snapshot
    sha256 = digest(snapshot)
    assert workbook(again, sha256=sha256) == workbook(full, sha256=sha256)
    assert html.article(again, sha256=sha256) == html.article(full, sha256=sha256)
    document = html.document(empty(), sha256=sha256)
    assert pdf(document) == pdf(document)


def test_only_shipped_fonts_and_no_number_on_the_first_page(full: Briefing) -> None:
    reader = PdfReader(BytesIO(pdf(html.document(full, sha256=SHA))))
    fonts = {
        font["/BaseFont"].split("+")[1]
        for page in reader.pages
        for font in (ref.get_object() for ref in page["/Resources"]["/Font"].values())  # type: ignore[index]
    }
    assert all(name.startswith("Be-Vietnam-Pro") for name in fonts), fonts
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"], "tagged for screen readers"  # type: ignore[index]
    ends = [page.extract_text().split()[-1] for page in reader.pages]
    assert ends[0] != "1"
    assert ends[1:] == [str(number) for number in range(2, len(ends) + 1)]


NASTY = (
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(A1)",
    "\t=1+1",
    "<script>alert(1)</script>",
    '<img src="file:///etc/passwd">',
)


@pytest.mark.parametrize("name", NASTY)
def test_hostile_name_stays_text(name: str) -> None:
    value = briefing()
    assert value.sales is not None
    mover = replace(value.sales.risers[0], name=name)
    value = replace(value, sales=replace(value.sales, risers=(mover,)))

    page = html.article(value, sha256=SHA)
    assert "<script" not in page
    assert "<img" not in page
    book = openpyxl.load_workbook(BytesIO(workbook(value, sha256=SHA)))
    cell = next(c for row in book["Đại lý"].iter_rows() for c in row if c.value == name)
    assert cell.data_type == "s"
    assert cell.hyperlink is None


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "font:../../secret.woff2",
        "font:/etc/passwd",
        "font:x.png",
        "data:text/plain,x",
    ],
)
def test_report_can_read_nothing_but_our_fonts(url: str) -> None:
    with pytest.raises(ValueError, match="not allowed"):
        fetch_font(url)


def test_note_of_40000_letters_is_cut_and_says_so() -> None:
    value = briefing()
    failure = Failure("bán vé", "ố" * 40_000)
    value = replace(value, completeness=replace(value.completeness, failures=(failure,)))
    rows = sheets(workbook(value, sha256=SHA))["Còn thiếu"]
    text = next(row[3] for row in rows if row[2] == "bán vé")
    assert len(text) < 32_767
    assert text.endswith("ký tự)")


def test_mail_is_narrow_and_short(full: Briefing) -> None:
    words = letter(full, sha256=SHA, link="https://x.example", files=[])
    assert {int(width) for width in re.findall(r'width="(\d+)"', words.html)} <= {56, 76, 600}
    assert len(words.html) < 30_000
    assert "<img" not in words.html, "readable with images off"
    assert len(words.subject) < 100


class TestSentences:
    def test_numbers_in_words(self, full: Briefing) -> None:
        assert full.sales is not None
        first = sentences(full)[0]
        assert first.startswith("Tuần 47 (16/11–22/11): 7 kỳ quay, doanh thu ")
        assert numbers.money(full.sales.total.now.revenue_amount) in first
        assert 3 <= len(sentences(full)) <= 5
        assert len(sentences(full, "en")) == len(sentences(full))

    @pytest.mark.parametrize(
        ("before", "words"),
        [
            (80, "tăng 25,0 %"),
            (125, "giảm 20,0 %"),
            (100, "gần như không đổi (0,0 %)"),
            (0, "chưa có kỳ để so sánh"),
        ],
    )
    def test_direction(self, before: int, words: str) -> None:
        value = briefing()
        assert value.sales is not None
        total = value.sales.total
        now = replace(total.now, revenue_amount=100)
        was = replace(total.now, revenue_amount=before)
        compared = replace(total.week, now=now, before=was)
        none = replace(total.year, before=replace(was, revenue_amount=0))
        total = replace(total, now=now, week=compared, year=none)
        value = replace(value, sales=replace(value.sales, total=total))
        assert words in sentences(value)[0]

    def test_region_that_moves_most_is_named(self) -> None:
        value = briefing()
        assert value.sales is not None
        lines = list(value.sales.regions)
        week = lines[3].week
        fallen = replace(week.now, revenue_amount=week.before.revenue_amount // 4)
        lines[3] = replace(lines[3], week=replace(week, now=fallen))
        value = replace(value, sales=replace(value.sales, regions=tuple(lines)))
        named = next(s for s in sentences(value) if "địa bàn" in s)
        assert f"giảm nhiều nhất là {lines[3].name}" in named
        assert "−75,0 %" in named

    def test_nothing_happened(self) -> None:
        assert sentences(empty()) == ["Không có phát sinh trong tuần 47 (16/11–22/11)."]
        text = text_of(pdf(html.document(empty(), sha256=SHA)))
        assert "Không có phát sinh" in text
        assert sheets(workbook(empty(), sha256=SHA)).keys() == {"Tóm tắt"}


@pytest.mark.parametrize(
    ("write", "number", "text"),
    [
        (numbers.whole, 1_234_567, "1.234.567"),
        (numbers.whole, -5, "−5"),
        (numbers.millions, 1_234_567_890, "1.234,6"),
        (numbers.millions, -49_999, "0,0"),
        (numbers.millions, 50_000, "0,1"),
        (numbers.percent, 8_264, "82,6 %"),
        (numbers.percent, None, "–"),
        (numbers.change, 310, "+3,1 %"),
        (numbers.change, -310, "−3,1 %"),
        (numbers.change, 0, "0,0 %"),
        (numbers.change, None, "–"),
        (numbers.money, 8_420_000_000, "8,42 tỷ đồng"),
        (numbers.money, 120_500_000, "120,5 triệu đồng"),
        (numbers.money, 900_000, "900.000 đồng"),
        (numbers.hours, 1_234, "20:34"),
    ],
)
def test_numbers_as_written(write: Callable[[Any], str], number: int | None, text: str) -> None:
    assert write(number) == text


def test_dates_are_vietnamese(full: Briefing) -> None:
    assert numbers.clock(full.heading.cut_off_at) == "07:30 23/11/2026"
    assert numbers.weekday(full.heading.last_date) == "CN"
    assert numbers.day(full.heading.first_date + timedelta(days=1)) == "17/11/2026"

"""One value, many faces: the numbers are the same wherever they are read."""

import html as markup
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from backend.pdf import fetch_font, pdf
from reporting.builders import html, numbers, shaping
from reporting.builders.charts import NARROW, WIDTH, drawn, on_screen
from reporting.builders.content import (
    Chart,
    Column,
    Form,
    Kind,
    Report,
    Row,
    Section,
    Sentences,
    Series,
    Table,
    Tiles,
    digest,
    freeze,
    row,
    thaw,
    total_of,
)
from reporting.builders.docx import BadTemplate, docx
from reporting.builders.mail import letter, mail_section, numbers_of
from reporting.builders.slides import report_slides
from reporting.builders.speaking import speaking
from reporting.builders.translating import in_english
from reporting.builders.workbook import workbook
from reporting.builders.writing import said, words, written
from reporting.in_english import english_file, english_slides
from reporting.models import FileKind
from tests.reporting.reading import left_in_vietnamese
from tests.reporting.samples import (
    HEADING,
    MISSING,
    PLACES,
    briefing,
    debts,
    empty,
    every_block,
    sales,
)

SHA = "0" * 64


@pytest.fixture(scope="module")
def full() -> Report:
    return briefing(sales=sales(54), debts=debts(14))


@pytest.fixture(scope="module")
def blocks() -> Report:
    return every_block()


@pytest.fixture(scope="module")
def papers(full: Report, blocks: Report) -> dict[str, bytes]:
    return {each.heading.code: pdf(html.document(each, sha256=SHA)) for each in (full, blocks)}


def text_of(content: bytes) -> str:
    return flat(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages))


def flat(text: str) -> str:
    """Without spaces and line breaks, which every face sets as it needs."""
    return "".join(text.split())


def bare(article: str) -> str:
    return flat(markup.unescape(re.sub(r"<(title|desc)[^>]*>.*?</\1>|<[^>]+>", " ", article)))


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def told(report: Report) -> Iterator[str]:
    """Every sentence and number that page and paper show, as it is written."""
    for section in map(shaping.on_paper, report.sections):
        for block in section.blocks:
            if isinstance(block, Sentences):
                yield from (words(sentence.vi) for sentence in block.items)
            elif isinstance(block, Tiles):
                yield from (said(tile.figure) for tile in block.items)
            elif isinstance(block, Table):
                yield from cells(block)
            elif isinstance(block, Chart) and not block.beside:
                yield from cells(shaping.twin(block))


def cells(table: Table) -> Iterator[str]:
    for each in table.rows:
        for column, value in zip(table.columns, each.cells, strict=True):
            yield written(value, column.kind)
    for column, value in zip(table.columns, table.total.cells if table.total else (), strict=False):
        if isinstance(value, int):
            yield written(value, column.kind)


@pytest.mark.parametrize("sample", ["full", "blocks"])
def test_page_and_paper_show_every_number_of_the_value(
    sample: str, papers: dict[str, bytes], request: pytest.FixtureRequest
) -> None:
    report: Report = request.getfixturevalue(sample)
    page = bare(html.article(report, sha256=SHA))
    paper = text_of(papers[report.heading.code])
    expected = {flat(text) for text in told(report)}
    assert {text for text in expected if text not in page} == set()
    # What a column chart labels in millions without decimals stands in Excel in full.
    labelled = {
        flat(text)
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Chart) and not html.needs_twin(block, "paper")
        for text in cells(shaping.twin(block))
    }
    assert {text for text in expected - labelled if text not in paper} == set()


@pytest.mark.parametrize("sample", ["full", "blocks"])
def test_workbook_holds_every_number_of_the_value(
    sample: str, request: pytest.FixtureRequest
) -> None:
    report: Report = request.getfixturevalue(sample)
    found = sheets(workbook(report, sha256=SHA))
    for section in report.sections:
        tables = [block for block in section.blocks if isinstance(block, Table)]
        for table in tables:
            sheet = found[section.title if len(tables) == 1 else table.title]
            assert_same(table, sheet[4 : 4 + len(table.rows)], table.rows)
            if table.total is not None:
                assert_same(table, [sheet[4 + len(table.rows)]], [table.total])
    summary = [cell for line in found["Tóm tắt"] for cell in line]
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Sentences):
                assert all(words(sentence.vi) in summary for sentence in block.items)
            elif isinstance(block, Tiles):
                for tile in block.items:
                    line = next(line for line in found["Tóm tắt"] if line[0] == tile.label)
                    assert back(line[1], tile.figure.kind) == tile.figure.value


@pytest.mark.parametrize("sample", ["full", "blocks"])
def test_word_document_holds_every_number_that_paper_shows(
    sample: str, request: pytest.FixtureRequest
) -> None:
    report: Report = request.getfixturevalue(sample)
    content = docx(report, sha256=SHA)
    assert docx(report, sha256=SHA) == content
    with ZipFile(BytesIO(content)) as made:
        body = made.read("word/document.xml").decode()
    text = bare(body)
    labelled = {flat(each) for section in report.sections for each in charted(section)}
    assert {flat(each) for each in told(report)} - labelled - {""} <= {
        each for each in {flat(each) for each in told(report)} if each in text
    }
    assert "{%" not in text
    charts = [b for s in report.sections for b in s.blocks if isinstance(b, Chart)]
    described = [markup.unescape(each) for each in re.findall(r'descr="([^"]*)"', body)]
    assert described == [numbers_of(chart) for chart in charts]


def test_word_template_of_a_company_is_used_and_its_faults_are_named() -> None:
    own = Document()
    own.add_paragraph("Kính gửi {{ heading.company_owner }}: {{ heading.title }}")
    assert flat("Kính gửi UBND tỉnh Thử Nghiệm: Báo cáo giao ban tuần 47") in bare(rendered(own))
    own.add_paragraph("{{ heading.__class__.__mro__ }}")
    with pytest.raises(BadTemplate):
        rendered(own)
    own = Document()
    own.add_paragraph("{% if %}")
    with pytest.raises(BadTemplate):
        rendered(own)


def rendered(template: Any) -> str:
    memory = BytesIO()
    template.save(memory)
    content = docx(briefing(), sha256=SHA, template=memory.getvalue())
    with ZipFile(BytesIO(content)) as made:
        return made.read("word/document.xml").decode()


def assert_same(table: Table, lines: list[list[Any]], rows: tuple[Row, ...] | list[Row]) -> None:
    for line, each in zip(lines, rows, strict=True):
        got = [back(cell, column.kind) for cell, column in zip(line, table.columns, strict=False)]
        if isinstance(each.cells[0], str) and table.total is each:
            got[0] = line[0] or None
        assert got == [None if value == "" else value for value in each.cells]


def back(cell: Any, kind: Kind) -> Any:
    """A cell as the value it was made of."""
    if cell == "":
        return None
    if kind is Kind.DAY:
        return cell if isinstance(cell, str) else cell.isoformat()
    if kind is Kind.MOMENT:
        return cell.replace(tzinfo=numbers.VN).isoformat(timespec="seconds")
    if kind is Kind.HOURS:
        return round((cell.total_seconds() / 60) if hasattr(cell, "total_seconds") else cell * 1440)
    if isinstance(cell, float):
        scale = {Kind.SHARE: 10_000, Kind.CHANGE: 10_000, Kind.POINTS: 100}.get(kind, 1)
        return round(cell * scale)
    return cell


def test_totals_are_formulas_with_their_value(blocks: Report) -> None:
    content = workbook(blocks, sha256=SHA)
    sheet = openpyxl.load_workbook(BytesIO(content))["Bảng"]
    kept = openpyxl.load_workbook(BytesIO(content), data_only=True)["Bảng"]
    last = 4 + 40 + 1
    assert sheet.cell(last, 6).value == f"=SUM(F5:F{last - 1})"
    assert kept.cell(last, 6).value == sum(sheet.cell(at, 6).value for at in range(5, last))


def test_every_sheet_is_ready_to_print_and_charts_are_native(blocks: Report) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(blocks, sha256=SHA)))
    for sheet in book.worksheets:
        assert int(sheet.page_setup.paperSize) == 9, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.oddFooter.right.text, sheet.title
        assert sheet.freeze_panes, sheet.title
    charts = {sheet.title: len(sheet._charts) for sheet in book.worksheets}
    assert charts.pop("Biểu đồ") == 4
    assert not any(charts.values())


@pytest.mark.parametrize("sample", ["full", "blocks"])
def test_both_parts_of_the_mail_say_the_same(sample: str, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(sample)
    sent = letter(report, sha256=SHA, link="https://x.example/b", files=["a.pdf"])
    page, plain = bare(sent.html), flat(sent.text)
    pictures = flat(" ".join(re.findall(r'alt="([^"]*)"', sent.html)))
    for section in map(mail_section, report.sections):
        for block in section.blocks:
            if isinstance(block, Chart):
                assert flat(numbers_of(block)) in plain
                assert flat(numbers_of(block)) in markup.unescape(pictures)
        only = replace(report, sections=(section,))
        expected = {flat(text) for text in told(only)}
        for text in expected - {flat(t) for t in charted(section)}:
            assert text in plain
            assert text in page
    assert all(each.content.startswith(b"\x89PNG") for each in sent.pictures)
    assert {f"cid:{each.name}" for each in sent.pictures} == set(
        re.findall(r'src="([^"]+)"', sent.html)
    )
    assert {int(width) for width in re.findall(r'width="(\d+)"', sent.html)} <= {568, 600}
    assert len(sent.subject) < 100
    assert len(sent.html) < 40_000


def charted(section: Section) -> Iterator[str]:
    for block in section.blocks:
        if isinstance(block, Chart):
            yield from cells(shaping.twin(block))


def test_mail_has_five_columns_and_ten_rows_and_says_what_is_left(blocks: Report) -> None:
    (table,) = mail_section(blocks.sections[1]).blocks
    assert isinstance(table, Table)
    assert [column.head for column in table.columns] == [
        "Đại lý", "Số điểm bán", "Nợ", "Doanh thu", "Tỷ lệ",
    ]  # fmt: skip
    assert len(table.rows) == 10
    assert table.note == "còn 30 dòng trong tệp và trên trang"


def test_missing_sources_stand_in_every_face(full: Report, papers: dict[str, bytes]) -> None:
    sent = letter(full, sha256=SHA, link="", files=[])
    found = sheets(workbook(full, sha256=SHA))
    paper = text_of(papers[full.heading.code])
    for agent in MISSING.agents:
        assert flat(agent.name) in paper
        assert agent.name in sent.text
        assert agent.name in sent.html
        assert any(agent.code in line for line in found["Còn thiếu"])
    assert flat("Cổng chi nhánh Móng Cái") in paper
    for text in (sent.text, sent.html):
        assert "Số liệu chưa đủ." in text


def test_failing_section_is_marked_and_the_rest_stands(
    blocks: Report, papers: dict[str, bytes]
) -> None:
    sent = letter(blocks, sha256=SHA, link="", files=[])
    paper = text_of(papers[blocks.heading.code])
    summary = str(sheets(workbook(blocks, sha256=SHA))["Tóm tắt"])
    word = bare(ZipFile(BytesIO(docx(blocks, sha256=SHA))).read("word/document.xml").decode())
    for text in ("Chưa có số liệu phần này. DataError.", "Không có phát sinh."):
        assert flat(text) in word
        assert text in sent.text
        assert text in sent.html
        assert text in summary
        assert flat(text) in paper


def test_nothing_happened_is_told_by_every_face() -> None:
    report = empty()
    assert report.is_empty
    sent = letter(report, sha256=SHA, link="", files=[])
    assert sent.subject.endswith("không có phát sinh")
    assert "Không có phát sinh" in sent.text
    assert "Không có phát sinh" in sent.html
    assert "Không có phát sinh" in html.article(report, sha256=SHA)
    found = sheets(workbook(report, sha256=SHA))
    assert found.keys() == {"Tóm tắt"}
    assert "Không có phát sinh" in str(found)


def test_english_faces_tell_the_same_numbers_under_english_words(full: Report) -> None:
    assert left_in_vietnamese(full) == []
    original, book = html.article(full, sha256=SHA), sheets(workbook(full, sha256=SHA))
    report = in_english(full, title="Weekly briefing", short_title="Briefing", period="week 47")
    with speaking("en"):
        page, translated = html.article(report, sha256=SHA), sheets(workbook(report, sha256=SHA))
        sent = letter(report, sha256=SHA, link="", files=[])
    word = ZipFile(BytesIO(english_file(full, FileKind.DOCX, sha256=SHA)))
    letters = bare(word.read("word/document.xml").decode())
    slides = english_slides(full)
    told_on_slides = " ".join(
        " ".join((each.title, each.kicker, each.unit, each.note, *each.lines, *each.head))
        for each in slides
    )
    assert len(slides) == len(report_slides(full))
    assert flat("SOCIALIST REPUBLIC OF VIET NAM") in letters
    assert 'lang="en"' in page
    for text in (letters, told_on_slides):
        assert flat("Sell-through") in flat(text)
        for left in ("Doanh thu", "Số liệu", "Đại lý còn", "triệu", "tuần", "kỳ quay"):
            assert flat(left) not in flat(text), left
    for text in (page, sent.html, sent.text):
        assert "Sell-through" in text
        assert "Doanh thu" not in text
        assert "Số liệu" not in text
    assert re.findall(r"\d+,\d{3}\b", bare(page))
    for ours, theirs in zip(book.values(), translated.values(), strict=True):
        assert [[v for v in line if isinstance(v, int | float)] for line in ours] == [
            [v for v in line if isinstance(v, int | float)] for line in theirs
        ]
    assert html.article(full, sha256=SHA) == original, "nothing of the English stays behind"


def test_snapshot_is_the_value_and_gives_the_same_bytes_again(full: Report) -> None:
    snapshot = freeze(full)
    again = thaw(snapshot)
    assert again == full
    assert freeze(again) == snapshot
    sha256 = digest(snapshot)
    assert workbook(again, sha256=sha256) == workbook(full, sha256=sha256)
    assert html.article(again, sha256=sha256) == html.article(full, sha256=sha256)
    assert letter(again, sha256=sha256, link="", files=[]) == letter(
        full, sha256=sha256, link="", files=[]
    )
    document = html.document(empty(), sha256=sha256)
    assert pdf(document) == pdf(document)


def test_only_shipped_fonts_and_no_number_on_the_first_page(
    full: Report, papers: dict[str, bytes]
) -> None:
    reader = PdfReader(BytesIO(papers[full.heading.code]))
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
    report = every_block(name, rows=2)
    page = html.article(report, sha256=SHA)
    assert "<script" not in page
    assert "<img" not in page
    assert "<script" not in letter(report, sha256=SHA, link="", files=[]).html
    word = ZipFile(BytesIO(docx(report, sha256=SHA))).read("word/document.xml").decode()
    assert flat(f"{name} 1") in bare(word)
    book = openpyxl.load_workbook(BytesIO(workbook(report, sha256=SHA)))
    cell = book["Bảng"].cell(5, 1)
    assert cell.value == f"{name} 0"
    assert cell.data_type == "s"
    assert cell.hyperlink is None


def test_note_of_40000_letters_is_whole_on_the_page_and_cut_where_there_is_no_room() -> None:
    report = every_block(note="ố" * 40_000)
    assert "ố" * 40_000 in html.article(report, sha256=SHA)
    lines = [line[0] for line in sheets(workbook(report, sha256=SHA))["Tóm tắt"]]
    text = next(line for line in lines if line.startswith("ốố"))
    assert len(text) < 32_767
    assert text.endswith("… (còn 8000 ký tự)")
    sent = letter(report, sha256=SHA, link="", files=[])
    assert "ố" * 1_001 not in sent.text
    assert "(còn 39000 ký tự, xem trên trang)" in sent.text


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(alphabet="=+-@ABcđếộ &<>\"'", min_size=1, max_size=12),
            st.integers(-(10**13), 10**13),
            st.one_of(st.none(), st.integers(0, 20_000)),
        ),
        max_size=6,
    )
)
def test_any_table_is_the_same_in_page_mail_and_workbook(
    lines: list[tuple[str, int, int | None]],
) -> None:
    columns = (
        Column("Tên", Kind.TEXT, in_mail=True),
        Column("Tiền", Kind.AMOUNT, adds=True, in_mail=True),
        Column("Tỷ lệ", Kind.SHARE, in_mail=True),
    )
    rows = tuple(row(*each) for each in lines)
    table = Table("Bảng", columns, rows, total_of("Cộng", columns, rows), in_mail=10)
    report = Report(HEADING, MISSING, (Section("a", "Phần", (table,)),))
    page = bare(html.article(report, sha256=SHA))
    sent = letter(report, sha256=SHA, link="", files=[])
    for text in map(flat, cells(table)):
        assert text in page
        assert text in flat(sent.text)
        assert text in bare(sent.html)
    found = sheets(workbook(report, sha256=SHA))["Phần"]
    for line, each in zip(found[4:], lines, strict=False):
        assert line[0] == each[0] or not each[0].strip()
        assert line[1] == each[1]


def test_every_chart_is_told_to_who_cannot_see_it(blocks: Report) -> None:
    for block in blocks.sections[2].blocks:
        assert isinstance(block, Chart)
        svg = drawn(block)
        assert "<title id=" in svg
        assert block.description in svg
        assert 'role="img"' in svg
    assert PLACES[0] in drawn(blocks.sections[2].blocks[2])  # type: ignore[arg-type]


def test_each_colour_of_a_chart_has_its_twin_on_dark_pages(blocks: Report) -> None:
    told = (html.PACKAGE / "static" / "reporting" / "charts.css").read_text(encoding="utf-8")
    known = set(re.findall(r'\[(fill|stroke)="(#\w+)"\]', told))
    many = Chart("", "", Form.SHARE, "", PLACES[:8], (Series("", (9, 8, 7, 6, 5, 4, 3, 2)),))
    lines = replace(many, form=Form.LINE, series=tuple(Series(f"{n}", (n,) * 8) for n in range(8)))
    charts = [block for block in blocks.sections[2].blocks if isinstance(block, Chart)]
    for chart in (*charts, many, lines):
        used = set(re.findall(r'(fill|stroke)="(#\w+)"', on_screen(chart)))
        assert used <= known, used - known


@pytest.mark.parametrize("wide", [WIDTH, NARROW])
def test_what_a_chart_tells_stays_within_it(blocks: Report, wide: int) -> None:
    """A telephone shows the whole chart; a letter takes 0.62 of its height at most on average."""
    for block in blocks.sections[2].blocks:
        assert isinstance(block, Chart)
        svg = drawn(block, wide=wide)
        for x, size, anchor, text in re.findall(
            r'<text x="([-\d.]+)" y="[^"]+" font-size="([\d.]+)"[^>]*anchor="(\w+)">([^<]*)', svg
        ):
            long = 0.62 * float(size) * len(markup.unescape(text))
            start = float(x) - {"start": 0.0, "middle": long / 2, "end": long}[anchor]
            assert start >= -8, text
            assert start + long <= wide + 8, text


def test_of_a_long_chart_only_the_ends_of_its_lines_are_told() -> None:
    days = tuple(f"{n:02d}/11" for n in range(1, 31))
    lines = tuple(Series(f"Đại lý {n}", (None, *range(n, n + 29))) for n in range(1, 6))
    chart = Chart("Vé bán", "Vé bán; Kỳ quay: 30.", Form.LINE, "Kỳ quay", days, lines, Kind.TICKETS)
    said_ = numbers_of(chart)
    assert said_.startswith("Vé bán (vé): Đại lý 1 từ 1 (02/11) đến 29 (30/11); Đại lý 2 từ 2 ")
    assert len(said_) < 300


def test_no_word_is_torn_in_a_table_of_the_word_document(full: Report) -> None:
    """Letters of the size tables are set in take 117 twips of ten points, margins 216."""
    document = Document(BytesIO(docx(full, sha256=SHA)))
    tables = [each for each in document.tables if len(each.columns) > 3]
    assert tables
    for table in tables:
        for row_ in table.rows:
            for cell in row_.cells:
                sizes = [run.font.size for each in cell.paragraphs for run in each.runs]
                points = sizes[0].pt if sizes and sizes[0] else 10
                longest = max(map(len, cell.text.split() or [""]))
                assert longest * 11.7 * points <= int(cell.width.twips) - 216, cell.text


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

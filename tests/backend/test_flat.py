"""Long tables, written fast: the same cells as by the general writer, whatever a text holds."""

from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from backend.clock import VN
from backend.flat import write_flat
from backend.heading import Heading
from backend.tables import LONGEST_TEXT, Column, Sum, Table, write_workbook

HEADING = Heading(
    "Công ty Xổ số & Vé", "Phòng Kế toán", date(2026, 11, 1), date(2026, 11, 30),
    datetime(2026, 12, 1, 8, 5, tzinfo=VN), "Lê Nhân Sự",
)  # fmt: skip
COLUMNS = (
    Column("Tên <đại lý>", 20), Column("Ngày", 12, "day"), Column("Lúc", 18, "moment"),
    Column("Vé", 8, "whole"), Column("Tỷ lệ", 8, "percent"), Column("Cộng", 9, "decimal"),
)  # fmt: skip
ROWS = [
    ("An", date(2026, 11, 2), datetime(2026, 11, 2, 7, 30, 15, tzinfo=VN), 5, 0.25, Sum(3, 4, 5.25)),
    ('=HYPERLINK("http://x")', None, None, -7, None, 1.5),
    ("", date(2024, 2, 29), datetime(1999, 12, 31, 23, 59, 59, tzinfo=VN), 0, 1.0, None),
]  # fmt: skip


def table(rows, columns=COLUMNS, name="Bảng 'một' & hai"):
    return Table(name, "TIÊU ĐỀ", HEADING.lines(), columns, iter(rows), frozen=1)


def made(write, rows, **fields):
    sink = BytesIO()
    limits = {name: fields.pop(name) for name in ("most_rows",) if name in fields}
    assert write(sink, [table(rows, **fields)], title="T", heading=HEADING, **limits) == len(rows)
    return sink.getvalue()


def cells(content):
    return [
        [(cell.value, cell.data_type, cell.number_format) for cell in line]
        for sheet in openpyxl.load_workbook(BytesIO(content)).worksheets
        for line in sheet.iter_rows()
    ]


def test_cells_are_those_of_the_general_writer():
    flat, general = made(write_flat, ROWS), made(write_workbook, ROWS)
    for ours, theirs in zip(cells(flat)[5:], cells(general)[5:], strict=True):
        assert [cell[:2] for cell in ours] == [cell[:2] for cell in theirs]
        assert [cell[2] for cell in ours[1:]] == [cell[2] for cell in theirs[1:]]
    read = CalamineWorkbook.from_filelike(BytesIO(flat)).get_sheet_by_index(0).to_python()
    assert read[5][0] == "An"
    assert read[5][5] == 5.25, "a formula with its value already worked out"
    assert flat == made(write_flat, ROWS), "the same rows give the same bytes"


def test_rows_are_as_high_as_their_wrapped_texts():
    columns = (Column("Tên", 20), Column("Ghi chú", 10, "wrap"))
    rows = [("An", "ngắn"), ("Bình", "một ghi chú dài hơn cột " * 3), ("Chi", None)]
    flat, general = (
        openpyxl.load_workbook(BytesIO(made(write, rows, columns=columns))).worksheets[0]
        for write in (write_flat, write_workbook)
    )
    heights = [flat.row_dimensions[at].height for at in (6, 7, 8)]
    assert heights == [general.row_dimensions[at].height for at in (6, 7, 8)]
    assert heights[1] > heights[0]
    assert flat["B7"].alignment.wrap_text


def test_sheet_is_ready_to_read_and_to_print():
    [sheet] = openpyxl.load_workbook(BytesIO(made(write_flat, ROWS))).worksheets
    assert sheet.title == "Bảng 'một' & hai"
    assert sheet.freeze_panes == "B6"
    assert sheet.auto_filter.ref == "A5:F8"
    assert sheet.print_title_rows == "$5:$5"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert [sheet.cell(at, 1).value for at in (1, 2, 3)] == ["TIÊU ĐỀ", *HEADING.lines()]


def test_table_longer_than_a_sheet_goes_on_in_the_next():
    rows = [(f"Dòng {n}", n) for n in range(20)]
    content = made(write_flat, rows, columns=COLUMNS[:1] + COLUMNS[3:4], name="B", most_rows=12)
    book = openpyxl.load_workbook(BytesIO(content))
    assert book.sheetnames == ["B", "B (2)", "B (3)"]
    told = [sheet.cell(at, 2).value for sheet in book for at in range(6, sheet.max_row + 1)]
    assert told == list(range(20))
    assert len(openpyxl.load_workbook(BytesIO(made(write_flat, []))).worksheets) == 1


@pytest.mark.parametrize("length", [LONGEST_TEXT, LONGEST_TEXT + 1, 40_000])
def test_text_longer_than_a_cell_is_cut_and_says_so(length):
    content = made(write_flat, [("ố" * length, 1)], columns=COLUMNS[:1] + COLUMNS[3:4])
    text = openpyxl.load_workbook(BytesIO(content)).worksheets[0]["A6"].value
    assert len(text) <= LONGEST_TEXT
    assert text.endswith("ký tự)") == (length > LONGEST_TEXT)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_any_text_stays_what_it_is(texts):
    content = made(write_flat, [(text, 1) for text in texts], columns=COLUMNS[:1] + COLUMNS[3:4])
    general = made(
        write_workbook, [(text, 1) for text in texts], columns=COLUMNS[:1] + COLUMNS[3:4]
    )
    read, same = (
        CalamineWorkbook.from_filelike(BytesIO(each)).get_sheet_by_index(0).to_python()
        for each in (content, general)
    )
    assert read == same

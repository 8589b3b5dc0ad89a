"""Tables as files: whatever a text holds it stays a text, and what Excel cannot hold is told."""

import csv
from datetime import date, datetime
from io import BytesIO, StringIO

import openpyxl
import pytest

from backend.clock import VN
from backend.heading import Heading
from backend.tables import LONGEST_TEXT, Column, Sum, Table, csv_lines, write_workbook

HEADING = Heading(
    "Công ty Xổ số", "Phòng Kế toán", date(2026, 11, 1), date(2026, 11, 30),
    datetime(2026, 12, 1, 8, 5, tzinfo=VN), "Lê Nhân Sự",
)  # fmt: skip
FORMULAS = ["=1+1", "+84", "-An", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "\r=1", "＝1"]


COLUMNS = (Column("Tên", 20), Column("Số", 8, "whole"))


def sheets(rows, **limits):
    sink = BytesIO()
    table = Table("Bảng", "TIÊU ĐỀ", HEADING.lines(), COLUMNS, iter(rows), frozen=1)
    written = write_workbook(sink, [table], title="T", heading=HEADING, **limits)
    assert written == len(rows)
    return openpyxl.load_workbook(sink).worksheets


def read_csv(columns, rows):
    content = b"".join(csv_lines(columns, rows))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula(text):
    [sheet] = sheets([(text, 1)])
    assert sheet["A6"].data_type == "s"
    assert sheet["A6"].value.replace("_x000D_", "\r") == text
    assert not [cell for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
    assert read_csv(["a"], [[text]]) == [["a"], [f"'{text}"]]


def test_csv_keeps_separators_quotes_and_lines_of_a_text_and_signs_of_a_number():
    row = ['a;b,"c"\r\nd', -5, 1.25, date(2026, 11, 2), None, "An"]
    assert read_csv(["t", "n", "f", "d", "e", "x"], [row])[1] == [
        'a;b,"c"\r\nd', "-5", "1.25", "2026-11-02", "", "An",
    ]  # fmt: skip


def test_a_text_longer_than_a_cell_is_cut_and_says_so():
    [sheet] = sheets([("x" * 40_000, 1), ("y" * LONGEST_TEXT, 2)])
    cut = sheet["A6"].value
    assert len(cut) <= LONGEST_TEXT
    assert cut.endswith("x… (còn 7273 ký tự)")
    assert sheet["A7"].value == "y" * LONGEST_TEXT


def test_a_table_longer_than_a_sheet_goes_on_in_the_next():
    found = sheets([(f"dòng {n}", n) for n in range(11)], most_rows=10)  # five rows above the lines
    assert [sheet.title for sheet in found] == ["Bảng", "Bảng (2)", "Bảng (3)"]
    assert all(sheet["A5"].value == "Tên" for sheet in found)
    told = [[row[1].value for row in sheet.iter_rows(min_row=6)] for sheet in found]
    assert told == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10]]


def test_an_exactly_full_sheet_has_no_empty_one_behind_it():
    assert [s.title for s in sheets([("a", 1)] * 5, most_rows=10)] == ["Bảng"]
    assert [s.title for s in sheets([])] == ["Bảng"]


def test_heads_stay_and_print_on_every_page():
    [sheet] = sheets([("An", 1)])
    assert [sheet.cell(row, 1).value for row in (1, 2, 3)] == [
        "TIÊU ĐỀ",
        "Công ty Xổ số · Phòng Kế toán · từ 01/11/2026 đến 30/11/2026",
        "Lập lúc 08:05 01/12/2026, người lập: Lê Nhân Sự",
    ]
    assert sheet.freeze_panes == "B6"
    assert sheet.print_title_rows == "$5:$5"
    assert sheet.page_setup.orientation == "landscape"
    assert (int(sheet.page_setup.paperSize), sheet.page_setup.fitToHeight) == (9, 0)
    assert sheet.auto_filter.ref == "A5:B6"


def test_a_sum_is_a_formula_with_the_value_we_computed():
    columns = tuple(Column(head, 8, "whole") for head in "abc")
    sink = BytesIO()
    table = Table("B", "T", (), columns, [(1, 2, Sum(0, 1, 3))])
    write_workbook(sink, [table], title="T", heading=HEADING)
    assert openpyxl.load_workbook(sink).worksheets[0]["C4"].value == "=SUM(A4:B4)"
    assert openpyxl.load_workbook(sink, data_only=True).worksheets[0]["C4"].value == 3

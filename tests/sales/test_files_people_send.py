"""Files as people send them and as attackers make them: each is read, or refused in words."""

import struct
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from backend.clock import VN
from sales.engine.cell_values import day, whole
from sales.engine.import_sheet import find_heads, guess, read_lines
from sales.engine.spreadsheet import Unreadable, read_cells
from sales.imports.sheet_files import FileRefused, cells_of
from sales.models import ConsignmentEntry, ImportFile
from tests import make
from tests.sales.conftest import Company
from tests.sales.importing import upload

HEADS = ["Kỳ vé", "Mã đại lý", "Loại vé", "Vé giao"]
LINE = ["17/11/2026", "AN", "TT10", 120]
READ = [(date(2026, 11, 17), "AN", "TT10", 120)]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (1_500_000, 1_500_000), (1_500_000.0, 1_500_000), ("1.500.000", 1_500_000),
        ("1,500,000.00", 1_500_000), ("1.500.000,0", 1_500_000), ("1 234 567đ", 1_234_567),
        ("1\u00a0234\u202f567 đồng", 1_234_567), ("+ 500000", None), ("+500000", 500_000),
        ("-5.000", -5_000), ("1.500.000 VND", 1_500_000), ("12 vé", 12), ("12,5", None),
        ("1.50.000", None), ("1.234,567", None), ("1.234.00", None), ("12,34,567", None),
        ("năm triệu", None), ("1e3", None), (0.5, None), (True, None), (None, None), ("", None),
    ],
)  # fmt: skip
def test_whole_numbers_as_people_write_them(cell: Any, number: int | None):
    assert whole(cell) == number


@given(st.integers(1, 10**12))
def test_a_number_with_thousands_is_itself(number: int):
    assert whole(f"{number:,}") == whole(f"{number:,}".replace(",", ".")) == number


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("17/11/2026", date(2026, 11, 17)), ("17-11-26", date(2026, 11, 17)),
        ("7.1.2026 18:15", date(2026, 1, 7)), ("2026-11-17", date(2026, 11, 17)),
        ("2026/11/17T18:00", date(2026, 11, 17)), (46_343, date(2026, 11, 17)),
        (46_343.76, date(2026, 11, 17)), ("46343", date(2026, 11, 17)), (7.0, None),
        ("31/02/2026", None), ("11/17/2026", None), ("17/11", None), ("17/11-2026", None),
        (True, None), (None, None),
    ],
)  # fmt: skip
def test_days_as_people_write_them(cell: Any, wanted: date | None):
    assert day(cell) == wanted


def book(
    *rows: Sequence[Any], more: Callable[[openpyxl.Workbook], None] = lambda _book: None
) -> bytes:
    made, sink = openpyxl.Workbook(), BytesIO()
    for row in rows or (HEADS, LINE):
        made.active.append(row)
    more(made)
    made.save(sink)
    return sink.getvalue()


def text(*rows: list[Any], by: str = ";") -> str:
    return "\r\n".join(by.join(map(str, row)) for row in rows or (HEADS, LINE))


def windows_1258(said: str) -> bytes:
    """As Windows writes it: the mark of the tone behind the letter where there is no letter with it."""
    out = b""
    for char in said:
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tone = [mark for mark in parts if mark in "\u0300\u0309\u0303\u0301\u0323"]
            bare = unicodedata.normalize("NFC", "".join(m for m in parts if m not in tone))
            out += (bare + tone[0]).encode("cp1258")
    return out


def hide_the_row(made: openpyxl.Workbook) -> None:
    made.active.row_dimensions[2].hidden = True


def put_notes_first(made: openpyxl.Workbook) -> None:
    """An empty sheet and a hidden one with data before the one that counts."""
    made.create_sheet("Trống", 0)
    made.create_sheet("Nháp", 0).append(["Kỳ vé", "Mã đại lý"])
    made["Nháp"].sheet_state = "hidden"


def merge(made: openpyxl.Workbook) -> None:
    made.active.merge_cells("A1:D1")
    made.active.merge_cells("A2:A3")
    made.active.merge_cells("C2:D2")


# fmt: off
READABLE = {
    "plain": (book(), READ),
    "below a title, headings of two rows, merged": (
        book(["BẢNG GIAO VÉ", "", "", ""], ["Kỳ vé", "Mã đại lý", "Vé", ""], ["", "", "Loại vé", "Vé giao"],
             LINE, more=merge), READ),
    "NFD": (book([unicodedata.normalize("NFD", head) for head in HEADS], LINE), READ),
    "days in three styles and counts as texts": (
        book(HEADS, [date(2026, 11, 17), "AN", "TT10", "120 vé"], [46_343, "BINH", "TT10", "1.234"],
             ["2026-11-17", "CHI", "TT10", "1,234"]),
        [*READ, (READ[0][0], "BINH", "TT10", 1_234), (READ[0][0], "CHI", "TT10", 1_234)]),
    "a code as a number, and behind an apostrophe": (
        book(HEADS, ["17/11/2026", 7.0, "TT10", 120], ["17/11/2026", "'007", "TT10", 1]),
        [(READ[0][0], "7", "TT10", 120), (READ[0][0], "007", "TT10", 1)]),
    "sums, notes and signatures below": (
        book(HEADS, LINE, ["17/11/2026", "BINH", "TT10", 5], ["", "", "", 125], ["Tổng cộng", "", "", 125],
             ["", "Tổng số vé", "", 125], [], ["Người lập biểu", "", "", "Giám đốc"]),
        [*READ, (READ[0][0], "BINH", "TT10", 5)]),
    "a hidden row": (book(more=hide_the_row), READ),
    "an empty and a hidden sheet before": (book(more=put_notes_first), READ),
    "CSV in UTF-8 with a mark": (text().encode("utf-8-sig"), READ),
    "CSV in UTF-16, tabs": (text(by="\t").encode("utf-16"), READ),
    "CSV in Windows-1258": (windows_1258(text()), READ),
    "commas between, semicolons inside": (text(by=",").replace("TT10", '"TT10"').encode(), READ),
    "semicolons between, commas inside": (
        text(HEADS, ["17/11/2026", "AN", "TT10", "1,234"], ["17/11/2026", "BINH", "TT10", "2,345"]).encode(),
        [(READ[0][0], "AN", "TT10", 1_234), (READ[0][0], "BINH", "TT10", 2_345)]),
    "the separator is said": (b"sep=;\r\n" + text().encode(), READ),
}
# fmt: on


@pytest.mark.parametrize("name", READABLE)
def test_what_people_send_is_read(name: str):
    data, wanted = READABLE[name]
    cells = read_cells(data)
    heads = find_heads("issues", cells.rows)
    read = read_lines("issues", cells.rows, heads, heads.mapping, {})
    assert read.faults == []
    assert [(one.draw_date, one.agent, one.product, one.issued) for one in read.lines] == wanted
    assert cells.hidden_rows == (name == "a hidden row")
    assert cells.encoding == (
        "Windows-1258" if "1258" in name else "UTF-16" if "16" in name else ""
    )


def test_a_row_with_figures_but_no_agent_is_never_passed_over():
    cells: list[list[Any]] = [
        HEADS,
        LINE,
        ["17/11/2026", "", "TT10", 50],  # a formula that failed (#N/A) is read as nothing
        ["", "", "", 50],
        ["17/11/2026", "", "TT10", "mười"],
        ["Tổng công ty Than", "", "", 5],
    ]
    heads = find_heads("issues", cells)
    read = read_lines("issues", cells, heads, heads.mapping, {})
    assert [(fault.row, fault.field, fault.code) for fault in read.faults] == [
        (3, "agent", "import.required"),
        (4, "draw_date", "import.required"),
        (4, "agent", "import.required"),
        (4, "product", "import.required"),
        (5, "agent", "import.required"),
        (5, "issued", "import.not_count"),
        (6, "draw_date", "import.not_date"),
        (6, "agent", "import.required"),
        (6, "product", "import.required"),
    ]
    assert len(read.lines) == 1


def test_a_value_for_the_whole_file_that_is_none_is_told():
    cells: list[list[Any]] = [["Mã đại lý", "Vé giao"], ["AN", 5]]
    heads = find_heads("issues", cells)
    wrong = {"draw_date": "hôm nay", "product": "TT10"}
    read = read_lines("issues", cells, heads, heads.mapping, wrong)
    assert [(fault.row, fault.field, fault.code) for fault in read.faults] == [
        (1, "draw_date", "import.not_date")
    ]


def ole(*records: tuple[int, bytes]) -> bytes:
    """A compound file with a stream "Workbook" of these records, as Excel 97 keeps it."""
    body = b"".join(struct.pack("<HH", kind, len(said)) + said for kind, said in records)
    body = body.ljust(4_608, b"\0")
    sectors = len(body) // 512
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<5H6x10I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4_096, 2**32 - 2, 0, 2**32 - 2, 0, 0
    )
    head += b"\xff\xff\xff\xff" * 108
    fat = [2**32 - 3, 2**32 - 2, *range(3, 2 + sectors), 2**32 - 2]
    fat += [2**32 - 1] * (128 - len(fat))

    def entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
        named = name.encode("utf-16-le") + b"\0\0"
        said = named.ljust(64, b"\0") + struct.pack(
            "<HBB3I", len(named), kind, 1, 2**32 - 1, 2**32 - 1, child
        )
        return said + bytes(36) + struct.pack("<IQ", start, size)

    root = entry("Root Entry", 5, 2**32 - 2, 0, 1) + entry("Workbook", 2, 2, len(body), 2**32 - 1)
    return head[:512] + struct.pack("<128I", *fat) + root.ljust(512, b"\0") + body


def old_book(*cells: tuple[int, int, float], protect: bool = False) -> bytes:
    """An .xls of these cells: row and column from 0, number."""

    def begin(kind: int) -> tuple[int, bytes]:
        return 0x809, struct.pack("<4H2I", 0x600, kind, 0, 0, 0, 6)

    start = [begin(5), *([(0x2F, bytes(6))] if protect else [])]
    offset = sum(4 + len(said) for _kind, said in start) + 4 + 9 + 4
    sheet = (0x85, struct.pack("<IHBB", offset, 0, 1, 0) + b"a")
    rows = [(0x203, struct.pack("<3Hd", row, column, 0, number)) for row, column, number in cells]
    return ole(*start, sheet, (0x0A, b""), begin(0x10), *rows, (0x0A, b""))


def raw_book(rows: str, *, entities: str = "") -> bytes:
    """A workbook whose only sheet has these rows of XML, and declares these entities."""
    sink = BytesIO()
    made = book()
    with (
        zipfile.ZipFile(BytesIO(made)) as old,
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            said = old.read(part).decode()
            if part == "xl/worksheets/sheet1.xml":
                begin, end = said.index("<sheetData>"), said.index("</sheetData>")
                said = said[:begin] + "<sheetData>" + rows + said[end:]
                if entities:
                    at = said.index("<worksheet")
                    said = said[:at] + f"<!DOCTYPE w [{entities}]>" + said[at:]
            new.writestr(part, said)
    return sink.getvalue()


def with_part(name: str) -> bytes:
    sink = BytesIO(book())
    with zipfile.ZipFile(sink, "a") as archive:
        archive.writestr(name, b"x")
    return sink.getvalue()


def document() -> bytes:
    sink = BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return sink.getvalue()


def hide_the_sheet(made: openpyxl.Workbook) -> None:
    made.create_sheet("Trống")
    made.worksheets[0].sheet_state = "hidden"


def fill_far(made: openpyxl.Workbook) -> None:
    made.active["A1048576"] = 1


#: A text of a hundred letters, named by ten, each named by ten again …
GROWING = f'<!ENTITY a0 "{"ha" * 50}">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
)
REFUSED = {
    "an .xlsm": (with_part("xl/vbaProject.bin"), "file.macros", "không macro"),
    "a million rows": (book(more=fill_far), "file.too_many_rows", "chia tệp"),
    "rows without numbers": (raw_book("<row/>" * 130_000 + "<row><c><v>1</v></c></row>"),
                             "file.too_many_rows", "chia tệp"),
    "an .ods": (with_part("content.xml"), "file.other_workbook", ".xlsx"),
    "a document of Word": (document(), "file.unknown_kind", ".xlsx"),
    "an .xls with a password": (old_book((0, 0, 1.0), protect=True), "file.locked", "bỏ mật khẩu"),
    "an .xlsx with a password": (
        (Path(__file__).parent / "password.xlsx").read_bytes(), "file.locked", "bảo vệ bằng mật khẩu"),
    "entities that grow to 100 GB": (
        raw_book('<row><c t="inlineStr"><is><t>&a9;</t></is></c></row>', entities=GROWING),
        "file.broken", "Không đọc được"),
    "a program named .csv": (Path(sys.executable).read_bytes()[:100_000], "file.unknown_kind", ".xlsx"),
    "bytes that are no text, named .csv": (bytes(range(1, 256)) * 1_000, "file.not_utf8", "CSV UTF-8"),
    "a page of the web named .xls": (b"<html><table><tr><td>AN</td></tr></table>", "file.markup", "trang web"),
    "a PDF": (b"%PDF-1.7\n\x00\x01", "file.unknown_kind", ".xlsx"),
    "an empty sheet": (book([]), "file.empty", "không có ô nào"),
    "only a hidden sheet": (book(more=hide_the_sheet), "file.only_hidden", "bỏ ẩn"),
    "TCVN3": ("M· ®¹i lý;Tªn".encode("latin-1"), "file.not_utf8", "CSV UTF-8"),
    "lines without end": (b"a;b\n" + b"\n" * 2_000_000, "file.too_many_rows", "chia tệp"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_words(name: str):
    data, code, words = REFUSED[name]
    with pytest.raises(Unreadable) as refused:
        read_cells(data)
    assert refused.value.code == code
    assert words in str(FileRefused(refused.value))


def test_an_old_workbook_is_read_whatever_its_name():
    assert read_cells(old_book((0, 0, 1.0), (1, 1, 2.0))).rows == [[1.0, ""], ["", 2.0]]


def test_a_file_that_would_take_all_memory_ends_only_its_reader(
    company: Company, manager: APIClient
):
    far = old_book((0, 0, 1.0), (65_535, 65_535, 2.0))  # a rectangle of 137 GB
    wide = "<row>" + "<c><v>1</v></c>" * 100_000 + "</row>"
    hidden = raw_book(wide + "<row/>" * 100_000 + "<row><c><v>1</v></c></row>")
    for data in (far, hidden):
        answer = upload(manager, data, name="giao.xls")
        assert (answer.status_code, answer.json()["reason"]) == (400, "file.bomb")
        assert "mở ra quá lớn" in answer.json()["detail"]
    assert not ImportFile.objects.exists()
    assert cells_of(book()).rows == [HEADS, LINE]


def test_zeros_that_excel_dropped_are_found_again(company: Company, manager: APIClient):
    heads = ["Mã ĐL", "Tên đại lý", "Địa bàn", "Ngày bắt đầu", "Hoa hồng (%)", "Hạn mức"]
    new: list[list[Any]] = [
        ["007", "Bảy", 6685, "01/11/26", 12, "50.000.000"],
        ["12", "Mười hai", "06685", 46_327, "12 %", -1],
    ]
    told = upload(manager, book(heads, *new), kind="agents").json()
    assert [(each["row"], each["code"]) for each in told["errors"]] == [(3, "import.not_limit")]
    told = upload(manager, book(heads, new[0]), kind="agents").json()
    assert manager.post(f"/api/v1/imports/{told['key']}/commit/").status_code == 201
    lines = [["17/11/2026", 7, "TT10", 5], ["17/11/2026", 8, "TT10", 5]]
    told = upload(manager, book(HEADS, *lines)).json()
    assert [(each["row"], each["message"]) for each in told["errors"]] == [
        (3, "Không có đại lý mã 8 trong địa bàn của bạn.")
    ]


def test_signs_that_no_workbook_holds_stop_no_copy_of_the_file(
    company: Company, manager: APIClient
):
    rows = "Kỳ vé;Mã đại lý;Loại vé;Vé giao\n17/11/2026;AN\x02;TT10;5\x015\n17/11/2026;\x1bZ\v;TT10;5\n"
    told = upload(manager, rows.encode()).json()
    assert [(each["row"], each["code"]) for each in told["errors"]] == [
        (2, "import.not_count"), (3, "agent.unknown"),
    ]  # fmt: skip
    assert manager.get(f"/api/v1/imports/{told['key']}/annotated/").status_code == 200


def test_codes_and_places_are_known_as_people_write_them(company: Company, manager: APIClient):
    """Not by guessing: where two are meant, and where nobody is, the cell is named."""
    for code in ("BI NH2", "binh2"):
        make.agent(code, company.hong_gai)
    lines = [
        ["17/11/2026", " an ", "tt10", 5],
        ["17/11/2026", "B i n h", "Tt 10", 5],
        ["17/11/2026", "BINH2", "TT10", 5],
        ["17/11/2026", "ANN", "TT10", 5],
    ]
    told = upload(manager, book(HEADS, *lines)).json()
    assert [(each["row"], each["code"]) for each in told["errors"]] == [
        (4, "agent.unknown"), (5, "agent.unknown"),
    ]  # fmt: skip
    told = upload(manager, book(HEADS, *lines[:2], ["17/11/2026", "AN", "TT10", 7])).json()
    assert [(each["row"], each["code"]) for each in told["errors"]] == [(4, "line.duplicate")]
    told = upload(manager, book(HEADS, *lines[:2])).json()
    assert manager.post(f"/api/v1/imports/{told['key']}/commit/").status_code == 201
    sold = ConsignmentEntry.objects.values_list("agent__code", "issued").order_by("agent__code")
    assert list(sold) == [("AN", 5), ("BINH", 5)]
    heads = ["Mã ĐL", "Tên đại lý", "Địa bàn", "Ngày bắt đầu", "Hoa hồng (%)"]
    new = [
        [f"DL{n}", "Mới", place, "01/11/26", 12]
        for n, place in enumerate(("P. Hồng Gai", "mong cai 1", "Bãi Cháy"))
    ]
    told = upload(manager, book(heads, *new), kind="agents").json()
    assert [(each["row"], each["code"]) for each in told["errors"]] == [
        (4, "import.region_unknown")
    ]


def test_another_sheet_of_the_file_can_be_chosen(company: Company, manager: APIClient):
    def more(made: openpyxl.Workbook) -> None:
        made.create_sheet("Giao").append(HEADS)
        made["Giao"].append(LINE)

    data = book(["Hướng dẫn điền"], more=more)
    told = upload(manager, data).json()
    assert (told["sheet"], told["sheets"], told["lines"]) == ("Sheet", ["Sheet", "Giao"], 0)
    told = upload(manager, data, sheet="Giao").json()
    assert (told["sheet"], told["lines"], told["errors"]) == ("Giao", 1, [])


def test_a_text_that_was_kept_from_being_a_formula_comes_back_as_it_was():
    cells: list[list[Any]] = [
        ["Mã đại lý", "Ngày nộp", "Số tiền", "Nơi nộp", "Diễn giải", "Số phiếu"],
        ["'007", "16/11/2026", "1.000", "CK", "'=cmd|' /C calc'!A0", "1"],
        ["AN", "16/11/2026", "1.000", "", "'tiền vé'", "2"],
    ]
    heads = find_heads("payments", cells)
    read = read_lines("payments", cells, heads, heads.mapping, {})
    assert [(one.agent, one.into, one.reason) for one in read.lines] == [
        ("007", "bank", "=cmd|' /C calc'!A0"),
        ("AN", "cash", "'tiền vé'"),
    ]


def test_headings_may_be_merged_and_stand_below_a_title():
    cells: list[list[Any]] = [
        ["BẢNG GIAO VÉ THÁNG 11", "", "", "", ""],
        ["", "", "", "", ""],
        ["Ngày quay", "Mã đại lý", "Loại vé", "Số lượng", ""],
        ["", "", "", "Vé giao", "Vé trả"],
        ["17/11/2026", "AN", "TT10", 100, 20],
        ["", "", "Cộng", 100, 20],
    ]
    heads = find_heads("sales", cells)
    assert (heads.row, dict(heads.mapping)) == (
        4,
        {"draw_date": 0, "agent": 1, "product": 2, "issued": 3, "returned": 4},
    )
    read = read_lines("sales", cells, heads, heads.mapping, {})
    assert [
        (n, one.issued, one.returned) for n, one in zip(read.rows, read.lines, strict=True)
    ] == [(5, 100, 20)]
    assert guess("issues", ["Ma DL", "KỲ VÉ (ngày)", "loại", "Số lượng"]) == {
        "agent": 0, "draw_date": 1, "product": 2, "issued": 3,
    }  # fmt: skip


def packed(**parts):
    sink = BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return sink.getvalue()


def lying(name: str, content: bytes) -> bytes:
    """An archive whose directory says ten bytes, and the checksum of ten."""
    data = bytearray(packed(**{name: content}))
    at = data.index(b"PK\x01\x02")
    data[at + 16 : at + 20] = zlib.crc32(content[:10]).to_bytes(4, "little")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


def test_dangerous_or_foreign_files_are_refused_in_words(company, manager):
    far = openpyxl.Workbook()
    far.active["A1048576"] = 1
    wide = openpyxl.Workbook()
    wide.active["BM1"] = 1
    sinks = [BytesIO(), BytesIO()]
    far.save(sinks[0])
    wide.save(sinks[1])
    cases = {
        "file.empty": b"",
        "file.bomb": packed(xl__a=b"0" * (210 << 20)),
        "file.macros": packed(**{"xl/vbaProject.bin": b"x"}),
        "file.locked": b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
        "file.broken": b"PK\x03\x04xxxx",
        "file.unknown_kind": b"\x00\x01\x02",
        "file.not_utf8": "Mã;Tên".encode("cp1258", "replace") + b"\xd2\xff",
        "file.too_many_rows": sinks[0].getvalue(),
        "file.too_many_columns": sinks[1].getvalue(),
    }
    for code, data in cases.items():
        with pytest.raises(Unreadable) as refused:
            read_cells(data)
        assert refused.value.code == code
    with pytest.raises(Unreadable, match=r"file\.bomb"):
        read_cells(lying("xl/a", b"0" * (210 << 20)))
    for place in ("a0120001", "r120001", "B250000"):  # as calamine reads them, if not Excel
        with pytest.raises(Unreadable, match=r"file\.too_many_rows"):
            read_cells(packed(**{"xl/worksheets/s.xml": f'<c r = "{place}"/>'.encode()}))
    answer = upload(manager, sinks[0].getvalue())
    assert (answer.status_code, answer.json()["code"]) == (400, "import.unreadable")
    assert "kéo quá dòng 120" in answer.json()["detail"]
    assert ImportFile.objects.count() == 0


@given(st.integers(1, 10**6), st.integers(1, 10**7))
def test_the_row_limit_is_exact(most: int, row: int):
    sheet = packed(**{"xl/worksheets/s.xml": f'<row r="{row}">'.encode()})
    wanted = "file.too_many_rows" if row > most else "file.unknown_kind"  # no workbook at all
    with pytest.raises(Unreadable) as refused:
        read_cells(sheet, most_rows=most)
    assert refused.value.code == wanted


def test_an_excel_date_number_and_a_real_moment_are_days():
    cells: list[list[Any]] = [["Kỳ vé", "Mã đại lý", "Loại vé", "Vé giao"],
             [46_343, "AN", "TT10", "1"], [datetime(2026, 11, 17, 18, tzinfo=VN), "AN", "LT5", "2 vé"]]  # fmt: skip
    heads = find_heads("issues", cells)
    read = read_lines("issues", cells, heads, heads.mapping, {})
    assert [(one.draw_date, one.issued) for one in read.lines] == [
        (date(2026, 11, 17), 1),
        (date(2026, 11, 17), 2),
    ]

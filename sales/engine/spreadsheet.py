"""Reading a file of a program for tables: .xlsx, .xls, .csv. Refuses what is dangerous or no table. Pure.

calamine lays a sheet out in memory as a full rectangle, so a cell far away would take all of it: how far
a sheet reaches is looked at before. What is still hidden from that look (an .xls is not looked into) may
end the process: files of people are read in one of their own (sales/imports/reading_process.py).
"""

import csv
import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import islice
from typing import Any, Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MOST_BYTES: Final = 20 << 20
#: What the parts of a workbook may become when they are unpacked, all together.
MOST_UNPACKED: Final = 200 << 20
MOST_PARTS: Final = 2_000
MOST_ROWS: Final = 120_000
MOST_COLUMNS: Final = 64

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_WIDE: Final = "_VBA_PROJECT".encode("utf-16-le")
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
#: The record FILEPASS of an .xls with a password, behind its first records.
_FILE_PASS: Final = re.compile(
    rb"\x09\x08(?:\x10\x00.{16}|\x08\x00.{8})(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL
)
#: The name of a cell or row, as far as its value. A letter first is found four times as fast as a border of
#: words, and the same in small letters would take twice the time.
_PLACE: Final = rb"r(?<!\wr)\s*=\s*[\"']"
#: A cell in column BM (65) or further.
_FAR_COLUMN: Final = re.compile(_PLACE + rb"(?:[A-Za-z]{3,}|[C-Zc-z][A-Za-z]|[Bb][M-Zm-z])[0-9]")
_HIDDEN_ROW: Final = re.compile(rb"<(?:\w+:)?row\s[^>]*\bhidden\s*=\s*[\"'](?:1|true)")
#: As far as a match of the patterns above can reach back.
_TAIL: Final = 400
_PIECE: Final = 1 << 20
#: Pages of the web and other texts that programs name .xls.
_MARKUP: Final = re.compile(
    r"\s*(?:<!doctype|<html|<table|<\?xml|<head|<style|mime-version:)", re.IGNORECASE
)
#: Letters of Vietnamese and signs of Windows-1258 that texts have.
_LETTERS: Final = frozenset("ăâêôơưđ") | frozenset("“”‘’–—…•₫°±§«»×\xa0")
_MARKS: Final = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")
_SAMPLE: Final = 64 << 10


class Unreadable(Exception):
    """The file is not taken; `code` and `values` say why."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Cells:
    """A sheet; row 1 of the file is the first, empty ones included.

    `sheets` are those that may be read, this one among them; hidden ones may not. `hidden_rows` counts
    rows hidden in the file: they are among the rows. `encoding` is of a CSV that is not UTF-8.
    """

    sheet: str
    rows: list[list[Any]]
    sheets: tuple[str, ...] = ()
    hidden_rows: int = 0
    encoding: str = ""


def read_cells(data: bytes, *, most_rows: int = MOST_ROWS, sheet: str = "") -> Cells:
    """The cells of a file of at most so many rows, empty ones counted. Raises Unreadable.

    Of the sheet of that name, or of the first that is shown and has anything in it.
    """
    if not data:
        raise Unreadable("file.empty")
    if len(data) > MOST_BYTES:
        raise Unreadable("file.too_large", most=MOST_BYTES >> 20)
    if data.startswith(_ZIP):
        return _workbook(data, most_rows, sheet, _look_into(data, most_rows))
    if data.startswith(_OLE):
        if _LOCKED in data or _FILE_PASS.search(data):
            raise Unreadable("file.locked")
        if _WIDE in data:
            raise Unreadable("file.macros")
        return _workbook(data, most_rows, sheet, 0)
    return _csv(data, most_rows)


def _look_into(data: bytes, most_rows: int) -> int:
    """Refuse bombs, macros and sheets that reach too far, by what is really in the archive.

    How many rows are hidden.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS:
                raise Unreadable("file.bomb")
            names = {part.filename.lower() for part in parts}
            if any(name.endswith("vbaproject.bin") for name in names):
                raise Unreadable("file.macros")
            if names & {"xl/workbook.bin", "content.xml"}:  # .xlsb and .ods are not looked into
                raise Unreadable("file.other_workbook")
            left, hidden, far_row = MOST_UNPACKED, 0, _beyond(most_rows)
            for part in parts:
                left, rows = _read_part(packed, part, left, far_row, most_rows)
                hidden += rows
            if "xl/workbook.xml" not in names:
                raise Unreadable("file.unknown_kind")
            return hidden
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable("file.broken") from error


def _beyond(most: int) -> re.Pattern[bytes]:
    """A row, or a cell in a row, of a number greater than `most`."""
    digits = str(most)
    greater = [rf"[1-9][0-9]{{{len(digits)},}}"]
    for at, digit in enumerate(digits):
        if digit != "9":
            greater.append(f"{digits[:at]}[{int(digit) + 1}-9][0-9]{{{len(digits) - at - 1}}}")
    return re.compile(_PLACE + rf"[A-Za-z]*0*(?:{'|'.join(greater)})[\"']".encode())


def _read_part(
    packed: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    left: int,
    far_row: re.Pattern[bytes],
    most_rows: int,
) -> tuple[int, int]:
    """Unpack a part piece by piece; what may still be unpacked after it, and its hidden rows.

    What the archive says of its sizes is not believed: it would end the reading early.
    """
    part.file_size = 1 << 62
    is_sheet = part.filename.lower().startswith("xl/worksheets/")
    tail, hidden = b"", 0
    with packed.open(part) as stream:
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise Unreadable("file.bomb")
            if is_sheet:
                seen = tail + piece
                if far_row.search(seen):
                    raise Unreadable("file.too_many_rows", most=most_rows)
                if _FAR_COLUMN.search(seen):
                    raise Unreadable("file.too_many_columns", most=MOST_COLUMNS)
                if b"hidden" in seen:
                    ends = (each.end() for each in _HIDDEN_ROW.finditer(seen))
                    hidden += sum(1 for end in ends if end > len(tail))
                tail = piece[-_TAIL:]
    return left, hidden


def _workbook(data: bytes, most_rows: int, wanted: str, hidden_rows: int) -> Cells:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        tables = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        shown = [each.name for each in tables if each.visible == SheetVisibleEnum.Visible]
        chosen, filled = None, []
        for name in shown:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                filled.append(name)
                if chosen is None or name == wanted:
                    chosen = sheet
        if chosen is not None:
            return Cells(chosen.name, _rows(chosen, most_rows), tuple(filled), hidden_rows)
    except PasswordError as error:
        raise Unreadable("file.locked") from error
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise Unreadable("file.broken") from error
    raise Unreadable("file.empty" if len(shown) == len(tables) else "file.only_hidden")


def _rows(sheet: CalamineSheet, most_rows: int) -> list[list[Any]]:
    if sheet.total_height > most_rows:
        raise Unreadable("file.too_many_rows", most=most_rows)
    if sheet.total_width > MOST_COLUMNS:
        raise Unreadable("file.too_many_columns", most=MOST_COLUMNS)
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    _share_values(rows)
    return rows


def _share_values(rows: list[list[Any]]) -> None:
    """Keep what many cells say once: a long sheet repeats its codes and days on every row."""
    seen: dict[tuple[type, Any], Any] = {}
    for row in rows:
        for at, cell in enumerate(row):
            row[at] = seen.setdefault((cell.__class__, cell), cell)


def _csv(data: bytes, most_rows: int) -> Cells:
    text, encoding = _decoded(data)
    if "\x00" in text:
        raise Unreadable("file.unknown_kind")
    if _MARKUP.match(text):
        raise Unreadable("file.markup")
    if not text.strip(' \t\r\n;,"'):
        raise Unreadable("file.empty")
    delimiter = _delimiter(text[:_SAMPLE])
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        rows: list[list[Any]] = list(islice(reader, most_rows + 1))
    except csv.Error as error:
        raise Unreadable("file.broken") from error
    if len(rows) > most_rows:
        raise Unreadable("file.too_many_rows", most=most_rows)
    if max(map(len, rows), default=0) > MOST_COLUMNS:
        raise Unreadable("file.too_many_columns", most=MOST_COLUMNS)
    _share_values(rows)
    return Cells("", rows, encoding=encoding)


def _decoded(data: bytes) -> tuple[str, str]:
    """The text and, where it is not UTF-8, its encoding. Raises Unreadable."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            raise Unreadable("file.not_utf8") from None
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    if b"\x00" in data:
        raise Unreadable("file.unknown_kind")
    try:
        text = unicodedata.normalize("NFC", data.decode("cp1258"))
    except UnicodeDecodeError:
        raise Unreadable("file.not_utf8") from None
    if not all(map(_is_vietnamese, set(text))):
        raise Unreadable("file.not_utf8")  # TCVN3 and others would be read as other letters
    return text, "Windows-1258"


def _is_vietnamese(char: str) -> bool:
    if char.isascii() or char.lower() in _LETTERS:
        return True
    parts = unicodedata.normalize("NFD", char.lower())
    return parts[0] in "aeiouy" and _MARKS.issuperset(parts[1:])


def _delimiter(sample: str) -> str:
    """What sets the columns apart: said by "sep=", else by what most rows agree on."""
    if found := re.match(r"sep=([;\t,])\r?\n", sample, re.IGNORECASE):
        return found[1]
    return max(";\t,", key=lambda delimiter: _agreement(sample, delimiter))


def _agreement(sample: str, delimiter: str) -> int:
    """How many of the first rows have the commonest number of columns, beyond one."""
    widths: Counter[int] = Counter()
    try:
        reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter)
        widths.update(len(row) for row in islice(reader, 40) if len(row) > 1)
    except csv.Error:
        return 0
    return max(widths.values(), default=0)

"""Reading a file of a program for tables: .xlsx, .xls, .csv. Refuses what is dangerous or no table. Pure.

calamine lays a sheet out in memory as a full rectangle, so a cell far away would take all of it: how far
a sheet reaches is looked at before.
"""

import csv
import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

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
#: A cell in column BM (65) or further.
_FAR_COLUMN: Final = re.compile(
    rb"\br\s*=\s*[\"'](?:[A-Z]{3,}|[C-Z][A-Z]|B[M-Z])[0-9]", re.IGNORECASE
)
_PIECE: Final = 1 << 20


class Unreadable(Exception):
    """The file is not taken; `code` and `values` say why."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Cells:
    """The first sheet with anything in it; row 1 of the file is the first, empty ones included."""

    sheet: str
    rows: list[list[Any]]


def read_cells(data: bytes, *, most_rows: int = MOST_ROWS) -> Cells:
    """The cells of a file of at most so many rows, empty ones counted. Raises Unreadable."""
    if not data:
        raise Unreadable("file.empty")
    if len(data) > MOST_BYTES:
        raise Unreadable("file.too_large", most=MOST_BYTES >> 20)
    if data.startswith(_ZIP):
        _look_into(data, most_rows)
        return _workbook(data, most_rows)
    if data.startswith(_OLE):
        if _LOCKED in data:
            raise Unreadable("file.locked")
        if _WIDE in data:
            raise Unreadable("file.macros")
        return _workbook(data, most_rows)
    return _csv(data, most_rows)


def _look_into(data: bytes, most_rows: int) -> None:
    """Refuse bombs, macros and sheets that reach too far, by what is really in the archive."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS:
                raise Unreadable("file.bomb")
            if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
                raise Unreadable("file.macros")
            left, far_row = MOST_UNPACKED, _beyond(most_rows)
            for part in parts:
                left = _read_part(packed, part, left, far_row, most_rows)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable("file.broken") from error


def _beyond(most: int) -> re.Pattern[bytes]:
    """A row, or a cell in a row, of a number greater than `most`."""
    digits = str(most)
    greater = [rf"[1-9][0-9]{{{len(digits)},}}"]
    for at, digit in enumerate(digits):
        if digit != "9":
            greater.append(f"{digits[:at]}[{int(digit) + 1}-9][0-9]{{{len(digits) - at - 1}}}")
    pattern = rf"\br\s*=\s*[\"'][A-Z]*0*(?:{'|'.join(greater)})[\"']"
    return re.compile(pattern.encode(), re.IGNORECASE)


def _read_part(
    packed: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    left: int,
    far_row: re.Pattern[bytes],
    most_rows: int,
) -> int:
    """Unpack a part piece by piece; what may still be unpacked after it.

    What the archive says of its sizes is not believed: it would end the reading early.
    """
    part.file_size = 1 << 62
    is_sheet = part.filename.lower().startswith("xl/worksheets/")
    tail = b""
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
                tail = piece[-400:]
    return left


def _workbook(data: bytes, most_rows: int) -> Cells:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(cell not in ("", None) for row in rows for cell in row):
                return _within_limits(Cells(name, rows), most_rows)
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise Unreadable("file.broken") from error
    raise Unreadable("file.empty")


def _csv(data: bytes, most_rows: int) -> Cells:
    if b"\x00" in data[:1_000] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable("file.unknown_kind")
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("file.not_utf8") from None
    sample = "\n".join(text.splitlines()[:40])
    delimiter = max(";\t,", key=sample.count)
    try:
        rows: list[list[Any]] = list(csv.reader(StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise Unreadable("file.broken") from error
    if not any(cell.strip() for row in rows for cell in row):
        raise Unreadable("file.empty")
    return _within_limits(Cells("", rows), most_rows)


def _within_limits(cells: Cells, most_rows: int) -> Cells:
    if len(cells.rows) > most_rows:
        raise Unreadable("file.too_many_rows", most=most_rows)
    if max(map(len, cells.rows), default=0) > MOST_COLUMNS:
        raise Unreadable("file.too_many_columns", most=MOST_COLUMNS)
    return cells

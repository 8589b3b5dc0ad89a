"""Cells of the spreadsheets people send: .xlsx, .xls or CSV, bounded."""

import csv
import zipfile
from io import BytesIO, StringIO
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from backend.problems import Problem

MAX_BYTES: Final = 5 << 20
#: What a workbook may become when it is unpacked.
MAX_UNPACKED: Final = 200 << 20
MAX_ROWS: Final = 250_000


class SheetRefused(Problem):
    code = "sheet.refused"
    message = _("Không đọc được tệp. Hãy gửi tệp Excel (.xlsx, .xls) hoặc CSV mã UTF-8.")


def cells_of(data: bytes, *, most_rows: int = MAX_ROWS) -> list[list[Any]]:
    """The cells of the first sheet. Raises SheetRefused."""
    if not data:
        raise SheetRefused
    if len(data) > MAX_BYTES:
        raise SheetRefused(_("Tệp lớn hơn 5 MB. Hãy chia thành nhiều tệp nhỏ hơn."))
    cells = _workbook(data) if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") else _csv(data)
    if len(cells) > most_rows:
        text = _("Tệp có hơn %(most)s dòng. Hãy chia thành nhiều tệp nhỏ hơn.")
        raise SheetRefused(str(text) % {"most": most_rows})
    return cells


def _workbook(data: bytes) -> list[list[Any]]:
    try:
        if data.startswith(b"PK"):
            with zipfile.ZipFile(BytesIO(data)) as packed:
                if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                    raise SheetRefused
        return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    except (CalamineError, zipfile.BadZipFile, ValueError, IndexError) as error:
        raise SheetRefused from error


def _csv(data: bytes) -> list[list[Any]]:
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetRefused(_("Tệp CSV phải ở mã UTF-8. Hãy lưu lại dạng CSV UTF-8.")) from error
    first = max(text.splitlines()[:40], key=len, default="")
    delimiter = max(";,\t", key=first.count)
    try:
        return list(csv.reader(StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise SheetRefused from error

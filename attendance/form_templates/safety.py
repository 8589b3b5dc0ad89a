"""Whether an uploaded .xlsx is a small workbook that does nothing but hold cells."""

import re
import zipfile
import zlib
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext_lazy as _

from backend.problems import Problem

MAX_BYTES: Final = 2 * 1024 * 1024
#: Unpacked: about 100,000 cells, a hundred times a form.
_MAX_UNPACKED: Final = 8 * 1024 * 1024
_MAX_PARTS: Final = 200
_PIECE: Final = 64 * 1024
_WORKBOOK_TYPE: Final = b"spreadsheetml.sheet.main+xml"
#: What a file of cells has no need of: programs, other files, data from elsewhere.
_MACROS: Final = re.compile(r"vbaproject|macrosheets/|activex/|ctrlprops/|customui", re.IGNORECASE)
_OUTSIDE: Final = re.compile(
    r"externallinks/|connections\.xml|querytables/|embeddings/|/model/", re.IGNORECASE
)


class TemplateTooLarge(Problem):
    code = "form_template_too_large"
    status = 413
    message = _(
        "Tệp mẫu lớn hơn 2 MB, hoặc giải nén ra quá lớn. Hãy bỏ hình và các trang không cần."
    )


class NotAWorkbook(Problem):
    code = "form_template_not_a_workbook"
    message = _(
        "Tệp này không phải bảng tính Excel .xlsx. Hãy mở bằng Excel và lưu lại dạng .xlsx."
    )


class HasMacros(Problem):
    code = "form_template_has_macros"
    message = _(
        "Tệp mẫu có macro hoặc nút lệnh. Hãy lưu lại dạng “Excel Workbook (.xlsx)” rồi tải lên."
    )


class ReachesOutside(Problem):
    code = "form_template_reaches_outside"
    message = _(
        "Tệp mẫu có liên kết ra ngoài (%(where)s). Hãy vào Data → Edit Links để ngắt liên kết, bỏ các "
        "siêu liên kết và nguồn dữ liệu, rồi tải lại."
    )

    def __init__(self, where: str) -> None:
        super().__init__(self.message % {"where": where})


def check_harmless(content: bytes) -> None:
    """Look into the file without unpacking more than is allowed.

    Raises TemplateTooLarge, NotAWorkbook, HasMacros, ReachesOutside.
    """
    if len(content) > MAX_BYTES:
        raise TemplateTooLarge
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            _check_parts(package)
    except (
        zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError,
        ParseError, DefusedXmlException,
    ) as error:  # fmt: skip
        raise NotAWorkbook from error


def _check_parts(package: zipfile.ZipFile) -> None:
    names = package.namelist()
    if len(names) > _MAX_PARTS:
        raise TemplateTooLarge
    for name in names:
        if _MACROS.search(name):
            raise HasMacros
        if _OUTSIDE.search(name):
            raise ReachesOutside(name)
    left = _MAX_UNPACKED
    parts: dict[str, bytes] = {}
    for name in names:
        parts[name] = _unpacked(package, name, left)
        left -= len(parts[name])
    _check_types(parts.get("[Content_Types].xml", b""))
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            _check_xml(name, part)


def _check_xml(name: str, part: bytes) -> None:
    """Nothing declares entities: openpyxl refuses them too, but not where lxml is installed."""
    root = fromstring(part)
    if name.endswith(".rels") and any(each.get("TargetMode") == "External" for each in root):
        raise ReachesOutside(name)


def _unpacked(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    """At most `most` bytes, whatever the directory of the file says about its size."""
    found = bytearray()
    with package.open(name) as part:
        while piece := part.read(_PIECE):
            found += piece
            if len(found) > most:
                raise TemplateTooLarge
    return bytes(found)


def _check_types(types: bytes) -> None:
    if b"macroEnabled" in types:
        raise HasMacros
    if _WORKBOOK_TYPE not in types:
        raise NotAWorkbook

"""Whether an Office file (.xlsx, .docx) is small, whole, and does nothing but hold content. Pure."""

import re
import zipfile
import zlib
from enum import StrEnum
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

WORKBOOK: Final = b"spreadsheetml.sheet.main+xml"
DOCUMENT: Final = b"wordprocessingml.document.main+xml"
_MAX_PARTS: Final = 500
_PIECE: Final = 64 * 1024
#: What a file of cells or words has no need of: programs, other files, data from elsewhere.
_MACROS: Final = re.compile(
    r"vbaproject|vbadata|macrosheets/|activex/|ctrlprops/|customui", re.IGNORECASE
)
_OUTSIDE: Final = re.compile(
    r"externallinks/|connections\.xml|querytables/|embeddings/|/model/", re.IGNORECASE
)
_HYPERLINK: Final = "/hyperlink"
#: A part that is a document of another kind (a web page, a text) which Word takes in when it opens.
_FOREIGN: Final = "/afchunk"
#: Fields by which Word gets something from elsewhere, or runs it; a hyperlink only leads there.
_FETCHING: Final = re.compile(
    r"DDE|INCLUDE|(?<!HYPER)LINK|IMPORT|DATABASE|MACROBUTTON", re.IGNORECASE
)
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Reason(StrEnum):
    """Why a file is refused."""

    TOO_LARGE = "too_large"
    NOT_ONE = "not_one"  # not a file of the kind, or a broken one
    MACROS = "macros"
    OUTSIDE = "outside"  # it reaches other files


class Harmful(Exception):
    """The file is refused; `where` is the part of the package at fault."""

    def __init__(self, reason: Reason, where: str = "") -> None:
        super().__init__(f"{reason} {where}".strip())
        self.reason, self.where = reason, where


def check_office(
    content: bytes, *, main: bytes, most: int, most_unpacked: int, may_link: bool = False
) -> None:
    """Look into the file without unpacking more than `most_unpacked` bytes.

    `main` is WORKBOOK or DOCUMENT; `may_link` lets hyperlinks of the text lead outside. Raises Harmful.
    """
    if len(content) > most:
        raise Harmful(Reason.TOO_LARGE)
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            _check_parts(package, main, most_unpacked, may_link=may_link)
    except (
        zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError,
        ParseError, DefusedXmlException,
    ) as error:  # fmt: skip
        raise Harmful(Reason.NOT_ONE) from error


def _check_parts(
    package: zipfile.ZipFile, main: bytes, most_unpacked: int, *, may_link: bool
) -> None:
    names = package.namelist()
    if len(names) > _MAX_PARTS:
        raise Harmful(Reason.TOO_LARGE)
    if len({name.lower() for name in names}) < len(names):  # another program reads the other one
        raise Harmful(Reason.NOT_ONE)
    for name in names:
        if _MACROS.search(name):
            raise Harmful(Reason.MACROS, name)
        if _OUTSIDE.search(name):
            raise Harmful(Reason.OUTSIDE, name)
    left = most_unpacked
    parts: dict[str, bytes] = {}
    for name in names:
        parts[name] = _unpacked(package, name, left)
        left -= len(parts[name])
    _check_types(parts.get("[Content_Types].xml", b""), main)
    for name, part in parts.items():
        if name.lower().endswith((".xml", ".rels")):
            _check_xml(name, part, may_link=may_link)


def _check_xml(name: str, part: bytes, *, may_link: bool) -> None:
    """Nothing declares entities: openpyxl refuses them too, but not where lxml is installed."""
    root = fromstring(part, forbid_dtd=True)
    if not name.lower().endswith(".rels"):
        if _FETCHING.search(_field_codes(root)):
            raise Harmful(Reason.OUTSIDE, name)
        return
    for each in root:
        kind = each.get("Type", "").lower()
        is_link = may_link and kind.endswith(_HYPERLINK)
        is_outside = each.get("TargetMode") == "External" and not is_link
        if is_outside or kind.endswith(_FOREIGN):
            raise Harmful(Reason.OUTSIDE, name)


def _field_codes(root: Element) -> str:
    """What the fields of a part of Word say; a code may be cut into pieces."""
    pieces = [each.text or "" for each in root.iter(f"{_WORD}instrText")]
    simple = [each.get(f"{_WORD}instr", "") for each in root.iter(f"{_WORD}fldSimple")]
    return "".join(pieces) + " ".join(simple)


def _unpacked(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    """At most `most` bytes, whatever the directory of the file says about its size."""
    found = bytearray()
    with package.open(name) as part:
        while piece := part.read(_PIECE):
            found += piece
            if len(found) > most:
                raise Harmful(Reason.TOO_LARGE)
    return bytes(found)


def _check_types(types: bytes, main: bytes) -> None:
    if b"macroEnabled" in types:
        raise Harmful(Reason.MACROS)
    if main not in types:
        raise Harmful(Reason.NOT_ONE)

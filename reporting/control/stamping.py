"""Writing over every page of a PDF: foot, number and mark come from a second PDF, page upon page. Pure.

The pages' own content is not touched; a file is written anew with a drawing laid over each page. The
same two files give the same bytes.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

MOST_PAGES: Final = 500
#: What a side of a page may measure, in points: 25 mm to 5 m.
LEAST, MOST = 72, 14_400
#: Names that make a viewer run something.
_ACTIVE: Final = frozenset({"/JavaScript", "/JS", "/Launch"})


class BadPdf(Exception):
    """The file cannot be used; the text says why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Size:
    """A page as it is looked at, in points."""

    width: float
    height: float


def page_sizes(content: bytes) -> list[Size]:
    """Of every page, in order. Raises BadPdf."""
    with _refusing():
        return [_size(page) for page in _pages(_opened(content))]


def stamped(content: bytes, marks: bytes) -> bytes:
    """The PDF with each page of `marks`, a PDF of as many pages, drawn over its page. Raises BadPdf."""
    with _refusing():
        writer = PdfWriter(clone_from=_opened(content))
        drawn = PdfReader(BytesIO(marks)).pages
        if len(writer.pages) != len(drawn):
            raise BadPdf("số trang không khớp")
        for page, mark in zip(writer.pages, drawn, strict=True):
            page.merge_transformed_page(mark, _as_looked_at(page))
        made = BytesIO()
        writer.write(made)
        return made.getvalue()


@contextmanager
def _refusing() -> Iterator[None]:
    """What goes wrong inside because the file is not what it should be is a BadPdf."""
    try:
        yield
    except (
        PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError,
        RecursionError, TypeError, ValueError, zlib.error,
    ) as error:  # fmt: skip
        raise BadPdf("tệp hỏng") from error


def _opened(content: bytes) -> PdfReader:
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted:
        raise BadPdf("tệp có mật khẩu hoặc bị khóa; hãy lưu lại không khóa")
    if _is_active(reader.trailer):
        raise BadPdf("tệp có chương trình chạy kèm (JavaScript)")
    return reader


def _is_active(trailer: Any) -> bool:
    """Whether anything that can be reached from the trailer makes a viewer run something."""
    waiting, seen = [trailer], set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, IndirectObject):
            if value.idnum not in seen:
                seen.add(value.idnum)
                waiting.append(value.get_object())
        elif isinstance(value, DictionaryObject):
            if not _ACTIVE.isdisjoint(value):
                return True
            waiting += value.values()
        elif isinstance(value, ArrayObject):
            waiting += value
        elif isinstance(value, str) and value in _ACTIVE:
            return True
    return False


def _pages(reader: PdfReader) -> list[PageObject]:
    count = len(reader.pages)
    if not count:
        raise BadPdf("tệp không có trang nào")
    if count > MOST_PAGES:
        raise BadPdf(f"quá {MOST_PAGES} trang")
    return list(reader.pages)


def _size(page: PageObject) -> Size:
    width, height = float(page.cropbox.width), float(page.cropbox.height)
    if not all(LEAST <= side <= MOST for side in (width, height)):
        raise BadPdf("khổ giấy quá nhỏ hoặc quá lớn")
    return Size(height, width) if _turned(page) in (90, 270) else Size(width, height)


def _turned(page: PageObject) -> int:
    turned = page.rotation % 360
    if turned not in (0, 90, 180, 270):
        raise BadPdf("trang xoay lệch")
    return turned


def _as_looked_at(page: PageObject) -> Transformation:
    """From the page as it is looked at to the page as it was drawn."""
    left, bottom, right, top = (float(side) for side in page.cropbox)
    return Transformation(
        {
            0: (1, 0, 0, 1, left, bottom),
            90: (0, 1, -1, 0, right, bottom),
            180: (-1, 0, 0, -1, right, top),
            270: (0, -1, 1, 0, left, top),
        }[_turned(page)]
    )

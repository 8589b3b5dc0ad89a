"""Writing over every page of a PDF: foot, number and mark come from a second PDF, page upon page. Pure.

The pages' own content is not touched; a file is written anew with a drawing laid over each page. The
same two files give the same bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from reporting.control.pdf_objects import BadPdf, Pdf, Ref, Stored, read, refusing, written

__all__ = ["BadPdf", "Size", "page_sizes", "stamped"]

MOST_PAGES: Final = 500
#: What a side of a page may measure, in points: 25 mm to 5 m.
LEAST, MOST = 72, 14_400
_INHERITED: Final = (b"/Resources", b"/MediaBox", b"/CropBox", b"/Rotate")
_NAME: Final = b"/GiaoBanMark"


@dataclass(frozen=True, slots=True)
class Size:
    """A page as it is looked at, in points."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    value: dict[bytes, Any]  # with what it inherits
    box: tuple[float, float, float, float]
    turned: int

    @property
    def size(self) -> Size:
        width, height = self.box[2] - self.box[0], self.box[3] - self.box[1]
        return Size(height, width) if self.turned in (90, 270) else Size(width, height)

    @property
    def matrix(self) -> bytes:
        """From the page as it is looked at to the page as it was drawn."""
        left, bottom, right, top = self.box
        numbers = {
            0: (1, 0, 0, 1, left, bottom),
            90: (0, 1, -1, 0, right, bottom),
            180: (-1, 0, 0, -1, right, top),
            270: (0, -1, 1, 0, left, top),
        }[self.turned]
        return " ".join(f"{each:g}" for each in numbers).encode()


def page_sizes(content: bytes) -> list[Size]:
    """Of every page, in order. Raises BadPdf."""
    with refusing():
        return [page.size for page in _pages(read(content))]


def stamped(content: bytes, marks: bytes) -> bytes:
    """The PDF with each page of `marks`, a PDF of as many pages, drawn over its page. Raises BadPdf."""
    with refusing():
        return _stamped(content, marks)


def _stamped(content: bytes, marks: bytes) -> bytes:
    pdf, drawn = read(content), read(marks)
    pages, over = list(_pages(pdf)), list(_pages(drawn))
    if len(pages) != len(over):
        raise BadPdf("số trang không khớp")
    offset = max(pdf.objects) + 1
    pdf.objects.update(
        (number + offset, Stored(_moved(each.value, offset), each.stream))
        for number, each in drawn.objects.items()
    )
    opening = max(pdf.objects) + 1
    pdf.objects[opening] = Stored({}, b"q\n")
    for place, (page, mark) in enumerate(zip(pages, over, strict=True)):
        _lay_over(pdf, page, mark, offset=offset, free=opening + 1 + 2 * place, opening=opening)
    return _file(pdf)


def _lay_over(pdf: Pdf, page: _Page, mark: _Page, *, offset: int, free: int, opening: int) -> None:
    """Give the page its drawing as a form; `free` and the next are numbers nobody has."""
    drawing = mark.value.get(b"/Contents")
    if not isinstance(drawing, Ref):
        raise BadPdf("hình đè không đúng dạng")
    source = pdf.objects[drawing.number + offset]
    form = {
        **{key: source.value[key] for key in (b"/Filter", b"/DecodeParms") if key in source.value},
        b"/Type": b"/XObject",
        b"/Subtype": b"/Form",
        b"/BBox": [f"{each:g}".encode() for each in mark.box],
        b"/Resources": _moved(mark.value.get(b"/Resources", {}), offset),
    }
    pdf.objects[free] = Stored(form, source.stream)
    call = b"\nQ\nq " + page.matrix + b" cm " + _NAME + b" Do Q\n"
    pdf.objects[free + 1] = Stored({}, call)
    pdf.objects[page.number] = Stored(
        {
            **page.value,
            b"/Contents": [Ref(opening), *_contents(pdf, page), Ref(free + 1)],
            b"/Resources": _with_form(pdf, page, free),
        }
    )


def _contents(pdf: Pdf, page: _Page) -> list[Any]:
    contents = page.value.get(b"/Contents", [])
    held = pdf.get(contents)
    if isinstance(held, list):
        return held
    return [contents] if isinstance(held, dict) else []


def _with_form(pdf: Pdf, page: _Page, form: int) -> dict[bytes, Any]:
    resources = pdf.get(page.value.get(b"/Resources", {}))
    known = pdf.get(resources.get(b"/XObject", {})) if isinstance(resources, dict) else {}
    own = resources if isinstance(resources, dict) else {}
    return {**own, b"/XObject": {**(known if isinstance(known, dict) else {}), _NAME: Ref(form)}}


def _moved(value: Any, offset: int) -> Any:
    if isinstance(value, dict):
        return {key: _moved(each, offset) for key, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, offset) for each in value]
    return Ref(value.number + offset) if isinstance(value, Ref) else value


def _pages(pdf: Pdf) -> Iterator[_Page]:
    root = pdf.get(pdf.trailer[b"/Root"])
    if not isinstance(root, dict):
        raise BadPdf("tệp hỏng")
    count = 0
    for number, value in _leaves(pdf, root.get(b"/Pages"), {}, set()):
        count += 1
        if count > MOST_PAGES:
            raise BadPdf(f"quá {MOST_PAGES} trang")
        turned = int(float(pdf.get(value.get(b"/Rotate", b"0")))) % 360
        if turned not in (0, 90, 180, 270):
            raise BadPdf("trang xoay lệch")
        yield _Page(number, value, _box(pdf, value), turned)
    if not count:
        raise BadPdf("tệp không có trang nào")


def _leaves(
    pdf: Pdf, node: Any, inherited: dict[bytes, Any], seen: set[int]
) -> Iterator[tuple[int, dict[bytes, Any]]]:
    value = pdf.get(node)
    if not isinstance(node, Ref) or node.number in seen or not isinstance(value, dict):
        raise BadPdf("tệp hỏng")
    seen.add(node.number)
    inherited = inherited | {key: value[key] for key in _INHERITED if key in value}
    if b"/Kids" not in value:
        yield node.number, inherited | value
        return
    for kid in pdf.get(value[b"/Kids"]):
        yield from _leaves(pdf, kid, inherited, seen)


def _box(pdf: Pdf, page: dict[bytes, Any]) -> tuple[float, float, float, float]:
    found = pdf.get(page.get(b"/CropBox", page.get(b"/MediaBox", b"null")))
    try:
        x, y, to_x, to_y = (float(pdf.get(each)) for each in found)
    except (TypeError, ValueError) as error:
        raise BadPdf("trang không có khổ giấy") from error
    if not all(LEAST <= abs(side) <= MOST for side in (to_x - x, to_y - y)):
        raise BadPdf("khổ giấy quá nhỏ hoặc quá lớn")
    return min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)


def _file(pdf: Pdf) -> bytes:
    """A whole file of the objects with a table of where they stand."""
    parts, places, at = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"], {}, 15
    for number, stored in sorted(pdf.objects.items()):
        places[number] = at
        parts.append(_object(number, stored))
        at += len(parts[-1])
    size = max(places) + 1
    rows = [
        b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 65535 f \n"
        for n in range(size)
    ]
    kept = {key: pdf.trailer[key] for key in (b"/Root", b"/Info", b"/ID") if key in pdf.trailer}
    trailer = written({b"/Size": b"%d" % size, **kept})
    table = b"xref\n0 %d\n" % size + b"".join(rows)
    return b"".join([*parts, table, b"trailer\n", trailer, b"\nstartxref\n%d\n%%%%EOF\n" % at])


def _object(number: int, stored: Stored) -> bytes:
    value = stored.value
    if stored.stream is None:
        return b"%d 0 obj\n%b\nendobj\n" % (number, written(value))
    held = written({**value, b"/Length": b"%d" % len(stored.stream)})
    return b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (number, held, stored.stream)

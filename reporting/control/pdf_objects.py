"""The objects of a PDF file, read by going through it once from the beginning to the end. Pure.

Cross-reference tables are not needed: of an object written twice the later one holds, as a file grows
by appending (ISO 32000-1, 7.5.6). Numbers, strings and names stay as the bytes they were. Files with a
password, with programs inside, and broken ones are refused.
"""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

#: Objects packed together are unpacked to at most so many bytes in all.
MOST_UNPACKED: Final = 100 * 1024 * 1024
_BLANK: Final = rb"[\x00\s]"
_NO_WORD: Final = rb"\x00\s<>\[\](){}/%"
_TOKEN: Final = re.compile(
    rb"(?:[\x00\s]|%[^\r\n]*+)*+(?:"  # possessive: a file of percent signs must not take for ever
    rb"(?P<ref>(\d{1,8})[\x00\s]+(\d{1,5})[\x00\s]+R(?![^" + _NO_WORD + rb"]))"
    rb"|(?P<open><<|\[)|(?P<close>>>|\])|(?P<hex><[^<>]*>)|(?P<literal>\()"
    rb"|(?P<name>/[^" + _NO_WORD + rb"]*)|(?P<word>[^" + _NO_WORD + rb"]+))"
)
_OBJECT: Final = re.compile(rb"(?<!\d)(\d{1,8})[\x00\s]+(\d{1,5})[\x00\s]+obj(?![a-z])")
_LENGTH: Final = re.compile(
    rb"(?<!\d)(\d{1,8})[\x00\s]+\d{1,5}[\x00\s]+obj[\x00\s]+(\d{1,10})[\x00\s]+endobj"
)
_STREAM: Final = re.compile(_BLANK + rb"*stream(\r\n|\n|\r)")
_END: Final = re.compile(_BLANK + rb"*endstream")
_TRAILER: Final = re.compile(rb"trailer(?=[\x00\s]*<<)")
_ESCAPED: Final = re.compile(rb"\\.|[()]", re.DOTALL)
_HEX: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
#: Names that make a viewer run something.
_ACTIVE: Final = frozenset({b"/JavaScript", b"/JS", b"/Launch"})


class BadPdf(Exception):
    """The file cannot be used; the text says why, in Vietnamese."""


@contextmanager
def refusing() -> Iterator[None]:
    """What goes wrong inside because the file is not what it should be is a BadPdf."""
    try:
        yield
    except (
        AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError, zlib.error,
    ) as error:  # fmt: skip
        raise BadPdf("tệp hỏng") from error


class Ref(NamedTuple):
    """A reference to another object."""

    number: int


@dataclass(frozen=True, slots=True)
class Stored:
    """An object: its value (dict, list, Ref, bytes) and the bytes of its stream, if it has one."""

    value: Any
    stream: bytes | None = None


@dataclass(slots=True)
class Pdf:
    """All objects of a file by number, and what its trailers say."""

    objects: dict[int, Stored] = field(default_factory=dict)
    trailer: dict[bytes, Any] = field(default_factory=dict)
    unpacked: int = 0

    def get(self, value: Any) -> Any:
        """The value itself, or of the object it refers to; b"null" where there is none."""
        for _step in range(20):
            if not isinstance(value, Ref):
                return value
            found = self.objects.get(value.number)
            value = found.value if found else b"null"
        raise BadPdf("tham chiếu lòng vòng")


def read(content: bytes) -> Pdf:
    """Raises BadPdf; call it inside `refusing`."""
    found = Pdf()
    lengths = {int(number): int(length) for number, length in _LENGTH.findall(content)}
    at = 0
    while match := _OBJECT.search(content, at):
        _read_trailers(found, content, at, match.start())
        value, at = parse(content, match.end())
        stream, at = _stream(content, at, value, lengths)
        _keep(found, int(match[1]), Stored(value, stream))
    _read_trailers(found, content, at, len(content))
    _check(found)
    return found


def _read_trailers(found: Pdf, content: bytes, first: int, last: int) -> None:
    for match in _TRAILER.finditer(content, first, last):
        value, _at = parse(content, match.end())
        found.trailer.update(value)


def _stream(
    content: bytes, at: int, value: Any, lengths: dict[int, int]
) -> tuple[bytes | None, int]:
    """The bytes after a dictionary, by its /Length where that is true, else up to "endstream"."""
    begins = _STREAM.match(content, at)
    if begins is None or not isinstance(value, dict):
        return None, at
    start = begins.end()
    told = value.get(b"/Length")
    length = lengths.get(told.number, -1) if isinstance(told, Ref) else int(told or -1)
    if length >= 0 and (ends := _END.match(content, start + length)):
        return content[start : start + length], ends.end()
    end = content.find(b"endstream", start)
    if end < 0:
        raise BadPdf("tệp bị cắt cụt")
    return content[start:end].removesuffix(b"\n").removesuffix(b"\r"), end + len(b"endstream")


def _keep(found: Pdf, number: int, stored: Stored) -> None:
    kind = stored.value.get(b"/Type") if isinstance(stored.value, dict) else None
    if kind == b"/XRef":
        found.trailer.update(stored.value)
    elif kind == b"/ObjStm":
        found.objects.update(_unpacked(found, stored))
    else:
        found.objects[number] = stored


def _unpacked(found: Pdf, packed: Stored) -> Iterator[tuple[int, Stored]]:
    """The objects of an object stream (ISO 32000-1, 7.5.7)."""
    if packed.value.get(b"/Filter") not in (b"/FlateDecode", [b"/FlateDecode"]):
        raise BadPdf("nén theo kiểu chương trình không đọc được")
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(packed.stream or b"", MOST_UNPACKED - found.unpacked)
    found.unpacked += len(text)
    if unpacking.unconsumed_tail:
        raise BadPdf("giải nén ra quá lớn")
    first = int(packed.value[b"/First"])
    places = [int(word) for word in text[:first].split()]
    for number, offset in zip(places[::2], places[1::2], strict=True):
        yield number, Stored(parse(text, first + offset)[0])


def _check(found: Pdf) -> None:
    if b"/Encrypt" in found.trailer:
        raise BadPdf("tệp có mật khẩu hoặc bị khóa; hãy lưu lại không khóa")
    if b"/Root" not in found.trailer:
        raise BadPdf("tệp hỏng")
    if any(_is_active(each.value) for each in found.objects.values()):
        raise BadPdf("tệp có chương trình chạy kèm (JavaScript)")


def _is_active(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_name(key) in _ACTIVE or _is_active(each) for key, each in value.items())
    if isinstance(value, list):
        return any(map(_is_active, value))
    return isinstance(value, bytes) and _name(value) in _ACTIVE


def _name(word: bytes) -> bytes:
    """The name without escapes: "/J#53" is "/JS"."""
    return _HEX.sub(lambda match: bytes([int(match[1], 16)]), word) if b"#" in word else word


def parse(content: bytes, at: int) -> tuple[Any, int]:
    """The value that begins at a place, and where it ends. Raises BadPdf."""
    match = _TOKEN.match(content, at)
    if match is None:
        raise BadPdf("tệp hỏng")
    if match["ref"]:
        return Ref(int(match[2])), match.end()
    if match["open"]:
        return _container(content, match.end(), is_dict=match["open"] == b"<<")
    if match["literal"]:
        end = _literal_end(content, match.end())
        return content[match.end() - 1 : end], end
    word = match["hex"] or match["name"] or match["word"]
    if word is None:
        raise BadPdf("tệp hỏng")
    return word, match.end()


def _container(content: bytes, at: int, *, is_dict: bool) -> tuple[Any, int]:
    items = []
    while True:
        match = _TOKEN.match(content, at)
        if match is not None and match["close"]:
            at = match.end()
            break
        value, at = parse(content, at)
        items.append(value)
    if not is_dict:
        return items, at
    return dict(zip(items[::2], items[1::2], strict=True)), at


def _literal_end(content: bytes, at: int) -> int:
    """Behind the ")" that closes the string; brackets inside it are paired or escaped."""
    depth = 1
    for match in _ESCAPED.finditer(content, at):
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
        if not depth:
            return match.end()
    raise BadPdf("tệp hỏng")


def written(value: Any) -> bytes:
    """The value as it stands in a file."""
    if isinstance(value, dict):
        return b"<<" + b" ".join(k + b" " + written(v) for k, v in value.items()) + b">>"
    if isinstance(value, list):
        return b"[" + b" ".join(map(written, value)) + b"]"
    if isinstance(value, Ref):
        return b"%d 0 R" % value.number
    return bytes(value)

"""What is wrong with a text or Word template a person edits, found before it is ever filled in. Pure.

The immutable sandbox stops attributes that lead into the program, but not loops in loops, huge numbers
or calls of a value's own methods (measured); so templates may only print values and fields of values, use
the filters below, and branch and loop one inside another to a small depth.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILTERS: Final = frozenset(
    {"upper", "lower", "capitalize", "title", "trim", "default", "join", "length", "first", "last"}
)
#: Everything a template may hold; what is not named here is refused by its name.
ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.Const, nodes.Filter, nodes.If, nodes.For, nodes.Compare, nodes.Operand, nodes.And,
    nodes.Or, nodes.Not, nodes.CondExpr,
)  # fmt: skip
DEEPEST_LOOP: Final = 2
MOST_CHARACTERS: Final = 200_000
MOST_BYTES: Final = 5_000_000
MOST_UNPACKED: Final = 30_000_000
MOST_PARTS: Final = 500
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: docxtpl's own tags: "{%p if … %}" drops the paragraph around it, "{{r value }}" keeps a run.
_DOCX_TAG: Final = re.compile(r"(\{[%{#])-?(?:p|tr|tc|r)(?=\s)")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the line (of a Word file the paragraph), from 1, and why, in Vietnamese."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a template may use. In `nested` ones a loop in a loop goes only through parts of what the
    outer one goes through, to any depth: the work is then bounded by what there is to show.
    """

    filters: frozenset[str] = FILTERS
    nested: bool = False


PLAIN: Final = Allowance()


def check_template(template: bytes | str, allowance: Allowance = PLAIN) -> list[Problem]:
    """Every fault of a Jinja text, or of a Word document with Jinja in it; none is a good template."""
    if isinstance(template, str):
        return _check_text(template, allowance)
    if template[:4] != b"PK\x03\x04":
        try:
            return _check_text(template.decode("utf-8"), allowance)
        except UnicodeDecodeError:
            return [Problem(1, "Tệp không phải văn bản UTF-8, cũng không phải tệp Word (.docx).")]
    return _check_word(template, allowance)


def _check_text(text: str, allowance: Allowance) -> list[Problem]:
    if len(text) > MOST_CHARACTERS:
        return [Problem(1, f"Mẫu dài quá {MOST_CHARACTERS} ký tự.")]
    try:
        tree = ImmutableSandboxedEnvironment().parse(text)
    except TemplateSyntaxError as error:
        return [Problem(error.lineno, f"Sai cú pháp: {error.message}")]
    except RecursionError:
        return [Problem(1, "Mẫu lồng nhau quá sâu.")]
    found = set(_faults(tree, (), allowance))
    return sorted(found, key=lambda each: (each.line, each.reason))


def _faults(node: nodes.Node, loops: tuple[str, ...], allowance: Allowance) -> Iterator[Problem]:
    """Faults of the node and all below it; `loops` are the names of the loops around it."""
    if reason := _fault(node, allowance):
        yield Problem(node.lineno, reason)
    if not isinstance(node, nodes.For):
        for child in node.iter_child_nodes():
            yield from _faults(child, loops, allowance)
        return
    yield from _loop_faults(node, loops, allowance)
    # What a loop goes through stands outside of it.
    yield from _faults(node.iter, loops, allowance)
    inner = (*loops, getattr(node.target, "name", ""))
    for child in node.iter_child_nodes():
        if child is not node.iter:
            yield from _faults(child, inner, allowance)


def _loop_faults(
    node: nodes.For, loops: tuple[str, ...], allowance: Allowance
) -> Iterator[Problem]:
    if node.recursive:
        yield Problem(node.lineno, "Vòng lặp đệ quy không được dùng.")
    if not allowance.nested:
        if len(loops) >= DEEPEST_LOOP:
            yield Problem(node.lineno, f"Vòng lặp lồng nhau quá {DEEPEST_LOOP} tầng.")
    elif loops and _root(node.iter) != loops[-1]:
        yield Problem(
            node.lineno, f"Vòng lặp bên trong chỉ được đi qua các phần của «{loops[-1]}»."
        )


def _root(node: nodes.Node) -> str:
    """The name a value is reached from: "block" of block.rows[0]."""
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else ""


def _fault(node: nodes.Node, allowance: Allowance) -> str:
    if isinstance(node, nodes.Filter) and node.name not in allowance.filters:
        return f"Bộ lọc «{node.name}» không được dùng."
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        return f"Tên «{node.attr}» bắt đầu bằng gạch dưới không được dùng."
    if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
        return "Chỉ được lấy phần tử bằng tên hoặc số viết sẵn."
    if isinstance(node, nodes.Getitem) and str(getattr(node.arg, "value", "")).startswith("_"):
        return "Tên bắt đầu bằng gạch dưới không được dùng."
    if isinstance(node, nodes.Name) and (node.name.startswith("_") or node.name in _FUNCTIONS):
        return f"Tên «{node.name}» không được dùng."
    if not isinstance(node, ALLOWED):
        return f"Không được dùng lệnh «{type(node).__name__}» trong mẫu."
    return ""


_FUNCTIONS: Final = frozenset({"range", "dict", "lipsum", "cycler", "joiner", "namespace", "self"})


def _check_word(content: bytes, allowance: Allowance) -> list[Problem]:
    """Sizes before anything is unpacked, then every part of the text as one template."""
    if len(content) > MOST_BYTES:
        return [Problem(1, "Tệp Word lớn quá 5 MB.")]
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
                return [Problem(1, "Tệp Word bung ra quá lớn.")]
            if any(part.filename.endswith("vbaProject.bin") for part in parts):
                return [Problem(1, "Tệp Word có macro không được dùng.")]
            texts = [archive.read(part) for part in parts if _holds_text(part.filename)]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return [Problem(1, "Tệp Word hỏng; mở bằng Word rồi lưu lại.")]
    if not any(part.filename == "word/document.xml" for part in parts):
        return [Problem(1, "Tệp này không phải tệp Word (.docx).")]
    return [fault for text in texts for fault in _check_part(text, allowance)]


def _holds_text(name: str) -> bool:
    """The parts that docxtpl fills in; the properties of the file are among them."""
    return bool(
        re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes)\.xml|docProps/core\.xml", name)
    )


def _check_part(content: bytes, allowance: Allowance) -> list[Problem]:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        return [Problem(1, "Tệp Word hỏng hoặc chứa khai báo không được dùng.")]
    lines = [
        "".join(text.text or "" for text in paragraph.iter(f"{_WORD}t")).replace("\n", " ")
        for paragraph in root.iter(f"{_WORD}p")
    ] or ["".join(each.itertext()) for each in root]
    return _check_text(_DOCX_TAG.sub(r"\1 ", "\n".join(lines)), allowance)

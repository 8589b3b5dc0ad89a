"""A report as a Word document, by a template that a clerk can edit in Word. Pure.

The template holds the letterhead, fonts and order; what may stand in it is listed in
docs/reports.md. The same report and template give the same bytes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from reporting.builders.charts import drawn
from reporting.builders.content import (
    Block,
    Chart,
    Note,
    Report,
    Row,
    Section,
    Sentences,
    Signatures,
    Signer,
    Table,
    Tiles,
)
from reporting.builders.html import annexes, is_text, made_under, missing_lines, needs_twin
from reporting.builders.mail import days, numbers_of
from reporting.builders.numbers import VN, clock, whole
from reporting.builders.pictures import png
from reporting.builders.shaping import on_paper, twin
from reporting.builders.speaking import spoken, t
from reporting.builders.word_foot import write_foot
from reporting.builders.writing import headed, in_cell, said, unit, words

#: The template shipped with us.
TEMPLATE: Final = Path(__file__).resolve().parent.parent / "templates/reporting/report.docx"
#: Width of a picture between the margins, in millimetres.
PICTURE_WIDTH: Final = 160
#: Room between the margins in twentieths of a point, shared out by what the columns hold.
ROOM: Final = 9_350
#: Letters of a text that stand in one line where there is any room, and at most.
SHORT, LONGEST = 14, 30
#: Letters that have room between the margins in the size of tables (points), and beside a text in
#: its cell; where the longest words have none, a table is set smaller.
LETTERS: Final = 80
MARGIN: Final = 3
SIZE, SMALLEST = 10, 6
#: Every part of the file carries this moment, so that the same content gives the same bytes.
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
#: The language Word checks the spelling in.
_LOCALE: Final = {"vi": "vi-VN", "en": "en-GB"}


class BadTemplate(Exception):
    """The Word template does not hold together; the text says where."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is written; numbers stand at the right."""

    text: str
    is_text: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile as it is written."""

    label: str
    value: str
    unit: str
    note: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A block as the template sees it: `kind` says which of the fields it has."""

    kind: str
    title: str = ""
    lines: list[str] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    note: str = ""
    text: str = ""
    picture: Any = None
    place_and_day: str = ""
    signers: tuple[Signer, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A section as the template sees it."""

    title: str
    blocks: list[Shown]
    failure: str = ""
    nothing: str = ""
    is_empty: bool = False


def docx(report: Report, *, sha256: str, template: bytes | None = None) -> bytes:
    """The .docx of the report. Raises BadTemplate."""
    from docxtpl import DocxTemplate

    document = DocxTemplate(BytesIO(template) if template else str(TEMPLATE))
    context = {
        "report": report,
        "heading": report.heading,
        "days": days(report),
        "missing": missing_lines(report.completeness),
        "sections": _sections(report, document),
        "sha256": sha256,
    }
    try:
        document.render(context, _environment(), autoescape=True)
    except TemplateError as error:
        raise BadTemplate(str(error)) from error
    except Exception as error:
        # What a clerk's template makes of the values (a text compared with a number, a torn
        # table) costs the Word face, not the edition; a fault of our own template is a bug.
        if template is None:
            raise
        raise BadTemplate(f"{type(error).__name__}: {error}") from error
    for table in document.docx.tables:
        _fit(table)
    _sign(document, report, sha256)
    if report.heading.document is not None:
        write_foot(document, made_under(report.heading))
    memory = BytesIO()
    document.save(memory)
    return _repeatable(memory.getvalue())


def _environment() -> SandboxedEnvironment:
    """A clerk's template may show what it is given and nothing else."""
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    environment.filters.update(clock=clock, t=t)
    return environment


def _sections(report: Report, document: Any) -> list[Part]:
    if report.is_empty:
        return []
    found = [_part(on_paper(each), document) for each in report.sections]
    return found + [
        Part(f"{t('Phụ lục:')} {annex.section}", [_table(annex.table, annex.table.rows)])
        for annex in annexes(report)
    ]


def _part(section: Section, document: Any) -> Part:
    blocks = [each for block in section.blocks for each in _shown(block, document)]
    return Part(section.title, blocks, section.failure, section.nothing, section.is_empty)


def _shown(block: Block, document: Any) -> Iterator[Shown]:
    match block:
        case Sentences():
            yield Shown("sentences", lines=[words(each.vi) for each in block.items])
        case Tiles():
            yield Shown("tiles", tiles=[_tile(tile) for tile in block.items])
        case Table():
            rows = block.rows[: block.shown or len(block.rows)]
            left = len(block.rows) - len(rows)
            more = [t(f"Còn {whole(left)} dòng ở phụ lục hoặc trong bảng Excel.")] if left else []
            yield _table(block, rows, " ".join([*more, *([block.note] if block.note else [])]))
        case Chart():
            yield Shown("chart", title=_titled(block), picture=_picture(block, document))
            if needs_twin(block, "paper"):
                table = twin(block)
                yield _table(table, table.rows)
        case Note():
            yield Shown("note", text=block.text)
        case Signatures():
            yield Shown("signatures", place_and_day=block.place_and_day, signers=block.signers)


def _tile(tile: Any) -> Tile:
    of = tile.unit or unit(tile.figure.kind)
    return Tile(tile.label, said(tile.figure), of, words(tile.note))


def _table(table: Table, rows: tuple[Row, ...], note: str = "") -> Shown:
    heads = [headed(column) for column in table.columns]
    lines = [_cells(table, row) for row in rows]
    if table.total is not None:
        lines.append(_cells(table, table.total, is_total=True))
    return Shown("table", title=table.title, heads=heads, rows=lines, note=note)


def _cells(table: Table, row: Row, *, is_total: bool = False) -> list[Cell]:
    return [
        Cell(in_cell(value, column.kind, is_total=is_total), is_text(column))
        for column, value in zip(table.columns, row.cells, strict=True)
    ]


def _titled(chart: Chart) -> str:
    of = unit(chart.kind)
    return f"{chart.title} ({of})" if of else chart.title


def _picture(chart: Chart, document: Any) -> Any:
    from docx.shared import Mm
    from docxtpl import InlineImage

    return InlineImage(document, BytesIO(png(drawn(chart))), width=Mm(PICTURE_WIDTH))


def _fit(table: Any) -> None:
    """Give each column of a table with a head the room its longest text needs."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    rows = table._tbl.tr_lst
    if rows[0].trPr is None or rows[0].trPr.find(qn("w:tblHeader")) is None:
        return
    texts = [[_text(cell) for cell in row.tc_lst] for row in rows]
    columns = [[row[at] for row in texts] for at in range(len(texts[0]))]
    size, widths = _shared_out(columns)
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.set(qn("w:w"), str(width))
    for row in rows:
        for cell, width in zip(row.tc_lst, widths, strict=True):
            cell.get_or_add_tcPr().get_or_add_tcW().set(qn("w:w"), str(width))
            for run in cell.iter(qn("w:r")) if size < SIZE else ():
                run.get_or_add_rPr().sz_val = Pt(size)


def _text(cell: Any) -> str:
    """What is written in a cell; a paragraph and its runs would each tell it again."""
    from docx.oxml.ns import qn

    return "".join(each.text or "" for each in cell.iter(qn("w:t")))


def _longest_word(text: str) -> int:
    """Letters of the longest word; a number and its "%" are one."""
    return max(map(len, re.split(r" (?!%)", text)))


def _shared_out(columns: list[list[str]]) -> tuple[int, list[int]]:
    """The size of the letters, and the widths: room for each column's longest word, the rest for
    the columns with longer texts.
    """
    longest = [max(map(len, column[1:] or column)) for column in columns]
    least = [
        MARGIN + max(*map(_longest_word, column), min(long, SHORT))
        for column, long in zip(columns, longest, strict=True)
    ]
    wants = [
        max(MARGIN + min(long, LONGEST) - one, 0) for long, one in zip(longest, least, strict=True)
    ]
    size = SIZE
    while size > SMALLEST and sum(least) > LETTERS * SIZE // size:
        size -= 1
    spare = max(LETTERS * SIZE // size - sum(least), 0)
    needs = [
        one * max(sum(wants), 1) + spare * want for one, want in zip(least, wants, strict=True)
    ]
    return size, [ROOM * need // sum(needs) for need in needs]


def _sign(document: Any, report: Report, sha256: str) -> None:
    """What the file says of itself; pictures get the numbers as alternative text."""
    from docx.oxml.ns import qn

    heading = report.heading
    properties = document.docx.core_properties
    properties.title, properties.author = heading.title, heading.company
    properties.language = _LOCALE[spoken()]
    for language in document.docx.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), _LOCALE[spoken()])
    properties.comments = f"{heading.code} SHA-256 {sha256}"[:255]
    properties.last_modified_by = heading.company
    moment = heading.cut_off_at.astimezone(VN).replace(tzinfo=None)
    properties.created = properties.modified = moment
    charts = [
        block
        for section in ([] if report.is_empty else report.sections)
        for block in section.blocks
        if isinstance(block, Chart)
    ]
    name = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
    pictures = document.docx.element.body.iter(name)
    for number, (picture, chart) in enumerate(zip(pictures, charts, strict=False), start=1):
        picture.set("id", str(number))
        picture.set("name", chart.title)
        picture.set("descr", numbers_of(chart))


def _repeatable(content: bytes) -> bytes:
    """The same parts without the moment of saving."""
    memory = BytesIO()
    with ZipFile(BytesIO(content)) as made, ZipFile(memory, "w", ZIP_DEFLATED) as kept:
        for name in made.namelist():
            info = ZipInfo(name, _MOMENT)
            info.compress_type = ZIP_DEFLATED
            kept.writestr(info, made.read(name))
    return memory.getvalue()

"""Long tables as an Excel workbook, several times as fast as a general writer. Pure.

For dumps of 50,000 rows and more, from the same `Table` as backend.tables. Rows are written as they
come, so memory does not grow with them. A text is never a formula, one longer than a cell of Excel is
cut and says by how much, a table longer than a sheet goes on in the next one, and the same rows give
the same bytes.

Why one of our own: 100,000 rows may take a quarter of openpyxl's write-only time (docs/performance.md).
XlsxWriter took 0.7 of it when it was chosen; the Rust-backed writer that is fast enough has no titles,
merged cells, print set-up or repeatable bytes.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from typing import IO, Final
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter.utility import xl_col_to_name

from backend.heading import Heading
from backend.tables import MOST_ROWS, Column, Sum, Table, Value, cut_text, row_height

#: Rows handed to the packer at a time.
CHUNK: Final = 500
#: Level 1 packs ten times as fast as 9, into a file a quarter larger.
_LEVEL: Final = 1
#: 1899-12-30, the day Excel counts from.
_EPOCH: Final = date(1899, 12, 30).toordinal()
_ODD: Final = re.compile(r"[&<>\x00-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_")
_HIDDEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")

#: Number formats by the kinds of backend.tables.
_KINDS: Final = {
    "text": "@", "wrap": "@", "centre": "@", "day": "dd/mm/yyyy", "moment": "dd/mm/yyyy hh:mm:ss",
    "whole": "#,##0", "plain": "0", "change": "+#,##0;-#,##0;0", "percent": "0.0%",
    "decimal": "#,##0.00",
}  # fmt: skip
_LOOKS: Final = {kind: number for number, kind in enumerate(_KINDS, start=4)}
_PLAIN, _TITLE, _NOTE, _HEAD = range(4)
_CENTRED: Final = frozenset({"centre", "day", "moment", "plain"})

Cell = Callable[[Value, int], str]


def write_flat(
    sink: IO[bytes],
    tables: Iterable[Table],
    *,
    title: str,
    heading: Heading | None = None,
    most_rows: int = MOST_ROWS,
) -> int:
    """Write the tables to `sink`; returns the number of rows."""
    written, sheets = 0, []
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as book:
        for table in tables:
            for name, rows in _parts(table, most_rows):
                sheets.append((name, table))
                count = _Sheet(book, len(sheets), table).write(rows)
                written += count
        _put(book, "xl/workbook.xml", _workbook(sheets))
        _put(book, "xl/_rels/workbook.xml.rels", _relations(len(sheets)))
        _put(book, "xl/styles.xml", _styles())
        _put(book, "docProps/core.xml", _core(title, heading))
        _put(book, "_rels/.rels", _ROOT)
        _put(book, "[Content_Types].xml", _types(len(sheets)))
    return written


def _parts(table: Table, most_rows: int) -> Iterator[tuple[str, Iterable[Sequence[Value]]]]:
    """The rows in pieces that fit on a sheet, at least one, each with the sheet's name."""
    rows, room = iter(table.rows), most_rows - _top(table)
    yield table.name, islice(rows, room)
    number = 1
    while (following := next(rows, None)) is not None:
        number += 1
        yield f"{table.name} ({number})", chain([following], islice(rows, room - 1))


def _top(table: Table) -> int:
    """The row of the heads, from 1: after title, notes, an empty row."""
    return len(table.notes) + 3 if table.title else 1


class _Sheet:
    """One sheet, written from top to bottom."""

    def __init__(self, book: ZipFile, number: int, table: Table) -> None:
        self.book, self.number, self.table, self.top = book, number, table, _top(table)

    def write(self, rows: Iterable[Sequence[Value]]) -> int:
        """Returns the number of rows."""
        count = 0
        with self.book.open(f"xl/worksheets/sheet{self.number}.xml", "w") as part:
            part.write(self._before().encode())
            cells = [_cell(column) for column in self.table.columns]
            wrapped = [(at, c) for at, c in enumerate(self.table.columns) if c.kind == "wrap"]
            rows = iter(rows)
            while chunk := list(islice(rows, CHUNK)):
                part.write(_rows(chunk, cells, wrapped, self.top + count + 1).encode())
                count += len(chunk)
            part.write(self._after(self.top + max(count, 1)).encode())
        return count

    def _before(self) -> str:
        table, top = self.table, self.top
        left = xl_col_to_name(table.frozen)
        split = f' xSplit="{table.frozen}"' if table.frozen else ""
        pane = "bottomRight" if table.frozen else "bottomLeft"
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{column.width}" customWidth="1"/>'
            for at, column in enumerate(table.columns, start=1)
        )
        above = [(table.title, _TITLE), *((note, _NOTE) for note in table.notes)]
        lines = [
            f'<row r="{at}">{_text(text, look)}</row>'
            for at, (text, look) in enumerate(above if table.title else [], start=1)
        ]
        heads = "".join(_text(column.head, _HEAD) for column in table.columns)
        return (
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView workbookViewId="0"><pane{split} ySplit="{top}"'
            f' topLeftCell="{left}{top + 1}" activePane="{pane}" state="frozen"/></sheetView>'
            f"</sheetViews><cols>{widths}</cols><sheetData>{''.join(lines)}"
            f'<row r="{top}" ht="27" customHeight="1">{heads}</row>'
        )

    def _after(self, last: int) -> str:
        right = xl_col_to_name(len(self.table.columns) - 1)
        return (
            f'</sheetData><autoFilter ref="A{self.top}:{right}{last}"/>'
            '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            "<headerFooter><oddFooter>&amp;C&amp;8Trang &amp;P/&amp;N</oddFooter></headerFooter>"
            "</worksheet>"
        )


def _rows(
    chunk: Sequence[Sequence[Value]],
    cells: Sequence[Cell],
    wrapped: Sequence[tuple[int, Column]],
    first: int,
) -> str:
    return "".join(
        [
            f'<row r="{at}"{_height(row, wrapped) if wrapped else ""}>'
            + "".join([cell(value, at) for cell, value in zip(cells, row, strict=True)])
            + "</row>"
            for at, row in enumerate(chunk, start=first)
        ]
    )


def _height(row: Sequence[Value], wrapped: Sequence[tuple[int, Column]]) -> str:
    height = row_height([(row[at], column) for at, column in wrapped])
    return f' ht="{height}" customHeight="1"'


def _cell(column: Column) -> Cell:
    """How a value of the column is written; what is rare comes last."""
    look = _LOOKS[column.kind]
    begin, number, empty = (
        f'<c s="{look}" t="inlineStr"><is><t xml:space="preserve">', f'<c s="{look}"><v>',
        f'<c s="{look}"/>',
    )  # fmt: skip

    def written(value: Value, at: int) -> str:
        kind = type(value)
        if kind is str:
            return f"{begin}{_safe(value)}</t></is></c>" if value else empty  # type: ignore[arg-type]
        if kind is int or kind is float:
            return f"{number}{value}</v></c>"
        if value is None:
            return empty
        if isinstance(value, Sum):
            first, last = xl_col_to_name(value.first), xl_col_to_name(value.last)
            return f'<c s="{look}"><f>SUM({first}{at}:{last}{at})</f><v>{value.value}</v></c>'
        if isinstance(value, str):
            return f"{begin}{_safe(value)}</t></is></c>"
        return f"{number}{_serial(value) if isinstance(value, date) else value}</v></c>"

    return written


def _serial(moment: date) -> float | int:
    """A day as Excel counts it; a moment with its part of the day."""
    days = moment.toordinal() - _EPOCH
    if not isinstance(moment, datetime):
        return days
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return days + (seconds + moment.microsecond / 1_000_000) / 86_400


def _text(text: str, look: int) -> str:
    safe = _safe(text)
    return f'<c s="{look}" t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def _safe(text: str) -> str:
    """The text as XML; letters that XML cannot hold as Excel writes them (_x0001_)."""
    if len(text) > 32_000:
        text = cut_text(text)
    if not _ODD.search(text):
        return text
    return escape(_HIDDEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


def _put(book: ZipFile, name: str, text: str) -> None:
    """A part without the moment of writing, so that the same table gives the same bytes."""
    with book.open(name, "w") as part:
        part.write(text.encode())


_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ROOT: Final = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
    ' Target="docProps/core.xml"/></Relationships>'
)


def _workbook(sheets: Sequence[tuple[str, Table]]) -> str:
    active = next((at for at, (_name, table) in enumerate(sheets) if table.opens), 0)
    named = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"/>'
        for at, (name, _table) in enumerate(sheets, start=1)
    )
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{at}">'
        f"{_quoted(name)}!${_top(table)}:${_top(table)}</definedName>"
        for at, (name, table) in enumerate(sheets)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><bookViews>'
        f'<workbookView activeTab="{active}"/></bookViews><sheets>{named}</sheets>'
        f"<definedNames>{titles}</definedNames></workbook>"
    )


def _quoted(name: str) -> str:
    doubled = name.replace("'", "''")
    return escape(f"'{doubled}'")


def _relations(count: int) -> str:
    sheets = "".join(
        f'<Relationship Id="rId{at}" Type="{_DOCUMENT}/worksheet"'
        f' Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, count + 1)
    )
    return (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{sheets}'
        f'<Relationship Id="rId{count + 1}" Type="{_DOCUMENT}/styles" Target="styles.xml"/>'
        "</Relationships>"
    )


def _types(count: int) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{_SHEET}.worksheet+xml"/>'
        for at in range(1, count + 1)
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET}.styles+xml"/>{sheets}'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _core(title: str, heading: Heading | None) -> str:
    made = (
        f"<dc:creator>{escape(heading.company)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{heading.made_at:%Y-%m-%dT%H:%M:%SZ}'
        "</dcterms:created>"
        if heading
        else ""
    )
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title>{made}</cp:coreProperties>"
    )


def _styles() -> str:
    """The looks of backend.tables: title, note, head, then one for each kind of column."""
    formats = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode={quoteattr(code)}/>'
        for at, code in enumerate(_KINDS.values())
    )
    name = '<name val="Times New Roman"/>'
    fonts = (
        f'<font><sz val="10"/>{name}</font><font><b/><sz val="14"/>{name}</font>'
        f'<font><i/><sz val="10"/>{name}</font><font><b/><sz val="10"/>{name}</font>'
    )
    thin = "".join(
        f'<{side} style="thin"><color auto="1"/></{side}>'
        for side in ("left", "right", "top", "bottom")
    )
    none = "<left/><right/><top/>"
    borders = (
        f"<border>{none}<bottom/><diagonal/></border><border>{thin}<diagonal/></border>"
        f'<border>{none}<bottom style="dotted"><color rgb="FFBFBFBF"/></bottom><diagonal/></border>'
    )
    kinds = "".join(_look(at, kind) for at, kind in enumerate(_KINDS))
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(_KINDS)}">{formats}</numFmts>'
        f'<fonts count="4">{fonts}</fonts><fills count="3"><fill><patternFill patternType="none"/>'
        '</fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill'
        ' patternType="solid"><fgColor rgb="FFE7E6E6"/></patternFill></fill></fills>'
        f'<borders count="3">{borders}</borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{4 + len(_KINDS)}"><xf/><xf fontId="1" applyFont="1"/>'
        '<xf fontId="2" applyFont="1"/><xf fontId="3" fillId="2" borderId="1" applyFont="1"'
        ' applyFill="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center"'
        f' vertical="center" wrapText="1"/></xf>{kinds}</cellXfs><cellStyles count="1">'
        '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _look(at: int, kind: str) -> str:
    more = ' horizontal="center"' if kind in _CENTRED else ""
    more += {"wrap": ' wrapText="1"', "centre": ' shrinkToFit="1"'}.get(kind, "")
    align = f'<alignment vertical="top"{more}/>'
    return (
        f'<xf numFmtId="{164 + at}" borderId="2" applyNumberFormat="1" applyBorder="1"'
        f' applyAlignment="1">{align}</xf>'
    )

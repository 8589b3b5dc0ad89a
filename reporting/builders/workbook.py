"""A report as an Excel workbook: real numbers, native charts, ready to print. Pure.

Totals are formulas with their value already worked out, so a phone's preview shows them too. The
same report gives the same bytes. Text is never a formula, whatever an agent calls himself.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from reporting.builders.charts import COLOURS, GRID, MAIN, PALE
from reporting.builders.content import (
    SIGNED_KINDS,
    TEXT_KINDS,
    Chart,
    Column,
    Form,
    Kind,
    Note,
    Report,
    Row,
    Section,
    Sentences,
    Series,
    Signatures,
    Table,
    Tile,
    Tiles,
    Value,
    row,
)
from reporting.builders.html import made_under, missing_lines
from reporting.builders.numbers import VN, clock, day
from reporting.builders.shaping import cut, twin
from reporting.builders.speaking import t
from reporting.builders.writing import headed, unit, words

FONT = "Be Vietnam Pro"
SOFT = "#5b6675"
#: Excel refuses a longer cell; what is cut off says so.
LONGEST_TEXT = 32_000
#: And a longer name of a sheet, or these letters in it.
LONGEST_NAME = 31
FORBIDDEN = str.maketrans("[]:*?/\\'", "() - - -")
#: Points of a line of text, and of the highest row Excel has.
LINE_HEIGHT, HIGHEST_ROW = 15, 400
SUMMARY, CHARTS, MISSING = "Tóm tắt", "Biểu đồ", "Còn thiếu"

_LINE: Final = {"bottom": 4, "bottom_color": "#dfe4ea"}
_NUMBERS: Final = {
    Kind.SHARE: "0.0%",
    Kind.CHANGE: "+0.0%;-0.0%;0.0%",
    Kind.POINTS: "+0.0;-0.0;0.0",
    Kind.SIGNED: "+#,##0;-#,##0;0",
    Kind.SIGNED_AMOUNT: "+#,##0;-#,##0;0",
    Kind.SIGNED_MILLIONS: "+#,##0;-#,##0;0",
    Kind.DAY: "dd/mm/yyyy",
    Kind.MOMENT: "dd/mm/yyyy hh:mm",
    Kind.HOURS: "[h]:mm",
    Kind.TEXT: "@",
}
_WIDTHS: Final = {
    Kind.TEXT: 30, Kind.AMOUNT: 18, Kind.MILLIONS: 18, Kind.MONEY: 18, Kind.SIGNED_AMOUNT: 18,
    Kind.SIGNED_MILLIONS: 18, Kind.TICKETS: 14, Kind.MOMENT: 17,
}  # fmt: skip
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 16, "font_color": MAIN},
    "sub": {"font_color": SOFT},
    "heading": {"bold": True, "font_size": 12, "font_color": MAIN},
    "wrap": {"text_wrap": True, "valign": "top"},
    "warn": {"text_wrap": True, "valign": "top", "bg_color": "#fff6e5"},
    "head": {
        "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center",
        "bg_color": MAIN, "font_color": "#ffffff",
    },
    "up": {"font_color": "#1d6b45"},
    "down": {"font_color": "#a33313"},
    "office": {"bold": True, "align": "center"},
    "how": {"italic": True, "align": "center"},
}  # fmt: skip


def workbook(report: Report, *, sha256: str) -> bytes:
    """The .xlsx of the report: a summary, a sheet for each table, the charts, what is missing."""
    memory = BytesIO()
    book = xlsxwriter.Workbook(
        memory,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    _Book(book, report, sha256).write()
    book.close()
    return memory.getvalue()


class _Book:
    """Writes the sheets one after the other."""

    def __init__(self, book: Any, report: Report, sha256: str) -> None:
        self.book, self.report, self.sha256 = book, report, sha256
        self.looks = {name: self._format(look) for name, look in _LOOKS.items()}
        self.cells = {kind: self._format(_LINE | _form(kind)) for kind in Kind}
        self.totals = {kind: self._format({"bold": True, "top": 1} | _form(kind)) for kind in Kind}
        self.tiles = {
            kind: self._format({"bold": True, "font_size": 11, "align": "right"} | _form(kind))
            for kind in Kind
        }
        self.names: set[str] = set()

    def _format(self, look: dict[str, Any]) -> Any:
        return self.book.add_format({"font_name": FONT, "font_size": 10} | look)

    def write(self) -> None:
        heading = self.report.heading
        self.book.set_properties(
            {
                "title": heading.title,
                "author": heading.company,
                "comments": f"{heading.code} SHA-256 {self.sha256}",
                "created": heading.cut_off_at.astimezone(VN).replace(tzinfo=None),
            }
        )
        self.book.set_size(1920, 1200)
        self._summary()
        for section in self.report.sections:
            tables = [block for block in section.blocks if isinstance(block, Table)]
            for table in tables:
                self._table_sheet(section, table, alone=len(tables) == 1)
        self._charts()
        if not self.report.completeness.is_complete:
            self._missing()

    def _sheet(self, name: str, title: str, *, landscape: bool = True) -> Any:
        """A sheet with its title in A1 and the print set-up every sheet needs."""
        sheet = self.book.add_worksheet(self._name(name))
        heading = self.report.heading
        sheet.set_paper(9)
        (sheet.set_landscape if landscape else sheet.set_portrait)()
        sheet.fit_to_pages(1, 0)
        # 54 units and their sum on one page; LibreOffice printed an empty one behind them at 0.7.
        sheet.set_margins(left=0.6, right=0.5, top=0.65, bottom=0.65)
        sheet.set_header(f"&C&9{_plain(heading.company)}")
        under = f"&C&8{made_under(heading)}" if heading.document else ""
        sheet.set_footer(
            f"&L&8{heading.code} · {t('chốt')} {clock(heading.cut_off_at)}{under}&R&8&P/&N"
        )
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, cut(title, LONGEST_TEXT, ""), self.looks["title"])
        first, last = day(heading.first_date), day(heading.last_date)
        period = first if first == last else f"{first} – {last}"
        if heading.scope:
            period += f" · {heading.scope}"
        if heading.is_demonstration:
            period += f" · {t('Dữ liệu trình diễn')}"
        sheet.write_string(1, 0, period, self.looks["sub"])
        return sheet

    def _name(self, wanted: str) -> str:
        """A name Excel accepts and no sheet has yet."""
        base = wanted.translate(FORBIDDEN).strip()[:LONGEST_NAME].strip() or t("Bảng")
        name, number = base, 1
        while name.lower() in self.names:
            number += 1
            name = f"{base[: LONGEST_NAME - 5].rstrip()} ({number})"
        self.names.add(name.lower())
        return name

    def _summary(self) -> None:
        heading = self.report.heading
        sheet = self._sheet(t(SUMMARY), heading.title, landscape=False)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 22)
        sheet.set_column(2, 2, 48)
        facts = f"{t('Chốt')} {clock(heading.cut_off_at)} {t('(giờ Việt Nam)')}, {heading.edition}"
        sheet.write_string(2, 0, facts, self.looks["sub"])
        sheet.freeze_panes(3, 0)
        at = 4
        complete = self.report.completeness.is_complete
        for text in missing_lines(self.report.completeness):
            at = self._paragraph(sheet, at, text, "wrap" if complete else "warn")
        if self.report.is_empty:
            at = self._paragraph(sheet, at + 1, t("Không có phát sinh"), "wrap")
        else:
            for section in self.report.sections:
                at = self._told(sheet, at + 1, section)
        for text in self.report.remarks:
            at = self._paragraph(sheet, at + 1, text, "wrap")
        if heading.code:
            sheet.write_string(at + 1, 0, f"{t('Mã bản')} {heading.code}", self.looks["sub"])
        sheet.write_string(at + 2, 0, f"SHA-256 {self.sha256}", self.looks["sub"])

    def _told(self, sheet: Any, at: int, section: Section) -> int:
        """The words of a section; its tables and charts have sheets of their own."""
        lines = list(_lines(section))
        tiles = [block for block in section.blocks if isinstance(block, Tiles)]
        signed = [block for block in section.blocks if isinstance(block, Signatures)]
        if not (lines or tiles or signed):
            return at - 1
        sheet.write_string(at, 0, section.title, self.looks["heading"])
        at += 1
        for text, look in lines:
            at = self._paragraph(sheet, at, text, look)
        for tile in (tile for block in tiles for tile in block.items):
            self._tile(sheet, at, tile)
            at += 1
        for block in signed:
            at = self._signatures(sheet, at + 1, block)
        return at

    def _paragraph(self, sheet: Any, at: int, text: str, look: str) -> int:
        short = cut(text, LONGEST_TEXT, "")
        sheet.merge_range(at, 0, at, 2, "", self.looks[look])
        sheet.write_string(at, 0, short, self.looks[look])
        sheet.set_row(at, min(15 * (1 + len(short) // 92), 400))
        return at + 1

    def _tile(self, sheet: Any, at: int, tile: Tile) -> None:
        kind, value = tile.figure.kind, tile.figure.value
        sheet.write_string(at, 0, tile.label, self.cells[Kind.TEXT])
        self._cell(sheet, at, 1, value, kind, self.tiles[kind])
        of = tile.unit or unit(kind, exact=True)
        note = words(tile.note)
        sheet.write_string(at, 2, f"{of}; {note}" if of and note else of or note, self.looks["sub"])
        sheet.set_row(at, 18)

    def _signatures(self, sheet: Any, at: int, block: Signatures) -> int:
        sheet.write_string(at, 2, block.place_and_day, self.looks["how"])
        for place, signer in enumerate(block.signers):
            below, across = at + 1 + 7 * (place // 3), place % 3
            sheet.write_string(below, across, signer.office, self.looks["office"])
            sheet.write_string(below + 1, across, signer.note, self.looks["how"])
            sheet.write_string(below + 5, across, signer.name, self.looks["office"])
        return at + 8 + 7 * ((len(block.signers) - 1) // 3)

    def _table_sheet(self, section: Section, table: Table, *, alone: bool) -> None:
        sheet = self._sheet(section.title if alone else table.title, table.title)
        top = 3
        if table.note:
            sheet.write_string(2, 0, cut(table.note, LONGEST_TEXT, ""), self.looks["sub"])
        self._table(sheet, top, 0, table)
        bottom = top + max(len(table.rows), 1)
        first_text = next((at for at, c in enumerate(table.columns) if c.kind is Kind.TEXT), 0)
        sheet.autofilter(top, 0, bottom, len(table.columns) - 1)
        sheet.freeze_panes(top + 1, min(first_text + 1, 2))
        sheet.repeat_rows(top)

    def _table(self, sheet: Any, top: int, left: int, table: Table) -> None:
        """Head, rows and an optional total whose added columns are formulas with their values."""
        sheet.set_row(top, 32)
        end = top + len(table.rows) + 1
        widths = [_width(column, table, place) for place, column in enumerate(table.columns)]
        for place, column in enumerate(table.columns):
            sheet.set_column(left + place, left + place, widths[place])
            sheet.write_string(top, left + place, headed(column, exact=True), self.looks["head"])
            if column.kind in SIGNED_KINDS:
                self._colour(sheet, top + 1, end, left + place)
        texts = [(at, widths[at]) for at, c in enumerate(table.columns) if c.kind is Kind.TEXT]
        for offset, each in enumerate(table.rows, start=1):
            if (lines := _lines_of(each, texts)) > 1:
                sheet.set_row(top + offset, min(LINE_HEIGHT * lines, HIGHEST_ROW))
            for place, (column, value) in enumerate(zip(table.columns, each.cells, strict=True)):
                look = self.cells[column.kind]
                self._cell(sheet, top + offset, left + place, value, column.kind, look)
        if table.total is not None:
            self._total(sheet, top, left, table, table.total)

    def _total(self, sheet: Any, top: int, left: int, table: Table, total: Row) -> None:
        end = top + len(table.rows) + 1
        for place, (column, value) in enumerate(zip(table.columns, total.cells, strict=True)):
            look = self.totals[column.kind]
            if column.adds and table.rows and isinstance(value, int):
                letter = xl_col_to_name(left + place)
                formula = f"=SUM({letter}{top + 2}:{letter}{end})"
                sheet.write_formula(end, left + place, formula, look, _number(value, column.kind))
            else:
                # The label stands in a column of days, too.
                kind = Kind.TEXT if isinstance(value, str) else column.kind
                self._cell(sheet, end, left + place, value, kind, look)

    def _colour(self, sheet: Any, first: int, last: int, place: int) -> None:
        """Green above zero, red below, by rules that every spreadsheet program knows."""
        for criteria, name in ((">", "up"), ("<", "down")):
            sheet.conditional_format(
                first, place, last, place,
                {"type": "cell", "criteria": criteria, "value": 0, "format": self.looks[name]},
            )  # fmt: skip

    def _cell(self, sheet: Any, at: int, place: int, value: Value, kind: Kind, look: Any) -> None:
        if value is None:
            sheet.write_blank(at, place, None, look)
        elif isinstance(value, int):
            sheet.write_number(at, place, _number(value, kind), look)
        elif (moment := _moment(value, kind)) is not None:
            sheet.write_datetime(at, place, moment, look)
        else:
            sheet.write_string(at, place, cut(value, LONGEST_TEXT, ""), look)

    def _charts(self) -> None:
        """All pictures on one sheet, each beside the numbers it is drawn from."""
        charts = [
            (section.title, block)
            for section in self.report.sections
            for block in section.blocks
            if isinstance(block, Chart) and block.categories
        ]
        if not charts:
            return
        sheet = self._sheet(t(CHARTS), t(CHARTS))
        sheet.freeze_panes(2, 0)
        at = 3
        widest = max(len(chart.series) for _title, chart in charts)
        tops: list[int] = []
        for title, chart in charts:
            tops.append(at)
            sheet.write_string(at, 0, f"{title}: {chart.title}", self.looks["heading"])
            self._table(sheet, at + 1, 0, twin(chart))
            sheet.insert_chart(
                at + 1, widest + 2, self._chart(chart, at + 2), {"description": chart.title}
            )
            at += max(len(chart.categories) + 4, 19)
        sheet.set_h_pagebreaks(tops[2::2])  # two pictures on a page, none cut in two

    def _chart(self, chart: Chart, first: int) -> Any:
        """A native chart over the twin whose first row is `first`."""
        native = self.book.add_chart(_NATIVE[chart.form])
        last = first + len(chart.categories) - 1
        for place, series in enumerate(chart.series, start=1):
            native.add_series(
                {
                    "name": series.name,
                    "categories": [t(CHARTS), first, 0, last, 0],
                    "values": [t(CHARTS), first, place, last, place],
                }
                | _look_of(chart, series, place)
            )
        font = {"name": FONT, "size": 9}
        native.set_title({"name": chart.title, "name_font": font | {"size": 11}})
        _set_axes(native, chart, font)
        many = len(chart.series) > 1 or chart.form is Form.SHARE
        native.set_legend({"position": "bottom", "font": font} if many else {"none": True})
        native.set_size({"width": 620, "height": 330})
        return native

    def _missing(self) -> None:
        sheet = self._sheet(t(MISSING), t("Nguồn số liệu còn thiếu"))
        columns = (
            Column(t("Loại"), Kind.TEXT, width=16),
            Column(t("Mã"), Kind.TEXT, width=12),
            Column(t("Tên"), Kind.TEXT, width=56),
            Column(t("Còn thiếu"), Kind.TEXT, width=44),
        )
        self._table(sheet, 3, 0, Table("", columns, tuple(_missing_rows(self.report))))
        sheet.freeze_panes(4, 0)
        sheet.repeat_rows(3)


_NATIVE: Final[dict[Form, dict[str, str]]] = {
    Form.COLUMN: {"type": "column"},
    Form.BAR: {"type": "bar"},
    Form.LINE: {"type": "line"},
    Form.SHARE: {"type": "pie"},
}


def _look_of(chart: Chart, series: Series, place: int) -> dict[str, Any]:
    """How the series at that place (from 1) is drawn."""
    colour = PALE if series.pale else COLOURS[(place - 1) % len(COLOURS)]
    if chart.form is Form.LINE:
        return {"line": {"color": colour, "width": 2}, "marker": {"type": "circle"}}
    if chart.form is Form.SHARE:
        parts = [COLOURS[at % len(COLOURS)] for at in range(len(chart.categories))]
        return {"points": [{"fill": {"color": each}} for each in parts]}
    look: dict[str, Any] = {"fill": {"color": colour}, "gap": 60}
    if chart.form is Form.BAR:
        look |= {"invert_if_negative": True, "invert_if_negative_color": "#b3401f"}
    return look


def _set_axes(native: Any, chart: Chart, font: dict[str, Any]) -> None:
    """Names along one axis, numbers along the other; parts of a whole have none."""
    numbers: dict[str, Any] = {
        "num_font": font,
        "num_format": _NUMBERS.get(chart.kind, "#,##0"),
        "major_gridlines": {"visible": True, "line": {"color": GRID}},
    }
    if all((value or 0) >= 0 for each in chart.series for value in each.values):
        numbers["min"] = 0
    names = {"num_font": font, "text_axis": True}
    if chart.form is Form.BAR:  # lying: what stands upright is the names
        native.set_y_axis(names | {"reverse": True, "label_position": "low"})
        native.set_x_axis(numbers)
    elif chart.form is not Form.SHARE:
        native.set_x_axis(names)
        native.set_y_axis(numbers)


def _form(kind: Kind) -> dict[str, Any]:
    look: dict[str, Any] = {"num_format": _NUMBERS.get(kind, "#,##0")}
    if kind is Kind.TEXT:
        return look | {"indent": 1, "text_wrap": True, "valign": "top"}
    return look | {"valign": "top"} | ({"align": "left", "indent": 1} if kind in TEXT_KINDS else {})


def _width(column: Column, table: Table, place: int) -> int:
    """The column's own width, the kind's, or for texts that of its longest text within reason."""
    if column.width:
        return column.width
    if column.kind is not Kind.TEXT:
        return _WIDTHS.get(column.kind, 12)
    texts = [len(str(each.cells[place] or "")) for each in table.rows[:500]]
    return min(max([len(column.head), *texts, 8]) + 3, 52)


def _lines_of(each: Row, texts: Sequence[tuple[int, int]]) -> int:
    """How many lines the longest text of a row takes; `texts` are places and widths of its columns."""
    cells = [(str(each.cells[place] or ""), width) for place, width in texts]
    return max((1 + max(len(text) - 1, 0) // width for text, width in cells), default=1)


def _lines(section: Section) -> Iterator[tuple[str, str]]:
    """The texts of a section with their looks."""
    if section.failure:
        yield f"{t('Chưa có số liệu phần này.')} {section.failure}", "warn"
    elif not section.blocks:
        yield section.nothing, "wrap"
    for block in section.blocks:
        if isinstance(block, Sentences):
            yield from ((words(sentence.vi), "wrap") for sentence in block.items)
        elif isinstance(block, Note):
            yield block.text, "wrap"


def _missing_rows(report: Report) -> Iterator[Row]:
    found = report.completeness
    for failure in found.failures:
        yield row(t("Phần báo cáo"), "", failure.section, failure.reason)
    for agent in found.agents:
        draws = ", ".join(map(day, agent.draws))
        yield row(t("Đại lý"), agent.code, f"{agent.name} ({agent.region})", draws)
    for terminal in found.terminals:
        heard = f"{t('liên lạc cuối')} {clock(terminal.last_contact_at)}"
        yield row(t("Máy chấm công"), terminal.code, terminal.name, heard)


def _number(value: int, kind: Kind) -> float | int:
    """Shares are stored as basis points, hours as minutes; Excel wants fractions and days."""
    if kind in (Kind.SHARE, Kind.CHANGE):
        return value / 10_000
    if kind is Kind.POINTS:
        return value / 100
    return value / 1_440 if kind is Kind.HOURS else value


def _moment(value: str, kind: Kind) -> date | datetime | None:
    if kind is Kind.DAY:
        return date.fromisoformat(value)
    if kind is Kind.MOMENT:
        return datetime.fromisoformat(value).astimezone(VN).replace(tzinfo=None)
    return None


def _plain(text: str) -> str:
    """Text for a header, where & begins a command."""
    return text.replace("&", "&&")[:200]

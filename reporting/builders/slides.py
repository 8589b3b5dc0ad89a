"""Slides: one number, chart, table or text a page, with the numbers behind it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reporting.builders import numbers, writing
from reporting.builders.charts import on_screen
from reporting.builders.content import (
    Block,
    Chart,
    Completeness,
    Note,
    Report,
    Row,
    Section,
    Sentences,
    Table,
    Tile,
    Tiles,
)
from reporting.builders.shaping import on_paper, twin
from reporting.builders.speaking import t

#: Letters of a text that fit on a slide; the whole is in its drawer.
LETTERS: Final = 600
#: Rows of a table on a slide; all of them are in its drawer.
ROWS: Final = 8

#: What stands between the digits of a number.
_POINTS: Final = str.maketrans("", "", ".,:")

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Slide:
    """One page. What is empty is not shown; `svg` is our own markup, `unit` that of its numbers or of `big`.

    `head` and `rows` are the numbers behind a picture, or the table itself where there is neither
    number nor picture; `whole` is the rest of a text that did not fit. `notes` are the speaker's.
    """

    title: str
    kicker: str = ""
    big: str = ""
    unit: str = ""
    note: str = ""
    mood: str = "plain"
    svg: str = ""
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: Rows = ()
    whole: str = ""
    notes: str = ""

    @property
    def shown_rows(self) -> Rows:
        """What of the table stands on the slide."""
        return () if self.big or self.svg else self.rows[:ROWS]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers only: they stand to the right."""
        columns = zip(*self.rows, strict=True)
        return tuple(all(map(_is_number, column)) for column in columns)

    @property
    def has_more(self) -> bool:
        """Whether there is something to open."""
        return bool(self.whole or len(self.rows) > len(self.shown_rows))


def _is_number(text: str) -> bool:
    """ "1.508,1", "−0,6 %", "20:34", or nothing to tell."""
    bare = text.removesuffix("%").rstrip().lstrip("+−-")
    return text in ("", numbers.NOTHING) or bare.translate(_POINTS).isdigit()


def text_slide(title: str, text: str, *, kicker: str = "", notes: str = "") -> Slide:
    """A text of any length: its beginning on the slide, the whole to open."""
    if len(text) <= LETTERS:
        return Slide(title, kicker, lines=tuple(text.splitlines()), notes=notes)
    start = text[:LETTERS].rsplit(" ", 1)[0]
    return Slide(title, kicker, lines=(*start.splitlines(), "…"), whole=text, notes=notes)


def report_slides(report: Report) -> list[Slide]:
    """Any report: what is missing first, then each number, chart, table and text of its sections."""
    heading = report.heading
    kicker = f"{heading.title} · {heading.edition}, {t('chốt')} {numbers.clock(heading.cut_off_at)}"
    slides = [_missing(report.completeness, kicker)] if not report.completeness.is_complete else []
    for section in report.sections:
        slides += _of_section(on_paper(section), kicker)
    return slides


def _missing(found: Completeness, kicker: str) -> Slide:
    """What is not there is said before any number is shown."""
    rows: list[tuple[str, ...]] = [(t("Phần báo cáo"), each.section) for each in found.failures]
    rows += [(t("Đại lý"), f"{each.code} {each.name}") for each in found.agents]
    rows += [(t("Máy chấm công"), each.name) for each in found.terminals]
    share = numbers.percent(found.missing_share_bps)
    note = t(f"khoảng {share} doanh thu thường ngày") if found.agents else ""
    head = (t("Loại"), t("Còn thiếu"))
    return Slide(t("Số liệu chưa đủ"), kicker, note=note, mood="bad", head=head, rows=tuple(rows))


def _of_section(section: Section, kicker: str) -> Iterator[Slide]:
    if section.failure:
        yield Slide(section.title, kicker, note=section.failure, mood="bad")
    elif section.is_empty:
        yield Slide(section.title, kicker, note=section.nothing)
    behind = _behind_a_chart(section)
    for block in section.blocks:
        if block is not behind:
            yield from _of_block(block, section, kicker)


def _behind_a_chart(section: Section) -> Table | None:
    """The only table of a section, where a chart of it shows the same: it opens from the chart."""
    tables = [block for block in section.blocks if isinstance(block, Table)]
    beside = any(isinstance(block, Chart) and block.beside for block in section.blocks)
    return tables[0] if beside and len(tables) == 1 else None


def _of_block(block: Block, section: Section, kicker: str) -> Iterator[Slide]:
    """Rows for signatures are for paper. A chart or table of another name tells its section too."""
    title = getattr(block, "title", section.title)
    where = kicker if title == section.title else f"{section.title} · {kicker}"
    match block:
        case Sentences():
            lines = tuple(writing.words(sentence.vi) for sentence in block.items)
            yield Slide(section.title, kicker, lines=lines)
        case Tiles():
            for tile in block.items:
                yield _of_tile(tile, kicker)
        case Chart():
            head, rows = _cells(_twin(block, section))
            of = writing.unit(block.kind)
            yield Slide(block.title, where, svg=on_screen(block), unit=of, head=head, rows=rows)
        case Table():
            head, rows = _cells(block)
            yield Slide(block.title, where, note=block.note, head=head, rows=rows)
        case Note():
            yield text_slide(section.title, block.text, kicker=kicker)


def _of_tile(tile: Tile, kicker: str) -> Slide:
    return Slide(
        tile.label,
        kicker,
        big=writing.said(tile.figure),
        unit=tile.unit or writing.unit(tile.figure.kind),
        note=writing.words(tile.note),
        mood=str(tile.mood),
    )


def _twin(chart: Chart, section: Section) -> Table:
    """The numbers of a chart: the table of its section that holds them and more, or its own."""
    return (_behind_a_chart(section) if chart.beside else None) or twin(chart)


def _cells(table: Table) -> tuple[tuple[str, ...], Rows]:
    """A table as texts, its units in the heads."""
    heads = map(writing.headed, table.columns)
    rows = [_row(row, table) for row in table.rows]
    if table.total is not None:
        rows.append(_row(table.total, table, is_total=True))
    return tuple(heads), tuple(rows)


def _row(row: Row, table: Table, *, is_total: bool = False) -> tuple[str, ...]:
    pairs = zip(row.cells, table.columns, strict=True)
    return tuple(writing.in_cell(value, each.kind, is_total=is_total) for value, each in pairs)

"""A frozen report with its texts in English, for the faces of who reads English. Pure."""

from collections.abc import Iterable

from msgspec.structs import replace

from reporting.builders.comparing import CODE
from reporting.builders.content import (
    Block,
    Chart,
    Kind,
    Note,
    Part,
    Report,
    Row,
    Section,
    Sentence,
    Sentences,
    Signatures,
    Table,
    Tile,
    Tiles,
    Value,
)
from reporting.builders.speaking import english
from reporting.builders.writing import in_english as number_in_english


def in_english(report: Report, *, title: str, short_title: str, period: str) -> Report:
    """The same numbers under English words; what people typed and names stay as they were written."""
    heading = replace(report.heading, title=title, short_title=short_title, period=period)
    missing = report.completeness
    failures = tuple(
        replace(each, section=english(each.section), reason=_reason(each.reason))
        for each in missing.failures
    )
    return replace(
        report,
        heading=heading,
        completeness=replace(missing, failures=failures),
        sections=tuple(map(section_in_english, report.sections)),
        headline=_parts(report.headline),
        remarks=tuple(map(english, report.remarks)),
    )


def section_in_english(section: Section) -> Section:
    """One section of a report."""
    return replace(
        section,
        title=english(section.title),
        blocks=tuple(map(_changed if section.code == CODE else _block, section.blocks)),
        nothing=english(section.nothing),
        failure=_reason(section.failure),
    )


def _reason(text: str) -> str:
    """ "Lỗi khi đọc số liệu: DataError.": the step in words, the error by its name."""
    return ": ".join(map(english, text.split(": ")))


def _block(block: Block) -> Block:
    match block:
        case Sentences():
            return replace(block, items=tuple(map(_sentence, block.items)))
        case Tiles():
            return replace(block, items=tuple(map(_tile, block.items)))
        case Table():
            return _table(block)
        case Chart():
            return _chart(block)
        case Note():
            return replace(block, text=english(block.text))
        case Signatures():
            return block


def _changed(block: Block) -> Block:
    """What changed since another edition: names of rows are joined, numbers are written out."""
    if not isinstance(block, Table):
        return _block(block)
    rows = tuple(Row(tuple(map(_changed_cell, row.cells)), row.links) for row in block.rows)
    return _table(replace(block, rows=rows))


def _changed_cell(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    names = [": ".join(map(english, part.split(": "))) for part in value.split(" · ")]
    return number_in_english(value) or " · ".join(names)


def _sentence(sentence: Sentence) -> Sentence:
    """As its rule wrote it in English, names of ours in it too; every face writes out `vi`."""
    return replace(sentence, vi=_parts(sentence.en or sentence.vi))


def _tile(tile: Tile) -> Tile:
    return replace(tile, label=english(tile.label), note=_parts(tile.note), unit=english(tile.unit))


def _table(table: Table) -> Table:
    text = [column.kind is Kind.TEXT for column in table.columns]
    return replace(
        table,
        title=english(table.title),
        columns=tuple(replace(each, head=english(each.head)) for each in table.columns),
        rows=tuple(_row(each, text) for each in table.rows),
        total=_row(table.total, [True] * len(text)) if table.total else None,
        note=english(table.note),
    )


def _row(row: Row, text: list[bool]) -> Row:
    return Row(tuple(map(_cell, row.cells, text)), row.links)


def _cell(value: Value, is_text: bool) -> Value:
    """Words of ours in a cell, and numbers written out with their unit.

    A name that happens to be one of our words would be a word, too.
    """
    if not is_text or not isinstance(value, str):
        return value
    return number_in_english(value) or english(value)


def _chart(chart: Chart) -> Chart:
    return replace(
        chart,
        title=english(chart.title),
        description=english(chart.description),
        head=english(chart.head),
        categories=tuple(map(english, chart.categories)),
        series=tuple(replace(each, name=english(each.name)) for each in chart.series),
    )


def _parts(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(english(part) if isinstance(part, str) else part for part in parts)

"""What of a report is still Vietnamese on an English page."""

import re
from collections.abc import Iterator

from reporting.builders.content import (
    Chart,
    Note,
    Report,
    Section,
    Sentences,
    Signatures,
    Table,
    Tiles,
)
from reporting.in_english import english_report

#: Letters that only Vietnamese has; names of places and people are not looked at.
LETTERS = re.compile("[ăâđêôơưĂÂĐÊÔƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỷỹỵ]")


def left_in_vietnamese(report: Report) -> list[str]:
    """Titles, heads, labels, notes and remarks without English, and sentences nobody wrote in English."""
    told = english_report(report)
    found = [
        *told.remarks,
        *(part for part in told.headline if isinstance(part, str)),
        *(text for section in told.sections for text in _texts(section)),
    ]
    missing = [
        str(sentence.vi)
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Sentences)
        for sentence in block.items
        if not sentence.en
    ]
    return [text for text in found if LETTERS.search(text.replace("đồng", ""))] + missing


def _texts(section: Section) -> Iterator[str]:
    yield section.title
    yield section.nothing
    for block in section.blocks:
        match block:
            case Table():
                yield block.title
                yield block.note
                yield from (column.head for column in block.columns)
            case Chart():
                yield from (block.title, block.description, block.head)
                yield from (series.name for series in block.series)
            case Tiles():
                for tile in block.items:
                    yield from (tile.label, tile.unit)
                    yield from (part for part in tile.note if isinstance(part, str))
            case Note():
                yield block.text
            case Sentences() | Signatures():
                pass

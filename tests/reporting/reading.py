"""What of a report is still Vietnamese on an English page, and which of its numbers lead nowhere."""

import re
from collections.abc import Iterator
from typing import Final

from reporting.builders.content import (
    Chart,
    Figure,
    Note,
    Report,
    Section,
    Sentences,
    Signatures,
    Table,
    Tiles,
)
from reporting.builders.writing import words
from reporting.in_english import english_report

#: Letters that only Vietnamese has; names of places and people are not looked at.
LETTERS = re.compile("[ăâđêôơưĂÂĐÊÔƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỷỹỵ]")

#: Words before a number without rows, and why it has none.
WITHOUT_ROWS: Final = {
    "Tuần ": "the number of the week names the period",
    "Week ": "the number of the week names the period",
    ". Lượt chấm mới nhất: ": "a moment that says how fresh the figures are",
    ". Newest punch: ": "a moment that says how fresh the figures are",
    ", trong đó thuế GTGT ": "worked out from the revenue beside it; bases and rates are in its section",
    ", in it VAT ": "worked out from the revenue beside it; bases and rates are in its section",
    " và thuế TTĐB ": "worked out from the revenue beside it; bases and rates are in its section",
    " and special consumption tax ": "worked out from the revenue beside it; its section has the bases",
}


def leading_nowhere(report: Report) -> list[str]:
    """Sentences, in both languages, with a number that has neither a link nor a reason to have none."""
    return [
        words(parts)
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Sentences)
        for sentence in block.items
        for parts in (sentence.vi, sentence.en)
        for before, part in zip(("", *parts), parts, strict=False)
        if isinstance(part, Figure) and not part.link and before not in WITHOUT_ROWS
    ]


def links_of(report: Report) -> list[str]:
    """Where the numbers of its Vietnamese sentences lead, in their order."""
    return [
        part.link
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Sentences)
        for sentence in block.items
        for part in sentence.vi
        if isinstance(part, Figure)
    ]


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


#: "1 agents" and the like in a sentence in English.
_ONE_OF_MANY = re.compile(
    r"(?<![\d.,])1 (?:late |big )?(?:agents|arrivals|claims|conclusions|days|draws|employees|people|prizes"
    r"|punches|records|reports|tasks|terminals)\b"
)


def wrong_plurals(report: Report) -> list[str]:
    """Sentences in English that speak of one as of many."""
    told = [
        words(sentence.en, "en")
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Sentences)
        for sentence in block.items
    ]
    return [text for text in told if _ONE_OF_MANY.search(text)]


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

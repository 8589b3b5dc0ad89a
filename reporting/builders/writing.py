"""Values as people read them, by what they are. Pure."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from reporting.builders import numbers
from reporting.builders.content import TEXT_KINDS, Column, Figure, Kind, Part, Value
from reporting.builders.numbers import NOTHING
from reporting.builders.speaking import Language, english, t

_UNITS: dict[Kind, str] = {
    Kind.TICKETS: "vé",
    Kind.AMOUNT: "đồng",
    Kind.MILLIONS: "triệu đồng",
    Kind.SIGNED_AMOUNT: "đồng",
    Kind.SIGNED_MILLIONS: "triệu đồng",
    Kind.MINUTES: "phút",
    Kind.HOURS: "giờ",
    Kind.POINTS: "điểm %",
}
#: In Excel the millions are whole đồng.
_EXACT = {Kind.MILLIONS: "đồng", Kind.SIGNED_MILLIONS: "đồng"}


def written(value: Value, kind: Kind, language: Language | None = None) -> str:
    """The value without its unit: 8264 as a share is "82,6 %"."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return _text(value, kind)
    return _number(value, kind, language)


def _number(value: int, kind: Kind, language: Language | None) -> str:
    match kind:
        case Kind.MILLIONS:
            return numbers.millions(value, language)
        case Kind.SIGNED_MILLIONS:
            return numbers.signed(numbers.millions(value, language))
        case Kind.MONEY:
            return numbers.money(value, language)
        case Kind.SHARE:
            return numbers.percent(value, language)
        case Kind.CHANGE:
            return numbers.change(value, language)
        case Kind.POINTS:
            return numbers.signed(numbers.decimal(value, 100, 1, language))
        case Kind.HOURS:
            return numbers.hours(value)
        case Kind.SIGNED | Kind.SIGNED_AMOUNT:
            return numbers.signed(numbers.whole(value, language))
        case _:
            return numbers.whole(value, language)


def _text(value: str, kind: Kind) -> str:
    if kind is Kind.DAY:
        return numbers.day(date.fromisoformat(value))
    return numbers.clock(datetime.fromisoformat(value)) if kind is Kind.MOMENT else value


def short(value: int, kind: Kind) -> str:
    """For a label in a chart, where room is scarce: millions without decimals."""
    if kind is Kind.MILLIONS:
        return numbers.whole((value + 500_000) // 1_000_000)
    return written(value, kind)


def said(figure: Figure, language: Language | None = None) -> str:
    """The number of a figure as it stands in words."""
    return written(figure.value, figure.kind, language)


def words(parts: Iterable[Part], language: Language | None = None) -> str:
    """A sentence as plain text."""
    return "".join(part if isinstance(part, str) else said(part, language) for part in parts)


_WRITTEN: Final = re.compile(r"([+−]?\d{1,3}(?:\.\d{3})*)(?:,(\d+)|(:\d\d))?(| %| \D+)")


def in_english(text: str) -> str | None:
    """A number written in Vietnamese with its unit ("1.234,5 triệu đồng") in English; None of other texts."""
    match = _WRITTEN.fullmatch(text)
    if match is None or match[4].strip() not in {"", "%", "tỷ đồng", "lượt", *_UNITS.values()}:
        return None
    decimals = f".{match[2]}" if match[2] else match[3] or ""
    return f"{match[1].replace('.', ',')}{decimals}{english(match[4]).replace(' %', '%')}"


def in_cell(value: Value, kind: Kind, *, is_total: bool = False) -> str:
    """A cell of a table: nothing where a total or a text has nothing; a total's name as it is."""
    if value is None and (is_total or kind in TEXT_KINDS):
        return ""
    return str(value) if is_total and isinstance(value, str) else written(value, kind)


def unit(kind: Kind, *, exact: bool = False) -> str:
    """What a value of this kind counts; `exact` as the workbook holds it."""
    return t((_EXACT.get(kind) if exact else None) or _UNITS.get(kind, ""))


def head_unit(column: Column, *, exact: bool = False) -> str:
    """The unit beside a column's head; nothing where the head has the word: "Phút muộn", "Vé tiêu thụ"."""
    of = unit(column.kind, exact=exact)
    return "" if f" {of} " in f" {column.head.lower()} " else of


def headed(column: Column, *, exact: bool = False) -> str:
    """A column's head with its unit: "Doanh thu (triệu đồng)"."""
    of = head_unit(column, exact=exact)
    return f"{column.head} ({of})" if of and f"({of})" not in column.head else column.head

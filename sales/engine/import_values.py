"""The values of cells of an import file, by what their column holds. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from backend.vntext import search_key
from sales.engine.cell_values import code_of, day, text_of, whole
from sales.engine.lines import MOST_TICKETS
from sales.engine.money_lines import MOST_AMOUNT
from sales.engine.plan_lines import MOST_TICKETS as MOST_PLANNED

#: Years a plan may be of.
YEARS: Final = range(2000, 2101)
_MONTH: Final = re.compile(r"(?:thang |t)?0?([1-9]|1[0-2])")


class _Wrong:
    """A value that cannot be read."""


WRONG: Final = _Wrong()


def heading_key(text: str) -> str:
    """A heading without accents, signs and what stands in brackets."""
    bare = re.sub(r"\(.*?\)", " ", text)
    return " ".join(re.sub(r"[^0-9a-z%]+", " ", search_key(bare)).split())


def value_of(cell: Any, holds: str) -> Any:
    """The value of a cell of a column that `holds` such values, None of an empty one, or WRONG."""
    if text_of(cell) in ("", "-"):
        return None
    return _READERS[holds](cell)


def _within(least: int, most: int) -> Callable[[Any], Any]:
    """A reader of whole numbers from `least` to `most`."""

    def read(cell: Any) -> Any:
        number = whole(cell)
        return number if number is not None and least <= number <= most else WRONG

    return read


def _percent(cell: Any) -> Any:
    """ "12 %", "12,5" and 0.12 formatted as percent are 1,200, 1,250 and 1,200 basis points."""
    try:
        number = float(text_of(cell).replace("%", "").strip().replace(",", "."))
    except ValueError:
        return WRONG
    if isinstance(cell, float) and 0 < number < 1:
        number *= 100
    if not 0 <= number <= 100:
        return WRONG
    return round(number * 100)


def _day(cell: Any) -> Any:
    return day(cell) or WRONG


def _month(cell: Any) -> Any:
    """ "11", "T11" and "Tháng 11" are 11."""
    found = _MONTH.fullmatch(heading_key(text_of(cell)))
    return int(found[1]) if found else WRONG


def _code(cell: Any) -> Any:
    text = code_of(cell)
    return text if 0 < len(text) <= 20 and text.isprintable() else WRONG


def _words(cell: Any) -> Any:
    """A text; the quote that keeps a sheet from taking it for a formula is not part of it."""
    text = text_of(cell)
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@"):
        text = text[1:]
    return text if len(text) <= 100 and text.isprintable() else WRONG


_INTO: Final = {
    "cash": "cash", "tien mat": "cash", "tm": "cash", "bank": "bank", "ngan hang": "bank",
    "chuyen khoan": "bank", "ck": "bank", "offset": "offset", "bu tru": "offset",
}  # fmt: skip
_AGENT_KINDS: Final = {
    "person": "person", "ca nhan": "person", "cn": "person", "org": "org", "to chuc": "org",
    "doanh nghiep": "org", "cong ty": "org",
}  # fmt: skip


def _into(cell: Any) -> Any:
    return _INTO.get(heading_key(text_of(cell)), WRONG)


def _kind(cell: Any) -> Any:
    return _AGENT_KINDS.get(heading_key(text_of(cell)), WRONG)


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "date": _day,
    "code": _code,
    "count": _within(-MOST_TICKETS, MOST_TICKETS),
    "amount": _within(-MOST_AMOUNT, MOST_AMOUNT),
    "limit": _within(0, MOST_AMOUNT),
    "planned": _within(0, MOST_PLANNED),
    "percent": _percent,
    "year": _within(YEARS[0], YEARS[-1]),
    "month": _month,
    "into": _into,
    "kind": _kind,
    "text": _words,
}

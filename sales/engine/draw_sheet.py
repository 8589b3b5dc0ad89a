"""The sheet of a draw as people key it: read, checked place by place, and two of them compared. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sales.engine.bodies import Fault
from sales.engine.prizes import PLACES

#: More series than are ever printed for a draw.
MOST_SERIES: Final = 60
_SYMBOL = re.compile(r"[0-9A-Z]{1,6}")
_SEPARATORS = re.compile(r"[\s,;|.·–-]+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """27 numbers in the order of the draw, the winning symbols sorted, and the series printed.

    No symbols or no series: not known.
    """

    numbers: tuple[str, ...]
    symbols: tuple[str, ...] = ()
    series_count: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field on which two sheets disagree: "special", "third.4", "symbols" or "series_count"."""

    field: str
    mine: str
    other: str


#: The name of each of the 27 numbers, as faults and differences tell it.
FIELDS: Final = tuple(
    kind if kind in ("special", "first") else f"{kind}.{place}" for kind, place, _digits in PLACES
)


def cleaned(
    numbers: Sequence[str], symbols: Sequence[str], series_count: int | None = None
) -> Sheet:
    """What was keyed, without spaces around it; symbols in capitals, each once, in order."""
    given = (symbol.strip().upper() for symbol in symbols)
    return Sheet(
        tuple(number.strip() for number in numbers),
        tuple(sorted({symbol for symbol in given if symbol}, key=_by_number)),
        series_count,
    )


def faults(sheet: Sheet, *, needs_symbols: bool) -> list[Fault]:
    """All that is wrong with the sheet, in its order; `row` is the place of a number from 1."""
    if len(sheet.numbers) != len(PLACES):
        values = {"sent": len(sheet.numbers), "wanted": len(PLACES)}
        return [Fault(1, "numbers", "result.not_27", values)]
    return [*_number_faults(sheet.numbers), *_symbol_faults(sheet, needs_symbols=needs_symbols)]


def differences(mine: Sheet, other: Sheet) -> list[Difference]:
    """The fields that disagree, in the order of the sheet; [] when both say the same."""
    found = [
        Difference(field, one, two)
        for field, one, two in zip(FIELDS, mine.numbers, other.numbers, strict=True)
        if one != two
    ]
    if mine.symbols != other.symbols:
        found.append(Difference("symbols", " ".join(mine.symbols), " ".join(other.symbols)))
    if mine.series_count != other.series_count:
        counts = [str(sheet.series_count or "") for sheet in (mine, other)]
        found.append(Difference("series_count", *counts))
    return found


def pasted(text: str) -> list[str]:
    """The numbers of a row or column copied from elsewhere, in order; zeros in front stay."""
    return [part for part in _SEPARATORS.split(text.strip()) if part]


def _number_faults(numbers: Sequence[str]) -> Iterator[Fault]:
    for row, (number, field, (_kind, _place, digits)) in enumerate(
        zip(numbers, FIELDS, PLACES, strict=True), 1
    ):
        if not (number.isascii() and number.isdecimal() and len(number) == digits):
            yield Fault(row, field, "result.wrong_digits", {"digits": digits, "sent": number[:20]})


def _symbol_faults(sheet: Sheet, *, needs_symbols: bool) -> Iterator[Fault]:
    if needs_symbols and not sheet.symbols:
        yield Fault(1, "symbols", "result.no_symbols")
    for symbol in sheet.symbols:
        if not _SYMBOL.fullmatch(symbol):
            yield Fault(1, "symbols", "result.not_a_symbol", {"symbol": symbol[:20]})
    if sheet.series_count is None:
        return
    if not 1 <= sheet.series_count <= MOST_SERIES:
        yield Fault(1, "series_count", "result.not_a_series_count", {"most": MOST_SERIES})
    elif len(sheet.symbols) > sheet.series_count:
        values = {"symbols": len(sheet.symbols), "series": sheet.series_count}
        yield Fault(1, "series_count", "result.more_symbols_than_series", values)


def _by_number(symbol: str) -> tuple[int, str]:
    """2KX before 10KX."""
    digits = re.match(r"\d*", symbol)
    return (int(digits[0]) if digits and digits[0] else 0, symbol)

"""What a ticket wins in a Northern draw, and what a full run of tickets costs. Pure; amounts are đồng.

A ticket is five digits and the symbol of its series; a series holds every number once. The drawn
numbers stand on the sheet in the order special, 1st … 7th, and a ticket wins with its last digits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sales.engine.posting import share

TICKET_DIGITS: Final = 5
#: A series holds each number of five digits once.
SERIES_TICKETS: Final = 10**TICKET_DIGITS
SPECIAL: Final = "special"
#: The special number on a ticket whose symbol was not drawn.
SECONDARY: Final = "secondary"
#: The last digits of the special number.
CONSOLATION: Final = "consolation"
#: The sheet of a draw: prize, digits of its numbers, and how many are drawn.
SHEET: Final = (
    (SPECIAL, 5, 1),
    ("first", 5, 1),
    ("second", 5, 2),
    ("third", 5, 6),
    ("fourth", 4, 4),
    ("fifth", 4, 6),
    ("sixth", 3, 3),
    ("seventh", 2, 4),
)
#: For each of the 27 numbers in order: its prize, its place within it from 1, and its digits.
PLACES: Final = tuple(
    (kind, place, digits) for kind, digits, draws in SHEET for place in range(1, draws + 1)
)
DRAWN: Final = {kind: (digits, draws) for kind, digits, draws in SHEET}
KINDS: Final = (SPECIAL, SECONDARY, *list(DRAWN)[1:], CONSOLATION)


@dataclass(frozen=True, slots=True)
class Level:
    """One prize of a table: the digits that must agree, how many numbers are drawn, its value."""

    kind: str
    digits: int
    draws: int
    amount: int


@dataclass(frozen=True, slots=True)
class Structure:
    """A prize table (cơ cấu giải thưởng): a level of every kind.

    `special_takes_consolation`: whether the special ticket, whatever its symbol, is also paid the
    consolation prize. Raises ValueError for a table that does not fit the sheet.
    """

    levels: Mapping[str, Level]
    special_takes_consolation: bool

    def __post_init__(self) -> None:
        if set(self.levels) != set(KINDS):
            raise ValueError(f"a prize table has the prizes {', '.join(KINDS)}")
        for kind, level in self.levels.items():
            fits = _fits_sheet(level)
            if kind != level.kind or not fits or level.amount <= 0:
                raise ValueError(f"{level} does not fit the sheet of a draw")

    def counts(self, *, series: int, winning_symbols: int) -> dict[str, int]:
        """How many prizes a full run pays, by kind. Never depends on the numbers drawn.

        Raises ValueError unless the winning symbols are among the series.
        """
        if not 0 <= winning_symbols <= series:
            raise ValueError(f"{winning_symbols} winning symbols of {series} series")
        counts = {
            kind: series * level.draws * 10 ** (TICKET_DIGITS - level.digits)
            for kind, level in self.levels.items()
        }
        counts[SPECIAL] = winning_symbols
        counts[SECONDARY] = series - winning_symbols
        if not self.special_takes_consolation:
            counts[CONSOLATION] -= series
        return counts

    def cost(self, *, series: int, winning_symbols: int) -> int:
        """What a full run pays in all, in đồng."""
        counts = self.counts(series=series, winning_symbols=winning_symbols)
        return sum(count * self.levels[kind].amount for kind, count in counts.items())


@dataclass(frozen=True, slots=True)
class Result:
    """What was drawn: 27 numbers, and the winning symbols; None while those are not known."""

    numbers: Sequence[str]
    symbols: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Won:
    """A prize of a ticket: which number of the sheet gave it (counted within its prize)."""

    kind: str
    place: int
    amount: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """All a ticket wins, in the order of the sheet, then the consolation prize.

    `needs_symbols`: it has the special number but the winning symbols are not known, so that one
    prize is missing here.
    """

    prizes: tuple[Won, ...]
    needs_symbols: bool = False

    @property
    def amount(self) -> int:
        return sum(won.amount for won in self.prizes)


def outcome(number: str, symbol: str, *, result: Result, structure: Structure) -> Outcome:
    """Every prize of a ticket: one that agrees with several numbers is paid for each."""
    prizes: list[Won] = []
    is_special = number == result.numbers[0]
    for (kind, place, _digits), drawn in zip(PLACES, result.numbers, strict=True):
        if not number.endswith(drawn):
            continue
        paid_as = _special_kind(symbol, result.symbols) if kind == SPECIAL else kind
        if paid_as is not None:
            prizes.append(Won(paid_as, place, structure.levels[paid_as].amount))
    consolation = structure.levels[CONSOLATION]
    tail = result.numbers[0][-consolation.digits :]
    if number.endswith(tail) and (structure.special_takes_consolation or not is_special):
        prizes.append(Won(CONSOLATION, 1, consolation.amount))
    return Outcome(tuple(prizes), needs_symbols=is_special and result.symbols is None)


def _special_kind(symbol: str, symbols: frozenset[str] | None) -> str | None:
    if symbols is None:
        return None
    return SPECIAL if symbol in symbols else SECONDARY


def tails_by_head(numbers: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The last two digits of every number (lô tô): for each head 0 … 9 its tails in order."""
    ends = sorted(number[-2:] for number in numbers)
    return [(head, [end[1] for end in ends if end[0] == head]) for head in "0123456789"]


def prize_tax(amount: int, *, tax_free: int, bps: int) -> int:
    """Personal income tax on what one ticket wins in one draw, in đồng.

    Only the part above the free amount is taxed; both are those in force on the day it is paid.
    """
    return share(max(amount - tax_free, 0), bps)


def _fits_sheet(level: Level) -> bool:
    if level.kind == CONSOLATION:
        return 0 < level.digits < TICKET_DIGITS and level.draws == 1
    drawn_as = SPECIAL if level.kind == SECONDARY else level.kind
    return (level.digits, level.draws) == DRAWN[drawn_as]

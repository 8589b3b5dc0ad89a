"""Interest on overdue debt: by day, on what was past its term at the day's end. Pure; whole đồng.

A year has 365 days. Interest bears no interest: it is kept out of the debt here, and payments settle
the oldest sale first.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sales.engine.posting import WHOLE_BPS

DAYS_OF_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class Moved:
    """What a day changed in the debt, interest aside, and the part of it that is a new debt."""

    change: int
    debt: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row, both included, with the same overdue amount and rate in basis points a year."""

    first: date
    last: date
    overdue: int
    rate_bps: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest of some days and how it came about; `amount` is cut off to whole đồng."""

    amount: int
    stretches: tuple[Stretch, ...]

    @property
    def days(self) -> int:
        return sum(stretch.days for stretch in self.stretches)


def interest(
    opening: int,
    moves: Mapping[date, Moved],
    *,
    first: date,
    last: date,
    term: int,
    rate_on: Callable[[date], int],
) -> Interest:
    """Interest from `first` to `last`, both included.

    `opening` is the debt before the first day of `moves`, which begin at least `term` days before
    `first`; `term` is the days from a draw in which it is to be paid.
    """
    stretches = tuple(_joined(_overdue(opening, moves, first, last, term), rate_on))
    owed = sum(each.overdue * each.rate_bps * each.days for each in stretches)
    return Interest(owed // (WHOLE_BPS * DAYS_OF_YEAR), stretches)


def _overdue(
    opening: int, moves: Mapping[date, Moved], first: date, last: date, term: int
) -> Iterable[tuple[date, int]]:
    """Each day with what is overdue at its end: the debt less the sales still within their term."""
    balance = opening + sum(move.change for day, move in moves.items() if day < first)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if day in moves:
            balance += moves[day].change
        within = sum(
            max(moves[young].debt, 0)
            for back in range(term + 1)
            if (young := day - timedelta(days=back)) in moves
        )
        yield day, max(balance - within, 0)


def _joined(days: Iterable[tuple[date, int]], rate_on: Callable[[date], int]) -> Iterable[Stretch]:
    """Days with interest to pay, joined where amount and rate stay the same."""
    open_one: Stretch | None = None
    for day, overdue in days:
        rate = rate_on(day)
        if open_one and (overdue, rate) == (open_one.overdue, open_one.rate_bps):
            open_one = Stretch(open_one.first, day, overdue, rate)
            continue
        if open_one and open_one.overdue and open_one.rate_bps:
            yield open_one
        open_one = Stretch(day, day, overdue, rate)
    if open_one and open_one.overdue and open_one.rate_bps:
        yield open_one

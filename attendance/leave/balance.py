"""What is left of a year's annual leave, and which days were used (pure).

Beside the days of the year itself, somebody may have granted days that can be used only between two
dates: those carried over from last year, and extra ones. Leave takes first what lapses first, of the
same date what was carried over, and then the days of the year. What is not used by its date lapses.

Uses are minutes of a standard day of 480, so that a tenth of a day is exactly 48 of them. Figures
are days to a tenth, rounded each by itself; `left` follows from the rounded ones, so that what is
shown adds up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from enum import StrEnum
from typing import Final

from attendance.leave.annual_leave import Entitlement

DAY_MINUTES: Final = 480
_TENTH: Final = Decimal("0.1")
_NOTHING: Final = Decimal("0.0")


class Kind(StrEnum):
    CARRIED_OVER = "carried_over"
    EXTRA = "extra"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Lot:
    """Granted `days`, usable on [first, last] of one year. Only a correction is below zero."""

    kind: Kind
    days: Decimal
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Use:
    """Minutes of leave on a day, taken or to come."""

    day: date
    minutes: int


@dataclass(frozen=True, slots=True)
class Spent:
    """A lot and how much of it is used; what is not used on the day after `last` has lapsed."""

    lot: Lot
    used: Decimal
    has_ended: bool

    @property
    def unused(self) -> Decimal:
        return self.lot.days - self.used

    @property
    def lapsed(self) -> Decimal:
        return self.unused if self.has_ended else _NOTHING


@dataclass(frozen=True, slots=True)
class Balance:
    """Days of annual leave of one year, to a tenth; `left` may be below zero.

    `taken` up to the day as computed, `planned` after it, `waiting` in open requests. `short` is
    what is taken and planned beyond all there is, `short_if_granted` with the open requests; both
    see that a lapsing day cannot be used after its date, which `left` does not.
    """

    year: int
    entitlement: Entitlement
    spent: tuple[Spent, ...]
    corrected: Decimal
    taken: Decimal
    planned: Decimal
    waiting: Decimal
    short: Decimal
    short_if_granted: Decimal

    @property
    def entitled(self) -> Decimal:
        """The days of the year itself."""
        return self.entitlement.days

    @property
    def carried(self) -> Decimal:
        return self._sum(Kind.CARRIED_OVER)

    @property
    def granted(self) -> Decimal:
        """Extra days and corrections, those below zero too."""
        return self._sum(Kind.EXTRA) + self._sum(Kind.CORRECTION) + self.corrected

    @property
    def lapsed(self) -> Decimal:
        return sum((each.lapsed for each in self.spent), _NOTHING)

    @property
    def left(self) -> Decimal:
        given = self.entitled + self.carried + self.granted - self.lapsed
        return given - self.taken - self.planned

    @property
    def lapsing(self) -> list[Spent]:
        """What will lapse before the year ends unless it is used."""
        end = date(self.year, 12, 31)
        return [s for s in self.spent if not s.has_ended and s.lot.last < end and s.unused]

    @property
    def to_carry(self) -> Decimal:
        """What is left of the year itself when it ends: nothing is carried over a second time."""
        old = [s for s in self.spent if s.lot.kind == Kind.CARRIED_OVER and not s.has_ended]
        return max(_NOTHING, self.left - sum((each.unused for each in old), _NOTHING))

    def _sum(self, kind: Kind) -> Decimal:
        return sum((s.lot.days for s in self.spent if s.lot.kind == kind), _NOTHING)


def balance(
    on: date,
    *,
    entitlement: Entitlement,
    lots: Sequence[Lot],
    uses: Sequence[Use],
    waiting: Sequence[Use] = (),
) -> Balance:
    """The balance of the year of `on`; uses after that day are planned. The order does not matter."""
    granted = sorted((lot for lot in lots if lot.days > 0), key=_order)
    corrected = sum((lot.days for lot in lots if lot.days < 0), _NOTHING)
    pool = _minutes(entitlement.days + corrected)
    used, rest = draw(granted, uses)
    _used, rest_if_granted = draw(granted, [*uses, *waiting])
    return Balance(
        year=on.year,
        entitlement=entitlement,
        spent=tuple(
            Spent(lot, days(minutes), lot.last < on)
            for lot, minutes in zip(granted, used, strict=True)
        ),
        corrected=corrected,
        taken=days(sum(use.minutes for use in uses if use.day <= on)),
        planned=days(sum(use.minutes for use in uses if use.day > on)),
        waiting=days(sum(use.minutes for use in waiting)),
        short=_beyond(rest, pool),
        short_if_granted=_beyond(rest_if_granted, pool),
    )


def draw(lots: Sequence[Lot], uses: Iterable[Use]) -> tuple[list[int], int]:
    """Minutes used of each lot (in the order of lapsing), and what they could not give."""
    left = [_minutes(lot.days) for lot in lots]
    rest = 0
    for use in sorted(uses, key=lambda use: use.day):
        wanted = use.minutes
        for index, lot in enumerate(lots):
            if lot.first <= use.day <= lot.last:
                given = min(wanted, left[index])
                left[index] -= given
                wanted -= given
        rest += wanted
    return [_minutes(lot.days) - minutes for lot, minutes in zip(lots, left, strict=True)], rest


def days(minutes: int) -> Decimal:
    """Minutes of a standard day as days, to a tenth."""
    return (Decimal(minutes) / DAY_MINUTES).quantize(_TENTH, ROUND_HALF_UP)


def _minutes(of: Decimal) -> int:
    return int(of * DAY_MINUTES)


def _beyond(minutes: int, pool: int) -> Decimal:
    """Rounded up: who is a minute short is not told that nothing is missing."""
    return (Decimal(max(0, minutes - pool)) / DAY_MINUTES).quantize(_TENTH, ROUND_UP)


def _order(lot: Lot) -> tuple[date, bool, date, str, Decimal]:
    return lot.last, lot.kind != Kind.CARRIED_OVER, lot.first, lot.kind, lot.days

"""How many days of annual leave a year gives (pure): Labour Code 45/2019 art. 113 and 114.

A year of work gives the base (12 days; 14 or 16 in heavy or dangerous work), and one day more for
each five full years with the employer. Who is employed for a part of the year gets the months of it
(Decree 145/2020 art. 66): a month counts when at least half of it was employed. The decree measures
that half in working days, here it is calendar days, which differs only in a month of joining or
leaving near its middle. A base that changes within the year counts for the months of which it was
in force at least half. Long absence that the law does not count as work (art. 65) is not known
here: it is entered as a correction.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

BASE_DAYS = 12
YEARS_FOR_A_DAY = 5
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Terms:
    """Days a year of work gives somebody from a day on; of the same day the higher `number` counts."""

    from_date: date
    base: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class Entitlement:
    """`base` in force on the day, `seniority` days more, `months` employed; `days` to a tenth."""

    base: int
    seniority: int
    months: int
    days: Decimal


def full_years(join: date, on: date) -> int:
    """Whole years of service completed on the day."""
    before = (on.month, on.day) < (join.month, join.day)
    return max(0, on.year - join.year - before)


def months_in_year(year: int, *, join: date, leave: date | None) -> list[int]:
    """Months of the year of which at least half was employed; `leave` is the last day of work."""
    return [month for month in range(1, 13) if _half_employed(year, month, join, leave)]


def _half_employed(year: int, month: int, join: date, leave: date | None) -> bool:
    length = monthrange(year, month)[1]
    first, last = date(year, month, 1), date(year, month, length)
    first, last = max(first, join), min(last, leave) if leave else last
    return 2 * ((last - first).days + 1) >= length


def base_on(day: date, terms: Sequence[Terms]) -> int:
    """The base in force on the day; the law's 12 before any terms."""
    begun = [each for each in terms if each.from_date <= day]
    return max(begun, key=lambda each: (each.from_date, each.number)).base if begun else BASE_DAYS


def entitlement(
    on: date, *, join: date, leave: date | None = None, terms: Sequence[Terms] = ()
) -> Entitlement:
    """Annual leave of the year of `on`, with the seniority reached by then."""
    months = months_in_year(on.year, join=join, leave=leave)
    seniority = full_years(join, on) // YEARS_FOR_A_DAY
    bases = sum(base_on(_middle(on.year, month), terms) for month in months)
    days = Decimal(bases + seniority * len(months)) / 12
    return Entitlement(
        base=base_on(on, terms),
        seniority=seniority,
        months=len(months),
        days=days.quantize(_TENTH, ROUND_HALF_UP),
    )


def _middle(year: int, month: int) -> date:
    """The last day on which a new base still has half of the month before it ends."""
    return date(year, month, monthrange(year, month)[1] // 2 + 1)

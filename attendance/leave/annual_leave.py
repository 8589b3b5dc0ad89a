"""How many days of annual leave a year gives (pure): Labour Code 45/2019 art. 113 and 114.

A year of work gives the base (12 days; 14 or 16 in heavy or dangerous work), and one day more for
each five full years with the employer. Who is employed for a part of the year gets the months of it
(Decree 145/2020 art. 66): a month counts when at least half of it was employed. The decree measures
that half in working days, here it is calendar days, which differs only in a month of joining or
leaving near its middle.
"""

from calendar import monthrange
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

BASE_DAYS = 12
YEARS_FOR_A_DAY = 5
_TENTH = Decimal("0.1")


def full_years(join: date, on: date) -> int:
    """Whole years of service completed on the day."""
    before = (on.month, on.day) < (join.month, join.day)
    return max(0, on.year - join.year - before)


def months_in_year(year: int, *, join: date, leave: date | None) -> int:
    """Months of the year of which at least half was employed; `leave` is the last day of work."""
    return sum(_half_employed(year, month, join, leave) for month in range(1, 13))


def _half_employed(year: int, month: int, join: date, leave: date | None) -> bool:
    length = monthrange(year, month)[1]
    first, last = date(year, month, 1), date(year, month, length)
    first, last = max(first, join), min(last, leave) if leave else last
    return 2 * ((last - first).days + 1) >= length


def entitlement(
    on: date, *, join: date, leave: date | None = None, base: int = BASE_DAYS
) -> Decimal:
    """Days of annual leave in the year of `on`, to a tenth, with the seniority reached by then."""
    days = base + full_years(join, on) // YEARS_FOR_A_DAY
    months = months_in_year(on.year, join=join, leave=leave)
    return (Decimal(days) * months / 12).quantize(_TENTH, ROUND_HALF_UP)

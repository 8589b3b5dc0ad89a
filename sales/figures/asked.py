"""What a summary may be asked, and what a row of it says."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from backend.shares import change_bps
from sales.figures.shapes import Tickets

#: What a summary may be told by.
DIMENSIONS = ("territory", "region", "agent", "product", "draw", "weekday", "month")
#: Depth of a region's path at each level; None is the unit a sale was recorded in.
LEVELS: dict[str, int | None] = {"province": 1, "area": 2, "unit": None}
WEEKDAYS: Final = tuple(range(7))
#: How much earlier the draws were that others are compared with: the same weekday.
WEEK: Final = timedelta(days=7)
YEAR: Final = timedelta(days=364)
COMPARED: Final = {"week": WEEK, "year": YEAR}
#: What rows may be ordered by, beside the dimensions, as SQL of what is summed.
MEASURES: Final = {
    "sold": "{issued} - {returned}",
    "revenue_amount": "{revenue}",
    "returned": "{returned}",
}
ORDERS: Final = tuple(MEASURES)


@dataclass(frozen=True, slots=True)
class Asked:
    """A summary's question. `path` as elsewhere in figures; `weekday` is 0 for Monday.

    Territories are told as they are composed `on` a day, without one after every move that is planned.
    `agents` and `regions` are keys, and `weekdays` numbers, where a part of the answer is read (`sales.figures.summary`), which
    finds out, too, whether units are told as one (those of a level above, or the same again later), and
    what some draws of the span have no counterpart of, so that not all of them are compared. Where the
    best are looked for, the measure of the order must be `at_least` so much; of a `sample`, so many of a
    hundred pages of a rollup are read.
    """

    first: date
    last: date
    by: tuple[str, ...]
    level: str = "unit"
    path: str | None = None
    agent: str | None = None
    product: str | None = None
    weekday: int | None = None
    has_commission: bool = False
    is_compared: bool = False
    order: str = ""
    limit: int = 1_000
    on: date = date.max
    agents: tuple[int, ...] | None = None
    regions: tuple[int, ...] | None = None
    weekdays: tuple[int, ...] | None = None
    has_merged_units: bool = True
    partly: tuple[str, ...] = ("week", "year")
    at_least: int | None = None
    sample: int | None = None

    def measure(self, ending: str = "") -> str:
        """What it is ordered by, as SQL of the sums whose names end so."""
        names = ("issued", "returned", "revenue")
        return MEASURES[self.order].format(**{name: f"{name}{ending}" for name in names})

    @property
    def is_by_agent(self) -> bool:
        """Whether only sums of agents can tell it."""
        return "agent" in self.by or self.agent is not None or self.agents is not None

    @property
    def is_by_region(self) -> bool:
        """Whether it cannot be told from sums of the whole company."""
        return bool({"region", "territory", "unit"} & set(self.by)) or (
            self.path is not None or self.regions is not None
        )

    @property
    def is_by_product(self) -> bool:
        """Whether sums of all products together cannot tell it."""
        return "product" in self.by or self.product is not None

    @property
    def days_of_week(self) -> tuple[int, ...]:
        """The weekdays that are told, one after the other: the one asked for, those of a part, or all."""
        return self.weekdays or (WEEKDAYS if self.weekday is None else (self.weekday,))

    @property
    def is_by_weekday(self) -> bool:
        return "weekday" in self.by or self.weekday is not None

    @property
    def has_weekdays_in_row(self) -> bool:
        """Whether weekdays are told of sums that hold all seven side by side: years of agents."""
        is_of_years = not {"draw", "month"} & set(self.by)
        return "weekday" in self.by and self.is_by_agent and is_of_years


#: What a row is of: a value for each dimension, a code and name or a date or number alone.
Keys = tuple[tuple[Any, ...], ...]


class SummaryRow(msgspec.Struct, frozen=True, gc=False):
    """`keys` in the order of the dimensions.

    Comparisons are revenue of the draws that have a counterpart, and of those counterparts; they
    and commission are None where they were not asked for.
    """

    keys: Keys
    issued: int
    returned: int
    revenue_amount: int
    commission_amount: int | None = None
    week: tuple[int, int] | None = None
    year: tuple[int, int] | None = None

    @property
    def tickets(self) -> Tickets:
        return Tickets(self.issued, self.returned, self.revenue_amount)

    @property
    def week_change_bps(self) -> int | None:
        return change_bps(*self.week) if self.week else None

    @property
    def year_change_bps(self) -> int | None:
        return change_bps(*self.year) if self.year else None


#: A row, and whether part of it is an estimate: a divided unit's, by shares. None by the tree as it was.
Told = tuple[SummaryRow, bool | None]

"""The shapes figures are given in: frozen, plain data, no database."""

from dataclasses import dataclass
from datetime import date

import msgspec

from backend.shares import change_bps, share_bps


class Tickets(msgspec.Struct, frozen=True, gc=False):
    """Tickets (vé) of some draws: issued, returned unsold, and the revenue of the rest.

    A summary has ten thousand; a frozen dataclass takes eight times as long to make.
    """

    issued: int = 0
    returned: int = 0
    revenue_amount: int = 0

    def __add__(self, other: "Tickets") -> "Tickets":
        return Tickets(
            self.issued + other.issued,
            self.returned + other.returned,
            self.revenue_amount + other.revenue_amount,
        )

    @property
    def sold(self) -> int:
        return self.issued - self.returned

    @property
    def sell_through_bps(self) -> int | None:
        """Tỷ lệ tiêu thụ: sold of issued."""
        return share_bps(self.sold, self.issued)

    @property
    def unsold_bps(self) -> int | None:
        """Tỷ lệ vé ế: returned of issued."""
        return share_bps(self.returned, self.issued)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Like with like: the `draws` draws that have a counterpart, and those counterparts."""

    now: Tickets
    before: Tickets
    draws: int

    @property
    def revenue_change_bps(self) -> int | None:
        return change_bps(self.now.revenue_amount, self.before.revenue_amount)

    @property
    def revenue_change_amount(self) -> int:
        return self.now.revenue_amount - self.before.revenue_amount


@dataclass(frozen=True, slots=True)
class SalesLine:
    """One row: its code and name, all its draws, and two comparisons."""

    code: str
    name: str
    now: Tickets
    previous_week: Comparison
    last_year: Comparison


@dataclass(frozen=True, slots=True)
class DrawLine:
    """One held draw of the period."""

    date: date
    host: str
    now: Tickets
    previous_week: Tickets | None
    last_year: Tickets | None


@dataclass(frozen=True, slots=True)
class WeeklySales:
    """Sales of the draws held in [first, last], in one region or the company.

    Told `in_todays_units` where units were reorganised within what is compared.
    """

    first: date
    last: date
    region_path: str | None
    draws: tuple[DrawLine, ...]
    total: SalesLine
    regions: tuple[SalesLine, ...]  # by revenue, greatest first
    products: tuple[SalesLine, ...]
    in_todays_units: bool = False

    @property
    def is_empty(self) -> bool:
        """Không có phát sinh: no draw held, or nothing recorded for any."""
        return self.total.now == Tickets()


@dataclass(frozen=True, slots=True)
class Mover:
    """An agent whose revenue changed, against the same draws a week earlier."""

    code: str
    name: str
    region: str
    now_amount: int
    before_amount: int

    @property
    def change_amount(self) -> int:
        return self.now_amount - self.before_amount

    @property
    def change_bps(self) -> int | None:
        return change_bps(self.now_amount, self.before_amount)


@dataclass(frozen=True, slots=True)
class AgentSales:
    """An agent's tickets of a period, and the commission (hoa hồng) on what was sold."""

    code: str
    name: str
    region: str
    tickets: Tickets
    commission_amount: int


@dataclass(frozen=True, slots=True)
class Movers:
    risers: tuple[Mover, ...]  # greatest gain first
    fallers: tuple[Mover, ...]  # greatest loss first


@dataclass(frozen=True, slots=True)
class AgentDebt:
    """What an agent owes by the journal (công nợ), and the credit limit in force, đồng."""

    code: str
    name: str
    region: str
    debt_amount: int
    limit_amount: int

    @property
    def over_amount(self) -> int:
        return self.debt_amount - self.limit_amount


@dataclass(frozen=True, slots=True)
class MissingAgent:
    """An agent under contract without any entry for some held draws.

    `usual_share_bps`: the agent's part of the revenue of the 28 days before the period.
    """

    code: str
    name: str
    region: str
    draws: tuple[date, ...]
    usual_share_bps: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """Who has not reported, and how much that may hide.

    `expected` and `reported` count pairs of agent and held draw. `missing_share_bps` is the usual
    share of what is missing, weighted by the draws missed.
    """

    expected: int
    reported: int
    missing_share_bps: int
    missing: tuple[MissingAgent, ...]  # greatest usual share first


@dataclass(frozen=True, slots=True)
class RegionMonth:
    region_code: str
    region_name: str
    month: date  # its first day
    tickets: Tickets
    is_estimate: bool = False  # part of it is a divided unit's, by the company's own shares

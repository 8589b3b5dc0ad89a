"""What of a week several of its sections tell. Pure."""

from dataclasses import dataclass
from datetime import date

from backend.shares import share_bps
from sales.figures import AgentDebt, SalesLine
from sales.figures.period import Span


@dataclass(frozen=True, slots=True)
class WeekRevenue:
    """Revenue of one week, for the picture of the last thirteen."""

    first: date
    revenue_amount: int
    draws: int


@dataclass(frozen=True, slots=True)
class Against:
    """What a week is held against beside other draws: its plan (đồng), the same lunar days around Tết."""

    plan_amount: int | None = None
    lunar: Span | None = None

    def plan_bps(self, revenue_amount: int) -> int | None:
        return share_bps(revenue_amount, self.plan_amount or 0)


def gain_amount(line: SalesLine) -> int:
    return line.previous_week.revenue_change_amount


def over_amount(debt: AgentDebt) -> int:
    return debt.debt_amount - debt.limit_amount

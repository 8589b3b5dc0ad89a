"""What other apps may know about sales: read-only, from the rollups, as frozen plain data.

Figures cover draws already held (DrawStatus.HELD) only: before a draw its unsold tickets are not
back yet, so issued − returned says nothing. Counts are tickets, amounts đồng, shares basis points
(10,000 = 100 %). Dates are inclusive. `region_path` is a Region.path, or several with
"|" between them (User.scope_path); None is the whole company.
Comparisons are draw by draw: a draw counts only if its counterpart was held too (Tết moves).
"""

from sales.figures.agents import agent_ranking, completeness, debts, debts_over_limit, top_movers
from sales.figures.regions import region_months, region_months_today
from sales.figures.rows import last_held_draw, recorded_until
from sales.figures.shapes import (
    AgentDebt,
    AgentSales,
    Comparison,
    Completeness,
    DrawLine,
    MissingAgent,
    Mover,
    Movers,
    RegionMonth,
    SalesLine,
    Tickets,
    WeeklySales,
)
from sales.figures.weekly import weekly_sales

__all__ = [
    "AgentDebt",
    "AgentSales",
    "Comparison",
    "Completeness",
    "DrawLine",
    "MissingAgent",
    "Mover",
    "Movers",
    "RegionMonth",
    "SalesLine",
    "Tickets",
    "WeeklySales",
    "agent_ranking",
    "completeness",
    "debts",
    "debts_over_limit",
    "last_held_draw",
    "recorded_until",
    "region_months",
    "region_months_today",
    "top_movers",
    "weekly_sales",
]

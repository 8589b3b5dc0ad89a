"""The weekly briefing (báo cáo giao ban tuần): tickets, agents, debts and people of one week."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from reporting.builders.content import Kind, Part, figure
from reporting.builders.telling import share
from reporting.defining import SALES_SCOPES, Asked, Definition, SectionOf, Source, Words
from reporting.definitions.weekly_briefing.in_tables import (
    agents,
    over_limit,
    people_of_the_week,
    regions,
    tickets_sold,
)
from reporting.definitions.weekly_briefing.in_words import summary
from reporting.definitions.weekly_briefing.week import Against, WeekRevenue
from reporting.periods import PeriodKind
from reporting.sections import owed
from reporting.sections.people import read_attendance
from sales import figures as sales_figures
from sales.figures import AgentDebt, Movers, WeeklySales
from sales.figures.asked import Asked as SummaryAsked
from sales.figures.period import around_tet, reorganised
from sales.figures.summary_by_tree import summary_by_tree
from sales.figures.weekly import planned_amount

#: The picture of revenue shows so many weeks, the reported one included.
WEEKS_SHOWN = 13


def _sales(asked: Asked) -> WeeklySales:
    return sales_figures.weekly_sales(asked.period.first, asked.period.last, asked.scope.path)


def _against(asked: Asked) -> Against:
    span = asked.period.first, asked.period.last, asked.scope.path
    return Against(planned_amount(*span), around_tet(*span))


def _weeks(asked: Asked) -> tuple[WeekRevenue, ...]:
    """Monday to Sunday, by the sums of draws alone; weeks without sales are left out."""
    start = asked.period.first - timedelta(weeks=WEEKS_SHOWN - 1)
    revenue: dict[date, int] = defaultdict(int)
    draws: dict[date, int] = defaultdict(int)
    of_draws = SummaryAsked(
        start, asked.period.last, ("draw",), path=asked.scope.path, limit=7 * WEEKS_SHOWN
    )
    is_today = asked.scope.path is not None and reorganised(start, asked.period.last)
    for told, _is_estimate in summary_by_tree(of_draws, is_today=is_today):
        ((day,),) = told.keys
        monday = day - timedelta(days=day.weekday())
        revenue[monday] += told.tickets.revenue_amount
        draws[monday] += 1
    return tuple(WeekRevenue(monday, revenue[monday], draws[monday]) for monday in sorted(revenue))


def _movers(asked: Asked) -> Movers:
    return sales_figures.top_movers(asked.period.first, asked.period.last, asked.scope.path)


def _debts(asked: Asked) -> tuple[AgentDebt, ...]:
    return tuple(sales_figures.debts_over_limit(asked.period.last, asked.scope.path))


def _headline(asked: Asked, data: Mapping[str, Any]) -> tuple[Part, ...]:
    """doanh thu 8.420,1 triệu (92,4 % KH), without a plan doanh thu 8.420,1 triệu (+3,1 %)"""
    sales: WeeklySales | None = data["sales"]
    if sales is None or sales.is_empty:
        return ()
    total = sales.total
    amount = figure(total.now.revenue_amount, Kind.MILLIONS)
    against: Against | None = data["against"]
    if against and (plan := against.plan_bps(total.now.revenue_amount)) is not None:
        return ("doanh thu ", amount, " triệu (", share(plan), " KH)")
    change = figure(total.previous_week.revenue_change_bps, Kind.CHANGE)
    return ("doanh thu ", amount, " triệu (", change, ")")


REPORT = Definition(
    code="weekly-briefing",
    slug="giao-ban-tuan",
    title=Words("Báo cáo giao ban", "Weekly briefing"),
    short=Words("Giao ban", "Briefing"),
    period=PeriodKind.WEEK,
    scopes=SALES_SCOPES,
    datasets={
        "sales": _sales,
        "against": _against,
        "weeks": _weeks,
        "movers": _movers,
        "debts": _debts,
        "attendance": read_attendance,
        "obligations": owed.read_owed,
    },
    sections=(
        SectionOf(
            "summary", "Tóm tắt", summary, may_have=("sales", "debts", "attendance", "against")
        ),
        SectionOf("sales", "Bán vé", tickets_sold, needs=("sales",), may_have=("weeks",)),
        SectionOf("regions", "Địa bàn", regions, needs=("sales",)),
        SectionOf("agents", "Đại lý", agents, needs=("movers",)),
        SectionOf(
            "debts",
            "Công nợ vượt hạn mức",
            over_limit,
            needs=("debts",),
            nothing="Không đại lý nào vượt hạn mức công nợ.",
        ),
        SectionOf(
            "attendance",
            "Chấm công",
            people_of_the_week,
            needs=("attendance",),
            nothing="Không có dữ liệu chấm công trong kỳ.",
        ),
        owed.SECTION,
    ),
    sources=frozenset({Source.AGENTS, Source.TERMINALS}),
    headline=_headline,
    remarks=(
        "So sánh theo từng kỳ quay có kỳ tương ứng.",
        "“Tuần trước” là kỳ cùng thứ tuần trước, “Năm trước” là kỳ cùng thứ cách đây 52 tuần.",
        "Kế hoạch của một kỳ quay là phần đều của kế hoạch tháng đã duyệt mới nhất.",
    ),
    about=Words(
        "Trước giao ban: vé và doanh thu tuần, địa bàn, đại lý tăng giảm, nợ vượt hạn mức, chấm công.",
        "Before the briefing: a week's tickets, units, agents, debts over the limit, attendance.",
    ),
)

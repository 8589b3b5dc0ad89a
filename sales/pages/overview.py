"""/ban-ve/: a month of sales at a glance, by region with those before it, and by agent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from backend import clock
from backend.accounts.permissions import acting, requires
from backend.heading import Heading
from backend.months import last_day, months_of, shifted
from backend.pages.places import place_choices, place_of
from backend.tables import Column, Table
from sales import figures
from sales.figures import Tickets
from sales.figures.period import period_line
from sales.files.sheets import asks_for_workbook, heading_of, share, table_answer

#: How many months the table shows.
MONTHS = 6


@dataclass(frozen=True)
class Row:
    """A region and its months, oldest first, and their sum."""

    name: str
    months: list[Tickets]
    total: Tickets


@requires("sales.view")
def overview(request: HttpRequest) -> HttpResponseBase:
    """The month of ?thang= at a glance, six months by region until it, and its agents."""
    user = acting(request)
    today = clock.today()
    month = _month_of(request.GET.get("thang", ""), default=today)
    place = place_of(request.GET.get("dia_ban", ""), user=user)
    path = place.path
    last = last_day(month)
    months = _months_until(month)
    is_now = request.GET.get("cay") == "nay"
    told = figures.region_months_today if is_now else figures.region_months
    facts = told(months[0], last, path)
    rows = _rows(facts, months)
    agents = figures.agent_ranking(month, last, path)
    if asks_for_workbook(request):
        heading = heading_of(user, months[0], last, place.unit)
        tables = _region_table(heading, rows, months), _agent_table(heading, agents, month)
        return table_answer(heading, f"ban-ve-{month:%Y-%m}.xlsx", *tables)
    newest = figures.last_held_draw(today)
    return render(
        request,
        "sales/overview.html",
        {
            "month": month,
            "months": months,
            **place_choices(place, user, today),
            "rows": rows,
            "headline": period_line(month, last, path) if rows else None,
            "is_now": is_now,
            "is_estimate": any(fact.is_estimate for fact in facts),
            "total": _sum("", rows, len(months)),
            "agents": agents,
            "debts": figures.debts_over_limit(min(last, today - timedelta(days=1)), path),
            "as_of": figures.recorded_until(),
            "newest": newest,
            "missing": figures.completeness(newest, newest, path).missing if newest else (),
        },
    )


def _month_of(text: str, *, default: date) -> date:
    """The first day of "2026-11"; of the present month when nothing is asked for."""
    if not text:
        return default.replace(day=1)
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 -- a month has no zone
    except ValueError:
        raise Http404 from None


def _months_until(month: date) -> list[date]:
    first = shifted(month, 1 - MONTHS) if month.year > date.min.year else date.min
    return months_of(first, month)[-MONTHS:]


def _rows(facts: tuple[figures.RegionMonth, ...], months: list[date]) -> list[Row]:
    """One row a region, the greatest revenue of the last month first."""
    cells = {(fact.region_code, fact.month): fact.tickets for fact in facts}
    names = {fact.region_code: fact.region_name for fact in facts}
    rows = [
        Row(
            name=name,
            months=(line := [cells.get((code, month), Tickets()) for month in months]),
            total=sum(line, Tickets()),
        )
        for code, name in names.items()
    ]
    return sorted(rows, key=lambda row: (-row.months[-1].revenue_amount, row.name))


def _sum(name: str, rows: list[Row], width: int) -> Row:
    months = [sum((row.months[n] for row in rows), Tickets()) for n in range(width)]
    return Row(name=name, months=months, total=sum(months, Tickets()))


def _region_table(heading: Heading, rows: list[Row], months: list[date]) -> Table:
    return Table(
        name="Địa bàn",
        title="Doanh thu theo địa bàn và tháng (đồng)",
        notes=(*heading.lines(), "Chỉ các kỳ đã quay."),
        columns=(
            Column("Địa bàn", 26), *(Column(f"{month:%m/%Y}", 17, "whole") for month in months),
            Column("Cộng", 18, "whole"), Column("Vé ế tháng cuối", 10, "percent"),
        ),
        rows=[
            (row.name, *(each.revenue_amount for each in row.months), row.total.revenue_amount,
             share(row.months[-1].unsold_bps))
            for row in rows
        ],
        frozen=1,
    )  # fmt: skip


def _agent_table(heading: Heading, agents: Iterable[figures.AgentSales], month: date) -> Table:
    return Table(
        name="Đại lý",
        title=f"Đại lý bán nhiều nhất tháng {month:%m/%Y}",
        notes=heading.lines(),
        columns=(
            Column("Mã đại lý", 12), Column("Tên đại lý", 36), Column("Địa bàn", 20),
            Column("Vé giao", 11, "whole"), Column("Vé bán", 11, "whole"),
            Column("Vé ế", 9, "percent"), Column("Doanh thu (đồng)", 17, "whole"),
            Column("Hoa hồng (đồng)", 17, "whole"),
        ),
        rows=[
            (agent.code, agent.name, agent.region, agent.tickets.issued, agent.tickets.sold,
             share(agent.tickets.unsold_bps), agent.tickets.revenue_amount, agent.commission_amount)
            for agent in agents
        ],
        frozen=2,
    )  # fmt: skip

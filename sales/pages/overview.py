"""/ban-ve/: sales by region and month, and the agents of one month."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import requires
from sales import figures
from sales.figures import Tickets
from sales.pages.regions import path_of, region_choices, region_of

#: How many months the table shows.
MONTHS = 6


@dataclass(frozen=True)
class Row:
    """A region and its months, oldest first, and their sum."""

    name: str
    months: list[Tickets]
    total: Tickets


@requires("sales.view")
def overview(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 -- narrows the type for mypy
    today = clock.today()
    month = _month_of(request.GET.get("thang", ""), default=today)
    region = region_of(request.GET.get("dia_ban", ""), user=user)
    path = path_of(region, user)
    last = _end(month)
    months = _months_until(month)
    is_now = request.GET.get("cay") == "nay"
    told = figures.region_months_today if is_now else figures.region_months
    facts = told(months[0], last, path)
    rows = _rows(facts, months)
    yesterday = today - timedelta(days=1)
    newest = figures.last_held_draw(today)
    missing = figures.completeness(newest, newest, path).missing if newest is not None else ()
    return render(
        request,
        "sales/overview.html",
        {
            "month": month,
            "months": months,
            "region": region,
            "regions": region_choices(user, today),
            "rows": rows,
            "is_now": is_now,
            "is_estimate": any(fact.is_estimate for fact in facts),
            "total": _sum("", rows, len(months)),
            "agents": figures.agent_ranking(month, last, path),
            "debts": figures.debts_over_limit(min(last, yesterday), path),
            "as_of": figures.recorded_until(),
            "newest": newest,
            "missing": missing,
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


def _end(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _months_until(month: date) -> list[date]:
    numbers = range(month.year * 12 + month.month - MONTHS, month.year * 12 + month.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers if number >= 12]


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

"""A month, quarter or year of sales by time, unit, product and agent, against plan and last year."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backend.months import months_of
from backend.org.models import Region
from backend.shares import change_bps, share_bps
from backend.vncalendar import tet
from sales.figures.asked import YEAR, Asked, Keys, SummaryRow
from sales.figures.planned import planned
from sales.figures.rows import held_draws, rows_of
from sales.figures.shapes import Tickets
from sales.figures.summary_by_tree import summary_by_tree
from sales.growth.seasons import is_near_tet

#: More agents than any company has.
EVERY = 100_000
_LEFT = """
    select count(*) from sales_draw
    where date > %(last)s and date <= %(end)s and status <> 'void'
"""


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """One unit, product, agent, draw or month. `year` is revenue of the draws that have a counterpart
    52 weeks earlier, and of those; `plan_amount` is None without a plan."""

    code: str
    name: str
    tickets: Tickets
    year: tuple[int, int]
    plan_amount: int | None = None

    @property
    def plan_bps(self) -> int | None:
        """Đạt bao nhiêu kế hoạch."""
        return share_bps(self.tickets.revenue_amount, self.plan_amount or 0)

    @property
    def year_change_bps(self) -> int | None:
        return change_bps(*self.year)

    @property
    def year_change_amount(self) -> int:
        return self.year[0] - self.year[1]


@dataclass(frozen=True, slots=True)
class Span:
    """Sums of the draws held in a span."""

    first: date
    last: date
    draws: int
    tickets: Tickets

    @property
    def per_draw_amount(self) -> int:
        """Revenue of a draw on average, đồng, rounded down."""
        return self.tickets.revenue_amount // self.draws if self.draws else 0


@dataclass(frozen=True, slots=True)
class YearSoFar:
    """From New Year to the end of the period; `plan_amount` is the whole year's."""

    tickets: Tickets
    plan_amount: int | None
    draws_left: int

    @property
    def plan_bps(self) -> int | None:
        return share_bps(self.tickets.revenue_amount, self.plan_amount or 0)

    @property
    def needed_per_draw_amount(self) -> int | None:
        """Revenue each draw left must bring to meet the year's plan; None when it is met or over."""
        missing = (self.plan_amount or 0) - self.tickets.revenue_amount
        return -(-missing // self.draws_left) if missing > 0 and self.draws_left else None


@dataclass(frozen=True, slots=True)
class PeriodSales:
    """Sales of the draws held in [first, last]; lines by code, those by time oldest first.

    Told `in_todays_units` where units were reorganised within what is compared: `regions`, and all
    of it where it is of a unit, which had another name or none in part of that time.
    `compared` of its draws have a counterpart 52 weeks earlier. `before` is the period before, `lunar` the same days around last year's Tết (None away from it).
    """

    now: Span
    compared: int
    total: PeriodLine
    parts: tuple[tuple[date, PeriodLine], ...]
    regions: tuple[PeriodLine, ...]
    products: tuple[PeriodLine, ...]
    before: Span
    lunar: Span | None
    year: YearSoFar
    in_todays_units: bool = False

    @property
    def is_empty(self) -> bool:
        """Không có phát sinh: no draw held, or nothing recorded for any."""
        return self.now.tickets == Tickets()


def period_sales(
    first: date, last: date, before: tuple[date, date], region_path: str | None = None
) -> PeriodSales:
    """The period, with the one `before` it; by draw when it is one month, else by month."""
    asked = Asked(first, last, by=(), path=region_path, is_compared=True)
    by_month = (first.year, first.month) != (last.year, last.month)
    in_todays_units = reorganised(min(first - YEAR, before[0]), last)
    is_today = in_todays_units and region_path is not None
    products = lines_by("product", asked, in_todays_units=is_today)
    plan = _plans("", asked).get(())
    by_time = replace(asked, by=("month" if by_month else "draw",))
    parts = [row for row, _ in summary_by_tree(by_time, is_today=is_today)]
    return PeriodSales(
        now=_span(first, last, region_path, is_today=is_today),
        compared=_compared(first, last),
        total=_total(products, plan),
        parts=tuple((row.keys[0][0], _line(("", ""), row, None)) for row in parts),
        regions=lines_by("region", asked, in_todays_units=in_todays_units),
        products=products,
        before=_span(*before, region_path, is_today=is_today),
        lunar=around_tet(first, last, region_path),
        year=_year(last, region_path, is_today=is_today),
        in_todays_units=in_todays_units,
    )


def period_line(first: date, last: date, region_path: str | None = None) -> PeriodLine:
    """All of a span together, against its plan and last year."""
    asked = Asked(first, last, by=(), path=region_path, is_compared=True)
    is_today = _in_todays_tree(first, last, region_path)
    products = lines_by("product", asked, in_todays_units=is_today)
    return _total(products, _plans("", asked).get(()))


def agent_lines(first: date, last: date, region_path: str | None = None) -> tuple[PeriodLine, ...]:
    """Every agent with tickets or a plan in the period, by code."""
    return lines_by("agent", Asked(first, last, by=(), path=region_path, is_compared=True))


def lines_by(
    dimension: str, asked: Asked, *, in_todays_units: bool = False
) -> tuple[PeriodLine, ...]:
    """A line for each unit, product or agent with tickets, last year's too, or a plan; by code."""
    asked = replace(asked, by=(dimension,), limit=EVERY)
    plans = _plans(dimension, asked)
    told = [row for row, _ in summary_by_tree(asked, is_today=in_todays_units)]
    rows = {row.keys[0]: row for row in told}
    keys = sorted({*rows, *(key for (key,) in plans)})
    return tuple(_line(key, rows.get(key), plans.get((key,))) for key in keys)


def reorganised(first: date, last: date) -> bool:
    """Whether a unit ended within [first, last], so that a year's and the next one's are not the same."""
    return Region.objects.filter(valid_to__gte=first, valid_to__lt=last).exists()


def _in_todays_tree(first: date, last: date, path: str | None) -> bool:
    """Whether a region's sums and last year's are told in today's tree: a unit ended since."""
    return path is not None and reorganised(first - YEAR, last)


def _plans(dimension: str, asked: Asked) -> dict[Keys, int]:
    """Planned revenue by the dimension, of what has a plan for every month of the span.

    Months without a plan would make their sales look like sales beyond it.
    """
    by = (dimension, "month") if dimension else ("month",)
    months: dict[Keys, list[int]] = defaultdict(list)
    for keys, plan in planned(replace(asked, by=by)).items():
        months[keys[:-1]].append(plan.revenue_amount)
    wanted = len(months_of(asked.first, asked.last))
    return {keys: sum(amounts) for keys, amounts in months.items() if len(amounts) == wanted}


def _line(key: tuple[str, ...], row: SummaryRow | None, plan: int | None) -> PeriodLine:
    code, name = key
    if row is None:
        return PeriodLine(code, name, Tickets(), (0, 0), plan)
    return PeriodLine(code, name, row.tickets, row.year or (0, 0), plan)


def _total(lines: Iterable[PeriodLine], plan: int | None) -> PeriodLine:
    kept = list(lines)
    tickets = sum((line.tickets for line in kept), Tickets())
    now, before = (sum(line.year[side] for line in kept) for side in (0, 1))
    return PeriodLine("", "", tickets, (now, before), plan)


def _compared(first: date, last: date) -> int:
    before = held_draws(first - YEAR, last - YEAR)
    return sum(day - YEAR in before for day in held_draws(first, last))


def _span(first: date, last: date, path: str | None, *, is_today: bool) -> Span:
    told = summary_by_tree(Asked(first, last, by=("product",), path=path), is_today=is_today)
    tickets = sum((row.tickets for row, _ in told), Tickets())
    return Span(first, last, len(held_draws(first, last)), tickets)


def around_tet(first: date, last: date, path: str | None) -> Span | None:
    """The same lunar days a year earlier, when a day of the period is near Tết."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    if (last - first).days > 92 or not any(map(is_near_tet, days)):
        return None
    year = last.year if last.month < 7 else last.year + 1
    back = tet(year) - tet(year - 1)
    is_today = _in_todays_tree(first, last, path)
    return _span(first - back, last - back, path, is_today=is_today)


def _year(last: date, path: str | None, *, is_today: bool) -> YearSoFar:
    first, end = date(last.year, 1, 1), date(last.year, 12, 31)
    [(left,)] = rows_of(_LEFT, last=last, end=end)
    return YearSoFar(
        tickets=_span(first, last, path, is_today=is_today).tickets,
        plan_amount=_plans("", Asked(first, end, by=(), path=path)).get(()),
        draws_left=left,
    )

"""Any summary of sales: the dimensions asked for, from the smallest rollup that can tell them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sales.figures.rows import rows_of, scope
from sales.figures.shapes import Tickets, change_bps

#: What a summary may be told by.
DIMENSIONS = ("territory", "region", "agent", "product", "draw", "weekday", "month")
#: Depth of a region's path at each level; None is the unit a sale was recorded in.
LEVELS: dict[str, int | None] = {"province": 1, "area": 2, "unit": None}
#: What rows may be ordered by, beside the dimensions.
ORDERS = ("sold", "revenue_amount", "returned")

_GROUPED = {
    "territory": "region_id",
    "region": "region_id",
    "unit": "region_id",  # the unit itself, for who maps it
    "agent": "agent_id",
    "product": "product_id",
    "draw": "day",
    "weekday": "(extract(isodow from day) - 1)::int as weekday",
    "month": "date_trunc('month', day::timestamp)::date as month",
}
_SHOWN = {
    "territory": ("territory.code", "territory.name"),
    "region": ("coalesce(s.code, u.code)", "coalesce(s.name, u.name)"),
    "unit": ("sums.region_id",),
    "agent": ("agent.code", "agent.name"),
    "product": ("product.code", "product.name"),
    "draw": ("sums.day",),
    "weekday": ("sums.weekday",),
    "month": ("sums.month",),
}
_JOINS = {
    "territory": """
        left join org_territoryregion part
            on part.region_id = sums.region_id and part.valid_to is null
        left join org_territory territory on territory.id = part.territory_id
    """,
    "region": """
        join org_region u on u.id = sums.region_id
        left join org_region s on %(depth)s::int is not null and s.path = array_to_string(
            (string_to_array(u.path, '/'))[1:%(depth)s::int], '/')
          and s.valid_from <= u.valid_from and coalesce(s.valid_to, 'infinity') >= u.valid_from
    """,
    "agent": "join sales_agent agent on agent.id = sums.agent_id",
    "product": "join sales_product product on product.id = sums.product_id",
}
# Each part gives the columns of `facts`; `back` is how many days earlier a row was drawn than the
# draw it is compared with. Draws not held are not sales yet, and a draw without a counterpart is
# left out of the comparison with it.
_DAYS = """
    select {columns}, t.draw_date + {back} as day, {back} as back, w.has_week, w.has_year
    from {table} t join wanted w on w.day = t.draw_date + {back}
    where t.draw_date between %(first)s::date - {back} and %(last)s::date - {back}
      and {matched} and {limits}
"""
_MONTHS = """
    select {columns}, t.month as day, 0 as back, false as has_week, false as has_year
    from sales_regionmonthtotal t where t.month >= %(whole)s and t.month < %(rest)s and {limits}
    union all
    select {negative}, t.draw_date, 0, false, false
    from sales_regiondaytotal t where {limits} and t.draw_date in (
        select date from sales_draw
        where status <> 'held' and date >= %(whole)s and date < %(rest)s
    )
    union all
    select {columns}, t.draw_date, 0, false, false
    from sales_regiondaytotal t join wanted w on w.day = t.draw_date
    where {limits} and (t.draw_date between %(first)s::date and %(whole)s::date - 1
        or t.draw_date between %(rest)s::date and %(last)s::date)
"""
_WANTED = """
    select d.date as day,
        exists (select from sales_draw o where o.date = d.date - 7 and o.status = 'held') as has_week,
        exists (select from sales_draw o where o.date = d.date - 364 and o.status = 'held') as has_year
    from sales_draw d
    where d.status = 'held' and d.date between %(first)s and %(last)s
      and (%(weekday)s::int is null or extract(isodow from d.date) - 1 = %(weekday)s)
"""
_SUMS = """
    sum(issued) filter (where back = 0) as issued,
    sum(returned) filter (where back = 0) as returned,
    sum(revenue) filter (where back = 0) as revenue,
    sum(commission) filter (where back = 0) as commission,
    sum(revenue) filter (where back = 0 and has_week) as week_now,
    sum(revenue) filter (where back = 7) as week_before,
    sum(revenue) filter (where back = 0 and has_year) as year_now,
    sum(revenue) filter (where back = 364) as year_before
"""
_SUM_NAMES = (
    "issued", "returned", "revenue", "commission", "week_now", "week_before", "year_now",
    "year_before",
)  # fmt: skip
WEEK, YEAR = 7, 364


@dataclass(frozen=True, slots=True)
class Asked:
    """A summary's question. `path` as elsewhere in figures; `weekday` is 0 for Monday."""

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


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """`keys` in the order of the dimensions, each a code and name, or a date or number alone.

    Comparisons are revenue of the draws that have a counterpart, and of those counterparts.
    """

    keys: tuple[tuple[Any, ...], ...]
    tickets: Tickets
    commission_amount: int | None
    week: tuple[int, int] | None
    year: tuple[int, int] | None

    @property
    def week_change_bps(self) -> int | None:
        return change_bps(*self.week) if self.week else None

    @property
    def year_change_bps(self) -> int | None:
        return change_bps(*self.year) if self.year else None


def summary(asked: Asked) -> list[SummaryRow]:
    """At most `asked.limit` rows and one more, by which the asker sees that there are more."""
    found = rows_of(_statement(asked), **_values(asked))
    width = [len(_SHOWN[name]) for name in asked.by]
    return [_row(row, width, asked) for row in found]


def _row(row: tuple[Any, ...], width: Sequence[int], asked: Asked) -> SummaryRow:
    keys, at = [], 0
    for many in width:
        keys.append(row[at : at + many])
        at += many
    issued, returned, revenue, commission, *compared = (int(each or 0) for each in row[at:])
    return SummaryRow(
        keys=tuple(keys),
        tickets=Tickets(issued, returned, revenue),
        commission_amount=commission if asked.has_commission else None,
        week=(compared[0], compared[1]) if asked.is_compared else None,
        year=(compared[2], compared[3]) if asked.is_compared else None,
    )


def _statement(asked: Asked) -> str:
    grouped = list(dict.fromkeys(_GROUPED[name] for name in asked.by))
    shown = [column for name in asked.by for column in _SHOWN[name]]
    sums = ", ".join(f"sum({name}) as {name}" for name in _SUM_NAMES)
    by_places = ", ".join(str(place) for place in range(1, len(shown) + 1))
    return f"""
        with wanted as materialized ({_WANTED}), facts as ({_facts(asked)}), sums as (
            select {", ".join([*grouped, _SUMS])} from facts
            {f"group by {', '.join(str(n + 1) for n in range(len(grouped)))}" if grouped else ""}
        )
        select {", ".join([*shown, sums])} from sums
        {" ".join(_JOINS.get(name, "") for name in asked.by)}
        {f"group by {by_places}" if shown else ""}
        having coalesce(sum(issued), 0) <> 0 or coalesce(sum(returned), 0) <> 0
            or coalesce(sum(week_before), 0) <> 0 or coalesce(sum(year_before), 0) <> 0
        {_order(asked, by_places)} limit %(limit)s
    """  # noqa: S608 -- names of our own


def _order(asked: Asked, by_places: str) -> str:
    column = {"sold": "sum(issued) - sum(returned)", "revenue_amount": "sum(revenue)",
              "returned": "sum(returned)"}.get(asked.order)  # fmt: skip
    first = [f"{column} desc nulls last"] if column else []
    every = [*first, *([by_places] if by_places else [])]
    return f"order by {', '.join(every)}" if every else ""


def _facts(asked: Asked) -> str:
    needs_agent = "agent" in asked.by or asked.agent is not None or asked.has_commission
    by_day = {"draw", "weekday"} & set(asked.by) or asked.is_compared or asked.weekday is not None
    if not needs_agent and not by_day:
        return _MONTHS.format(
            columns=_columns(), negative=_columns(sign="-"), limits=_limits(asked)
        )
    table = "sales_agentdrawtotal" if needs_agent else "sales_regiondaytotal"
    backs = (0, WEEK, YEAR) if asked.is_compared else (0,)
    matched = {0: "true", WEEK: "w.has_week", YEAR: "w.has_year"}
    return " union all ".join(
        _DAYS.format(
            columns=_columns(is_by_agent=needs_agent), back=back, table=table,
            matched=matched[back], limits=_limits(asked),
        )
        for back in backs
    )  # fmt: skip


def _columns(*, is_by_agent: bool = False, sign: str = "") -> str:
    agent, commission = ("t.agent_id", "t.commission_amount") if is_by_agent else ("null", "null")
    return (
        f"t.region_id, {agent}::bigint as agent_id, t.product_id, {sign}t.issued as issued, "
        f"{sign}t.returned as returned, {sign}t.revenue_amount as revenue, "
        f"{commission}::bigint as commission"
    )


def _limits(asked: Asked) -> str:
    limits = ["true"]
    if asked.path is not None:
        limits.append("t.region_id in (select id from org_region where path ~ %(below)s)")
    if asked.agent is not None:
        limits.append("t.agent_id = (select id from sales_agent where code = %(agent)s)")
    if asked.product is not None:
        limits.append("t.product_id = (select id from sales_product where code = %(product)s)")
    return " and ".join(limits)


def _values(asked: Asked) -> dict[str, Any]:
    start = asked.first if asked.first.day == 1 else _next_month(asked.first)
    end = (asked.last + timedelta(days=1)).replace(day=1)
    whole, rest = (start, end) if start < end else (asked.first, asked.first)
    return {
        "first": asked.first, "last": asked.last, "whole": whole, "rest": rest,
        "weekday": asked.weekday, "agent": asked.agent, "product": asked.product,
        "depth": LEVELS[asked.level], "limit": asked.limit + 1, **scope(asked.path),
    }  # fmt: skip


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)

"""Sales by region and month, from the rollup of regions and days."""

from datetime import date, timedelta

from sales.figures.rows import rows_of, scope
from sales.figures.shapes import RegionMonth, Tickets

# Whole months come from the rollup of months, less the days in them whose draw is not held; the
# days before and after come from the rollup of days. Names are joined to the few sums, not before.
_REGION_MONTHS = """
    with parts as (
        select region_id, month, issued, returned, revenue_amount as amount
        from sales_regionmonthtotal
        where month >= %(whole)s and month < %(rest)s
        union all
        select region_id, date_trunc('month', draw_date::timestamp)::date, -issued, -returned,
               -revenue_amount
        from sales_regiondaytotal
        where draw_date in (
            select date from sales_draw
            where status <> 'held' and date >= %(whole)s and date < %(rest)s
        )
        union all
        select region_id, date_trunc('month', draw_date::timestamp)::date, issued, returned,
               revenue_amount
        from sales_regiondaytotal
        where (draw_date >= %(first)s and draw_date < %(whole)s
               or draw_date >= %(rest)s and draw_date <= %(last)s)
          and draw_date not in (select date from sales_draw where status <> 'held')
    ), sums as (
        select region_id, month, sum(issued) as issued, sum(returned) as returned,
               sum(amount) as amount
        from parts group by 1, 2
        having sum(issued) <> 0 or sum(returned) <> 0
    ), shown as (
        select u.id, coalesce(s.code, u.code) as code, coalesce(s.name, u.name) as name
        from org_region u
        left join org_region s on %(depth)s::int is not null and s.path = array_to_string(
            (string_to_array(u.path, '/'))[1:%(depth)s::int], '/')
          and s.valid_from <= u.valid_from and coalesce(s.valid_to, 'infinity') >= u.valid_from
        where %(path)s::text is null or u.path = %(path)s or u.path like %(below)s
    )
    select shown.code, shown.name, month, sum(issued)::bigint, sum(returned)::bigint,
           sum(amount)::bigint
    from sums join shown on shown.id = sums.region_id
    group by 1, 2, 3 order by 1, 2, 3
"""


def region_months(
    first: date, last: date, region_path: str | None = None, *, depth: int | None = None
) -> tuple[RegionMonth, ...]:
    """Draws held in [first, last], by region and month, ordered by code and month.

    `depth` 1 sums by province, 2 by the units directly below it (today's wards and communes, the
    districts of before 2025-07-01); None keeps the unit each entry was recorded in.
    """
    whole, rest = _whole_months(first, last)
    rows = rows_of(
        _REGION_MONTHS,
        first=first,
        last=last,
        whole=whole,
        rest=rest,
        depth=depth,
        **scope(region_path),
    )
    return tuple(
        RegionMonth(code, name, month, Tickets(issued, returned, amount))
        for code, name, month, issued, returned, amount in rows
    )


def _whole_months(first: date, last: date) -> tuple[date, date]:
    """The first day of the first month that lies in [first, last], and the day after the last one.

    Without a whole month both are `first`: everything is then in the rest.
    """
    start = first if first.day == 1 else _next_month(first)
    end = (last + timedelta(days=1)).replace(day=1)
    return (start, end) if start < end else (first, first)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)

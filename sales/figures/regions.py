"""Sales by region and month, from the rollup of regions and days."""

from datetime import date

from sales.figures.rows import rows_of, scope
from sales.figures.shapes import RegionMonth, Tickets

# Sums by unit and month first: the names are joined to a few thousand rows, not to every day.
_REGION_MONTHS = """
    with sums as (
        select region_id, date_trunc('month', draw_date::timestamp)::date as month,
               sum(issued)::bigint as issued, sum(returned)::bigint as returned,
               sum(revenue_amount)::bigint as amount
        from sales_regiondaytotal
        where draw_date between %(first)s and %(last)s
          and draw_date not in (select date from sales_draw where status <> 'held')
        group by 1, 2
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
    rows = rows_of(_REGION_MONTHS, first=first, last=last, depth=depth, **scope(region_path))
    return tuple(
        RegionMonth(code, name, month, Tickets(issued, returned, amount))
        for code, name, month, issued, returned, amount in rows
    )

"""Sales by region and month, from the rollup of regions and days."""

import re
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from backend.months import shifted
from backend.org.models import Region, RegionSuccession, scope_pattern
from sales.engine.redistricting import Successors, todays
from sales.figures.rows import rows_of, scope
from sales.figures.shapes import RegionMonth, Tickets

# Whole months come from the rollup of months, less the days in them whose draw is not held; the
# days before and after come from the rollup of days. Names are joined to the few sums, not before.
_PARTS = """
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
"""
_REGION_MONTHS = f"""
    {_PARTS}
    ), shown as (
        select u.id, coalesce(s.code, u.code) as code, coalesce(s.name, u.name) as name
        from org_region u
        left join org_region s on %(depth)s::int is not null and s.path = array_to_string(
            (string_to_array(u.path, '/'))[1:%(depth)s::int], '/')
          and s.valid_from <= u.valid_from and coalesce(s.valid_to, 'infinity') >= u.valid_from
        where %(path)s::text is null or u.path ~ %(below)s
    )
    select shown.code, shown.name, month, sum(issued)::bigint, sum(returned)::bigint,
           sum(amount)::bigint
    from sums join shown on shown.id = sums.region_id
    group by 1, 2, 3 order by 1, 2, 3
"""  # noqa: S608 -- statements of our own
_UNIT_MONTHS = f"""
    {_PARTS})
    select region_id, month, issued::bigint, returned::bigint, amount::bigint
    from sums order by region_id, month
"""  # noqa: S608 -- statements of our own


def region_months(
    first: date, last: date, region_path: str | None = None, *, depth: int | None = None
) -> tuple[RegionMonth, ...]:
    """Draws held in [first, last], by region and month, ordered by code and month.

    `depth` 1 sums by province, 2 by the units directly below it (today's wards and communes, the
    districts of before 2025-07-01); None keeps the unit each entry was recorded in.
    """
    asked = _asked(first, last, region_path)
    rows = rows_of(_REGION_MONTHS, depth=depth, **asked)
    return tuple(
        RegionMonth(code, name, month, Tickets(issued, returned, amount))
        for code, name, month, issued, returned, amount in rows
    )


def _asked(first: date, last: date, region_path: str | None) -> dict[str, Any]:
    whole, rest = _whole_months(first, last)
    return {"first": first, "last": last, "whole": whole, "rest": rest, **scope(region_path)}


def _whole_months(first: date, last: date) -> tuple[date, date]:
    """The first day of the first month that lies in [first, last], and the day after the last one.

    Without a whole month both are `first`: everything is then in the rest.
    """
    start = first if first.day == 1 else shifted(first, 1)
    end = (last + timedelta(days=1)).replace(day=1)
    return (start, end) if start < end else (first, first)


def region_months_today(
    first: date, last: date, region_path: str | None = None
) -> tuple[RegionMonth, ...]:
    """As `region_months` by unit, but told in today's units, by the shares of each succession.

    Sums stay what they were; what comes from a divided unit is an estimate and says so.
    `region_path` limits today's units, wherever the tickets were recorded.
    """
    heirs = successors()
    names = {row.pk: row for row in Region.objects.all()}
    sums: dict[tuple[int, date], tuple[Tickets, bool]] = {}
    for unit, month, issued, returned, amount in rows_of(_UNIT_MONTHS, **_asked(first, last, None)):
        for heir, parts, is_estimate in todays(unit, (issued, returned, amount), heirs):
            before, was_estimate = sums.get((heir, month), (Tickets(), False))
            sums[heir, month] = before + Tickets(*parts), was_estimate or is_estimate
    found = (
        RegionMonth(names[unit].code, names[unit].name, month, tickets, is_estimate)
        for (unit, month), (tickets, is_estimate) in sums.items()
        if region_path is None or re.match(scope_pattern(region_path), names[unit].path)
    )
    return tuple(sorted(found, key=lambda row: (row.region_code, row.month)))


def successors() -> Successors:
    """Who took over each former unit, with the shares the company gave them."""
    heirs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    links = RegionSuccession.objects.order_by("old_id", "new__code", "new_id")
    for old, new, share in links.values_list("old_id", "new_id", "share_bps"):
        heirs[old].append((new, share))
    return heirs

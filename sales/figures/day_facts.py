"""Facts of single days, each with the days it is compared with."""

from datetime import date, timedelta
from typing import Any

from backend.months import months_of
from sales.figures.asked import COMPARED, WEEKDAYS, Asked
from sales.figures.facts import (
    MOVED,
    OF_START,
    STAYED,
    WHO_MOVED,
    array_of,
    columns_of,
    good_enough,
    limits_of,
    table_of,
    told_of,
)
from sales.figures.sources import Calendar
from sales.ledger.rollups import DaysInRows, Rollup, weekday_of

# Draws not held are not sales yet, and a draw without a counterpart is left out of the comparison
# with it. `back` is how many days earlier a row was drawn (`its_day`) than the draw it is told for.
_WANTED = """
    wanted{back} as materialized (
        select *, day - {back} as its_day, extract(day from day - {back})::int as nth,
            date_trunc('month', (day - {back})::timestamp)::date as its_month
        from (
            select d.date as day, {weekday} as weekday,
                date_trunc('month', d.date::timestamp)::date as month {counterparts}
            from sales_draw d
            where d.status = 'held' and d.date between %(first)s and %(last)s {of_weekdays}
        ) held
        where {matched}
    )
"""
_COUNTERPARTS = """
    , exists (
        select from sales_draw o where o.date = d.date - 7 and o.status = 'held'
    ) as has_week, exists (
        select from sales_draw o where o.date = d.date - 364 and o.status = 'held'
    ) as has_year
"""
_DAYS = """
    select {columns} from {table} join wanted{back} w on w.its_day = t.draw_date
    where t.draw_date between %(first)s::date - {back} and %(last)s::date - {back} and {limits}
"""
# Nearly all draws are held, so days are told without looking for each row's draw.
_HELD_DAYS = """
    select {columns} from {table}
    where t.draw_date between %(first)s and %(last)s and {limits} {of_weekdays} {held}
"""
_HELD = "and t.draw_date <> all(%(not_held)s::date[])"
# A list, not two bounds: PostgreSQL expects hardly a day between bounds of an expression, and would then
# loop over all agents for each row.
_OF_WEEKDAYS = f"and {weekday_of('{}')} = any(%(weekdays)s::int[])"
_DAYS_IN_ROWS = """
    select {columns} from {table} join wanted{back} w on w.its_month = t.month
    where t.month = any(%(months{back})s::date[]) and {limits}
"""
# Rows are wide, so the best day of each is looked for in the index.
_AT_LEAST = """
    t.id = any(array(
        select t.id from {table} t
        where t.month between date_trunc('month', %(first)s::timestamp) and %(last)s
          and t.best_{order} >= %(at_least)s and {limits}
    ))
    and {good}
    offset 0  -- or whole months would be sorted, and a day taken out of each afterwards
"""
#: A day's column of the row of its month.
_IN_ROW = "t.{0}[w.nth]".format
#: By so many days back (none: the days asked for), whether a draw has a counterpart there.
_BACKS = {0: "true", **{back.days: f"has_{name}" for name, back in COMPARED.items()}}
_OF_DAY = {"day": "w.day", "weekday": "w.weekday", "month": "w.month"}


def by_day(
    asked: Asked, rollup: Rollup, values: dict[str, Any], calendar: Calendar, also: str = "true"
) -> tuple[str, str]:
    """The draws that are told, and facts of single days, each with those it is compared with.

    `also` is what rows must be as well where days lie in them.
    """
    if not asked.is_compared and not isinstance(rollup, DaysInRows):
        columns = columns_of(asked, _day_measures(asked, 0, is_in_rows=False), OF_START)
        not_held = calendar.not_held(asked)
        values["not_held"] = array_of(not_held)
        return "", _HELD_DAYS.format(
            columns=columns,
            table=table_of(asked, rollup),
            limits=limits_of(asked),
            of_weekdays=_on_weekdays(asked, "t.draw_date"),
            held=_HELD if not_held else "",
        )
    backs = [back for back in _BACKS if asked.is_compared or not back]
    is_in_rows = isinstance(rollup, DaysInRows)
    for back in backs if is_in_rows else ():
        values[f"months{back}"] = array_of(_months(asked, back))
    counterparts = _COUNTERPARTS if asked.is_compared else ""
    wanted = "".join(
        _WANTED.format(
            back=n,
            weekday=weekday_of("d.date"),
            matched=_BACKS[n],
            counterparts=counterparts,
            of_weekdays=_on_weekdays(asked, "d.date"),
        )
        + ", "
        for n in backs
    )
    limits = f"{limits_of(asked)} and {also}"
    facts = (_DAYS_IN_ROWS if is_in_rows else _DAYS).format
    return wanted, " union all ".join(
        facts(
            columns=columns_of(asked, _day_measures(asked, back, is_in_rows), _OF_DAY),
            table=table_of(asked, rollup), back=back, limits=limits,
        )
        for back in backs
    )  # fmt: skip


def are_days_of_agents(asked: Asked) -> bool:
    """Whether a row told is a day of an agent, as it lies in the row of its month."""
    return {"agent", "draw"} <= set(asked.by) and not asked.is_compared


def best_days(
    asked: Asked, rollup: Rollup, values: dict[str, Any], calendar: Calendar
) -> tuple[str, str, str]:
    """The draws that are told, the days of agents that are good enough, and all of those who moved.

    Of an agent who sold in two units a day is two rows that are told as one.
    """
    good = _AT_LEAST.format(
        table=rollup.table,
        order=asked.order,
        limits=limits_of(asked),
        good=good_enough(asked, _IN_ROW),
    )
    with_days, stayed = by_day(asked, rollup, values, calendar, f"{STAYED} and {good}")
    _, moved = by_day(asked, rollup, values, calendar, WHO_MOVED)
    return f"{with_days}{MOVED}, ", stayed, moved


def _on_weekdays(asked: Asked, day: str) -> str:
    """A condition that leaves the weekdays asked for of `day`; none where all are, or PostgreSQL would
    expect few days to be left."""
    return "" if asked.days_of_week == WEEKDAYS else _OF_WEEKDAYS.format(day)


def _months(asked: Asked, back: int) -> list[date]:
    """The first days of the months that hold the span, so many days earlier."""
    first, last = (day - timedelta(days=back) for day in (asked.first, asked.last))
    return months_of(first, last)


def _day_measures(asked: Asked, back: int, is_in_rows: bool) -> dict[str, str]:
    of = _IN_ROW if is_in_rows else "t.{0}".format
    if back:
        return {"week_before" if back == 7 else "year_before": of("revenue_amount")}
    now = told_of({"now": of})
    if asked.is_compared:
        now["week_now"] = f"case when w.has_week then {now['revenue']} end"
        now["year_now"] = f"case when w.has_year then {now['revenue']} end"
    return now

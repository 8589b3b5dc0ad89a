"""What is added up for a summary: rows of rollups, each with the keys that are told of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from backend.months import months_of, shifted
from sales.engine.periods import DAY, YEAR
from sales.figures.asked import COMPARED, WEEKDAYS, Asked
from sales.figures.rows import scope
from sales.figures.sources import Calendar, Source
from sales.figures.weekdays import at, summed, summed_by
from sales.ledger.rollups import DaysInRows, Rollup, WeekdaysInRow, weekday_of

#: What a fact must tell for each dimension.
FACTS = {
    "territory": "region_id",
    "region": "region_id",
    "unit": "region_id",  # the unit itself, for who maps it
    "agent": "agent_id",
    "product": "product_id",
    "draw": "day",
    "weekday": "weekday",
    "month": "month",
}
_NOW = ("issued", "returned", "revenue", "commission")
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
    select {columns} from {table} t join wanted{back} w on w.its_day = t.draw_date
    where t.draw_date between %(first)s::date - {back} and %(last)s::date - {back} and {limits}
"""
# Nearly all draws are held, so days are told without looking for each row's draw.
_HELD_DAYS = """
    select {columns} from {table} t
    where t.draw_date between %(first)s and %(last)s and {limits} {of_weekdays} {held}
"""
_HELD = "and t.draw_date <> all(%(not_held)s::date[])"
# A list, not two bounds: PostgreSQL expects hardly a day between bounds of an expression, and would then
# loop over all agents for each row.
_OF_WEEKDAYS = f"and {weekday_of('{}')} = any(%(weekdays)s::int[])"
_DAYS_IN_ROWS = """
    select {columns} from {table} t join wanted{back} w on w.its_month = t.month
    where t.month = any(%(months{back})s::date[]) and {limits}
"""
MOVED = """
    moved as materialized (
        select agent_id from sales_agentyearall
        group by agent_id having min(region_id) <> max(region_id)
    )
"""
# Of days in rows the best are found by the best day of each row: as many rows as are told, the best
# first, have so many days at least as good as the worst of these; whatever is less cannot be told. An
# agent who sold in two units is added up first, so his days are all looked at. Rows are wide, so the
# best day of all is read in the index, and then those rows that matter.
_FLOOR = """
    best as materialized (
        select t.id, case when t.agent_id not in (select * from moved) then {best} end as best
        from {table} t
        where t.month between date_trunc('month', %(first)s::timestamp) and %(last)s and {limits}
    ),
    least as materialized (
        select coalesce((
            select {measure} from {table} t join wanted0 w on w.its_month = t.month
            where t.id = any(array(
                select id from best where best is not null order by best desc limit %(limit)s
            ))
            order by 1 desc offset %(limit)s - 1 limit 1
        ), 0) as measure
    ),
"""
_DAYS_AT_LEAST = """
    t.id = any(array(
        select id from best where best is null or best >= (select measure from least)
    ))
    and ({measure} >= (select measure from least) or t.agent_id in (select agent_id from moved))
    offset 0  -- or whole months would be sorted, and a day taken out of each afterwards
"""
#: By what an order is told: the best day of a row, and the measure of a day.
_BESTS = {
    "sold": ("t.best_sold", "t.issued[w.nth] - t.returned[w.nth]"),
    "returned": ("t.best_returned", "t.returned[w.nth]"),
    "revenue_amount": ("t.best_revenue_amount", "t.revenue_amount[w.nth]"),
}
#: By so many days back (none: the days asked for), whether a draw has a counterpart there.
_BACKS = {0: "true", **{back.days: f"has_{name}" for name, back in COMPARED.items()}}
_OF_DAY = {"day": "w.day", "weekday": "w.weekday", "month": "w.month"}
_LIMITS = {
    "path": "t.region_id in (select id from org_region where path ~ %(below)s)",
    "agent": "t.agent_id = (select id from sales_agent where code = %(agent)s)",
    "product": "t.product_id = (select id from sales_product where code = %(product)s)",
    "agents": "t.agent_id = any(%(agents)s::bigint[])",
    "regions": "t.region_id = any(%(regions)s::bigint[])",
}
#: What limits nothing.
NOTHING = "true"


def limit_values(asked: Asked) -> dict[str, Any]:
    """The values of `limits_of`, and the span."""
    keys = {name: getattr(asked, name) for name in ("agents", "regions")}
    return {
        "first": asked.first, "last": asked.last, "agent": asked.agent,
        "weekdays": array_of(asked.days_of_week),
        "weekday": asked.days_of_week[0], "last_weekday": asked.days_of_week[-1],
        "product": asked.product, "limit": asked.limit + 1, **scope(asked.path),
        **{name: pks if pks is None else array_of(pks) for name, pks in keys.items()},
    }  # fmt: skip


def limits_of(asked: Asked, *names: str) -> str:
    """What rows `t` of a rollup must be of; `names` of _LIMITS, else all."""
    wanted = [name for name in names or _LIMITS if getattr(asked, name) is not None]
    if "regions" in wanted and "region" in asked.by and asked.agents is not None:
        wanted.remove("regions")  # what they sold elsewhere has no place among the units told
    return " and ".join(_LIMITS[name] for name in wanted) or NOTHING


def array_of(values: Any) -> str:
    """An array literal: PostgreSQL would plan a list's elements one by one."""
    return f"{{{','.join(map(str, values))}}}"


def by_day(
    asked: Asked, rollup: Rollup, values: dict[str, Any], calendar: Calendar
) -> tuple[str, str]:
    """The draws that are told, and facts of single days, each with those it is compared with."""
    if not asked.is_compared and not isinstance(rollup, DaysInRows):
        columns = _columns(asked, _day_measures(asked, 0, is_in_rows=False), _OF_START)
        not_held = calendar.not_held(asked)
        values["not_held"] = array_of(not_held)
        return "", _HELD_DAYS.format(
            columns=columns,
            table=rollup.table,
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
    limits = limits_of(asked)
    if is_in_rows and asked.order and {"agent", "draw"} <= set(asked.by) and backs == [0]:
        best, measure = _BESTS[asked.order]
        wanted += f"{MOVED}, " + _FLOOR.format(
            table=rollup.table, limits=limits, best=best, measure=measure
        )
        limits = _DAYS_AT_LEAST.format(measure=measure)
    facts = (_DAYS_IN_ROWS if is_in_rows else _DAYS).format
    return wanted, " union all ".join(
        facts(
            columns=_columns(asked, _day_measures(asked, back, is_in_rows), _OF_DAY),
            table=rollup.table, back=back, limits=limits,
        )
        for back in backs
    )  # fmt: skip


def _on_weekdays(asked: Asked, day: str) -> str:
    """A condition that leaves the weekdays asked for of `day`; none where all are, or PostgreSQL would
    expect few days to be left."""
    return "" if asked.days_of_week == WEEKDAYS else _OF_WEEKDAYS.format(day)


def _months(asked: Asked, back: int) -> list[date]:
    """The first days of the months that hold the span, so many days earlier."""
    first, last = (day - timedelta(days=back) for day in (asked.first, asked.last))
    return months_of(first, last)


def _day_measures(asked: Asked, back: int, is_in_rows: bool) -> dict[str, str]:
    def of(column: str) -> str:
        return f"t.{column}[w.nth]" if is_in_rows else f"t.{column}"

    if back:
        return {"week_before" if back == 7 else "year_before": of("revenue_amount")}
    now = _told({"now": of})
    if asked.is_compared:
        now["week_now"] = f"case when w.has_week then {now['revenue']} end"
        now["year_now"] = f"case when w.has_year then {now['revenue']} end"
    return now


def by_period(
    asked: Asked, placed: Sequence[tuple[int, Source]], values: dict[str, Any], also: str = "true"
) -> str:
    """Facts of whole periods and the days that are missing in them, or too many."""
    in_rows = [source for _, source in placed if isinstance(source.rollup, DaysInRows)]
    parts = list(_in_rows(asked, in_rows))
    for place, source in placed:
        if isinstance(source.rollup, DaysInRows):
            continue
        rollup = source.rollup
        for weekday, starts in _by_weekday(asked, source).items():
            name = f"{place}_{weekday}"
            values |= {
                f"starts{name}": array_of(starts),
                f"first{name}": starts[0],
                f"last{name}": starts[-1],
            }
            of_day = {key: of for key, of in _OF_START.items() if key not in rollup.keys}
            of_day["month"] = _later(of_day.get("month", "t.month"), source.later, starts)
            is_part = "weekday" in rollup.keys and asked.days_of_week != WEEKDAYS
            parts.append(
                f"""
                select {_columns(asked, _of_source(asked, source, weekday), of_day)} from {rollup.table} t
                where t.{rollup.start} {_among(rollup, starts).format(place=name)}
                  {"and t.weekday between %(weekday)s and %(last_weekday)s" if is_part else ""} and {limits_of(asked)} and {also}
                """  # noqa: S608 -- names of our own
            )
    return " union all ".join(parts)


def _by_weekday(asked: Asked, source: Source) -> dict[int, list[date]]:
    """The first days of periods; of single days whose weekdays are told side by side, by the weekday."""
    found: dict[int, list[date]] = defaultdict(list)
    is_apart = asked.has_weekdays_in_row and source.rollup.grain == DAY
    for start in sorted(source.starts):
        found[start.weekday() if is_apart else 0].append(start)
    return found


def _of_source(asked: Asked, source: Source, weekday: int) -> dict[str, str]:
    """What a row of the source tells of each measure."""

    def told(of: str) -> dict[str, str]:
        added = dict.fromkeys(source.added, of.format)
        return _told(added | dict.fromkeys(source.taken, f"-{of}".format))

    if not isinstance(source.rollup, WeekdaysInRow):
        return at(weekday, told("t.{0}"), asked)
    if not asked.has_weekdays_in_row:
        return told(f"({' + '.join(f't.{{0}}_{day}' for day in asked.days_of_week)})")
    return _together(at(day, told(f"t.{{0}}_{day}"), asked) for day in asked.days_of_week)


def _together(told: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for each in told for name, value in each.items()}


def _among(rollup: Rollup, starts: Sequence[date]) -> str:
    """That a period is one of these; as a span it is told in half the time."""
    periods = months_of(starts[0], starts[-1])[:: 12 if rollup.grain == YEAR else 1]
    if rollup.grain != DAY and len(starts) == len(periods):
        return "between %(first{place})s and %(last{place})s"
    return "= any(%(starts{place})s::date[])"


#: Of a rollup of days, whose rows begin with their date.
_OF_START = {
    "day": "t.draw_date",
    "weekday": weekday_of("t.draw_date"),
    "month": "date_trunc('month', t.draw_date::timestamp)::date",
}


def _in_rows(asked: Asked, found: Iterable[Source]) -> Iterator[str]:
    """Facts of single days that lie in one row: of a month (and weekday) they are added there.

    A row is read once for all that is told of it, also later: branches of a union are planned, and
    read, one by one.
    """
    sums: dict[tuple[str, date], dict[tuple[int, int], dict[str, str]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(str))
    )
    for source in found:
        for day in source.starts:
            weekday = day.weekday() if asked.is_by_weekday else 0
            of_day = sums[source.rollup.table, day.replace(day=1)][source.later, weekday]
            for sign, names in (("+", source.added), ("-", source.taken)):
                for name in names:
                    of_day[name] += f" {sign} t.{{0}}[{day.day}]"
    alike: dict[tuple[str, str], list[date]] = defaultdict(list)
    for (table, month), parts in sums.items():
        of_day = {
            "month": _each((_later("t.month", later, [month]) for later, _ in parts), "date"),
            "weekday": _each((str(weekday) for _, weekday in parts), "int"),
        }
        told = [at(weekday, _added_up(days), asked) for (_, weekday), days in parts.items()]
        each = _together(told) if asked.has_weekdays_in_row else _of_each(told)
        alike[table, _columns(asked, each, of_day)].append(month)
    for (table, columns), months in alike.items():
        yield f"""
            select {columns} from {table} t
            where t.month = any('{array_of(months)}'::date[]) and {limits_of(asked)}
        """  # noqa: S608 -- names of our own


def _added_up(days: Mapping[str, str]) -> dict[str, str]:
    return _told({name: f"(0{sum_})".format for name, sum_ in days.items()})


def _of_each(told: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Each measure that these days tell, of one month and weekday after the other."""
    names = {name for some in told for name in some}
    return {name: _each((some.get(name, "null") for some in told), "bigint") for name in names}


def _each(values: Iterable[str], kind: str) -> str:
    """One row for each of the values; several in one select go side by side."""
    values = list(values)
    return values[0] if len(values) == 1 else f"unnest(array[{', '.join(values)}]::{kind}[])"


def _later(month: str, months: int, of: Iterable[date]) -> str:
    """The month that many months later, of these: by days, as an interval takes ten times as long."""
    if not months:
        return month
    days: dict[int, list[date]] = defaultdict(list)
    for start in {day.replace(day=1) for day in of}:
        days[(shifted(start, months) - start).days].append(start)
    usual = max(days, key=lambda count: len(days[count]))
    cases = "".join(
        f" when {month} = any('{array_of(some)}'::date[]) then {count}"
        for count, some in days.items()
        if count != usual
    )
    return f"({month} + {f'case{cases} else {usual} end' if cases else usual})"


def _told(told: Mapping[str, Callable[[str], str]]) -> dict[str, str]:
    """Tickets of a day are integers elsewhere than in rollups; a union wants one type."""
    measures = {name: of("revenue_amount") for name, of in told.items() if name != "now"}
    if of := told.get("now"):
        measures |= {
            "issued": f"({of('issued')})::bigint",
            "returned": f"({of('returned')})::bigint",
            "revenue": of("revenue_amount"),
            "commission": of("commission_amount"),
        }
    return measures


def _columns(asked: Asked, told: Mapping[str, str], of_day: Mapping[str, str]) -> str:
    """Keys and measures of facts; `of_day` are the keys that are no columns of the rollup."""
    keys = [
        f"{of_day.get(key, f't.{key}')} as {key}"
        for key in dict.fromkeys(FACTS[name] for name in summed_by(asked))
    ]
    measures = [
        f"{told.get(name, 'null::bigint')} as {name}" for name in summed(asked, measures_of(asked))
    ]
    return ", ".join([*keys, *measures])


def measures_of(asked: Asked) -> list[str]:
    """What is summed. Where all of the span is compared, its side of the comparison is its revenue."""
    measures = list(_NOW if asked.has_commission else _NOW[:-1])
    for name in COMPARED if asked.is_compared else ():
        measures += [f"{name}_now"] if name in asked.partly else []
        measures.append(f"{name}_before")
    return measures

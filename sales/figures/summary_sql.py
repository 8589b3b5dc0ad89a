"""The statement that answers a summary from its rollups."""

from collections.abc import Mapping
from typing import Any

from sales.engine.periods import DAY, YEAR
from sales.figures.asked import LEVELS, Asked
from sales.figures.rows import rows_of, scope
from sales.figures.sources import Source, rollups_for, sources
from sales.ledger.rollups import Rollup

#: What a fact must tell for each dimension.
_FACTS = {
    "territory": "region_id",
    "region": "region_id",
    "unit": "region_id",  # the unit itself, for who maps it
    "agent": "agent_id",
    "product": "product_id",
    "draw": "day",
    "weekday": "weekday",
    "month": "month",
}
#: Units, territories and products by their place in the order they are told in: sums are grouped and
#: sorted by numbers, and units told as one (a level above, or the same again later) share a place.
_PLACES = {
    "region": """
        region_place as (
            select u.id, coalesce(s.code, u.code) as code, coalesce(s.name, u.name) as name,
                dense_rank() over (
                    order by coalesce(s.code, u.code), coalesce(s.name, u.name)
                ) as place
            from org_region u
            left join org_region s on %(depth)s::int is not null and s.path = array_to_string(
                (string_to_array(u.path, '/'))[1:%(depth)s::int], '/')
              and s.valid_from <= u.valid_from and coalesce(s.valid_to, 'infinity') >= u.valid_from
        )
    """,
    "territory": """
        territory_place as (
            select part.region_id as id, territory.code, territory.name,
                dense_rank() over (order by territory.code) as place
            from org_territoryregion part
            join org_territory territory on territory.id = part.territory_id
            where part.valid_from <= %(on)s and coalesce(part.valid_to, 'infinity') >= %(on)s
        )
    """,
    "product": """
        product_place as (
            select id, code, name, row_number() over (order by code) as place from sales_product
        )
    """,
}
#: What the sums are grouped by for each dimension, and what is shown of it.
_KEYS = {
    "territory": "territory_place.place",
    "region": "region_place.place",
    "unit": "facts.region_id",
    "agent": "facts.agent_id",
    "product": "product_place.place",
    "draw": "facts.day",
    "weekday": "facts.weekday",
    "month": "facts.month",
}
WIDTHS = {
    "territory": 2, "region": 2, "unit": 1, "agent": 2, "product": 2, "draw": 1, "weekday": 1,
    "month": 1,
}  # fmt: skip
_NOW = ("issued", "returned", "revenue", "commission")
_COMPARED = ("week_now", "week_before", "year_now", "year_before")
#: A row is told when one of these is not nothing.
_SOMETHING = ("issued", "returned", "week_before", "year_before")
# Draws not held are not sales yet, and a draw without a counterpart is left out of the comparison
# with it. `back` is how many days earlier a row was drawn than the draw it is compared with.
_WANTED = """
    select d.date as day,
        exists (select from sales_draw o where o.date = d.date - 7 and o.status = 'held') as has_week,
        exists (select from sales_draw o where o.date = d.date - 364 and o.status = 'held') as has_year
    from sales_draw d
    where d.status = 'held' and d.date between %(first)s and %(last)s
      and (%(weekday)s::int is null or extract(isodow from d.date) - 1 = %(weekday)s)
"""
_DAYS = """
    select {columns} from {table} t join wanted w on w.day = t.draw_date + {back}
    where t.draw_date between %(first)s::date - {back} and %(last)s::date - {back}
      and {matched} and {limits}
"""
_BACKS = {0: "true", 7: "w.has_week", 364: "w.has_year"}
LIMITS = {
    "path": "t.region_id in (select id from org_region where path ~ %(below)s)",
    "agent": "t.agent_id = (select id from sales_agent where code = %(agent)s)",
    "product": "t.product_id = (select id from sales_product where code = %(product)s)",
    "agents": "t.agent_id = any(%(agents)s::bigint[])",
    "regions": "t.region_id = any(%(regions)s::bigint[])",
}
#: So many agents are found sooner in all rows of their years, each looked at once, than in an index
#: that begins with the year and has to be walked as a whole for every key.
MANY = 100


def rows_for(asked: Asked) -> list[tuple[Any, ...]]:
    """What is shown of each dimension, then the measures that are asked for: tickets, commission,
    comparisons; at most `asked.limit` rows and one."""
    values: dict[str, Any] = {**limit_values(asked), "depth": LEVELS[asked.level], "on": asked.on}
    rollups = rollups_for(asked)
    if rollups.keys() == {DAY}:
        with_days, facts = f"wanted as materialized ({_WANTED}), ", _by_day(asked, rollups[DAY])
    else:
        with_days, facts = "", _by_period(asked, sources(asked, rollups), values)
    return rows_of(_statement(asked, with_days, facts), **values) if facts else []


def limit_values(asked: Asked) -> dict[str, Any]:
    """The values of `limits_of`, and the span."""
    keys = {name: getattr(asked, name) for name in ("agents", "regions")}
    return {
        "first": asked.first, "last": asked.last, "weekday": asked.weekday, "agent": asked.agent,
        "product": asked.product, "limit": asked.limit + 1, **scope(asked.path),
        **{name: pks if pks is None else array_of(pks) for name, pks in keys.items()},
    }  # fmt: skip


def limits_of(asked: Asked, *names: str, rollup: Rollup | None = None) -> str:
    """What rows `t` of a rollup must be of; `names` of LIMITS, else all."""
    wanted = [name for name in names or LIMITS if getattr(asked, name) is not None]
    limits = [LIMITS[name] for name in wanted]
    if rollup and rollup.grain == YEAR and len(asked.agents or ()) > MANY:
        limits = [limit.replace("t.agent_id =", "t.agent_id + 0 =") for limit in limits]
    return " and ".join(["true", *limits])


def array_of(values: Any) -> str:
    """An array literal: PostgreSQL would plan a list's elements one by one."""
    return f"{{{','.join(map(str, values))}}}"


def _by_day(asked: Asked, rollup: Rollup) -> str:
    """Facts of single days, each with those it is compared with."""
    return " union all ".join(
        _DAYS.format(
            columns=_columns(asked, rollup, _day_measures(asked, back), f"t.draw_date + {back}"),
            table=rollup.table, back=back, matched=matched, limits=limits_of(asked),
        )
        for back, matched in _BACKS.items()
        if asked.is_compared or not back
    )  # fmt: skip


def _day_measures(asked: Asked, back: int) -> dict[str, str]:
    revenue = "t.revenue_amount"
    if back:
        return {"week_before" if back == 7 else "year_before": revenue}
    now = _told_now("")
    if asked.is_compared:
        now["week_now"] = f"case when w.has_week then {revenue} end"
        now["year_now"] = f"case when w.has_year then {revenue} end"
    return now


def _by_period(asked: Asked, found: list[Source], values: dict[str, Any]) -> str:
    """Facts of whole periods and the days that are missing in them, or too many."""
    parts = []
    for place, source in enumerate(found):
        values[f"starts{place}"] = array_of(source.starts)
        sign = "-" if source.is_taken else ""
        told = _told_now(sign) if "now" in source.told else {}
        told |= {name: f"{sign}t.revenue_amount" for name in source.told if name != "now"}
        rollup = source.rollup
        weekday = "weekday" in rollup.keys and asked.weekday is not None
        parts.append(
            f"""
            select {_columns(asked, rollup, told, "t.draw_date")} from {rollup.table} t
            where t.{rollup.start} = any(%(starts{place})s::date[])
              {"and t.weekday = %(weekday)s" if weekday else ""} and {limits_of(asked, rollup=rollup)}
            """  # noqa: S608 -- names of our own
        )
    return " union all ".join(parts)


def _told_now(sign: str) -> dict[str, str]:
    """Tickets of a day are integers elsewhere than in rollups; a union wants one type."""
    return {
        "issued": f"{sign}t.issued::bigint",
        "returned": f"{sign}t.returned::bigint",
        "revenue": f"{sign}t.revenue_amount",
        "commission": f"{sign}t.commission_amount",
    }


def _columns(asked: Asked, rollup: Rollup, told: Mapping[str, str], day: str) -> str:
    of_day = {
        "day": day,
        "weekday": f"(extract(isodow from {day}) - 1)::int",
        "month": f"date_trunc('month', ({day})::timestamp)::date",
    }
    keys = [
        f"t.{key}" if key in rollup.keys or key not in of_day else f"{of_day[key]} as {key}"
        for key in dict.fromkeys(_FACTS[name] for name in asked.by)
    ]
    measures = [f"{told.get(name, 'null::bigint')} as {name}" for name in _measures(asked)]
    return ", ".join([*keys, *measures])


def _measures(asked: Asked) -> list[str]:
    now = _NOW if asked.has_commission else _NOW[:-1]
    return [*now, *(_COMPARED if asked.is_compared else ())]


def _statement(asked: Asked, with_days: str, facts: str) -> str:
    """Facts are summed by keys that are numbers or dates; names join what is left of them."""
    placed = [name for name in asked.by if name in _PLACES]
    by = ", ".join(_KEYS[name] for name in asked.by)
    keys = [f"{_KEYS[name]} as {name}" for name in asked.by]
    measures = _measures(asked)
    sums = [f"coalesce(whole_sum({name}), 0) as {name}" for name in measures]
    told = [f"sums.{name}" for name in measures]
    something = [f"sums.{name} <> 0" for name in measures if name in _SOMETHING]
    return f"""
        with {with_days} {"".join(f"{_PLACES[name]}, " for name in placed)} facts as ({facts}),
        sums as (
            select {", ".join([*keys, *sums])} from facts
            {" ".join(_place_of_fact(name) for name in placed)} {f"group by {by}" if by else ""}
        )
        select {", ".join([*(column for name in asked.by for column in _shown(name)), *told])}
        from sums {" ".join(_name_of(name) for name in asked.by if WIDTHS[name] > 1)}
        where {" or ".join(something)} {_order(asked)} limit %(limit)s
    """  # noqa: S608 -- names of our own


def _place_of_fact(name: str) -> str:
    """A unit may be of no territory; everything else is there."""
    join = "left join" if name == "territory" else "join"
    return f"{join} {name}_place on {name}_place.id = facts.{_FACTS[name]}"


def _name_of(name: str) -> str:
    if name == "agent":
        return "join sales_agent agent on agent.id = sums.agent"
    return f"""
        left join (select distinct place, code, name from {name}_place) {name}
            on {name}.place = sums.{name}
    """  # noqa: S608 -- names of our own


def _shown(name: str) -> list[str]:
    return [f"{name}.code", f"{name}.name"] if WIDTHS[name] > 1 else [f"sums.{name}"]


def _order(asked: Asked) -> str:
    column = {"sold": "sums.issued - sums.returned", "revenue_amount": "sums.revenue",
              "returned": "sums.returned"}.get(asked.order)  # fmt: skip
    dimensions = ["agent.code" if name == "agent" else f"sums.{name}" for name in asked.by]
    every = [*([f"{column} desc"] if column else []), *dimensions]
    return f"order by {', '.join(every)}" if every else ""

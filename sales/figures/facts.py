"""What is added up for a summary: rows of rollups, each with the keys that are told of it."""

from collections.abc import Callable, Mapping
from typing import Any

from sales.figures.asked import COMPARED, MEASURES, Asked
from sales.figures.rows import scope
from sales.figures.weekdays import summed, summed_by
from sales.ledger.rollups import Rollup, weekday_of

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
#: Of a rollup of days, whose rows begin with their date.
OF_START = {
    "day": "t.draw_date",
    "weekday": weekday_of("t.draw_date"),
    "month": "date_trunc('month', t.draw_date::timestamp)::date",
}
MOVED = """
    moved as materialized (
        select agent_id from sales_agentyearall
        group by agent_id having min(region_id) <> max(region_id)
    )
"""
STAYED = "t.agent_id not in (select agent_id from moved)"
WHO_MOVED = "t.agent_id in (select agent_id from moved)"
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
        "product": asked.product, "limit": asked.limit + 1, "at_least": asked.at_least, **scope(asked.path),
        **{name: pks if pks is None else array_of(pks) for name, pks in keys.items()},
    }  # fmt: skip


def limits_of(asked: Asked, *names: str) -> str:
    """What rows `t` of a rollup must be of; `names` of _LIMITS, else all."""
    wanted = [name for name in names or _LIMITS if getattr(asked, name) is not None]
    if "regions" in wanted and "region" in asked.by and asked.agents is not None:
        wanted.remove("regions")  # what they sold elsewhere has no place among the units told
    return " and ".join(_LIMITS[name] for name in wanted) or NOTHING


def good_enough(asked: Asked, of: Callable[[str], str] = "t.{0}".format) -> str:
    """What rows that are told as they are must be where the best are looked for: said first, for it leaves
    few. `of` tells a column of a row."""
    if asked.at_least is None:
        return "true"
    return f"{MEASURES[asked.order].format(**told_of({'now': of}))} >= %(at_least)s"


def table_of(asked: Asked, rollup: Rollup) -> str:
    """The rows `t` of a rollup; of a sample always the same pages, so that no answer differs by chance."""
    if asked.sample is None:
        return f"{rollup.table} t"
    return f"{rollup.table} t tablesample system ({asked.sample}) repeatable (0)"


def array_of(values: Any) -> str:
    """An array literal: PostgreSQL would plan a list's elements one by one."""
    return f"{{{','.join(map(str, values))}}}"


def told_of(told: Mapping[str, Callable[[str], str]]) -> dict[str, str]:
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


def columns_of(asked: Asked, told: Mapping[str, str], of_day: Mapping[str, str]) -> str:
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

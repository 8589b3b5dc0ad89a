"""Any summary of sales: the dimensions asked for, from the smallest rollups that can tell it.

Rows come in the order of the dimensions, so an answer far longer than its limit is read in parts:
the first agents (regions, products, days) until there are rows enough.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import repeat
from math import ceil, prod
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from backend.garbage import uncollected
from backend.months import last_day, months_of
from backend.problems import Problem
from sales.engine.periods import DAY
from sales.figures.asked import COMPARED, Asked, SummaryRow
from sales.figures.best import best_columns
from sales.figures.facts import NOTHING, limit_values, limits_of
from sales.figures.rows import rows_of
from sales.figures.sources import Calendar, rollups_for
from sales.figures.summary_sql import Columns, columns_for, names_of, no_rows

#: Answers of fewer rows are read at once.
FEW: Final = 10_000
#: Days of agents that are added up for the greatest of an answer: more take longer than anybody waits.
MOST_DAYS: Final = 500_000
#: How many times the limit an answer must be to be read in parts.
LONGER: Final = 1.5
#: The agents of more units are too many to be looked for one by one.
FEW_UNITS: Final = 16

_SIZES = """
    select (select count(*) from sales_agent), (select count(*) from sales_product),
        (select count(*) from org_region where valid_to is null)
"""
_MERGED = "select count(distinct (code, name)) < count(*) from org_region"
_AGENTS = """
    select id from sales_agent
    where id in (select agent_id from sales_agentyeartickets t where {limits}) order by code
"""
_REGIONS = """
    select array_agg(id) from org_region
    where id in (select region_id from sales_regionmonthtotal t where {limits})
    group by code order by code
"""


class TooManyToOrder(Problem):
    code = "order.too_many"
    message = _(
        "Sắp xếp theo số đo ở đây phải cộng từng ngày của quá nhiều đại lý. Hãy bỏ bớt một chiều, chọn ít "
        "ngày hơn, hoặc lọc theo địa bàn hay đại lý."
    )


def summary(asked: Asked) -> list[SummaryRow]:
    """At most `asked.limit` rows and one more, by which the asker sees that there are more.

    Raises TooManyToOrder.
    """
    if "region" in asked.by and asked.level == "unit":
        [(has_merged_units,)] = rows_of(_MERGED)
        asked = replace(asked, has_merged_units=has_merged_units)
    can_part = not asked.order and len(asked.by) > 1 and {"agent", "draw", "region"} & set(asked.by)
    calendar = Calendar(asked)
    if asked.is_compared:
        asked = replace(asked, partly=calendar.partly(asked))
    sizes = _sizes(asked, calendar) if asked.order or can_part else {}
    if asked.order and _days_to_add(asked, sizes) > MOST_DAYS:
        raise TooManyToOrder
    with uncollected():
        if can_part:
            columns = _InParts(calendar, sizes).read(asked, asked.by)
        elif asked.order and _rows(asked.by, sizes) > FEW:
            columns = best_columns(asked, calendar)
        else:
            columns = columns_for(asked, calendar)
        return _shown(columns, asked)


def _days_to_add(asked: Asked, sizes: Mapping[str, int]) -> int:
    """How many single days of agents are looked at for the greatest; those of all products together
    are found by the best day of each month."""
    rollups = rollups_for(asked)
    is_by_best_day = {"agent", "draw"} <= set(asked.by) and not asked.is_by_product
    if (
        rollups.keys() != {DAY}
        or not asked.is_by_agent
        or (is_by_best_day and not asked.is_compared)
    ):
        return 0
    agents = 1 if asked.agent is not None else len(_agents(asked))
    return agents * sizes["draw"] * (sizes["product"] if asked.is_by_product else 1)


def _shown(columns: Columns, asked: Asked) -> list[SummaryRow]:
    """Ten thousand rows are usual, so columns are put together and not each row taken apart."""
    keys = [
        map(names_of(name, told, asked).__getitem__, told)
        for name, told in zip(asked.by, columns, strict=False)
    ]
    issued, returned, revenue, *more = columns[len(asked.by) :]
    parts: list[Iterable[Any]] = [
        zip(*keys, strict=True) if keys else repeat(()),
        issued,
        returned,
        revenue,
        more.pop(0) if asked.has_commission else repeat(None),
    ]
    for name in COMPARED if asked.is_compared else ():
        now = more.pop(0) if name in asked.partly else revenue
        parts.append(zip(now, more.pop(0), strict=True))
    return list(map(SummaryRow, *parts))


class _InParts:
    """An answer that is read in parts by the first of the dimensions that are not one value already."""

    def __init__(self, calendar: Calendar, sizes: dict[str, int]) -> None:
        self._calendar, self._sizes = calendar, sizes

    def read(self, asked: Asked, dimensions: Sequence[str]) -> Columns:
        count = _rows(dimensions, self._sizes)
        if count <= max(FEW, LONGER * asked.limit) or not _has_parts(asked, dimensions[0]):
            return columns_for(asked, self._calendar)
        lead, rest = dimensions[0], dimensions[1:]
        values, part = _PARTS[lead]
        left, done = values(asked, self._calendar), 0
        found, told = no_rows(asked), 0
        while left and told <= asked.limit:
            each = told / done if told else count / self._sizes[lead]
            many = 1 if lead == "product" else ceil((asked.limit + 1 - told) / each)
            some, left, done = left[:many], left[many:], done + many
            fewer = replace(part(asked, some), limit=asked.limit - told)
            if len(some) == 1 and rest:
                more = self.read(fewer, rest)
            else:
                more = columns_for(fewer, self._calendar)
            found = [[*one, *other] for one, other in zip(found, more, strict=True)]
            told = len(found[-1])
        return found


def _has_parts(asked: Asked, lead: str) -> bool:
    """A unit is told by its key; an area or a territory is several units."""
    return lead in _PARTS and (lead != "region" or asked.level == "unit")


def _rows(dimensions: Sequence[str], sizes: dict[str, int]) -> int:
    """About how many rows there are; who knows the agent or draw knows the region or weekday."""
    known = {"agent": {"region", "territory", "unit"}, "draw": {"weekday", "month"}}
    told = {name for lead in known.keys() & set(dimensions) for name in known[lead]}
    return prod(sizes[name] for name in set(dimensions) - told)


def _sizes(asked: Asked, calendar: Calendar) -> dict[str, int]:
    [(agents, products, regions)] = rows_of(_SIZES)
    draws = len(_days(asked, calendar))
    months = len(months_of(asked.first, asked.last))
    sizes = {"agent": agents, "product": products, "region": regions, "territory": regions, "unit": regions,
             "draw": draws, "weekday": 7, "month": months}  # fmt: skip
    return {name: max(size, 1) for name, size in sizes.items()}


def _agents(asked: Asked) -> list[int]:
    """Those who may have sold; all of them where nothing is limited: to look would take longer."""
    limits = limits_of(asked)
    sql = "select id from sales_agent order by code" if limits == NOTHING else _AGENTS
    return [pk for (pk,) in rows_of(sql.format(limits=limits), **limit_values(asked))]


def _regions(asked: Asked) -> list[list[int]]:
    sql = _REGIONS.format(limits=limits_of(asked, "path", "product", "regions"))
    return [pks for (pks,) in rows_of(sql, **limit_values(asked))]


def _of_regions(asked: Asked, units: Sequence[list[int]]) -> Asked:
    """Of the sums of agents, those of the few that sold in a few units are found by their index."""
    part = replace(asked, regions=tuple(pk for unit in units for pk in unit))
    is_few = asked.is_by_agent and len(units) <= FEW_UNITS
    return replace(part, agents=tuple(_agents(part))) if is_few else part


def _products(asked: Asked) -> list[str]:
    limits = "code = %(product)s" if asked.product is not None else "true"
    sql = f"select code from sales_product where {limits} order by code"  # noqa: S608 -- our own words
    return [code for (code,) in rows_of(sql, product=asked.product)]


def _days(asked: Asked, calendar: Calendar) -> list[date]:
    held = calendar.held(asked.days_of_week)
    return [day for day in held if asked.first <= day <= asked.last]


def _months(asked: Asked, calendar: Calendar) -> list[date]:
    return sorted({day.replace(day=1) for day in _days(asked, calendar)})


def _of_months(asked: Asked, months: Sequence[date]) -> Asked:
    last = min(asked.last, last_day(months[-1]))
    return replace(asked, first=max(asked.first, months[0]), last=last)


#: For each dimension that an answer can be read by: its values in order, and the part of some.
_PARTS: dict[str, tuple[Callable[[Asked, Calendar], Any], Callable[[Asked, Any], Asked]]] = {
    "agent": (
        lambda asked, _calendar: _agents(asked),
        lambda asked, pks: replace(asked, agents=tuple(pks)),
    ),
    "region": (lambda asked, _calendar: _regions(asked), _of_regions),
    "product": (
        lambda asked, _calendar: _products(asked),
        lambda asked, codes: replace(asked, product=codes[0]),
    ),
    "weekday": (
        lambda asked, _calendar: asked.days_of_week,
        lambda asked, days: replace(asked, weekdays=tuple(days)),
    ),
    "draw": (_days, lambda asked, days: replace(asked, first=days[0], last=days[-1])),
    "month": (_months, _of_months),
}

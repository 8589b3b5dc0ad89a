"""The rollups of tickets: what each is of, how it is added to, filled and proved.

All statements are made from one list. A summary takes the smallest rollups that can tell it
(`sales.figures.sources`). Each costs whoever writes a row more for each agent, draw and product, so
there are as few as let any summary read tens of thousands of rows at most: by agent a year, a month and
the weekdays of a year, which lie in one row, of each product; of all products together the same, and
single days, which lie in the row of their month. Regions are few, so their rollups are cheap.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from django.db.backends.utils import CursorWrapper

from backend.db import copy_text
from sales.engine.periods import (
    DAY,
    FIRST_DAY,
    FIRST_TWO_DAYS,
    LAST_WEEK,
    MONTH,
    YEAR,
    edges_with,
)

MEASURES: Final = ("issued", "returned", "revenue_amount", "commission_amount")
#: A Monday. `extract(isodow …)` is a numeric, which takes twice the time of all else a row of days costs.
_MONDAY: Final = "date '1900-01-01'"


def weekday_of(day: str) -> str:
    """The weekday (0 is Monday) of a date, as SQL."""
    return f"mod({day} - {_MONDAY}, 7)"


#: Keys that follow from others: the first day of a draw's period, its weekday (0 is Monday), and which
#: part of the company a region is of.
_DERIVED: Final = {
    "draw_date": "draw_date",
    "month": "date_trunc('month', draw_date::timestamp)::date",
    "year": "date_trunc('year', draw_date::timestamp)::date",
    "weekday": f"{weekday_of('draw_date')}::smallint",
    "part": "mod(region_id, 8)::smallint",
}


#: Which day of its month a draw is.
_NTH: Final = "extract(day from draw_date)::int as nth"


#: Where the changes of a request are handed over: to the connection alone, until its transaction ends.
_CHANGES: Final = "sales_change"
#: To tell the days of a month apart by the day: of more, each row would be looked at too often.
FEW_DAYS: Final = 4


class Change(NamedTuple):
    """What a request adds to one agent's total of a draw."""

    draw_date: date
    agent_id: int
    region_id: int
    product_id: int
    issued: int
    returned: int
    revenue_amount: int
    commission_amount: int


class Day(NamedTuple):
    """What the statements that add to rollups know of a draw's day."""

    of_month: int
    weekday: int
    edges: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table of sums by `keys`: the first column of them is the first day of its period."""

    table: str
    grain: str
    keys: tuple[str, ...]

    @property
    def start(self) -> str:
        return self.keys[0]

    @property
    def is_of_weekdays(self) -> bool:
        return "weekday" in self.keys

    @property
    def measures(self) -> tuple[str, ...]:
        return MEASURES

    def add_of(self, _days: Collection[Day]) -> str:
        """Adds the sums of the changes handed over, which are of these days, in the order of the keys."""
        return self._add(self._sums(_CHANGES), self.measures)

    def _add(self, sums: str, measures: Sequence[str]) -> str:
        more = ", ".join(f"{name} = total.{name} + excluded.{name}" for name in measures)
        return f"""
            insert into {self.table} as total ({", ".join((*self.keys, *measures))})
            {sums}
            on conflict ({", ".join(self.keys)}) do update set {more}
        """

    @property
    def fill(self) -> str:
        """Fills the empty table from the totals of agents and draws."""
        source = self._sums("sales_agentdrawtotal")
        return f"insert into {self.table} ({self._columns}) {source}"

    @property
    def comparison(self) -> str:
        """Its rows that are not what `totals` adds up to, at most %(limit)s: table, key, ledger, rollup."""
        keys, said = ", ".join(self.keys), ", ".join(self.measures)
        named = ", ".join(f"'{key.removesuffix('_id')}', {key}" for key in self.keys)
        ledger, rollup = (", ".join(f"{side}.{name}" for name in self.measures) for side in "lt")
        return f"""
            with ledger as ({self._sums("totals")})
            select '{self.table}', concat_ws(' ', {named}), concat_ws(' ', {ledger}),
                concat_ws(' ', {rollup})
            from (select {keys}, {said} from ledger) l
            full join (select {keys}, {said} from {self.table}) t using ({keys})
            where ({ledger}) is distinct from ({rollup})
            order by 2 limit %(limit)s
        """  # noqa: S608 -- names of our own

    @property
    def _columns(self) -> str:
        return ", ".join((*self.keys, *self.measures))

    def _sums(self, source: str) -> str:
        sums = {name: f"whole_sum({name})" for name in MEASURES}
        return self._grouped(source, sums)

    @property
    def _told_keys(self) -> str:
        return ", ".join(
            f"{_DERIVED[key]} as {key}" if key in _DERIVED else key for key in self.keys
        )

    def _grouped(self, source: str, sums: Mapping[str, str]) -> str:
        told = ", ".join(f"{sum_} as {name}" for name, sum_ in sums.items())
        places = ", ".join(str(place + 1) for place in range(len(self.keys)))
        return f"select {self._told_keys}, {told} from {source} group by {places} order by {places}"  # noqa: S608 -- names of our own


class MonthsWithEdges(Rollup):
    """Sums of months that have the revenue at their edges beside (`revenue_last_week`).

    What is compared with another month than its own differs from it by these days alone.
    """

    @property
    def measures(self) -> tuple[str, ...]:
        return (*MEASURES, *map(edge_column, _EDGES))

    def add_of(self, changed: Collection[Day]) -> str:
        touched = frozenset().union(*(day.edges for day in changed))
        sums = self._with_edges([name for name in _EDGES if name in touched])
        return self._add(self._grouped(_edges_told(_CHANGES), sums), tuple(sums))

    def _sums(self, source: str) -> str:
        return self._grouped(_edges_told(source), self._with_edges(_EDGES))

    def _with_edges(self, edges: Iterable[str]) -> dict[str, str]:
        """What is summed, of each measure and of these edges."""
        sums = {name: f"whole_sum({name})" for name in MEASURES}
        return sums | {
            edge_column(
                name
            ): f"coalesce(whole_sum(revenue_amount) filter (where {_EDGES[name]}), 0)"
            for name in edges
        }


def edge_column(name: str) -> str:
    """The column of the revenue at an edge of a month."""
    return f"revenue_{name}"


#: What days lie at the edges of months, by the day of the month and that of the day a week later.
_EDGES: Final = {LAST_WEEK: "week_later <= 7", FIRST_TWO_DAYS: "nth <= 2", FIRST_DAY: "nth = 1"}


def _edges_told(source: str) -> str:
    later = "extract(day from draw_date + 7)::int as week_later"
    return f"(select *, {_NTH}, {later} from {source}) told"  # noqa: S608 -- names of our own


class DaysInRows(Rollup):
    """Sums of single days of which a row holds a whole month: each measure is an array of 31.

    Thirty days of an agent lie together, so a year of his draws is twelve rows, not a thousand.
    """

    def add_of(self, changed: Collection[Day]) -> str:
        days = {day.of_month for day in changed}
        source = f"(select *, {_NTH} from {_CHANGES}) change"  # noqa: S608 -- names of our own
        is_few = len(days) <= FEW_DAYS
        sums = self._grouped(source, _arrays(days)) if is_few else self._spread(source)
        more = ", ".join(
            f"{name}[{day}] = total.{name}[{day}] + excluded.{name}[{day}]"
            for name in MEASURES
            for day in sorted(days)
        )
        return f"""
            insert into {self.table} as total ({self._columns})
            {sums}
            on conflict ({", ".join(self.keys)}) do update set {more}
        """

    def _spread(self, source: str) -> str:
        """The arrays of all days of months, put together day by day: as fast for any number of days."""
        keys = ", ".join(self.keys)
        sums = ", ".join(f"whole_sum({name})" for name in MEASURES)
        nothing = ", ".join(["0"] * len(MEASURES))
        arrays = ", ".join(
            f"array_agg({name} order by nth)::{kind}" for name, kind in _ARRAYS.items()
        )
        return f"""
            select {keys}, {arrays}
            from (
                select {keys}, nth, {sums}
                from (
                    select {self._told_keys}, nth, {", ".join(MEASURES)} from {source}
                    union all
                    select *, {nothing} from (select distinct {self._told_keys} from {source}) month
                    cross join generate_series(1, 31)
                ) told
                group by {keys}, nth
            ) day ({keys}, nth, {", ".join(MEASURES)})
            group by {keys} order by {keys}
        """  # noqa: S608 -- names of our own

    def _sums(self, source: str) -> str:
        return self._grouped(_days_of(source), _arrays(range(1, 32)))


class WeekdaysInRow(Rollup):
    """Sums of weekdays of which a row holds all seven, side by side: `issued_0` are those of Mondays.

    An answer by weekday reads a seventh of the rows, and groups as many.
    """

    @property
    def is_of_weekdays(self) -> bool:
        return True

    @property
    def measures(self) -> tuple[str, ...]:
        return tuple(f"{name}_{weekday}" for name in MEASURES for weekday in range(7))

    def add_of(self, changed: Collection[Day]) -> str:
        """A row that is new has 0 of other weekdays."""
        sums = self._of_weekdays({day.weekday for day in changed})
        return self._add(self._grouped(_weekdays_of(_CHANGES), sums), tuple(sums))

    def _of_weekdays(self, weekdays: Collection[int]) -> dict[str, str]:
        """For each measure and weekday the sum; the changes are of these weekdays alone."""

        def only(weekday: int) -> str:
            return f" filter (where weekday = {weekday})" if len(weekdays) > 1 else ""

        return {
            f"{name}_{weekday}": f"coalesce(whole_sum({name}){only(weekday)}, 0)"
            for name in MEASURES
            for weekday in sorted(weekdays)
        }

    def _sums(self, source: str) -> str:
        """Each row is looked at for every weekday, so they are summed before."""
        keys = ", ".join(self.keys[1:])
        sums = ", ".join(f"whole_sum({name}) as {name}" for name in MEASURES)
        told = f"""(
            select min(draw_date) as draw_date, weekday, {keys}, {sums}
            from {_weekdays_of(source)} group by {_DERIVED[self.start]}, weekday, {keys}
        ) summed"""  # noqa: S608 -- names of our own
        return self._grouped(told, self._of_weekdays(range(7)))


def _weekdays_of(source: str) -> str:
    return f"(select *, {_DERIVED['weekday']} as weekday from {source}) told"  # noqa: S608 -- names of our own


_ARRAYS: Final = dict.fromkeys(MEASURES, "bigint[]") | {"issued": "int[]", "returned": "int[]"}


def _arrays(days: Collection[int]) -> dict[str, str]:
    """For each measure the array of a month, of sums of these days alone; tickets are integers."""

    def of_day(name: str, day: int) -> str:
        if day not in days:
            return "0"
        only = f" filter (where nth = {day})" if len(days) > 1 else ""
        return f"coalesce(whole_sum({name}){only}, 0)"

    return {
        name: f"array[{', '.join(of_day(name, day) for day in range(1, 32))}]::{kind}"
        for name, kind in _ARRAYS.items()
    }


def _days_of(source: str) -> str:
    """Sums of the days of agents: a third of the rows, and each is looked at 124 times."""
    sums = ", ".join(f"whole_sum({name}) as {name}" for name in MEASURES)
    keys = "draw_date, agent_id, region_id"
    return f"(select {keys}, {_NTH}, {sums} from {source} group by {keys}) day"  # noqa: S608 -- names of our own


#: Days of agents, of all products together.
AGENT_MONTH_DAYS: Final = DaysInRows(
    "sales_agentmonthdays", DAY, ("month", "agent_id", "region_id")
)
#: In the order in which everyone locks their rows: those that many writers share come last.
ROLLUPS: Final = (
    MonthsWithEdges(
        "sales_agentmonthtickets", MONTH, ("month", "agent_id", "region_id", "product_id")
    ),
    Rollup("sales_agentyeartickets", YEAR, ("year", "agent_id", "region_id", "product_id")),
    WeekdaysInRow(
        "sales_agentweekdaytickets", YEAR, ("year", "agent_id", "region_id", "product_id")
    ),
    WeekdaysInRow("sales_agentweekdayall", YEAR, ("year", "agent_id", "region_id")),
    MonthsWithEdges("sales_agentmonthall", MONTH, ("month", "agent_id", "region_id")),
    Rollup("sales_agentyearall", YEAR, ("year", "agent_id", "region_id")),
    AGENT_MONTH_DAYS,
    Rollup("sales_regiondaytotal", DAY, ("draw_date", "region_id", "product_id")),
    Rollup("sales_regionmonthtotal", MONTH, ("month", "region_id", "product_id")),
    Rollup("sales_regionweekdaytotal", MONTH, ("month", "weekday", "region_id", "product_id")),
    Rollup("sales_regionweekdayall", MONTH, ("month", "weekday", "region_id")),
    Rollup("sales_regiondayall", DAY, ("draw_date", "region_id")),
    Rollup("sales_companydaytotal", DAY, ("draw_date", "product_id", "part")),
)
_HAND_OVER: Final = f"""
    create temporary table if not exists {_CHANGES} (
        {", ".join(f"{name} {'date' if name == 'draw_date' else 'bigint'}" for name in Change._fields)}
    ) on commit delete rows;
    delete from {_CHANGES}
"""  # noqa: S608 -- names of our own
_RECOUNT: Final = """
    select agent_id, product_id, min(region_id) as region_id, min(draw_date) as draw_date,
        sum(issued) as issued, sum(returned) as returned, sum(revenue_amount)::bigint as revenue_amount,
        sum(revenue_amount)::bigint * min(commission_bps) / 10000 as commission_amount
    from sales_consignmententry group by agent_id, product_id, draw_id
"""

#: What the rollups do not tell as the ledger does, which is added up once for all of them.
COMPARISON: Final = f"with totals as materialized ({_RECOUNT}) " + " union all ".join(
    f"({rollup.comparison})" for rollup in ROLLUPS
)


def add_to_rollups(cursor: CursorWrapper, changes: Sequence[Change]) -> None:
    """Add what the request changed to every rollup, always in one order.

    The changes are handed over once and grouped by each: as arrays they would be read by each.
    """
    cursor.execute(_HAND_OVER)
    rows = "".join("\t".join(map(str, change)) + "\n" for change in changes)
    copy_text(cursor, _CHANGES, Change._fields, rows)
    dates = {change.draw_date for change in changes}
    days = frozenset(Day(day.day, day.weekday(), edges_with(day)) for day in dates)
    cursor.execute(_additions(days))


@lru_cache
def _additions(days: frozenset[Day]) -> str:
    """The statements of all rollups, for changes of these days."""
    return ";".join(each.add_of(days) for each in ROLLUPS)


def fill_rollups(cursor: CursorWrapper) -> None:
    """Fill the empty rollups from the totals of agents and draws."""
    for rollup in ROLLUPS:
        cursor.execute(rollup.fill)

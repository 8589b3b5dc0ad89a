"""The rollups of tickets: what each is of, how it is added to, filled and proved.

All statements are made from one list. A summary takes the smallest rollups that can tell it
(`sales.figures.sources`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from django.db.backends.utils import CursorWrapper

from backend.db import array_columns
from sales.engine.periods import DAY, MONTH, YEAR

MEASURES: Final = ("issued", "returned", "revenue_amount", "commission_amount")
#: Keys that follow from others: the first day of a draw's period, its weekday (0 is Monday), and which
#: part of the company a region is of.
_DERIVED: Final = {
    "draw_date": "draw_date",
    "month": "date_trunc('month', draw_date::timestamp)::date",
    "year": "date_trunc('year', draw_date::timestamp)::date",
    "weekday": "(extract(isodow from draw_date) - 1)::smallint",
    "part": "mod(region_id, 8)::smallint",
}


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
    def add(self) -> str:
        """Adds the sums of %(draw_date)s, …, the arrays of `Change`, in the order of the keys."""
        arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in _KINDS.items())
        more = ", ".join(f"{name} = total.{name} + excluded.{name}" for name in MEASURES)
        return f"""
            insert into {self.table} as total ({self._columns})
            {self._sums(f"unnest({arrays}) as change({', '.join(_KINDS)})")}
            on conflict ({", ".join(self.keys)}) do update set {more}
        """

    @property
    def fill(self) -> str:
        """Fills the empty table from the totals of agents and draws."""
        source = self._sums("sales_agentdrawtotal")
        return f"insert into {self.table} ({self._columns}) {source}"

    @property
    def comparison(self) -> str:
        """Its rows that are not what the ledger adds up to, at most %s: key, ledger, rollup."""
        keys, said = ", ".join(self.keys), ", ".join(MEASURES)
        named = ", ".join(f"'{key.removesuffix('_id')}', {key}" for key in self.keys)
        ledger, rollup = (", ".join(f"{side}.{name}" for name in MEASURES) for side in "lt")
        return f"""
            with totals as ({_RECOUNT}), ledger as ({self._sums("totals")})
            select concat_ws(' ', {named}), concat_ws(' ', {ledger}), concat_ws(' ', {rollup})
            from (select {keys}, {said} from ledger) l
            full join (select {keys}, {said} from {self.table}) t using ({keys})
            where ({ledger}) is distinct from ({rollup})
            order by 1 limit %s
        """  # noqa: S608 -- names of our own

    @property
    def _columns(self) -> str:
        return ", ".join((*self.keys, *MEASURES))

    def _sums(self, source: str) -> str:
        keys = ", ".join(
            f"{_DERIVED[key]} as {key}" if key in _DERIVED else key for key in self.keys
        )
        sums = ", ".join(f"sum({name})::bigint as {name}" for name in MEASURES)
        places = ", ".join(str(place + 1) for place in range(len(self.keys)))
        return f"select {keys}, {sums} from {source} group by {places} order by {places}"  # noqa: S608 -- names of our own


#: In the order in which everyone locks their rows: those that many writers share come last.
ROLLUPS: Final = (
    Rollup("sales_agentmonthtickets", MONTH, ("month", "agent_id", "region_id", "product_id")),
    Rollup("sales_agentyeartickets", YEAR, ("year", "agent_id", "region_id", "product_id")),
    Rollup(
        "sales_agentweekdaytickets",
        YEAR,
        ("year", "weekday", "agent_id", "region_id", "product_id"),
    ),
    Rollup("sales_regiondaytotal", DAY, ("draw_date", "region_id", "product_id")),
    Rollup("sales_regionmonthtotal", MONTH, ("month", "region_id", "product_id")),
    Rollup("sales_regionweekdaytotal", MONTH, ("month", "weekday", "region_id", "product_id")),
    Rollup("sales_companydaytotal", DAY, ("draw_date", "product_id", "part")),
)
_KINDS: Final = {name: "date" if name == "draw_date" else "bigint" for name in Change._fields}
_RECOUNT: Final = """
    select agent_id, product_id, min(region_id) as region_id, min(draw_date) as draw_date,
        sum(issued) as issued, sum(returned) as returned, sum(revenue_amount) as revenue_amount,
        sum(revenue_amount)::bigint * min(commission_bps) / 10000 as commission_amount
    from sales_consignmententry group by agent_id, product_id, draw_id
"""
_OF_AGENTS, _OF_OTHERS = (
    ";".join(each.add for each in ROLLUPS if ("agent_id" in each.keys) is is_of_agents)
    for is_of_agents in (True, False)
)


def add_to_rollups(cursor: CursorWrapper, changes: Sequence[Change]) -> None:
    """Add what the request changed to every rollup, in two round trips and always in one order."""
    for statements, rows in ((_OF_AGENTS, changes), (_OF_OTHERS, _without_agents(changes))):
        cursor.execute(statements, dict(zip(Change._fields, array_columns(rows), strict=True)))


def _without_agents(changes: Iterable[Change]) -> list[Change]:
    """One change for each draw, region and product: a request has many agents of a region."""
    sums: dict[tuple[date, int, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for day, _agent, region, product, *more in changes:
        total = sums[day, region, product]
        for place, amount in enumerate(more):
            total[place] += amount
    return [
        Change(day, 0, region, product, *total) for (day, region, product), total in sums.items()
    ]


def fill_rollups(cursor: CursorWrapper) -> None:
    """Fill the empty rollups from the totals of agents and draws."""
    for rollup in ROLLUPS:
        cursor.execute(rollup.fill)

"""Any summary over 10 million lines: our rollups against DuckDB on the raw rows.

The lines are made here: every agent sells every product in every draw of three years. DuckDB gets
the same rows by COPY into a native table of its own, in the order of the draws, with all its
threads, in this process and already open; so are the tables of agents, units and products. Both are
asked for the same rows (the most the API gives, 10,000, in the same order) and give them to Python;
all rows are compared before timing. All draws were held, so DuckDB need not look that up; we do.
"""

import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection, transaction

from sales import figures
from sales.figures.asked import Asked, SummaryRow
from sales.figures.summary import summary
from sales.ledger.proving import fill_totals
from sales.models import RecordingBatch, Source
from scripts.benches.measure import Measure, against_limit, best_in_turn, best_seconds, is_trial
from scripts.benches.sales_fixtures import LAST, Company, company

DRAWS = 1_095
PRODUCTS = 3
#: 3,000 agents x 3 products x 1,095 draws = 9,855,000 lines
AGENTS = 3_000
FEW_AGENTS = 500
FIRST = LAST - timedelta(days=DRAWS - 1)
#: The most rows the API gives.
MOST = 10_000
TARGET = 0.25

_LINES = """
    insert into sales_consignmententry (batch_id, agent_id, product_id, draw_id, draw_date,
        region_id, issued, returned, face_value_amount, commission_bps)
    select %s, a.id, p.id, d.id, d.date, a.region_id, 100 + (a.id * 7 + d.id * 13) %% 50,
        (a.id * 11 + d.id * 17 + p.id) %% 20, p.face_value_amount, a.commission_bps
    from sales_draw d cross join sales_agent a cross join sales_product p
    order by d.date
"""
_EXPORTS = {
    "lines": """
        select draw_date, region_id, product_id, agent_id, issued, returned, revenue_amount
        from sales_consignmententry
    """,
    "agent": "select id, code, name from sales_agent",
    "region": "select id, code, name from org_region",
    "product": "select id, code, name from sales_product",
}
_PIVOT = """
    select region_id, date_trunc('month', draw_date) as month, sum(issued), sum(returned),
           sum(revenue_amount)
    from lines where draw_date between ? and ? group by all
"""
_OF_DAY = {
    "month": "date_trunc('month', told_for)::date",
    "weekday": "isodow(told_for) - 1",
    "draw": "told_for",
}
_TIMES = ((), ("month",), ("weekday",), ("weekday", "month"), ("draw",))
_ORDERED = (
    ("agent",),
    ("product", "agent"),
    ("agent", "month"),
    ("product", "agent", "month"),
    ("region", "product", "draw"),
    ("agent", "draw"),
)
_COMPARED = (
    ("region",),
    ("region", "product"),
    ("agent",),
    ("region", "agent"),
    ("month", "region"),
    ("month", "agent"),
    ("region", "agent", "month"),
)
#: How many days before the draw it is told for a line may be drawn.
_BACKS = (0, 7, 364)
_NOW = {"issued": "issued", "returned": "returned", "revenue_amount": "revenue_amount"}


def run() -> list[Measure]:
    made = company(agents=FEW_AGENTS if is_trial() else AGENTS, products=PRODUCTS, draws=DRAWS)
    lines = fill(made)
    with tempfile.TemporaryDirectory() as folder:
        return list(measures(_duck(Path(folder)), lines))


def measures(duck: Any, lines: int) -> Iterator[Measure]:
    for name, start in (("3 years", FIRST), ("since January", date(LAST.year, 1, 1))):
        yield _region_months(duck, name, start, lines)
    for by in _groupings():
        yield _against_duck(duck, lines, Asked(FIRST, LAST, by, limit=MOST))
    for by in (("month", "agent"), ("weekday", "agent"), ("product", "agent", "draw")):
        yield _against_duck(duck, lines, Asked(FIRST, LAST, by, limit=MOST))
    for by in _ORDERED:
        best = Asked(FIRST, LAST, by, order="revenue_amount", limit=20)
        yield _against_duck(duck, lines, best)
    for by in _COMPARED:
        compared = Asked(date(2025, 1, 1), LAST, by, is_compared=True, limit=MOST)
        yield _against_duck(duck, lines, compared)
    yield _top(lines)


def _groupings() -> Iterator[tuple[str, ...]]:
    """Every grouping the API has: of region, agent, product, each with every division of time."""
    for times in _TIMES:
        for count in range(4):
            for others in combinations(("region", "agent", "product"), count):
                yield (*others, *times)


def _against_duck(duck: Any, lines: int, asked: Asked) -> Measure:
    statement = _question(asked)
    theirs = duck.execute(statement).fetchall()
    ours = [_flat(row) for row in summary(asked)]
    assert ours == theirs, (asked, ours[:3], theirs[:3])  # noqa: S101 -- a bench must not lie
    our_seconds, their_seconds = best_in_turn(
        lambda: summary(asked), lambda: duck.execute(statement).fetchall(), repeats=7
    )
    return Measure(
        name=f"summary by {_name(asked)}, of {lines:,} lines",
        ours_seconds=our_seconds,
        peer="DuckDB on the raw rows",
        peer_seconds=their_seconds,
        ratio=our_seconds / their_seconds,
        meaning="of its time",
        at_most=None if is_trial() else TARGET,
    )


def _flat(row: SummaryRow) -> tuple[Any, ...]:
    told = row.tickets
    keys = [value for key in row.keys for value in key]
    return (
        *keys,
        told.issued,
        told.returned,
        told.revenue_amount,
        *(row.week or ()),
        *(row.year or ()),
    )


def _name(asked: Asked) -> str:
    said = " × ".join(asked.by) or "nothing"
    if asked.order:
        said += f", the best {asked.limit}"
    return f"{said}, compared" if asked.is_compared else said


def _question(asked: Asked) -> str:
    """The same question to DuckDB, written as fast as it can be: names join the few sums."""
    named = [name for name in asked.by if name not in _OF_DAY]
    keys = [f"{name}_id" if name in named else f"{_OF_DAY[name]} as {name}" for name in asked.by]
    shown = [
        column
        for name in asked.by
        for column in ([f"{name}.code", f"{name}.name"] if name in named else [f"sums.{name}"])
    ]
    told = _compared(asked) if asked.is_compared else _NOW
    sums = ", ".join(f"sum({value})::bigint as {name}" for name, value in told.items())
    order = ["revenue_amount desc"] if asked.order else []
    order_by = ", ".join([*order, *(str(n + 1) for n in range(len(shown)))])
    return f"""
        with sums as (
            select {", ".join([*keys, sums])} from ({_lines(asked)}) lines
            {"group by all" if keys else ""}
        )
        select {", ".join([*shown, *told])} from sums
        {" ".join(f"join {name} on {name}.id = sums.{name}_id" for name in named)}
        {f"order by {order_by}" if order_by else ""} limit {asked.limit + 1}
    """  # noqa: S608 -- names of our own


def _lines(asked: Asked) -> str:
    """The lines that matter: a comparison by months tells a line of another month than its own."""
    if _is_told_elsewhere(asked):
        return " union all ".join(
            f"""
            select *, (draw_date + {back})::date as told_for, {back} as back from lines
            where draw_date between date '{asked.first}' - {back} and date '{asked.last}' - {back}
            """  # noqa: S608 -- names of our own
            for back in _BACKS
        )
    first = asked.first - timedelta(days=364) if asked.is_compared else asked.first
    return f"""
        select *, draw_date as told_for from lines
        where draw_date between date '{first}' and date '{asked.last}'
    """  # noqa: S608 -- names of our own


def _compared(asked: Asked) -> dict[str, str]:
    """Every draw of the span has both counterparts."""

    def during(back: int, column: str) -> str:
        first, last = (day - timedelta(days=back) for day in (asked.first, asked.last))
        is_told = f"draw_date between date '{first}' and date '{last}'"
        return f"case when {f'back = {back}' if _is_told_elsewhere(asked) else is_told} then {column} end"

    now = {name: during(0, column) for name, column in _NOW.items()}
    weeks = {"week_now": during(0, "revenue_amount"), "week_before": during(7, "revenue_amount")}
    years = {"year_now": during(0, "revenue_amount"), "year_before": during(364, "revenue_amount")}
    return now | weeks | years


def _is_told_elsewhere(asked: Asked) -> bool:
    return asked.is_compared and "month" in asked.by


def _top(lines: int) -> Measure:
    asked = Asked(LAST.replace(day=1), LAST, ("agent",), order="revenue_amount", limit=20)
    seconds = best_seconds(lambda: summary(asked), repeats=5)
    return against_limit(f"top 20 agents of a month, of {lines:,} lines", seconds, 0.05)


def _region_months(duck: Any, name: str, first: date, lines: int) -> Measure:
    theirs = duck.execute(_PIVOT, [first, LAST]).fetchall()
    ours = figures.region_months(first, LAST)
    assert _sums(ours) == [len(theirs), *(sum(row[n] for row in theirs) for n in (2, 3, 4))]  # noqa: S101 -- a bench must not lie
    our_seconds, their_seconds = best_in_turn(
        lambda: figures.region_months(first, LAST),
        lambda: duck.execute(_PIVOT, [first, LAST]).fetchall(),
        repeats=7,
    )
    return Measure(
        name=f"sales by region and month, {name}, of {lines:,} lines",
        ours_seconds=our_seconds,
        peer="DuckDB on the raw rows",
        peer_seconds=their_seconds,
        ratio=our_seconds / their_seconds,
        meaning="of its time",
        at_most=1 if is_trial() else TARGET,
    )


def _sums(rows: tuple[figures.RegionMonth, ...]) -> list[int]:
    return [
        len(rows),
        sum(row.tickets.issued for row in rows),
        sum(row.tickets.returned for row in rows),
        sum(row.tickets.revenue_amount for row in rows),
    ]


def fill(made: Company) -> int:
    """The ledger and its rollups; keys and indexes of the ledger would only cost time."""
    batch = RecordingBatch.objects.create(
        recorded_by=made.user, recorded_at=f"{LAST}T12:00:00Z", source=Source.IMPORT, line_count=0
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            select format('alter table sales_consignmententry drop constraint %I', conname)
            from pg_constraint
            where conrelid = 'sales_consignmententry'::regclass and contype = 'f'
            union all
            select format('drop index %I', indexrelid::regclass::text) from pg_index
            where indrelid = 'sales_consignmententry'::regclass and not indisprimary
            """
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        cursor.execute(_LINES, [batch.pk])
        lines: int = cursor.rowcount
        fill_totals(cursor)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    return lines


def _duck(folder: Path) -> Any:
    """A DuckDB file with the same rows, loaded from CSV."""
    duck = duckdb.connect(str(folder / "lines.duckdb"))
    for table, query in _EXPORTS.items():
        rows = folder / f"{table}.csv"
        with rows.open("w", encoding="utf-8") as file, connection.cursor() as cursor:
            cursor.copy_expert(f"copy ({query}) to stdout csv header", file)
        types = "types={'code': 'VARCHAR'}, " if table != "lines" else ""
        duck.execute(
            f"create table {table} as select * from read_csv(?, {types}header=true)",  # noqa: S608 -- names of our own
            [str(rows)],
        )
        rows.unlink()
    return duck

"""Sales by region and month over 10 million lines: our rollups against DuckDB on the raw rows.

The lines are made here: every agent sells every product in every draw of three years. DuckDB gets
the same rows by COPY into a table of its own, with all its threads. Both give equal figures.
"""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection, transaction

from sales import figures
from sales.figures.summary import Asked
from sales.figures.summary import summary as figures_summary
from sales.models import RecordingBatch, Source
from sales.proving import fill_totals
from scripts.benches.measure import Measure, against_limit, best_seconds, is_trial
from scripts.benches.sales_fixtures import LAST, Company, company

DRAWS = 1_095
PRODUCTS = 3
#: 3,000 agents x 3 products x 1,095 draws = 9,855,000 lines
AGENTS = 3_000
FEW_AGENTS = 500

_LINES = """
    insert into sales_consignmententry (batch_id, agent_id, product_id, draw_id, draw_date,
        region_id, issued, returned, face_value_amount, commission_bps)
    select %s, a.id, p.id, d.id, d.date, a.region_id, 100 + (a.id * 7 + d.id * 13) %% 50,
        (a.id * 11 + d.id * 17 + p.id) %% 20, p.face_value_amount, a.commission_bps
    from sales_draw d cross join sales_agent a cross join sales_product p
    order by d.date
"""
_EXPORT = """
    copy (
        select draw_date, region_id, product_id, agent_id, issued, returned, revenue_amount
        from sales_consignmententry
    ) to stdout csv header
"""
_PIVOT = """
    select region_id, date_trunc('month', draw_date) as month, sum(issued), sum(returned),
           sum(revenue_amount)
    from lines where draw_date between ? and ? group by all
"""


def run() -> list[Measure]:
    made = company(agents=FEW_AGENTS if is_trial() else AGENTS, products=PRODUCTS, draws=DRAWS)
    lines = _fill(made)
    first = LAST - timedelta(days=DRAWS - 1)
    with tempfile.TemporaryDirectory() as folder:
        duck = _duck(Path(folder))
        spans = (("3 years", first), ("since January", date(LAST.year, 1, 1)))
        return [
            *(_measure(duck, name, start, lines) for name, start in spans),
            *(_any(duck, first, by, lines) for by in _SHAPES),
            _top(lines),
        ]


#: Dimensions of summaries, and how DuckDB tells them from the raw rows.
_SHAPES: dict[tuple[str, ...], str] = {
    ("region", "product", "month"): "region_id, product_id, date_trunc('month', draw_date)",
    ("weekday", "product"): "isodow(draw_date), product_id",
    ("draw",): "draw_date",
    ("agent",): "agent_id",
    ("agent", "month"): "agent_id, date_trunc('month', draw_date)",
}


def _any(duck: Any, first: date, by: tuple[str, ...], lines: int) -> Measure:
    asked = Asked(first=first, last=LAST, by=by, limit=1_000_000)
    statement = f"""
        select {_SHAPES[by]}, sum(issued), sum(returned), sum(revenue_amount) from lines
        where draw_date between ? and ? group by all
    """  # noqa: S608 -- names of our own
    theirs = duck.execute(statement, [first, LAST]).fetchall()
    ours = figures_summary(asked)
    assert len(ours) == len(theirs)  # noqa: S101 -- a bench must not lie
    assert sum(row.tickets.revenue_amount for row in ours) == sum(row[-1] for row in theirs)  # noqa: S101
    our_seconds = best_seconds(lambda: figures_summary(asked), repeats=3)
    their_seconds = best_seconds(
        lambda: duck.execute(statement, [first, LAST]).fetchall(), repeats=3
    )
    return Measure(
        name=f"summary by {', '.join(by)}, 3 years, of {lines:,} lines",
        ours_seconds=our_seconds,
        peer="DuckDB on the raw rows",
        peer_seconds=their_seconds,
        ratio=our_seconds / their_seconds,
        meaning="of its time",
        at_most=None if is_trial() or "agent" in by else 0.25,
    )


def _top(lines: int) -> Measure:
    asked = Asked(
        first=LAST.replace(day=1), last=LAST, by=("agent",), order="revenue_amount", limit=20
    )
    seconds = best_seconds(lambda: figures_summary(asked), repeats=5)
    return against_limit(f"top 20 agents of a month, of {lines:,} lines", seconds, 0.05)


def _measure(duck: Any, name: str, first: date, lines: int) -> Measure:
    theirs = duck.execute(_PIVOT, [first, LAST]).fetchall()
    ours = figures.region_months(first, LAST)
    assert _sums(ours) == [len(theirs), *(sum(row[n] for row in theirs) for n in (2, 3, 4))]  # noqa: S101 -- a bench must not lie
    our_seconds = best_seconds(lambda: figures.region_months(first, LAST), repeats=7)
    their_seconds = best_seconds(lambda: duck.execute(_PIVOT, [first, LAST]).fetchall(), repeats=7)
    return Measure(
        name=f"sales by region and month, {name}, of {lines:,} lines",
        ours_seconds=our_seconds,
        peer="DuckDB on the raw rows",
        peer_seconds=their_seconds,
        ratio=our_seconds / their_seconds,
        meaning="of its time",
        at_most=1 if is_trial() else 0.25,
    )


def _sums(rows: tuple[figures.RegionMonth, ...]) -> list[int]:
    return [
        len(rows),
        sum(row.tickets.issued for row in rows),
        sum(row.tickets.returned for row in rows),
        sum(row.tickets.revenue_amount for row in rows),
    ]


def _fill(made: Company) -> int:
    """The ledger and the rollup of regions; keys and indexes of the ledger would only cost time."""
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
        cursor.execute(
            "vacuum analyze sales_regiondaytotal, sales_regionmonthtotal, sales_agentdrawtotal"
        )
        cursor.execute("analyze sales_draw")
    return lines


def _duck(folder: Path) -> Any:
    """A DuckDB file with the same rows, loaded from CSV."""
    rows = folder / "lines.csv"
    with rows.open("w", encoding="utf-8") as file, connection.cursor() as cursor:
        cursor.copy_expert(_EXPORT, file)
    duck = duckdb.connect(str(folder / "lines.duckdb"))
    duck.execute("create table lines as select * from read_csv(?)", [str(rows)])
    rows.unlink()
    return duck

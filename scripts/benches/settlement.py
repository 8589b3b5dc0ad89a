"""Money over 10 million entries: one agent's statement by the API, debts by age, a month settled.

Every agent sold every product in every draw of three years and paid at the end of each week. Entries lie
as closing a draw writes them: by agent and product.
"""

from datetime import date, timedelta
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.test import override_settings

from backend import clock
from sales.ledger.proving import fill_balances
from sales.models import PeriodClose, RecordingBatch, RuleKey, SalesRule, Source
from sales.money.debts import debts_on
from sales.money.reconciling import propose_month
from sales.money.settling import close_period
from scripts.benches.measure import Measure, against_limit, best_seconds, is_trial, p95_measures
from scripts.benches.sales_fixtures import LAST, Company, client, company

DRAWS = 1_095
PRODUCTS = 3
AGENTS = 3_000
FEW_AGENTS = 200
MONTH = date(2026, 10, 1)
STATEMENTS = 300
STATEMENT_LIMIT = 0.005
SETTLEMENT_LIMIT = 10
DEBTS_LIMIT = 1

_SALES = """
    insert into sales_journalentry (batch_id, event, agent_id, region_id, product_id, draw_id,
        value_date, receivable, revenue, commission)
    select %(batch)s, 'sale', a.id, a.region_id, p.id, d.id, d.date, 88 * sold, -100 * sold,
        12 * sold
    from sales_draw d cross join sales_agent a cross join sales_product p
    cross join lateral (select 100 * (80 + (a.id * 7 + d.id * 13) %% 50) as sold) each
    order by d.date, a.id, p.id
"""
_PAYMENTS = """
    insert into sales_journalentry (batch_id, event, agent_id, region_id, value_date, receivable, cash)
    select %(batch)s, 'payment', a.id, a.region_id, w.day, -6000000, 6000000
    from generate_series(%(first)s::date + 6, %(last)s::date, interval '7 days') as w(day)
    cross join sales_agent a order by w.day
"""
_TOTALS = """
    insert into sales_agentdrawtotal (agent_id, product_id, draw_id, draw_date, region_id,
        face_value_amount, commission_bps, issued, returned)
    select agent_id, product_id, draw_id, value_date, region_id, 100, 1200, -revenue / 100 + 20, 20
    from sales_journalentry
    where event = 'sale' and value_date >= %(month)s
      and value_date < %(month)s::date + interval '1 month'
"""
_CLOSES = """
    insert into sales_drawclose (draw_id, batch_id, sold, revenue_amount)
    select draw.id, batch.id, 0, 0 from (
        select id, row_number() over (order by id) as place from sales_draw
    ) draw
    join (
        select id, row_number() over (order by id) as place from sales_recordingbatch
    ) batch using (place)
"""


def run() -> list[Measure]:
    made = company(agents=FEW_AGENTS if is_trial() else AGENTS, products=PRODUCTS, draws=DRAWS)
    SalesRule.objects.create(
        key=RuleKey.DEBT_TERM_DAYS, value=7, valid_from=date(2020, 1, 1), document="bench"
    )
    lines = _fill(made)
    return [
        *_statements(made, lines),
        against_limit(
            f"debts by age of {len(made.agents):,} agents, of {lines:,} entries",
            best_seconds(lambda: debts_on(LAST)),
            DEBTS_LIMIT,
        ),
        _settlement(made),
    ]


def _statements(made: Company, lines: int) -> list[Measure]:
    browser, span = client(made.user), {"date_from": "2026-10-01", "date_to": "2026-10-31"}

    def read(number: int) -> None:
        code = made.agents[number * 37 % len(made.agents)].code
        answer = browser.get(f"/api/v1/agents/{code}/statement/", span)
        assert answer.content.count(b"draw_date") > 90, answer.content[:500]  # noqa: S101 -- a bench must not lie

    name = f"an agent's statement of a month by the API, of {lines:,} entries"
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        return p95_measures(name, read, times=STATEMENTS, limit=STATEMENT_LIMIT, with_median=True)


def _settlement(made: Company) -> Measure:
    start = perf_counter()
    close = close_period(MONTH, by=made.user, at=clock.now())
    proposed = propose_month(close, by=made.user, at=close.at)
    took = perf_counter() - start
    assert proposed == len(made.agents) == close.settlements.count()  # noqa: S101 -- a bench must not lie
    assert PeriodClose.objects.standing().count() == 1  # noqa: S101
    return against_limit(f"a month settled for {proposed:,} agents", took, SETTLEMENT_LIMIT)


def _fill(made: Company) -> int:
    """The journal and what is kept beside it; its keys to other tables would only cost time."""
    batches = RecordingBatch.objects.bulk_create(
        RecordingBatch(
            recorded_by=made.user,
            recorded_at=f"{LAST}T12:00:00Z",
            source=Source.IMPORT,
            line_count=0,
        )
        for _draw in made.draws
    )
    asked: dict[str, Any] = {
        "batch": batches[0].pk,
        "first": LAST - timedelta(days=DRAWS - 1),
        "last": LAST,
        "month": MONTH,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            select format('alter table sales_journalentry drop constraint %I', conname)
            from pg_constraint
            where conrelid = 'sales_journalentry'::regclass and contype = 'f'
            """
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        cursor.execute(_SALES, asked)
        lines: int = cursor.rowcount
        cursor.execute(_PAYMENTS, asked)
        lines += cursor.rowcount
        cursor.execute(_TOTALS, asked)
        cursor.execute(_CLOSES)
        fill_balances(cursor)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    return lines

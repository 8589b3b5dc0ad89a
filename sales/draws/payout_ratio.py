"""What was paid of the prizes of each draw and month, and what was left unclaimed (tỷ lệ trả thưởng)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from sales.draws.claim_terms import last_claim_day
from sales.draws.prize_tables import NoPrizeTable, structure_of
from sales.engine.prizes import SERIES_TICKETS
from sales.models import PrizeTable, RuleKey
from sales.rules import RuleBook, rule_book

# Revenue from the rollup of days; prizes from the journal, whoever paid them, reversals included.
_DRAWS = """
    with revenue as (
        select draw_date, product_id, sum(revenue_amount)::bigint as amount
        from sales_regiondaytotal where draw_date between %(first)s and %(last)s group by 1, 2
    ), paid as (
        select draw_id, product_id, sum(prizes)::bigint as amount,
            sum(prizes) filter (where agent_id is not null)::bigint as by_agents,
            -sum(withheld_tax)::bigint as tax
        from sales_journalentry
        where prizes <> 0
          and draw_id in (select id from sales_draw where date between %(first)s and %(last)s)
        group by 1, 2
    ), waiting as (
        select draw_id, product_id, sum(gross_amount)::bigint as amount
        from sales_prizeclaim
        where state = 'open' and presented_date <= %(on)s group by 1, 2
    )
    select d.date, p.code, p.id, p.face_value_amount, d.series_count,
        cardinality(d.winning_symbols), coalesce(r.amount, 0), coalesce(paid.amount, 0),
        coalesce(paid.by_agents, 0), coalesce(paid.tax, 0), coalesce(w.amount, 0), d.claim_until
    from sales_draw d cross join sales_product p
    left join revenue r on r.draw_date = d.date and r.product_id = p.id
    left join paid on paid.draw_id = d.id and paid.product_id = p.id
    left join waiting w on w.draw_id = d.id and w.product_id = p.id
    where d.date between %(first)s and %(last)s and d.status = 'held'
      and p.id in (select product_id from sales_prizetable)
      and coalesce(r.amount, paid.amount, w.amount) is not null
    order by d.date desc, p.code
"""


@dataclass(frozen=True, slots=True)
class Payouts:
    """Prizes of a draw and product; of a month, of all its draws. Amounts are đồng.

    `expected_amount` is what the tickets sold win on average by the prize table; None where series
    or winning symbols are not known. `unclaimed_amount` is what nobody presented in the term, as an
    estimate from it; None before the term is over, on `claim_until`. `ratio_bps` is paid of revenue.
    """

    first: date
    product: str
    revenue_amount: int
    paid_amount: int
    by_agents_amount: int
    tax_amount: int
    waiting_amount: int
    expected_amount: int | None
    unclaimed_amount: int | None
    claim_until: date | None

    @property
    def ratio_bps(self) -> int | None:
        return self.paid_amount * 10_000 // self.revenue_amount if self.revenue_amount > 0 else None


def payouts_by_draw(first: date, last: date, *, on: date) -> list[Payouts]:
    """Each draw held in [first, last] with its products, the latest first. Three or four queries.

    Claims presented after `on` do not wait yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DRAWS, {"first": first, "last": last, "on": on})
        rows = cursor.fetchall()
    tables = list(
        PrizeTable.objects.filter(product__in={row[2] for row in rows})
        .prefetch_related("levels")
        .order_by("-valid_from", "-pk")
    )
    book = rule_book([RuleKey.PRIZE_CLAIM_DAYS])
    return [_of_draw(row, tables, book, on=on) for row in rows]


def by_month(draws: Iterable[Payouts]) -> list[Payouts]:
    """The same summed by the month of the draw and product, the latest first."""
    months: dict[tuple[date, str], list[Payouts]] = {}
    for each in draws:
        months.setdefault((each.first.replace(day=1), each.product), []).append(each)
    ordered = sorted(months.items(), key=lambda month: (-month[0][0].toordinal(), month[0][1]))
    return [_summed(month, product, parts) for (month, product), parts in ordered]


def _of_draw(
    row: tuple[Any, ...], tables: list[PrizeTable], book: RuleBook, *, on: date
) -> Payouts:
    day, code, product, face, series, symbols, revenue, paid, by_agents, tax, waiting, term = row
    expected = _expected(revenue, _table(tables, product, day), face, series, symbols)
    until = last_claim_day(day, term, book)
    is_over = until is not None and on > until
    return Payouts(
        first=day,
        product=code,
        revenue_amount=revenue,
        paid_amount=paid,
        by_agents_amount=by_agents,
        tax_amount=tax,
        waiting_amount=waiting,
        expected_amount=expected,
        unclaimed_amount=max(expected - paid - waiting, 0)
        if is_over and expected is not None
        else None,
        claim_until=until,
    )


def _table(tables: list[PrizeTable], product: int, day: date) -> PrizeTable | None:
    return next(
        (
            table
            for table in tables
            if table.product_id == product
            and table.valid_from <= day
            and (table.valid_to is None or day <= table.valid_to)
        ),
        None,
    )


def _expected(
    revenue: int, table: PrizeTable | None, face: int, series: int | None, symbols: int | None
) -> int | None:
    if table is None or series is None or symbols is None:
        return None
    try:
        cost = structure_of(table).cost(series=series, winning_symbols=symbols)
    except NoPrizeTable:
        return None
    return revenue * cost // (series * SERIES_TICKETS * face)


def _summed(month: date, product: str, parts: list[Payouts]) -> Payouts:
    expected = [part.expected_amount for part in parts]
    unclaimed = [part.unclaimed_amount for part in parts]
    until = [part.claim_until for part in parts if part.claim_until]
    return Payouts(
        first=month,
        product=product,
        revenue_amount=sum(part.revenue_amount for part in parts),
        paid_amount=sum(part.paid_amount for part in parts),
        by_agents_amount=sum(part.by_agents_amount for part in parts),
        tax_amount=sum(part.tax_amount for part in parts),
        waiting_amount=sum(part.waiting_amount for part in parts),
        expected_amount=_all(expected),
        unclaimed_amount=_all(unclaimed),
        claim_until=max(until, default=None),
    )


def _all(amounts: list[int | None]) -> int | None:
    """Their sum; None where one is not known."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None

"""Prove the rollups from the ledger, and make them anew from it."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from sales.ledger.rollups import COMPARISON, ROLLUPS, fill_rollups
from sales.tickets import stock_proving


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where a rollup and the ledger disagree."""

    table: str
    key: str
    ledger: str
    rollup: str


def differences(*, limit: int = 100) -> list[Difference]:
    """Where the rollups are not what the ledger adds up to, at most `limit` for each; [] is proof.

    Each comparison is one statement and so sees one moment: writers beside us do no harm.
    """
    found: list[Difference] = []
    with connection.cursor() as cursor:
        cursor.execute(COMPARISON, {"limit": limit})
        found += [Difference(*row) for row in cursor.fetchall()]
        for table, sql in (*_COMPARISONS, *stock_proving.COMPARISONS):
            cursor.execute(sql, [limit])
            found += [Difference(table, *row) for row in cursor.fetchall()]
    return found


def rebuild_rollups() -> tuple[int, int]:
    """Make the rollups anew from the ledger; the rows of agents' and of regions' days.

    Writers wait meanwhile.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"lock table {', '.join(_ROLLUPS)} in share row exclusive mode")
        for table in _ROLLUPS:
            cursor.execute(f"delete from {table}")  # noqa: S608 -- names of our own
        fill_balances(cursor)
        return fill_totals(cursor)


def fill_totals(cursor: CursorWrapper) -> tuple[int, int]:
    """Fill the empty totals of tickets from the ledger; the rows of agents' and regions' days."""
    cursor.execute(_FILL_AGENTS)
    agents: int = cursor.rowcount
    fill_rollups(cursor)
    cursor.execute("select count(*) from sales_regiondaytotal")
    return agents, cursor.fetchone()[0]


def fill_balances(cursor: CursorWrapper) -> None:
    """Fill the empty balances and months of agents from the journal."""
    cursor.execute(_FILL_BALANCES)
    cursor.execute(_FILL_AGENT_MONTHS)


_ROLLUPS = (
    "sales_agentdrawtotal",
    *(rollup.table for rollup in ROLLUPS),
    "sales_agentbalance",
    "sales_agentmonthtotal",
)
_FILL_BALANCES = """
    insert into sales_agentbalance (agent_id, receivable, collateral)
    select agent_id, sum(receivable), sum(collateral) from sales_journalentry
    where agent_id is not null group by agent_id
"""
_AGENT_MONTHS = """
    select agent_id, date_trunc('month', value_date::timestamp)::date as month,
        sum(receivable) as receivable, sum(collateral) as collateral, sum(revenue) as revenue,
        sum(commission) as commission, sum(withheld_tax) as withheld_tax, sum(prizes) as prizes,
        sum(payout_fee) as payout_fee,
        coalesce(sum(-receivable) filter (where event = 'payment'), 0) as paid
    from sales_journalentry where agent_id is not null group by 1, 2
"""
_FILL_AGENT_MONTHS = f"""
    insert into sales_agentmonthtotal (agent_id, month, receivable, collateral, revenue,
        commission, withheld_tax, prizes, payout_fee, paid)
    {_AGENT_MONTHS} order by 1, 2
"""
_FILL_AGENTS = """
    insert into sales_agentdrawtotal (agent_id, product_id, draw_id, draw_date, region_id,
        face_value_amount, commission_bps, issued, returned)
    select agent_id, product_id, draw_id, min(draw_date), min(region_id),
        min(face_value_amount), min(commission_bps), sum(issued), sum(returned)
    from sales_consignmententry group by agent_id, product_id, draw_id
    order by min(draw_date), agent_id, product_id
"""
_COMPARISONS = (
    (
        "sales_agentdrawtotal",
        """
        with ledger as (
            select agent_id, product_id, draw_id, min(draw_date) as draw_date,
                   min(region_id) as region_id, min(face_value_amount) as face_value_amount,
                   min(commission_bps) as commission_bps, sum(issued) as issued,
                   sum(returned) as returned,
                   (min(draw_date), min(region_id), min(face_value_amount), min(commission_bps))
                   = (max(draw_date), max(region_id), max(face_value_amount), max(commission_bps))
                   as is_uniform
            from sales_consignmententry group by agent_id, product_id, draw_id
        )
        select concat_ws(' ', 'agent', agent_id, 'product', product_id, 'draw', draw_id),
               concat_ws(' ', l.issued, l.returned, l.draw_date, l.region_id,
                         l.face_value_amount, l.commission_bps, l.is_uniform),
               concat_ws(' ', t.issued, t.returned, t.draw_date, t.region_id,
                         t.face_value_amount, t.commission_bps)
        from ledger l full join sales_agentdrawtotal t using (agent_id, product_id, draw_id)
        where not coalesce(l.is_uniform, false)
           or (l.issued, l.returned, l.draw_date, l.region_id, l.face_value_amount,
               l.commission_bps)
              is distinct from
              (t.issued, t.returned, t.draw_date, t.region_id, t.face_value_amount,
               t.commission_bps)
        order by 1 limit %s
        """,
    ),
    (
        "sales_agentbalance",
        """
        with ledger as (
            select agent_id, sum(receivable) as receivable, sum(collateral) as collateral
            from sales_journalentry where agent_id is not null group by agent_id
        )
        select concat_ws(' ', 'agent', agent_id), concat_ws(' ', l.receivable, l.collateral),
               concat_ws(' ', t.receivable, t.collateral)
        from ledger l full join sales_agentbalance t using (agent_id)
        where (coalesce(l.receivable, 0), coalesce(l.collateral, 0))
              is distinct from (t.receivable, t.collateral)
        order by 1 limit %s
        """,
    ),
    (
        "sales_agentmonthtotal",
        f"""
        with ledger as ({_AGENT_MONTHS})
        select concat_ws(' ', 'agent', agent_id, month), l::text, t::text
        from ledger l full join sales_agentmonthtotal t using (agent_id, month)
        where (l.receivable, l.collateral, l.revenue, l.commission, l.withheld_tax, l.prizes,
               l.payout_fee, l.paid)
              is distinct from (t.receivable, t.collateral, t.revenue, t.commission,
               t.withheld_tax, t.prizes, t.payout_fee, t.paid)
        order by 1 limit %s
        """,  # noqa: S608 -- statements of our own
    ),
    (
        # What is booked of a closed draw is what its tickets say; nothing is of an open one.
        "sales_journalentry",
        """
        with booked as (
            select agent_id, product_id, draw_id, -sum(revenue) as revenue,
                   sum(commission) as commission
            from sales_journalentry where event = 'sale' group by 1, 2, 3
        ), owed as (
            select t.agent_id, t.product_id, t.draw_id, t.revenue_amount as revenue,
                   t.commission_amount as commission
            from sales_agentdrawtotal t join sales_drawclose c on c.draw_id = t.draw_id
        )
        select concat_ws(' ', 'agent', agent_id, 'product', product_id, 'draw', draw_id),
               concat_ws(' ', o.revenue, o.commission), concat_ws(' ', b.revenue, b.commission)
        from owed o full join booked b using (agent_id, product_id, draw_id)
        where (coalesce(o.revenue, 0), coalesce(o.commission, 0))
              is distinct from (coalesce(b.revenue, 0), coalesce(b.commission, 0))
        order by 1 limit %s
        """,
    ),
    (
        # An account that was settled, of a month that stands closed, ended as the journal says.
        "sales_settlement",
        """
        select concat_ws(' ', 'agent', s.agent_id, c.month), concat_ws(' ', owed, held),
               concat_ws(' ', s.closing_amount, s.collateral_amount)
        from sales_settlement s
        join sales_periodclose c on c.id = s.close_id
        cross join lateral (
            select coalesce(sum(receivable), 0) as owed, -coalesce(sum(collateral), 0) as held
            from sales_agentmonthtotal t where t.agent_id = s.agent_id and t.month <= c.month
        ) ended
        where not exists (select from sales_periodreopening o where o.close_id = c.id)
          and (owed, held) is distinct from (s.closing_amount, s.collateral_amount)
        order by 1 limit %s
        """,
    ),
    (
        # A claim is paid by one standing entry of its ticket's draw and prize; no other entry of
        # the company's own payouts stands.
        "sales_prizeclaim",
        """
        select concat_ws(' ', 'claim', c.id, 'entry', j.id),
               concat_ws(' ', c.gross_amount, c.product_id, c.draw_id),
               concat_ws(' ', j.prizes, j.product_id, j.draw_id, 'reversed by ' || r.id)
        from sales_prizeclaim c
        full join (select * from sales_journalentry where event = 'payout') company
            on company.id = c.payment_id
        left join sales_journalentry j on j.id = coalesce(c.payment_id, company.id)
        left join sales_journalentry r on r.reverses_id = j.id
        where j.id is not null and j.reverses_id is null
          and (c.id is null and r.id is null
               or c.id is not null and (r.id is not null
                  or (c.gross_amount, c.product_id, c.draw_id)
                     is distinct from (j.prizes, j.product_id, j.draw_id)))
        order by 1 limit %s
        """,
    ),
    (
        # What a draw holds is what was published last; draws older than publications have none.
        "sales_drawpublication",
        """
        select concat_ws(' ', 'draw', d.date), array_to_string(e.numbers || e.symbols, ' '),
               array_to_string(d.numbers || d.winning_symbols, ' ')
        from sales_draw d
        join lateral (
            select first_id from sales_drawpublication p where p.draw_id = d.id
            order by p.id desc limit 1
        ) newest on true
        join sales_drawresultentry e on e.id = newest.first_id
        where d.numbers is distinct from e.numbers
           or d.winning_symbols is distinct from nullif(e.symbols, '{}')
        order by 1 limit %s
        """,
    ),
    (
        "sales_draw",
        """
        select concat_ws(' ', 'entry', e.id), e.draw_date::text, d.date::text
        from sales_consignmententry e join sales_draw d on d.id = e.draw_id
        where d.date <> e.draw_date order by e.id limit %s
        """,
    ),
    (
        "sales_recordingbatch",
        """
        select concat_ws(' ', 'batch', b.id), count(e.id)::text, b.line_count::text
        from sales_recordingbatch b
        left join sales_consignmententry e on e.batch_id = b.id
        left join lateral (
            select count(*) as count from sales_journalentry j where j.batch_id = b.id
        ) money on true
        left join lateral (
            select count(*) as count from sales_ticketmove m where m.batch_id = b.id
        ) moves on true
        group by b.id, money.count, moves.count
        having greatest(count(e.id), case when count(e.id) = 0
                        then greatest(money.count, moves.count) else 0 end)
            <> b.line_count
        order by 1 limit %s
        """,
    ),
)

"""Agents: who gained and lost, who owes too much, who has not reported."""

from datetime import date, timedelta

from django.db.models import Sum

from backend.shares import share_bps
from sales.figures.asked import WEEK
from sales.figures.rows import below, held_draws, rows_of, scope
from sales.figures.shapes import (
    AgentDebt,
    AgentSales,
    Completeness,
    MissingAgent,
    Mover,
    Movers,
    Tickets,
)
from sales.models import AgentDrawTotal, DrawStatus, RuleKey
from sales.money.credit import limit_sql
from sales.rules import rule_value

#: How far back "usual" looks.
USUAL = timedelta(days=28)

_EXPECTED = """
    select a.id, a.code, a.name, r.name, count(*),
           array_agg(d.date order by d.date) filter (where not exists (
               select from sales_agentdrawtotal t
               where t.agent_id = a.id and t.draw_date = d.date and t.issued > 0
                 and (not %(returns)s or t.returned > 0 or booked.id is not null or sheet.state is not null)
           ))
    from sales_agent a
    join org_region r on r.id = a.region_id
    join sales_draw d on d.date between %(first)s and %(last)s and d.status = 'held'
    left join sales_drawclose booked on booked.draw_id = d.id
    left join lateral (
        select step.state from sales_returnsheet s
        join lateral (
            select state from sales_returnstep step
            where step.sheet_id = s.id order by step.id desc limit 1
        ) step on step.state <> 'reversed'
        where %(returns)s and s.agent_id = a.id and s.draw_id = d.id limit 1
    ) sheet on true
    where a.status <> 'suspended' and a.opened_date <= d.date
      and (a.closed_date is null or a.closed_date >= d.date)
      and (%(path)s::text is null or r.path ~ %(below)s)
    group by a.id, r.id
"""


def top_movers(
    first: date, last: date, region_path: str | None = None, *, limit: int = 5
) -> Movers:
    """The agents that gained and lost most revenue against the same draws a week earlier."""
    held = held_draws(first - WEEK, last)
    days = [day for day in held if first <= day <= last and day - WEEK in held]
    rows = rows_of(
        """
        select a.code, a.name, r.name,
               sum(t.revenue_amount) filter (where t.draw_date = any(%(now)s)),
               sum(t.revenue_amount) filter (where t.draw_date = any(%(before)s))
        from sales_agentdrawtotal t
        join sales_agent a on a.id = t.agent_id
        join org_region r on r.id = a.region_id
        where t.draw_date = any(%(both)s)
          and (%(path)s::text is null or r.path ~ %(below)s)
        group by a.id, r.id
        order by a.code
        """,
        now=days,
        before=[day - WEEK for day in days],
        both=[*days, *(day - WEEK for day in days)],
        **scope(region_path),
    )
    movers = [
        Mover(code, name, region, int(now or 0), int(before or 0))
        for code, name, region, now, before in rows
    ]
    return Movers(
        risers=tuple(
            sorted((m for m in movers if m.change_amount > 0), key=lambda m: -m.change_amount)
        )[:limit],
        fallers=tuple(
            sorted((m for m in movers if m.change_amount < 0), key=lambda m: m.change_amount)
        )[:limit],
    )


def agent_ranking(
    first: date, last: date, region_path: str | None = None, *, limit: int = 20
) -> tuple[AgentSales, ...]:
    """The agents with the greatest revenue of the draws held in [first, last]."""
    rows = rows_of(
        """
        select a.code, a.name, r.name, t.issued, t.returned, t.revenue, t.commission
        from (
            select t.agent_id, sum(t.issued)::bigint as issued, sum(t.returned)::bigint as returned,
                   sum(t.revenue_amount)::bigint as revenue,
                   sum(t.commission_amount)::bigint as commission
            from sales_agentdrawtotal t
            join sales_draw d on d.id = t.draw_id
            join org_region r on r.id = t.region_id
            where t.draw_date between %(first)s and %(last)s and d.status = 'held'
              and (%(path)s::text is null or r.path ~ %(below)s)
            group by t.agent_id
        ) t
        join sales_agent a on a.id = t.agent_id
        join org_region r on r.id = a.region_id
        order by t.revenue desc, a.code limit %(limit)s
        """,
        first=first,
        last=last,
        limit=limit,
        **scope(region_path),
    )
    return tuple(
        AgentSales(code, name, region, Tickets(issued, returned, revenue), commission)
        for code, name, region, issued, returned, revenue, commission in rows
    )


def debts(on: date, region_path: str | None = None) -> tuple[AgentDebt, ...]:
    """What every agent with a debt owes at the end of `on`, the greatest excess first.

    Draws that are not closed yet are not owed yet.
    """
    rows = rows_of(
        f"""
        select a.code, a.name, r.name, owed.amount, {limit_sql("owed.collateral")}
        from (
            select agent_id, sum(receivable)::bigint as amount, sum(collateral) as collateral
            from (
                select agent_id, receivable, collateral from sales_agentmonthtotal
                where month < %(month)s
                union all
                select agent_id, receivable, collateral from sales_journalentry
                where value_date between %(month)s and %(on)s
            ) parts
            group by agent_id
        ) owed
        join sales_agent a on a.id = owed.agent_id
        join org_region r on r.id = a.region_id
        where owed.amount > 0
          and (%(path)s::text is null or r.path ~ %(below)s)
        order by a.code
        """,  # noqa: S608 -- statements of our own
        on=on,
        ratio=rule_value(RuleKey.CREDIT_RATIO, on),
        month=on.replace(day=1),
        **scope(region_path),
    )
    return tuple(sorted((AgentDebt(*row) for row in rows), key=lambda debt: -debt.over_amount))


def debts_over_limit(on: date, region_path: str | None = None) -> tuple[AgentDebt, ...]:
    """Agents that owe more than their credit limit at the end of `on`, the worst first."""
    return tuple(debt for debt in debts(on, region_path) if debt.over_amount > 0)


def completeness(
    first: date, last: date, region_path: str | None = None, *, needs_returns: bool = False
) -> Completeness:
    """Which agents under contract have no entry for which held draws of [first, last].

    With `needs_returns` also those that said nothing of what comes back, of draws not closed yet.
    """
    rows = rows_of(_EXPECTED, first=first, last=last, returns=needs_returns, **scope(region_path))
    usual = dict(
        AgentDrawTotal.objects.filter(
            draw_date__gte=first - USUAL, draw_date__lt=first, draw__status=DrawStatus.HELD
        )
        .filter(below("region__", region_path))
        .values_list("agent_id")
        .annotate(Sum("revenue_amount"))
    )
    whole = sum(usual.values())
    draws = len(held_draws(first, last))
    expected = sum(count for *_, count, _ in rows)
    late = [row for row in rows if row[-1]]
    missing = [
        MissingAgent(code, name, region, tuple(days), share_bps(usual.get(pk, 0), whole) or 0)
        for pk, code, name, region, _, days in late
    ]
    hidden = sum(usual.get(pk, 0) * len(days) for pk, *_, days in late)
    return Completeness(
        expected=expected,
        reported=expected - sum(len(agent.draws) for agent in missing),
        missing_share_bps=share_bps(hidden, whole * draws) or 0,
        missing=tuple(sorted(missing, key=lambda agent: (-agent.usual_share_bps, agent.code))),
    )

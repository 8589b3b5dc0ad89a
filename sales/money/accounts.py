"""Every agent's account of some days, in one query (nhận, trả, bán, hoa hồng, trả thưởng hộ, nộp, còn nợ)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from backend.months import shifted
from sales.figures.rows import rows_of, scope
from sales.models.account import AMOUNTS

_DAY: Final = timedelta(days=1)
_MOVED: Final = "receivable, collateral, revenue, commission, withheld_tax, prizes, payout_fee"
_SUMS: Final = ", ".join(f"sum({name})::bigint as {name}" for name in (*_MOVED.split(", "), "paid"))
# Whole months are read from their sums, the days at both ends by the entries themselves. Tickets are
# those of closed draws: what is not booked yet is not owed yet.
_ACCOUNTS: Final = f"""
    with before as (
        select agent_id, sum(receivable)::bigint as receivable, sum(collateral)::bigint as collateral
        from (
            select agent_id, receivable, collateral from sales_agentmonthtotal
            where month < %(month)s
            union all
            select agent_id, receivable, collateral from sales_journalentry
            where value_date >= %(month)s and value_date < %(first)s
        ) earlier group by agent_id
    ), moved as (
        select agent_id, {_SUMS} from (
            select agent_id, {_MOVED}, paid from sales_agentmonthtotal
            where month >= %(whole)s and month < %(rest)s
            union all
            select agent_id, {_MOVED}, case when event = 'payment' then -receivable else 0 end
            from sales_journalentry
            where value_date >= %(first)s and value_date < %(whole)s
                or value_date >= %(rest)s and value_date <= %(last)s
        ) told group by agent_id
    ), tickets as (
        select agent_id, sum(issued)::bigint as issued, sum(returned)::bigint as returned from (
            select agent_id, issued, returned from sales_agentmonthtickets
            where month >= %(whole)s and month < %(rest)s
            union all
            select agent_id, -issued, -returned from sales_agentdrawtotal total
            where draw_date >= %(whole)s and draw_date < %(rest)s
                and not exists (select from sales_drawclose c where c.draw_id = total.draw_id)
            union all
            select agent_id, issued, returned from sales_agentdrawtotal total
            where (draw_date >= %(first)s and draw_date < %(whole)s
                    or draw_date >= %(rest)s and draw_date <= %(last)s)
                and exists (select from sales_drawclose c where c.draw_id = total.draw_id)
        ) counted group by agent_id
    )
    select agent.code, agent.name, region.code,
        coalesce(tickets.issued, 0), coalesce(tickets.returned, 0),
        coalesce(before.receivable, 0), coalesce(-moved.revenue, 0), coalesce(moved.commission, 0),
        coalesce(-moved.withheld_tax, 0), coalesce(moved.prizes, 0), coalesce(moved.payout_fee, 0),
        coalesce(moved.paid, 0),
        coalesce(moved.receivable + moved.revenue + moved.commission + moved.withheld_tax
            + moved.prizes + moved.payout_fee + moved.paid, 0),
        coalesce(before.receivable, 0) + coalesce(moved.receivable, 0),
        -coalesce(before.collateral, 0) - coalesce(moved.collateral, 0)
    from sales_agent agent
    join org_region region on region.id = agent.region_id
    left join before on before.agent_id = agent.id
    left join moved on moved.agent_id = agent.id
    left join tickets on tickets.agent_id = agent.id
    where (moved.agent_id is not null or before.receivable <> 0 or before.collateral <> 0
            or tickets.issued <> 0)
        and (%(path)s::text is null or region.path ~ %(below)s)
        and (%(agent)s::text is null or agent.code = %(agent)s)
    order by agent.code
"""  # noqa: S608 -- columns of our own


@dataclass(frozen=True, slots=True)
class AgentAccount:
    """An agent's tickets of closed draws, and `amounts` by the names of `AccountAmounts`, in đồng."""

    code: str
    name: str
    region: str
    issued: int
    returned: int
    amounts: dict[str, int]

    @property
    def sold(self) -> int:
        return self.issued - self.returned


def agent_accounts(
    first: date, last: date, *, path: str | None = None, agent: str | None = None
) -> list[AgentAccount]:
    """Of the agents of these units now (`User.scope_path`) that have an account, by code."""
    whole, rest = _whole_months(first, last)
    asked: dict[str, Any] = {
        "first": first, "last": last, "month": first.replace(day=1), "whole": whole, "rest": rest,
        "agent": agent, **scope(path),
    }  # fmt: skip
    return [
        AgentAccount(code, name, region, issued, returned, dict(zip(AMOUNTS, amounts, strict=True)))
        for code, name, region, issued, returned, *amounts in rows_of(_ACCOUNTS, **asked)
    ]


def _whole_months(first: date, last: date) -> tuple[date, date]:
    """The first day of the months that lie in [first, last] whole, and the first day behind them.

    Where none does, both are the day after `last`: all days are told one by one.
    """
    whole = first if first.day == 1 else shifted(first, 1)
    rest = (last + _DAY).replace(day=1)
    return (whole, rest) if whole < rest else (last + _DAY, last + _DAY)

"""Who owes what on a day, how old it is and what secures it (công nợ đại lý)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from backend.db import Prepared
from sales.agents.terms import TERMS
from sales.engine.ageing import BUCKETS, Ageing, ageing
from sales.figures.rows import rows_of, scope
from sales.models import Agent, RuleKey
from sales.money.credit import RATIO_ON, limit_sql
from sales.rules import rule_value

#: Days before the term in which a debt is told by its day; an older one is told as of the first.
LOOK_BACK: Final = 61

# A payment settles the oldest sale first, so the newest sales are what is still owed: as many of
# them, counted from the newest, as the balance holds. What they do not cover is older.
_DEBTS = f"""
    with terms as (
        {TERMS}
    ), since as materialized (
        select %(on)s::date - coalesce(max(term), 0) - %(back)s as day from terms
    ), account as (
        select agent_id, sum(receivable)::bigint as owed, -sum(collateral)::bigint as held
        from (
            select agent_id, receivable, collateral from sales_agentmonthtotal
            where month < %(month)s
            union all
            select agent_id, receivable, collateral from sales_journalentry
            where value_date between %(month)s and %(on)s and agent_id is not null
        ) parts
        group by agent_id
    ), days as (
        select agent_id, value_date as day, sum(receivable)::bigint as amount
        from sales_journalentry
        where value_date >= (select day from since) and value_date <= %(on)s
          and event in ('sale', 'interest', 'adjustment')
        group by 1, 2 having sum(receivable) > 0
    ), counted as (
        select agent_id, day, amount,
            sum(amount) over (partition by agent_id order by day desc) as until_it
        from days
    ), pledged as (
        select agent_id, sum(limit_amount)::bigint as amount from sales_collateral
        where kind <> 'cash' and valid_from <= %(on)s and (valid_to is null or valid_to >= %(on)s)
        group by agent_id
    ), ages as (
        select c.agent_id, sum(c.amount)::bigint as told,
            sum(c.amount) filter (where c.day + terms.term >= %(on)s)::bigint as not_due,
            sum(c.amount) filter (
                where c.day + terms.term between %(on)s::date - 7 and %(on)s::date - 1
            )::bigint as week,
            sum(c.amount) filter (
                where c.day + terms.term between %(on)s::date - 30 and %(on)s::date - 8
            )::bigint as month,
            min(c.day) filter (where c.until_it - c.amount < account.owed) as oldest
        from counted c
        join account on account.agent_id = c.agent_id
        join terms on terms.agent_id = c.agent_id
        group by c.agent_id
    )
    select a.id, a.code, a.name, region.name, {limit_sql("-account.held")}, account.owed,
        account.held, coalesce(pledged.amount, 0), (select day from since), terms.term, coalesce(ages.told, 0),
        coalesce(ages.not_due, 0), coalesce(ages.week, 0), coalesce(ages.month, 0), ages.oldest
    from account
    join sales_agent a on a.id = account.agent_id
    join org_region region on region.id = a.region_id
    join terms on terms.agent_id = a.id
    left join ages on ages.agent_id = account.agent_id
    left join pledged on pledged.agent_id = account.agent_id
    where (account.owed <> 0 or account.held <> 0)
      and (%(path)s::text is null or region.path ~ %(below)s)
    order by a.code
"""  # noqa: S608 -- statements of our own
# The limit and the term of one agent, with each of its days of sales that is told by itself.
_DAYS = Prepared(
    "agent_standing",
    f"""
    select (
        select {limit_sql("%(collateral)s::bigint", RATIO_ON)} from sales_agent a where a.id = %(agent)s
    ), term, day, amount from ({TERMS} where agent.id = %(agent)s offset 0) terms
    left join lateral (
        select value_date as day, sum(receivable)::bigint as amount from sales_journalentry
        where agent_id = %(agent)s
          and value_date between %(on)s::date - term - %(back)s and %(on)s
          and event in ('sale', 'interest', 'adjustment')
        group by 1 having sum(receivable) > 0
    ) days on true
    """,  # noqa: S608 -- statements of our own
    on="date",
    back="int",
    agent="bigint",
    collateral="bigint",
)


@dataclass(frozen=True, slots=True)
class Debt:
    """An agent's debt on a day; below nothing it is an advance. Amounts are đồng.

    `held_amount` is the security the company holds in money, `pledged_amount` what counts of
    guarantees and mortgages in force.
    """

    agent_id: int
    code: str
    name: str
    region: str
    limit_amount: int
    owed_amount: int
    held_amount: int
    pledged_amount: int
    age: Ageing

    @property
    def over_amount(self) -> int:
        """What exceeds the credit limit (vượt hạn mức), tickets of open draws aside."""
        return max(self.owed_amount - self.limit_amount, 0)

    @property
    def secured_amount(self) -> int:
        """All that secures the debt (bảo đảm)."""
        return self.held_amount + self.pledged_amount

    @property
    def secured_bps(self) -> int | None:
        """How much of the debt is secured; None where nothing is owed."""
        return self.secured_amount * 10_000 // self.owed_amount if self.owed_amount > 0 else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How old an agent's debt is on a day, and how much it may owe, in đồng."""

    age: Ageing
    limit_amount: int


def debts_on(day: date, *, path: str | None = None) -> list[Debt]:
    """Every agent of these units (`User.scope_path`; now) with an account that is not empty, by code; two queries."""
    rows = rows_of(
        _DEBTS,
        on=day,
        month=day.replace(day=1),
        back=LOOK_BACK,
        ratio=rule_value(RuleKey.CREDIT_RATIO, day),
        **scope(path),
    )
    return [
        Debt(pk, code, name, area, limit, owed, held, pledged, _age(owed, ages, day))
        for pk, code, name, area, limit, owed, held, pledged, *ages in rows
    ]


def standing_of(agent: Agent, *, owed_amount: int, held_amount: int, on: date) -> Standing:
    """How old it is that the agent owes so much on the day, and how much it might, with so much security
    held in money: by contract, collateral and rules in force then; one query."""
    rows = _DAYS.rows(on=on, back=LOOK_BACK, agent=agent.pk, collateral=-held_amount)
    limit, days = rows[0][:2]
    term = timedelta(days=days)
    debts = [(day + term, amount) for _limit, _term, day, amount in rows if day]
    older = max(owed_amount - sum(amount for _due, amount in debts), 0)
    debts.append((on - timedelta(days=LOOK_BACK), older))
    paid = sum(amount for _due, amount in debts) - owed_amount
    return Standing(ageing(debts, paid, on=on), limit)


def _age(owed: int, sums: list[Any], on: date) -> Ageing:
    """The sums of each bucket aged as one debt each; what they do not cover is older still.

    `sums`: the first day told by itself, the term in days, all that is told by day, what of it is not due, 1 to 7 and 8 to 30 days overdue, and the
    day of the oldest of it that is not paid.
    """
    since, term, told, not_due, week, month, oldest = sums
    longer = max(owed, told) - not_due - week - month
    debts = [
        (on - timedelta(days=start), amount)
        for start, amount in zip((0, *BUCKETS), (not_due, week, month, longer), strict=True)
    ]
    age = ageing(debts, max(owed, told) - owed, on=on)
    first = (since if owed > told else oldest) if owed > 0 else None
    due = first + timedelta(days=term) if first else None
    return replace(age, oldest_due=due)

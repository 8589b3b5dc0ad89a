"""What an agent may owe (hạn mức công nợ), and refusing what would take it beyond: tickets given,
security given back.

An agent's limit is its collateral in force × the rule "credit.collateral_ratio", or what an
exception in force allows where that is more. Collateral is the cash the journal holds, and what
counts of guarantees and mortgages. What it owes is its balance, and the tickets it holds of draws
that are not closed yet, less commission. Without the rule nothing is refused.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from backend.accounts.models import User
from sales.agents.keeping import keep
from sales.engine.bodies import Fault
from sales.engine.checks import Facts
from sales.engine.lines import Line
from sales.engine.money_lines import MoneyLine
from sales.engine.posting import share
from sales.ledger.journal import hold_balances
from sales.models import Agent, CreditException, RuleKey
from sales.rules import rule_value

_SECURED = """
    (coalesce((
        select sum(c.limit_amount) from sales_collateral c
        where c.agent_id = a.id and c.kind <> 'cash' and c.valid_from <= %(on)s
          and (c.valid_to is null or c.valid_to >= %(on)s)
    ), 0) - coalesce({deposit}, 0))
"""
_EXCEPTION = """
    coalesce((
        select e.limit_amount from sales_creditexception e
        where e.agent_id = a.id and e.valid_from <= %(on)s and e.valid_to >= %(on)s
        order by e.id desc limit 1
    ), 0)
"""


#: The ratio on %(on)s, for a statement that is not told it.
RATIO_ON = f"""
    (select value from sales_salesrule
    where key = '{RuleKey.CREDIT_RATIO.value}' and valid_from <= %(on)s
      and (valid_to is null or valid_to >= %(on)s)
    order by valid_from desc, id desc limit 1)
"""  # noqa: S608 -- names of our own


def limit_sql(deposit: str, ratio: str = "%(ratio)s::bigint") -> str:
    """The limit of agent `a` on %(on)s by the ratio, or the one entered by hand without a ratio.

    `deposit` is the journal's collateral account, a credit; names come from code.
    """
    return f"""
        case when {ratio} is null then a.credit_limit_amount else greatest(
            {_SECURED.format(deposit=deposit)} * {ratio} / 10000, {_EXCEPTION}
        )::bigint end
    """


_ACCOUNTS = f"""
    with unclosed as materialized (
        select d.id, d.date from sales_draw d
        where d.status <> 'void' and not exists (
            select from sales_drawclose closed where closed.draw_id = d.id
        )
    ), held as (
        select t.agent_id, sum(t.revenue_amount - t.commission_amount)::bigint as amount
        from sales_agentdrawtotal t
        where t.agent_id = any(%(agents)s) and t.draw_date >= (select min(date) from unclosed)
          and t.draw_id in (select id from unclosed)
        group by t.agent_id
    )
    select a.id, coalesce(b.receivable, 0), coalesce(held.amount, 0),
        {_SECURED.format(deposit="b.collateral")}::bigint, {_EXCEPTION}::bigint,
        {limit_sql("b.collateral")}
    from sales_agent a
    left join sales_agentbalance b on b.agent_id = a.id
    left join held on held.agent_id = a.id
    where a.id = any(%(agents)s)
    order by a.id
"""  # noqa: S608 -- statements of our own


@dataclass(frozen=True, slots=True)
class Credit:
    """An agent's credit on a day, in đồng. `ratio_bps` is None where no rule holds."""

    ratio_bps: int | None
    agent_id: int
    balance_amount: int
    held_amount: int
    secured_amount: int
    exception_amount: int
    limit_amount: int

    @property
    def debt_amount(self) -> int:
        """What is owed, and what will be for the tickets held."""
        return self.balance_amount + self.held_amount

    @property
    def is_over(self) -> bool:
        return self.ratio_bps is not None and self.debt_amount > self.limit_amount


def credit_of(agents: Sequence[int], *, on: date) -> list[Credit]:
    """The credit of each agent, in two queries."""
    return _credits(agents, on, rule_value(RuleKey.CREDIT_RATIO, on))


def over_limit(
    cursor: CursorWrapper, lines: Sequence[Line], facts: Facts, *, on: date
) -> list[Fault]:
    """A fault for the first line of each agent the lines took over its limit.

    Only who gets tickets is looked at: a return recorded wrongly is taken back whatever is owed.
    Call it last in the writing transaction: it holds the agents' balances, so that whoever issues
    to the same agent meanwhile waits, and then sees these tickets too.
    """
    ratio, given = rule_value(RuleKey.CREDIT_RATIO, on), _given(lines, facts)
    if ratio is None or not given:
        return []
    hold_balances(cursor, given)
    return _faults(lines, facts, _credits(sorted(given), on, ratio))


def foreseen_over_limit(lines: Sequence[Line], facts: Facts, *, on: date) -> list[Fault]:
    """As `over_limit`, of lines not recorded yet: to the đồng of rounding a commission."""
    ratio, given = rule_value(RuleKey.CREDIT_RATIO, on), _given(lines, facts)
    if ratio is None or not given:
        return []
    added: Counter[int] = Counter()
    for line in lines:
        amount = (line.issued - line.returned) * facts.products[line.product].face_value_amount
        added[facts.agents[line.agent].pk] += amount - share(amount, facts.commission_bps(line))
    now = _credits(sorted(given), on, ratio)
    then = [replace(each, held_amount=each.held_amount + added[each.agent_id]) for each in now]
    return _faults(lines, facts, then)


def _given(lines: Sequence[Line], facts: Facts) -> set[int]:
    """The agents that get more tickets than they give back."""
    return {facts.agents[line.agent].pk for line in lines if line.issued > max(line.returned, 0)}


def _faults(lines: Sequence[Line], facts: Facts, credits_: Iterable[Credit]) -> list[Fault]:
    over = {each.agent_id: each for each in credits_ if each.is_over}
    faults = []
    for row, line in enumerate(lines, 1):
        if credit := over.pop(facts.agents[line.agent].pk, None):
            values = {
                "agent": line.agent,
                "debt": credit.debt_amount,
                "limit": credit.limit_amount,
                "over": credit.debt_amount - credit.limit_amount,
            }
            faults.append(Fault(row, "issued", "agent.over_limit", values))
    return faults


def uncovered(lines: Sequence[MoneyLine], agents: Mapping[str, Agent], *, on: date) -> list[Fault]:
    """A fault for the first line of each agent that gives back money its debt is secured by.

    What is set off against the debt may go. Call it in the writing transaction once the lines are
    booked, with the balances of `agents` (by code) held.
    """
    ratio, given_back = rule_value(RuleKey.CREDIT_RATIO, on), _given_back(lines, agents)
    if ratio is None or not given_back:
        return []
    faults = []
    for credit in _credits(sorted(given_back), on, ratio):
        if credit.is_over:
            row = given_back[credit.agent_id]
            values = {
                "agent": lines[row - 1].agent,
                "debt": credit.debt_amount,
                "limit": credit.limit_amount,
            }
            faults.append(Fault(row, "amount", "money.collateral_needed", values))
    return sorted(faults, key=lambda fault: fault.row)


def _given_back(lines: Sequence[MoneyLine], agents: Mapping[str, Agent]) -> dict[int, int]:
    """The first row of each agent that gets security back in money."""
    rows: dict[int, int] = {}
    for row, line in enumerate(lines, 1):
        if line.event == "collateral" and line.amount < 0 and line.into != "offset":
            rows.setdefault(agents[line.agent].pk, row)
    return rows


def allow_more(
    agent: Agent, *, limit_amount: int, first: date, last: date, reason: str, by: User, at: datetime
) -> CreditException:
    """Let the agent owe up to so much until a day, for a reason. Raises RecordRefused."""
    values = {
        "agent": agent, "limit_amount": limit_amount, "valid_from": first, "valid_to": last,
        "reason": reason.strip(), "by": by, "at": at,
    }  # fmt: skip
    return keep(CreditException(), values)


def _credits(agents: Iterable[int], on: date, ratio: int | None) -> list[Credit]:
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, {"agents": list(agents), "on": on, "ratio": ratio})
        rows: list[Any] = cursor.fetchall()
    return [Credit(ratio, *row) for row in rows]

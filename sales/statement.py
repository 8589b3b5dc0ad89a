"""An agent's statement of account (bảng đối chiếu công nợ): what stood, what moved, what is left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from sales.engine.ageing import Ageing, ageing
from sales.models import Agent
from sales.terms import debt_term_days

#: The amounts of a statement's line, as the journal's columns; credits are shown as they are.
AMOUNTS = (
    "receivable",
    "collateral",
    "revenue",
    "commission",
    "withheld_tax",
    "prizes",
    "payout_fee",
    "interest",
    "adjustment",
)

_OPENING = """
    select coalesce(sum(receivable), 0)::bigint, coalesce(sum(collateral), 0)::bigint from (
        select receivable, collateral from sales_agentmonthtotal
        where agent_id = %(agent)s and month < %(month)s
        union all
        select receivable, collateral from sales_journalentry
        where agent_id = %(agent)s and value_date >= %(month)s and value_date < %(first)s
    ) before
"""
_LINES = f"""
    select entry.id, entry.value_date, entry.event, draw.date, product.code, entry.reference,
        entry.reason, entry.reverses_id, {", ".join(f"entry.{name}" for name in AMOUNTS)}
    from sales_journalentry entry
    left join sales_draw draw on draw.id = entry.draw_id
    left join sales_product product on product.id = entry.product_id
    where entry.agent_id = %(agent)s and entry.value_date between %(first)s and %(last)s
    order by entry.value_date, entry.id
"""  # noqa: S608 -- columns of our own
# What was owed by draw, newest last; the rest of the account settles the oldest first.
_DEBTS = """
    select coalesce(draw.date, entry.value_date), sum(entry.receivable)::bigint
    from sales_journalentry entry left join sales_draw draw on draw.id = entry.draw_id
    where entry.agent_id = %(agent)s and entry.value_date <= %(on)s
      and entry.event in ('sale', 'interest', 'adjustment') and entry.value_date >= %(since)s
    group by 1
"""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry of the period; `balance` is what is owed after it. Amounts are đồng."""

    entry: int
    value_date: date
    event: str
    draw_date: date | None
    product: str | None
    reference: str
    reason: str
    reverses: int | None
    amounts: dict[str, int]
    balance: int


@dataclass(frozen=True, slots=True)
class Statement:
    """An account between two days, both included. `closing` = `opening` + what the lines move."""

    agent: Agent
    first: date
    last: date
    opening: int
    closing: int
    collateral: int
    lines: tuple[StatementLine, ...]


def statement_of(agent: Agent, *, first: date, last: date) -> Statement:
    """The agent's statement, in two queries."""
    month = first.replace(day=1)
    asked: dict[str, Any] = {"agent": agent.pk, "first": first, "last": last, "month": month}
    with connection.cursor() as cursor:
        cursor.execute(_OPENING, asked)
        opening, collateral = cursor.fetchone()
        cursor.execute(_LINES, asked)
        lines = tuple(_lines(cursor.fetchall(), opening))
    moved = sum(line.amounts["receivable"] for line in lines)
    held = collateral + sum(line.amounts["collateral"] for line in lines)
    return Statement(agent, first, last, opening, opening + moved, -held, lines)


def _lines(rows: list[tuple[Any, ...]], balance: int) -> Iterator[StatementLine]:
    for row in rows:
        amounts = dict(zip(AMOUNTS, row[8:], strict=True))
        balance += amounts["receivable"]
        yield StatementLine(*(*row[:8], amounts, balance))


#: Older debts are looked up as one sum: nobody's debt is told in days beyond it.
_LOOK_BACK = timedelta(days=400)


def age_of(agent: Agent, *, on: date) -> Ageing:
    """How old the agent's debt is on the day, by the term of contract or rule in force then."""
    term = debt_term_days(agent, on=on)
    since = (on - _LOOK_BACK).replace(day=1)
    asked: dict[str, Any] = {
        "agent": agent.pk,
        "on": on,
        "since": since,
        "first": since,
        "month": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPENING, asked)
        opening, _collateral = cursor.fetchone()
        cursor.execute(_DEBTS, asked)
        owed = [(day, amount) for day, amount in cursor.fetchall()]
    balance = statement_of(agent, first=on, last=on).closing
    debts = [(day + timedelta(days=term), amount) for day, amount in [(since, opening), *owed]]
    settled = sum(amount for _day, amount in debts) - balance
    return ageing(debts, settled, on=on)

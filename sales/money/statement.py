"""An agent's statement of account (bảng đối chiếu công nợ): what stood, what moved, what is left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from backend.db import Prepared
from backend.org.models import scope_pattern
from sales.models import Agent, JournalEvent

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

# The first row is what stood before the first day, in the columns of what moved it. A month's few draws
# and products are looked up one by one: a join would read all draws there are.
_ACCOUNT = Prepared(
    "statement_account",
    f"""
    select null as id, null::date as value_date, '', null::date, null, '', '', null::bigint,
        coalesce(sum(receivable), 0)::bigint, coalesce(sum(collateral), 0)::bigint
        {", null::bigint" * (len(AMOUNTS) - 2)}
    from (
        select receivable, collateral from sales_agentmonthtotal
        where agent_id = %(agent)s and month < %(month)s
        union all
        select receivable, collateral from sales_journalentry
        where agent_id = %(agent)s and value_date >= %(month)s and value_date < %(first)s
    ) before
    union all
    select id, value_date, event, (select date from sales_draw where id = draw_id),
        (select code from sales_product where id = product_id), reference, reason, reverses_id,
        {", ".join(AMOUNTS)}
    from sales_journalentry
    where agent_id = %(agent)s and value_date between %(first)s and %(last)s
    order by value_date nulls first, id
    """,  # noqa: S608 -- columns of our own
    agent="bigint",
    first="date",
    last="date",
    month="date",
)


#: Who is asked for most by a statement alone: planned once, as the ORM takes as long as the database.
_AGENT = Prepared(
    "statement_agent",
    """
    select id, code, name, credit_limit_amount from sales_agent where code = %(code)s and (
        %(below)s is null or region_id in (select id from org_region where path ~ %(below)s)
    )
    """,
    code="text",
    below="text",
)


def agent_seen(code: str, *, path: str | None) -> Agent | None:
    """The agent of that code, if it is of these units or below them (`User.scope_path`; None is all): as
    much of it as a statement tells."""
    below = None if path is None else scope_pattern(path)
    for row in _AGENT.rows(code=code, below=below):
        told: Agent = Agent.from_db("default", ["id", "code", "name", "credit_limit_amount"], row)
        return told
    return None


class StatementLine(msgspec.Struct, frozen=True, gc=False):
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

    @property
    def revenue_amount(self) -> int:
        """Revenue as people read it, not as a credit."""
        return -self.amounts["revenue"]


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

    @property
    def amounts(self) -> dict[str, int]:
        """The account as people read it, by the names of `AccountAmounts`."""
        paid = [line for line in self.lines if line.event == JournalEvent.PAYMENT]
        return {
            "opening_amount": self.opening,
            "revenue_amount": -self._sum("revenue"),
            "commission_amount": self._sum("commission"),
            "tax_amount": -self._sum("withheld_tax"),
            "prize_amount": self._sum("prizes"),
            "payout_fee_amount": self._sum("payout_fee"),
            "paid_amount": -sum(line.amounts["receivable"] for line in paid),
            "other_amount": -self._sum("interest") - self._sum("adjustment"),
            "closing_amount": self.closing,
            "collateral_amount": self.collateral,
        }

    def _sum(self, account: str) -> int:
        return sum(line.amounts[account] for line in self.lines)


def statement_of(agent: Agent, *, first: date, last: date) -> Statement:
    """The agent's statement, in one query."""
    month = first.replace(day=1)
    before, *rows = _ACCOUNT.rows(agent=agent.pk, first=first, last=last, month=month)
    opening, collateral = before[8:10]
    lines = tuple(_lines(rows, opening))
    moved = sum(line.amounts["receivable"] for line in lines)
    held = collateral + sum(line.amounts["collateral"] for line in lines)
    return Statement(agent, first, last, opening, opening + moved, -held, lines)


def _lines(rows: list[tuple[Any, ...]], balance: int) -> Iterator[StatementLine]:
    for row in rows:
        amounts = dict(zip(AMOUNTS, row[8:], strict=True))
        balance += amounts["receivable"]
        yield StatementLine(*(*row[:8], amounts, balance))

"""Interest agents owe for paying late: computed for a month, booked once (lãi chậm nộp)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.months import last_day
from backend.problems import Problem
from sales.agents.terms import TERMS, longest_term
from sales.engine import posting
from sales.engine.interest import Interest, Moved, interest
from sales.figures.rows import rows_of, scope
from sales.ledger.journal import Entry, hold_balances
from sales.models import (
    AgentContract,
    JournalEntry,
    JournalEvent,
    RecordingBatch,
    RuleKey,
    Source,
)
from sales.money.booking import book
from sales.rules import rule_by_day, rules_between
from sales.whole_company import require_whole_company

# The debt without interest: what stood before the first day, then day by day.
_OPENINGS: Final = """
    select agent_id, sum(amount)::bigint from (
        select agent_id, receivable as amount from sales_agentmonthtotal where month < %(since)s
        union all
        select agent_id, -receivable from sales_journalentry
        where interest <> 0 and value_date < %(since)s
    ) parts
    group by agent_id
"""
_MOVES: Final = """
    select agent_id, value_date, sum(receivable)::bigint,
        coalesce(sum(receivable) filter (where event in ('sale', 'adjustment')), 0)::bigint
    from sales_journalentry
    where value_date between %(since)s and %(last)s and agent_id is not null
      and event <> 'interest' and receivable <> 0
    group by 1, 2
"""
_AGENTS: Final = """
    select agent.id, agent.code, agent.name, agent.region_id, region.name
    from sales_agent agent join org_region region on region.id = agent.region_id
    where %(path)s::text is null or region.path ~ %(below)s
    order by agent.code
"""


class MonthNotOver(Problem):
    status = 409
    code = "interest.not_over"
    message = _("Tháng này chưa hết nên chưa tính đủ lãi chậm nộp. Hãy chờ đến ngày đầu tháng sau.")


class RateUnsettled(Problem):
    status = 409
    code = "interest.rate_unsettled"
    message = _(
        "Mức lãi chậm nộp chưa được xác nhận nên chưa ghi sổ được. Hãy nhờ quản trị xác nhận "
        "trong Danh mục, mục Quy định bán vé."
    )


class NothingToBook(Problem):
    status = 409
    code = "interest.nothing"
    message = _("Không có lãi chậm nộp nào chưa ghi sổ của tháng này.")


@dataclass(frozen=True, slots=True)
class Owed:
    """An agent's interest of a month; `booked_amount` is what stands in the books of it."""

    agent_id: int
    code: str
    name: str
    region_id: int
    region: str
    interest: Interest
    booked_amount: int

    @property
    def open_amount(self) -> int:
        """What is not booked yet; below nothing where too much is."""
        return self.interest.amount - self.booked_amount


def reference_of(month: date) -> str:
    """The number under which the interest of a month is booked."""
    return f"LCN-{month:%Y-%m}"


def interest_of(month: date, *, path: str | None = None) -> list[Owed]:
    """Every agent of these units (now) with interest of the month, the most first; seven queries."""
    first, last = month.replace(day=1), last_day(month)
    since = (first - timedelta(days=longest_term(last))).replace(day=1)
    terms = dict(rows_of(TERMS, on=last))
    openings = dict(rows_of(_OPENINGS, since=since))
    moves: dict[int, dict[date, Moved]] = defaultdict(dict)
    for agent, day, change, debt in rows_of(_MOVES, since=since, last=last):
        moves[agent][day] = Moved(change, debt)
    booked, rates = _booked(month), _Rates(first, last)
    rows = []
    for pk, code, name, region_id, area in rows_of(_AGENTS, **scope(path)):
        due = interest(
            openings.get(pk, 0),
            moves[pk],
            first=first,
            last=last,
            term=terms[pk],
            rate_on=rates.of(pk),
        )
        if due.amount or booked.get(pk):
            rows.append(Owed(pk, code, name, region_id, area, due, booked.get(pk, 0)))
    return sorted(rows, key=lambda row: (-row.interest.amount, row.code))


def book_interest(month: date, *, by: User, at: datetime) -> RecordingBatch:
    """Book what is not booked yet of the interest of the month, on its last day.

    Raises WholeCompanyOnly, MonthNotOver, RateUnsettled, NothingToBook, PeriodClosed.
    """
    require_whole_company(by)
    if last_day(month) >= at.astimezone(VN).date():
        raise MonthNotOver
    if not _is_settled(month):
        raise RateUnsettled
    with transaction.atomic():
        agents = [row.agent_id for row in interest_of(month)]
        with connection.cursor() as cursor:
            hold_balances(cursor, agents)
        entries = _entries(month, interest_of(month))
        if not entries:
            raise NothingToBook
        return book(entries, by=by, at=at, key="", source=Source.PAGE)


def _entries(month: date, rows: Sequence[Owed]) -> list[Entry]:
    return [
        Entry(
            event=JournalEvent.INTEREST,
            agent_id=row.agent_id,
            region_id=row.region_id,
            value_date=last_day(month),
            legs=posting.interest(row.open_amount),
            reference=reference_of(month),
            reason=str(_("Lãi chậm nộp tháng {month}").format(month=f"{month:%m/%Y}")),
        )
        for row in rows
        if row.open_amount
    ]


def _booked(month: date) -> dict[int, int]:
    """What stands of it in the books, reversals counted, by agent."""
    entries = JournalEntry.objects.filter(
        event=JournalEvent.INTEREST, reference=reference_of(month)
    )
    booked: dict[int, int] = defaultdict(int)
    for agent, amount in entries.exclude(interest=0).values_list("agent_id", "receivable"):
        if agent is not None:
            booked[agent] += amount
    return booked


class _Rates:
    """The rates of a month: what the contract of the day says, else the rule of the day."""

    def __init__(self, first: date, last: date) -> None:
        self._rule_on = cache(rule_by_day(rules_between(RuleKey.OVERDUE_INTEREST, first, last)))
        self._contracts: dict[int, list[AgentContract]] = defaultdict(list)
        known = AgentContract.objects.filter(valid_from__lte=last).exclude(valid_to__lt=first)
        for contract in known.exclude(overdue_interest_bps=None):
            self._contracts[contract.agent_id].append(contract)

    def of(self, agent: int) -> Callable[[date], int]:
        """The agent's rate on a day, in basis points a year; 0 where nothing says one."""
        contracts = self._contracts.get(agent, [])

        def rate_on(day: date) -> int:
            for each in contracts:  # one at a time is in force
                if each.valid_from <= day and (each.valid_to is None or day <= each.valid_to):
                    return each.overdue_interest_bps or 0
            rule = self._rule_on(day)
            return rule.value if rule else 0

        return rate_on


def _is_settled(month: date) -> bool:
    rules = rules_between(RuleKey.OVERDUE_INTEREST, month.replace(day=1), last_day(month))
    return all(rule.is_confirmed for rule in rules)

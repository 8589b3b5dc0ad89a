"""Income tax withheld from the commission of agents who are persons, as it is booked (thuế TNCN khấu trừ).

Money is withheld by confirmed rules only. Where what is free of tax in a year is confirmed too, the tax is
that of the year's revenue so far, so that corrections in any order leave withheld what is due. What was
taken before, by whatever rule, is not taken again, and what was never taken is not given back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.backends.utils import CursorWrapper

from sales.engine.posting import share
from sales.engine.taxes import YearTerms
from sales.ledger.journal import hold_balances
from sales.models import AgentKind, RuleKey
from sales.rules import rule_value


def kinds_then(where: str = "") -> str:
    """The kind an agent had when an entry was recorded, to be joined by agent and moment: an agent who
    became an organisation was a person before. What was recorded before the first history counts as it."""
    return f"""
        kinds as (
            select agent_id, kind, count(*) over (partition by agent_id) > 1 as has_changed,
                case when row_number() over turns = 1 then '-infinity' else pgh_created_at end as since,
                coalesce(lead(pgh_created_at) over turns, 'infinity') as until
            from (
                select pgh_obj_id as agent_id, kind, pgh_created_at, pgh_id,
                    lag(kind) over (partition by pgh_obj_id order by pgh_id) as before
                from sales_agentevent {where}
            ) history
            where before is distinct from kind
            window turns as (partition by agent_id order by pgh_id)
        )
    """  # noqa: S608 -- statements of our own


# What an agent took as an organisation is no person's revenue; few ever change. Months sum the tax
# of winners too, where the agent paid the prize; such entries are few (an index holds them alone).
_YEARS: Final = f"""
    with {kinds_then("where pgh_obj_id = any(%(agents)s)")}, organisations as (
        select entry.agent_id, extract(year from value_date)::int as year,
            sum(commission + payout_fee)::bigint as revenue
        from kinds
        join sales_journalentry entry on entry.agent_id = kinds.agent_id
        join sales_recordingbatch batch on batch.id = entry.batch_id
            and batch.recorded_at >= kinds.since and batch.recorded_at < kinds.until
        where kinds.has_changed and kinds.kind = '{AgentKind.ORGANISATION.value}'
            and event in ('sale', 'prize')
        group by 1, 2
    ), winners as (
        select agent_id, extract(year from value_date)::int as year,
            sum(withheld_tax)::bigint as withheld
        from sales_journalentry
        where event = 'prize' and withheld_tax <> 0 and agent_id = any(%(agents)s)
        group by 1, 2
    ), years as (
        select agent_id, extract(year from month)::int as year,
            sum(commission + payout_fee)::bigint as revenue, sum(withheld_tax)::bigint as withheld
        from sales_agentmonthtotal
        where agent_id = any(%(agents)s) and extract(year from month) = any(%(years)s)
        group by 1, 2
    )
    select agent_id, year, years.revenue - coalesce(organisations.revenue, 0),
        coalesce(winners.withheld, 0) - years.withheld
    from years left join winners using (agent_id, year)
    left join organisations using (agent_id, year)
"""  # noqa: S608 -- statements of our own


@dataclass(frozen=True, slots=True)
class Rates:
    """What is withheld of a draw; without `terms` nothing is free of it."""

    bps: int
    terms: YearTerms | None = None

    def due(self, revenue: int) -> int:
        """Of a person's revenue of the year."""
        return self.terms.tax(revenue, revenue * self.bps) if self.terms else 0


def rates_on(day: date) -> Rates:
    """The confirmed rules of a draw's day; what is free is told by those of its year's last day."""
    bps = rule_value(RuleKey.COMMISSION_TAX, day, confirmed=True) or 0
    if not bps:
        return Rates(0)
    end = day.replace(month=12, day=31)
    free = rule_value(RuleKey.COMMISSION_TAX_FREE, end, confirmed=True)
    above = rule_value(RuleKey.COMMISSION_TAX_ABOVE, end, confirmed=True)
    if free is None or above is None:
        return Rates(bps)
    return Rates(bps, YearTerms(free, only_above=bool(above)))


# A correction is booked on the day of its draw, as the sale was.
_SALES: Final = """
    select agent_id, product_id, draw_id, -sum(withheld_tax)::bigint from sales_journalentry
    where event = 'sale' and agent_id = any(%(agents)s) and value_date = any(%(days)s)
    group by 1, 2, 3 having sum(withheld_tax) <> 0
"""

#: Of a person's year: revenue, and what was withheld of it.
Year = tuple[int, int]
#: Agent, product and draw of a sale.
Sale = tuple[int, int, int]


class Withholding:
    """Knows each person's years while entries are made of them, one after the other, and what was
    withheld of the sales that are corrected."""

    def __init__(self, years: Mapping[tuple[int, int], Year], sales: Mapping[Sale, int]) -> None:
        self._years = dict(years)
        self._sales = sales

    def more(self, rates: Rates, sale: Sale, draw: date, *, before: int, after: int) -> int:
        """What is withheld, or given back, where a commission of `before` becomes one of `after`."""
        if rates.terms is None:
            taken = self._sales.get(sale, 0)
            return _more(share(before, rates.bps), share(after, rates.bps), taken)
        key = sale[0], draw.year
        known, taken = self._years.get(key, (0, 0))
        now = known + after - before
        tax = _more(rates.due(known), rates.due(now), taken)
        self._years[key] = now, taken + tax
        return tax


def _more(due_before: int, due: int, taken: int) -> int:
    """What is left to withhold; below nothing what is given back.

    What was due before and not taken (the rule was not confirmed then) is not taken later.
    """
    return due - taken if due < taken else max(due - max(due_before, taken), 0)


def withholding(
    cursor: CursorWrapper,
    rates: Iterable[Rates],
    agents: Iterable[int],
    draws: Iterable[date],
    *,
    is_correction: bool = False,
) -> Withholding:
    """Ready for entries of these agents and draws: their sales, or corrections of those booked before.

    Where the year counts, their balances are held until the transaction ends: nobody books meanwhile.
    """
    known, days, laws = sorted(set(agents)), sorted(set(draws)), list(rates)
    sales: dict[Sale, int] = {}
    if is_correction and any(each.bps and each.terms is None for each in laws):
        cursor.execute(_SALES, {"agents": known, "days": days})
        sales = {(agent, product, draw): taken for agent, product, draw, taken in cursor.fetchall()}
    if all(each.terms is None for each in laws):
        return Withholding({}, sales)
    hold_balances(cursor, known)
    cursor.execute(_YEARS, {"agents": known, "years": sorted({day.year for day in days})})
    years = {(agent, year): (revenue, taken) for agent, year, revenue, taken in cursor.fetchall()}
    return Withholding(years, sales)

"""The income tax of agents who are persons, by year: what each took, what of it is taxed, what was withheld.

From the journal by value date, as the yearly list 01/BK-XSBHĐC and the declarations 01/XSBHĐC have it. A
person's revenue is what the company pays him: commission, and fees for prizes paid on its behalf.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from backend.clock import VN
from sales.engine.posting import WHOLE_BPS
from sales.engine.taxes import YearTerms
from sales.figures.rows import rows_of
from sales.ledger.withholding import kinds_then
from sales.models import Agent, AgentKind, Draw, DrawStatus, RuleKey, SalesRule
from sales.models.agents import masked
from sales.rules import rule_by_day, rules_between

_TAKEN: Final = f"""
    with {kinds_then()}, rates as (
        select day::date, (
            select value from sales_salesrule
            where key = %(rate)s and valid_from <= day and (valid_to is null or day <= valid_to)
            order by valid_from desc, id desc limit 1
        ) as bps
        from generate_series(%(first)s::date, %(last)s::date, interval '1 day') as day
    )
    select entry.agent_id, extract(quarter from value_date)::int,
        coalesce(bool_or(kinds.has_changed), false), sum(commission)::bigint, sum(payout_fee)::bigint,
        sum((commission + payout_fee) * coalesce(bps, 0))::bigint,
        coalesce(sum(-withheld_tax) filter (where event = 'sale'), 0)::bigint,
        coalesce(sum(commission + payout_fee) filter (where recorded_at > %(since)s), 0)::bigint
    from sales_journalentry entry
    join sales_recordingbatch batch on batch.id = entry.batch_id
    join sales_agent agent on agent.id = entry.agent_id
    join rates on rates.day = value_date
    left join kinds on kinds.agent_id = entry.agent_id
        and batch.recorded_at >= kinds.since and batch.recorded_at < kinds.until
    where value_date between %(first)s and %(last)s and event in ('sale', 'prize')
        and coalesce(kinds.kind, agent.kind) = '{AgentKind.PERSON.value}'
    group by 1, 2 order by 1, 2
"""  # noqa: S608 -- statements of our own
_LAWS: Final = (RuleKey.COMMISSION_TAX, RuleKey.COMMISSION_TAX_FREE, RuleKey.COMMISSION_TAX_ABOVE)
_QUARTERS: Final = (1, 2, 3, 4)


class _Taken(NamedTuple):
    """What an agent took in a quarter; `by_rate` is each part times its rate."""

    agent_id: int
    quarter: int
    has_changed: bool
    commission: int
    fee: int
    by_rate: int
    withheld: int
    changed: int


@dataclass(frozen=True, slots=True)
class TaxLaw:
    """A rule that the list applies: what it says, from which document, whether somebody confirmed it."""

    key: str
    value: int
    document: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class AgentTax:
    """A person's year. `number` is masked: of the tax code or, without one, of the identity paper.

    `has_changed`: was an organisation at some time; what was booked then is not in here. `changed_amount`
    is revenue that was booked since the list last went out.
    """

    agent: str
    name: str
    region: str
    number: str
    commission_amount: int
    fee_amount: int
    taxable_amount: int
    tax_amount: int
    withheld_amount: int
    changed_amount: int
    has_changed: bool

    @property
    def revenue_amount(self) -> int:
        return self.commission_amount + self.fee_amount


@dataclass(frozen=True, slots=True)
class QuarterTax:
    """What the declaration 01/XSBHĐC of a quarter holds; the four add up to the year."""

    quarter: int
    revenue_amount: int
    taxable_amount: int
    tax_amount: int
    withheld_amount: int


@dataclass(frozen=True, slots=True)
class TaxYear:
    """All persons who took or gave back something in the year, by code. Amounts are đồng.

    `laws` are the rules of the year's last day; `untouched_amount` the tax if nothing were free of it;
    `open_draws` were held but their sales are not booked yet.
    """

    year: int
    laws: tuple[TaxLaw, ...]
    people: tuple[AgentTax, ...]
    quarters: tuple[QuarterTax, ...]
    untouched_amount: int
    open_draws: int

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        return date(self.year, 12, 31)

    @property
    def without_number(self) -> tuple[AgentTax, ...]:
        return tuple(each for each in self.people if not each.number)

    @property
    def changed(self) -> tuple[AgentTax, ...]:
        """Whose revenue was booked since the list last went out: a supplementary return is due."""
        return tuple(each for each in self.people if each.changed_amount)

    @property
    def taxed(self) -> int:
        """How many have something to be taxed."""
        return sum(each.taxable_amount > 0 for each in self.people)

    @property
    def unconfirmed(self) -> tuple[TaxLaw, ...]:
        return tuple(law for law in self.laws if not law.is_confirmed)

    @property
    def takes_all(self) -> bool:
        """Closing a draw withholds from the first đồng: the rate is confirmed, what is free is not."""
        sure = {law.key for law in self.laws if law.is_confirmed}
        return RuleKey.COMMISSION_TAX in sure and not sure.issuperset(_LAWS)

    def total(self, name: str) -> int:
        """Of a column of the list."""
        return sum(getattr(each, name) for each in self.people)


def tax_year(year: int, *, since: datetime | None = None) -> TaxYear:
    """The year in seven queries. `since`: when the list last went out."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    laws = _laws(last)
    terms = _terms(laws)
    moment = since or datetime.max.replace(tzinfo=VN)
    taken = [
        _Taken(*row)
        for row in rows_of(
            _TAKEN, first=first, last=last, rate=RuleKey.COMMISSION_TAX, since=moment
        )
    ]
    by_agent = _by_agent(taken)
    held = Draw.objects.between(first, last).filter(status=DrawStatus.HELD)
    return TaxYear(
        year=year,
        laws=laws,
        people=tuple(_people(by_agent, terms)),
        quarters=_quarters(by_agent.values(), terms),
        untouched_amount=sum(row.by_rate for row in taken) // WHOLE_BPS,
        open_draws=held.filter(close=None).count(),
    )


def _laws(on: date) -> tuple[TaxLaw, ...]:
    found = (rule_by_day(rules_between(key, on, on))(on) for key in _LAWS)
    return tuple(_law(rule) for rule in found if rule is not None)


def _law(rule: SalesRule) -> TaxLaw:
    return TaxLaw(rule.key, rule.value, rule.document, rule.is_confirmed)


def _terms(laws: Sequence[TaxLaw]) -> YearTerms:
    """Without a rule nothing is free."""
    values = {law.key: law.value for law in laws}
    return YearTerms(
        free_amount=values.get(RuleKey.COMMISSION_TAX_FREE, 0),
        only_above=bool(values.get(RuleKey.COMMISSION_TAX_ABOVE, 0)),
    )


def _by_agent(taken: Sequence[_Taken]) -> dict[int, list[_Taken]]:
    found: dict[int, list[_Taken]] = {}
    for row in taken:
        found.setdefault(row.agent_id, []).append(row)
    return found


def _people(by_agent: dict[int, list[_Taken]], terms: YearTerms) -> Iterable[AgentTax]:
    agents = Agent.objects.filter(pk__in=by_agent).select_related("region").order_by("code")
    for agent in agents:
        rows = by_agent[agent.pk]
        commission, fee = sum(row.commission for row in rows), sum(row.fee for row in rows)
        by_rate, withheld = sum(row.by_rate for row in rows), sum(row.withheld for row in rows)
        if commission or fee or withheld:
            yield AgentTax(
                agent=agent.code,
                name=agent.name,
                region=agent.region.name,
                number=masked(agent.tax_code) or agent.identity_shown,
                commission_amount=commission,
                fee_amount=fee,
                taxable_amount=terms.taxable(commission + fee),
                tax_amount=terms.tax(commission + fee, by_rate),
                withheld_amount=withheld,
                changed_amount=sum(row.changed for row in rows),
                has_changed=any(row.has_changed for row in rows),
            )


def _quarters(of_agents: Iterable[list[_Taken]], terms: YearTerms) -> tuple[QuarterTax, ...]:
    """Each quarter adds to what was taxable and due of the year until then."""
    sums = {quarter: [0, 0, 0, 0] for quarter in _QUARTERS}
    for rows in of_agents:
        known = {row.quarter: row for row in rows}
        revenue = by_rate = taxable = tax = 0
        for quarter in _QUARTERS:
            if (row := known.get(quarter)) is None:
                continue
            revenue, by_rate = revenue + row.commission + row.fee, by_rate + row.by_rate
            more = terms.taxable(revenue) - taxable, terms.tax(revenue, by_rate) - tax
            taxable, tax = taxable + more[0], tax + more[1]
            added = (row.commission + row.fee, *more, row.withheld)
            sums[quarter] = [a + b for a, b in zip(sums[quarter], added, strict=True)]
    return tuple(QuarterTax(quarter, *amounts) for quarter, amounts in sums.items())

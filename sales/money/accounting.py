"""A month of sales for the accountant: what was booked, taxes in the price, income tax withheld."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.months import last_day, shifted
from sales.engine.posting import ACCOUNTS, share
from sales.engine.taxes import TicketTaxes, taxes_in
from sales.figures.rows import rows_of
from sales.ledger.withholding import kinds_then
from sales.models import AgentKind, JournalEntry, RuleKey
from sales.rules import rule_by_day, rules_between

_BOOKED: Final = f"""
    select event, product.code, {", ".join(f"sum(entry.{name})::bigint" for name in ACCOUNTS)}
    from sales_journalentry entry left join sales_product product on product.id = entry.product_id
    where value_date between %(first)s and %(last)s
    group by 1, 2 order by 1, 2
"""  # noqa: S608 -- columns of our own
_REVENUE: Final = """
    select product.code, product.name, value_date, -sum(revenue)::bigint
    from sales_journalentry entry join sales_product product on product.id = entry.product_id
    where value_date between %(first)s and %(last)s and revenue <> 0
    group by 1, 2, 3 order by 1, 3
"""
_COMMISSION: Final = f"""
    with {kinds_then()}
    select agent.code, agent.name, agent.tax_code, region.name, value_date,
        sum(-revenue)::bigint, sum(commission)::bigint, sum(-withheld_tax)::bigint
    from sales_journalentry entry
    join sales_recordingbatch batch on batch.id = entry.batch_id
    join sales_agent agent on agent.id = entry.agent_id
    join org_region region on region.id = agent.region_id
    left join kinds on kinds.agent_id = entry.agent_id
        and batch.recorded_at >= kinds.since and batch.recorded_at < kinds.until
    where value_date between %(first)s and %(last)s and event = 'sale'
        and coalesce(kinds.kind, agent.kind) = '{AgentKind.PERSON.value}'
    group by 1, 2, 3, 4, 5 order by 1, 5
"""  # noqa: S608 -- statements of our own
_PRIZES: Final = """
    select draw.date, product.code, entry.agent_id is not null, count(*) filter (
            where entry.reverses_id is null
        ) - count(*) filter (where entry.reverses_id is not null),
        sum(entry.prizes)::bigint, -sum(entry.withheld_tax)::bigint
    from sales_journalentry entry
    left join sales_draw draw on draw.id = entry.draw_id
    left join sales_product product on product.id = entry.product_id
    where entry.value_date between %(first)s and %(last)s and entry.event in ('prize', 'payout')
    group by 1, 2, 3 order by 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Booked:
    """What was booked of an event and product on each account: debits above, credits below zero."""

    event: str
    product: str
    amounts: dict[str, int]


@dataclass(frozen=True, slots=True)
class TaxBase:
    """Revenue of a product under the same rates, taken apart; rates in basis points.

    `is_confirmed`: somebody has confirmed both rates.
    """

    product: str
    name: str
    vat_bps: int
    excise_bps: int
    is_confirmed: bool
    taxes: TicketTaxes


@dataclass(frozen=True, slots=True)
class CommissionTax:
    """A person's commission of the month, the tax by the rate, and what was withheld in fact.

    What is free of tax in a year is not taken off here: that is known of the year only (`tax_year`).
    """

    agent: str
    name: str
    tax_code: str
    region: str
    revenue_amount: int
    commission_amount: int
    by_rule_amount: int
    withheld_amount: int


@dataclass(frozen=True, slots=True)
class PrizeTax:
    """Prizes of a draw paid in the month, by the company or by agents; no winner is named.

    Prizes booked without their ticket have neither draw nor product.
    """

    draw: date | None
    product: str
    is_by_agents: bool
    count: int
    prizes_amount: int
    tax_amount: int


@dataclass(frozen=True, slots=True)
class Handover:
    """A month for the accountant, both days included."""

    first: date
    last: date
    booked: tuple[Booked, ...]
    tax_bases: tuple[TaxBase, ...]
    commission_taxes: tuple[CommissionTax, ...]
    prize_taxes: tuple[PrizeTax, ...]


def handover(month: date) -> Handover:
    """The month in eight queries."""
    first = month.replace(day=1)
    return booked_between(first, last_day(first))


def booked_between(first: date, last: date) -> Handover:
    """The same of any days, both included."""
    return Handover(
        first,
        last,
        tuple(
            Booked(event, product or "", dict(zip(ACCOUNTS, amounts, strict=True)))
            for event, product, *amounts in rows_of(_BOOKED, first=first, last=last)
        ),
        tuple(_tax_bases(first, last)),
        tuple(_commission_taxes(first, last)),
        tuple(
            PrizeTax(day, product or "", by_agents, count, prizes, tax)
            for day, product, by_agents, count, prizes, tax in rows_of(
                _PRIZES, first=first, last=last
            )
        ),
    )


def entries_of(month: date) -> Iterator[tuple[object, ...]]:
    """Every entry of the month for a program, in the order of `ENTRY_COLUMNS`."""
    first = month.replace(day=1)
    entries = JournalEntry.objects.filter(value_date__gte=first, value_date__lt=shifted(first, 1))
    return entries.order_by("value_date", "pk").values_list(*ENTRY_FIELDS).iterator()


ENTRY_FIELDS: Final = (
    "pk", "value_date", "event", "agent__code", "region__code", "product__code", "draw__date",
    *ACCOUNTS, "reference", "reverses_id", "reason", "batch_id",
)  # fmt: skip
#: The heads of the columns in the file, in the same order.
ENTRY_COLUMNS: Final = (
    "entry", "date", "event", "agent", "region", "product", "draw_date", *ACCOUNTS, "reference",
    "reverses", "reason", "batch",
)  # fmt: skip


def _tax_bases(first: date, last: date) -> Iterator[TaxBase]:
    vat, excise = _rates(RuleKey.VAT, first, last), _rates(RuleKey.EXCISE, first, last)
    sums: dict[tuple[str, str, int, int, bool], int] = defaultdict(int)
    for code, name, day, revenue in rows_of(_REVENUE, first=first, last=last):
        (vat_bps, vat_sure), (excise_bps, excise_sure) = vat(day), excise(day)
        sums[code, name, vat_bps, excise_bps, vat_sure and excise_sure] += revenue
    for (code, name, vat_bps, excise_bps, is_sure), revenue in sums.items():
        taxes = taxes_in(revenue, vat_bps=vat_bps, excise_bps=excise_bps)
        yield TaxBase(code, name, vat_bps, excise_bps, is_sure, taxes)


def _commission_taxes(first: date, last: date) -> Iterator[CommissionTax]:
    rate = _rates(RuleKey.COMMISSION_TAX, first, last)
    people: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for code, name, tax_code, area, day, revenue, commission, withheld in rows_of(
        _COMMISSION, first=first, last=last
    ):
        by_rule = share(commission, rate(day)[0])
        sums = people[code, name, tax_code, area]
        for place, more in enumerate((revenue, commission, by_rule, withheld)):
            sums[place] += more
    for (code, name, tax_code, area), sums in people.items():
        yield CommissionTax(code, name, tax_code, area, *sums)


def _rates(key: RuleKey, first: date, last: date) -> Callable[[date], tuple[int, bool]]:
    """The rate of a day and whether it was confirmed; (0, False) where no rule holds."""
    rule_on = rule_by_day(rules_between(key, first, last))

    def on(day: date) -> tuple[int, bool]:
        rule = rule_on(day)
        return (rule.value, rule.is_confirmed) if rule else (0, False)

    return on

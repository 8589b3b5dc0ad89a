"""What agents signed: a contract each, and what secures their debt for most."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from sales.models import AgentContract, Collateral, CollateralKind
from scripts.demonstration.agents import Seller
from scripts.demonstration.plan import Plan

#: Days from a draw until it is to be paid: a week is settled until Wednesday of the next one.
TERM_DAYS = 9
#: Of a mortgage so much counts.
MORTGAGE_BPS = 7_000


def create_agreements(plan: Plan, sellers: Sequence[Seller]) -> None:
    """Store a contract of every agent and the papers of its security; every 20th agent has none."""
    luck = plan.luck("agreements")
    AgentContract.objects.bulk_create(
        [_contract(plan, luck, number, seller) for number, seller in enumerate(sellers, start=1)]
    )
    Collateral.objects.bulk_create(
        [
            _collateral(plan, luck, number, seller)
            for number, seller in enumerate(sellers, start=1)
            if number % 20
        ]
    )


def _contract(plan: Plan, luck: random.Random, number: int, seller: Seller) -> AgentContract:
    """Every 15th ends within a month; the others hold until their agent stops."""
    agent = seller.agent
    until = agent.closed_date
    if until is None and number % 15 == 4:
        until = plan.today + timedelta(days=luck.randint(5, 28))
    return AgentContract(
        agent=agent,
        number=f"{number:03}/{agent.opened_date.year}/HĐĐL",
        valid_from=agent.opened_date,
        valid_to=until,
        settlement_days=TERM_DAYS,
        pays_prizes=number % 8 == 0,
    )


def _collateral(plan: Plan, luck: random.Random, number: int, seller: Seller) -> Collateral:
    """About the credit limit: a bank's guarantee of two years, or of every third agent a mortgage."""
    agent = seller.agent
    is_mortgage = number % 3 == 0
    counted = MORTGAGE_BPS if is_mortgage else 10_000
    wanted = agent.credit_limit_amount * luck.uniform(0.8, 1.2) * 10_000 / counted
    january = date(plan.today.year, 1, 1)
    year_end = date(plan.today.year + 1, 12, 31)
    return Collateral(
        agent=agent,
        kind=CollateralKind.MORTGAGE if is_mortgage else CollateralKind.GUARANTEE,
        value_amount=max(round(wanted / 1_000_000), 1) * 1_000_000,
        counted_bps=counted,
        document=f"{'TC' if is_mortgage else 'BL'}-{plan.today.year}-{number:04}",
        issuer="Văn phòng công chứng (trình diễn)" if is_mortgage else "Ngân hàng (trình diễn)",
        valid_from=agent.opened_date if is_mortgage else max(agent.opened_date, january),
        valid_to=None if is_mortgage else max(year_end, agent.opened_date),
    )

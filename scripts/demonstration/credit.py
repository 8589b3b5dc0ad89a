"""The company's own rules of money, deposits in cash, and two agents allowed to owe more."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.accounts.models import User
from sales.models import (
    Collateral,
    CollateralKind,
    CreditException,
    JournalEntry,
    JournalEvent,
    RecordingBatch,
    RuleKey,
    SalesRule,
    Source,
)
from scripts.demonstration.agents import Seller
from scripts.demonstration.payments import debtors
from scripts.demonstration.plan import Plan, local

DOCUMENT = "Quy chế bán vé của công ty (trình diễn)"
#: In parts of ten thousand, days, or minutes of the day: what each key says.
RULES = {
    RuleKey.CREDIT_RATIO: 10_000,
    RuleKey.DEBT_TERM_DAYS: 9,
    RuleKey.OVERDUE_INTEREST: 1_000,
    RuleKey.RETURN_CUTOFF: 17 * 60,
    RuleKey.RETURN_LATE: 0,
}
#: Every 20th agent gave no paper (agreements.py) but cash; every 10th other one some cash later.
DEPOSIT_ONLY, DEPOSIT_BESIDE = 20, 10
ALLOWED = 2


@dataclass(frozen=True)
class _Deposit:
    seller: Seller
    amount: int
    day: date

    @property
    def paper(self) -> str:
        return f"KQ-{self.seller.agent.code[2:]}"


def create_rules(plan: Plan) -> None:
    """As from the year's first draws shown, confirmed by nobody but the demonstration."""
    SalesRule.objects.bulk_create(
        SalesRule(
            key=key, value=value, valid_from=plan.first_draw, document=DOCUMENT, is_confirmed=True
        )
        for key, value in RULES.items()
    )


def deposit_cash(plan: Plan, sellers: Sequence[Seller], by: User) -> None:
    """Book what agents deposited, with the paper of each."""
    luck = plan.luck("deposits")
    given = [
        _Deposit(seller, *_how_much_when(plan, luck, number, seller))
        for number, seller in enumerate(sellers, start=1)
        if number % DEPOSIT_BESIDE == 0 and seller.agent.closed_date is None
    ]
    batch = RecordingBatch.objects.create(
        recorded_by=by, recorded_at=local(plan.first_draw, 8), source=Source.DEMONSTRATION,
        line_count=len(given),
    )  # fmt: skip
    JournalEntry.objects.bulk_create(
        JournalEntry(
            batch=batch, event=JournalEvent.COLLATERAL, agent=one.seller.agent,
            region_id=one.seller.agent.region_id, value_date=one.day, bank=one.amount,
            collateral=-one.amount, reference=one.paper,
        )
        for one in given
    )  # fmt: skip
    Collateral.objects.bulk_create(
        Collateral(
            agent=one.seller.agent, kind=CollateralKind.CASH, value_amount=one.amount,
            counted_bps=10_000, document=one.paper, issuer="Phòng Kế toán – Tài chính",
            valid_from=one.day,
        )
        for one in given
    )  # fmt: skip


def allow_some(plan: Plan, sellers: Sequence[Seller], by: User) -> None:
    """Of those who stopped paying the first may owe more for a while; the others get no tickets."""
    by_code = {seller.agent.code: seller.agent for seller in sellers}
    first = plan.today - timedelta(days=12)
    CreditException.objects.bulk_create(
        CreditException(
            agent=by_code[code], limit_amount=by_code[code].credit_limit_amount * 4,
            valid_from=first, valid_to=plan.today + timedelta(days=18),
            reason="Cam kết trả dần trong tháng, có xác nhận của ngân hàng cho vay",
            by=by, at=local(first, 10),
        )
        for code in sorted(debtors(plan, sellers))[:ALLOWED]
    )  # fmt: skip


def _how_much_when(
    plan: Plan, luck: random.Random, number: int, seller: Seller
) -> tuple[int, date]:
    """What stands for a whole limit was given at once, what was added came within the year."""
    agent, since = seller.agent, max(seller.agent.opened_date, plan.first_draw)
    part, back = luck.uniform(1.0, 1.3), timedelta(days=luck.randint(3, 300))
    if number % DEPOSIT_ONLY:
        part, since = 0.15, max(since, plan.today - back)
    return max(round(agent.credit_limit_amount * part / 1_000_000), 1) * 1_000_000, since

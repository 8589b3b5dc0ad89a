"""Money the agents pay in: every week for the week before, except for a few."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db.backends.utils import CursorWrapper

from backend.accounts.models import User
from backend.db import copy_text
from sales.models import PaymentKind, RecordingBatch, Source
from scripts.demonstration.agents import Seller
from scripts.demonstration.consignments import DrawLines
from scripts.demonstration.plan import Plan, local
from scripts.demonstration.seasons import monday

TABLE = "sales_payment"
COLUMNS = ("batch_id", "agent_id", "paid_date", "amount", "kind", "reference")
WEEK = timedelta(days=7)
#: How many agents have stopped paying, some of them four weeks ago and some longer.
DEBTORS = 6


def invent_payments(
    plan: Plan, sellers: Sequence[Seller], days: Sequence[DrawLines]
) -> dict[date, list[tuple[Seller, int]]]:
    """By day of payment: who paid how much. A week is settled on Tuesday or Wednesday after it."""
    return paid_for(plan, sellers, _owed(days), until=plan.today)


def paid_for(
    plan: Plan,
    sellers: Sequence[Seller],
    owed: Mapping[tuple[date, str], int],
    *,
    until: date,
) -> dict[date, list[tuple[Seller, int]]]:
    """Payments before `until` of what was `owed` for a week (its Monday) by an agent (its code)."""
    by_code = {seller.agent.code: seller for seller in sellers}
    stopped = _debtors(plan, sellers)
    paid: dict[date, list[tuple[Seller, int]]] = defaultdict(list)
    for (week, code), amount in sorted(owed.items()):
        day = week + WEEK + timedelta(days=1 + int(code[-1]) % 2)
        if day < until and amount > 0 and week < stopped.get(code, until):
            paid[day].append((by_code[code], amount))
    return dict(sorted(paid.items()))


def _debtors(plan: Plan, sellers: Sequence[Seller]) -> dict[str, date]:
    """Who has stopped paying, and the first week that is not paid."""
    active = [seller.agent.code for seller in sellers if seller.agent.closed_date is None]
    some = plan.luck("payments").sample(active, min(DEBTORS, len(active) // 10))
    return {code: monday(plan.today) - WEEK * (4 + place) for place, code in enumerate(some)}


def _owed(days: Sequence[DrawLines]) -> dict[tuple[date, str], int]:
    """Revenue less commission of each week and agent, in đồng."""
    owed: dict[tuple[date, str], int] = defaultdict(int)
    for day in days:
        week = monday(day.draw.date)
        for seller, product, issued, returned in day.lines:
            revenue = (issued - returned) * product.face_value_amount
            commission = revenue * seller.agent.commission_bps // 10_000
            owed[week, seller.agent.code] += revenue - commission
    return owed


def record_payments(
    cursor: CursorWrapper, paid: dict[date, list[tuple[Seller, int]]], by: User
) -> int:
    """Write the payments, a batch a day; returns how many."""
    batches = RecordingBatch.objects.bulk_create(
        [
            RecordingBatch(
                recorded_by=by,
                recorded_at=local(day, 16, 30),
                source=Source.DEMONSTRATION,
                line_count=len(payments),
            )
            for day, payments in paid.items()
        ]
    )
    lines = [
        f"{batch.pk}\t{seller.agent.pk}\t{day}\t{amount}\t{_kind(seller)}\tPT{day:%y%m%d}"
        f"-{number:03}\n"
        for (day, payments), batch in zip(paid.items(), batches, strict=True)
        for number, (seller, amount) in enumerate(payments, start=1)
    ]
    copy_text(cursor, TABLE, COLUMNS, "".join(lines))
    return len(lines)


def _kind(seller: Seller) -> str:
    return PaymentKind.CASH if int(seller.agent.code[-2:]) % 4 == 0 else PaymentKind.BANK

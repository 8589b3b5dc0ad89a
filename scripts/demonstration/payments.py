"""Money the agents pay in: every week for the week before, except for a few."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from django.db.backends.utils import CursorWrapper
from django.db.models import Count, F, Q, Sum

from backend.accounts.models import User
from backend.db import copy_text
from sales.models import AgentDrawTotal, Draw, DrawClose, JournalEvent, RecordingBatch, Source
from scripts.demonstration.agents import Seller
from scripts.demonstration.consignments import DrawLines
from scripts.demonstration.plan import Plan, local
from scripts.demonstration.seasons import monday

TABLE = "sales_journalentry"
COLUMNS = (
    "batch_id",
    "event",
    "agent_id",
    "region_id",
    "value_date",
    "cash",
    "bank",
    "receivable",
    "reference",
)
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
    stopped = debtors(plan, sellers)
    paid: dict[date, list[tuple[Seller, int]]] = defaultdict(list)
    for (week, code), amount in sorted(owed.items()):
        day = week + WEEK + timedelta(days=1 + int(code[-1]) % 2)
        if day < until and amount > 0 and week < stopped.get(code, until):
            paid[day].append((by_code[code], amount))
    return dict(sorted(paid.items()))


def debtors(plan: Plan, sellers: Sequence[Seller]) -> dict[str, date]:
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
        f"{batch.pk}\t{JournalEvent.PAYMENT}\t{seller.agent.pk}\t{seller.agent.region_id}\t{day}"
        f"\t{_into(seller, amount)}\t{-amount}\tPT{day:%y%m%d}-{number:03}\n"
        for (day, payments), batch in zip(paid.items(), batches, strict=True)
        for number, (seller, amount) in enumerate(payments, start=1)
    ]
    copy_text(cursor, TABLE, COLUMNS, "".join(lines))
    return len(lines)


def _into(seller: Seller, amount: int) -> str:
    """Cash and bank, as two columns."""
    return f"{amount}\t0" if place_of(seller) == "cash" else f"0\t{amount}"


def place_of(seller: Seller) -> Literal["cash", "bank"]:
    """Where the agent pays in."""
    return "cash" if int(seller.agent.code[-2:]) % 4 == 0 else "bank"


_CLOSE = """
    insert into sales_journalentry (batch_id, event, agent_id, region_id, product_id, draw_id,
        value_date, receivable, revenue, commission)
    select b.id, 'sale', t.agent_id, t.region_id, t.product_id, t.draw_id, t.draw_date,
        t.revenue_amount - t.commission_amount, -t.revenue_amount, t.commission_amount
    from sales_agentdrawtotal t
    join sales_drawclose c on c.draw_id = t.draw_id
    join sales_recordingbatch b on b.id = c.batch_id
    where t.revenue_amount <> 0
    order by t.draw_date, t.agent_id, t.product_id
"""


def close_draws(cursor: CursorWrapper, draws: Sequence[Draw], by: User) -> None:
    """Book the sales of these draws as `sales.ledger.closing` does one by one, all in one statement."""
    sums = {
        draw: (lines, sold, revenue)
        for draw, lines, sold, revenue in AgentDrawTotal.objects.filter(draw__in=draws)
        .values_list("draw")
        .annotate(
            lines=Count("pk", filter=~Q(revenue_amount=0)),
            sold=Sum(F("issued") - F("returned")),
            revenue=Sum("revenue_amount"),
        )
    }
    closed = [draw for draw in draws if draw.pk in sums]
    batches = RecordingBatch.objects.bulk_create(
        RecordingBatch(
            recorded_by=by,
            recorded_at=local(draw.date, 19, 0),
            source=Source.DEMONSTRATION,
            line_count=sums[draw.pk][0],
        )
        for draw in closed
    )
    DrawClose.objects.bulk_create(
        DrawClose(draw=draw, batch=batch, sold=sums[draw.pk][1], revenue_amount=sums[draw.pk][2])
        for draw, batch in zip(closed, batches, strict=True)
    )
    cursor.execute(_CLOSE)

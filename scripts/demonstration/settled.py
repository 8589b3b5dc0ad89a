"""Closed months with their settlements, and the records of accounts that agents signed."""

from datetime import date, datetime, timedelta

from backend.accounts.models import User
from backend.months import shifted
from sales.models import Reconciliation, ReconciliationStepKind
from sales.money.reconciling import Step, propose_month, take_step
from sales.money.settling import close_period
from scripts.demonstration.plan import Plan, local

MONTHS = 12
#: Records were made of the last of them, and so many of each signed by both.
RECORDED, SIGNED = 2, 12
#: Of the last month: signed by the agent only, disputed, withdrawn.
HALF, DISPUTED, WITHDRAWN = 4, 1, 1
#: Day of the next month on which books are closed: what the bank told of the last week is booked
#: then. So many days later agents sign.
CLOSED_ON, LATER = 8, timedelta(days=4)


def close_months(plan: Plan, *, first: User, second: User, at: datetime) -> None:
    """Close the months one by one, as they were over."""
    months = _months(plan)
    for month in months:
        closed_at = min(local(shifted(month, 1).replace(day=CLOSED_ON), 10), at)
        close = close_period(month, by=first, at=closed_at)
        if month in months[-RECORDED:]:
            propose_month(close, by=first, at=closed_at)
            _sign(plan, month, second, at=min(closed_at + LATER, at), is_last=month == months[-1])


def _months(plan: Plan) -> list[date]:
    """The last whole months of the years shown whose books are due."""
    month = plan.first_draw.replace(day=1)
    if month < plan.first_draw:
        month = shifted(month, 1)
    due = []
    while shifted(month, 1).replace(day=CLOSED_ON) < plan.today:
        due.append(month)
        month = shifted(month, 1)
    return due[-MONTHS:]


def _sign(plan: Plan, month: date, by: User, *, at: datetime, is_last: bool) -> None:
    records = list(Reconciliation.objects.filter(first=month).order_by("agent__code"))
    luck = plan.luck(f"signed {month}")
    odd = (HALF + DISPUTED + WITHDRAWN) if is_last else 0
    some = luck.sample(records, min(SIGNED + odd, len(records)))
    for record in some[: len(some) - odd]:
        _step(record, "agent", by, at)
        _step(record, "company", by, at)
    for place, record in enumerate(some[len(some) - odd :]):
        if place < HALF:
            _step(record, "agent", by, at)
        elif place < HALF + DISPUTED:
            _step(record, "disputed", by, at, note="Thiếu 40 vé trả ngày cuối tháng")
        else:
            _step(record, "withdrawn", by, at, note="Lập lại sau khi sửa số vé trả")


def _step(record: Reconciliation, kind: str, by: User, at: datetime, note: str = "") -> None:
    signers = {"agent": "Chủ đại lý (trình diễn)", "company": "Kế toán trưởng (trình diễn)"}
    signer = signers.get(kind, "")
    signed = at.date() if signer else None
    take_step(record.pk, Step(ReconciliationStepKind(kind), signer, signed, note), by=by, at=at)

"""Closing a month of sales: its books stay, and every agent's statement is written (quyết toán)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import hold_lock
from backend.months import shifted
from backend.problems import Problem
from backend.promises import broken_by
from backend.reasons import says_why
from backend.webhooks.models import EventKind
from backend.webhooks.publishing import publish
from sales.models import Draw, DrawStatus, PeriodClose, PeriodReopening
from sales.models.periods import CLOSED, closed_until
from sales.whole_company import require_whole_company

#: Shared by whoever writes to the ledgers, alone by whoever closes or opens a month.
_PERIODS = 0x70657269

_SETTLE = """
    insert into sales_settlement (close_id, agent_id, region_id, opening_amount, revenue_amount,
        commission_amount, tax_amount, prize_amount, payout_fee_amount, paid_amount, other_amount,
        closing_amount, collateral_amount)
    select %(close)s, agent.id, agent.region_id, coalesce(before.receivable, 0),
        coalesce(-month.revenue, 0), coalesce(month.commission, 0),
        coalesce(-month.withheld_tax, 0), coalesce(month.prizes, 0),
        coalesce(month.payout_fee, 0), coalesce(month.paid, 0),
        coalesce(month.receivable + month.revenue + month.commission + month.withheld_tax
            + month.prizes + month.payout_fee + month.paid, 0),
        coalesce(before.receivable, 0) + coalesce(month.receivable, 0),
        -coalesce(before.collateral, 0) - coalesce(month.collateral, 0)
    from sales_agent agent
    left join (
        select agent_id, sum(receivable)::bigint as receivable, sum(collateral)::bigint as collateral
        from sales_agentmonthtotal where month < %(month)s group by agent_id
    ) before on before.agent_id = agent.id
    left join sales_agentmonthtotal month on month.agent_id = agent.id and month.month = %(month)s
    where month.agent_id is not null or before.receivable <> 0 or before.collateral <> 0
    order by agent.id
"""


class PeriodNotOver(Problem):
    status = 409
    code = "period.not_over"
    message = _("Tháng này chưa hết nên chưa khóa sổ được. Hãy chờ đến ngày đầu tháng sau.")


class PeriodNotBegun(Problem):
    status = 409
    code = "period.not_begun"
    message = _("Tháng này ở trước kỳ quay đầu tiên trong lịch nên không có sổ để khóa.")


class PeriodsInOrder(Problem):
    status = 409
    code = "period.earlier_open"

    def __init__(self, month: date) -> None:
        super().__init__(
            _("Sổ khóa lần lượt từng tháng: hãy khóa tháng {month} trước.").format(
                month=f"{month:%m/%Y}"
            )
        )


class PeriodClosed(Problem):
    status = 409
    code = "period.closed"
    message = _(
        "Tháng này đã khóa sổ. Hãy ghi điều chỉnh ở tháng đang mở, hoặc nhờ mở lại sổ có lý do."
    )


class PeriodNotClosed(Problem):
    status = 409
    code = "period.not_closed"
    message = _("Tháng này đang mở, không cần mở lại.")


class DrawsNotClosed(Problem):
    status = 409
    code = "period.draws_open"
    message = _("Còn kỳ quay của tháng chưa chốt bán. Hãy chốt các kỳ ấy trước.")


class SamePerson(Problem):
    status = 403
    code = "period.same_person"
    message = _("Người đã khóa sổ không tự mở lại được. Hãy nhờ một người khác.")


class LaterPeriodClosed(Problem):
    status = 409
    code = "period.later_closed"
    message = _(
        "Tháng sau cũng đã khóa sổ, số dư đầu kỳ dựa vào tháng này. Hãy mở lại tháng sau trước."
    )


class ReopeningNeedsReason(Problem):
    code = "period.needs_reason"
    message = _("Mở lại sổ phải ghi lý do, ít nhất 5 ký tự.")


def hold_periods(*, to_change: bool = False) -> None:
    """Keep apart, until commit, those who write to the ledgers and those who close a month."""
    hold_lock(_PERIODS, shared=not to_change)


@contextmanager
def closed_months_told() -> Iterator[None]:
    """Raises PeriodClosed where the database refuses a row of a closed month."""
    try:
        yield
    except IntegrityError as error:
        if broken_by(error) == CLOSED:
            raise PeriodClosed from error
        raise


def close_period(month: date, *, by: User, at: datetime) -> PeriodClose:
    """Close the books of the month and write every agent's settlement, in one transaction.

    Months are closed one after the other: what a month begins with is what the one before ended with.
    Raises PeriodNotOver, PeriodNotBegun, PeriodClosed, PeriodsInOrder, DrawsNotClosed, WholeCompanyOnly.
    """
    first = month.replace(day=1)
    after = shifted(first, 1)
    require_whole_company(by)
    if after > at.astimezone(VN).date():
        raise PeriodNotOver
    with transaction.atomic():
        hold_periods(to_change=True)
        refuse_order(first)
        open_draws = Draw.objects.filter(date__gte=first, date__lt=after, close=None)
        left = open_draws.exclude(status=DrawStatus.VOID).order_by("date")
        if days := list(left.values_list("date", flat=True)):
            raise DrawsNotClosed(details={"draws": [day.isoformat() for day in days]})
        close = PeriodClose.objects.create(month=first, by=by, at=at)
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, {"close": close.pk, "month": first})
        told = {"month": f"{first:%Y-%m}", "close": close.pk, "by": by.username}
        publish(EventKind.SALES_PERIOD_CLOSED, told, at=at)
        return close


def refuse_order(first: date) -> None:
    """Raises PeriodNotBegun, PeriodClosed, PeriodsInOrder where the month is not the next to be closed."""
    if not Draw.objects.filter(date__lt=shifted(first, 1)).exists():
        raise PeriodNotBegun
    if (until := closed_until()) is None:
        return
    if first <= until:
        raise PeriodClosed
    if first != (following := shifted(until, 1)):
        raise PeriodsInOrder(following)


def reopen_period(month: date, *, reason: str, by: User, at: datetime) -> PeriodReopening:
    """Open a closed month again; its settlements stay to be read, a new close writes new ones.

    Raises PeriodNotClosed, SamePerson, LaterPeriodClosed, ReopeningNeedsReason, WholeCompanyOnly.
    """
    if not says_why(reason):
        raise ReopeningNeedsReason
    require_whole_company(by)
    with transaction.atomic():
        hold_periods(to_change=True)
        standing = PeriodClose.objects.standing()
        close = standing.filter(month=month.replace(day=1)).first()
        if close is None:
            raise PeriodNotClosed
        if close.by_id == by.pk:
            raise SamePerson
        if standing.filter(month__gt=close.month).exists():
            raise LaterPeriodClosed
        return PeriodReopening.objects.create(close=close, reason=reason.strip(), by=by, at=at)

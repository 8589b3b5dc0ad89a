"""Agreeing an account with an agent: proposed, signed by him, signed by the company (đối chiếu công nợ)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.months import last_day
from backend.problems import Problem
from backend.reasons import says_why
from sales.figures.rows import rows_of
from sales.ledger.journal import hold_balances
from sales.models import (
    Agent,
    PeriodClose,
    Reconciliation,
    ReconciliationStep,
    ReconciliationStepKind,
)
from sales.models.account import AMOUNTS
from sales.money.settling import hold_periods
from sales.money.statement import statement_of

#: Which step may follow which; "" is a record just proposed.
_AFTER: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({"agent", "disputed", "withdrawn"}),
    "agent": frozenset({"company", "withdrawn"}),
    "disputed": frozenset({"withdrawn"}),
    "company": frozenset(),
    "withdrawn": frozenset(),
}
# Tickets of closed draws only: what is not booked yet is not owed yet.
_TICKETS = """
    select sold.agent_id, jsonb_agg(jsonb_build_object('product', product.code, 'name', product.name,
        'issued', sold.issued, 'returned', sold.returned, 'sold', sold.issued - sold.returned,
        'revenue', sold.revenue, 'commission', sold.commission) order by product.code) as tickets
    from (
        select total.agent_id, total.product_id, sum(total.issued)::bigint as issued,
            sum(total.returned)::bigint as returned, sum(total.revenue_amount)::bigint as revenue,
            sum(total.commission_amount)::bigint as commission
        from sales_agentdrawtotal total
        join sales_draw draw on draw.id = total.draw_id
        join sales_drawclose closed on closed.draw_id = draw.id
        where draw.date between %(first)s and %(last)s
          and (%(agent)s::bigint is null or total.agent_id = %(agent)s)
        group by 1, 2
    ) sold
    join sales_product product on product.id = sold.product_id
    group by sold.agent_id
"""
_CALL_OFF_CHANGED = f"""
    insert into sales_reconciliationstep (reconciliation_id, kind, signer, note, by_id, at)
    select r.id, 'withdrawn', '', %(note)s, %(by)s, %(at)s
    from sales_reconciliation r
    join sales_settlement s on s.agent_id = r.agent_id and s.close_id = %(close)s
    where (r.first, r.last) = (%(first)s, %(last)s)
      and not exists (select from sales_reconciliationstep step where step.reconciliation_id = r.id)
      and ({", ".join(f"r.{name}" for name in AMOUNTS)})
        is distinct from ({", ".join(f"s.{name}" for name in AMOUNTS)})
"""  # noqa: S608 -- columns of our own
_PROPOSE_MONTH = f"""
    insert into sales_reconciliation (agent_id, region_id, first, last, version, tickets, by_id, at,
        {", ".join(AMOUNTS)})
    select s.agent_id, s.region_id, %(first)s, %(last)s, coalesce(known.version, 0) + 1,
        coalesce(sold.tickets, '[]'), %(by)s, %(at)s, {", ".join(f"s.{name}" for name in AMOUNTS)}
    from sales_settlement s
    left join ({_TICKETS}) sold on sold.agent_id = s.agent_id
    left join lateral (
        select max(r.version) filter (where (r.first, r.last) = (%(first)s, %(last)s)) as version,
            bool_or(not exists (
                select from sales_reconciliationstep step
                where step.reconciliation_id = r.id and (step.kind = 'withdrawn' or (
                    step.kind = 'company' and (r.first, r.last) = (%(first)s, %(last)s)
                    and ({", ".join(f"r.{name}" for name in AMOUNTS)})
                        is distinct from ({", ".join(f"s.{name}" for name in AMOUNTS)})
                ))
            )) as stands
        from sales_reconciliation r
        where r.agent_id = s.agent_id and r.first <= %(last)s and r.last >= %(first)s
          and (r.first, r.last) <> (date_trunc('year', r.first::timestamp)::date,
            (date_trunc('year', r.first::timestamp) + interval '1 year - 1 day')::date)
    ) known on true
    where s.close_id = %(close)s and not coalesce(known.stands, false)
    order by s.agent_id
"""  # noqa: S608 -- columns of our own


class ReconciliationUnknown(Problem):
    status = 404
    code = "reconciliation.unknown"
    message = _("Không có biên bản này trong địa bàn của bạn.")


class AlreadyProposed(Problem):
    status = 409
    code = "reconciliation.exists"
    message = _(
        "Đại lý đã có biên bản đối chiếu của kỳ này. Hãy dùng biên bản ấy, hoặc hủy rồi lập lại."
    )


class DaysAgreedBefore(Problem):
    status = 409
    code = "reconciliation.overlaps"

    def __init__(self, other: Reconciliation) -> None:
        super().__init__(
            _(
                "Biên bản {number} đã đối chiếu từ {first} đến hết {last}; không ngày nào được đối chiếu hai "
                "lần. Hãy chọn kỳ khác, hoặc hủy biên bản ấy nếu chưa đủ chữ ký."
            ).format(
                number=other.number, first=f"{other.first:%d/%m/%Y}", last=f"{other.last:%d/%m/%Y}"
            )
        )


class PeriodWrong(Problem):
    code = "reconciliation.period"
    message = _("Kỳ đối chiếu phải có ngày đầu trước ngày cuối và ngày cuối đã qua.")


class AccountChanged(Problem):
    status = 409
    code = "reconciliation.changed"
    message = _("Sổ của kỳ này đã thay đổi sau khi lập biên bản. Hãy hủy biên bản, lập lại rồi ký.")


class StepOutOfOrder(Problem):
    status = 409
    code = "reconciliation.out_of_order"
    message = _("Biên bản không còn ở bước này. Hãy tải lại trang để xem tình trạng hiện nay.")


class NeedsSigner(Problem):
    code = "reconciliation.needs_signer"
    message = _("Hãy ghi họ tên người ký và ngày ký, từ ngày lập biên bản đến hôm nay.")


class NeedsWhy(Problem):
    code = "reconciliation.needs_why"
    message = _("Hãy ghi lý do, ít nhất 5 ký tự.")


class SamePerson(Problem):
    status = 403
    code = "reconciliation.same_person"
    message = _("Người lập biên bản không tự ghi chữ ký của công ty. Hãy nhờ một người khác.")


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody says became of a record; see `ReconciliationStep`."""

    kind: ReconciliationStepKind
    signer: str = ""
    signed: date | None = None
    note: str = ""


def propose(agent: Agent, *, first: date, last: date, by: User, at: datetime) -> Reconciliation:
    """Write down the agent's account of the days for him to sign; no day stands in two records, beside that of a
    whole year. What both signed is agreed anew where the books were changed since (a month opened again).

    Raises PeriodWrong, AlreadyProposed, DaysAgreedBefore.
    """
    if not first <= last < at.astimezone(VN).date():
        raise PeriodWrong
    with transaction.atomic():
        hold_periods()  # no month is settled meanwhile, which proposes records too
        with connection.cursor() as cursor:
            hold_balances(cursor, [agent.pk])
        _check_days(agent, first, last)
        known = Reconciliation.objects.filter(agent=agent, first=first, last=last)
        return Reconciliation.objects.create(
            agent=agent,
            region_id=agent.region_id,
            first=first,
            last=last,
            version=known.count() + 1,
            by=by,
            at=at,
            **_account(agent, first, last),
        )


def propose_month(close: PeriodClose, *, by: User, at: datetime) -> int:
    """Write down the account of a closed month of every agent none of whose records has a day of it, or who
    signed another account of it. A record of another account nobody has answered is called off.

    Tells how many.
    """
    last = last_day(close.month)
    asked: dict[str, Any] = {"close": close.pk, "first": close.month, "last": last, "agent": None}
    with connection.cursor() as cursor:
        who = {"by": by.pk, "at": at}
        note = _("Quyết toán lại, sổ đã thay đổi sau khi lập.")
        cursor.execute(_CALL_OFF_CHANGED, asked | who | {"note": str(note)})
        cursor.execute(_PROPOSE_MONTH, asked | who)
        return int(cursor.rowcount)


def take_step(pk: int, step: Step, *, by: User, at: datetime) -> ReconciliationStep:
    """Add what became of the record.

    Who proposed it does not sign for the company; nobody signs what the books no longer say. Raises
    ReconciliationUnknown, StepOutOfOrder, NeedsSigner, NeedsWhy, SamePerson, AccountChanged.
    """
    record = Reconciliation.objects.known_to(by).select_related("agent").filter(pk=pk).first()
    if record is None:
        raise ReconciliationUnknown
    is_signature = step.kind in ("agent", "company")
    if is_signature:
        _check_signature(record, step, by, today=at.astimezone(VN).date())
    elif not says_why(step.note):
        raise NeedsWhy
    with transaction.atomic():
        with connection.cursor() as cursor:  # one step at a time, and no entry meanwhile
            hold_balances(cursor, [record.agent_id])
        newest = record.steps.order_by("-pk").values_list("kind", flat=True).first() or ""
        if step.kind not in _AFTER[newest]:
            raise StepOutOfOrder
        if is_signature and not is_current(record):
            raise AccountChanged
        return ReconciliationStep.objects.create(
            reconciliation=record,
            kind=step.kind,
            signer=step.signer.strip(),
            signed_date=step.signed,
            note=step.note.strip(),
            by=by,
            at=at,
        )


def is_current(record: Reconciliation) -> bool:
    """Whether the books still say what the record says."""
    now = _account(record.agent, record.first, record.last)
    return all(getattr(record, name) == value for name, value in now.items())


def _check_days(agent: Agent, first: date, last: date) -> None:
    """Raises AlreadyProposed, DaysAgreedBefore."""
    known = Reconciliation.objects.with_state().filter(
        agent=agent, first__lte=last, last__gte=first
    )
    stands = known.exclude(state=ReconciliationStepKind.WITHDRAWN).select_related("agent")
    for other in stands.order_by("first"):
        if other.state == ReconciliationStepKind.COMPANY_CONFIRMED and not is_current(other):
            continue
        if (other.first, other.last) == (first, last):
            raise AlreadyProposed
        if _is_year(other.first, other.last) == _is_year(first, last):
            raise DaysAgreedBefore(other)


def _is_year(first: date, last: date) -> bool:
    """The confirmation at the end of a year (for its financial statements) is of days that months agreed."""
    return (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31))


def tickets_of(agent: Agent, first: date, last: date) -> list[dict[str, Any]]:
    """The agent's tickets of the days by product, as in `Reconciliation.tickets`."""
    rows = rows_of(_TICKETS, first=first, last=last, agent=agent.pk)
    return json.loads(rows[0][1]) if rows else []


def _account(agent: Agent, first: date, last: date) -> dict[str, Any]:
    told = statement_of(agent, first=first, last=last)
    return {**told.amounts, "tickets": tickets_of(agent, first, last)}


def _check_signature(record: Reconciliation, step: Step, by: User, *, today: date) -> None:
    made = record.at.astimezone(VN).date()
    if not step.signer.strip() or step.signed is None or not made <= step.signed <= today:
        raise NeedsSigner
    if step.kind == ReconciliationStepKind.COMPANY_CONFIRMED and by.pk == record.by_id:
        raise SamePerson

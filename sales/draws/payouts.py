"""Paying claims of prizes: by the company, or by an agent on its behalf; undone by reversal only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.problems import Problem
from backend.reasons import says_why
from backend.vntext import clean
from backend.webhooks.models import EventKind
from backend.webhooks.publishing import publish
from sales.draws.claims import (
    ClaimNeedsReason,
    ClaimNotOpen,
    locked_claim,
    open_claim,
    prizes_of,
    refuse_withdrawn,
)
from sales.draws.ticket_check import check_ticket, tax_on
from sales.engine.posting import Legs, payout, prize_paid
from sales.ledger.journal import Entry, hold_balances
from sales.models import (
    Agent,
    ClaimState,
    JournalEntry,
    JournalEvent,
    PrizeClaim,
    RuleKey,
    Source,
)
from sales.money.booking import book, book_reversal, unauthorised
from sales.rules import rule_value


class PaidWhen(Problem):
    code = "payout.when"
    message = _("Ngày trả phải từ ngày xuất trình vé đến hôm nay.")


class TaxUnsettled(Problem):
    status = 409
    code = "payout.tax_unsettled"
    message = _(
        "Quy định thuế hiện hành chưa được xác nhận và làm thay đổi số thuế của giải này. "
        "Hãy nhờ kế toán và quản trị xác nhận trong Danh mục, mục Quy định bán vé, rồi trả."
    )


class ResultChanged(Problem):
    status = 409
    code = "payout.result_changed"
    message = _(
        "Kết quả hoặc cơ cấu giải của kỳ này đã đổi sau khi lập phiếu. "
        "Hãy hủy phiếu, dò lại vé và lập phiếu mới."
    )


class PayingAgentUnknown(Problem):
    code = "payout.agent_unknown"
    message = _("Không có đại lý mã này trong địa bàn của bạn, hoặc đại lý chưa hoạt động hôm ấy.")


class PaysNoPrizes(Problem):
    status = 409
    code = "payout.agent_not_authorised"
    message = _(
        "Hợp đồng của đại lý ngày ấy không cho trả thưởng hộ. Hãy sửa hợp đồng nếu đã ủy quyền, "
        "hoặc để công ty trả."
    )


class FeeOverCap(Problem):
    code = "payout.fee_over_cap"
    message = _("Phí trả thưởng hộ vượt mức tối đa đang áp dụng.")


class ReferenceUsed(Problem):
    status = 409
    code = "payout.reference_used"
    message = _("Số chứng từ này đã ghi cho đại lý này. Hãy kiểm tra lại số chứng từ.")


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays: the company out of cash or bank, or an agent (its code) for a fee in basis points."""

    out_of: str = "cash"
    agent: str = ""
    fee_bps: int = 0


def pay_claim(
    pk: int,
    *,
    payer: Payer,
    paid: date,
    by: User,
    at: datetime,
    reference: str = "",
    key: str = "",
    source: Source = Source.API,
) -> PrizeClaim:
    """Pay an open claim: one entry in the journal with the tax withheld on the day it was paid.

    Raises ClaimUnknown, ClaimNotOpen, PaidWhen, TaxUnsettled, ResultChanged, TicketWithdrawn,
    PayingAgentUnknown, PaysNoPrizes, FeeOverCap, ReferenceUsed, PeriodClosed.
    """
    with transaction.atomic():
        claim = open_claim(pk, by=by)
        if not claim.presented_date <= paid <= at.astimezone(VN).date():
            raise PaidWhen
        _refuse_changed(claim, paid)
        refuse_withdrawn(claim)
        tax = tax_on(claim.gross_amount, on=paid)
        if not tax.is_settled:
            raise TaxUnsettled
        entry = _entry(claim, payer, paid, tax=tax.amount, reference=clean(reference), by=by)
        batch = book([entry], by=by, at=at, key=key, source=source)
        claim.state = ClaimState.PAID
        claim.payment = JournalEntry.objects.get(batch=batch)
        claim.save(update_fields=["state", "payment"])
        told = {
            "paid_date": paid,
            "tax_amount": tax.amount,
            "fee_amount": claim.payment.payout_fee,
        }
        publish(EventKind.CLAIM_PAID, _told(claim, claim.payment, by) | told, at=at)
    return claim


def reverse_payout(pk: int, *, reason: str, by: User, at: datetime) -> PrizeClaim:
    """Undo a payment by an entry of today; the claim waits for payment again.

    Raises ClaimUnknown, ClaimNotOpen, ClaimNeedsReason, PeriodClosed.
    """
    if not says_why(reason):
        raise ClaimNeedsReason
    with transaction.atomic():
        claim = locked_claim(pk, by=by)
        if claim.payment is None:
            raise ClaimNotOpen(_("Phiếu này chưa trả nên không có gì để đảo."))
        undone = book_reversal(claim.payment, reason=reason, by=by, at=at)
        claim.state, claim.payment = ClaimState.OPEN, None
        claim.save(update_fields=["state", "payment"])
        told = _told(claim, undone, by) | {"reason": undone.reason}
        publish(EventKind.CLAIM_PAYMENT_REVERSED, told, at=at)
    return claim


def _told(claim: PrizeClaim, entry: JournalEntry, by: User) -> dict[str, Any]:
    """What receivers are told; never who the winner is."""
    return {
        "claim": claim.pk,
        "draw_date": claim.draw.date,
        "product": claim.product.code,
        "number": claim.number,
        "symbol": claim.symbol,
        "gross_amount": claim.gross_amount,
        "entry": entry.pk,
        "agent": entry.agent.code if entry.agent else None,
        "by": by.username,
    }


def _refuse_changed(claim: PrizeClaim, paid: date) -> None:
    """A result corrected since the claim was registered decides otherwise what is paid."""
    checked = check_ticket(
        claim.number, claim.symbol, claim.draw.date, on=paid, product=claim.product.code
    )
    if checked.outcome.needs_symbols or prizes_of(checked) != claim.prizes:
        raise ResultChanged


def _entry(
    claim: PrizeClaim, payer: Payer, paid: date, *, tax: int, reference: str, by: User
) -> Entry:
    agent = _agent(payer, paid, reference, by) if payer.agent else None
    return Entry(
        event=JournalEvent.PAYOUT if agent is None else JournalEvent.PRIZE,
        agent_id=None if agent is None else agent.pk,
        region_id=None if agent is None else agent.region_id,
        product_id=claim.product_id,
        draw_id=claim.draw_id,
        value_date=paid,
        legs=_legs(claim.gross_amount, payer, tax),
        reference=reference,
    )


def _legs(amount: int, payer: Payer, tax: int) -> Legs:
    if payer.agent:
        return prize_paid(amount, fee_bps=payer.fee_bps, tax=tax)
    return payout(amount, tax=tax, out_of=payer.out_of)


def _agent(payer: Payer, paid: date, reference: str, by: User) -> Agent:
    agent = Agent.objects.visible_to(by).filter(code=payer.agent, opened_date__lte=paid).first()
    if agent is None:
        raise PayingAgentUnknown
    if unauthorised({(agent.code, paid)}):
        raise PaysNoPrizes
    cap = rule_value(RuleKey.PAYOUT_FEE_CAP, paid)
    if payer.fee_bps < 0 or (cap is not None and payer.fee_bps > cap):
        raise FeeOverCap
    with connection.cursor() as cursor:  # so that nobody else uses the reference we look for
        hold_balances(cursor, [agent.pk])
    used = JournalEntry.objects.filter(
        agent=agent, reference=reference, reverses=None, reversal=None
    )
    if reference and used.exists():
        raise ReferenceUsed
    return agent

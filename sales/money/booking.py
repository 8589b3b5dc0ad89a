"""Booking money between company and agents: all lines or none, with the balances."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.problems import Problem
from backend.promises import broken_by
from backend.reasons import says_why
from backend.webhooks.models import EventKind
from backend.webhooks.publishing import publish
from sales.engine.bodies import Fault
from sales.engine.money_lines import MoneyFacts, MoneyLine, check, legs_of
from sales.engine.posting import ACCOUNTS, Legs, reversal
from sales.ledger.journal import Entry, hold_balances, write_entries
from sales.ledger.recording import LinesRefused
from sales.models import (
    Agent,
    AgentContract,
    BankLine,
    JournalEntry,
    JournalEvent,
    PrizeClaim,
    RecordingBatch,
    RuleKey,
    Source,
)
from sales.money.credit import uncovered
from sales.money.settling import closed_months_told, hold_periods
from sales.rules import rule_value


class EntryUnknown(Problem):
    status = 404
    code = "journal.unknown"
    message = _("Không có bút toán này trong địa bàn của bạn.")


class AlreadyReversed(Problem):
    status = 409
    code = "journal.already_reversed"
    message = _("Bút toán này đã được đảo rồi.")


class NotReversible(Problem):
    status = 409
    code = "journal.not_reversible"
    message = _(
        "Bút toán bán vé không đảo trực tiếp: hãy điều chỉnh vé của kỳ ấy, tiền tự điều chỉnh theo."
    )


class PaysAClaim(Problem):
    status = 409
    code = "journal.pays_a_claim"
    message = _("Bút toán này trả một vé trúng thưởng. Hãy đảo ở phiếu lĩnh thưởng của vé ấy.")


class PaysABankLine(Problem):
    status = 409
    code = "journal.pays_a_bank_line"
    message = _(
        "Bút toán này ghi từ một dòng sao kê. Hãy đảo ở trang Sao kê ngân hàng, mục đã ghi."
    )


class ReversalNeedsReason(Problem):
    code = "journal.needs_reason"
    message = _("Đảo bút toán phải ghi lý do, ít nhất 5 ký tự.")


class CollateralShort(Problem):
    status = 409
    code = "collateral.short"
    message = _("Số tiền trả lại lớn hơn số ký quỹ đang giữ của đại lý.")


@dataclass(frozen=True, slots=True)
class Booked:
    """What was stored: the batch, how many lines, and what they change in the agents' debts."""

    batch: RecordingBatch
    lines: int
    receivable_amount: int
    collateral_amount: int


def record_money(
    *,
    by: User,
    at: datetime,
    lines: Sequence[MoneyLine],
    key: str = "",
    source: Source = Source.API,
) -> Booked:
    """Add the lines to the journal. Raises LinesRefused with every fault, or CollateralShort."""
    agents = _agents(lines, by)
    with transaction.atomic():
        with connection.cursor() as cursor:  # so that nobody else uses a reference we look for
            hold_balances(cursor, (agent.pk for agent in agents.values()))
        if faults := check(lines, _facts(lines, agents, at)):
            raise LinesRefused(faults)
        entries = [_entry(line, agents[line.agent]) for line in lines]
        batch = book(entries, by=by, at=at, key=key, source=source)
        if faults := uncovered(lines, agents, on=at.astimezone(VN).date()):
            raise LinesRefused(faults)
    return Booked(
        batch=batch,
        lines=len(entries),
        receivable_amount=sum(entry.legs.receivable for entry in entries),
        collateral_amount=-sum(entry.legs.collateral for entry in entries),
    )


def money_faults(lines: Sequence[MoneyLine], *, by: User, at: datetime) -> list[Fault]:
    """Every reason why the lines would not be booked now; nothing is stored."""
    return check(lines, _facts(lines, _agents(lines, by), at))


def reverse_entry(
    pk: int,
    *,
    reason: str,
    by: User,
    at: datetime,
    key: str = "",
    source: Source = Source.API,
) -> JournalEntry:
    """Undo an entry by a new one of today. Raises EntryUnknown, AlreadyReversed, NotReversible,
    ReversalNeedsReason, CollateralShort, PaysAClaim, PaysABankLine.
    """
    if not says_why(reason):
        raise ReversalNeedsReason
    wrong = JournalEntry.objects.known_to(by).filter(pk=pk).first()
    if wrong is None:
        raise EntryUnknown
    if wrong.event == JournalEvent.SALE or wrong.reverses_id is not None:
        raise NotReversible
    if PrizeClaim.objects.filter(payment=wrong).exists():
        raise PaysAClaim
    if BankLine.objects.filter(entry=wrong).exists():
        raise PaysABankLine
    return book_reversal(wrong, reason=reason, by=by, at=at, key=key, source=source)


def book_reversal(
    wrong: JournalEntry,
    *,
    reason: str,
    by: User,
    at: datetime,
    key: str = "",
    source: Source = Source.API,
) -> JournalEntry:
    """Add the entry that undoes another one. Raises AlreadyReversed, CollateralShort."""
    entry = reversal_of(wrong, reason=reason.strip(), at=at)
    try:
        book([entry], by=by, at=at, key=key, source=source)
    except IntegrityError as error:
        if JournalEntry.objects.filter(reverses=wrong).exists():
            raise AlreadyReversed from error
        raise
    return JournalEntry.objects.get(reverses=wrong)


def reversal_of(wrong: JournalEntry, *, reason: str, at: datetime) -> Entry:
    """The entry of the moment's day that undoes another one (bút toán đảo); it is not booked yet."""
    return Entry(
        event=JournalEvent(wrong.event),
        agent_id=wrong.agent_id,
        region_id=wrong.region_id,
        product_id=wrong.product_id,
        draw_id=wrong.draw_id,
        value_date=at.astimezone(VN).date(),
        legs=reversal(Legs(**{name: getattr(wrong, name) for name in ACCOUNTS})),
        reference=wrong.reference,
        reverses_id=wrong.pk,
        reason=reason,
    )


def book(
    entries: Sequence[Entry], *, by: User, at: datetime, key: str, source: Source
) -> RecordingBatch:
    """Add entries that were checked, as one batch. Raises CollateralShort, PeriodClosed."""
    try:
        with closed_months_told(), transaction.atomic():
            hold_periods()
            batch = RecordingBatch.objects.create(
                recorded_by=by, recorded_at=at, source=source, key=key, line_count=len(entries)
            )
            with connection.cursor() as cursor:
                write_entries(cursor, batch, entries)
            _tell_payments(batch, entries)
            return batch
    except IntegrityError as error:
        if broken_by(error) == "agent_balance_collateral_held":
            raise CollateralShort from error
        raise


def _tell_payments(batch: RecordingBatch, entries: Sequence[Entry]) -> None:
    """What receivers are told; the entries are read by the feed, or by their batch."""
    payments = [entry for entry in entries if entry.event == JournalEvent.PAYMENT]
    back = [entry for entry in payments if entry.reverses_id is not None]
    for kind, told, more in (
        (EventKind.PAYMENT_RECORDED, [each for each in payments if each.reverses_id is None], {}),
        (EventKind.PAYMENT_REVERSED, back, {"reason": back[0].reason} if back else {}),
    ):
        if told:
            amount = abs(sum(entry.legs.receivable for entry in told))
            data = {"batch": batch.pk, "by": batch.recorded_by.username, "payments": len(told),
                    "amount": amount}  # fmt: skip
            publish(kind, data | more, at=batch.recorded_at)


def _agents(lines: Sequence[MoneyLine], by: User) -> dict[str, Agent]:
    codes = {line.agent for line in lines}
    return {agent.code: agent for agent in Agent.objects.visible_to(by).filter(code__in=codes)}


def _facts(lines: Sequence[MoneyLine], agents: dict[str, Agent], at: datetime) -> MoneyFacts:
    today = at.astimezone(VN).date()
    used = JournalEntry.objects.filter(
        agent__in=agents.values(),
        reference__in={line.reference for line in lines if line.reference},
        reverses=None,
        reversal=None,
    )
    return MoneyFacts(
        agents={code: agent.opened_date for code, agent in agents.items()},
        references=frozenset(used.values_list("agent__code", "reference")),
        today=today,
        fee_cap_bps=rule_value(RuleKey.PAYOUT_FEE_CAP, today),
        unauthorised=unauthorised(
            {(line.agent, line.date) for line in lines if line.event == "prize"}
        ),
    )


def unauthorised(payers: Collection[tuple[str, date]]) -> set[tuple[str, date]]:
    """Of agents and days those whose contract in force does not let them pay prizes; without a contract
    here nobody knows."""
    if not payers:
        return set()
    contracts = AgentContract.objects.filter(
        agent__code__in={code for code, _day in payers}, pays_prizes=False
    ).values_list("agent__code", "valid_from", "valid_to")
    return {
        (code, day)
        for code, day in payers
        for of, first, last in contracts
        if of == code and first <= day and (last is None or day <= last)
    }


def _entry(line: MoneyLine, agent: Agent) -> Entry:
    return Entry(
        event=JournalEvent(line.event),
        agent_id=agent.pk,
        region_id=agent.region_id,
        value_date=line.date,
        legs=legs_of(line),
        reference=line.reference,
        reason=line.reason,
    )

"""Statements of the bank: imported, matched with agents, booked as payments (sao kê ngân hàng)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import hold_lock, lock_rows
from backend.problems import Problem
from backend.reasons import says_why
from sales.engine.bank_matching import Matcher, Payer, Proposal, sender_key
from sales.engine.bank_sheet import BankRow, BankSheet, RowFault, read_sheet
from sales.engine.money_lines import MoneyLine
from sales.imports.sheet_files import cells_of
from sales.models import BankLine, BankStatement, JournalEntry, Settlement, Source
from sales.money.booking import book_reversal, record_money
from sales.money.debts import debts_on
from sales.whole_company import require_whole_company

MAX_ROWS: Final = 20_000
#: One statement of an account is kept after the other.
_ACCOUNTS: Final = 0x62616E6B
#: Senders of so many lines matched last are remembered.
_REMEMBERED: Final = 20_000


class StatementRefused(Problem):
    code = "bank.refused"
    message = _("Không đọc được sao kê. Hãy tải lại tệp Excel hoặc CSV từ ngân hàng rồi gửi.")


class StatementHasFaults(Problem):
    """`details["faults"]`: row, code and value of each."""

    code = "bank.faults"
    message = _("Sao kê có dòng chưa đúng nên chưa nhập dòng nào. Hãy sửa các dòng được nêu.")


class NotOpen(Problem):
    status = 409
    code = "bank.not_open"
    message = _("Dòng sao kê này đã được ghi sổ hoặc để riêng. Hãy tải lại trang.")


class NeedsWhy(Problem):
    code = "bank.needs_why"
    message = _("Hãy ghi lý do, ít nhất 5 ký tự.")


@dataclass(frozen=True, slots=True)
class Imported:
    """A statement and what of it was new."""

    statement: BankStatement
    new: int
    known: int


def import_statement(data: bytes, *, name: str, account: str, by: User, at: datetime) -> Imported:
    """Keep the lines of money in that are not known yet: all of them or none. Raises as `open_statement`."""
    sheet = open_statement(data, account=account, by=by, at=at)
    return keep_statement(sheet, data, name=name, account=account, by=by, at=at)


def open_statement(data: bytes, *, account: str, by: User, at: datetime) -> BankSheet:
    """The statement, read and checked; nothing is stored.

    Raises WholeCompanyOnly, FileRefused, StatementRefused, StatementHasFaults.
    """
    require_whole_company(by)
    if not account.strip():
        raise StatementRefused(_("Hãy ghi số tài khoản ngân hàng của sao kê."))
    return _checked(data, today=at.astimezone(VN).date())


def keep_statement(
    sheet: BankSheet, data: bytes, *, name: str, account: str, by: User, at: datetime
) -> Imported:
    """Keep what `open_statement` has read in the data. Raises StatementHasFaults."""
    account = account.strip()[:30]
    rows = {row.reference: row for row in sheet.rows}
    with transaction.atomic():
        hold_lock(_ACCOUNTS, account)  # so that no line is new to two
        kept = BankLine.objects.filter(account=account, reference__in=rows)
        known = {line.reference: (line.day, line.amount) for line in kept}
        _refuse_others(rows, known)
        statement = BankStatement.objects.create(
            account=account,
            name=name[:200],
            sha256=hashlib.sha256(data).hexdigest(),
            new=len(rows) - len(known),
            known=len(known),
            outgoing=sheet.outgoing,
            by=by,
            at=at,
        )
        BankLine.objects.bulk_create(
            _line(statement, row) for reference, row in rows.items() if reference not in known
        )
    return Imported(statement, statement.new, statement.known)


def _refuse_others(rows: Mapping[str, BankRow], known: Mapping[str, tuple[date, int]]) -> None:
    """Two transfers under one number: taken for one, the second would be lost. Raises StatementHasFaults."""
    others = [
        RowFault(rows[reference].row, "known_otherwise", reference)
        for reference, told in known.items()
        if told != (rows[reference].day, rows[reference].amount)
    ]
    if others:
        _refuse(sorted(others, key=lambda fault: fault.row))


def _checked(data: bytes, *, today: date) -> BankSheet:
    """Raises FileRefused, StatementRefused, StatementHasFaults."""
    sheet = read_sheet(cells_of(data, most_rows=MAX_ROWS).rows)
    if sheet.faults:
        _refuse(sheet.faults)
    if any(row.day > today for row in sheet.rows):
        raise StatementRefused(_("Sao kê có ngày chưa tới. Hãy kiểm tra cột ngày."))
    return sheet


def _line(statement: BankStatement, row: BankRow) -> BankLine:
    return BankLine(
        statement=statement,
        account=statement.account,
        reference=row.reference,
        day=row.day,
        amount=row.amount,
        sender=row.sender,
        text=row.text,
    )


def proposals_for(lines: list[BankLine], *, on: date) -> dict[int, list[Proposal]]:
    """For each line the agents it may be from; five queries, however many lines."""
    matcher = matcher_on(on)
    return {line.pk: proposals_of(line, matcher) for line in lines}


def matcher_on(on: date) -> Matcher:
    """What is known of agents and senders on the day; five queries."""
    return Matcher(_payers(on), _known_senders())


def proposals_of(line: BankLine, matcher: Matcher) -> list[Proposal]:
    """The agents a line may be from, the likeliest first."""
    return matcher.proposals(amount=line.amount, sender=line.sender, text=line.text)


def book_lines(agents: Mapping[int, str], *, by: User, at: datetime) -> int:
    """Book lines (by their number) as payments of these agents, all or none; how many.

    Raises WholeCompanyOnly, NotOpen, LinesRefused, PeriodClosed.
    """
    require_whole_company(by)
    with transaction.atomic():
        lines = lock_rows(BankLine.objects.filter(pk__in=agents, entry=None, reason=""))
        if not lines or len(lines) != len(agents):
            raise NotOpen
        payments = [_payment(line, agents[line.pk]) for line in lines]
        booked = record_money(by=by, at=at, source=Source.IMPORT, lines=payments)
        entries = JournalEntry.objects.filter(batch=booked.batch).select_related("agent")
        by_key = {(entry.agent.code, entry.reference): entry for entry in entries if entry.agent}
        for line in lines:
            line.entry = by_key[agents[line.pk], line.reference]
        BankLine.objects.bulk_update(lines, ["entry"])
    return len(lines)


def _payment(line: BankLine, agent: str) -> MoneyLine:
    return MoneyLine(
        event="payment",
        agent=agent,
        date=line.day,
        amount=line.amount,
        into="bank",
        reference=line.reference,
    )


def undo_line(pk: int, *, reason: str, by: User, at: datetime) -> BankLine:
    """Reverse the payment of a line, which waits for its agent again.

    Raises WholeCompanyOnly, NotOpen, NeedsWhy, PeriodClosed.
    """
    require_whole_company(by)
    if not says_why(reason):
        raise NeedsWhy
    with transaction.atomic():
        line = _locked(pk)
        if line.entry is None:
            raise NotOpen(_("Dòng sao kê này chưa ghi sổ nên không có gì để đảo."))
        book_reversal(line.entry, reason=reason, by=by, at=at)
        line.entry = None
        line.save(update_fields=["entry"])
    return line


def set_aside(pk: int, *, reason: str, by: User) -> BankLine:
    """The line is no payment of an agent; it says why. Raises WholeCompanyOnly, NotOpen, NeedsWhy."""
    require_whole_company(by)
    if not says_why(reason):
        raise NeedsWhy
    with transaction.atomic():
        line = _locked(pk)
        if line.entry is not None or line.reason:
            raise NotOpen
        line.reason = reason.strip()[:200]
        line.save(update_fields=["reason"])
    return line


def take_back(pk: int, *, by: User) -> BankLine:
    """A line set aside waits for its agent again. Raises WholeCompanyOnly, NotOpen."""
    require_whole_company(by)
    with transaction.atomic():
        line = _locked(pk)
        if not line.reason:
            raise NotOpen
        line.reason = ""
        line.save(update_fields=["reason"])
    return line


def _locked(pk: int) -> BankLine:
    lines = lock_rows(BankLine.objects.filter(pk=pk))
    if not lines:
        raise NotOpen
    return lines[0]


def _payers(on: date) -> list[Payer]:
    last = dict(
        Settlement.objects.filter(close__reopening=None)
        .order_by("agent_id", "close__month")
        .values_list("agent_id", "closing_amount")
    )
    return [
        Payer(
            debt.code,
            debt.name,
            frozenset(
                amount
                for amount in (debt.owed_amount, debt.age.overdue, last.get(debt.agent_id, 0))
                if amount > 0
            ),
        )
        for debt in debts_on(on)
    ]


def _known_senders() -> dict[str, str]:
    """Agents of the lines matched last, by who sent them; who sent for two agents is not known."""
    matched = BankLine.objects.filter(entry__isnull=False).exclude(sender="").order_by("-pk")
    rows = matched.values_list("sender", "entry__agent__code")[:_REMEMBERED]
    known: dict[str, set[str]] = {}
    for sender, agent in rows:
        known.setdefault(sender_key(sender), set()).add(str(agent))
    return {sender: next(iter(agents)) for sender, agents in known.items() if len(agents) == 1}


#: What is wrong in a row, in words.
FAULTS: Final = {
    "no_heads": _("Không thấy dòng tiêu đề có cột ngày và cột số tiền ghi có."),
    "day": _('Dòng %(row)s: ngày "%(value)s" không đọc được, ví dụ đúng 25/11/2026.'),
    "amount": _('Dòng %(row)s: số tiền "%(value)s" không đọc được, ví dụ đúng 1.234.567.'),
    "repeated": _(
        'Dòng %(row)s: số "%(value)s" đã có ở dòng trên. Mỗi lần chuyển tiền một số: hãy xóa dòng thừa; '
        "nếu cột ấy không phải mã giao dịch của ngân hàng thì xóa cả cột."
    ),
    "known_otherwise": _(
        'Dòng %(row)s: số "%(value)s" đã nhập trước đây với ngày hoặc số tiền khác. Hãy so với sao kê cũ; '
        "nếu cột ấy không phải mã giao dịch của ngân hàng thì xóa cả cột."
    ),
    "two_amounts": _("Dòng %(row)s: có cả ghi nợ và ghi có (%(value)s)."),
}
_TOLD: Final = 20


def _refuse(faults: Sequence[RowFault]) -> None:
    told = [
        str(FAULTS[fault.code]) % {"row": fault.row, "value": fault.value}
        for fault in faults[:_TOLD]
    ]
    raise StatementHasFaults(details={"faults": told, "count": len(faults)})

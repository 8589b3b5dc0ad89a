"""Is everything here? Push terminals are asked how many punches they hold, day by day.

The stamps by which firmware remembers what it has sent go wrong when a clock is changed; so the
counts decide. A day that the terminal holds more of is sent once more. A longer span that
disagrees is halved until the days are found.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import connection

from attendance.models import (
    AuditState,
    CommandKind,
    PushAudit,
    PushLink,
    Terminal,
    TerminalCommand,
)
from attendance.push.commands import queue_command
from attendance.zk.adms import query_attlog, verify_sum
from attendance.zk.adms_reports import Answer
from backend.accounts.models import User
from backend.db import lock_rows

#: Days before today that are compared every day, together with today.
RECENT_DAYS: Final = 7
EVERY: Final = timedelta(days=1)
#: A terminal that just introduced itself may still be sending; one that does so all the time is
#: not asked each time.
AFTER_HANDSHAKE: Final = timedelta(minutes=2)
SOONEST: Final = timedelta(hours=1)
#: What nobody ordered and is long over is forgotten.
COMMANDS_KEPT: Final = timedelta(days=30)
#: Firmware that cannot count is asked again after so long; until then days are fetched unasked.
ASK_AGAIN: Final = timedelta(days=7)
_EXPIRES: Final = timedelta(days=1)
_LAST_SECOND: Final = time(23, 59, 59)


def due_after_handshake(link: PushLink, *, at: datetime) -> datetime:
    """When to ask a terminal that has just introduced itself."""
    if link.audit_due_at is None:
        return at + AFTER_HANDSHAKE
    last = link.audit_due_at - EVERY
    return min(link.audit_due_at, max(at + AFTER_HANDSHAKE, last + SOONEST))


def audit_recent(link: PushLink, *, at: datetime) -> None:
    """Ask for today and the days before, by the terminal's own clock."""
    terminal = link.terminal
    TerminalCommand.objects.filter(
        terminal=terminal, by=None, audits=None, created_at__lt=at - COMMANDS_KEPT
    ).delete()
    today = device_date(terminal, at)
    refused = link.audits_refused_at
    if refused is not None and at - refused < ASK_AGAIN:
        first, last = day_span(today - timedelta(days=2), today)
        _queue(terminal, CommandKind.QUERY_LOG, query_attlog(first, last), by=None, at=at)
        return
    for back in range(RECENT_DAYS + 1):
        day = today - timedelta(days=back)
        ask(terminal, *day_span(day, day), by=None, at=at)


def device_date(terminal: Terminal, at: datetime) -> date:
    """Today, as the terminal's own clock should have it."""
    return (at + timedelta(minutes=terminal.utc_offset_minutes)).date()


def day_span(first: date, last: date) -> tuple[datetime, datetime]:
    return datetime.combine(first, time.min), datetime.combine(last, _LAST_SECOND)


def ask(
    terminal: Terminal, first: datetime, last: datetime, *, by: User | None, at: datetime
) -> None:
    """Have the terminal count its punches from `first` to `last`, both included.

    Raises NotPushing.
    """
    command = _queue(terminal, CommandKind.VERIFY_SUM, verify_sum(first, last), by=by, at=at)
    PushAudit.objects.update_or_create(
        terminal=terminal,
        first=first,
        last=last,
        defaults={"state": AuditState.ASKED, "command": command, "asked_at": at},
    )


def fetch(
    terminal: Terminal, first: datetime, last: datetime, *, by: User | None, at: datetime
) -> TerminalCommand:
    """Have the terminal send the span once more; what is here already is not doubled."""
    return _queue(terminal, CommandKind.QUERY_LOG, query_attlog(first, last), by=by, at=at)


def _queue(
    terminal: Terminal, kind: CommandKind, text: str, *, by: User | None, at: datetime
) -> TerminalCommand:
    return queue_command(terminal=terminal, text=text, by=by, at=at, kind=kind, expires=_EXPIRES)


def answered(command: TerminalCommand, answer: Answer, *, at: datetime) -> None:
    """Compare after a terminal's answer. Belongs in the transaction that records the answer."""
    audits = PushAudit.objects.filter(command=command).select_related("terminal")
    for audit in lock_rows(audits):
        audit.answered_at = at
        if command.kind == CommandKind.QUERY_LOG:
            _compare(audit)
            audit.state = _judged(audit)
        elif answer.code < 0 or answer.count is None:
            audit.state = AuditState.REFUSED
            PushLink.objects.filter(terminal=audit.terminal_id).update(audits_refused_at=at)
        else:
            audit.device_sum = max(0, answer.count)
            _compare(audit)
            audit.state = _judged(audit)
            if audit.state == AuditState.SHORT:
                _search(audit, by=command.by, at=at)
        audit.save()


def gave_up(commands: Sequence[TerminalCommand]) -> None:
    """These commands were never answered."""
    if commands:
        PushAudit.objects.filter(
            command__in=commands, state__in=[AuditState.ASKED, AuditState.FETCHING]
        ).update(state=AuditState.REFUSED)


def _judged(audit: PushAudit) -> AuditState:
    if not audit.gap:
        return AuditState.EQUAL
    return AuditState.SHORT if audit.gap > 0 else AuditState.MORE_HERE


def _compare(audit: PushAudit) -> None:
    audit.our_count = count_here(audit.terminal, audit.first, audit.last)
    audit.gap = None if audit.device_sum is None else audit.device_sum - audit.our_count


def _search(audit: PushAudit, *, by: User | None, at: datetime) -> None:
    """A day is fetched; a longer span is asked for by halves."""
    days = (audit.last.date() - audit.first.date()).days
    if days < 1:
        audit.state = AuditState.FETCHING
        audit.command = fetch(audit.terminal, audit.first, audit.last, by=by, at=at)
        return
    audit.state = AuditState.SPLIT
    middle = audit.first.date() + timedelta(days=days // 2)
    ask(audit.terminal, audit.first, datetime.combine(middle, _LAST_SECOND), by=by, at=at)
    after = datetime.combine(middle + timedelta(days=1), time.min)
    ask(audit.terminal, after, audit.last, by=by, at=at)


# A record parked by a pull and by a push has different bytes, so it is known by user and time.
_COUNT: Final = """
    SELECT (SELECT count(*) FROM attendance_punch
            WHERE serial_number = %(serial)s AND device_time BETWEEN %(first)s AND %(last)s)
        + (SELECT count(DISTINCT (device_user_id, device_time)) FROM attendance_parkedrecord
            WHERE serial_number = %(serial)s AND device_time BETWEEN %(first)s AND %(last)s)
"""


def count_here(terminal: Terminal, first: datetime, last: datetime) -> int:
    """How many records of the span, in the terminal's own time, the ledger has of it."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"serial": terminal.serial_number, "first": first, "last": last})
        [count] = cursor.fetchone()
    return int(count)

"""What terminals push is put into the ledger, and they are told how to behave and what to do.

The answer "OK: n" is given by the views only after these functions have returned, that is after
the commit: a terminal that does not get it sends the same again, which adds nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F

from attendance.collecting import ledger
from attendance.models import (
    CommandKind,
    NoticeKind,
    Pull,
    PullSource,
    PullState,
    PushLink,
    Terminal,
    TerminalNotice,
)
from attendance.push import audits as push_audits
from attendance.push import commands as push_commands
from attendance.push.commands import queue_command
from attendance.zk import adms, adms_reports
from attendance.zk.client import Download
from backend.accounts.models import User
from backend.db import lock_rows

__all__ = ["answers", "attlog", "commands", "introduce", "operlog", "options", "queue_command"]

#: Seconds between a terminal's requests for commands.
DELAY_SECONDS: Final = 10


def introduce(link: PushLink, *, address: str, at: datetime) -> bytes:
    """A terminal started, or lost us for a while: how it is to behave, and from where to send."""
    due = push_audits.due_after_handshake(link, at=at)
    PushLink.objects.filter(pk=link.pk).update(
        last_heard_at=at, last_address=address, audit_due_at=due
    )
    return adms.handshake(
        link.terminal.serial_number,
        attlog_stamp=link.attlog_stamp,
        operlog_stamp=link.operlog_stamp,
        utc_offset_minutes=link.terminal.utc_offset_minutes,
        delay=DELAY_SECONDS,
    )


def attlog(link: PushLink, body: bytes, *, stamp: str, address: str, at: datetime) -> int:
    """Store an upload of punches; returns how many lines were dealt with.

    Raises NotThatTable, LeaseLost; then nothing has changed.
    """
    upload = adms.decode_attlog(body)
    with transaction.atomic():
        if upload.log.count:
            _store(link.terminal, upload, at=at)
        _count(link, upload, stamp=stamp, address=address, at=at)
    return upload.count


def _store(terminal: Terminal, upload: adms.Attlog, *, at: datetime) -> None:
    pull = Pull.objects.create(
        terminal=terminal, source=PullSource.PUSH, state=PullState.RUNNING, started_at=at
    )
    download = Download(
        serial_number=terminal.serial_number,
        device_count=None,
        raw=upload.raw,
        layout=adms.LAYOUT,
        log=upload.log,
    )
    counts = ledger.store(download, pull=pull, at=at)
    if not counts.stored and not counts.parked:
        # A repetition is no event: no row is left of it.
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM attendance_pull WHERE id = %s", [pull.pk])


def _count(link: PushLink, upload: adms.Attlog, *, stamp: str, address: str, at: datetime) -> None:
    Terminal.objects.filter(pk=link.terminal_id).update(last_contact_at=at)
    changes: dict[str, Any] = {
        "last_heard_at": at,
        "last_address": address,
        "uploads": F("uploads") + 1,
        "lines": F("lines") + upload.count,
        "dropped_lines": F("dropped_lines") + upload.dropped,
    }
    if stamp := adms.stamp_of(stamp):
        changes["attlog_stamp"] = stamp
    PushLink.objects.filter(pk=link.pk).update(**changes)


# --- what else they tell -------------------------------------------------------------------

_NAMES: Final = """
    INSERT INTO attendance_terminaluser (terminal_id, device_user_id, name, punch_count)
    SELECT %s, unnest(%s::text[]), unnest(%s::text[]), 0
    ON CONFLICT ON CONSTRAINT terminal_user_once DO UPDATE SET name = excluded.name
    WHERE attendance_terminaluser.name <> excluded.name
"""


def operlog(link: PushLink, body: bytes, *, stamp: str, address: str, at: datetime) -> int:
    """Keep users' names and note what a person did to clock or log; returns the lines' number."""
    told = adms_reports.decode_operlog(body)
    changes: dict[str, Any] = {"last_heard_at": at, "last_address": address}
    if stamp := adms.stamp_of(stamp):
        changes["operlog_stamp"] = stamp
    with transaction.atomic():
        if told.names or told.operations:
            lock_rows(Terminal.objects.filter(pk=link.terminal_id))  # as the ledger does
        if told.names:
            with connection.cursor() as cursor:
                cursor.execute(
                    _NAMES, [link.terminal_id, list(told.names), list(told.names.values())]
                )
        _note(link, told, at=at)
        PushLink.objects.filter(pk=link.pk).update(**changes)
    return told.count


def _note(link: PushLink, told: adms_reports.Operlog, *, at: datetime) -> None:
    """Who set the clock or deleted the log, once however often it is told."""
    kinds = dict.fromkeys(adms_reports.LOG_CLEARED, NoticeKind.LOG_CLEARED)
    kinds[adms_reports.CLOCK_SET] = NoticeKind.CLOCK_SET
    notices = [
        TerminalNotice(
            terminal_id=link.terminal_id,
            kind=kinds[one.code],
            details={
                "operation": one.code,
                "operator": one.operator,
                "device_time": one.time.isoformat(sep=" "),
            },
            at=at,
        )
        for one in told.operations
        if one.code in kinds
    ]
    if not notices:
        return
    known = TerminalNotice.objects.filter(
        terminal=link.terminal_id, details__in=[notice.details for notice in notices]
    ).values_list("details", flat=True)
    seen = [dict(details) for details in known]
    fresh: list[TerminalNotice] = []
    for notice in notices:
        if notice.details not in seen:
            seen.append(notice.details)
            fresh.append(notice)
    TerminalNotice.objects.bulk_create(fresh)


#: What a terminal tells -> the terminal's column.
_COUNTS: Final = {
    "TransactionCount": "last_record_count",
    "UserCount": "user_count",
    "FPCount": "finger_count",
}


def options(link: PushLink, told: Mapping[str, str], *, at: datetime) -> None:
    """Keep what the terminal tells of itself, where it is new."""
    if any(link.told.get(key) != value for key, value in told.items()):
        link.told = {**link.told, **told}
        PushLink.objects.filter(pk=link.pk).update(told=link.told, last_heard_at=at)
    counts = {
        column: int(told[key])
        for key, column in _COUNTS.items()
        if told.get(key, "").isdecimal() and len(told[key]) <= 9
    }
    if any(getattr(link.terminal, column) != count for column, count in counts.items()):
        Terminal.objects.filter(pk=link.terminal_id).update(**counts)


# --- commands ------------------------------------------------------------------------------


def commands(link: PushLink, *, has_commands: bool, at: datetime) -> bytes:
    """What the terminal is to do now: "OK" where it is nothing."""
    if link.audit_due_at is not None and link.audit_due_at <= at:
        # Of two requests at once only one plans.
        mine = PushLink.objects.filter(pk=link.pk, audit_due_at=link.audit_due_at)
        with transaction.atomic():
            if mine.update(audit_due_at=at + push_audits.EVERY):
                push_audits.audit_recent(link, at=at)
                has_commands = True
    if not has_commands:
        return adms.OK
    with transaction.atomic():
        lines, lost = push_commands.take(link.terminal_id, at=at)
        push_audits.gave_up(lost)
    return lines or adms.OK


def answers(link: PushLink, body: bytes, *, at: datetime) -> int:
    """Write down what became of commands, and go on where counts disagree."""
    told = adms_reports.decode_answers(body)
    with transaction.atomic():
        for answer in told:
            command = push_commands.record(answer, terminal_id=link.terminal_id, at=at)
            if command is not None:
                push_audits.answered(command, answer, at=at)
            if answer.told:
                options(link, answer.told, at=at)
    return len(told)


def send_all_again(link: PushLink, *, by: User | None, at: datetime) -> None:
    """Forget how far the terminal has sent, and have it introduce itself: it sends everything."""
    with transaction.atomic():
        PushLink.objects.filter(pk=link.pk).update(attlog_stamp="", operlog_stamp="")
        queue_command(
            terminal=link.terminal,
            text="CHECK",
            by=by,
            at=at,
            kind=CommandKind.SEND_ALL,
        )

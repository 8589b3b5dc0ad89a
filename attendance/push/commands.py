"""The queue of commands to terminals that push: they ask, are told, and answer what came of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attendance.models import CommandKind, CommandState, PushLink, Terminal, TerminalCommand
from attendance.zk.adms import command_line
from attendance.zk.adms_reports import Answer
from backend.accounts.models import User
from backend.db import lock_rows
from backend.problems import Problem

#: A terminal that has been away for so long is not told any more.
EXPIRES: Final = timedelta(days=7)
#: Without an answer for so long a command is sent again, so often in all.
RESEND_AFTER: Final = timedelta(minutes=10)
MOST_ATTEMPTS: Final = 3
#: Commands in one answer; firmware works them off before it asks again.
AT_ONCE: Final = 20
_MOST_BYTES: Final = 8_000
_OPEN: Final = (CommandState.WAITING, CommandState.SENT)


class NotPushing(Problem):
    """The terminal has no leave to push, so it never asks for commands."""

    code = "not_pushing"
    status = 409
    message = _("Máy này không dùng kênh đẩy (ADMS) nên không nhận được lệnh. Hãy duyệt máy trước.")


class BadCommand(Problem):
    """A command is one line."""

    code = "bad_command"
    message = _("Lệnh gửi máy phải nằm trên một dòng và không quá dài.")


def queue_command(
    *,
    terminal: Terminal,
    text: str,
    by: User | None,
    at: datetime,
    kind: CommandKind = CommandKind.OTHER,
    expires: timedelta = EXPIRES,
) -> TerminalCommand:
    """Have the terminal told when it asks next. The same command still waiting is not doubled.

    Raises NotPushing, BadCommand.
    """
    if not text or len(text.encode()) > _MOST_BYTES or set(text) & set("\r\n\0"):
        raise BadCommand
    if not PushLink.objects.filter(terminal=terminal, enabled=True).exists():
        raise NotPushing
    waiting = TerminalCommand.objects.filter(
        terminal=terminal, text=text, state=CommandState.WAITING, expires_at__gt=at
    ).first()
    return waiting or TerminalCommand.objects.create(
        terminal=terminal, kind=kind, text=text, by=by, created_at=at, expires_at=at + expires
    )


def due(at: datetime) -> Q:
    """Commands to be sent now, or to be given up."""
    return Q(state=CommandState.WAITING) | Q(
        state=CommandState.SENT, sent_at__lte=at - RESEND_AFTER
    )


def take(terminal_id: int, *, at: datetime) -> tuple[bytes, list[TerminalCommand]]:
    """What to tell the terminal now, and the commands that were given up."""
    with transaction.atomic():
        rows = lock_rows(TerminalCommand.objects.filter(due(at), terminal=terminal_id))
        lost = [command for command in rows if _is_lost(command, at)]
        for command in lost:
            command.state = CommandState.EXPIRED
        told: list[TerminalCommand] = []
        size = 0
        for command in rows:
            size += len(command.text.encode()) + 20
            if command.state == CommandState.EXPIRED:
                continue
            if len(told) == AT_ONCE or (told and size > _MOST_BYTES):
                break
            command.state, command.sent_at = CommandState.SENT, at
            command.attempts += 1
            told.append(command)
        TerminalCommand.objects.bulk_update([*lost, *told], ["state", "sent_at", "attempts"])
    return _lines(told), lost


def _is_lost(command: TerminalCommand, at: datetime) -> bool:
    if command.expires_at <= at:
        return True
    # The answer of a terminal that restarts is often lost: it must not restart again and again.
    most = 1 if command.kind == CommandKind.REBOOT else MOST_ATTEMPTS
    return command.attempts >= most


def _lines(commands: Sequence[TerminalCommand]) -> bytes:
    return "".join(f"{command_line(one.pk, one.text)}\n" for one in commands).encode()


def record(answer: Answer, *, terminal_id: int, at: datetime) -> TerminalCommand | None:
    """Write down what became of a command; None where it is unknown or was answered before."""
    found = lock_rows(TerminalCommand.objects.filter(pk=answer.command, terminal=terminal_id))
    if not found or found[0].state in (CommandState.DONE, CommandState.FAILED):
        return None
    [command] = found
    command.state = CommandState.DONE if answer.code >= 0 else CommandState.FAILED
    command.return_code, command.answered_at = answer.code, at
    if answer.count is not None:
        command.result = {"count": answer.count}
    command.save(update_fields=["state", "return_code", "answered_at", "result"])
    return command


def withdraw(command: TerminalCommand) -> bool:
    """Take back a command that was not sent yet; false where it is too late."""
    waiting = TerminalCommand.objects.filter(pk=command.pk, state=CommandState.WAITING)
    return bool(waiting.update(state=CommandState.EXPIRED))

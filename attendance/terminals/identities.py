"""Notes when another terminal answers where a registered one should."""

from datetime import datetime

from attendance.models import NoticeKind, Pull, Terminal, TerminalNotice
from attendance.zk.errors import WrongTerminal
from backend.problems import Problem


def note_stranger(terminal: Terminal, pull: Pull, problem: Problem, *, at: datetime) -> None:
    """Note a serial number that is not the registered one: once until the right one answers again."""
    if not isinstance(problem, WrongTerminal):
        return
    told = TerminalNotice.objects.filter(terminal=terminal, kind=NoticeKind.SERIAL_CHANGED)
    newest = told.order_by("-pk").first()
    if newest and newest.details == problem.details:
        answered = terminal.last_contact_at
        if answered is None or newest.at >= answered:
            return
    TerminalNotice.objects.create(
        terminal=terminal,
        pull=pull,
        kind=NoticeKind.SERIAL_CHANGED,
        details=problem.details,
        at=at,
    )

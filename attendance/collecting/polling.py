"""One poll of one terminal, from claim to committed rows or a recorded failure."""

import logging
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Final, Protocol, TypeVar

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from attendance.collecting import leases, ledger
from attendance.models import Pull
from attendance.terminals.reaching import target_of
from attendance.zk.client import Limits, pull
from attendance.zk.errors import InternalError
from backend.milestones import announce
from backend.problems import Problem

logger = logging.getLogger(__name__)

DATABASE_GONE: Final = (OperationalError, InterfaceError)
T = TypeVar("T")


class Write(Protocol):
    """Does a piece of work that needs the database, and waits for it."""

    def __call__(self, work: Callable[[], T], /) -> T: ...


def at_once(work: Callable[[], T], /) -> T:
    return work()


def poll(
    claimed: Pull,
    *,
    now: Callable[[], datetime],
    limits: Limits,
    chance: Random,
    write: Write = at_once,
) -> None:
    """Read one claimed terminal and store what it says, or record why that was not possible.

    Only what goes through `write` uses the database.
    """

    def locking() -> None:
        if not write(lambda: leases.note_lock(claimed, at=now())):
            raise ledger.LeaseLost

    problem: Problem
    try:
        target = target_of(claimed.terminal, at=claimed.started_at)
        download = pull(target, now=now, limits=limits, locking=locking)
        stored = write(lambda: ledger.store(download, pull=claimed, at=now()))
    except Problem as anticipated:
        problem = anticipated
        logger.warning("terminal %s: %s (%s)", claimed.terminal.code, problem, problem.code)
        write(lambda: leases.fail(claimed, problem, at=now(), chance=chance))
    except DATABASE_GONE:
        raise
    except Exception:
        # A bug met at one terminal must not become a loop of the same bug once a second.
        write(lambda: leases.fail(claimed, InternalError(), at=now(), chance=chance))
        raise
    else:
        _tell(claimed, stored)


def _tell(claimed: Pull, stored: ledger.Stored) -> None:
    if stored.stored:
        text = _("{terminal}: {count} lượt chấm công mới.")
        announce("punches.pulled", text.format(terminal=claimed.terminal.name, count=stored.stored))
    if stored.parked:
        logger.warning("terminal %s: %s records parked", claimed.terminal.code, stored.parked)

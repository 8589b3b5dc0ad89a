"""Sets a terminal's clock: outside its punching peaks, recorded with before and after."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Abs
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attendance.models import (
    ClockPolicy,
    ClockReading,
    Collecting,
    NoticeKind,
    Terminal,
    TerminalNotice,
)
from attendance.terminals import clocks
from attendance.terminals.holding import held, still_ours
from attendance.terminals.reaching import target_of
from attendance.zk import device
from attendance.zk.client import Limits
from backend.accounts.models import User
from backend.clock import VN
from backend.problems import Problem

logger = logging.getLogger(__name__)

_LIMITS: Final = Limits(contact_seconds=15)
#: Two short contacts, each in a process of its own.
_HELD_SECONDS: Final = 45.0
#: Terminals take whole seconds, so the fraction is rounded, not cut off.
_HALF_A_SECOND: Final = timedelta(seconds=0.5)
_AGAIN: Final = timedelta(hours=6)
_AFTER_FAILURE: Final = timedelta(hours=1)
_FRESH: Final = timedelta(minutes=15)


class InPeak(Problem):
    """People are punching: a clock set now could put two punches in the wrong order."""

    code = "in_peak"
    status = 409
    message = _("Đang giờ cao điểm chấm công của máy này nên chưa chỉnh giờ.")

    def __init__(self, *, calm_at: datetime | None) -> None:
        text = str(type(self).message)
        if calm_at is not None:
            local = calm_at.astimezone(VN)
            text += " " + gettext("Lúc vắng gần nhất: {time}.").format(time=f"{local:%H:%M %d/%m}")
        super().__init__(text, details={"calm_at": calm_at.isoformat() if calm_at else None})


@dataclass(frozen=True)
class ClockSet:
    """Seconds the clock was ahead before and after."""

    before: int
    after: int


def set_clock(
    terminal: Terminal, *, by: User | None, now: Callable[[], datetime], anyway: bool = False
) -> ClockSet:
    """Set the terminal's clock to the right time. `by` is None when nobody asked for it.

    `anyway`: the person knows that it is a punching peak. Raises InPeak, TerminalBusy, ZkError,
    CannotUnseal.
    """
    peaks = clocks.peaks_of(terminal, at=now())
    in_peak = clocks.is_peak(peaks, now())
    if in_peak and not anyway:
        raise InPeak(calm_at=clocks.next_calm(peaks, now()))
    holder = f"clock {by.pk}" if by else "clock"
    with held(terminal, by=holder, now=now, seconds=_HELD_SECONDS) as mine:
        target = target_of(mine, at=now())
        before = _ahead(mine, device.read_clock(target, limits=_LIMITS), now())
        wanted = _wall_clock(mine, now()) + _HALF_A_SECOND
        shown = device.set_clock(target, wanted, limits=_LIMITS)
        at = now()
        after = _ahead(mine, shown, at)
        with transaction.atomic():
            still_ours(mine).update(clock_offset_seconds=after)
            ClockReading.objects.create(terminal=mine, at=at, offset_seconds=after)
            details = {
                "before": before,
                "after": after,
                "by": str(by) if by else "",
                "in_peak": in_peak,
            }
            TerminalNotice.objects.create(
                terminal=mine, kind=NoticeKind.CLOCK_SET, details=details, at=at
            )
    return ClockSet(before, after)


def _wall_clock(terminal: Terminal, at: datetime) -> datetime:
    """What the terminal's clock should show."""
    return (at + timedelta(minutes=terminal.utc_offset_minutes)).replace(tzinfo=None)


def _ahead(terminal: Terminal, shown: datetime, at: datetime) -> int:
    return round((shown - _wall_clock(terminal, at)).total_seconds())


def set_one_due(*, now: Callable[[], datetime]) -> bool:
    """Set one clock that is off by more than its policy allows, if it is no peak there now.

    Any number of collectors may do this at once. Returns whether one was set.
    """
    at = now()
    for policy in _due(at).select_related("terminal").order_by("pk")[:20]:
        terminal = policy.terminal
        if clocks.is_peak(clocks.peaks_of(terminal, at=at), at):
            continue
        taken = _due(at).filter(pk=policy.pk).update(not_before=at + _AFTER_FAILURE)
        if not taken:
            continue
        try:
            done = set_clock(terminal, by=None, now=now)
        except Problem as problem:
            logger.warning("terminal %s: clock not set: %s", terminal.code, problem)
            return False
        ClockPolicy.objects.filter(pk=policy.pk).update(not_before=now() + _AGAIN)
        logger.info("terminal %s: clock set from %+d s", terminal.code, done.before)
        return True
    return False


def _due(at: datetime) -> QuerySet[ClockPolicy]:
    return (
        ClockPolicy.objects.annotate(off=Abs("terminal__clock_offset_seconds"))
        .filter(
            Q(not_before__isnull=True) | Q(not_before__lte=at),
            off__gt=F("above_seconds"),
            terminal__enabled=True,
            terminal__consecutive_failures=0,
            terminal__last_contact_at__gt=at - _FRESH,
        )
        .exclude(terminal__collecting=Collecting.PUSH)
    )

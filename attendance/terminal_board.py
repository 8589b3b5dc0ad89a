"""What the terminal board tells of each terminal: how it is, why, and what to do. Read-only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.models import (
    Enrolment,
    ParkedRecord,
    Pull,
    PullSource,
    PullState,
    Terminal,
    TerminalUser,
)
from attendance.zk.errors import ZkError
from backend.accounts.models import User
from backend.clock import VN


class Condition(StrEnum):
    GOOD = "good"
    RUNNING = "running"
    NEW = "new"
    LATE = "late"
    FAILING = "failing"
    OFF = "off"


LABELS: Final[Mapping[Condition, str | Promise]] = {
    Condition.GOOD: _("Hoạt động tốt"),
    Condition.RUNNING: _("Đang tải"),
    Condition.NEW: _("Chưa kết nối lần nào"),
    Condition.LATE: _("Quá lâu chưa tải"),
    Condition.FAILING: _("Có lỗi"),
    Condition.OFF: _("Không dùng"),
}
#: The page's chip classes.
TONES: Final[Mapping[Condition, str]] = {
    Condition.GOOD: "good",
    Condition.RUNNING: "info",
    Condition.NEW: "attention",
    Condition.LATE: "attention",
    Condition.FAILING: "bad",
    Condition.OFF: "",
}
#: A clock further off than this is said to be wrong.
CLOCK_TOLERANCE_SECONDS: Final = 60
_COLLECTOR_REMEDY: Final = _("Kiểm tra tiến trình collector có đang chạy không.")


@dataclass(frozen=True)
class TerminalState:
    """One card. `last_done` is the newest pull that succeeded, `problem` why the newest did not."""

    terminal: Terminal
    condition: Condition
    last_done: Pull | None
    problem: str
    remedy: str | Promise
    unknown_users: int
    parked: int

    @property
    def label(self) -> str | Promise:
        return LABELS[self.condition]

    @property
    def tone(self) -> str:
        return TONES[self.condition]

    @property
    def seconds(self) -> float | None:
        """How long the newest good pull took."""
        if self.last_done is None or self.last_done.finished_at is None:
            return None
        return (self.last_done.finished_at - self.last_done.started_at).total_seconds()

    @property
    def clock_is_wrong(self) -> bool:
        offset = self.terminal.clock_offset_seconds
        return offset is not None and abs(offset) > CLOCK_TOLERANCE_SECONDS


def states(*, user: User, at: datetime) -> list[TerminalState]:
    """All terminals the person may see, those in trouble first."""
    mine = Terminal.objects.visible_to(user)
    newest = _newest_pulls(mine)
    pulls = Pull.objects.in_bulk([key for pair in newest.values() for key in pair if key])
    unknown = _count(unknown_users())
    parked = _count(ParkedRecord.objects.all())
    cards = [
        _state(
            terminal,
            pulls.get(newest[terminal.pk][0] or 0),
            pulls.get(newest[terminal.pk][1] or 0),
            unknown.get(terminal.pk, 0),
            parked.get(terminal.pk, 0),
            at,
        )
        for terminal in mine.select_related("site").order_by("code", "pk")
    ]
    order = (Condition.FAILING, Condition.LATE)
    return sorted(
        cards, key=lambda card: order.index(card.condition) if card.condition in order else 9
    )


def _newest_pulls(terminals: QuerySet[Terminal]) -> dict[int, tuple[int | None, int | None]]:
    """By terminal: its newest ended pull, and the newest that succeeded."""
    ended = (
        Pull.objects.filter(terminal=OuterRef("pk"), source=PullSource.PULL)
        .exclude(state=PullState.RUNNING)
        .order_by("-pk")
    )
    rows = terminals.annotate(
        newest=Subquery(ended.values("pk")[:1]),
        done=Subquery(ended.filter(state=PullState.DONE).values("pk")[:1]),
    )
    return {pk: (newest, done) for pk, newest, done in rows.values_list("pk", "newest", "done")}


def unknown_users() -> QuerySet[TerminalUser]:
    """Users who punched but were nobody's on the day of their last punch."""
    owners = Enrolment.objects.filter(
        device_user_id=OuterRef("device_user_id"), valid_from__lte=OuterRef("last_date")
    ).exclude(valid_to__lt=OuterRef("last_date"))
    return (
        TerminalUser.objects.filter(punch_count__gt=0)
        .annotate(last_date=TruncDate("last_punched_at", tzinfo=VN))
        .filter(~Exists(owners))
    )


def _count(rows: QuerySet[TerminalUser] | QuerySet[ParkedRecord]) -> dict[int, int]:
    counted = rows.values("terminal").annotate(number=Count("pk")).order_by("terminal")
    return dict(counted.values_list("terminal", "number"))


def _state(
    terminal: Terminal,
    last: Pull | None,
    done: Pull | None,
    unknown: int,
    parked: int,
    at: datetime,
) -> TerminalState:
    condition = _condition(terminal, at)
    problem: str = ""
    remedy: str | Promise = ""
    if condition == Condition.FAILING and last is not None:
        problem, remedy = last.reason, remedy_for(last.code)
    elif condition == Condition.LATE:
        remedy = _COLLECTOR_REMEDY
    return TerminalState(terminal, condition, done, problem, remedy, unknown, parked)


def _condition(terminal: Terminal, at: datetime) -> Condition:
    if not terminal.enabled:
        return Condition.OFF
    if terminal.consecutive_failures:
        return Condition.FAILING
    if terminal.lease_until and terminal.lease_until > at:
        return Condition.RUNNING
    if terminal.last_contact_at is None:
        return Condition.NEW
    patience = timedelta(seconds=3 * terminal.poll_seconds + 60)
    return Condition.LATE if at - terminal.last_contact_at > patience else Condition.GOOD


def remedy_for(code: str) -> str | Promise:
    """What a person can do about a failed pull with this code."""
    return _REMEDIES.get(code, "")


def _all_errors(error: type[ZkError]) -> Iterator[type[ZkError]]:
    yield error
    for special in error.__subclasses__():
        yield from _all_errors(special)


_REMEDIES: Final = {error.code: error.remedy for error in _all_errors(ZkError)}

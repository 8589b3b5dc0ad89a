"""How one terminal is, in the words and figures of its card: why, and what to do. Read-only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.collecting.completeness import Proof, Why, proof_of
from attendance.collecting.contacts import HourCounts
from attendance.collecting.rhythm import interval_seconds
from attendance.models import Collecting, Pull, Terminal, TerminalNotice
from attendance.push.refusals import meaning_of
from attendance.terminals.capacity import Memory, memories
from attendance.zk.errors import ZkError


class Condition(StrEnum):
    GOOD = "good"
    RUNNING = "running"
    QUIET = "quiet"
    NEW = "new"
    LATE = "late"
    FAILING = "failing"
    OFF = "off"


LABELS: Final[Mapping[Condition, str | Promise]] = {
    Condition.GOOD: _("Hoạt động tốt"),
    Condition.RUNNING: _("Đang tải"),
    Condition.QUIET: _("Trong giờ yên lặng"),
    Condition.NEW: _("Chưa kết nối lần nào"),
    Condition.LATE: _("Quá lâu chưa tải"),
    Condition.FAILING: _("Có lỗi"),
    Condition.OFF: _("Không dùng"),
}
#: The page's chip classes.
TONES: Final[Mapping[Condition, str]] = {
    Condition.GOOD: "good",
    Condition.RUNNING: "info",
    Condition.QUIET: "info",
    Condition.NEW: "attention",
    Condition.LATE: "attention",
    Condition.FAILING: "bad",
    Condition.OFF: "",
}
#: Punches may have been made there that nobody has here.
CUT_OFF: Final = (Condition.FAILING, Condition.LATE, Condition.NEW)
#: A clock further off than this is said to be wrong.
CLOCK_TOLERANCE_SECONDS: Final = 60
_COLLECTOR_REMEDY: Final = _("Kiểm tra tiến trình collector có đang chạy không.")
_PUSH_REMEDY: Final = _(
    "Máy tự đẩy dữ liệu nhưng lâu chưa gọi về. Kiểm tra nguồn điện, mạng và địa chỉ máy chủ (ADMS)"
    " khai báo trong máy."
)


@dataclass(frozen=True)
class TerminalState:
    """One card. `last_done` is the newest pull that succeeded, `problem` why the newest did not.

    `hours` are its last 24, the oldest first, None where nothing was tried. `people` belong to its
    site; `is_alone` when no other terminal in use stands there. `audited` are the punches of the
    last days here and on a terminal that pushes, as it counted them. `full_on`: when its memory
    of records is full, worked out only where that is near. `alarm`: what happened to its log or
    its serial number that nobody has answered yet.
    """

    terminal: Terminal
    condition: Condition
    last_done: Pull | None
    problem: str | Promise
    remedy: str | Promise
    unknown_users: int
    parked: int
    hours: list[HourCounts | None]
    people: int
    is_alone: bool
    audited: tuple[int, int] | None = None
    full_on: date | None = None
    alarm: TerminalNotice | None = None

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

    @property
    def proof(self) -> Proof:
        """What the newest good pull proves."""
        return proof_of(self.last_done)

    @property
    def counted(self) -> tuple[int, int] | None:
        """Records accounted for, and records on the terminal; None where it told no count."""
        proof = self.proof
        return self.audited if proof.counted is None else (proof.accounted, proof.counted)

    @property
    def gap(self) -> int | None:
        """Records the terminal counted and did not deliver."""
        return self.counted[1] - self.counted[0] if self.counted else None

    @property
    def goes_on(self) -> bool:
        """A long log that comes in several parts: what lacks is on the way."""
        return self.proof.why == Why.BROKEN_OFF

    @property
    def meters(self) -> list[Memory]:
        """Records, users and fingers, where the terminal told both numbers."""
        return [memory for memory in memories(self.terminal) if memory.percent is not None]

    @property
    def fullest(self) -> Memory | None:
        return max(self.meters, key=lambda memory: memory.percent or 0, default=None)

    @property
    def free_records(self) -> int | None:
        """How many more punches the terminal can keep while nobody reads it."""
        count, most = self.terminal.last_record_count, self.terminal.record_capacity
        return None if count is None or not most else max(0, most - count)

    @property
    def is_cut_off(self) -> bool:
        """Its punches do not arrive: people of its site are affected."""
        return self.condition in (Condition.FAILING, Condition.LATE)

    @property
    def needs_look(self) -> bool:
        """Whether a person should look at it, whatever for."""
        if self.condition == Condition.OFF:
            return False
        is_filling = self.fullest is not None and self.fullest.tone != "good"
        return bool(
            self.tone in ("bad", "attention")
            or self.clock_is_wrong
            or is_filling
            or self.lacks
            or self.alarm
        )

    @property
    def lacks(self) -> bool:
        return self.gap is not None and self.gap > 0 and not self.goes_on

    @property
    def rank(self) -> int:
        """Trouble first: cut off, then incomplete or full or a wrong clock, then the rest."""
        if self.condition == Condition.OFF:
            return 9
        order = {Condition.FAILING: 0, Condition.LATE: 1}
        return order.get(self.condition, 2 if self.needs_look else 5)


def trouble_of(
    terminal: Terminal, condition: Condition, last: Pull | None, refusal: str = ""
) -> tuple[str | Promise, str | Promise]:
    """What went wrong, and what to do about it; `refusal` is why a push was not heard."""
    if condition == Condition.FAILING and last is not None:
        return problem_of(last), remedy_for(last.code)
    if condition == Condition.LATE:
        if terminal.collecting != Collecting.PUSH:
            return "", _COLLECTOR_REMEDY
        return (meaning_of(refusal), "") if refusal else ("", _PUSH_REMEDY)
    return "", ""


def condition_of(terminal: Terminal, at: datetime) -> Condition:
    """How the terminal is, from its own row alone."""
    if not terminal.enabled:
        return Condition.OFF
    if terminal.consecutive_failures:
        return Condition.FAILING
    if terminal.lease_until and terminal.lease_until > at:
        return Condition.RUNNING
    if terminal.last_contact_at is None:
        return Condition.NEW
    patience = timedelta(seconds=3 * interval_seconds(terminal) + 60)
    due = terminal.last_contact_at
    if terminal.collecting != Collecting.PUSH and terminal.next_poll_at is not None:
        due = max(due, terminal.next_poll_at)
    if at - due > patience:
        return Condition.LATE
    return Condition.QUIET if at - terminal.last_contact_at > patience else Condition.GOOD


def problem_of(pull: Pull) -> str | Promise:
    """Why a pull failed, in the reader's language where the sentence has no figures in it."""
    known = _error(pull.code)
    if known is None or "{" in str(known.message) or not known.message:
        return pull.reason
    return known.message


def remedy_for(code: str) -> str | Promise:
    """What a person can do about a failed pull with this code."""
    known = _error(code)
    return known.remedy if known else ""


def _error(code: str) -> type[ZkError] | None:
    return next((error for error in _all_errors(ZkError) if error.code == code), None)


def _all_errors(error: type[ZkError]) -> Iterator[type[ZkError]]:
    yield error
    for special in error.__subclasses__():
        yield from _all_errors(special)

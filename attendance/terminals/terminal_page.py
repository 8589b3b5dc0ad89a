"""Everything that one terminal's page tells, in a bounded number of questions. Read-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise

from attendance.collecting.completeness import LABELS, TONES, WORDS, Proof, proof_of
from attendance.models import (
    Checkup,
    ClockPolicy,
    LogCheck,
    LogDump,
    NoticeKind,
    ParkedRecord,
    Pull,
    PullSource,
    PullState,
    PushLink,
    RawBatch,
    Terminal,
    TerminalNotice,
    TerminalUser,
)
from attendance.terminals import capacity, clocks, notices
from attendance.terminals.terminal_state import LABELS as CONDITIONS
from attendance.terminals.terminal_state import TONES as CONDITION_TONES
from attendance.terminals.terminal_state import condition_of, trouble_of
from attendance.verifying import is_intact
from backend.clock import VN

PULLS_SHOWN: Final = 20
NOTICES_SHOWN: Final = 20
BATCHES_SHOWN: Final = 10
_CHECKS_SHOWN: Final = 5
_CLOCK_SPAN: Final = timedelta(days=90)
_READINGS_SHOWN: Final = 40
#: Larger batches are not read for a page; `verify` does that.
_CHECKED_BYTES: Final = 256 * 1024


@dataclass(frozen=True)
class PullRow:
    pull: Pull
    proof: Proof

    @property
    def label(self) -> str | Promise:
        return LABELS[self.proof.verdict]

    @property
    def tone(self) -> str:
        return TONES[self.proof.verdict]

    @property
    def seconds(self) -> float | None:
        end = self.pull.finished_at
        return (end - self.pull.started_at).total_seconds() if end else None


@dataclass(frozen=True)
class NoticeRow:
    notice: TerminalNotice

    @property
    def words(self) -> str:
        return notices.in_words(self.notice)

    @property
    def tone(self) -> str:
        return notices.tone(self.notice)

    @property
    def actor(self) -> str:
        return notices.actor(self.notice)


@dataclass(frozen=True)
class BatchRow:
    """`intact` is None where the bytes are too many to be read for a page."""

    batch: RawBatch
    intact: bool | None


@dataclass(frozen=True)
class TerminalPage:
    """`older` is the key to go on from in the list of pulls; None at its end."""

    terminal: Terminal
    condition: str | Promise
    tone: str
    problem: str | Promise
    remedy: str | Promise
    newest: PullRow
    proof_words: str | Promise
    checks: QuerySet[LogCheck]
    memories: Sequence[capacity.Memory]
    forecast: capacity.Forecast
    readings: Sequence[clocks.Reading]
    drift: float | None
    clock_sets: Sequence[datetime]
    policy: ClockPolicy | None
    pulls: Sequence[PullRow]
    older: int | None
    alarm: NoticeRow | None
    notices: Sequence[NoticeRow]
    batches: Sequence[BatchRow]
    dumps: QuerySet[LogDump]
    checkups: QuerySet[Checkup]
    user_count: int
    parked_count: int
    push_link: PushLink | None

    @property
    def recent_readings(self) -> Sequence[clocks.Reading]:
        """For the table beside the chart, the newest first."""
        return list(reversed(self.readings))[:_READINGS_SHOWN]


def page_of(terminal: Terminal, *, at: datetime, before: int | None = None) -> TerminalPage:
    """The page of a terminal; its pulls from the newest, or from those before number `before`."""
    pulls = Pull.objects.filter(terminal=terminal).order_by("-pk")
    shown = list((pulls.filter(pk__lt=before) if before else pulls)[: PULLS_SHOWN + 1])
    contacts = pulls.exclude(source=PullSource.FILE)
    last = contacts.exclude(state=PullState.RUNNING).first()
    done = contacts.filter(state=PullState.DONE).first()
    condition = condition_of(terminal, at)
    link = PushLink.objects.filter(terminal=terminal).first()
    problem, remedy = trouble_of(terminal, condition, last, link.last_refusal if link else "")
    book = list(TerminalNotice.objects.filter(terminal=terminal).order_by("-pk")[:NOTICES_SHOWN])
    readings = clocks.history(terminal, since=at - _CLOCK_SPAN)
    clock_sets = [row.at for row in book if row.kind == NoticeKind.CLOCK_SET]
    proof = proof_of(done)
    alarm = notices.open_alarms(at=at, terminal=terminal).get(terminal.pk)
    return TerminalPage(
        terminal=terminal,
        condition=CONDITIONS[condition],
        tone=CONDITION_TONES[condition],
        problem=problem,
        remedy=remedy,
        newest=PullRow(done or Pull(started_at=at), proof),
        proof_words=WORDS[proof.why],
        checks=LogCheck.objects.filter(terminal=terminal)
        .select_related("by")
        .order_by("-pk")[:_CHECKS_SHOWN],
        memories=capacity.memories(terminal),
        forecast=capacity.forecast(
            capacity.records_by_day(terminal, at=at),
            capacity=terminal.record_capacity,
            on=at.astimezone(VN).date(),
        ),
        readings=readings,
        drift=clocks.drift_per_day(readings, set_at=clock_sets[0] if clock_sets else None),
        clock_sets=clock_sets,
        policy=ClockPolicy.objects.filter(terminal=terminal).first(),
        pulls=[PullRow(pull, proof_of(pull)) for pull in shown[:PULLS_SHOWN]],
        older=shown[PULLS_SHOWN - 1].pk if len(shown) > PULLS_SHOWN else None,
        alarm=NoticeRow(alarm) if alarm else None,
        notices=[NoticeRow(notice) for notice in book],
        batches=_batches(terminal),
        dumps=LogDump.objects.filter(terminal=terminal)
        .defer("data")
        .select_related("by", "logclearing")
        .order_by("-pk")[:_CHECKS_SHOWN],
        checkups=Checkup.objects.filter(terminal=terminal)
        .select_related("by")
        .order_by("-pk")[:_CHECKS_SHOWN],
        user_count=TerminalUser.objects.filter(terminal=terminal).count(),
        parked_count=ParkedRecord.objects.undecided().filter(terminal=terminal).count(),
        push_link=link,
    )


def _batches(terminal: Terminal) -> list[BatchRow]:
    """The newest batches; the small ones are read and hashed."""
    rows = RawBatch.objects.filter(terminal=terminal).defer("data").order_by("-pk")
    batches = list(rows[:BATCHES_SHOWN])
    small = [batch.pk for batch in batches if batch.size <= _CHECKED_BYTES]
    data = dict(RawBatch.objects.filter(pk__in=small).values_list("pk", "data"))
    return [
        BatchRow(
            batch,
            is_intact(data=data[batch.pk], size=batch.size, sha256=batch.sha256)
            if batch.pk in data
            else None,
        )
        for batch in batches
    ]

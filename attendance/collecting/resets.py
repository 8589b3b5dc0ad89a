"""Records whose clock had fallen back or run ahead, put together as they were written.

A terminal that lost its battery goes on counting from 2000: one such run of records has one shift
between what its clock said and the truth. A run ends where the clock jumps.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import QuerySet

from attendance.collecting.evidence import decoded
from attendance.collecting.exports import read_export
from attendance.models import (
    ParkedRecord,
    ParkReason,
    PullSource,
    Punch,
    RawBatch,
    Terminal,
)
from attendance.zk.records import LAYOUTS, LogRecord, decode_log, take_apart

#: Reasons that a right clock would have spared the record.
CLOCK_REASONS: Final = (ParkReason.CLOCK_RESET, ParkReason.FUTURE)
#: A run ends where its clock goes back so far, or ahead so far.
_BACK: Final = timedelta(minutes=10)
_AHEAD: Final = timedelta(days=7)


class Key(NamedTuple):
    """What makes a punch of a terminal that very punch."""

    user_id: str
    device_time: datetime
    verify: int
    state: int
    occurrence: int


@dataclass(frozen=True)
class WaitingPunch:
    """A record of the terminal that waits; a pull and a file may both have parked it."""

    key: Key
    work_code: str
    first: ParkedRecord
    parked: tuple[int, ...]


@dataclass(frozen=True)
class Run:
    """Waiting punches in the log's order, written by one run of a wrong clock."""

    terminal: Terminal
    serial_number: str
    reason: str
    punches: tuple[WaitingPunch, ...]

    @property
    def pk(self) -> int:
        """The first parked record names the run."""
        return self.punches[0].first.pk

    @property
    def first(self) -> datetime:
        return min(punch.key.device_time for punch in self.punches)

    @property
    def last(self) -> datetime:
        return max(punch.key.device_time for punch in self.punches)

    @property
    def records(self) -> int:
        return len(self.punches)


def runs_of(terminal: Terminal, *, dismissed: bool = False) -> list[Run]:
    """The runs that nobody has decided about yet (or those that were dismissed), as written."""
    runs: list[Run] = []
    for serial_number, punches in _waiting(terminal, dismissed).items():
        run: list[WaitingPunch] = []
        for punch in punches:
            if run and _begins_anew(run[-1], punch):
                runs.append(_run(terminal, serial_number, run))
                run = []
            run.append(punch)
        if run:
            runs.append(_run(terminal, serial_number, run))
    return runs


def run_of(parked: ParkedRecord) -> Run | None:
    """The run a parked record waits in, with its like only: undecided or dismissed ones."""
    dismissed = parked.resolutions.filter(dismissal__isnull=False).exists()
    for run in runs_of(parked.terminal, dismissed=dismissed):
        if any(parked.pk in punch.parked for punch in run.punches):
            return run
    return None


def _run(terminal: Terminal, serial_number: str, punches: list[WaitingPunch]) -> Run:
    return Run(terminal, serial_number, punches[0].first.reason, tuple(punches))


def _begins_anew(before: WaitingPunch, punch: WaitingPunch) -> bool:
    step = punch.key.device_time - before.key.device_time
    if punch.first.reason != before.first.reason or not -_BACK <= step <= _AHEAD:
        return True
    # Decided ones are not here any more; what they stood between does not belong together.
    return punch.first.pull.source != before.first.pull.source


def _waiting(terminal: Terminal, dismissed: bool) -> dict[str, list[WaitingPunch]]:
    """By serial number, those that are no punch yet: undecided or dismissed ones."""
    records = ParkedRecord.objects.filter(
        terminal=terminal, reason__in=CLOCK_REASONS, device_time__isnull=False
    )
    layouts = _layouts(terminal, records.values_list("pull_id", flat=True).distinct())
    corrected = set(_decided(records, correction=True))
    aside = set(_decided(records, correction=False))
    copies: dict[tuple[str, Key], list[tuple[ParkedRecord, LogRecord]]] = defaultdict(list)
    shown: Counter[tuple[str, str, LogRecord]] = Counter()
    for parked in records.select_related("pull").order_by("pk"):
        record = record_of(parked, layouts.get(parked.pull_id, ""), terminal.record_layout)
        if record is None:
            continue
        like = record._replace(work_code="")
        shown[parked.serial_number, parked.pull.source, like] += 1
        occurrence = shown[parked.serial_number, parked.pull.source, like]
        key = _key(record, occurrence)
        copies[parked.serial_number, key].append((parked, record))
    stored = _stored(terminal, {key for _serial, key in copies})
    found: dict[str, list[WaitingPunch]] = defaultdict(list)
    for (serial_number, key), same in copies.items():
        pks = tuple(parked.pk for parked, _record in same)
        is_open = (serial_number, key) not in stored and not corrected.intersection(pks)
        if is_open and dismissed == bool(aside.intersection(pks)):
            first, record = same[0]
            found[serial_number].append(WaitingPunch(key, record.work_code, first, pks))
    return found


def _decided(records: QuerySet[ParkedRecord], *, correction: bool) -> Iterable[int]:
    decided = records.filter(resolutions__correction__isnull=not correction)
    return decided.filter(resolutions__isnull=False).values_list("pk", flat=True)


def _key(record: LogRecord, occurrence: int) -> Key:
    time = datetime.fromisoformat(record.time)
    return Key(record.user_id, time, record.verify, record.state, occurrence)


def _stored(terminal: Terminal, keys: Iterable[Key]) -> set[tuple[str, Key]]:
    """Which of the keys are punches already."""
    times = {key.device_time for key in keys}
    rows = Punch.objects.filter(terminal=terminal, device_time__in=times)
    return {
        (
            punch.serial_number,
            Key(
                punch.device_user_id,
                punch.device_time,
                punch.verify,
                punch.state,
                punch.occurrence,
            ),
        )
        for punch in rows
    }


def _layouts(terminal: Terminal, pulls: Iterable[int]) -> dict[int, str]:
    batches = RawBatch.objects.filter(terminal=terminal, pull__in=list(pulls))
    return dict(batches.values_list("pull_id", "layout").distinct())


def record_of(parked: ParkedRecord, *layouts: str) -> LogRecord | None:
    """The parked record taken apart; None where its bytes do not say what the row says."""
    assert parked.device_time is not None  # noqa: S101 - callers chose such; narrows for mypy
    time = f"{parked.device_time:%Y-%m-%d %H:%M:%S}"
    for record in _readings(bytes(parked.raw), layouts):
        if record.time == time:
            return record._replace(user_id=parked.device_user_id)
    return None


def _readings(raw: bytes, layouts: Iterable[str]) -> Iterator[LogRecord]:
    """As a line of text, and as a record of each layout of that size, the likely ones first."""
    if raw.count(b"\t") == 4:
        with suppress(ValueError):
            yield take_apart(raw.decode())
    for name in dict.fromkeys((*layouts, *LAYOUTS)):
        if name in LAYOUTS and len(raw) == LAYOUTS[name].size:
            yield from map(take_apart, decode_log(raw, name).lines)


# --- what is known about the shift ---------------------------------------------------------

#: A clock off by less is wrong, but was not reset.
_RESET_SECONDS: Final = 12 * 3600


@dataclass(frozen=True)
class Proposal:
    """A shift to begin with, and what it stands on.

    `measured`: the clock was still wrong when it was read, so the shift is known to the second.
    Otherwise the run ended at the latest at `before` (the next good record, or the reading), and
    the proposal is that it ended just then. `after` and `before` are the true times, on the
    terminal's wall clock, that the log itself proves.
    """

    shift_seconds: int
    measured: bool
    after: datetime | None
    before: datetime


def propose(run: Run) -> Proposal:
    after, before = _neighbours(run)
    received = run.punches[-1].first.received_at
    local = received + timedelta(minutes=run.terminal.utc_offset_minutes)
    read_at = local.replace(tzinfo=None, microsecond=0)
    latest = min(before, read_at) if before else read_at
    offset = run.punches[-1].first.pull.clock_offset_seconds
    if offset is not None and abs(offset) >= _RESET_SECONDS:
        last = run.last - timedelta(seconds=offset)
        if last <= latest + timedelta(minutes=5) and (after is None or last >= after):
            return Proposal(-offset, True, after, latest)
    shift = round((latest - run.last).total_seconds())
    return Proposal(shift, False, after, latest)


def _neighbours(run: Run) -> tuple[datetime | None, datetime | None]:
    """The believable times just before and just after the run in the log that showed it."""
    wanted = [(punch.key.user_id, punch.key.device_time) for punch in run.punches]
    wrong = set(
        ParkedRecord.objects.filter(
            terminal=run.terminal, reason__in=CLOCK_REASONS, device_time__isnull=False
        ).values_list("device_user_id", "device_time")
    )
    after = before = None
    met = 0
    for user, time in _log_of(run.punches[0].first):
        if (user, time) not in wrong:
            if not met:
                after = time
            elif met == len(wanted):
                before = time
                break
        elif met < len(wanted) and (user, time) == wanted[met]:
            met += 1
    return (after, before) if met == len(wanted) else (None, None)


def _log_of(parked: ParkedRecord) -> Iterator[tuple[str, datetime]]:
    """User and time of the records of the kept bytes the parked one came with, in their order."""
    for batch in RawBatch.objects.filter(pull_id=parked.pull_id).order_by("start").iterator():
        if parked.pull.source == PullSource.PULL:
            log = decoded(batch)
        elif parked.pull.source == PullSource.FILE:
            log = read_export(zlib.decompress(bytes(batch.data))).log
        else:
            return
        for line in log.lines:
            user, time, _rest = line.split("\t", 2)
            yield user, datetime.fromisoformat(time)

"""Puts a terminal's log into the ledger of punches: all of it once, or nothing.

One transaction holds everything that must be true together: the fencing check, the raw bytes, the
new punches, the records set aside, the cursor, the pull's counts and the days to recompute. So a
crash at any moment leaves either the state before or the state after, and reading the same log
again adds nothing.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from attendance.dirty import mark_dirty
from attendance.models import (
    ParkedRecord,
    ParkReason,
    Pull,
    PullSource,
    PullState,
    RawBatch,
    Terminal,
)
from attendance.zk.client import Download
from attendance.zk.records import LAYOUTS, BadRecord, DecodedLog, Undecodable, take_apart
from backend.db import copy_text, lock_rows
from backend.problems import Problem


class LeaseLost(Problem):
    """Another collector took the terminal over meanwhile; what this one read is not stored."""

    code = "lease_lost"
    status = 409
    message = _("Lần tải quá lâu nên tiến trình khác đã nhận máy này; lần tải này bị bỏ.")


@dataclass(frozen=True)
class Window:
    """Device times that can be believed, both ends included; others are set aside.

    A clock that lost its battery starts again in 2000; some firmware at its own build date.
    """

    earliest: datetime
    latest: datetime


#: Clocks show earlier years only after a reset; no terminal here is older.
EARLIEST: Final = datetime(2020, 1, 1)  # noqa: DTZ001 - device times carry no zone
_AHEAD: Final = timedelta(days=1)


def believable(terminal: Terminal, *, at: datetime, earliest: datetime = EARLIEST) -> Window:
    """From `earliest` to a day after `at`, on the terminal's wall clock."""
    local = (at + timedelta(minutes=terminal.utc_offset_minutes)).replace(tzinfo=None)
    return Window(earliest, local + _AHEAD)


@dataclass(frozen=True)
class Stored:
    """What became of a log's records; `read` is the sum of the others."""

    read: int
    stored: int
    known: int
    parked: int


def store(download: Download, *, pull: Pull, at: datetime, earliest: datetime = EARLIEST) -> Stored:
    """Store a download as the result of `pull`, and finish both pull and lease.

    Only what follows the part of the log that is already stored is looked at, if the log still
    begins with it byte for byte. Raises LeaseLost; then nothing has changed.
    """
    with transaction.atomic():
        terminal = _lock(pull)
        window = believable(terminal, at=at, earliest=earliest)
        start = _stored_records(terminal, download, pull)
        with connection.cursor() as cursor:
            stored = _store_punches(cursor, download, terminal, pull, window, start=start, at=at)
            parked = _park(cursor, download, pull, window, start=start, at=at)
            _remember_users(cursor, download, pull)
            # The commit would drop it too; a caller's transaction may hold several logs.
            cursor.execute("DROP TABLE IF EXISTS pg_temp.incoming")
        if stored or parked:
            _keep_raw(download, pull, start=start, at=at)
        counts = Stored(
            read=download.log.count,
            stored=stored,
            known=download.log.count - stored - parked,
            parked=parked,
        )
        _finish(terminal, download, pull, counts, at=at)
        _forget_uneventful(pull)
        if stored:
            mark_dirty(pull=pull)
    return counts


def _lock(pull: Pull) -> Terminal:
    """The terminal, locked, if this pull may still write. Raises LeaseLost."""
    [terminal] = lock_rows(Terminal.objects.filter(pk=pull.terminal_id))
    lost = pull.source == PullSource.PULL and (
        terminal.attempt != pull.attempt or terminal.lease_until is None
    )
    if lost or not Pull.objects.filter(pk=pull.pk, state=PullState.RUNNING).exists():
        raise LeaseLost
    return terminal


def _record_size(log: DecodedLog) -> int:
    """Bytes of a record; 0 for the lines of a file."""
    return LAYOUTS[log.layout].size if log.layout in LAYOUTS else 0


def _log_sha256(download: Download, size: int) -> str:
    """The identity of a log's first `size` bytes, read in this layout from this terminal."""
    digest = hashlib.sha256(f"{download.serial_number}/{download.log.layout}/".encode())
    digest.update(memoryview(download.raw)[:size])
    return digest.hexdigest()


def _stored_records(terminal: Terminal, download: Download, pull: Pull) -> int:
    """How many records at the log's beginning are the ones stored last time."""
    size = _record_size(download.log)
    if pull.source != PullSource.PULL or not terminal.log_bytes or not size:
        return 0
    if terminal.log_bytes > len(download.raw) or terminal.log_bytes % size:
        return 0
    if _log_sha256(download, terminal.log_bytes) != terminal.log_sha256:
        return 0  # cleared, rotated or another layout: the whole log is looked at again
    return terminal.log_bytes // size


# --- punches -------------------------------------------------------------------------------

_INCOMING: Final = """
    CREATE TEMPORARY TABLE incoming (
        device_user_id varchar(32) COLLATE "C" NOT NULL, device_time timestamp NOT NULL,
        verify smallint NOT NULL, state smallint NOT NULL, work_code varchar(24) NOT NULL,
        occurrence smallint NOT NULL DEFAULT 1
    ) ON COMMIT DROP
"""
_COLUMNS: Final = ("device_user_id", "device_time", "verify", "state", "work_code")

_INSERT: Final = """
    WITH new AS (
        INSERT INTO attendance_punch (
            terminal_id, pull_id, serial_number, device_user_id, device_time, verify, state,
            occurrence, work_code, punched_at, received_at)
        SELECT %(terminal)s, %(pull)s, %(serial)s, device_user_id, device_time, verify, state,
            occurrence, work_code,
            (device_time - make_interval(mins => %(offset)s)) AT TIME ZONE 'UTC', %(at)s
        FROM incoming
        WHERE device_time BETWEEN %(earliest)s AND %(latest)s
          AND (device_user_id, device_time) NOT IN (
            SELECT device_user_id, device_time FROM attendance_parkedrecord
            WHERE serial_number = %(serial)s AND reason = 'future' AND device_time IS NOT NULL)
        ORDER BY device_user_id, device_time
        ON CONFLICT ON CONSTRAINT punch_once DO NOTHING
        RETURNING device_user_id, punched_at
    ), known_users AS (
        INSERT INTO attendance_terminaluser
            (terminal_id, device_user_id, name, punch_count, last_punched_at)
        SELECT %(terminal)s, device_user_id, '', count(*), max(punched_at)
        FROM new GROUP BY device_user_id
        ON CONFLICT ON CONSTRAINT terminal_user_once DO UPDATE SET
            punch_count = attendance_terminaluser.punch_count + excluded.punch_count,
            last_punched_at =
                greatest(attendance_terminaluser.last_punched_at, excluded.last_punched_at)
    )
    SELECT count(*) FROM new
"""


def _store_punches(
    cursor: CursorWrapper,
    download: Download,
    terminal: Terminal,
    pull: Pull,
    window: Window,
    *,
    start: int,
    at: datetime,
) -> int:
    """COPY the records from `start` on, insert those not there yet; returns how many were new.

    A punch once parked as future stays parked when its time has come.
    """
    skip = start - sum(item.index < start for item in download.log.undecodable)
    if skip == len(download.log.lines):
        return 0
    firsts, doubles = number_doubles(download.log, skip)
    cursor.execute(_INCOMING)
    _copy(cursor, _COLUMNS, firsts)
    if doubles:
        _copy(cursor, (*_COLUMNS, "occurrence"), [f"{line}\t{n}" for line, n in doubles])
    cursor.execute(
        _INSERT,
        {
            "terminal": terminal.pk,
            "pull": pull.pk,
            "serial": download.serial_number,
            "offset": terminal.utc_offset_minutes,
            "at": at,
            "earliest": window.earliest,
            "latest": window.latest,
        },
    )
    [count] = cursor.fetchone()
    return int(count)


def _copy(cursor: CursorWrapper, columns: Sequence[str], lines: Sequence[str]) -> None:
    text = "\n".join([*lines, ""])
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    copy_text(cursor, "incoming", columns, text)


def number_doubles(log: DecodedLog, skip: int) -> tuple[list[str], list[tuple[str, int]]]:
    """The lines after the first `skip`: those met for the first time, and the doubles numbered.

    Doubles agree in everything but the work code; they count from the log's beginning.
    """
    tail = log.lines[skip:]
    keys = tail if log.has_no_work_codes else [line.rpartition("\t")[0] for line in tail]
    distinct = set(keys)
    earlier = log.lines[:skip]
    seen = Counter(
        key
        for key in (earlier if log.has_no_work_codes else (x.rpartition("\t")[0] for x in earlier))
        if key in distinct
    )
    if len(distinct) == len(tail) and not seen:
        return tail, []
    firsts: list[str] = []
    doubles: list[tuple[str, int]] = []
    for key, line in zip(keys, tail, strict=True):
        seen[key] += 1
        if seen[key] == 1:
            firsts.append(line)
        else:
            doubles.append((line, seen[key]))
    return firsts, doubles


# --- records set aside ---------------------------------------------------------------------


def _park(
    cursor: CursorWrapper,
    download: Download,
    pull: Pull,
    window: Window,
    *,
    start: int,
    at: datetime,
) -> int:
    """Set aside what cannot be a punch or cannot be believed; returns how many are new."""
    asides = list(download.log.undecodable)
    if _any_outside(cursor, window):
        asides += _outside(download, window)
    asides.sort(key=lambda item: item.index)
    count: Counter[bytes] = Counter()
    parked: list[ParkedRecord] = []
    for item in asides:
        count[item.raw] += 1
        if item.index >= start:
            parked.append(_parked_record(item, count[item.raw], download, pull, at))
    before = ParkedRecord.objects.filter(pull=pull).count()
    ParkedRecord.objects.bulk_create(parked, ignore_conflicts=True, batch_size=1000)
    return ParkedRecord.objects.filter(pull=pull).count() - before if parked else 0


def _parked_record(
    item: Undecodable, occurrence: int, download: Download, pull: Pull, at: datetime
) -> ParkedRecord:
    return ParkedRecord(
        terminal_id=pull.terminal_id,
        pull=pull,
        serial_number=download.serial_number,
        raw=item.raw,
        occurrence=occurrence,
        reason=ParkReason(item.reason),
        line=item.index + 1 if pull.source == PullSource.FILE else None,
        device_user_id=item.user_id,
        device_time=datetime.fromisoformat(item.time) if item.time else None,
        received_at=at,
    )


def _any_outside(cursor: CursorWrapper, window: Window) -> bool:
    """Whether a new record's time cannot be believed. Cheap, because it nearly never is so."""
    cursor.execute("SELECT to_regclass('pg_temp.incoming') IS NOT NULL")
    if cursor.fetchone() != (True,):
        return False
    cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM incoming WHERE device_time NOT BETWEEN %s AND %s)",
        [window.earliest, window.latest],
    )
    return bool(cursor.fetchone() == (True,))


def _outside(download: Download, window: Window) -> list[Undecodable]:
    """The readable records whose time lies outside the window, with their bytes."""
    log, size = download.log, _record_size(download.log)
    earliest, latest = (f"{end:%Y-%m-%d %H:%M:%S}" for end in (window.earliest, window.latest))
    bad = {item.index for item in log.undecodable}
    places = log.places or [index for index in range(log.count) if index not in bad]
    found: list[Undecodable] = []
    for index, line in zip(places, log.lines, strict=True):
        record = take_apart(line)
        if earliest <= record.time <= latest:
            continue
        raw = download.raw[index * size : (index + 1) * size] if size else line.encode()
        reason = BadRecord.CLOCK_RESET if record.time < earliest else BadRecord.FUTURE
        found.append(Undecodable(index, raw, reason, record.user_id, record.time))
    return found


# --- the rest ------------------------------------------------------------------------------


def _remember_users(cursor: CursorWrapper, download: Download, pull: Pull) -> None:
    """Keep the names the terminal gives its users."""
    names = {user.user_id: user.name[:100] for user in download.users if user.name}
    if names:
        cursor.execute(
            """
            INSERT INTO attendance_terminaluser (terminal_id, device_user_id, name, punch_count)
            SELECT %s, unnest(%s::text[]), unnest(%s::text[]), 0
            ON CONFLICT ON CONSTRAINT terminal_user_once DO UPDATE SET name = excluded.name
            WHERE attendance_terminaluser.name <> excluded.name
            """,
            [pull.terminal_id, list(names), list(names.values())],
        )


def _keep_raw(download: Download, pull: Pull, *, start: int, at: datetime) -> None:
    """Keep the bytes that are new, as evidence."""
    first = start * _record_size(download.log)
    new = memoryview(download.raw)[first:]
    RawBatch.objects.create(
        terminal_id=pull.terminal_id,
        pull=pull,
        start=first,
        size=len(new),
        sha256=hashlib.sha256(new).hexdigest(),
        data=zlib.compress(new, 1),
        received_at=at,
    )


_CURSOR: Final = (
    "serial_number",
    "record_layout",
    "log_bytes",
    "log_sha256",
    "last_record_count",
    "last_contact_at",
    "clock_offset_seconds",
    "consecutive_failures",
    "next_poll_at",
    "claimed_by",
    "lease_until",
)


def _finish(
    terminal: Terminal, download: Download, pull: Pull, counts: Stored, *, at: datetime
) -> None:
    """Close the pull and, for a contact, the lease; move the cursor."""
    pull.state = PullState.DONE
    pull.device_count = download.device_count
    pull.read, pull.stored = counts.read, counts.stored
    pull.known, pull.parked = counts.known, counts.parked
    pull.raw_bytes, pull.raw_sha256 = len(download.raw), download.raw_sha256
    pull.clock_offset_seconds = _clock_offset(terminal, download)
    pull.finished_at = at
    pull.save()
    if pull.source != PullSource.PULL:
        return
    size = _record_size(download.log)
    whole = len(download.raw) - len(download.raw) % size if size else 0
    terminal.serial_number = download.serial_number
    if not terminal.record_layout and download.raw:
        terminal.record_layout = download.log.layout
    terminal.log_bytes, terminal.log_sha256 = whole, _log_sha256(download, whole)
    terminal.last_record_count = download.log.count
    terminal.last_contact_at = download.contacted_at or at
    terminal.clock_offset_seconds = pull.clock_offset_seconds
    terminal.consecutive_failures = 0
    terminal.next_poll_at = at + timedelta(seconds=terminal.poll_seconds)
    terminal.claimed_by, terminal.lease_until = "", None
    terminal.save(update_fields=_CURSOR)


def _forget_uneventful(pull: Pull) -> None:
    """Of polls in a row that found nothing new, only the newest stays: one a minute is no history."""
    before = Pull.objects.filter(terminal_id=pull.terminal_id, pk__lt=pull.pk).order_by("-pk")
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM attendance_pull WHERE id = %s AND source = 'pull' AND state = 'done'"
            " AND stored = 0 AND parked = 0",
            [before.values_list("pk", flat=True).first()],
        )


def _clock_offset(terminal: Terminal, download: Download) -> int | None:
    """Seconds the terminal's clock is ahead of ours; None where it told nonsense."""
    if download.clock_reading is None or download.contacted_at is None:
        return None
    true = download.contacted_at + timedelta(minutes=terminal.utc_offset_minutes)
    ahead = download.clock_reading - true.replace(tzinfo=None)
    return max(-(2**31), min(2**31 - 1, round(ahead.total_seconds())))

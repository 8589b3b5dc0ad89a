"""Puts a terminal's log into the ledger of punches: all of it once, or nothing.

One transaction holds everything that must be true together: the fencing check, the raw bytes, the
new punches, the records set aside, the cursor, the pull's counts and the days to recompute. So a
crash at any moment leaves either the state before or the state after, and reading the same log
again adds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from attendance.collecting import contacts, evidence
from attendance.collecting.believing import EARLIEST, Window, believable
from attendance.collecting.cursors import finish
from attendance.collecting.numbering import number_seen
from attendance.collecting.parking import park
from attendance.models import Pull, PullSource, PullState, Punch, Terminal
from attendance.timesheet.dirty import FILL_NEW_DAYS, NEW_DAYS, mark_new
from attendance.zk.client import Download
from attendance.zk.errors import BrokenOff, SerialTaken
from attendance.zk.records import LAYOUTS
from backend.db import copy_text, lock_rows
from backend.problems import Problem


class LeaseLost(Problem):
    """Another collector took the terminal over meanwhile; what this one read is not stored."""

    code = "lease_lost"
    status = 409
    message = _("Lần tải quá lâu nên tiến trình khác đã nhận máy này; lần tải này bị bỏ.")


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
    begins with it byte for byte. Raises LeaseLost, SerialTaken; then nothing has changed.
    """
    with transaction.atomic():
        terminal = _lock(pull)
        _check_serial(terminal, download.serial_number)
        first = _known_records(terminal, download)
        read = _record_count(download)
        stored = parked = 0
        if read > first:
            continues = bool(download.start or first)
            window = believable(terminal, at=at, earliest=earliest)
            with connection.cursor() as cursor:
                _fill_incoming(cursor, download, first=first)
                if continues:
                    number_seen(cursor, terminal, download.serial_number)
                stored = _store_punches(cursor, download, terminal, pull, window, at=at)
                parked = park(
                    cursor,
                    download,
                    pull=pull,
                    window=window,
                    first=first,
                    continues=continues,
                    at=at,
                )
                cursor.execute("DROP TABLE pg_temp.incoming")
            if pull.source == PullSource.PULL or stored or parked:
                evidence.keep(download, pull=pull, first=first * _record_size(download), at=at)
        _remember_users(download, pull)
        counts = Stored(read=read, stored=stored, known=read - stored - parked, parked=parked)
        _close(pull, download, counts)
        contacts.reached(pull, at=at)
        is_same_log = bool(download.start or first or not terminal.log_bytes)
        finish(terminal, download, pull=pull, is_same_log=is_same_log, at=at)
        _forget_uneventful(pull)
        if stored:
            mark_new(pull=pull)
        if read > first:
            # The commit would drop it too; a caller's transaction may hold several logs.
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE pg_temp.new_days")
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


def _check_serial(terminal: Terminal, serial_number: str) -> None:
    """One terminal, one row: its punches must not get a second one."""
    if serial_number == terminal.serial_number:
        return
    others = Terminal.objects.filter(serial_number=serial_number).exclude(pk=terminal.pk)
    other = others.values_list("code", flat=True).first()
    if other:
        raise SerialTaken(serial=serial_number, other=other)


def _record_size(download: Download) -> int:
    """Bytes of a record; 0 for lines of text."""
    return LAYOUTS[download.layout].size if download.layout in LAYOUTS else 0


def _record_count(download: Download) -> int:
    """How many records were read; half a one at the end counts."""
    if download.log is not None:
        return download.log.count
    return -(-len(download.raw) // _record_size(download)) if download.raw else 0


def _known_records(terminal: Terminal, download: Download) -> int:
    """How many records at the beginning of `download.raw` are stored already."""
    size = _record_size(download)
    if download.start or not size:
        return 0  # a tail is new from its first record on, a file's lines are looked up one by one
    return evidence.stored_part(terminal, download) // size


_INCOMING: Final = """
    CREATE TEMPORARY TABLE incoming (
        device_user_id varchar(32) COLLATE "C" NOT NULL, device_time timestamp NOT NULL,
        verify smallint NOT NULL, state smallint NOT NULL, work_code varchar(24) NOT NULL,
        seen smallint NOT NULL DEFAULT 0
    ) ON COMMIT DROP
"""
_COLUMNS: Final = ("device_user_id", "device_time", "verify", "state", "work_code")


def _fill_incoming(cursor: CursorWrapper, download: Download, *, first: int) -> None:
    """COPY the readable records from number `first` on, in the log's order."""
    cursor.execute(_INCOMING + ";" + NEW_DAYS)
    for portion in download.portions(first=first):
        _copy(cursor, portion.lines)


def _copy(cursor: CursorWrapper, lines: Sequence[str]) -> None:
    if not lines:
        return
    text = "\n".join([*lines, ""])
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    copy_text(cursor, "incoming", _COLUMNS, text)


# Doubles agree in everything but the work code; they are numbered in the log's order, which is
# the order of their places (ctid) in a table that was only copied into.
_SKIP_KNOWN: Final = "ON CONFLICT ON CONSTRAINT punch_once DO NOTHING"
_INSERT: Final = """
    WITH new AS (
        INSERT INTO attendance_punch (
            terminal_id, pull_id, serial_number, device_user_id, device_time, verify, state,
            occurrence, work_code, punched_at, received_at)
        SELECT %(terminal)s, %(pull)s, %(serial)s, device_user_id, device_time, verify, state,
            seen + row_number() OVER (
                PARTITION BY device_user_id, device_time, verify, state ORDER BY ctid),
            work_code,
            (device_time - make_interval(mins => %(offset)s)) AT TIME ZONE 'UTC', %(at)s
        FROM incoming
        WHERE device_time BETWEEN %(earliest)s AND %(latest)s
          AND (device_user_id, device_time) NOT IN (
            SELECT device_user_id, device_time FROM attendance_parkedrecord
            WHERE serial_number = %(serial)s AND reason = 'future' AND device_time IS NOT NULL)
        ORDER BY device_user_id, device_time
        {conflict}
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
    ), days AS (
        {fill_new_days}
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
    at: datetime,
) -> int:
    """Insert the incoming records that are not there yet; returns how many were new.

    A punch once parked as future stays parked when its time has come. The very first punches of a
    terminal, whose row is locked, can meet none that are there.
    """
    is_first = not Punch.objects.filter(serial_number=download.serial_number).exists()
    cursor.execute(
        _INSERT.format(conflict="" if is_first else _SKIP_KNOWN, fill_new_days=FILL_NEW_DAYS),
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


def _remember_users(download: Download, pull: Pull) -> None:
    """Keep the names the terminal gives its users."""
    names = {user.user_id: user.name[:100] for user in download.users if user.name}
    if not names:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO attendance_terminaluser (terminal_id, device_user_id, name, punch_count)
            SELECT %s, unnest(%s::text[]), unnest(%s::text[]), 0
            ON CONFLICT ON CONSTRAINT terminal_user_once DO UPDATE SET name = excluded.name
            WHERE attendance_terminaluser.name <> excluded.name
            """,
            [pull.terminal_id, list(names), list(names.values())],
        )


def _close(pull: Pull, download: Download, counts: Stored) -> None:
    size = _record_size(download)
    pull.state = PullState.DONE
    pull.device_count = download.device_count
    pull.skipped = download.start // size if size else 0
    pull.whole = download.whole
    pull.read, pull.stored = counts.read, counts.stored
    pull.known, pull.parked = counts.known, counts.parked
    pull.raw_bytes, pull.raw_sha256 = len(download.raw), download.raw_sha256
    if download.broken_off:
        pull.code, pull.reason = BrokenOff.code, str(BrokenOff.message)


def _forget_uneventful(pull: Pull) -> None:
    """Of polls in a row that found nothing new, only the newest stays: one a minute is no history."""
    before = Pull.objects.filter(terminal_id=pull.terminal_id, pk__lt=pull.pk).order_by("-pk")
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM attendance_pull pull WHERE id = %s AND source = 'pull' AND state = 'done'"
            " AND stored = 0 AND parked = 0"
            " AND NOT EXISTS (SELECT FROM attendance_rawbatch WHERE pull_id = pull.id)"
            " AND NOT EXISTS (SELECT FROM attendance_terminalnotice WHERE pull_id = pull.id)",
            [before.values_list("pk", flat=True).first()],
        )

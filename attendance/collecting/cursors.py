"""How far a terminal's log is stored, and what a finished contact says about the terminal."""

from datetime import datetime, timedelta
from typing import Any, Final

from attendance.collecting.evidence import log_identity
from attendance.collecting.rhythm import next_poll
from attendance.models import (
    NoticeKind,
    Pull,
    PullSource,
    PullState,
    Terminal,
    TerminalNotice,
    Transport,
)
from attendance.terminals import clocks
from attendance.zk.client import Cursor, Download
from attendance.zk.records import LAYOUTS

#: Records read again before the tail, to see that it is still the same log.
_ANCHOR_RECORDS: Final = 16
#: For so long an unchanged count is proof enough that nothing was added.
_TRUSTED: Final = timedelta(minutes=10)
_ASK_AGAIN: Final = timedelta(days=1)

_COLUMNS: Final = (
    "serial_number",
    "transport",
    "record_layout",
    "locked_at",
    "log_bytes",
    "log_sha256",
    "hashed_bytes",
    "anchor",
    "log_verified_at",
    "offsets_refused_at",
    "last_record_count",
    "record_capacity",
    "user_count",
    "user_capacity",
    "finger_count",
    "finger_capacity",
    "last_contact_at",
    "clock_offset_seconds",
    "consecutive_failures",
    "next_poll_at",
    "claimed_by",
    "lease_until",
)


def cursor_of(terminal: Terminal, *, at: datetime) -> Cursor:
    """Where the next contact goes on reading. Whoever refused offsets is asked again once a day."""
    refused = terminal.offsets_refused_at
    verified = terminal.log_verified_at
    return Cursor(
        size=terminal.log_bytes,
        anchor=b"" if refused and at - refused < _ASK_AGAIN else bytes(terminal.anchor),
        is_fresh=verified is not None and timedelta() <= at - verified < _TRUSTED,
        user_count=terminal.user_count,
    )


def finish(
    terminal: Terminal, download: Download, *, pull: Pull, is_same_log: bool, at: datetime
) -> None:
    """Close the pull and, for a contact, the lease; move the cursor; note what is remarkable.

    `is_same_log`: the log still begins with what was stored of it.
    """
    pull.clock_offset_seconds = _clock_offset(terminal, download)
    pull.finished_at = at
    pull.save()
    if pull.source != PullSource.PULL:
        return
    _note(terminal, download, pull, is_same_log=is_same_log, at=at)
    if download.log_was_read:
        _move(terminal, download, at=at)
    _learn(terminal, download)
    _settle(terminal, download)
    clocks.remember(terminal, pull.clock_offset_seconds, at=at, pull=pull)
    terminal.last_contact_at = download.contacted_at or at
    terminal.clock_offset_seconds = pull.clock_offset_seconds
    terminal.consecutive_failures = 0
    terminal.next_poll_at = next_poll(terminal, at=at)
    terminal.claimed_by, terminal.lease_until = "", None
    terminal.save(update_fields=_COLUMNS)


def _move(terminal: Terminal, download: Download, *, at: datetime) -> None:
    """The log is stored up to its last whole record. Reading it whole makes its hash anew."""
    size = LAYOUTS[download.layout].size
    whole = len(download.raw) - len(download.raw) % size
    longest = _ANCHOR_RECORDS * size
    end = bytes(download.raw[max(0, whole - longest) : whole])
    if download.start:
        terminal.anchor = (bytes(terminal.anchor) + end)[-longest:]
    else:
        terminal.anchor = end
        terminal.hashed_bytes, terminal.log_sha256 = whole, log_identity(download, whole)
    terminal.log_bytes = download.start + whole
    terminal.log_verified_at = at
    if download.offsets_refused:
        terminal.offsets_refused_at = at
    elif download.start:
        terminal.offsets_refused_at = None


def _learn(terminal: Terminal, download: Download) -> None:
    """Keep what the terminal says of itself."""
    terminal.serial_number = download.serial_number
    if download.log_was_read and (download.start or download.raw):
        terminal.record_layout = download.layout
    if download.device_count is not None:
        terminal.last_record_count = download.device_count
    counts = download.counts
    if counts is not None:
        terminal.record_capacity = counts.record_capacity
        terminal.user_count, terminal.user_capacity = counts.users, counts.user_capacity
        terminal.finger_count, terminal.finger_capacity = counts.fingers, counts.finger_capacity


def _settle(terminal: Terminal, download: Download) -> None:
    """What this contact found out about the connection, unless a person has set it meanwhile."""
    if not download.keys_locked:
        terminal.locked_at = None
    if terminal.is_transport_open and download.datagrams is not None:
        terminal.transport = Transport.UDP if download.datagrams else Transport.TCP


def _note(
    terminal: Terminal, download: Download, pull: Pull, *, is_same_log: bool, at: datetime
) -> None:
    kinds: list[tuple[NoticeKind, dict[str, Any]]] = []
    if download.keys_released and terminal.locked_at is not None:
        kinds.append((NoticeKind.KEYS_RELEASED, {"since": terminal.locked_at.isoformat()}))
    if terminal.log_bytes and not is_same_log:
        shrank = len(download.raw) < terminal.log_bytes
        size = LAYOUTS[download.layout].size
        figures = {"before": terminal.log_bytes // size, "now": len(download.raw) // size}
        kinds.append((NoticeKind.LOG_SHRANK if shrank else NoticeKind.LOG_CHANGED, figures))
    if download.offsets_refused and terminal.offsets_refused_at is None:
        kinds.append((NoticeKind.OFFSETS_REFUSED, {}))
    gap = pull.gap or 0
    if gap > 0 and not download.broken_off and gap != _gap_before(pull):
        kinds.append((NoticeKind.INCOMPLETE, {"counted": pull.device_count or 0, "missing": gap}))
    for kind, details in kinds:
        TerminalNotice.objects.create(
            terminal=terminal, pull=pull, kind=kind, details=details, at=at
        )


def _gap_before(pull: Pull) -> int | None:
    earlier = Pull.objects.filter(terminal=pull.terminal_id, pk__lt=pull.pk)
    last = earlier.filter(source=PullSource.PULL, state=PullState.DONE).order_by("-pk").first()
    return last.gap if last else None


def _clock_offset(terminal: Terminal, download: Download) -> int | None:
    """Seconds the terminal's clock is ahead of ours; None where it told nonsense."""
    if download.clock_reading is None or download.contacted_at is None:
        return None
    true = download.contacted_at + timedelta(minutes=terminal.utc_offset_minutes)
    ahead = download.clock_reading - true.replace(tzinfo=None)
    return max(-(2**31), min(2**31 - 1, round(ahead.total_seconds())))

"""Clears a terminal's log: only when every record of it is stored and its bytes are put by.

All in one connection, under the terminal's lease, with its keys locked: the whole log is read, each
record is looked for in the ledger, the bytes are written to the database and read back, the terminal
counts once more, and only then it clears. Whatever stops this on the way, nothing is lost: before
the order to clear the log is still on the terminal, after it everything is in the ledger and in the
dump. What remains open is a firmware whose keys do not lock: a punch between the last count and the
order, some milliseconds, would go with the log.
"""

import hashlib
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from attendance.collecting.log_check import Comparison, compare, write_down
from attendance.models import LogClearing, LogDump, NoticeKind, Terminal, TerminalNotice
from attendance.terminals.holding import held, still_ours
from attendance.terminals.reaching import target_of
from attendance.verifying import is_intact
from attendance.zk import codec
from attendance.zk import session as talk
from attendance.zk.client import (
    Contact,
    Cursor,
    Download,
    Limits,
    connected,
    read_everything,
)
from attendance.zk.errors import ZkError
from backend.accounts.models import User
from backend.db import lock_rows
from backend.problems import Problem

_LIMITS: Final = Limits(contact_seconds=120)
_LEAST_REASON: Final = 10


class ClearingRefused(Problem):
    """The terminal's log stays as it is. The subclasses say why."""

    code = "clearing_refused"
    status = 409


class NotConfirmed(ClearingRefused):
    code = "not_confirmed"
    status = 400
    message = _("Chưa xóa gì: hãy gõ đúng mã máy và ghi lý do (ít nhất mười chữ cái) để xác nhận.")


class NotAllStored(ClearingRefused):
    code = "not_all_stored"
    message = _(
        "Chưa xóa gì: {missing} trong {records} bản ghi của máy chưa có trong hệ thống. Hãy tải máy"
        " này rồi thử lại; nếu vẫn còn, xem trang Bản ghi cách ly."
    )

    def __init__(self, found: Comparison) -> None:
        figures = {"missing": found.missing, "records": found.records}
        super().__init__(str(type(self).message).format(**figures), details=figures)


class CountsDiffer(ClearingRefused):
    code = "counts_differ"
    message = _(
        "Chưa xóa gì: máy đếm {counted} bản ghi nhưng gửi {read}. Khởi động lại máy rồi thử lại."
    )

    def __init__(self, *, counted: int | None, read: int) -> None:
        figures = {"counted": "?" if counted is None else counted, "read": read}
        super().__init__(str(type(self).message).format(**figures), details=figures)


class SomebodyPunched(ClearingRefused):
    code = "somebody_punched"
    message = _("Chưa xóa gì: vừa có người chấm công trong lúc đọc. Hãy thử lại lúc vắng người.")


class KeysStayOpen(ClearingRefused):
    code = "keys_stay_open"
    message = _(
        "Chưa xóa gì: máy không chịu khóa bàn phím nên không loại trừ được có người chấm vào lúc"
        " xóa. Chỉ có thể xóa trên chính máy, sau khi tải đủ và lúc không có ai."
    )


class DumpDamaged(ClearingRefused):
    code = "dump_damaged"
    message = _("Chưa xóa gì: bản lưu đọc lại không giống bản đã ghi. Báo cho người quản trị.")


class ClearRefusedByTerminal(ClearingRefused):
    code = "clear_refused_by_terminal"
    message = _("Máy không nhận lệnh xóa nhật ký; dữ liệu trên máy còn nguyên.")


@dataclass(frozen=True)
class Cleared:
    """`records` were in the log and are stored; `left` is what the terminal counts now."""

    records: int
    left: int
    dump: LogDump


def clear_log(
    terminal: Terminal,
    *,
    by: User,
    typed_code: str,
    reason: str,
    now: Callable[[], datetime],
    limits: Limits = _LIMITS,
) -> Cleared:
    """Clear the terminal's log after everything in it was found stored and put by.

    `typed_code` is the terminal's code as the person typed it. Raises ClearingRefused (its classes
    say why), TerminalBusy, ZkError, CannotUnseal.
    """
    reason = reason.strip()
    if typed_code.strip() != terminal.code or len(reason) < _LEAST_REASON:
        raise NotConfirmed
    seconds = limits.contact_seconds + 60
    with held(terminal, by=f"clear {by.pk}", now=now, seconds=seconds, wait_seconds=30) as mine:
        target = replace(target_of(mine, at=now()), cursor=Cursor(), lock_keys=False)
        contact = connected(target, limits)
        try:
            still_ours(mine).update(locked_at=Coalesce("locked_at", now()))
            _lock_keys(contact)
            download = read_everything(contact, target, now)
            records = _prove(download, mine, by=by, at=now())
            dump = _put_by(download, mine, records=records, by=by, reason=reason, at=now())
            left = _clear(contact, records)
        finally:
            if _release_keys(contact):
                still_ours(mine).update(locked_at=None)
            contact.close()
        _write_down(mine, dump, left=left, at=now())
    return Cleared(records, left, dump)


def _lock_keys(contact: Contact) -> None:
    answer = contact.run(talk.ask(contact.session, codec.CMD_DISABLE_DEVICE))
    if answer.command != codec.CMD_ACK_OK:
        raise KeysStayOpen


def _release_keys(contact: Contact) -> bool:
    """Whatever happened. True when the terminal confirmed; else the next contact does it again."""
    with suppress(ZkError):
        answer = contact.run(talk.ask(contact.session, codec.CMD_ENABLE_DEVICE))
        return bool(answer.command == codec.CMD_ACK_OK)
    contact.tell(codec.CMD_ENABLE_DEVICE)
    return False


def _prove(download: Download, terminal: Terminal, *, by: User, at: datetime) -> int:
    """How many records the log has, all of them found. Raises NotAllStored, CountsDiffer."""
    found = compare(download)
    write_down(terminal, download, found, by=by, at=at)
    if not found.is_complete:
        raise NotAllStored(found)
    if download.broken_off or download.device_count != found.records:
        raise CountsDiffer(counted=download.device_count, read=found.records)
    return found.records


def _put_by(
    download: Download, terminal: Terminal, *, records: int, by: User, reason: str, at: datetime
) -> LogDump:
    """Write the log's bytes down for good, and see that they can be read back. Raises DumpDamaged."""
    raw = bytes(download.raw)
    dump = LogDump.objects.create(
        terminal=terminal,
        at=at,
        by=by,
        reason=reason,
        serial_number=download.serial_number,
        layout=download.layout,
        user_ids=dict(download.user_ids) or None,
        records=records,
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        data=zlib.compress(raw),
    )
    if not is_readable(dump.pk):
        raise DumpDamaged
    return dump


def is_readable(dump_id: int) -> bool:
    """Whether the dump in the database still is the log that was read."""
    kept = LogDump.objects.get(pk=dump_id)
    return is_intact(data=kept.data, size=kept.size, sha256=kept.sha256)


def _clear(contact: Contact, records: int) -> int:
    """Count, clear, count. Raises SomebodyPunched, ClearRefusedByTerminal."""
    if contact.run(talk.counts(contact.session)).records != records:
        raise SomebodyPunched
    answer = contact.run(talk.ask(contact.session, codec.CMD_CLEAR_ATTLOG))
    left = contact.run(talk.counts(contact.session)).records
    if answer.command != codec.CMD_ACK_OK or left >= records > 0:
        raise ClearRefusedByTerminal
    return int(left)


def _begin_anew(terminal: Terminal, *, left: int) -> None:
    """Nothing of the log is known any more."""
    terminal.log_bytes = terminal.hashed_bytes = 0
    terminal.anchor, terminal.log_sha256 = b"", ""
    terminal.log_verified_at = None
    terminal.last_record_count = left
    terminal.save(
        update_fields=[
            "log_bytes",
            "hashed_bytes",
            "anchor",
            "log_sha256",
            "log_verified_at",
            "last_record_count",
        ]
    )


def _write_down(terminal: Terminal, dump: LogDump, *, left: int, at: datetime) -> None:
    """The log begins again; who did it and why is kept in three books that only grow."""
    with transaction.atomic():
        for row in lock_rows(still_ours(terminal)):
            _begin_anew(row, left=left)
        LogClearing.objects.create(
            terminal=terminal,
            dump=dump,
            by=dump.by,
            reason=dump.reason,
            records=dump.records,
            left=left,
            at=at,
        )
        details = {
            "records": dump.records,
            "left": left,
            "sha256": dump.sha256,
            "dump": dump.pk,
            "by": str(dump.by),
            "reason": dump.reason,
        }
        TerminalNotice.objects.create(
            terminal=terminal, kind=NoticeKind.LOG_CLEARED, details=details, at=at
        )

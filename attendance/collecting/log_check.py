"""Reads a terminal's whole log again and looks for every record in the ledger, as a multiset.

Changes nothing but the book of checks. A record is found when it is a punch of the terminal, or
set aside; the same record twice in the log must be there twice.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from attendance.collecting.evidence import key_of
from attendance.models import LogCheck, LogDump, ParkedRecord, Terminal
from attendance.terminals.holding import held
from attendance.terminals.reaching import target_of
from attendance.zk.client import Cursor, Download, Limits, pull
from attendance.zk.records import LAYOUTS, DecodedLog, decode_log
from backend.accounts.models import User
from backend.db import copy_text

_SHOWN: Final = 20


@dataclass(frozen=True)
class Comparison:
    """Of a log's `records`, how many are punches, set aside, or neither; some of the last by name."""

    records: int
    stored: int
    parked: int
    missing: int
    examples: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        return self.missing == 0


def check(
    terminal: Terminal,
    *,
    by: User | None,
    now: Callable[[], datetime],
    limits: Limits | None = None,
) -> tuple[LogCheck, Comparison]:
    """Read the whole log under a lease and compare it; the result is written down.

    Raises TerminalBusy, ZkError, CannotUnseal.
    """
    limits = limits or Limits()
    holder = f"check {by.pk}" if by else "prove-punches"
    seconds = limits.contact_seconds + 60
    with held(terminal, by=holder, now=now, seconds=seconds, wait_seconds=30) as mine:
        target = replace(target_of(mine, at=now()), cursor=Cursor(), lock_keys=False)
        download = pull(target, now=now, limits=limits)
    found = compare(download)
    return write_down(terminal, download, found, by=by, at=now()), found


def write_down(
    terminal: Terminal, download: Download, found: Comparison, *, by: User | None, at: datetime
) -> LogCheck:
    """Keep what a comparison found."""
    return LogCheck.objects.create(
        terminal=terminal,
        at=at,
        by=by,
        device_count=download.device_count,
        records=found.records,
        stored=found.stored,
        parked=found.parked,
        missing=found.missing,
        raw_sha256=hashlib.sha256(download.raw).hexdigest(),
    )


# --- comparing -----------------------------------------------------------------------------

_TABLE: Final = """
    CREATE TEMPORARY TABLE on_terminal (
        device_user_id varchar(32) COLLATE "C" NOT NULL, device_time timestamp NOT NULL,
        verify smallint NOT NULL, state smallint NOT NULL, work_code varchar(24) NOT NULL
    ) ON COMMIT DROP
"""
_COLUMNS: Final = ("device_user_id", "device_time", "verify", "state", "work_code")
#: Every key of the log that the ledger has less often, with the number that lacks.
_LACKING: Final = """
    SELECT device_user_id || E'\\t' || to_char(device_time, 'YYYY-MM-DD HH24:MI:SS')
            || E'\\t' || verify || E'\\t' || state,
        records - punches
    FROM (
        SELECT device_user_id, device_time, verify, state, count(*) AS records,
            (SELECT count(*) FROM attendance_punch punch
             WHERE punch.serial_number = %s AND punch.device_user_id = log.device_user_id
               AND punch.device_time = log.device_time AND punch.verify = log.verify
               AND punch.state = log.state) AS punches
        FROM on_terminal log GROUP BY device_user_id, device_time, verify, state
    ) AS counted
    WHERE records > punches
    ORDER BY 1
"""


def compare(download: Download) -> Comparison:
    """Compare a log that was read whole with what is stored of its terminal."""
    serial = download.serial_number
    records = 0
    undecodable: Counter[bytes] = Counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TABLE)
        for portion in download.portions():
            records += portion.count
            _copy(cursor, portion)
            undecodable.update(bytes(item.raw) for item in portion.undecodable)
        cursor.execute(_LACKING, [serial])
        lacking = Counter({key: int(number) for key, number in cursor.fetchall()})
        cursor.execute("DROP TABLE pg_temp.on_terminal")
    bad = sum(undecodable.values())
    unreadable = undecodable - _parked_bytes(serial, set(undecodable))
    missing = lacking - _parked_keys(serial, lacking, download)
    lost = sum(missing.values()) + sum(unreadable.values())
    stored = records - bad - sum(lacking.values())
    examples = [*missing, *(raw.hex(" ") for raw in unreadable)]
    return Comparison(
        records=records,
        stored=stored,
        parked=records - stored - lost,
        missing=lost,
        examples=tuple(examples[:_SHOWN]),
    )


def compare_dump(dump: LogDump) -> Comparison:
    """Compare a log that was put by before it was cleared with what is stored now."""
    raw = zlib.decompress(dump.data)
    user_ids = {int(number): user_id for number, user_id in (dump.user_ids or {}).items()}
    return compare(
        Download(
            serial_number=dump.serial_number,
            device_count=dump.records,
            raw=raw,
            layout=dump.layout,
            user_ids=user_ids,
        )
    )


def _copy(cursor: CursorWrapper, portion: DecodedLog) -> None:
    if portion.lines:
        text = "".join(f"{line}\n" for line in portion.lines).replace("\\", "\\\\")
        copy_text(cursor, "on_terminal", _COLUMNS, text)


def _parked_bytes(serial: str, raws: set[bytes]) -> Counter[bytes]:
    rows = ParkedRecord.objects.filter(serial_number=serial, raw__in=raws)
    return Counter(bytes(raw) for raw in rows.values_list("raw", flat=True))


def _parked_keys(serial: str, lacking: Counter[str], download: Download) -> Counter[str]:
    """How often each of these records is set aside, whatever bytes it came as."""
    if not lacking:
        return Counter()
    users = {key.split("\t", 1)[0] for key in lacking}
    rows = ParkedRecord.objects.filter(
        serial_number=serial, device_user_id__in=users, device_time__isnull=False
    )
    found: Counter[str] = Counter()
    for raw in rows.values_list("raw", flat=True).iterator():
        found[_key(bytes(raw), download)] += 1
    return found


def _key(raw: bytes, download: Download) -> str:
    """The key of a parked record: of a log's layout, or a line of a file or a push."""
    if download.layout in LAYOUTS and len(raw) == LAYOUTS[download.layout].size:
        lines = decode_log(raw, download.layout, download.user_ids).lines
        if lines:
            return key_of(lines[0])
    fields = raw.decode(errors="replace").split("\t")
    return "\t".join(fields[:4])

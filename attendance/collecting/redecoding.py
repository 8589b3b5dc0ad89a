"""Decodes the kept bytes of a terminal anew and compares them with its ledger of punches."""

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from attendance.collecting.evidence import decoded
from attendance.collecting.exports import read_export
from attendance.models import ParkedRecord, PullSource, RawBatch, Terminal
from attendance.zk.adms import decode_attlog
from attendance.zk.records import DecodedLog
from backend.db import copy_text


@dataclass(frozen=True)
class Comparison:
    """What the kept bytes of a terminal say: numbers of batches and of records.

    `damaged` batches no longer have their SHA-256. `missing` records are neither punches nor
    parked; `unfounded` punches say that they came from kept bytes which do not hold them.
    """

    batches: int = 0
    damaged: int = 0
    records: int = 0
    parked: int = 0
    missing: int = 0
    unfounded: int = 0

    @property
    def agrees(self) -> bool:
        return not (self.damaged or self.missing or self.unfounded)


def redecode(terminal: Terminal) -> Comparison:
    """Decode all kept bytes of the terminal and compare; changes nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TABLE)
        result = Comparison()
        for log, batches in enumerate(_logs(terminal)):
            result = _decode_one(cursor, terminal, log, batches, result)
        cursor.execute(_COMPARE, {"terminal": terminal.pk, "serial": terminal.serial_number})
        missing, unfounded, believed = cursor.fetchone()
        cursor.execute("DROP TABLE pg_temp.redecoded")
    unread = result.missing + missing
    return replace(result, parked=result.parked + believed, missing=unread, unfounded=unfounded)


_TABLE: Final = """
    CREATE TEMPORARY TABLE redecoded (
        log integer NOT NULL, device_user_id varchar(32) COLLATE "C" NOT NULL,
        device_time timestamp NOT NULL, verify smallint NOT NULL, state smallint NOT NULL,
        work_code varchar(24) NOT NULL
    ) ON COMMIT DROP
"""
_COLUMNS: Final = ("log", "device_user_id", "device_time", "verify", "state", "work_code")

# The same record may be in two logs: before and after a clearing, or in a file as well.
_COMPARE: Final = """
    WITH numbered AS (
        SELECT DISTINCT device_user_id, device_time, verify, state, row_number() OVER (
            PARTITION BY log, device_user_id, device_time, verify, state ORDER BY ctid
        ) AS occurrence
        FROM redecoded
    ), unstored AS (
        SELECT EXISTS (
            SELECT FROM attendance_parkedrecord parked
            WHERE parked.serial_number = %(serial)s
              AND parked.device_user_id = numbered.device_user_id
              AND parked.device_time = numbered.device_time
        ) AS is_parked
        FROM numbered LEFT JOIN attendance_punch punch
          ON punch.serial_number = %(serial)s
         AND punch.device_user_id = numbered.device_user_id
         AND punch.device_time = numbered.device_time
         AND punch.verify = numbered.verify AND punch.state = numbered.state
         AND punch.occurrence = numbered.occurrence
        WHERE punch.id IS NULL
    )
    SELECT (SELECT count(*) FROM unstored WHERE NOT is_parked),
        (SELECT count(*) FROM attendance_punch punch
         WHERE punch.terminal_id = %(terminal)s AND punch.serial_number = %(serial)s
           AND EXISTS (SELECT FROM attendance_rawbatch WHERE pull_id = punch.pull_id)
           AND NOT EXISTS (
             SELECT FROM numbered
             WHERE punch.device_user_id = numbered.device_user_id
               AND punch.device_time = numbered.device_time
               AND punch.verify = numbered.verify AND punch.state = numbered.state
               AND punch.occurrence = numbered.occurrence)),
        (SELECT count(*) FROM unstored WHERE is_parked)
"""


def _logs(terminal: Terminal) -> Iterator[list[RawBatch]]:
    """The batches that belong together: a terminal's log until it was cleared, or one file."""
    kept = RawBatch.objects.filter(terminal=terminal).select_related("pull").defer("data")
    pulled = kept.filter(pull__source=PullSource.PULL).order_by("pk")
    log: list[RawBatch] = []
    for batch in pulled:
        if batch.start == 0 and log:
            yield log
            log = []
        log.append(batch)
    if log:
        yield log
    others = kept.exclude(pull__source=PullSource.PULL).order_by("pull", "start")
    for _, group in groupby(others, key=lambda batch: batch.pull_id):
        yield list(group)


def _decode_one(
    cursor: CursorWrapper,
    terminal: Terminal,
    log: int,
    batches: list[RawBatch],
    result: Comparison,
) -> Comparison:
    """Decode one log into the table `redecoded`."""
    damaged = records = parked = lost = 0
    bad: Counter[bytes] = Counter()
    for portion in _portions(batches):
        if portion is None:
            damaged += 1
            continue
        records += portion.count
        _copy(cursor, log, portion)
        bad.update(item.raw for item in portion.undecodable)
    for raw, count in bad.items():
        rows = ParkedRecord.objects.filter(serial_number=terminal.serial_number, raw=raw)
        kept = rows.aggregate(last=Max("occurrence"))["last"] or 0
        parked += min(count, kept)
        lost += max(0, count - kept)
    return Comparison(
        batches=result.batches + len(batches),
        damaged=result.damaged + damaged,
        records=result.records + records,
        parked=result.parked + parked,
        missing=result.missing + lost,
        unfounded=0,
    )


def _portions(batches: list[RawBatch]) -> Iterator[DecodedLog | None]:
    """Each batch decoded, None where its bytes are not the ones that were kept."""
    if batches[0].pull.source == PullSource.PULL:
        for batch in batches:
            yield decoded(batch) if _content(batch) is not None else None
        return
    content = [_content(batch) for batch in batches]
    whole = b"".join(piece for piece in content if piece is not None)
    pushed = batches[0].pull.source == PullSource.PUSH
    log = (decode_attlog(whole) if pushed else read_export(whole)).log
    yield log if None not in content else None


def _content(batch: RawBatch) -> bytes | None:
    content = zlib.decompress(batch.data)
    return content if hashlib.sha256(content).hexdigest() == batch.sha256 else None


def _copy(cursor: CursorWrapper, log: int, portion: DecodedLog) -> None:
    if portion.lines:
        text = "".join(f"{log}\t{line}\n" for line in portion.lines).replace("\\", "\\\\")
        copy_text(cursor, "redecoded", _COLUMNS, text)

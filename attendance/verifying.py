"""What must always be true in the attendance tables; each law counts the rows that break it.

Asked by `verify` after a fault campaign, a restore, or whenever somebody wants to know. Reads
everything once, so it is no page's business.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from attendance.collecting.log_check import compare_dump
from attendance.models import LogDump, RawBatch


@dataclass(frozen=True)
class Law:
    """`checked` rows were looked at, `broken` of them break the law; some of their ids."""

    name: str
    checked: int
    broken: int
    examples: tuple[int, ...] = ()


_SHOWN: Final = 10

#: By law: how many rows there are to look at, and the ids of those that break it.
_QUERIES: Final[Mapping[str, tuple[str, str]]] = {
    "a finished pull's records are its stored, known and parked ones": (
        "SELECT count(*) FROM attendance_pull WHERE state = 'done'",
        "SELECT id FROM attendance_pull WHERE state = 'done' AND read <> stored + known + parked",
    ),
    "a finished pull stored as many punches as it says": (
        "SELECT count(*) FROM attendance_pull WHERE state = 'done'",
        """SELECT pull.id FROM attendance_pull pull LEFT JOIN
            (SELECT pull_id, count(*) AS punches FROM attendance_punch
             WHERE correction_id IS NULL GROUP BY pull_id) own
            ON own.pull_id = pull.id
            WHERE pull.state = 'done' AND pull.stored <> coalesce(own.punches, 0)""",
    ),
    "a finished pull set as many records aside as it says": (
        "SELECT count(*) FROM attendance_pull WHERE state = 'done'",
        """SELECT pull.id FROM attendance_pull pull LEFT JOIN
            (SELECT pull_id, count(*) AS records FROM attendance_parkedrecord GROUP BY pull_id) own
            ON own.pull_id = pull.id
            WHERE pull.state = 'done' AND pull.parked <> coalesce(own.records, 0)""",
    ),
    "a failed pull left nothing behind": (
        "SELECT count(*) FROM attendance_pull WHERE state <> 'done'",
        """SELECT id FROM attendance_pull pull WHERE state <> 'done' AND (
            EXISTS (SELECT FROM attendance_punch WHERE pull_id = pull.id)
            OR EXISTS (SELECT FROM attendance_parkedrecord WHERE pull_id = pull.id)
            OR EXISTS (SELECT FROM attendance_rawbatch WHERE pull_id = pull.id))""",
    ),
    "every punch is of a pull, and of the pull's terminal": (
        "SELECT count(*) FROM attendance_punch",
        """SELECT punch.id FROM attendance_punch punch
            LEFT JOIN attendance_pull pull ON pull.id = punch.pull_id
            WHERE pull.id IS NULL OR pull.terminal_id <> punch.terminal_id""",
    ),
    "a running pull is its terminal's newest attempt": (
        "SELECT count(*) FROM attendance_pull WHERE state = 'running' AND source = 'pull'",
        """SELECT pull.id FROM attendance_pull pull
            JOIN attendance_terminal terminal ON terminal.id = pull.terminal_id
            WHERE pull.state = 'running' AND pull.source = 'pull'
              AND (terminal.lease_until IS NULL OR terminal.attempt <> pull.attempt)""",
    ),
    "a lease has a holder, and a holder a lease": (
        "SELECT count(*) FROM attendance_terminal",
        """SELECT id FROM attendance_terminal
            WHERE (lease_until IS NULL) <> (claimed_by = '')""",
    ),
    "no lease was left behind for over an hour": (
        "SELECT count(*) FROM attendance_terminal WHERE lease_until IS NOT NULL",
        "SELECT id FROM attendance_terminal WHERE lease_until < %(at)s - interval '1 hour'",
    ),
    "doubles of a punch are numbered without a gap": (
        "SELECT count(*) FROM attendance_punch WHERE occurrence > 1",
        """SELECT min(id) FROM attendance_punch
            WHERE (serial_number, device_user_id, device_time, verify, state) IN (
                SELECT serial_number, device_user_id, device_time, verify, state
                FROM attendance_punch WHERE occurrence > 1)
            GROUP BY serial_number, device_user_id, device_time, verify, state
            HAVING max(occurrence) <> count(*)""",
    ),
    "a user of a terminal has as many punches as are counted": (
        "SELECT count(*) FROM attendance_terminaluser",
        """SELECT known.id FROM attendance_terminaluser known LEFT JOIN
            (SELECT terminal_id, device_user_id, count(*) AS punches FROM attendance_punch
             GROUP BY terminal_id, device_user_id) own
            ON own.terminal_id = known.terminal_id AND own.device_user_id = known.device_user_id
            WHERE known.punch_count <> coalesce(own.punches, 0)""",
    ),
    "every punch is of a known user of its terminal": (
        "SELECT count(*) FROM attendance_punch",
        """SELECT min(punch.id) FROM attendance_punch punch
            WHERE NOT EXISTS (SELECT FROM attendance_terminaluser known
                WHERE known.terminal_id = punch.terminal_id
                  AND known.device_user_id = punch.device_user_id)
            GROUP BY punch.terminal_id, punch.device_user_id""",
    ),
    "a cleared log has its dump": (
        "SELECT count(*) FROM attendance_logclearing",
        """SELECT clearing.id FROM attendance_logclearing clearing
            JOIN attendance_logdump dump ON dump.id = clearing.dump_id
            WHERE dump.terminal_id <> clearing.terminal_id
               OR dump.records <> clearing.records OR dump.at > clearing.at""",
    ),
    "the kept bytes of a terminal's log reach as far as its cursor": (
        "SELECT count(*) FROM attendance_terminal WHERE log_bytes > 0",
        """SELECT terminal.id FROM attendance_terminal terminal
            WHERE terminal.log_bytes > 0 AND terminal.log_bytes <> (
                SELECT coalesce(sum(batch.size), 0) FROM attendance_rawbatch batch
                JOIN attendance_pull pull ON pull.id = batch.pull_id AND pull.source = 'pull'
                WHERE batch.terminal_id = terminal.id AND batch.id >= (
                    SELECT max(first.id) FROM attendance_rawbatch first
                    JOIN attendance_pull its ON its.id = first.pull_id AND its.source = 'pull'
                    WHERE first.terminal_id = terminal.id AND first.start = 0))""",
    ),
}


def laws(*, at: datetime) -> Iterator[Law]:
    """Each law as it was checked."""
    for name, (total, broken) in _QUERIES.items():
        with connection.cursor() as cursor:
            cursor.execute(total)
            [checked] = cursor.fetchone()
            cursor.execute(broken, {"at": at} if "%(at)s" in broken else None)
            ids = [row[0] for row in cursor.fetchall()]
        yield Law(name, checked, len(ids), tuple(sorted(ids)[:_SHOWN]))
    yield _bytes_law("every raw batch still has its SHA-256 and size", RawBatch)
    yield _bytes_law("every dump still has its SHA-256 and size", LogDump)
    yield _dumps_law()


def is_intact(*, data: bytes | memoryview, size: int, sha256: str) -> bool:
    """Whether compressed bytes are the ones that were kept."""
    try:
        raw = zlib.decompress(data)
    except zlib.error:
        return False
    return len(raw) == size and hashlib.sha256(raw).hexdigest() == sha256


def _dumps_law() -> Law:
    broken, checked = [], 0
    for dump in LogDump.objects.order_by("pk").iterator(chunk_size=1):
        checked += dump.records
        if is_intact(data=dump.data, size=dump.size, sha256=dump.sha256):
            broken += [dump.pk] * compare_dump(dump).missing
    name = "every record of a dump is a punch or set aside"
    return Law(name, checked, len(broken), tuple(sorted(set(broken))[:_SHOWN]))


def _bytes_law(name: str, model: type[RawBatch] | type[LogDump]) -> Law:
    checked, broken = 0, []
    rows = model.objects.order_by("pk").values_list("pk", "data", "size", "sha256")
    for pk, data, size, sha256 in rows.iterator(chunk_size=20):
        checked += 1
        if not is_intact(data=data, size=size, sha256=sha256):
            broken.append(pk)
    return Law(name, checked, len(broken), tuple(broken[:_SHOWN]))

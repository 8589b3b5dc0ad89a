"""Import of the files that terminals write to a USB stick: the same ledger, the same keys."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Final

from django.db import connection, transaction

from attendance.collecting import ledger
from attendance.collecting.exports import Export, ExportKind, read_export
from attendance.models import ParkedRecord, Pull, PullSource, PullState, Terminal
from attendance.zk.client import Download
from attendance.zk.errors import SerialUnknown
from attendance.zk.records import DecodedLog
from backend.accounts.models import User

#: A file was chosen by a person who knows its age: only the clocks' own first years are refused.
EARLIEST_IN_FILE: Final = datetime(2010, 1, 1)  # noqa: DTZ001 - device times carry no zone
#: How many lines that were set aside a preview tells of, and of how many a guess is made.
BAD_LINES_SHOWN: Final = 20
SAMPLE: Final = 200


@dataclass(frozen=True)
class Imported:
    """The import's record, and what became of the lines."""

    pull: Pull
    counts: ledger.Stored


@dataclass(frozen=True)
class BadLine:
    """A line that would be set aside, by its number in the file from 1."""

    line: int | None
    reason: str
    text: str


@dataclass(frozen=True)
class Preview:
    """What importing a file would do; nothing was stored.

    `first` and `last` are the terminal's own times, without those of a clock that was reset;
    `reasons` counts what would be set aside.
    """

    kind: ExportKind
    counts: ledger.Stored
    first: datetime | None
    last: datetime | None
    known_users: int
    unknown_users: list[str]
    reasons: dict[str, int] = field(default_factory=dict)
    bad_lines: list[BadLine] = field(default_factory=list)


def import_file(
    content: bytes, *, name: str, terminal: Terminal, at: datetime, by: User | None = None
) -> Imported:
    """Store the punches of an exported file as the terminal's own.

    A file imported twice, or read from the terminal already, adds nothing. Raises NotAnExport,
    AmbiguousDates, SerialUnknown (punches need the terminal's serial number).
    """
    return _import(content, read_export(content), name=name, terminal=terminal, at=at, by=by)


def _import(
    content: bytes,
    export: Export,
    *,
    name: str,
    terminal: Terminal,
    at: datetime,
    by: User | None = None,
) -> Imported:
    if not terminal.serial_number:
        raise SerialUnknown
    download = Download(
        serial_number=terminal.serial_number,
        device_count=None,
        raw=content,
        layout="file",
        log=export.log,
    )
    with transaction.atomic():
        pull = Pull.objects.create(
            terminal=terminal,
            source=PullSource.FILE,
            state=PullState.RUNNING,
            file_name=PurePath(name).name[:200],
            imported_by=by,
            raw_sha256=hashlib.sha256(content).hexdigest(),
            started_at=at,
        )
        counts = ledger.store(download, pull=pull, at=at, earliest=EARLIEST_IN_FILE)
    return Imported(pull, counts)


def preview_file(content: bytes, *, name: str, terminal: Terminal, at: datetime) -> Preview:
    """What `import_file` would do: it is done in full and taken back, so it cannot differ.

    Raises NotAnExport, AmbiguousDates, SerialUnknown.
    """
    export = read_export(content)
    with transaction.atomic():
        imported = _import(content, export, name=name, terminal=terminal, at=at)
        parked = ParkedRecord.objects.filter(pull=imported.pull).order_by("line", "pk")
        reasons = Counter(record.get_reason_display() for record in parked.only("reason"))
        bad = [
            BadLine(record.line, record.get_reason_display(), _shown(bytes(record.raw)))
            for record in parked[:BAD_LINES_SHOWN]
        ]
        transaction.set_rollback(True)
    times = [time for _user, time in _believable(export.log)]
    users = {line.split("\t", 1)[0]: line.split("\t", 2)[1] for line in export.log.lines}
    unknown = _unknown(users)
    return Preview(
        kind=export.kind,
        counts=imported.counts,
        first=datetime.fromisoformat(min(times)) if times else None,
        last=datetime.fromisoformat(max(times)) if times else None,
        known_users=len(users) - len(unknown),
        unknown_users=unknown,
        reasons=dict(reasons.most_common()),
        bad_lines=bad,
    )


def _believable(log: DecodedLog) -> Iterator[tuple[str, str]]:
    """User and time of the lines that no clock reset wrote."""
    earliest = f"{EARLIEST_IN_FILE:%Y-%m-%d %H:%M:%S}"
    for line in log.lines:
        user, time, _rest = line.split("\t", 2)
        if time >= earliest:
            yield user, time


def _shown(raw: bytes) -> str:
    """A line's bytes as text on a page; unprintable ones become dots."""
    text = raw.decode(errors="replace")
    return "".join(char if char.isprintable() else "·" for char in text)[:200]


_NOBODY: Final = """
    SELECT seen.id FROM unnest(%s::text[], %s::timestamp[]) AS seen(id, at)
    WHERE NOT EXISTS (
        SELECT FROM attendance_enrolment enrolment
        WHERE enrolment.device_user_id = seen.id AND enrolment.valid_from <= seen.at::date
          AND (enrolment.valid_to IS NULL OR enrolment.valid_to >= seen.at::date))
    ORDER BY length(seen.id), seen.id
"""


def _unknown(users: Mapping[str, str]) -> list[str]:
    """The user ids that are nobody's at the time of their last punch in the file."""
    with connection.cursor() as cursor:
        cursor.execute(_NOBODY, [list(users), list(users.values())])
        return [row[0] for row in cursor.fetchall()]


# --- whose file is it? ---------------------------------------------------------------------


@dataclass(frozen=True)
class Guess:
    """The terminal a file seems to come from; `shared` of `sampled` punches are stored as its."""

    terminal: Terminal
    shared: int
    sampled: int


_SHARED: Final = """
    SELECT punch.terminal_id, count(DISTINCT (seen.id, seen.at))
    FROM unnest(%s::text[], %s::timestamp[]) AS seen(id, at)
    JOIN attendance_punch punch
      ON punch.device_user_id = seen.id AND punch.device_time = seen.at
     AND punch.punched_at > ((seen.at - interval '1 day') AT TIME ZONE 'UTC')
     AND punch.punched_at < ((seen.at + interval '1 day') AT TIME ZONE 'UTC')
    GROUP BY punch.terminal_id
    ORDER BY 2 DESC, 1 LIMIT 1
"""


def guess_terminal(log: DecodedLog, *, name: str) -> Guess | None:
    """The terminal whose punches the file repeats, else whose serial number its name tells.

    Else the terminal of the last import of that name, else the only one in use.
    """
    believable = sorted(set(_believable(log)))
    sample = believable[:: max(1, len(believable) // SAMPLE)]
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [[user for user, _at in sample], [at for _user, at in sample]])
        if found := cursor.fetchone():
            return Guess(Terminal.objects.get(pk=found[0]), int(found[1]), len(sample))
    terminal = _terminal_named(PurePath(name).name)
    return Guess(terminal, 0, len(sample)) if terminal else None


def _terminal_named(name: str) -> Terminal | None:
    terminals = Terminal.objects.exclude(serial_number="")
    for terminal in terminals.order_by("pk"):
        if len(terminal.serial_number) >= 5 and terminal.serial_number.lower() in name.lower():
            return terminal
    before = Pull.objects.filter(source=PullSource.FILE, file_name=name).order_by("-pk").first()
    if before is not None:
        return before.terminal
    in_use = list(terminals.filter(enabled=True)[:2])
    return in_use[0] if len(in_use) == 1 else None

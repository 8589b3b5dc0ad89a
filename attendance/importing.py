"""Import of the files that terminals write to a USB stick: the same ledger, the same keys.

Two kinds, told apart by their first line: `*_attlog.dat` (user, time, machine number, state,
verify mode, work code with tabs, no heading) and `AGL_*.TXT` (a heading, American dates). A line that cannot be read is
parked with its number; the others go on.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from attendance import ledger
from attendance.models import Pull, PullSource, PullState, Terminal
from attendance.zk.client import Download
from attendance.zk.errors import SerialUnknown
from attendance.zk.records import BadRecord, DecodedLog, Undecodable, readable_user_id
from backend.problems import Problem

#: A file was chosen by a person who knows its age: only the clocks' own first years are refused.
EARLIEST_IN_FILE: Final = datetime(2010, 1, 1)  # noqa: DTZ001 - device times carry no zone
MAX_BYTES: Final = 64 * 1024 * 1024
_PARKED_BYTES: Final = 500


class NotAnExport(Problem):
    """The file is neither of the known kinds. Nothing was stored."""

    code = "not_an_export"
    message = _(
        "Tệp này không phải tệp chấm công xuất từ máy ZKTeco (*_attlog.dat hoặc AGL_*.TXT)."
    )


@dataclass(frozen=True)
class Imported:
    """The import's record, and what became of the lines."""

    pull: Pull
    counts: ledger.Stored


def import_file(content: bytes, *, name: str, terminal: Terminal, at: datetime) -> Imported:
    """Store the punches of an exported file as the terminal's own.

    A file imported twice, or read from the terminal already, adds nothing. Raises NotAnExport,
    SerialUnknown (punches need the terminal's serial number).
    """
    if not terminal.serial_number:
        raise SerialUnknown
    log = read_export(content)
    download = Download(
        serial_number=terminal.serial_number, device_count=None, raw=content, log=log
    )
    with transaction.atomic():
        pull = Pull.objects.create(
            terminal=terminal,
            source=PullSource.FILE,
            state=PullState.RUNNING,
            file_name=PurePath(name).name[:200],
            raw_sha256=hashlib.sha256(content).hexdigest(),
            started_at=at,
        )
        counts = ledger.store(download, pull=pull, at=at, earliest=EARLIEST_IN_FILE)
    return Imported(pull, counts)


def read_export(content: bytes) -> DecodedLog:
    """The lines of an exported file, in its order. Raises NotAnExport."""
    if len(content) > MAX_BYTES:
        raise NotAnExport
    lines = list(_lines(content))
    if not lines:
        raise NotAnExport
    heading = [column.strip() for column in lines[0][1].split(b"\t")]
    if heading[:3] == [b"No", b"TMNo", b"EnNo"] and heading[-1] == b"DateTime":
        log = _decode(lines[1:], _agl_line)
    else:
        log = _decode(lines, _attlog_line)
    if log.undecodable and not log.lines:
        raise NotAnExport
    return log


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Index and bytes of each line that is not empty."""
    for index, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines()):
        if line.strip():
            yield index, line


def _decode(
    lines: list[tuple[int, bytes]], decode_line: Callable[[list[bytes]], str]
) -> DecodedLog:
    """Layout "file": its records are lines, and their places line numbers from 0."""
    good: list[str] = []
    places: list[int] = []
    bad: list[Undecodable] = []
    for index, line in lines:
        try:
            good.append(decode_line(line.split(b"\t")))
            places.append(index)
        except _BadLine as error:
            bad.append(Undecodable(index, line[:_PARKED_BYTES], error.reason))
    return DecodedLog("file", good, bad, places)


class _BadLine(ValueError):
    def __init__(self, reason: BadRecord) -> None:
        super().__init__(reason)
        self.reason = reason


def _attlog_line(columns: list[bytes]) -> str:
    """`17<tab>2026-11-02 07:28:00<tab>machine<tab>state<tab>verify<tab>work code`

    The order is read off real files: the third column is the machine's number throughout, the
    fourth is 255 throughout on terminals without in/out keys, the fifth tells 0 and 1 apart.
    """
    if len(columns) < 5:
        raise _BadLine(BadRecord.BAD_LINE)
    time = _time(columns[1], "%Y-%m-%d %H:%M:%S")
    work_code = columns[5].strip() if len(columns) > 5 else b"0"
    return _line(columns[0], time, columns[4], columns[3], b"" if work_code == b"0" else work_code)


def _agl_line(columns: list[bytes]) -> str:
    """`No TMNo EnNo Name GMNo Mode IN/OUT Antipass DateTime`; in/out is often left empty."""
    if len(columns) < 9:
        raise _BadLine(BadRecord.BAD_LINE)
    time = _time(b" ".join(columns[8].split()), "%m-%d-%Y %I:%M:%S%p", "%Y/%m/%d %H:%M:%S")
    return _line(columns[2], time, columns[5], columns[6].strip() or b"255", b"")


def _line(user: bytes, time: str, verify: bytes, state: bytes, work_code: bytes) -> str:
    user_id = readable_user_id(user)
    if not user_id:
        raise _BadLine(BadRecord.BAD_USER)
    code = work_code.decode(errors="replace")
    if len(code) > 24 or not code.isprintable():
        raise _BadLine(BadRecord.BAD_LINE)
    return f"{user_id}\t{time}\t{_mode(verify)}\t{_mode(state)}\t{code}"


def _mode(text: bytes) -> int:
    digits = text.strip()
    if not digits.isdigit() or int(digits) > 255:
        raise _BadLine(BadRecord.BAD_LINE)
    return int(digits)


def _time(text: bytes, *forms: str) -> str:
    for form in forms:
        try:
            moment = datetime.strptime(text.decode("ascii").strip(), form)  # noqa: DTZ007
        except ValueError:
            continue
        return f"{moment:%Y-%m-%d %H:%M:%S}"
    raise _BadLine(BadRecord.IMPOSSIBLE_TIME)

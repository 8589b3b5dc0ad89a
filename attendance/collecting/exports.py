"""The files that terminals write to a USB stick, read line by line.

Two kinds, told apart by their heading and never by their name:

- `*_attlog.dat`: user, time, machine number, state, verify mode, work code with tabs, no heading;
- `AGL_*.TXT` (the whole log) and `GLG_*.TXT` (what is new): a heading that begins with
  `No TMNo EnNo` and ends with `DateTime`. What stands between differs from firmware to firmware
  (GMNo, Mode, IN/OUT or INOUT, Antipass, ProxyWork, VM, Department), with tabs or padded with
  spaces; the in/out column is often empty, the heading sometimes has one tab too many, and some
  write `FP` and `DutyOff` where others write numbers.

Bytes may be UTF-8 or UTF-16 with a byte order mark, or a code page: only names use more than
ASCII, and names are not read. A line that cannot be read is set aside with its number.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from attendance.zk.records import BadRecord, DecodedLog, Undecodable, readable_user_id
from backend.problems import Problem

MAX_BYTES: Final = 64 * 1024 * 1024
_PARKED_BYTES: Final = 500


class NotAnExport(Problem):
    """The file is neither of the known kinds. Nothing was stored."""

    code = "not_an_export"
    message = _(
        "Tệp này không phải tệp chấm công xuất từ máy ZKTeco"
        " (*_attlog.dat, AGL_*.TXT hoặc GLG_*.TXT)."
    )


class AmbiguousDates(Problem):
    """Day or month first? Nothing in the file tells. Nothing was stored."""

    code = "ambiguous_dates"
    message = _(
        "Tệp ghi ngày như 05/06/2026 nên không rõ ngày hay tháng đứng trước. Hãy đổi định dạng"
        " ngày trên máy sang năm-tháng-ngày rồi xuất lại tệp."
    )


class ExportKind(StrEnum):
    ATTLOG = "attlog"
    HEADED = "headed"


@dataclass(frozen=True)
class Export:
    """A file's lines, in its order, and what kind it is."""

    kind: ExportKind
    log: DecodedLog


def read_export(content: bytes) -> Export:
    """The punches of an exported file. Raises NotAnExport, AmbiguousDates."""
    if len(content) > MAX_BYTES:
        raise NotAnExport
    lines = [(index, line) for index, line in _lines(content) if not line.startswith(b"#")]
    if not lines:
        raise NotAnExport
    if (heading := _heading(lines[0][1])) is not None:
        lines = [(index, line) for index, line in lines if _heading(line) is None]
        form = _date_form([line for _index, line in lines])
        kind = ExportKind.HEADED
        log = _decode(lines, lambda line: _headed_line(line, heading, form))
    else:
        kind = ExportKind.ATTLOG
        log = _decode(lines, _attlog_line)
    if log.undecodable and not log.lines:
        raise NotAnExport
    return Export(kind, log)


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Index and bytes of each line that is not empty."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode()
    for index, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines()):
        if line.strip():
            yield index, line


def _decode(lines: list[tuple[int, bytes]], decode_line: Callable[[bytes], str]) -> DecodedLog:
    """Layout "file": its records are lines, and their places line numbers from 0."""
    good: list[str] = []
    places: list[int] = []
    bad: list[Undecodable] = []
    for index, line in lines:
        try:
            good.append(decode_line(line))
            places.append(index)
        except _BadLine as error:
            bad.append(Undecodable(index, line[:_PARKED_BYTES], error.reason))
    return DecodedLog("file", good, bad, places)


class _BadLine(ValueError):
    def __init__(self, reason: BadRecord) -> None:
        super().__init__(reason)
        self.reason = reason


# --- *_attlog.dat --------------------------------------------------------------------------


def _attlog_line(line: bytes) -> str:
    """`17<tab>2026-11-02 07:28:00<tab>machine<tab>state<tab>verify<tab>work code`

    The order is read off real files: the third column is the machine's number throughout, the
    fourth is 255 throughout on terminals without in/out keys, the fifth tells 0 and 1 apart.
    """
    columns = line.split(b"\t")
    if len(columns) < 5:
        raise _BadLine(BadRecord.BAD_LINE)
    time = _time(columns[1], "%Y-%m-%d %H:%M:%S")
    work_code = columns[5].strip() if len(columns) > 5 else b"0"
    return _line(columns[0], time, columns[4], columns[3], b"" if work_code == b"0" else work_code)


# --- AGL_*.TXT and GLG_*.TXT ---------------------------------------------------------------

#: Columns that are counted from the left; those after the name are counted from the right,
#: because heading and lines do not agree on how many tabs follow the name.
_FROM_LEFT: Final = ("no", "tmno", "enno")
#: A date and a time of day at the end of a line.
_MOMENT: Final = re.compile(rb"(\d+[-/]\d+[-/]\d+)\s+(\d+:\d+:\d+\s*(?:[AaPp][Mm])?)\s*$")
#: Words for the codes of verify mode and in/out state, without case, spaces and slashes.
_WORDS: Final = {
    b"fp": b"1", b"finger": b"1", b"fingerprint": b"1",
    b"pw": b"3", b"pwd": b"3", b"password": b"3",
    b"card": b"4", b"rf": b"4", b"rfid": b"4", b"face": b"15",
    b"in": b"0", b"dutyon": b"0", b"checkin": b"0",
    b"out": b"1", b"dutyoff": b"1", b"checkout": b"1",
    b"breakout": b"2", b"breakin": b"3",
    b"otin": b"4", b"overtimein": b"4", b"otout": b"5", b"overtimeout": b"5",
}  # fmt: skip
#: A column that is not there or empty: as terminals without in/out keys write it.
_UNTOLD: Final = b"255"
#: Some firmware pads ids with zeros to this length, which its log over the network does not.
_PADDED: Final = 8


def _heading(line: bytes) -> list[str] | None:
    """The columns' names without case and slashes; None where the line is no heading."""
    parts = line.split(b"\t") if b"\t" in line else line.split()
    names = [part.strip().decode("ascii", "replace").casefold().replace("/", "") for part in parts]
    names = [name for name in names if name]
    if tuple(names[:3]) != _FROM_LEFT or names[-1] != "datetime":
        return None
    return names


def _headed_line(line: bytes, heading: list[str], form: str) -> str:
    moment = _MOMENT.search(line)
    if moment is None:
        raise _BadLine(BadRecord.BAD_LINE)
    before = line[: moment.start()]
    columns = before.removesuffix(b"\t").split(b"\t") if b"\t" in before else before.split()
    if len(columns) < len(_FROM_LEFT):
        raise _BadLine(BadRecord.BAD_LINE)
    user = columns[_FROM_LEFT.index("enno")].strip()
    if len(user) >= _PADDED and user.isdigit():
        user = user.lstrip(b"0") or b"0"
    told = len(columns) >= len(heading) - 1 - ("name" in heading)

    def column(name: str) -> bytes:
        if not told or name not in heading:
            return _UNTOLD
        text = columns[heading.index(name) - len(heading) + 1].strip()
        return _WORDS.get(text.replace(b" ", b"").replace(b"/", b"").lower(), text) or _UNTOLD

    written = b" ".join([moment[1].replace(b"/", b"-"), moment[2].replace(b" ", b"").upper()])
    time = _time(written, f"{form} %I:%M:%S%p", f"{form} %H:%M:%S")
    return _line(user, time, column("mode"), column("inout"), b"")


def _date_form(lines: list[bytes]) -> str:
    """How the file writes its dates, from all of its lines. Raises AmbiguousDates.

    With the year first there is one reading. With the year last, a day above 12 somewhere tells;
    where none does, the twelve-hour clock is American.
    """
    found = [match for match in map(_MOMENT.search, lines) if match is not None]
    dates = [tuple(map(int, re.split(rb"[-/]", match[1]))) for match in found]
    if not dates or dates[0][0] > 31:
        return "%Y-%m-%d"
    if any(date[1] > 12 for date in dates):
        return "%m-%d-%Y"
    if any(date[0] > 12 for date in dates):
        return "%d-%m-%Y"
    if any(match[2].upper().endswith(b"M") for match in found):
        return "%m-%d-%Y"
    raise AmbiguousDates


# --- parts of a line -----------------------------------------------------------------------


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
    if digits.isdigit() and int(digits) <= 255:
        return int(digits)
    raise _BadLine(BadRecord.BAD_LINE)


def _time(text: bytes, *forms: str) -> str:
    for form in forms:
        try:
            moment = datetime.strptime(text.decode("ascii").strip(), form)  # noqa: DTZ007
        except ValueError:
            continue
        return f"{moment:%Y-%m-%d %H:%M:%S}"
    raise _BadLine(BadRecord.IMPOSSIBLE_TIME)

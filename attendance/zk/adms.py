"""ADMS, the push protocol: what terminals say over HTTP and what they are answered. Pure.

Rules from ZKTeco's "Attendance PUSH Communication Protocol" 5.8 (PUSH 2.4.2) and from published
firmware sources where these differ (`AttlogCount` for `AttlogSum`). Lines end in LF or CRLF, their
fields are parted by tabs. A punch becomes the same line of text as one read from the terminal's
own log (attendance.zk.records), so that a punch seen both ways is one punch.

Fingerprints, faces, photos, passwords, cards, body temperatures and places of punching are dropped
here, before anything is kept: no function of this module returns them.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from attendance.zk.codec import decode_time
from attendance.zk.records import BadRecord, DecodedLog, Undecodable, readable_user_id

LAYOUT: Final = "push"
#: Columns of a punch that are kept: user, time, state, verify, work code and two reserved ones.
#: What follows is mask, temperature, an identity card's number or the place, by firmware.
_KEPT_COLUMNS: Final = 7
#: More than this of a bad line's field is not needed to see what it was.
_KEPT_CHARACTERS: Final = 40
#: A body with more bad lines than this, and more of them than good ones, is not what it says.
MAX_BAD_LINES: Final = 1000


class NotThatTable(ValueError):
    """The body is not of the table the terminal named."""


_SERIAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{2,31}")
_STAMP: Final = re.compile(r"[A-Za-z0-9]{1,24}")


def serial_of(text: str) -> str:
    """The serial number, or "" where it cannot be one."""
    return text if _SERIAL.fullmatch(text) else ""


def stamp_of(text: str) -> str:
    """A mark of how far a terminal has sent; "" where it cannot be one."""
    return text if _STAMP.fullmatch(text) else ""


def body_text(body: bytes) -> str:
    """Bytes that are not UTF-8 come back unchanged from `body_bytes`."""
    text = body.decode("utf-8", "surrogateescape").strip("\0")
    return text.replace("\r", "\n") if "\r" in text else text


def body_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


# --- punches -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attlog:
    """The punches of one upload: `log` was decoded from `raw`, which is all that is to be kept.

    `dropped` lines held something of a person's body and are in neither.
    """

    raw: bytes
    log: DecodedLog
    dropped: int = 0

    @property
    def count(self) -> int:
        """Lines that were dealt with, as the terminal is told."""
        return self.log.count + self.dropped


_PUNCH: Final = re.compile(
    r"(([0-9A-Za-z]{1,32})\t(\d{4}-\d\d-\d\d) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)"
    r"\t([1-9]?\d|1\d\d|2[0-4]\d|25[0-5])\t([1-9]?\d|1\d\d|2[0-4]\d|25[0-5])"
    r"(?>(?:\t0?(?:\t[^\t]{0,40}){0,2})?))(?:\t.*)?",
    re.ASCII,
)
_BODILY: Final = re.compile(
    r"(?:FP|FACE|FVEIN|FINGERTMP|TEMPLATEV10|BIODATA|BIOPHOTO|USERPIC|ATTPHOTO|IDCARD)\b"
    r"|.*\b(?:TMP|Content|FPTemplate\d|Photo|Passwd)=",
    re.ASCII | re.IGNORECASE,
)


def decode_attlog(body: bytes) -> Attlog:
    """The upload's lines one by one; bad ones are set aside. Raises NotThatTable."""
    good: list[str] = []
    places: list[int] = []
    bad: list[Undecodable] = []
    kept: list[str] = []
    dropped = 0
    days: dict[str, bool] = {}
    match = _PUNCH.fullmatch
    for line in body_text(body).split("\n"):
        if (found := match(line)) is not None:
            whole, user, day, clock, state, verify = found.groups()
            if days.get(day) or _is_day(day, days):
                places.append(len(kept))
                kept.append(whole)
                good.append(f"{user}\t{day} {clock}\t{verify}\t{state}\t")
                continue
        if not line.strip():
            continue
        if _BODILY.match(line):
            dropped += 1
            continue
        columns = [_cut(column) for column in line.split("\t", _KEPT_COLUMNS)[:_KEPT_COLUMNS]]
        line = "\t".join(columns)
        decoded = _punch(columns)
        if isinstance(decoded, str):
            places.append(len(kept))
            good.append(decoded)
        else:
            bad.append(Undecodable(len(kept), body_bytes(line), decoded.reason, decoded.user_id))
            if len(bad) > max(MAX_BAD_LINES, len(good)):
                raise NotThatTable
        kept.append(line)
    raw = body_bytes("\n".join(kept)) + b"\n" if kept else b""
    return Attlog(raw, DecodedLog(LAYOUT, good, bad, places), dropped)


def _is_day(text: str, days: dict[str, bool]) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        days[text] = False
    else:
        days[text] = True
    return days[text]


def _cut(column: str) -> str:
    """No field of a punch is so long; what was cut can no longer be read as one."""
    return column if len(column) <= _KEPT_CHARACTERS else f"{column[:_KEPT_CHARACTERS]}…"


@dataclass(frozen=True)
class _Bad:
    reason: BadRecord
    user_id: str = ""


def _punch(columns: list[str]) -> str | _Bad:
    """`17<tab>2026-11-02 07:28:00<tab>state<tab>verify<tab>work code…`, read with care."""
    if len(columns) < 2:
        return _Bad(BadRecord.BAD_LINE)
    user_id = readable_user_id(body_bytes(columns[0]))
    if not user_id:
        return _Bad(BadRecord.BAD_USER)
    moment = device_time(columns[1])
    if moment is None:
        return _Bad(BadRecord.IMPOSSIBLE_TIME, user_id)
    state, verify, work_code = [*(part.strip() for part in columns[2:5]), "", "", ""][:3]
    modes = [_mode(verify, untold=1), _mode(state, untold=255)]
    work_code = "" if work_code == "0" else work_code
    if None in modes or len(work_code) > 24 or not work_code.isprintable():
        return _Bad(BadRecord.BAD_LINE, user_id)
    return f"{user_id}\t{moment:%Y-%m-%d %H:%M:%S}\t{modes[0]}\t{modes[1]}\t{work_code}"


def _mode(text: str, *, untold: int) -> int | None:
    if not text:
        return untold
    number = int(text) if re.fullmatch(r"\d{1,3}", text, re.ASCII) else 256
    return number if number <= 255 else None


_MOMENT: Final = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:\s+|T)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?"
    r"(?:Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_READING: Final = re.compile(r"\d{6,10}", re.ASCII)


def device_time(text: str) -> datetime | None:
    """A terminal's wall clock, year first with any of - / . and T or spaces, or its own number.

    A zone behind the time is that of the clock itself and changes nothing. None where there is no
    such moment.
    """
    text = text.strip()
    if _READING.fullmatch(text):
        reading = int(text)
        return decode_time(reading) if reading < 1 << 32 else None
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    year, _, month, day, hour, minute, second = found.groups()
    try:
        return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))  # noqa: DTZ001
    except ValueError:
        return None


# --- answers and commands ------------------------------------------------------------------

OK: Final = b"OK"
#: Firmware that reads this introduces itself anew.
UNKNOWN: Final = b"UNKNOWN DEVICE"
#: Below 2.4.0, where terminals would want to agree on encryption of their own making.
_PROTOCOL: Final = "2.3.0"


def handshake(
    serial: str, *, attlog_stamp: str, operlog_stamp: str, utc_offset_minutes: int, delay: int
) -> bytes:
    """How the terminal is to behave. Fingers, faces and photos are not asked for.

    An empty stamp has everything sent again. `delay` is seconds between requests for commands.
    """
    hours, minutes = divmod(utc_offset_minutes, 60)
    lines = [
        f"GET OPTION FROM: {serial}",
        f"Stamp={attlog_stamp or 0}",
        f"OpStamp={operlog_stamp or 0}",
        f"ATTLOGStamp={attlog_stamp or 0}",
        f"OPERLOGStamp={operlog_stamp or 0}",
        "ATTPHOTOStamp=None",
        "ErrorDelay=30",
        f"Delay={delay}",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        "TransFlag=TransData AttLog\tOpLog\tEnrollUser\tChgUser",
        f"TimeZone={utc_offset_minutes if minutes else hours}",
        "Realtime=1",
        "Encrypt=None",
        f"ServerVer={_PROTOCOL}",
        f"PushProtVer={_PROTOCOL}",
        "PushOptionsFlag=1",
        "PushOptions=FingerFunOn,FaceFunOn",
        "SupportPing=1",
    ]
    return "\n".join(lines).encode() + b"\n"


def processed(count: int) -> bytes:
    return b"OK: %d" % count


def command_line(number: int, text: str) -> str:
    return f"C:{number}:{text}"


def _span(first: datetime, last: datetime) -> str:
    return f"StartTime={first:%Y-%m-%d %H:%M:%S}\tEndTime={last:%Y-%m-%d %H:%M:%S}"


def verify_sum(first: datetime, last: datetime) -> str:
    """How many punches do you hold of that span, both ends included?"""
    return f"VERIFY SUM ATTLOG {_span(first, last)}"


def query_attlog(first: datetime, last: datetime) -> str:
    """Send the punches of that span once more."""
    return f"DATA QUERY ATTLOG {_span(first, last)}"

"""The terminals' log and user records, decoded one by one: a bad one never spoils the others. Pure.

A log's bytes here are whole records without the 4-byte length a terminal sends before them.
A decoded record is a line of text as the terminals' own export files write it: user id, time,
verify mode, in/out state and work code with tabs between ("17\\t2026-11-02 07:28:00\\t1\\t0\\t").
PostgreSQL takes such lines by COPY as they are, and no object per field is made: one
`struct.iter_unpack`, and the texts of users, days and times of day made once each.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from struct import Struct
from typing import Final, NamedTuple, TypeAlias, TypeVar

from attendance.zk.codec import SECONDS_A_DAY, decode_day

USER_ID_MAX: Final = 32


class LogRecord(NamedTuple):
    """A record's line taken apart; `time` is the terminal's wall clock as text."""

    user_id: str
    time: str
    verify: int
    state: int
    work_code: str


def take_apart(line: str) -> LogRecord:
    user_id, time, verify, state, work_code = line.split("\t")
    return LogRecord(user_id, time, int(verify), int(state), work_code)


class BadRecord(StrEnum):
    """Why a record cannot be a punch; the last two are for the ledger to find."""

    IMPOSSIBLE_TIME = "impossible_time"
    BAD_USER = "bad_user"
    HALF_RECORD = "half_record"
    BAD_LINE = "bad_line"
    CLOCK_RESET = "clock_reset"
    FUTURE = "future"


@dataclass(frozen=True)
class Undecodable:
    """A record set aside: its place in the log (from 0), its bytes, why, what could be read."""

    index: int
    raw: bytes
    reason: BadRecord
    user_id: str = ""
    time: str | None = None


@dataclass(frozen=True)
class Layout:
    """A record's size in bytes and where its parts are."""

    name: str
    size: int
    struct: Struct = field(repr=False)


LAYOUTS: Final[Mapping[str, Layout]] = {
    layout.name: layout
    for layout in (
        Layout("8", 8, Struct("<HBIB")),  # uid, verify, time, state
        Layout("8b", 8, Struct("<HBxI")),  # uid, verify | state << 4, time (MA300)
        Layout("16", 16, Struct("<IIBB2xI")),  # user, time, verify, state, work code
        Layout("40", 40, Struct("<2x24sBIB8x")),  # user, verify, time, state
        Layout("49", 49, Struct("<2x24sBIB17x")),  # as 40, with a longer tail
    )
}
_TEXT_USER: Final = ("40", "49")


@dataclass(frozen=True)
class DecodedLog:
    """`len(lines) + len(undecodable)` records were there, `lines` in the log's own order.

    `places` are the lines' places in a file, which has headings and empty lines between them.
    """

    layout: str
    lines: list[str]
    undecodable: list[Undecodable]
    places: list[int] | None = None

    @property
    def count(self) -> int:
        return len(self.lines) + len(self.undecodable)


def readable_user_id(raw: bytes) -> str:
    """The id up to the first NUL without outer spaces; "" where there is no readable one."""
    try:
        text = raw.split(b"\0", 1)[0].decode().strip()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() and len(text) <= USER_ID_MAX else ""


K = TypeVar("K")


class _Memo(dict[K, str]):
    """Texts made once for each different value."""

    def __init__(self, make: Callable[[K], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> str:
        text = self[key] = self._make(key)
        return text


def _day_text(number: int) -> str:
    """Day number -> "2026-11-02 "; "" for a day that does not exist."""
    day = decode_day(number)
    return f"{day} " if day else ""


def _modes_text(both: int) -> str:
    return f"\t{both >> 8}\t{both & 0xFF}\t"


_CLOCK: Final = tuple(
    f"{hour:02}:{minute:02}:{second:02}"
    for hour in range(24)
    for minute in range(60)
    for second in range(60)
)


#: Records decoded at a time: enough for speed, few enough for a small memory.
PORTION: Final = 50_000
Bytes: TypeAlias = bytes | bytearray | memoryview


def decode_portions(
    raw: Bytes, layout: str, user_ids: Mapping[int, str] | None = None, *, first: int = 0
) -> Iterator[DecodedLog]:
    """As `decode_log` from record number `first` on, but a portion at a time; places count from 0."""
    size = LAYOUTS[layout].size
    view = memoryview(raw)
    for begin in range(first * size, len(raw), PORTION * size):
        log = decode_log(view[begin : begin + PORTION * size], layout, user_ids)
        moved = [replace(item, index=item.index + begin // size) for item in log.undecodable]
        yield replace(log, undecodable=moved)


def decode_log(raw: Bytes, layout: str, user_ids: Mapping[int, str] | None = None) -> DecodedLog:
    """Decode whole records; an incomplete one at the end is set aside as HALF_RECORD.

    `user_ids` maps the terminal's inner numbers to user ids; only the 8-byte layouts need it.
    """
    size = LAYOUTS[layout].size
    whole = memoryview(raw)[: len(raw) - len(raw) % size]
    lines = _decode_fast(whole, layout) if layout in _TEXT_USER else None
    decoded = (
        _decode_carefully(whole, layout, user_ids or {})
        if lines is None
        else DecodedLog(layout, lines, [])
    )
    if len(whole) < len(raw):
        half = Undecodable(decoded.count, bytes(raw[len(whole) :]), BadRecord.HALF_RECORD)
        decoded.undecodable.append(half)
    return decoded


def _decode_fast(raw: memoryview, layout: str) -> list[str] | None:
    """All lines, or None as soon as one user or day of the log cannot be read."""
    users = _Memo(readable_user_id)
    days = _Memo(_day_text)
    modes = _Memo(_modes_text)
    clock, join = _CLOCK, "".join
    lines = [
        join((users[user], "\t", days[t // 86_400], clock[t % 86_400], modes[verify << 8 | state]))
        for user, verify, t, state in LAYOUTS[layout].struct.iter_unpack(raw)
    ]
    good = "" not in users.values() and "" not in days.values()
    return lines if good else None


def _decode_carefully(raw: memoryview, layout: str, user_ids: Mapping[int, str]) -> DecodedLog:
    size = LAYOUTS[layout].size
    days = _Memo(_day_text)
    lines: list[str] = []
    undecodable: list[Undecodable] = []
    for index, (user, t, verify, state, work_code) in enumerate(_fields(raw, layout, user_ids)):
        day = days[t // SECONDS_A_DAY]
        time = f"{day}{_CLOCK[t % SECONDS_A_DAY]}" if day else None
        if user and time:
            lines.append(f"{user}\t{time}\t{verify}\t{state}\t{work_code}")
        else:
            reason = BadRecord.IMPOSSIBLE_TIME if user else BadRecord.BAD_USER
            piece = bytes(raw[index * size : (index + 1) * size])
            undecodable.append(Undecodable(index, piece, reason, user_id=user, time=time))
    return DecodedLog(layout, lines, undecodable)


def _fields(
    raw: memoryview, layout: str, user_ids: Mapping[int, str]
) -> Iterator[tuple[str, int, int, int, str]]:
    """User id ("" unreadable), time reading, verify, state and work code of each record."""
    unpack = LAYOUTS[layout].struct.iter_unpack(raw)
    if layout in _TEXT_USER:
        for user, verify, time, state in unpack:
            yield readable_user_id(user), time, verify, state, ""
    elif layout == "16":
        for number, time, verify, state, work_code in unpack:
            yield str(number or ""), time, verify, state, str(work_code or "")
    elif layout == "8b":
        for uid, both, time in unpack:
            yield user_ids.get(uid, str(uid or "")), time, both & 0x0F, both >> 4, ""
    else:
        for uid, verify, time, state in unpack:
            yield user_ids.get(uid, str(uid or "")), time, verify, state, ""


# --- which layout is it? -------------------------------------------------------------------

_RUN: Final = 70
_YEAR: Final = 372 * SECONDS_A_DAY


def choose_layout(
    raw: bytes | bytearray, *, count: int, known: str = "", clock: int | None = None
) -> str | None:
    """The layout that makes sense of `raw`, of which the terminal says it is `count` records.

    `known` (remembered or set by hand) wins while at least half of the sample decodes with it.
    Otherwise: how much of a sample is plausible, given the terminal's `clock` (a 32-bit reading),
    then whether size and count agree. Never by division alone: the count may be stale, and
    40-byte records also divide by 8. None when no layout makes even half of the sample plausible.
    """
    if not raw:
        return known or "40"
    latest = 70 * _YEAR
    if clock is not None and clock > 10 * _YEAR:
        latest = min(latest, clock + SECONDS_A_DAY)
    if known and (len(raw) < LAYOUTS[known].size or _plausible(raw, known, latest) >= 0.5):
        return known  # less than one record tells nothing
    plausible = {name: _plausible(raw, name, latest) for name in LAYOUTS}
    best = max(LAYOUTS, key=lambda name: plausible[name] + _agreement(raw, name, count))
    if plausible[best] >= 0.5:
        return best
    is_small = bool(known) and len(raw) < _RUN * LAYOUTS[known].size
    return known if is_small else None  # a few bad records are parked one by one


def _agreement(raw: bytes | bytearray, layout: str, count: int) -> float:
    size = LAYOUTS[layout].size
    if len(raw) == count * size:
        return 0.5
    near = abs(len(raw) / size - count) <= max(3, count // 50)
    return 0.2 * near + 0.1 * (len(raw) % size == 0)


def _plausible(raw: bytes | bytearray, layout: str, latest: int) -> float:
    """The part of a sample that has a user and a time; unlikely times count for less.

    The sample is runs of neighbours: records at equal distances could all begin where records of
    another layout begin too. Read with the wrong layout, real times often become ones soon after
    2000, which a right layout shows only after a clock was reset.
    """
    size = LAYOUTS[layout].size
    whole = len(raw) // size
    if not whole:
        return 0.0
    firsts = {0, max(0, whole // 2 - _RUN // 2), max(0, whole - _RUN)}
    sample = b"".join(raw[first * size : (first + _RUN) * size] for first in sorted(firsts))
    sample = sample[: len(sample) - len(sample) % size]
    worth = [
        _worth(time, latest) if user else 0.0
        for user, time, *_ in _fields(memoryview(sample), layout, {})
    ]
    return sum(worth) / len(worth)


def _worth(time: int, latest: int) -> float:
    if not 0 < time < 70 * _YEAR or not _day_text(time // SECONDS_A_DAY):
        return 0.0
    return 1.0 if 10 * _YEAR <= time <= latest else 0.6


# --- users ---------------------------------------------------------------------------------


class DeviceUser(NamedTuple):
    """A user as the terminal knows it. Passwords, cards and fingerprints are never read out."""

    uid: int
    user_id: str
    name: str
    privilege: int


_USER_28: Final = Struct("<HB5x8s8xI")
_USER_72: Final = Struct("<HB8x24s13x24s")


def decode_users(raw: bytes | bytearray, *, count: int) -> list[DeviceUser]:
    """Users of 28 or 72 bytes, the size told by `count` (or, failing that, by divisibility)."""
    if not raw:
        return []
    size = 28 if len(raw) == count * 28 or (len(raw) % 72 and not len(raw) % 28) else 72
    whole = memoryview(raw)[: len(raw) - len(raw) % size]
    if size == 28:
        return [
            DeviceUser(uid, str(user), _name(name), privilege)
            for uid, privilege, name, user in _USER_28.iter_unpack(whole)
        ]
    return [
        DeviceUser(uid, readable_user_id(user) or str(uid), _name(name), privilege)
        for uid, privilege, name, user in _USER_72.iter_unpack(whole)
    ]


def _name(raw: bytes) -> str:
    """Names come in whatever encoding the terminal was set to; unreadable letters become �."""
    return "".join(
        char for char in raw.split(b"\0", 1)[0].decode(errors="replace") if char.isprintable()
    ).strip()

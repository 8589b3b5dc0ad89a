"""A terminal's log: records as plain data and as the bytes a terminal sends."""

from collections.abc import Iterable
from datetime import datetime
from struct import pack
from typing import NamedTuple, Self

from attendance.zk.codec import encode_time
from attendance.zk.records import LAYOUTS


class LogPunch(NamedTuple):
    """One punch as a terminal writes it down; `time` is its own naive wall clock."""

    user_id: str
    time: datetime
    verify: int = 1
    state: int = 0


class DeviceUser(NamedTuple):
    uid: int
    user_id: str
    name: str


def pack_record(layout: str, uid: int, punch: LogPunch) -> bytes:
    """A record in one of the layouts 8, 8b, 16, 40 and 49."""
    time = encode_time(punch.time)
    if layout == "8":
        return pack("<HBIB", uid, punch.verify, time, punch.state)
    if layout == "8b":
        return pack("<HBxI", uid, punch.verify & 0x0F | punch.state << 4, time)
    if layout == "16":
        return pack("<IIBB2xI", int(punch.user_id), time, punch.verify, punch.state, 0)
    user = punch.user_id.encode()[:24]
    tail = 17 if layout == "49" else 8
    return pack(f"<H24sBIB{tail}x", uid, user, punch.verify, time, punch.state)


def pack_user(layout: str, user: DeviceUser) -> bytes:
    if layout in ("8", "8b", "16"):
        name = user.name.encode()[:8]
        return pack("<HB5s8sIxBhI", user.uid, 0, b"", name, 0, 0, 0, int(user.user_id))
    name = user.name.encode()[:24]
    return pack("<HB8s24sIx7sx24s", user.uid, 0, b"", name, 0, b"1", user.user_id.encode()[:24])


class TerminalLog:
    """Records in the order they were written; only grows, unless cleared."""

    def __init__(self, layout: str, users: Iterable[DeviceUser] = ()) -> None:
        self.layout = layout
        self.users: dict[str, DeviceUser] = {user.user_id: user for user in users}
        self.punches: list[LogPunch] = []
        self.count = 0
        self.fingers = 0
        self.bytes = bytearray()

    def add(self, punch: LogPunch) -> None:
        user = self.users.get(punch.user_id)
        uid = user.uid if user else int(punch.user_id) % 65536 if punch.user_id.isdigit() else 0
        self.punches.append(punch)
        self.add_raw(pack_record(self.layout, uid, punch))

    def add_raw(self, record: bytes) -> None:
        """Bytes that are no punch (or half of one): what a broken terminal writes."""
        self.bytes += record
        self.count += 1

    @property
    def record_size(self) -> int:
        return LAYOUTS[self.layout].size

    @classmethod
    def from_bytes(cls, layout: str, raw: bytes, users: Iterable[DeviceUser] = ()) -> Self:
        """A log of finished records, however many; `punches` does not know them."""
        log = cls(layout, users)
        log.bytes, log.count = bytearray(raw), len(raw) // log.record_size
        return log

    def clear(self) -> None:
        self.punches, self.count, self.bytes = [], 0, bytearray()

    def rotate(self, count: int) -> None:
        """The oldest records make room: what a terminal does whose memory is full."""
        self.punches = self.punches[count:]
        self.bytes = self.bytes[count * self.record_size :]
        self.count -= count

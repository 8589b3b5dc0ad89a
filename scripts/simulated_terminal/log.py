"""A terminal's log: records as plain data and as the bytes a terminal sends."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from struct import iter_unpack, pack, unpack
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
    """A user on the terminal; `fingers` are the numbers of the enrolled ones, 0 to 9."""

    uid: int
    user_id: str
    name: str
    privilege: int = 0
    card: int = 0
    fingers: tuple[int, ...] = ()


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
    """A user in 28 bytes beside the short record layouts, in 72 beside the long ones."""
    if layout in ("8", "8b", "16"):
        name = user.name.encode()[:8]
        fields = (user.uid, user.privilege, b"", name, user.card, 0, 0, int(user.user_id))
        return pack("<HB5s8sIxBhI", *fields)
    name = user.name.encode()[:24]
    user_id = user.user_id.encode()[:24]
    return pack("<HB8s24sIx7sx24s", user.uid, user.privilege, b"", name, user.card, b"1", user_id)


def unpack_user(raw: bytes) -> DeviceUser:
    """What USER_WRQ carries, in the same two forms."""
    if len(raw) < 72:
        uid, privilege, _, name, card, _, _, number = unpack("<HB5s8sIxBhI", raw[:28])
        return DeviceUser(uid, str(number), _text(name), privilege, card)
    uid, privilege, _, name, card, _, user_id = unpack("<HB8s24sIx7sx24s", raw[:72])
    return DeviceUser(uid, _text(user_id), _text(name), privilege, card)


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode(errors="replace").strip()


def template_of(log: "TerminalLog", user: DeviceUser, finger: int) -> bytes:
    """The one that was written, or noise that is this person's."""
    noise = sha256(f"{user.user_id}/{finger}".encode()).digest() * 20
    return log.templates.get((user.user_id, finger), noise)


def pack_templates(log: "TerminalLog") -> bytes:
    """Fingerprints as the terminal sends them."""
    return b"".join(
        pack("<HHbb", 6 + len(template), user.uid, finger, 1) + template
        for user in log.users.values()
        for finger in user.fingers
        for template in [template_of(log, user, finger)]
    )


def store_upload(log: "TerminalLog", upload: bytes) -> None:
    """A user with templates as pyzk uploads them: three sizes, user, table of places, templates."""
    user_size, table_size, _size = unpack("<III", upload[:12])
    user = unpack_user(upload[13 : 12 + user_size])
    table = upload[12 + user_size : 12 + user_size + table_size]
    stored = upload[12 + user_size + table_size :]
    fingers = set(log.users[user.user_id].fingers) if user.user_id in log.users else set()
    for _kind, _uid, finger, start in iter_unpack("<bHbI", table):
        size = int.from_bytes(stored[start : start + 2], "little")
        log.templates[user.user_id, finger - 16] = stored[start + 2 : start + 2 + size]
        fingers.add(finger - 16)
    log.users[user.user_id] = user._replace(fingers=tuple(sorted(fingers)))


class TerminalLog:
    """Records in the order they were written; only grows, unless cleared."""

    def __init__(self, layout: str, users: Iterable[DeviceUser] = ()) -> None:
        self.layout = layout
        self.users: dict[str, DeviceUser] = {user.user_id: user for user in users}
        self.punches: list[LogPunch] = []
        #: Templates written from outside, by user id and finger.
        self.templates: dict[tuple[str, int], bytes] = {}
        self.count = 0
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
    def fingers(self) -> int:
        return sum(len(user.fingers) for user in self.users.values())

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

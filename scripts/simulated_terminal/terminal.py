"""The terminal itself: a packet comes in, packets go out. No socket here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from struct import pack, unpack
from typing import Final

from attendance.zk import codec
from attendance.zk.codec import Packet
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import (
    LogPunch,
    TerminalLog,
    pack_templates,
    pack_user,
    store_upload,
    unpack_user,
)

_INLINE: Final = 1000
_DATAGRAM: Final = 1024


@dataclass(frozen=True)
class Snapshot:
    """A table made ready: its length, then its first `size` bytes, which nothing changes any more.

    The log only grows at its end (or is replaced when it is cleared), so nothing is copied.
    """

    content: bytes | bytearray = b""
    size: int = 0

    @property
    def length(self) -> int:
        return self.size + 4

    def piece(self, start: int, size: int) -> bytes:
        head = pack("<I", self.size)[start : start + size] if start < 4 else b""
        begin, end = max(0, start - 4), min(self.size, start + size - 4)
        return head + bytes(self.content[begin:end])


@dataclass
class Connection:
    """What the terminal remembers of one connection."""

    session_id: int
    datagrams: bool
    boot: int = 0
    authorised: bool = False
    snapshot: Snapshot = Snapshot()
    sent_until: int = 0
    data_packets: int = 0
    answers: int = 0
    refused: int = 0
    upload: bytes = b""


def no_news(until: datetime) -> None:
    """A terminal that nobody uses."""


@dataclass
class SimulatedTerminal:
    """Plain data and answers. `news(now)` is called before the log is looked at, so that it grows.

    `clock` is the terminal's own wall clock, before SET_TIME shifts it. `commands` counts what it
    was asked, by command, and `sent_bytes` what it answered. While `disabled` nobody can punch.
    A connection made before the newest of `boots` is dead.
    """

    log: TerminalLog
    clock: Callable[[], datetime]
    serial: str = "SIM0000001"
    comm_key: int = 0
    news: Callable[[datetime], None] = no_news
    faults: Faults = field(default_factory=Faults)
    clock_shift: timedelta = timedelta()
    commands: dict[int, int] = field(default_factory=dict)
    connections: int = 0
    open_connections: int = 0
    most_open: int = 0
    sent_bytes: int = 0
    disabled: bool = False
    boots: int = 0
    record_capacity: int = 100_000
    user_capacity: int = 3000
    finger_capacity: int = 3000
    finger_version: str = "10"

    def connect(self, *, datagrams: bool) -> Connection:
        self.connections += 1
        session_id = 0x1000 + self.connections % 0xE000
        return Connection(session_id=session_id, datagrams=datagrams, boot=self.boots)

    def reboot(self) -> None:
        """Every connection is dead; nobody is locked out any more."""
        self.boots += 1
        self.disabled = False

    def answer(self, connection: Connection, packet: Packet) -> list[bytes]:
        """The packets that answer one packet, ready for the wire but for TCP's frames."""
        self.commands[packet.command] = self.commands.get(packet.command, 0) + 1
        if self.faults.silent:
            return []
        if packet.command != codec.CMD_CONNECT and connection.boot != self.boots:
            return []
        answers = [
            Packet(command, self._session_of(connection, command), packet.reply, data)
            for command, data in self._reply(connection, packet)
        ]
        connection.answers += 1
        stale = self.faults.stale_reply_in
        if answers and stale and connection.answers % stale == 0:
            before = (packet.reply - 1) % 0xFFFF
            answers.insert(0, answers[-1]._replace(reply=before))
        if answers and self.faults.events and packet.command != codec.CMD_CONNECT:
            event = pack("<24sBB6B", b"1", 1, 0, *bytes(6))
            answers.insert(0, Packet(codec.CMD_REG_EVENT, 1, 0, event))
        raw = [self._on_the_wire(connection, answer) for answer in answers]
        self.sent_bytes += sum(map(len, raw))
        return raw

    def _session_of(self, connection: Connection, command: int) -> int:
        is_zero = self.faults.zero_session and command == codec.CMD_DATA
        return 0 if is_zero else connection.session_id

    def _on_the_wire(self, connection: Connection, packet: Packet) -> bytes:
        raw = codec.pack_packet(packet)
        if packet.command != codec.CMD_DATA:
            return raw
        connection.data_packets += 1
        for every, place in (
            (self.faults.flip_bit_in, len(raw) // 2),
            (self.faults.bad_checksum_in, 2),
        ):
            if every and connection.data_packets % every == 0:
                raw = raw[:place] + bytes([raw[place] ^ 0x10]) + raw[place + 1 :]
        return raw

    def _reply(self, connection: Connection, packet: Packet) -> Iterator[tuple[int, bytes]]:
        if packet.command == codec.CMD_CONNECT:
            yield self._connect(connection)
        elif packet.command == codec.CMD_AUTH:
            expected = codec.scrambled_key(self.comm_key, connection.session_id)
            connection.authorised = packet.data[:4] == expected
            yield (codec.CMD_ACK_OK if connection.authorised else codec.CMD_ACK_UNAUTH), b""
        elif packet.command == codec.CMD_ACK_OK:
            return  # an event was acknowledged
        elif not connection.authorised:
            yield codec.CMD_ACK_UNAUTH, b""
        else:
            yield from self._serve(connection, packet)

    def _connect(self, connection: Connection) -> tuple[int, bytes]:
        if self.faults.refuses_protocol:
            return codec.CMD_PROTOCOL_REFUSED, b""
        connection.authorised = not self.comm_key
        return (codec.CMD_ACK_OK if connection.authorised else codec.CMD_ACK_UNAUTH), b""

    def _serve(self, connection: Connection, packet: Packet) -> Iterator[tuple[int, bytes]]:
        match packet.command:
            case codec.CMD_OPTIONS_RRQ:
                yield self._option(packet.data.split(b"\0", 1)[0].decode("ascii", "replace"))
            case codec.CMD_GET_TIME:
                yield codec.CMD_ACK_OK, pack("<I", self._clock_reading())
            case codec.CMD_GET_FREE_SIZES:
                yield codec.CMD_ACK_OK, self._free_sizes()
            case codec.CMD_GET_VERSION:
                yield codec.CMD_ACK_OK, b"Ver 6.60 Sep 19 2019\0"
            case codec.CMD_PREPARE_BUFFER if not self.faults.no_buffered_read:
                yield self._prepare(connection, *unpack("<bhii", packet.data[:11])[1:3])
            case codec.CMD_READ_BUFFER if not self.faults.no_buffered_read:
                yield from self._chunk(connection, *unpack("<ii", packet.data[:8]))
            case codec.CMD_ATTLOG_RRQ | codec.CMD_USERTEMP_RRQ:
                table = self._table(packet.command)
                yield from self._pieces(connection, table.piece(0, table.length))
            case codec.CMD_FREE_DATA:
                connection.snapshot = Snapshot()
                yield codec.CMD_ACK_OK, b""
            case codec.CMD_ENABLE_DEVICE | codec.CMD_DISABLE_DEVICE:
                self.disabled = packet.command == codec.CMD_DISABLE_DEVICE
                yield codec.CMD_ACK_OK, b""
            case codec.CMD_CLEAR_ATTLOG:
                self.log.clear()
                yield codec.CMD_ACK_OK, b""
            case codec.CMD_USER_WRQ | codec.CMD_DELETE_USER | codec.CMD_DELETE_USERTEMP:
                if not self.faults.keeps_users:
                    self._change_users(packet)
                yield codec.CMD_ACK_OK, b""
            case codec.CMD_PREPARE_DATA | codec.CMD_DATA:
                started = packet.command == codec.CMD_DATA
                connection.upload = connection.upload + packet.data if started else b""
                yield codec.CMD_ACK_OK, b""
            case 110:  # keep what was uploaded: a user with templates
                if not self.faults.keeps_users:
                    store_upload(self.log, connection.upload)
                yield codec.CMD_ACK_OK, b""
            case codec.CMD_EXIT | codec.CMD_REFRESH_DATA:
                yield codec.CMD_ACK_OK, b""
            case codec.CMD_SET_TIME:
                wanted = codec.decode_time(int.from_bytes(packet.data[:4], "little"))
                self.clock_shift = (wanted - self.clock()) if wanted else timedelta()
                yield codec.CMD_ACK_OK, b""
            case codec.CMD_REG_EVENT:
                yield codec.CMD_ACK_OK, b""
            case _:
                yield codec.CMD_ACK_UNKNOWN, b""

    def _change_users(self, packet: Packet) -> None:
        users = self.log.users
        if packet.command == codec.CMD_USER_WRQ:
            new = unpack_user(packet.data)
            before = next((user for user in users.values() if user.uid == new.uid), None)
            if before is not None:
                del users[before.user_id]
                new = new._replace(fingers=before.fingers)
            users[new.user_id] = new
            return
        uid = int.from_bytes(packet.data[:2], "little")
        for user in [user for user in users.values() if user.uid == uid]:
            if packet.command == codec.CMD_DELETE_USER:
                del users[user.user_id]
            else:
                left = tuple(finger for finger in user.fingers if finger != packet.data[2])
                users[user.user_id] = user._replace(fingers=left)

    def _option(self, name: str) -> tuple[int, bytes]:
        known = {
            "~SerialNumber": self.serial,
            "~Platform": "ZLM60_TFT",
            "~DeviceName": "SIMULATED",
            "~ZKFPVersion": self.finger_version,
            "MAC": "00:17:61:00:00:01",
        }
        if name not in known or (name == "~SerialNumber" and self.faults.no_serial):
            return codec.CMD_ACK_ERROR, b""
        return codec.CMD_ACK_OK, f"{name}={known[name]}\0".encode()

    def _clock_reading(self) -> int:
        if self.faults.clock_reading is not None:
            return self.faults.clock_reading
        return codec.encode_time(self.clock() + self.clock_shift)

    def _free_sizes(self) -> bytes:
        self._news()
        numbers = [0] * 23
        numbers[4] = len(self.log.users)
        numbers[8] = max(0, self.log.count + self.faults.count_lie)
        numbers[6] = self.log.fingers
        numbers[14], numbers[15] = self.finger_capacity, self.user_capacity
        numbers[16] = self.record_capacity
        numbers[17] = self.finger_capacity - numbers[6]
        numbers[18] = self.user_capacity - numbers[4]
        numbers[19] = self.record_capacity - numbers[8]
        return pack("<23i", *numbers)

    def _table(self, command: int, fct: int = 0) -> Snapshot:
        if command == codec.CMD_ATTLOG_RRQ:
            self._news()
            cut = self.log.record_size // 2 if self.faults.half_record and self.log.count else 0
            return Snapshot(self.log.bytes, len(self.log.bytes) - cut)
        if command == codec.CMD_USERTEMP_RRQ:
            told = list(self.log.users.values())[self.faults.loses_users :]
            users = b"".join(pack_user(self.log.layout, user) for user in told)
            return Snapshot(users, len(users))
        if (
            command == codec.CMD_DB_RRQ
            and fct == codec.FCT_FINGER
            and not self.faults.hides_templates
        ):
            templates = pack_templates(self.log)
            return Snapshot(templates, len(templates))
        return Snapshot()

    def _news(self) -> None:
        """Whoever came meanwhile; nobody can punch on a terminal that is locked."""
        if not self.disabled:
            self.news(self.clock())

    def _prepare(self, connection: Connection, command: int, fct: int) -> tuple[int, bytes]:
        table = connection.snapshot = self._table(command, fct)
        connection.sent_until = 0
        if table.length <= _INLINE:
            return codec.CMD_DATA, table.piece(0, table.length)
        size = table.length + self.faults.size_lie
        return codec.CMD_ACK_OK, pack("<BIII", 0, size, size, 0)

    def _chunk(self, connection: Connection, start: int, size: int) -> Iterator[tuple[int, bytes]]:
        faults = self.faults
        connection.refused += 1
        if faults.refuse_chunk and connection.refused % faults.refuse_chunk == 0:
            yield codec.CMD_ACK_ERROR, b""
            return
        if faults.refuse_offsets and start > connection.sent_until:
            yield codec.CMD_ACK_ERROR, b""
            return
        if faults.ignore_offsets and start > connection.sent_until:
            start = connection.sent_until
        for _ in range(faults.grow):
            self.log.add(LogPunch(next(iter(self.log.users), "1"), self.clock()))
        connection.sent_until = start + size
        yield from self._pieces(connection, connection.snapshot.piece(start, size))

    def _pieces(self, connection: Connection, data: bytes) -> Iterator[tuple[int, bytes]]:
        """PREPARE_DATA, the data, ACK_OK; by UDP in datagrams, by TCP at one go."""
        most = _DATAGRAM if connection.datagrams else self.faults.small_data or len(data) or 1
        yield codec.CMD_PREPARE_DATA, pack("<II", len(data), most)
        for start in range(0, len(data), most):
            yield codec.CMD_DATA, data[start : start + most]
        if not self.faults.no_closing_ack:
            yield codec.CMD_ACK_OK, b""

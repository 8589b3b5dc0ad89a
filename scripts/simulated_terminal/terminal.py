"""The terminal itself: a packet comes in, packets go out. No socket here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from struct import pack, unpack
from typing import Final

from attendance.zk import codec
from attendance.zk.codec import Packet
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import TerminalLog, pack_user

_INLINE: Final = 1000
_DATAGRAM: Final = 1024


@dataclass
class Connection:
    """What the terminal remembers of one connection."""

    session_id: int
    datagrams: bool
    authorised: bool = False
    buffer: bytes = b""
    data_packets: int = 0


def no_news(until: datetime) -> None:
    """A terminal that nobody uses."""


@dataclass
class SimulatedTerminal:
    """Plain data and answers. `news(now)` is called before the log is looked at, so that it grows.

    `clock` is the terminal's own wall clock, before SET_TIME shifts it. `commands` counts what it was asked, by command.
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

    def connect(self, *, datagrams: bool) -> Connection:
        self.connections += 1
        return Connection(session_id=0x1000 + self.connections % 0xE000, datagrams=datagrams)

    def answer(self, connection: Connection, packet: Packet) -> list[bytes]:
        """The packets that answer one packet, ready for the wire but for TCP's frames."""
        self.commands[packet.command] = self.commands.get(packet.command, 0) + 1
        if self.faults.silent:
            return []
        answers = [
            Packet(command, connection.session_id, packet.reply, data)
            for command, data in self._reply(connection, packet)
        ]
        if answers and self.faults.events and packet.command != codec.CMD_CONNECT:
            event = pack("<24sBB6B", b"1", 1, 0, *bytes(6))
            answers.insert(0, Packet(codec.CMD_REG_EVENT, 1, 0, event))
        return [self._on_the_wire(connection, answer) for answer in answers]

    def _on_the_wire(self, connection: Connection, packet: Packet) -> bytes:
        raw = codec.pack_packet(packet)
        if packet.command == codec.CMD_DATA and self.faults.flip_bit_in:
            connection.data_packets += 1
            if connection.data_packets % self.faults.flip_bit_in == 0:
                middle = len(raw) // 2
                raw = raw[:middle] + bytes([raw[middle] ^ 0x10]) + raw[middle + 1 :]
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
                yield self._prepare(connection, unpack("<bhii", packet.data[:11])[1])
            case codec.CMD_READ_BUFFER if not self.faults.no_buffered_read:
                start, size = unpack("<ii", packet.data[:8])
                yield from self._pieces(connection, connection.buffer[start : start + size])
            case codec.CMD_ATTLOG_RRQ | codec.CMD_USERTEMP_RRQ:
                yield from self._pieces(connection, self._table(packet.command))
            case codec.CMD_FREE_DATA:
                connection.buffer = b""
                yield codec.CMD_ACK_OK, b""
            case codec.CMD_EXIT | codec.CMD_ENABLE_DEVICE | codec.CMD_DISABLE_DEVICE:
                yield codec.CMD_ACK_OK, b""
            case codec.CMD_SET_TIME:
                wanted = codec.decode_time(int.from_bytes(packet.data[:4], "little"))
                self.clock_shift = (wanted - self.clock()) if wanted else timedelta()
                yield codec.CMD_ACK_OK, b""
            case codec.CMD_REG_EVENT:
                yield codec.CMD_ACK_OK, b""
            case _:
                yield codec.CMD_ACK_UNKNOWN, b""

    def _option(self, name: str) -> tuple[int, bytes]:
        known = {
            "~SerialNumber": self.serial,
            "~Platform": "ZLM60_TFT",
            "~DeviceName": "SIMULATED",
            "~ZKFPVersion": "10",
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
        self.news(self.clock())
        numbers = [0] * 23
        numbers[4] = len(self.log.users)
        numbers[8] = max(0, self.log.count + self.faults.count_lie)
        numbers[14], numbers[15], numbers[16] = 3000, 3000, 100_000
        numbers[17], numbers[18], numbers[19] = 3000, 3000 - numbers[4], 100_000 - numbers[8]
        return pack("<23i", *numbers)

    def _table(self, command: int) -> bytes:
        if command == codec.CMD_ATTLOG_RRQ:
            self.news(self.clock())
            table = bytes(self.log.bytes)
        elif command == codec.CMD_USERTEMP_RRQ:
            table = b"".join(pack_user(self.log.layout, user) for user in self.log.users.values())
        else:
            table = b""
        return pack("<I", len(table)) + table

    def _prepare(self, connection: Connection, command: int) -> tuple[int, bytes]:
        connection.buffer = self._table(command)
        if len(connection.buffer) <= _INLINE:
            return codec.CMD_DATA, connection.buffer
        size = len(connection.buffer)
        return codec.CMD_ACK_OK, pack("<BIII", 0, size, size, 0)

    def _pieces(self, connection: Connection, data: bytes) -> Iterator[tuple[int, bytes]]:
        """PREPARE_DATA, the data, ACK_OK; by UDP in datagrams, by TCP at one go."""
        most = _DATAGRAM if connection.datagrams else self.faults.small_data or len(data) or 1
        yield codec.CMD_PREPARE_DATA, pack("<II", len(data), most)
        for start in range(0, len(data), most):
            yield codec.CMD_DATA, data[start : start + most]
        if not self.faults.no_closing_ack:
            yield codec.CMD_ACK_OK, b""

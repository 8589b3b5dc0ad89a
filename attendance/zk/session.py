"""One conversation with a terminal as values: bytes in, events out, bytes to send. Pure (sans-IO).

`Session` keeps session and reply ids, finds packets however the network cut them, checks every
checksum, answers unsolicited events and drops what does not belong to the question last asked.
The functions below it are conversations: generators that ask through the session, are sent the
next event at each `yield`, and return what they learned. `client.py` drives them over a socket.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from struct import Struct, unpack_from
from typing import Final, TypeVar

from attendance.zk import codec
from attendance.zk.codec import FrameBuffer, NotOurProtocol, Packet
from attendance.zk.errors import (
    AuthRefused,
    ConnectionLost,
    DamagedData,
    ProtocolViolation,
    Silent,
    Unsupported,
)


@dataclass(frozen=True)
class Damaged:
    """A packet arrived whose checksum is wrong."""


@dataclass(frozen=True)
class Silence:
    """Nothing arrived for as long as the driver is willing to wait for one answer."""


@dataclass(frozen=True)
class Ended:
    """The terminal closed its side of the connection."""


Event = Packet | Damaged | Silence | Ended
T = TypeVar("T")
Talk = Generator[None, Event, T]

#: How often one question is asked again after damage (or, by UDP, silence).
TRIES: Final = 4
#: By TCP the chunk all known clients use. By UDP one datagram, so that reordered, doubled and
#: lost datagrams are told apart by their reply ids; larger chunks carry no order at all.
TCP_CHUNK: Final = 0xFFC0
UDP_CHUNK: Final = 1024
#: No log is larger (about 6 million records); a size beyond is a lie.
MAX_LOG: Final = 256 * 1024 * 1024
_REFUSALS: Final = (codec.CMD_ACK_ERROR, codec.CMD_ACK_UNKNOWN)


class Session:
    """The terminal's side of one connection; `datagrams` for UDP."""

    def __init__(self, *, datagrams: bool = False) -> None:
        self.datagrams = datagrams
        self.session_id = 0
        self.unsolicited = 0
        self._reply_id = 0xFFFE
        self._frames = FrameBuffer()
        self._arrived: list[bytes] = []
        self._outbound: list[bytes] = []
        self._ended = False

    def request(self, command: int, data: bytes = b"") -> None:
        """Ask; from now on only answers to this question are events."""
        self._reply_id = (self._reply_id + 1) % 0xFFFF
        self._send(Packet(command, self.session_id, self._reply_id, data))

    def receive(self, data: bytes) -> None:
        """Bytes of the stream, or one datagram; b"" on a stream is its end. Raises ProtocolViolation."""
        if self.datagrams:
            self._arrived.append(data)
        elif not data:
            self._ended = True
        else:
            self._frames.feed(data)
            try:
                self._arrived.extend(self._frames.packets())
            except NotOurProtocol:
                raise ProtocolViolation from None

    def next_event(self) -> Event | None:
        """The next thing that concerns the question last asked; None until more bytes are here."""
        while self._arrived:
            packet = codec.unpack_packet(self._arrived.pop(0))
            if packet is None:
                return Damaged()
            if packet.command == codec.CMD_REG_EVENT:
                self.unsolicited += 1
                self._send(Packet(codec.CMD_ACK_OK, self.session_id, 0, b""))
            elif packet.reply == self._reply_id:
                return packet
        return Ended() if self._ended else None

    def data_to_send(self) -> list[bytes]:
        """What to write now, one item for each datagram."""
        outbound, self._outbound = self._outbound, []
        return outbound

    def _send(self, packet: Packet) -> None:
        raw = codec.pack_packet(packet)
        self._outbound.append(raw if self.datagrams else codec.frame(raw))


def _packet_or_raise(session: Session, event: Event) -> Packet | None:
    """The packet; None where asking again may help. Raises ConnectionLost, Silent."""
    if isinstance(event, Packet):
        return event
    if isinstance(event, Ended):
        raise ConnectionLost
    if isinstance(event, Silence) and not session.datagrams:
        raise Silent
    return None


def ask(session: Session, command: int, data: bytes = b"") -> Talk[Packet]:
    """Ask and return the first answer. Raises Silent, ConnectionLost, DamagedData."""
    event: Event = Silence()
    for _ in range(TRIES):
        session.request(command, data)
        event = yield
        packet = _packet_or_raise(session, event)
        if packet:
            return packet
    if isinstance(event, Silence):
        raise Silent
    raise DamagedData


def connect(session: Session, comm_key: int) -> Talk[None]:
    """Open the session. Raises AuthRefused, Unsupported (firmware that only pushes)."""
    answer = yield from ask(session, codec.CMD_CONNECT)
    if answer.command == codec.CMD_PROTOCOL_REFUSED:
        raise Unsupported
    session.session_id = answer.session
    if answer.command == codec.CMD_ACK_UNAUTH:
        key = codec.scrambled_key(comm_key, session.session_id)
        answer = yield from ask(session, codec.CMD_AUTH, key)
        if answer.command == codec.CMD_ACK_UNAUTH:
            raise AuthRefused
    if answer.command != codec.CMD_ACK_OK:
        raise ProtocolViolation


def option(session: Session, name: str) -> Talk[str]:
    """A setting of the terminal, such as "~SerialNumber"; "" where it has none of that name."""
    answer = yield from ask(session, codec.CMD_OPTIONS_RRQ, name.encode() + b"\0")
    if answer.command != codec.CMD_ACK_OK:
        return ""
    text = answer.data.split(b"\0", 1)[0].decode("ascii", errors="replace")
    return text.partition("=")[2].strip()


def clock(session: Session) -> Talk[int | None]:
    """The terminal's clock as its 32-bit reading; None where it does not tell."""
    answer = yield from ask(session, codec.CMD_GET_TIME)
    if answer.command != codec.CMD_ACK_OK or len(answer.data) < 4:
        return None
    return int.from_bytes(answer.data[:4], "little")


@dataclass(frozen=True)
class Counts:
    """How many users, fingers and log records the terminal says it holds, and how many fit.

    A capacity is None where the terminal does not tell one.
    """

    users: int
    records: int
    fingers: int = 0
    user_capacity: int | None = None
    finger_capacity: int | None = None
    record_capacity: int | None = None


def counts(session: Session) -> Talk[Counts]:
    answer = yield from ask(session, codec.CMD_GET_FREE_SIZES)
    if answer.command != codec.CMD_ACK_OK or len(answer.data) < 36:
        raise ProtocolViolation
    users, fingers, records = unpack_from("<16xi4xi4xi", answer.data)
    if users < 0 or records < 0:
        raise ProtocolViolation
    capacities: list[int | None] = [None, None, None]
    if len(answer.data) >= 68:
        capacities = [
            number if number > 0 else None for number in unpack_from("<56x3i", answer.data)
        ]
    finger_capacity, user_capacity, record_capacity = capacities
    return Counts(users, records, max(0, fingers), user_capacity, finger_capacity, record_capacity)


_BUFFER_REQUEST: Final = Struct("<bhii")
_CHUNK_REQUEST: Final = Struct("<ii")
#: Terminals send a table's length first; what really follows counts, not what it says.
_LENGTH: Final = 4


@dataclass(frozen=True)
class Table:
    """A table made ready for reading: its `size` in bytes, and its `content` where that came at once.

    `is_direct`: from firmware that knows no snapshots, so there is nothing to read from an offset.
    """

    size: int
    content: bytes | None = None
    is_direct: bool = False


class OffsetRefused(DamagedData):
    """The terminal would not give a piece of the table it had made ready."""


def prepare(session: Session, command: int, fct: int = 0) -> Talk[Table]:
    """Have the terminal make a snapshot of a table; old firmware sends it whole instead.

    Punches that arrive afterwards are not in it. Raises Unsupported, DamagedData,
    ProtocolViolation, Silent, ConnectionLost.
    """
    request = _BUFFER_REQUEST.pack(1, command, fct, 0)
    for _ in range(TRIES):
        session.request(codec.CMD_PREPARE_BUFFER, request)
        event = yield
        answer = _packet_or_raise(session, event)
        if answer:
            break
    else:
        raise DamagedData
    if answer.command in _REFUSALS:
        data = fct.to_bytes(1, "little") if fct else b""
        content = (yield from _read_piece(session, command, data, None))[_LENGTH:]
        return Table(len(content), content, is_direct=True)
    if answer.command == codec.CMD_DATA:
        return _at_once(answer.data)
    if answer.command != codec.CMD_ACK_OK:
        raise ProtocolViolation
    if len(answer.data) < 5:
        return _at_once(b"")
    size = int.from_bytes(answer.data[1:5], "little")
    if size > MAX_LOG:
        raise ProtocolViolation
    return Table(max(0, size - _LENGTH))


def _at_once(data: bytes) -> Table:
    content = data[_LENGTH:]
    return Table(len(content), content)


def read(
    session: Session, table: Table, *, start: int = 0, into: bytearray | None = None
) -> Talk[bytes | bytearray]:
    """A prepared table from byte `start` on, one chunk in flight at a time.

    `into` takes the chunks, so that whoever breaks off has what came so far. Raises OffsetRefused,
    DamagedData, Silent, ConnectionLost.
    """
    if table.content is not None:
        return table.content[start:]
    chunk = UDP_CHUNK if session.datagrams else TCP_CHUNK
    end = _LENGTH + table.size
    content = bytearray() if into is None else into
    # From the very beginning where all is wanted, as every client does: nothing to be refused.
    for position in range(_LENGTH + start if start else 0, end, chunk):
        wanted = min(chunk, end - position)
        request = _CHUNK_REQUEST.pack(position, wanted)
        piece = yield from _read_piece(session, codec.CMD_READ_BUFFER, request, wanted)
        content += piece if position else piece[_LENGTH:]
        if len(piece) < wanted:
            if position + wanted < end:
                raise DamagedData
            break  # the size it had told was too large
    return content


def read_bulk(session: Session, command: int, fct: int = 0) -> Talk[bytes | bytearray]:
    """A whole table of the terminal. Raises as `prepare` and `read`."""
    try:
        table = yield from prepare(session, command, fct)
        return (yield from read(session, table))
    finally:
        session.request(codec.CMD_FREE_DATA)  # sent even when the conversation breaks off


@dataclass(frozen=True)
class LogRead:
    """A log's bytes from `start` on; `whole` when it was read from its beginning.

    `size` is of the whole log. `offsets_refused` says that the terminal could not be made to
    begin in the middle, although its log was the one expected.
    """

    raw: bytes | bytearray
    size: int
    start: int = 0
    offsets_refused: bool = False

    @property
    def whole(self) -> bool:
        return self.start == 0


@dataclass
class LogSoFar:
    """The bytes of a log that have arrived, from `start` on, the anchor first."""

    start: int = 0
    anchor: bytes = b""
    raw: bytearray = field(default_factory=bytearray)

    def log(self) -> LogRead | None:
        """What is sure to be the log's, for going on from there another time."""
        if not self.raw.startswith(self.anchor) or len(self.raw) == len(self.anchor):
            return None
        begin = self.start + len(self.anchor)
        return LogRead(self.raw[len(self.anchor) :], self.start + len(self.raw), begin)


def read_log(
    session: Session, *, stored: int = 0, anchor: bytes = b"", so_far: LogSoFar | None = None
) -> Talk[LogRead]:
    """What follows the log's first `stored` bytes, of which the last are `anchor`; else all of it.

    The anchor is read again with the rest: where other bytes stand there, the log was cleared or
    rotated, or the terminal does not honour offsets. Raises as `prepare` and `read`.
    """
    so_far = so_far or LogSoFar()
    try:
        table = yield from prepare(session, codec.CMD_ATTLOG_RRQ)
        is_tail = bool(anchor) and len(anchor) <= stored <= table.size and table.content is None
        refused = False
        if is_tail:
            so_far.start, so_far.anchor = stored - len(anchor), anchor
            try:
                tail = yield from read(session, table, start=so_far.start, into=so_far.raw)
            except OffsetRefused:
                refused = True
            else:
                if tail.startswith(anchor):
                    return LogRead(tail[len(anchor) :], table.size, stored)
        so_far.start, so_far.anchor, so_far.raw = 0, b"", bytearray()
        raw = yield from read(session, table, into=so_far.raw)
        unchanged = is_tail and raw[stored - len(anchor) : stored] == anchor
        return LogRead(raw, len(raw), 0, refused or unchanged or table.is_direct)
    finally:
        session.request(codec.CMD_FREE_DATA)


def _read_piece(session: Session, command: int, request: bytes, wanted: int | None) -> Talk[bytes]:
    """Ask for a piece until it arrives whole: `wanted` bytes, or as many as PREPARE_DATA says.

    Where the terminal says and sends less than `wanted`, that is the piece.
    """
    event: Event = Silence()
    packet: Packet | None = None
    for _ in range(TRIES):
        session.request(command, request)
        pieces: list[bytes] = []
        received, announced = 0, wanted
        told: int | None = None
        while True:
            event = yield
            packet = _packet_or_raise(session, event)
            if packet is None:
                break
            if packet.command == codec.CMD_PREPARE_DATA and len(packet.data) >= 4:
                told = int.from_bytes(packet.data[:4], "little")
                announced = wanted or told
            elif packet.command == codec.CMD_DATA:
                pieces.append(packet.data)
                received += len(packet.data)
            elif announced is None and packet.command == codec.CMD_ACK_OK:
                return b""  # an empty table
            elif packet.command == codec.CMD_ACK_OK and told == received:
                return b"".join(pieces)  # less than was asked for, and said so
            elif wanted is None and packet.command in _REFUSALS:
                raise Unsupported
            else:
                break  # ACK_OK before everything was there, or a refusal: ask again
            if announced is None:
                announced = received  # small answers come without PREPARE_DATA
            if received > min(announced, MAX_LOG):
                break
            if received == announced and received:
                return b"".join(pieces)
    if isinstance(event, Silence):
        raise Silent
    if packet is not None and packet.command in _REFUSALS:
        raise OffsetRefused
    raise DamagedData

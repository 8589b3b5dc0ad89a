"""One conversation with a terminal as values: bytes in, events out, bytes to send. Pure (sans-IO).

`Session` keeps session and reply ids, finds packets however the network cut them, checks every
checksum, answers unsolicited events and drops what does not belong to the question last asked.
The functions below it are conversations: generators that ask through the session, are sent the
next event at each `yield`, and return what they learned. `client.py` drives them over a socket.
"""

from collections.abc import Generator
from dataclasses import dataclass
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
    """How many users and log records the terminal says it holds."""

    users: int
    records: int


def counts(session: Session) -> Talk[Counts]:
    answer = yield from ask(session, codec.CMD_GET_FREE_SIZES)
    if answer.command != codec.CMD_ACK_OK or len(answer.data) < 36:
        raise ProtocolViolation
    users, records = unpack_from("<16xi12xi", answer.data)
    if users < 0 or records < 0:
        raise ProtocolViolation
    return Counts(users, records)


_BUFFER_REQUEST: Final = Struct("<bhii")
_CHUNK_REQUEST: Final = Struct("<ii")


def read_bulk(session: Session, command: int, fct: int = 0) -> Talk[bytes]:
    """A whole table of the terminal without the length before it.

    By the buffered read, or directly where the firmware does not know it. Raises Unsupported,
    DamagedData, ProtocolViolation, Silent, ConnectionLost.
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
    if answer.command == codec.CMD_DATA:
        return _without_length(answer.data)
    if answer.command == codec.CMD_ACK_OK and len(answer.data) >= 5:
        size = int.from_bytes(answer.data[1:5], "little")
        return _without_length((yield from _read_buffer(session, size)))
    if answer.command == codec.CMD_ACK_OK:
        return b""
    if answer.command in _REFUSALS:
        return _without_length((yield from _read_directly(session, command, fct)))
    raise ProtocolViolation


def _read_buffer(session: Session, size: int) -> Talk[bytes]:
    """All chunks of the prepared buffer, one in flight at a time; the buffer is freed whatever comes."""
    if size > MAX_LOG:
        raise ProtocolViolation
    chunk = UDP_CHUNK if session.datagrams else TCP_CHUNK
    pieces: list[bytes] = []
    try:
        for start in range(0, size, chunk):
            wanted = min(chunk, size - start)
            request = _CHUNK_REQUEST.pack(start, wanted)
            piece = yield from _read_piece(session, codec.CMD_READ_BUFFER, request, wanted)
            pieces.append(piece)
    finally:
        # Sent even when the conversation breaks off; nobody waits for the answer.
        session.request(codec.CMD_FREE_DATA)
    return b"".join(pieces)


def _read_directly(session: Session, command: int, fct: int) -> Talk[bytes]:
    """The old way: the table at one go. Raises Unsupported."""
    data = fct.to_bytes(1, "little") if fct else b""
    return (yield from _read_piece(session, command, data, None))


def _read_piece(session: Session, command: int, request: bytes, wanted: int | None) -> Talk[bytes]:
    """Ask for a piece until it arrives whole: exactly `wanted` bytes, or what PREPARE_DATA says."""
    event: Event = Silence()
    for _ in range(TRIES):
        session.request(command, request)
        pieces: list[bytes] = []
        received, announced = 0, wanted
        while True:
            event = yield
            packet = _packet_or_raise(session, event)
            if packet is None:
                break
            if packet.command == codec.CMD_PREPARE_DATA and len(packet.data) >= 4:
                announced = wanted or int.from_bytes(packet.data[:4], "little")
            elif packet.command == codec.CMD_DATA:
                pieces.append(packet.data)
                received += len(packet.data)
            elif announced is None and packet.command == codec.CMD_ACK_OK:
                return b""  # an empty table
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
    raise DamagedData


def _without_length(data: bytes) -> bytes:
    """Terminals send the table's length first; what really follows counts, not what it says."""
    return data[4:]

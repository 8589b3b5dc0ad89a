"""The wire format of ZKTeco's pull protocol: packets, checksums, frames, clock, key. Pure.

Numbers are little-endian. A packet is command, checksum, session id and reply id (16 bits each)
and data. By UDP a datagram is a packet; by TCP every packet stands in a frame: `50 50 82 7d` and
the packet's length (32 bits). Source: the community's protocol notes (adrobinoga/zk-protocol) and
captures of real terminals.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from struct import Struct
from typing import Final, NamedTuple

CMD_DB_RRQ: Final = 7
CMD_USER_WRQ: Final = 8
CMD_USERTEMP_RRQ: Final = 9
CMD_OPTIONS_RRQ: Final = 11
CMD_ATTLOG_RRQ: Final = 13
CMD_CLEAR_ATTLOG: Final = 15
CMD_DELETE_USER: Final = 18
CMD_DELETE_USERTEMP: Final = 19
CMD_GET_FREE_SIZES: Final = 50
CMD_GET_TIME: Final = 201
CMD_SET_TIME: Final = 202
CMD_REG_EVENT: Final = 500
CMD_CONNECT: Final = 1000
CMD_EXIT: Final = 1001
CMD_ENABLE_DEVICE: Final = 1002
CMD_DISABLE_DEVICE: Final = 1003
CMD_REFRESH_DATA: Final = 1013
CMD_GET_VERSION: Final = 1100
CMD_AUTH: Final = 1102
CMD_PREPARE_DATA: Final = 1500
CMD_DATA: Final = 1501
CMD_FREE_DATA: Final = 1502
CMD_PREPARE_BUFFER: Final = 1503
CMD_READ_BUFFER: Final = 1504
CMD_ACK_OK: Final = 2000
CMD_ACK_ERROR: Final = 2001
CMD_ACK_UNAUTH: Final = 2005
CMD_PROTOCOL_REFUSED: Final = 6001  # newer firmware, which only pushes
CMD_ACK_UNKNOWN: Final = 0xFFFF

FCT_FINGER: Final = 2
FCT_USER: Final = 5

MAGIC: Final = b"\x50\x50\x82\x7d"
#: Nothing a terminal sends in one packet is larger; a length beyond is not our protocol.
MAX_PACKET: Final = 1 << 20
_HEADER = Struct("<4H")
_FRAME = Struct("<4sI")
SECONDS_A_DAY: Final = 86_400


class Packet(NamedTuple):
    command: int
    session: int
    reply: int
    data: bytes


class NotOurProtocol(ValueError):
    """The stream does not hold frames; there is no way to find the next one."""


def checksum_is_right(packet: bytes) -> bool:
    """The ones' complement sum of all 16-bit words, checksum included, is zero (odd byte padded).

    Taken modulo 65535, where 0 and 0xFFFF are the same number: both spellings occur.
    """
    return int.from_bytes(packet, "little") % 0xFFFF == 0


def pack_packet(packet: Packet) -> bytes:
    words = _HEADER.pack(packet.command, 0, packet.session, packet.reply) + packet.data
    checksum = 0xFFFF - int.from_bytes(words, "little") % 0xFFFF
    return _HEADER.pack(packet.command, checksum, packet.session, packet.reply) + packet.data


def unpack_packet(raw: bytes) -> Packet | None:
    """The packet, or None when it is damaged (too short, or its checksum is wrong)."""
    if len(raw) < _HEADER.size or not checksum_is_right(raw):
        return None
    command, _, session, reply = _HEADER.unpack_from(raw)
    return Packet(command, session, reply, raw[_HEADER.size :])


def frame(packet: bytes) -> bytes:
    return _FRAME.pack(MAGIC, len(packet)) + packet


class FrameBuffer:
    """Finds packets in a TCP stream, however the network cut it."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def packets(self) -> Iterator[bytes]:
        """The complete packets received so far. Raises NotOurProtocol."""
        while len(self._buffer) >= _FRAME.size:
            magic, length = _FRAME.unpack_from(self._buffer)
            if magic != MAGIC or length > MAX_PACKET:
                raise NotOurProtocol
            end = _FRAME.size + length
            if len(self._buffer) < end:
                return
            packet = bytes(self._buffer[_FRAME.size : end])
            del self._buffer[:end]
            yield packet


def encode_time(moment: datetime) -> int:
    """The terminal's 32-bit reading for a wall-clock time of 2000 to 2099 (months of 31 days)."""
    days = (moment.year % 100) * 372 + (moment.month - 1) * 31 + moment.day - 1
    return days * SECONDS_A_DAY + moment.hour * 3600 + moment.minute * 60 + moment.second


def decode_day(number: int) -> date | None:
    """The date of a terminal's day number; None for 31 February and for years after 2099."""
    year, rest = divmod(number, 372)
    if year > 99:
        return None
    try:
        return date(2000 + year, rest // 31 + 1, rest % 31 + 1)
    except ValueError:
        return None


def decode_time(reading: int) -> datetime | None:
    """The wall-clock time of a 32-bit reading; None when there is no such moment."""
    day = decode_day(reading // SECONDS_A_DAY)
    if day is None:
        return None
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a terminal has no zone
    return midnight + timedelta(seconds=reading % SECONDS_A_DAY)


def scrambled_key(comm_key: int, session: int, ticks: int = 50) -> bytes:
    """What AUTH carries: the comm key, bits reversed and mixed with the session id.

    Obfuscation, not encryption: whoever hears the connection knows the key.
    """
    reversed_bits = int(f"{comm_key & 0xFFFFFFFF:032b}"[::-1], 2)
    mixed = ((reversed_bits + session) & 0xFFFFFFFF).to_bytes(4, "little")
    _, b1, b2, b3 = (byte ^ salt for byte, salt in zip(mixed, b"ZKSO", strict=True))
    return bytes((b2 ^ ticks, b3 ^ ticks, ticks, b1 ^ ticks))

"""The wire format: packets, checksums, frames, clock readings, the scrambled key."""

from datetime import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from zk.base import make_commkey

from attendance.zk import codec
from attendance.zk.codec import FrameBuffer, NotOurProtocol, Packet

packets = st.builds(
    Packet,
    command=st.integers(0, 0xFFFF),
    session=st.integers(0, 0xFFFF),
    reply=st.integers(0, 0xFFFF),
    data=st.binary(max_size=200),
)


def test_a_connect_packet_is_what_all_clients_send():
    # The published example of a CONNECT: e8 03 17 fc 00 00 00 00
    assert codec.pack_packet(Packet(codec.CMD_CONNECT, 0, 0, b"")).hex() == "e80317fc00000000"


def test_a_terminals_answer_is_understood():
    raw = bytes.fromhex("d007") + (0).to_bytes(2, "little") + bytes.fromhex("b31a0000")
    words = sum(int.from_bytes(raw[i : i + 2], "little") for i in range(0, 8, 2))
    raw = raw[:2] + (0xFFFF - words).to_bytes(2, "little") + raw[4:]
    assert codec.unpack_packet(raw) == Packet(codec.CMD_ACK_OK, 0x1AB3, 0, b"")


@given(packets)
def test_packets_survive_the_wire(packet):
    assert codec.unpack_packet(codec.pack_packet(packet)) == packet


@given(packets, st.data())
def test_any_flipped_bit_is_noticed(packet, data):
    raw = bytearray(codec.pack_packet(packet))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    assert codec.unpack_packet(bytes(raw)) is None


def test_a_packet_shorter_than_its_header_is_damaged():
    assert codec.unpack_packet(b"\xd0\x07") is None


@given(st.lists(packets, max_size=5), st.lists(st.integers(1, 60)))
def test_frames_are_found_however_the_stream_is_cut(sent, cuts):
    stream = b"".join(codec.frame(codec.pack_packet(packet)) for packet in sent)
    buffer, found = FrameBuffer(), []
    for cut in [*cuts, len(stream)]:
        piece, stream = stream[:cut], stream[cut:]
        buffer.feed(piece)
        found += [codec.unpack_packet(raw) for raw in buffer.packets()]
    assert found == sent


@pytest.mark.parametrize(
    "stream", [b"HTTP/1.1 400 Bad Request\r\n", codec.MAGIC + b"\xff\xff\xff\x7f"]
)
def test_another_protocol_is_refused(stream):
    buffer = FrameBuffer()
    buffer.feed(stream)
    with pytest.raises(NotOurProtocol):
        list(buffer.packets())


@given(st.datetimes(*map(datetime.fromisoformat, ("2000-01-01", "2099-12-31"))))
def test_clock_readings_round_trip(moment):
    whole = moment.replace(microsecond=0)
    assert codec.decode_time(codec.encode_time(whole)) == whole


def test_a_reading_of_31_february_is_no_time():
    february = (26 * 372 + 1 * 31 + 30) * 86_400
    assert codec.decode_time(february) is None
    assert codec.decode_time(0xFFFFFFFF) is None


@given(st.integers(0, 999_999), st.integers(0, 0xFFFF))
def test_the_key_is_scrambled_as_pyzk_does(key, session):
    assume(int(f"{key:032b}"[::-1], 2) + session < 2**32)  # pyzk does not carry beyond 32 bits
    assert codec.scrambled_key(key, session) == make_commkey(key, session)

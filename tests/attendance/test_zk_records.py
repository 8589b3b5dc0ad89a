"""The log's layouts: every good record is a line, every bad one is set aside alone."""

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.zk.codec import encode_time
from attendance.zk.records import (
    LAYOUTS,
    BadRecord,
    choose_layout,
    decode_log,
    decode_users,
    take_apart,
)
from scripts.simulated_terminal.log import DeviceUser, LogPunch, pack_record, pack_user

from .terminals import CLOCK, START, device, lines_of


def test_a_record_of_40_bytes_written_out_by_hand():
    raw = (
        bytes.fromhex("0100")
        + b"17".ljust(24, b"\0")
        + b"\x01"
        + encode_time(START).to_bytes(4, "little")
        + b"\x00"
        + bytes(8)
    )
    assert decode_log(raw, "40").lines == ["17\t2025-11-03 07:28:00\t1\t0\t"]
    record = take_apart("17\t2026-11-02 07:28:00\t1\t0\t9")
    assert record == ("17", "2026-11-02 07:28:00", 1, 0, "9")


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_every_layout_is_recognised_and_read(layout):
    terminal = device(60, layout=layout)
    raw = bytes(terminal.log.bytes)
    users = {user.uid: user.user_id for user in terminal.log.users.values()}
    assert choose_layout(raw, count=60) == layout
    assert decode_log(raw, layout, users).lines == lines_of(terminal)


@pytest.mark.parametrize("layout", list(LAYOUTS))
@pytest.mark.parametrize("records", [12, 60, 1637, 3273, 6000])
def test_a_wrong_count_does_not_change_the_layout(layout, records):
    """Sizes at which records of one layout begin where every n-th of another does too."""
    raw = bytes(device(6000, layout=layout).log.bytes)[: records * LAYOUTS[layout].size]
    for count in (0, records - 1, records, records + 1, records + 5, 6000):
        assert choose_layout(raw, count=count, clock=encode_time(CLOCK)) == layout


def test_noise_has_no_layout_and_a_layout_set_by_hand_wins_where_it_fits():
    assert choose_layout(b"\xff" * 4000, count=100) is None
    raw = bytes(device(60).log.bytes)
    assert choose_layout(raw, count=60, known="40") == "40"
    assert choose_layout(raw, count=60, known="16") == "40"
    assert choose_layout(raw[:20], count=1, known="40") == "40"  # half a record tells nothing


def test_one_bad_record_in_a_thousand_is_set_aside_alone():
    terminal = device(1000)
    raw = bytearray(terminal.log.bytes)
    raw[40 * 500 + 27 : 40 * 500 + 31] = b"\xff\xff\xff\xff"
    raw[40 * 700 + 2 : 40 * 700 + 4] = b"\xff\xfe"
    log = decode_log(bytes(raw) + b"half", "40")
    good = [line for i, line in enumerate(lines_of(terminal)) if i not in (500, 700)]
    assert log.lines == good
    assert [(bad.index, bad.reason) for bad in log.undecodable] == [
        (500, BadRecord.IMPOSSIBLE_TIME),
        (700, BadRecord.BAD_USER),
        (1000, BadRecord.HALF_RECORD),
    ]
    assert log.undecodable[0].raw == raw[40 * 500 : 40 * 501]
    assert log.undecodable[2].raw == b"half"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"17", "17"),
        (b"00017", "00017"),
        (b" 17 ", "17"),
        ("Nguyễn".encode(), "Nguyễn"),
        (b"A-1\0junk", "A-1"),
        (b"a\\b", "a\\b"),
        (b"1" * 24, "1" * 24),
        (b"", ""),
        (b"a\tb", ""),
        (b"\xff\xfe", ""),
    ],
)
def test_user_ids_are_kept_as_they_are_or_set_aside(raw, text):
    record = pack("<H24sBIB8x", 1, raw, 1, encode_time(START), 0)
    log = decode_log(record, "40")
    if text:
        assert take_apart(log.lines[0]).user_id == text
    else:
        assert [bad.reason for bad in log.undecodable] == [BadRecord.BAD_USER]


@given(st.binary(max_size=2000), st.sampled_from(list(LAYOUTS)))
def test_no_bytes_crash_the_decoder_and_none_are_lost(raw, layout):
    log = decode_log(raw, layout)
    assert log.count == -(-len(raw) // LAYOUTS[layout].size)
    assert all(len(take_apart(line).time) == 19 for line in log.lines)
    choose_layout(raw, count=3)


def test_users_of_both_sizes():
    users = [DeviceUser(1, "17", "Nguyễn Thị An"), DeviceUser(2, "18", "Lê B")]
    for layout, names in (("40", ["Nguyễn Thị An", "Lê B"]), ("16", ["Nguyễn", "Lê B"])):
        raw = b"".join(pack_user(layout, user) for user in users)
        found = decode_users(raw, count=2)
        assert [(user.uid, user.user_id) for user in found] == [(1, "17"), (2, "18")]
        assert [user.name.rstrip("�") for user in found] == names


def test_the_longest_tail_does_not_disturb():
    record = pack_record("49", 7, LogPunch("17", START, 15, 1))
    assert decode_log(record, "49").lines == ["17\t2025-11-03 07:28:00\t15\t1\t"]

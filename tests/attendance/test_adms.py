"""What push terminals say is read line by line; what is bodily never gets out of the parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.zk import adms, adms_reports
from attendance.zk.adms import NotThatTable, decode_attlog
from attendance.zk.adms_reports import decode_answers, decode_operlog
from attendance.zk.records import BadRecord, decode_log

GOOD = b"17\t2026-11-02 07:28:00\t0\t1\t0\t0\t0"
TEMPLATE = "TVRTUzIxAAAD" * 40


def lines(body: bytes) -> list[str]:
    return decode_attlog(body).log.lines


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_line_is_the_one_the_terminals_log_gives(end):
    body = end.join([GOOD, b"18\t2026-11-02 07:29:00\t255\t15\t", b""])
    assert lines(body) == ["17\t2026-11-02 07:28:00\t1\t0\t", "18\t2026-11-02 07:29:00\t15\t255\t"]


def test_pulled_and_pushed_lines_are_equal():
    # Layout 40: user 17, fingerprint, 2026-11-02 07:28:00, state 0.
    days = 26 * 372 + 10 * 31 + 1
    time = (days * 86_400 + 7 * 3600 + 28 * 60).to_bytes(4, "little")
    record = b"\1\0" + b"17".ljust(24, b"\0") + b"\1" + time + b"\0" + bytes(8)
    assert decode_log(record, "40").lines == lines(GOOD)


@pytest.mark.parametrize(
    ("time", "read"),
    [
        ("2026-11-02 07:28:05", "2026-11-02 07:28:05"),
        ("2026/11/02 07:28:05", "2026-11-02 07:28:05"),
        ("2026-11-2 7:28:05", "2026-11-02 07:28:05"),
        ("2026-11-02T07:28:05", "2026-11-02 07:28:05"),
        ("2026-11-02T07:28:05+07:00", "2026-11-02 07:28:05"),
        ("2026-11-02 07:28", "2026-11-02 07:28:00"),
        (str(((26 * 372) + 311) * 86_400 + 26_885), "2026-11-02 07:28:05"),
    ],
)
def test_known_forms_of_time(time, read):
    assert lines(f"17\t{time}\t0\t1\t7".encode()) == [f"17\t{read}\t1\t0\t7"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"17\t2026-02-31 07:28:00\t0\t1\t0", BadRecord.IMPOSSIBLE_TIME),
        (b"17\t2026-02-28 24:00:00\t0\t1\t0", BadRecord.IMPOSSIBLE_TIME),
        (b"17\tnever\t0\t1\t0", BadRecord.IMPOSSIBLE_TIME),
        (b"\xff\xfe\t2026-11-02 07:28:00\t0\t1\t0", BadRecord.BAD_USER),
        (b" \t2026-11-02 07:28:00\t0\t1\t0", BadRecord.BAD_USER),
        (b"1" * 33 + b"\t2026-11-02 07:28:00\t0\t1\t0", BadRecord.BAD_USER),
        (b"17\t2026-11-02 07:28:00\t0\t256\t0", BadRecord.BAD_LINE),
        (b"17\t2026-11-02 07:28:00\tx\t1\t0", BadRecord.BAD_LINE),
        (b"garbage", BadRecord.BAD_LINE),
    ],
)
def test_a_bad_line_is_set_aside_and_the_others_go_on(line, reason):
    upload = decode_attlog(b"\n".join([GOOD, line, GOOD]))
    assert len(upload.log.lines) == 2
    [bad] = upload.log.undecodable
    assert (bad.index, bad.reason) == (1, reason)
    assert upload.log.places == [0, 2]
    assert upload.count == 3


def test_temperature_place_and_identity_number_are_not_kept():
    line = GOOD + b"\t1\t36.6\t36.6\t+25200\teyJHUFNJbmZvIjp7fX0="
    upload = decode_attlog(line)
    assert upload.raw == GOOD + b"\n"
    assert upload.log.lines == lines(GOOD)


@pytest.mark.parametrize(
    "line",
    [
        f"FP PIN=17\tFID=0\tSize=480\tValid=1\tTMP={TEMPLATE}",
        f"BIODATA Pin=17\tNo=0\tTmp={TEMPLATE}",
        f"USERPIC PIN=17\tFileName=17.jpg\tSize=480\tContent={TEMPLATE}",
        f"17\tTMP={TEMPLATE}",
        TEMPLATE,
        f"17\t2026-11-02 07:28:00\t0\t1\t{TEMPLATE}",
    ],
)
def test_bodily_lines_leave_no_trace(line):
    upload = decode_attlog(f"{GOOD.decode()}\n{line}\n".encode())
    everything = upload.raw + b"".join(bad.raw for bad in upload.log.undecodable)
    assert TEMPLATE[:48].encode() not in everything
    assert TEMPLATE[48:96].encode() not in everything
    assert upload.count == 2
    assert TEMPLATE not in repr(decode_operlog(line.encode()))
    assert TEMPLATE not in repr(decode_answers(f"ID=1&Return=0&CMD=DATA\n{line}".encode()))


def test_a_body_of_rubbish_is_refused():
    with pytest.raises(NotThatTable):
        decode_attlog(b"\xff\x00\x01\n" * 5000)


field = st.text(max_size=50).filter(lambda text: "\n" not in text and "\r" not in text)
clock = st.datetimes().map(lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}")
line = st.one_of(
    st.lists(st.one_of(field, clock), max_size=12).map(lambda parts: "\t".join(parts).encode()),
    st.binary(max_size=80),
    st.builds(
        lambda user, time, state, verify: f"{user}\t{time}\t{state}\t{verify}\t0".encode(),
        st.integers(0, 99_999), clock, st.integers(0, 300), st.integers(0, 300),
    ),
)  # fmt: skip


@given(st.lists(line, max_size=20), st.sampled_from([b"\n", b"\r\n"]))
def test_whatever_comes_every_line_is_accounted_for(given_lines, end):
    body = end.join(given_lines)
    upload = decode_attlog(body)
    there = body.decode("utf-8", "surrogateescape").replace("\r", "\n").strip("\0")
    readable = there.split("\n")
    assert upload.count == sum(bool(one.strip()) for one in readable)
    for decoded in upload.log.lines:
        user, time, verify, state, work_code = decoded.split("\t")
        assert 0 < len(user) <= 32
        assert user.isprintable()
        assert len(time) == 19
        assert 0 <= int(verify) <= 255
        assert 0 <= int(state) <= 255
        assert len(work_code) <= 24
    again = decode_attlog(upload.raw)
    assert again.log == upload.log  # the evidence says the same
    decode_operlog(body)
    decode_answers(body)
    adms_reports.decode_options(body)


def test_names_come_in_utf8_or_gb2312():
    body = (
        "USER PIN=17\tName=Nguyễn Văn An\tPri=0\tPasswd=8421\tCard=[15CD5B07]\n".encode()
        + "USER PIN=18\tName=王小明\tPri=0\n".encode("gb2312")
        + f"FP PIN=17\tFID=0\tTMP={TEMPLATE}\n".encode()
        + b"OPLOG 21\t17\t2026-11-02 07:28:00\t0\t0\t0\t0\n"
    )
    told = decode_operlog(body)
    assert told.names == {"17": "Nguyễn Văn An", "18": "王小明"}
    assert told.count == 4
    assert [operation.code for operation in told.operations] == [adms_reports.CLOCK_SET]
    assert "8421" not in repr(told)
    assert "15CD5B07" not in repr(told)


def test_answers_come_in_batches_and_in_both_spellings():
    span = "StartTime=2026-11-02 00:00:00&EndTime=2026-11-02 23:59:59"
    body = (
        "ID=5&Return=0&CMD=DATA\n"
        f"ID=6&Return=0&CMD=VERIFY SUM&{span}&AttlogSum=12\n"
        f"ID=7&Return=0&CMD=VERIFY SUM ATTLOG&{span}&AttlogCount=13\r\n"
        "ID=8&Return=0&CMD=INFO\n~DeviceName=K40\nUserCount=9\nWirelessKey=secret\n"
        "ID=9&Return=-1002&CMD=VERIFY SUM\n"
        "ID=x&Return=0\n"
    )
    answers = decode_answers(body.encode())
    assert [(one.command, one.code, one.count) for one in answers] == [
        (5, 0, None), (6, 0, 12), (7, 0, 13), (8, 0, None), (9, -1002, None),
    ]  # fmt: skip
    assert answers[3].told == {"DeviceName": "K40", "UserCount": "9"}


def test_what_a_terminal_tells_of_itself_is_kept_but_no_secrets():
    told = adms_reports.decode_options(b"~DeviceName=SF3A,MAC=00:17:61,ComPwd=77,FPCount=3,X=1")
    assert told == {"DeviceName": "SF3A", "MAC": "00:17:61", "FPCount": "3"}
    info = adms_reports.decode_info("Ver 2.0.12-20150625,10,3,105,192.168.16.27,10,7,15,4,111")
    assert info == {
        "FWVersion": "Ver 2.0.12-20150625", "UserCount": "10", "FPCount": "3",
        "TransactionCount": "105", "IPAddress": "192.168.16.27", "FaceCount": "4",
    }  # fmt: skip


def test_the_handshake_asks_for_nothing_bodily():
    text = adms.handshake(
        "A1", attlog_stamp="", operlog_stamp="9", utc_offset_minutes=420, delay=10
    ).decode()
    asked = text.splitlines()
    assert asked[0] == "GET OPTION FROM: A1"
    assert {"ATTLOGStamp=0", "OPERLOGStamp=9", "TimeZone=7", "Realtime=1", "Encrypt=None"} <= set(
        asked
    )
    [flag] = [one for one in asked if one.startswith("TransFlag=")]
    assert flag.split("TransData ")[1].split("\t") == ["AttLog", "OpLog", "EnrollUser", "ChgUser"]


@pytest.mark.parametrize(("minutes", "told"), [(330, "330"), (-480, "-8"), (0, "0")])
def test_zones_of_half_hours_are_told_in_minutes(minutes, told):
    answer = adms.handshake(
        "A1", attlog_stamp="", operlog_stamp="", utc_offset_minutes=minutes, delay=10
    )
    assert f"\nTimeZone={told}\n".encode() in answer

"""Pulls over real sockets from a simulated terminal, well-behaved and not."""

import socket
from time import monotonic

import pytest
from zk import ZK

from attendance.terminals.addresses import AddressRefused
from attendance.zk import codec
from attendance.zk.client import Limits, Target, pull
from attendance.zk.codec import Packet
from attendance.zk.errors import (
    AuthRefused,
    ConnectionLost,
    DamagedData,
    DeadlinePassed,
    ProtocolViolation,
    SerialUnknown,
    Silent,
    Unreachable,
    Unsupported,
    WrongTerminal,
)
from attendance.zk.session import Session, connect
from backend.clock import now
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import LogPunch
from scripts.simulated_terminal.server import running

from .terminals import CLOCK, START, device, lines_of, named

LOCAL = ["127.0.0.0/8"]
QUICK = Limits(answer_seconds=0.4, datagram_seconds=0.15, contact_seconds=8)


def fetch(simulated, *, limits=QUICK, **target):
    with running(simulated) as port:
        return pull(Target("127.0.0.1", port, LOCAL, **target), now=now, limits=limits)


@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
@pytest.mark.parametrize("layout", ["40", "49", "16", "8", "8b"])
def test_a_log_is_read_whole_in_every_layout(layout, udp):
    simulated = device(3000, layout=layout, comm_key=4711)
    download = fetch(simulated, comm_key=4711, datagrams=udp)
    assert download.decoded().lines == lines_of(simulated)
    assert (download.serial_number, download.device_count) == ("SIM0000001", 3000)
    assert download.clock_reading == CLOCK
    assert [user.user_id for user in download.users] == ["101", "102", "103", "104", "105"]
    assert simulated.commands[codec.CMD_FREE_DATA] >= 1
    assert codec.CMD_DISABLE_DEVICE not in simulated.commands
    assert simulated.connections == 1


@pytest.mark.parametrize("count", [0, 1, 20, 24, 25, 26])
def test_small_logs_come_at_one_go(count):
    simulated = device(count)
    assert fetch(simulated).decoded().lines == lines_of(simulated)


@pytest.mark.parametrize("layout", ["40", "16", "8"])
@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
def test_unmodified_pyzk_reads_the_same(layout, udp):
    simulated = device(2500, layout=layout, comm_key=31)
    with running(simulated) as port:
        ours = pull(Target("127.0.0.1", port, LOCAL, comm_key=31), now=now)
        theirs = ZK("127.0.0.1", port, 5, 31, force_udp=udp, ommit_ping=True).connect()
        try:
            records = theirs.get_attendance()
            assert theirs.get_serialnumber() == ours.serial_number
            assert theirs.get_time() == ours.clock_reading
        finally:
            theirs.disconnect()
    assert ours.decoded().lines == [
        f"{record.user_id}\t{record.timestamp}\t{record.status}\t{record.punch}\t"
        for record in records
    ]


@pytest.mark.parametrize(
    "faults",
    [
        Faults(odd_segments=True),
        Faults(small_data=900),
        Faults(no_closing_ack=True, small_data=900),
        Faults(no_buffered_read=True),
        Faults(events=True),
        Faults(flip_bit_in=4, small_data=30_000),
        Faults(answer_delay=0.02),
        Faults(clock_reading=0xFFFFFFFF),
        Faults(count_lie=-7),
        Faults(one_connection=True),
    ],
    ids=lambda value: named(value) if isinstance(value, Faults) else value.__name__,
)
def test_a_difficult_terminal_is_read_whole(faults):
    simulated = device(4000, faults=faults)
    assert fetch(simulated).decoded().lines == lines_of(simulated)


@pytest.mark.parametrize(
    "faults",
    [
        Faults(double=7),
        Faults(reorder=5),
        Faults(lose=9),
        Faults(flip_bit_in=6),
        Faults(events=True),
    ],
    ids=lambda value: named(value) if isinstance(value, Faults) else value.__name__,
)
def test_datagrams_doubled_reordered_lost_and_damaged_invent_nothing(faults):
    simulated = device(400, faults=faults)
    limits = Limits(datagram_seconds=0.05, contact_seconds=20)
    assert fetch(simulated, datagrams=True, limits=limits).decoded().lines == lines_of(simulated)


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        (Faults(silent=True), Silent),
        (Faults(fin_after=50_000), ConnectionLost),
        (Faults(reset_after=50_000), ConnectionLost),
        (Faults(stall_after=50_000), Silent),
        (Faults(fin_after=0), ConnectionLost),
        (Faults(flip_bit_in=1), DamagedData),
        (Faults(no_serial=True), SerialUnknown),
        (Faults(refuses_protocol=True), Unsupported),
    ],
    ids=lambda value: named(value) if isinstance(value, Faults) else value.__name__,
)
def test_a_failed_contact_says_why_and_ends_soon(faults, error):
    started = monotonic()
    with pytest.raises(error) as raised:
        fetch(device(4000, faults=faults))
    assert raised.type is error
    assert str(raised.value)
    assert str(raised.value.remedy)
    assert monotonic() - started < 4


def test_a_slow_terminal_ends_at_the_deadline():
    limits = Limits(answer_seconds=2, contact_seconds=0.6)
    with pytest.raises(DeadlinePassed):
        fetch(device(4000, faults=Faults(answer_delay=0.25)), limits=limits)


@pytest.mark.parametrize("key", [0, 4712])
@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
def test_a_missing_or_wrong_comm_key_is_told(key, udp):
    with pytest.raises(AuthRefused):
        fetch(device(comm_key=4711), comm_key=key, datagrams=udp)


def test_another_terminal_at_the_address_is_not_read():
    simulated = device(serial="OTHER")
    with pytest.raises(WrongTerminal):
        fetch(simulated, serial_number="SIM0000001")
    assert codec.CMD_PREPARE_BUFFER not in simulated.commands


def test_nobody_at_the_address():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    for udp in (False, True):
        with pytest.raises(Unreachable):
            pull(Target("127.0.0.1", port, LOCAL, datagrams=udp), now=now, limits=QUICK)


def test_a_web_server_at_the_address_is_not_believed():
    with socket.create_server(("127.0.0.1", 0)) as server:
        import threading

        def answer():
            connection, _ = server.accept()
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20)
            connection.recv(100)
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ProtocolViolation):
            pull(Target("127.0.0.1", server.getsockname()[1], LOCAL), now=now, limits=QUICK)
        thread.join(5)


def test_punches_during_the_pull_do_not_disturb_it():
    simulated = device(3000)

    def another(_now):
        simulated.log.add(LogPunch("101", START.replace(second=simulated.log.count % 60)))

    simulated.news = another
    download = fetch(simulated)
    assert 3000 < len(download.decoded().lines) <= simulated.log.count
    assert download.decoded().lines == lines_of(simulated)[: len(download.decoded().lines)]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1; touch /tmp/gone",
        "$(touch /tmp/gone)",
        "127.0.0.1 ",
        "localhost",
        "0x7f000001",
        "2130706433",
        "127.1",
        "::ffff:127.0.0.1",
        "fe80::1%lo",
        "169.254.169.254",
        "8.8.8.8",
        "",
    ],
)
def test_a_hostile_address_opens_no_socket(address, monkeypatch):
    def no_socket(*_args, **_kwargs):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr("attendance.zk.transport.socket.socket", no_socket)
    with pytest.raises(AddressRefused):
        pull(Target(address, 4370, LOCAL), now=now)


def test_the_comm_key_is_in_no_text():
    assert "4711" not in repr(Target("127.0.0.1", 4370, LOCAL, comm_key=4711))


def test_a_session_understands_answers_byte_by_byte():
    session = Session()
    talk = connect(session, 0)
    next(talk)
    [question] = session.data_to_send()
    assert question.endswith(bytes.fromhex("e803") + question[-6:])
    stale = Packet(codec.CMD_ACK_ERROR, 9, 77, b"")
    event = Packet(codec.CMD_REG_EVENT, 1, 0, b"punch")
    reply = int.from_bytes(question[-2:], "little")
    answer = Packet(codec.CMD_ACK_OK, 0x1AB3, reply, b"")
    stream = b"".join(codec.frame(codec.pack_packet(p)) for p in (stale, event, answer))
    for byte in stream:
        session.receive(bytes([byte]))
    assert session.next_event() == answer
    assert session.unsolicited == 1
    [acknowledged] = session.data_to_send()
    assert acknowledged[8:10] == codec.CMD_ACK_OK.to_bytes(2, "little")
    with pytest.raises(StopIteration):
        talk.send(answer)
    assert session.session_id == 0x1AB3

"""The connection doctor against terminals on real sockets: each step says what is wrong."""

import inspect
import io
import socket
import sys
import threading
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from attendance.models import Terminal
from attendance.terminals import checkups, doctor
from attendance.terminals.doctor import Patient, State, Step, examine
from attendance.terminals.findings import WORDS, failures, told, verdict
from attendance.zk import codec
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.server import running

from .terminals import CLOCK, device, register, registered

LOCAL = ["127.0.0.0/8"]
AT = datetime(2025, 11, 24, 1, 0, 5, tzinfo=UTC)  # what the terminals' clock shows


def now():
    return AT


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(doctor, "_CONNECT_SECONDS", 0.4)
    monkeypatch.setattr(doctor, "_DATAGRAM_SECONDS", 0.15)


def found(port, **values):
    """Code of each step's finding."""
    patient = Patient(values.pop("address", "127.0.0.1"), port, LOCAL, **values)
    answers = list(examine(patient, now=now))
    with translation.override("vi"):
        for answer in answers:
            words = told(answer)
            assert words.found
            assert "{" not in words.found + words.advice
            assert answer.finding.state != State.FAILED or words.advice, answer
        assert verdict(answers)
    return {answer.step: answer.finding.code for answer in answers}


def test_a_healthy_terminal_passes_every_step_over_one_connection_at_a_time():
    simulated = device(30, comm_key=4711)
    with running(simulated) as port:
        assert found(port, comm_key=4711) == {
            Step.ADDRESS: "address_ok",
            Step.TCP: "tcp_open",
            Step.PROTOCOL: "protocol_ok",
            Step.COMM_KEY: "key_right",
            Step.IDENTITY: "identity",
            Step.CLOCK: "clock_right",
            Step.COUNTS: "counts",
            Step.RECORDS: "records_read",
            Step.UDP: "udp_too",
        }
    assert simulated.most_open <= 1
    assert codec.CMD_DISABLE_DEVICE not in simulated.commands


@pytest.mark.parametrize("layout", ["8", "8b", "16", "40", "49"])
@pytest.mark.parametrize("count", [30, 3000])
def test_the_last_three_records_are_shown_without_reading_the_log(layout, count):
    simulated = device(count, layout=layout)
    with running(simulated) as port:
        answers = list(examine(Patient("127.0.0.1", port, LOCAL), now=now))
    [records] = [answer.finding for answer in answers if answer.step == Step.RECORDS]
    assert records.details["layout"] == layout
    assert records.details["lines"] == [
        [punch.user_id, str(punch.time), str(punch.verify), str(punch.state)]
        for punch in simulated.log.punches[-3:]
    ]


@pytest.mark.parametrize(
    ("values", "faults", "step", "code"),
    [
        ({"comm_key": 5}, Faults(), Step.COMM_KEY, "key_wrong"),
        ({}, Faults(), Step.COMM_KEY, "key_missing"),
        ({"comm_key": 4711}, Faults(refuses_protocol=True), Step.PROTOCOL, "protocol_refused"),
        ({"comm_key": 4711}, Faults(silent=True), Step.PROTOCOL, "protocol_silent"),
        ({"comm_key": 4711}, Faults(fin_after=0), Step.PROTOCOL, "protocol_closed"),
        ({"comm_key": 4711, "serial_number": "X"}, Faults(), Step.IDENTITY, "serial_differs"),
        ({"comm_key": 4711}, Faults(no_serial=True), Step.IDENTITY, "serial_unknown"),
        ({"comm_key": 4711}, Faults(clock_reading=0), Step.CLOCK, "clock_reset"),
        ({"comm_key": 4711, "utc_offset_minutes": 400}, Faults(), Step.CLOCK, "clock_off"),
        ({"comm_key": 4711}, Faults(count_lie=99_950), Step.COUNTS, "counts_full"),
        ({"comm_key": 4711}, Faults(flip_bit_in=1), Step.RECORDS, "records_broken"),
        ({"comm_key": 4711, "serials": {"SIM0000001": "M7"}}, Faults(), Step.IDENTITY, "serial_registered"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(values, faults, step, code):
    with running(device(300, comm_key=4711, faults=faults)) as port:
        assert found(port, **values)[step] == code


def test_steps_after_a_failure_are_skipped():
    with running(device(comm_key=4711)) as port:
        codes = found(port)
    assert codes[Step.COMM_KEY] == "key_missing"
    assert {codes[step] for step in (Step.IDENTITY, Step.CLOCK, Step.RECORDS)} == {"not_asked"}


def test_an_empty_log_and_one_that_is_kept_for_pushing_are_told_apart():
    empty = device(0)
    empty.log.users.clear()
    with running(empty) as port:
        assert found(port)[Step.RECORDS] == "records_none"
    with running(device(0)) as port:
        assert found(port)[Step.RECORDS] == "records_untold"


def test_old_firmware_without_buffered_reading_is_read_directly():
    with running(device(300, faults=Faults(no_buffered_read=True))) as port:
        assert found(port)[Step.RECORDS] == "records_read"


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_closed_port_and_a_forbidden_or_unknown_address():
    codes = found(closed_port())
    assert (codes[Step.TCP], codes[Step.UDP]) == ("tcp_refused", "udp_refused")
    assert found(4370, address="8.8.8.8")[Step.ADDRESS] == "address_refused"
    assert found(4370, address="$(touch x)")[Step.ADDRESS] == "name_unknown"
    assert found(closed_port(), address="localhost")[Step.ADDRESS] == "name_found"


def test_a_terminal_that_speaks_udp_only():
    """Its TCP port is closed, the datagram port of the same number answers."""
    with running(device(30)) as port:
        assert found(port, transport="udp")[Step.UDP] == "udp_answers"
        assert found(port, transport="udp")[Step.RECORDS] == "records_read"


@pytest.fixture
def web_server():
    """Something that is no terminal."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    client.recv(100)
                    client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def test_something_else_at_the_port(web_server):
    assert found(web_server)[Step.PROTOCOL] == "protocol_foreign"


def test_a_slow_terminal_ends_within_the_limit(monkeypatch):
    monkeypatch.setattr(doctor, "LIMIT_SECONDS", 3.0)
    monkeypatch.setattr(doctor, "_UDP_SECONDS", 0.5)
    with running(device(30, faults=Faults(answer_delay=0.3))) as port:
        started = monotonic()
        codes = found(port)
        assert monotonic() - started < 5
    assert "deadline" in codes.values()


def test_every_code_has_words_and_failures_have_advice():
    codes = set(WORDS)
    source = "".join(inspect.getsource(module) for module in (doctor, checkups))
    assert {code for code in codes if f'"{code}"' not in source} == set()


@pytest.mark.django_db
def test_a_registered_terminal_is_examined_under_its_lease():
    with registered(device(30, comm_key=4711), comm_key=4711, code="M1") as terminal:
        steps = checkups.examine_registered(terminal, by="somebody", now=now)
        first = next(steps)
        assert (first.step, first.finding.code) == (Step.LEASE, "lease_held")
        held = Terminal.objects.get()
        assert held.claimed_by == "somebody"
        assert held.lease_until is not None
        assert failures(list(steps)) == []
        assert Terminal.objects.get().lease_until is None


@pytest.mark.django_db
def test_a_terminal_in_use_is_left_alone(monkeypatch):
    monkeypatch.setattr(checkups, "_WAIT_SECONDS", 0.3)
    simulated = device(30)
    with registered(simulated) as terminal:
        Terminal.objects.update(lease_until=AT + timedelta(minutes=1), attempt=7)
        [answer] = checkups.examine_registered(terminal, by="somebody", now=now)
    assert answer.finding.code == "lease_busy"
    assert simulated.connections == 0
    assert Terminal.objects.get().attempt == 7


def in_time(simulated):
    """Its clock is right now; the command asks the real one."""
    simulated.clock = lambda: datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=7)
    return simulated


def doctor_says(*arguments):
    out = io.StringIO()
    call_command("terminal_doctor", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_asks_for_the_key_and_never_shows_it(monkeypatch):
    with running(in_time(device(30, comm_key=654321))) as port:
        with pytest.raises(CommandError, match="key_missing"):
            doctor_says("127.0.0.1", "--port", str(port))
        monkeypatch.setattr(sys, "stdin", io.StringIO("654321\n"))
        said = doctor_says("127.0.0.1", "--port", str(port), "--key")
    assert "Khóa kết nối đúng" in said
    assert "105  2025-11-03" in said
    assert "654321" not in said


@pytest.mark.django_db
def test_the_command_knows_a_registered_terminal_by_code_and_by_address():
    with registered(in_time(device(30, comm_key=5)), comm_key=5, code="M1") as terminal:
        assert "Kết nối" in doctor_says("M1")
        assert "M1" in doctor_says("127.0.0.1", "--port", str(terminal.port))


@pytest.mark.django_db
def test_a_free_address_is_told_which_terminal_it_is():
    register(4370, code="M9", serial_number="SIM0000001")
    with running(device(30)) as port, translation.override("vi"):
        answers = list(examine(checkups.stranger("127.0.0.1", port), now=now))
    [identity] = [told(answer) for answer in answers if answer.step == Step.IDENTITY]
    assert "M9" in identity.found
    assert CLOCK.year == 2025

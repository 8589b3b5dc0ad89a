"""The connection doctor: asks a terminal one thing after another, until it is plain what is wrong.

One connection at a time, never locks keys, changes nothing. The words for what is found are in
`findings.py`; here are only the questions.
"""

import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from time import monotonic
from typing import Any, Final

from attendance.terminals.addresses import AddressRefused, checked_address
from attendance.zk import codec
from attendance.zk import session as talk
from attendance.zk.client import Contact, Limits, Target
from attendance.zk.errors import (
    ConnectionLost,
    DamagedData,
    DeadlinePassed,
    ProtocolViolation,
    Silent,
    Unreachable,
    Unsupported,
    ZkError,
)
from attendance.zk.records import LAYOUTS, choose_layout, decode_log, decode_users

#: The whole examination of an address ends within these; a registered terminal may have to be
#: waited for first.
LIMIT_SECONDS: Final = 45.0
_CONNECT_SECONDS: Final = 4.0
_DATAGRAM_SECONDS: Final = 1.2
_NAME_SECONDS: Final = 5.0
#: Kept back for the last question, whether UDP answers too.
_UDP_SECONDS: Final = 6.0
_SHOWN_RECORDS: Final = 3
#: Holds whole records of every size (8, 16, 40 and 49 bytes).
_TAIL: Final = 3920
#: A whole log this small is read where its end cannot be.
_SMALL_LOG: Final = 1 << 20
_CLOCK_TOLERANCE: Final = timedelta(seconds=60)
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


class Step(StrEnum):
    LEASE = "lease"
    ADDRESS = "address"
    TCP = "tcp"
    UDP = "udp"
    PROTOCOL = "protocol"
    COMM_KEY = "comm_key"
    IDENTITY = "identity"
    CLOCK = "clock"
    COUNTS = "counts"
    RECORDS = "records"


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """What one question brought: `code` is explained in `findings.py`, `details` are its figures."""

    state: State
    code: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """One step as it went; `seconds` is how long it took."""

    step: Step
    finding: Finding
    seconds: float


@dataclass(frozen=True)
class Patient:
    """What is to be examined: an IP address or name, and what is known of the terminal there.

    `serial_number` and `layout` are the registered ones, "" where unknown; `transport` "udp" where
    TCP is not to be tried. `registered_as` is the code of the register's terminal at this address,
    `serials` gives the code of each registered serial number.
    """

    address: str
    port: int
    networks: Sequence[str]
    comm_key: int = field(default=0, repr=False)
    transport: str = ""
    serial_number: str = ""
    layout: str = ""
    utc_offset_minutes: int = 420
    registered_as: str = ""
    serials: dict[str, str] = field(default_factory=dict)


def examine(patient: Patient, *, now: Callable[[], datetime]) -> Iterator[Answer]:
    """The steps one by one, each as soon as it is done; those after a failure are skipped."""
    visit = _Visit(patient, now)
    try:
        yield visit.ask(Step.ADDRESS, visit.address)
        yield visit.ask(Step.TCP, visit.tcp)
        by_udp = not visit.is_open
        if by_udp:
            yield visit.ask(Step.UDP, visit.udp)
        yield visit.ask(Step.PROTOCOL, visit.protocol)
        yield visit.ask(Step.COMM_KEY, visit.comm_key)
        yield visit.ask(Step.IDENTITY, visit.identity)
        yield visit.ask(Step.CLOCK, visit.clock)
        yield visit.ask(Step.COUNTS, visit.counts)
        yield visit.ask(Step.RECORDS, visit.records)
        if not by_udp:
            visit.close()
            yield visit.ask(Step.UDP, visit.udp_too)
    finally:
        visit.close()


def _ok(code: str, **details: Any) -> Finding:
    return Finding(State.OK, code, details)


def _warning(code: str, **details: Any) -> Finding:
    return Finding(State.WARNING, code, details)


def _failed(code: str, **details: Any) -> Finding:
    return Finding(State.FAILED, code, details)


def _skipped(code: str, **details: Any) -> Finding:
    return Finding(State.SKIPPED, code, details)


#: Failures after which nothing more can be asked; the others leave the connection usable.
_ENDS: Final = frozenset({Step.ADDRESS, Step.UDP, Step.PROTOCOL, Step.COMM_KEY})


class _Visit:
    """One examination on its way: the open connection and what was learned so far."""

    def __init__(self, patient: Patient, now: Callable[[], datetime]) -> None:
        self._patient = patient
        self._now = now
        self._end = monotonic() + LIMIT_SECONDS
        self._ip = ""
        self._contact: Contact | None = None
        self._greeting: codec.Packet | None = None
        self._records = 0
        self._users = 0
        self._is_over = False

    @property
    def is_open(self) -> bool:
        return self._contact is not None

    def ask(self, step: Step, question: Callable[[], Finding]) -> Answer:
        """Ask, and take every anticipated error for an answer."""
        started = monotonic()
        if self._is_over:
            finding = _skipped("not_asked")
        else:
            try:
                finding = question()
            except ZkError as error:
                finding = _failed(_ERRORS.get(type(error), "lost"))
                self._is_over = True
        if finding.state == State.FAILED and step in _ENDS:
            self._is_over = True
        return Answer(step, finding, monotonic() - started)

    def close(self) -> None:
        if self._contact is not None:
            self._contact.close()
            self._contact = None

    # --- name and route ----------------------------------------------------------------------

    def address(self) -> Finding:
        asked = self._patient.address.strip()
        found = asked if is_ip(asked) else _looked_up(asked)
        if not found:
            return _failed("name_unknown", name=asked)
        try:
            self._ip = checked_address(found, networks=self._patient.networks)
        except AddressRefused:
            return _failed("address_refused", address=found)
        source = _source(self._ip, self._patient.port)
        if source is None:
            return _failed("no_route", address=self._ip)
        details = {"name": asked, "address": self._ip, "source": source}
        if self._ip != asked and not is_ip(asked):
            return _ok("name_found", **details)
        if self._patient.registered_as:
            return _ok("address_registered", known_as=self._patient.registered_as, **details)
        return _ok("address_ok", **details)

    # --- the port ----------------------------------------------------------------------------

    def tcp(self) -> Finding:
        if self._patient.transport == "udp":
            return _skipped("tcp_not_wanted")
        details = {"address": self._ip, "port": self._patient.port}
        started = monotonic()
        try:
            self._contact = self._connected(datagrams=False)
        except Unreachable as error:
            return _failed(_why(error), **details)
        return _ok("tcp_open", ms=round((monotonic() - started) * 1000), **details)

    def udp(self) -> Finding:
        """The only way left. UDP has no connection, so the first greeting is the question."""
        details = {"address": self._ip, "port": self._patient.port}
        try:
            self._contact = self._connected(datagrams=True)
            self._greet()
        except Silent:
            return _failed("udp_silent", **details)
        except Unreachable:
            return _failed("udp_refused", **details)
        return _ok("udp_answers", **details)

    def udp_too(self) -> Finding:
        """TCP works; UDP is only worth knowing."""
        details = {"address": self._ip, "port": self._patient.port}
        try:
            self._contact = self._connected(datagrams=True, seconds=_UDP_SECONDS)
            self._run(talk.ask(self._contact.session, codec.CMD_CONNECT))
        except (ZkError, DeadlinePassed):
            return _skipped("udp_not_needed", **details)
        return _ok("udp_too", **details)

    def _connected(self, *, datagrams: bool, seconds: float | None = None) -> Contact:
        left = max(0.1, self._end - monotonic() - (0 if datagrams else _UDP_SECONDS))
        target = Target(self._ip, self._patient.port, self._patient.networks, datagrams=datagrams)
        limits = Limits(
            answer_seconds=_CONNECT_SECONDS,
            datagram_seconds=_DATAGRAM_SECONDS,
            contact_seconds=min(left, seconds or left),
        )
        return Contact(target, limits)

    def _run(self, conversation: talk.Talk[Any]) -> Any:
        assert self._contact is not None  # noqa: S101 - the steps before opened it
        return self._contact.run(conversation)

    @property
    def _session(self) -> talk.Session:
        assert self._contact is not None  # noqa: S101 - the steps before opened it
        return self._contact.session

    # --- the protocol ------------------------------------------------------------------------

    def _greet(self) -> codec.Packet:
        if self._greeting is None:
            self._greeting = self._run(talk.ask(self._session, codec.CMD_CONNECT))
            self._session.session_id = self._greeting.session
        return self._greeting

    def protocol(self) -> Finding:
        try:
            answer = self._greet()
        except Silent:
            return _failed("protocol_silent")
        except ConnectionLost:
            return _failed("protocol_closed")
        except ProtocolViolation:
            return _failed("protocol_foreign")
        if answer.command == codec.CMD_PROTOCOL_REFUSED:
            return _failed("protocol_refused")
        if answer.command not in (codec.CMD_ACK_OK, codec.CMD_ACK_UNAUTH):
            return _failed("protocol_foreign", command=answer.command)
        return _ok("protocol_ok")

    def comm_key(self) -> Finding:
        key = self._patient.comm_key
        if self._greet().command == codec.CMD_ACK_OK:
            return _warning("key_not_asked") if key else _ok("key_not_needed")
        scrambled = codec.scrambled_key(key, self._session.session_id)
        answer = self._run(talk.ask(self._session, codec.CMD_AUTH, scrambled))
        if answer.command == codec.CMD_ACK_OK:
            return _ok("key_right" if key else "key_zero")
        return _failed("key_wrong" if key else "key_missing")

    # --- what the terminal says --------------------------------------------------------------

    def identity(self) -> Finding:
        serial, name, platform = (
            self._run(talk.option(self._session, option))
            for option in ("~SerialNumber", "~DeviceName", "~Platform")
        )
        version = self._run(talk.ask(self._session, codec.CMD_GET_VERSION))
        firmware = _text(version.data) if version.command == codec.CMD_ACK_OK else ""
        details = {"serial": serial, "name": name, "platform": platform, "firmware": firmware}
        expected = self._patient.serial_number
        if not serial:
            return (
                _warning("serial_untold", **details)
                if expected
                else _failed("serial_unknown", **details)
            )
        if expected and serial != expected:
            return _failed("serial_differs", expected=expected, **details)
        other = self._patient.serials.get(serial)
        if other and not expected:
            return _warning("serial_registered", known_as=other, **details)
        return _ok("identity", **details)

    def clock(self) -> Finding:
        reading = self._run(talk.clock(self._session))
        shown = codec.decode_time(reading) if reading is not None else None
        if shown is None:
            return _warning("clock_unknown")
        local = self._now() + timedelta(minutes=self._patient.utc_offset_minutes)
        ahead = shown - local.replace(tzinfo=None)
        details = {"shown": f"{shown:%H:%M:%S %d/%m/%Y}", "seconds": round(ahead.total_seconds())}
        if abs(ahead) > timedelta(days=1):
            return _failed("clock_reset", **details)
        if abs(ahead) > _CLOCK_TOLERANCE:
            return _warning("clock_off", **details)
        return _ok("clock_right", **details)

    def counts(self) -> Finding:
        try:
            found = self._run(talk.counts(self._session))
        except ProtocolViolation:
            return _warning("counts_untold")
        self._records, self._users = found.records, found.users
        details = {
            "records": found.records,
            "record_capacity": found.record_capacity,
            "users": found.users,
            "user_capacity": found.user_capacity,
            "fingers": found.fingers,
        }
        if found.record_capacity and found.records * 100 >= found.record_capacity * 95:
            return _warning("counts_full", **details)
        return _ok("counts", **details)

    # --- the last records --------------------------------------------------------------------

    def records(self) -> Finding:
        try:
            raw, size = self._end_of_log()
        except Unsupported:
            return _failed("records_refused")
        except (DamagedData, Silent):
            return _failed("records_broken")
        if not size:
            return (
                _warning("records_untold", users=self._users)
                if self._users
                else _ok("records_none")
            )
        if not raw:
            return _warning("records_large", size=size)
        share = round(self._records * len(raw) / size)
        layout = choose_layout(raw, count=share, known=self._patient.layout)
        if layout is None:
            return _failed("records_garbled", size=size)
        log = decode_log(self._last(raw, layout), layout, self._user_ids(layout))
        details = {
            "layout": layout,
            "lines": [line.split("\t")[:4] for line in log.lines],
            "bad": len(log.undecodable),
        }
        if not log.lines:
            return _warning("records_bad", **details)
        return _ok("records_read", **details)

    def _end_of_log(self) -> tuple[bytes, int]:
        """The log's last bytes, from a multiple of every record size on, and the size of all of it."""
        try:
            table = self._run(talk.prepare(self._session, codec.CMD_ATTLOG_RRQ))
            start = max(0, table.size - table.size % _TAIL - _TAIL)
            try:
                return bytes(self._run(talk.read(self._session, table, start=start))), table.size
            except talk.OffsetRefused:
                if table.size > _SMALL_LOG:
                    return b"", table.size
            return bytes(self._run(talk.read(self._session, table))), table.size
        finally:
            if self._contact is not None:
                self._contact.tell(codec.CMD_FREE_DATA)

    def _last(self, raw: bytes, layout: str) -> bytes:
        size = LAYOUTS[layout].size
        whole = len(raw) - len(raw) % size
        return raw[max(0, whole - _SHOWN_RECORDS * size) : whole]

    def _user_ids(self, layout: str) -> dict[int, str]:
        """For layouts whose records name users by the terminal's inner number only."""
        if layout not in ("8", "8b"):
            return {}
        try:
            raw = self._run(talk.read_bulk(self._session, codec.CMD_USERTEMP_RRQ, codec.FCT_USER))
        except (Unsupported, DamagedData):
            return {}
        return {user.uid: user.user_id for user in decode_users(bytes(raw), count=self._users)}


_ERRORS: Final[dict[type[ZkError], str]] = {
    DeadlinePassed: "deadline",
    Silent: "fell_silent",
    ConnectionLost: "lost",
    DamagedData: "damaged",
    ProtocolViolation: "damaged",
    Unreachable: "lost",
}


def _why(error: Unreachable) -> str:
    """The socket's own reason stands behind the error."""
    cause = error.__context__
    if isinstance(cause, ConnectionRefusedError):
        return "tcp_refused"
    return "tcp_timeout" if isinstance(cause, TimeoutError) else "tcp_unreachable"


def _text(data: bytes) -> str:
    text = data.split(b"\0", 1)[0].decode("ascii", errors="replace")
    return "".join(char for char in text if char.isprintable()).strip()[:60]


def is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _looked_up(name: str) -> str:
    """The address of a name; "" where there is none, or none within five seconds."""
    if not _NAME.fullmatch(name):
        return ""
    found: list[str] = []

    def look() -> None:
        try:
            infos = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(str(info[4][0]) for info in sorted(infos, key=lambda info: info[0]))

    thread = threading.Thread(target=look, daemon=True)  # the resolver takes no time limit
    thread.start()
    thread.join(_NAME_SECONDS)
    return next(iter(found), "")


def _source(address: str, port: int) -> str | None:
    """Our own address on the way there; None where no way leads there. Sends nothing."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, port))
            return str(probe.getsockname()[0])
        except OSError:
            return None

"""Fetch a terminal's log: one contact, one connection, everything or an error."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, TypeVar

from attendance.addresses import checked_address
from attendance.zk import codec
from attendance.zk import session as talk
from attendance.zk.errors import (
    CountMismatch,
    LayoutUnknown,
    SerialUnknown,
    Unsupported,
    WrongTerminal,
    ZkError,
)
from attendance.zk.records import (
    LAYOUTS,
    DecodedLog,
    DeviceUser,
    choose_layout,
    decode_log,
    decode_users,
)
from attendance.zk.session import Event, Session, Silence, Talk
from attendance.zk.transport import Deadline, Transport

T = TypeVar("T")

#: Layouts whose records name users by the terminal's inner number only.
_NEED_USERS: Final = ("8", "8b")


@dataclass(frozen=True)
class Target:
    """How to reach a terminal. `layout` is a name in LAYOUTS, or "" to find out.

    `serial_number` is the one expected there; "" accepts whatever the terminal says.
    """

    address: str
    port: int
    networks: Sequence[str]
    datagrams: bool = False
    comm_key: int = field(default=0, repr=False)
    layout: str = ""
    serial_number: str = ""


@dataclass(frozen=True)
class Limits:
    """Seconds one answer may take (by UDP: before it is asked for again), and the whole contact."""

    answer_seconds: float = 10.0
    datagram_seconds: float = 2.0
    contact_seconds: float = 120.0


@dataclass(frozen=True)
class Download:
    """What a terminal said, complete: `raw` is its log as whole records, `log` the same decoded.

    `device_count` is the terminal's own count after reading; `clock_reading` its wall clock at
    `contacted_at`, None where it told nonsense.
    """

    serial_number: str
    device_count: int | None
    raw: bytes
    log: DecodedLog
    users: list[DeviceUser] = field(default_factory=list)
    contacted_at: datetime | None = None
    clock_reading: datetime | None = None

    @cached_property
    def raw_sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()


class Contact:
    """An open connection that conversations are driven over."""

    def __init__(self, target: Target, limits: Limits) -> None:
        address = checked_address(target.address, networks=target.networks)
        self.session = Session(datagrams=target.datagrams)
        self._transport = Transport(
            address,
            target.port,
            datagrams=target.datagrams,
            deadline=Deadline(limits.contact_seconds),
            answer_seconds=limits.datagram_seconds if target.datagrams else limits.answer_seconds,
        )

    def run(self, conversation: Talk[T]) -> T:
        """Drive a conversation to its end and return what it learned. Raises ZkError."""
        try:
            next(conversation)
            while True:
                self._transport.send(self.session.data_to_send())
                conversation.send(self._next_event())
        except StopIteration as end:
            answer: T = end.value
            return answer
        finally:
            conversation.close()

    def _next_event(self) -> Event:
        while (event := self.session.next_event()) is None:
            self._transport.send(self.session.data_to_send())
            data = self._transport.receive()
            if data is None:
                return Silence()
            self.session.receive(data)
        return event

    def close(self) -> None:
        """Say good-bye as far as the line still carries it."""
        with suppress(ZkError):
            self.session.request(codec.CMD_EXIT)
            self._transport.send(self.session.data_to_send())
        self._transport.close()


def pull(target: Target, *, now: Callable[[], datetime], limits: Limits | None = None) -> Download:
    """Read the whole log of a terminal over one connection, without locking its keys.

    Punches may arrive meanwhile: the terminal counts before and after, and fewer records than it
    counted before are refused. Raises ZkError (its classes say which), AddressRefused.
    """
    contact = Contact(target, limits or Limits())
    try:
        contact.run(talk.connect(contact.session, target.comm_key))
        return _read_everything(contact, target, now)
    finally:
        contact.close()


def _read_everything(contact: Contact, target: Target, now: Callable[[], datetime]) -> Download:
    session, run = contact.session, contact.run
    serial_number = _checked_serial(
        run(talk.option(session, "~SerialNumber")), expected=target.serial_number
    )
    reading, contacted_at = run(talk.clock(session)), now()
    before = run(talk.counts(session))
    raw = run(talk.read_bulk(session, codec.CMD_ATTLOG_RRQ))
    after = run(talk.counts(session))
    layout = choose_layout(raw, count=before.records, known=target.layout)
    if layout is None:
        raise LayoutUnknown
    least, delivered = min(before.records, after.records), -(-len(raw) // LAYOUTS[layout].size)
    if delivered < least:
        raise CountMismatch(count=least, read=delivered)
    users = _read_users(contact, after.users, needed=layout in _NEED_USERS)
    log = decode_log(raw, layout, {user.uid: user.user_id for user in users})
    return Download(
        serial_number=serial_number,
        device_count=after.records,
        raw=raw,
        log=log,
        users=users,
        contacted_at=contacted_at,
        clock_reading=codec.decode_time(reading) if reading is not None else None,
    )


def _checked_serial(found: str, *, expected: str) -> str:
    """The serial number the punches belong to. Raises SerialUnknown, WrongTerminal."""
    if not (found or expected):
        raise SerialUnknown
    if found and expected and found != expected:
        raise WrongTerminal(expected=expected, found=found)
    return found or expected


def _read_users(contact: Contact, count: int, *, needed: bool) -> list[DeviceUser]:
    """The terminal's users. Where the log does not need them, a refusal is no reason to fail."""
    try:
        raw = contact.run(talk.read_bulk(contact.session, codec.CMD_USERTEMP_RRQ, codec.FCT_USER))
    except Unsupported:
        if needed:
            raise
        return []
    return decode_users(raw, count=count)

"""Fetch a terminal's log: one contact, one connection, everything or an error."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Final, TypeVar

from attendance.terminals.addresses import checked_address
from attendance.zk import codec
from attendance.zk import session as talk
from attendance.zk.errors import (
    DamagedData,
    DeadlinePassed,
    LayoutUnknown,
    ProtocolViolation,
    SerialUnknown,
    Silent,
    Unreachable,
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
    decode_portions,
    decode_users,
)
from attendance.zk.session import Counts, Event, LogRead, LogSoFar, Session, Silence, Talk
from attendance.zk.transport import Deadline, Transport

T = TypeVar("T")

#: Layouts whose records name users by the terminal's inner number only.
_NEED_USERS: Final = ("8", "8b")
#: What a terminal does that speaks UDP only, or what stands at its port for TCP.
_NOT_BY_TCP: Final = (Unreachable, Silent, ProtocolViolation)
#: How far ahead a terminal's clock is believed to be: ten years of 372 days.
_AHEAD: Final = 10 * 372 * codec.SECONDS_A_DAY
#: Seconds for a last command after the deadline has passed.
_GRACE_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Cursor:
    """What is stored of a terminal's log: its first `size` bytes, whole records that end in `anchor`.

    `is_fresh`: the log was seen to be that one so lately that an unchanged count proves that
    nothing has been added. `user_count` is how many users were known then, None for never asked.
    """

    size: int = 0
    anchor: bytes = b""
    is_fresh: bool = False
    user_count: int | None = None


@dataclass(frozen=True)
class Target:
    """How to reach a terminal. `layout` is a name in LAYOUTS, or "" to find out.

    `datagrams` means UDP; where it is None, TCP is tried and then UDP. `serial_number` is the one
    expected there; "" accepts whatever the terminal says. `lock_keys` keeps people from punching
    while the log is read; `was_locked` says that an earlier contact may have left the terminal so.
    """

    address: str
    port: int
    networks: Sequence[str]
    datagrams: bool | None = False
    comm_key: int = field(default=0, repr=False)
    layout: str = ""
    serial_number: str = ""
    cursor: Cursor = field(default=Cursor(), repr=False)
    lock_keys: bool = False
    was_locked: bool = False


@dataclass(frozen=True)
class Limits:
    """Seconds one answer may take (by UDP: before it is asked for again), and the whole contact."""

    answer_seconds: float = 10.0
    datagram_seconds: float = 2.0
    contact_seconds: float = 120.0


@dataclass(frozen=True)
class Download:
    """What a terminal said, complete: `raw` is its log as whole records from byte `start` on.

    A file's or a push's records come decoded as `log`. `device_count` is the terminal's own
    count when the log was read, `counts` all it says of itself; `clock_reading` is its wall clock
    at `contacted_at`, None where it told nonsense. `user_ids` gives the user ids of the inner
    numbers where the layout has only those. `log_was_read` is false where the count alone told
    that nothing is new. `broken_off` where the contact's time was over before all had come: then
    `raw` is the part that did, and the next contact goes on from there. `datagrams`: by UDP, None
    where it was not pulled. `keys_released`: keys that an earlier contact had left locked were
    released; `keys_locked`: the terminal did not confirm that the keys are no longer locked.
    """

    serial_number: str
    device_count: int | None
    raw: bytes | bytearray
    log: DecodedLog | None = None
    users: list[DeviceUser] = field(default_factory=list)
    contacted_at: datetime | None = None
    clock_reading: datetime | None = None
    layout: str = ""
    start: int = 0
    user_ids: Mapping[int, str] = field(default_factory=dict)
    counts: Counts | None = None
    offsets_refused: bool = False
    log_was_read: bool = True
    broken_off: bool = False
    datagrams: bool | None = None
    keys_released: bool = False
    keys_locked: bool = False

    @property
    def whole(self) -> bool:
        return self.start == 0

    @cached_property
    def raw_sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    def portions(self, *, first: int = 0) -> Iterator[DecodedLog]:
        """The records from number `first` of `raw` on, some ten thousand at a time."""
        if self.log is None:
            yield from decode_portions(self.raw, self.layout, self.user_ids, first=first)
        else:
            yield self.log

    def decoded(self) -> DecodedLog:
        """All records at once, for logs known to be small."""
        return self.log or decode_log(self.raw, self.layout, self.user_ids)


class Contact:
    """An open connection that conversations are driven over; by TCP where that is not known."""

    def __init__(self, target: Target, limits: Limits, deadline: Deadline | None = None) -> None:
        address = checked_address(target.address, networks=target.networks)
        datagrams = bool(target.datagrams)
        self.session = Session(datagrams=datagrams)
        self._transport = Transport(
            address,
            target.port,
            datagrams=datagrams,
            deadline=deadline or Deadline(limits.contact_seconds),
            answer_seconds=limits.datagram_seconds if datagrams else limits.answer_seconds,
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

    def tell(self, command: int) -> None:
        """Send a command without waiting for its answer, as far as the line still carries it."""
        with suppress(ZkError):
            self.session.request(command)
            self._transport.send(self.session.data_to_send(), grace=_GRACE_SECONDS)

    def tell_last(self, command: int) -> None:
        """As `tell`, and make sure that closing the connection does not take it back."""
        self.tell(command)
        self._transport.finish(grace=_GRACE_SECONDS)

    def close(self) -> None:
        """Say good-bye and wait a moment until the terminal hung up too: many hear only one."""
        self.tell_last(codec.CMD_EXIT)
        self._transport.close()

    def give_up(self) -> None:
        """As `close`, without waiting for a terminal that never answered."""
        self.tell(codec.CMD_EXIT)
        self._transport.close()


def nothing() -> None:
    """Locking a terminal's keys needs no preparation."""


def pull(
    target: Target,
    *,
    now: Callable[[], datetime],
    limits: Limits | None = None,
    locking: Callable[[], None] = nothing,
) -> Download:
    """Read what is new in a terminal's log over one connection, or all of it.

    Only what follows the target's cursor is fetched where the terminal allows it and its log is
    still the same. Punches may arrive meanwhile: the terminal makes a snapshot. `locking` is
    called just before the keys are locked, if they are to be. Raises ZkError (its classes say
    which), AddressRefused, and what `locking` raises.
    """
    contact = connected(target, limits or Limits())
    try:
        released = target.was_locked and _unlock(contact)
        locked = target.was_locked and not released
        if target.lock_keys:
            locking()
            download, locked = _read_locked(contact, target, now)
        else:
            download = read_everything(contact, target, now)
    finally:
        contact.close()
    return replace(
        download,
        datagrams=contact.session.datagrams,
        keys_released=released,
        keys_locked=locked,
    )


def connected(target: Target, limits: Limits) -> Contact:
    """An open session with the terminal. Raises ZkError, AddressRefused.

    No connection is made only to see whether it can be made: some terminals serve a single one.
    """
    deadline = Deadline(limits.contact_seconds)
    if target.datagrams is not None:
        return _connected(target, limits, deadline)
    try:
        return _connected(replace(target, datagrams=False), limits, deadline)
    except _NOT_BY_TCP as by_tcp:
        try:
            return _connected(replace(target, datagrams=True), limits, deadline)
        except _NOT_BY_TCP:
            raise by_tcp from None


def _connected(target: Target, limits: Limits, deadline: Deadline) -> Contact:
    contact = Contact(target, limits, deadline)
    try:
        contact.run(talk.connect(contact.session, target.comm_key))
    except BaseException:
        contact.give_up()
        raise
    return contact


def _read_locked(
    contact: Contact, target: Target, now: Callable[[], datetime]
) -> tuple[Download, bool]:
    """Read while nobody can punch, and whether it may still be so: keys are released in any case."""
    try:
        contact.run(talk.ask(contact.session, codec.CMD_DISABLE_DEVICE))
        download = read_everything(contact, target, now)
    except BaseException:
        contact.tell_last(codec.CMD_ENABLE_DEVICE)
        raise
    return download, not _unlock(contact)


def _unlock(contact: Contact) -> bool:
    """Release the terminal's keys; whether it confirmed that."""
    try:
        answer = contact.run(talk.ask(contact.session, codec.CMD_ENABLE_DEVICE))
    except ZkError:
        contact.tell_last(codec.CMD_ENABLE_DEVICE)
        return False
    return answer.command == codec.CMD_ACK_OK


def read_everything(contact: Contact, target: Target, now: Callable[[], datetime]) -> Download:
    session, run = contact.session, contact.run
    serial_number = _checked_serial(
        run(talk.option(session, "~SerialNumber")), expected=target.serial_number
    )
    reading, contacted_at = run(talk.clock(session)), now()
    counts = run(talk.counts(session))
    found = _read_log(contact, target, counts, _newest_likely(reading, contacted_at))
    log, layout = found.log, found.layout
    delivered = _records(log.start + len(log.raw), layout)
    device_count = counts.records
    if delivered != counts.records and not found.broken_off:
        # Either punches arrived between counting and reading, or the terminal cannot count.
        counts = run(talk.counts(session))
        device_count = agreed_count(delivered, device_count, counts.records)
    needed = layout in _NEED_USERS and bool(log.raw)
    users = []
    if (needed or counts.users != target.cursor.user_count) and not found.broken_off:
        users = _read_users(contact, counts.users, needed=needed)
    return Download(
        serial_number=serial_number,
        device_count=device_count,
        raw=log.raw,
        users=users,
        contacted_at=contacted_at,
        clock_reading=codec.decode_time(reading) if reading is not None else None,
        layout=layout,
        start=log.start,
        user_ids={user.uid: user.user_id for user in users} if layout in _NEED_USERS else {},
        counts=counts,
        offsets_refused=log.offsets_refused,
        log_was_read=found.was_read,
        broken_off=found.broken_off,
    )


@dataclass(frozen=True)
class _Found:
    """A terminal's log and its layout, and how they were come by."""

    log: LogRead
    layout: str
    was_read: bool = True
    broken_off: bool = False


def _newest_likely(reading: int | None, at: datetime) -> int:
    """The newest time a punch may have, as a reading: now, or the clock of a terminal years ahead.

    A clock that tells nonsense says nothing of the punches made before.
    """
    today = codec.encode_time(at)
    return max(today, reading) if reading is not None and reading < today + _AHEAD else today


def _read_log(contact: Contact, target: Target, counts: Counts, newest: int) -> _Found:
    """The log or its end; no punch in it is likely to be newer than `newest`. Raises LayoutUnknown, and DeadlinePassed where nothing came in time."""
    cursor, layout = target.cursor, target.layout
    size = LAYOUTS[layout].size if layout else 0
    if not size or cursor.size % size or len(cursor.anchor) % size:
        cursor = Cursor()
    full = counts.record_capacity is not None and counts.records >= counts.record_capacity
    if cursor.is_fresh and not full and counts.records * size == cursor.size > 0:
        return _Found(LogRead(b"", cursor.size, cursor.size), layout, was_read=False)
    broken_off, so_far = False, LogSoFar()
    try:
        log = contact.run(
            talk.read_log(contact.session, stored=cursor.size, anchor=cursor.anchor, so_far=so_far)
        )
    except DeadlinePassed:
        part = so_far.log()
        if part is None:
            raise
        log, broken_off = part, True
    if log.whole:
        chosen = choose_layout(log.raw, count=counts.records, known=layout, clock=newest)
        if chosen is None:
            raise LayoutUnknown
        layout = chosen
    if broken_off:
        # No time is left for asking who the users are, and half a record is no record.
        if layout in _NEED_USERS:
            raise DeadlinePassed
        log = replace(log, raw=log.raw[: len(log.raw) - len(log.raw) % LAYOUTS[layout].size])
    return _Found(log, layout, broken_off=broken_off)


def _records(size: int, layout: str) -> int:
    """How many records so many bytes are; half a one counts."""
    return -(-size // LAYOUTS[layout].size)


def agreed_count(delivered: int, before: int, after: int) -> int:
    """How many records the terminal held when it was read, by its own counts before and after.

    Punches arrive meanwhile, so any number between the two is right; otherwise the nearer one.
    """
    return min(max(delivered, min(before, after)), max(before, after))


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
    except (Unsupported, DamagedData):
        if needed:
            raise
        return []
    return decode_users(raw, count=count)

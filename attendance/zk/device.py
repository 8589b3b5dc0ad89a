"""Rare administration of a terminal through pyzk: identity, users, clock.

pyzk 0.9 puts the address into a shell (never with `ommit_ping`) and hangs for ever when the
terminal closes the connection early. So every question runs in a child process of its own with a
deadline, on an address checked just before, and the key goes by standard input, not by arguments.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from attendance.terminals.addresses import checked_address
from attendance.zk.client import Limits, Target
from attendance.zk.errors import AuthRefused, DeadlinePassed, Unreachable, Unsupported
from attendance.zk.records import DeviceUser

_ANSWER_SECONDS: Final = 10
#: What pyzk and Python say when there is nobody to talk to.
_NOT_REACHED: Final = ("ZKNetworkError", "ConnectionRefused", "TimeoutError", "timed out")
_ADMINISTRATOR: Final = 14


@dataclass(frozen=True)
class Identity:
    serial_number: str
    name: str
    firmware: str


def identity(target: Target, *, limits: Limits | None = None) -> Identity:
    """What the terminal says it is. Raises AddressRefused, AuthRefused, DeadlinePassed, Unsupported."""
    return Identity(**_ask(target, {"question": "identity"}, limits))


def users(target: Target, *, limits: Limits | None = None) -> list[DeviceUser]:
    """The terminal's users. Raises as `identity`."""
    return [DeviceUser(*user) for user in _ask(target, {"question": "users"}, limits)]


@dataclass(frozen=True)
class Person:
    """A user on a terminal: who, with which rights, and by what he can be known there.

    Privilege 14 is the terminal's own administrator. Templates are counted and forgotten; None
    fingers: the terminal did not tell, which must not be taken for none.
    """

    uid: int
    user_id: str
    name: str
    privilege: int
    has_card: bool
    fingers: int | None


@dataclass(frozen=True)
class Change:
    """`action` is "put" (write or rename, to `name`), "remove", "remove_admin" or "remove_fingers".

    "remove" leaves the terminal's own administrators alone.
    """

    action: str
    user_id: str
    name: str = ""


def people(target: Target, *, limits: Limits | None = None) -> list[Person]:
    """Everybody on the terminal. Raises as `identity`."""
    return change_people(target, [], limits=limits)


def change_people(
    target: Target,
    changes: Sequence[Change],
    *,
    long_records: bool = True,
    encoding: str = "UTF-8",
    limits: Limits | None = None,
) -> list[Person]:
    """Make the changes one after the other; returns who is there afterwards, read back.

    A change that is true already is none. `long_records`: users of 72 bytes; only asked where the
    terminal has no user yet to tell. Raises as `identity`; then some changes may have been made.
    """
    asked = {
        "question": "people",
        "changes": [[change.action, change.user_id, change.name] for change in changes],
        "long_records": long_records,
        "encoding": encoding,
    }
    return [Person(*person) for person in _ask(target, asked, limits)]


def read_clock(target: Target, *, limits: Limits | None = None) -> datetime:
    """The terminal's naive wall clock. Raises as `identity`."""
    return datetime.fromisoformat(_ask(target, {"question": "clock"}, limits))


def set_clock(target: Target, wall_clock: datetime, *, limits: Limits | None = None) -> datetime:
    """Set the terminal's clock to a naive wall-clock time of now; returns what it shows then.

    What passes until the terminal is told, is added to it.
    """
    asked = {"question": "set_clock", "time": wall_clock.isoformat(), "asked_at": repr(time.time())}
    return datetime.fromisoformat(_ask(target, asked, limits))


def _ask(target: Target, asked: Mapping[str, object], limits: Limits | None) -> Any:
    return ask_child("attendance.zk.device", {**asked, "connection": connection_of(target)}, limits)


def connection_of(target: Target) -> dict[str, object]:
    """What pyzk needs to connect. Raises AddressRefused."""
    return {
        "ip": checked_address(target.address, networks=target.networks),
        "port": target.port,
        "password": target.comm_key,
        "force_udp": target.datagrams,
    }


def ask_child(module: str, asked: Mapping[str, object], limits: Limits | None) -> Any:
    """Run a module of this package as a child: JSON goes in and comes out.

    Raises AuthRefused, DeadlinePassed, Unreachable, Unsupported.
    """
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and modules, no shell
            [sys.executable, "-m", module],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=(limits or Limits()).contact_seconds,
        )
    except subprocess.TimeoutExpired:
        raise DeadlinePassed from None
    if child.returncode:
        reason = child.stderr.strip().rpartition("\n")[2]
        if "Unauthenticated" in reason:
            raise AuthRefused
        if any(sign in reason for sign in _NOT_REACHED):
            raise Unreachable
        raise Unsupported(details={"why": reason})
    return json.loads(child.stdout)


def _answer(asked: Mapping[str, Any]) -> Any:
    """In the child: ask pyzk."""
    from zk import ZK

    encoding = asked.get("encoding", "UTF-8")
    zk = ZK(
        **asked["connection"], timeout=_ANSWER_SECONDS, ommit_ping=True, encoding=encoding
    ).connect()
    try:
        match asked["question"]:
            case "identity":
                return {
                    "serial_number": zk.get_serialnumber(),
                    "name": zk.get_device_name(),
                    "firmware": zk.get_firmware_version(),
                }
            case "users":
                return [[u.uid, u.user_id, u.name, u.privilege] for u in zk.get_users()]
            case "people":
                for change in asked["changes"]:
                    _change(zk, *change, long_records=asked["long_records"])
                return _people(zk)
            case "set_clock":
                passed = timedelta(seconds=time.time() - float(asked["asked_at"]))
                zk.set_time(datetime.fromisoformat(asked["time"]) + passed)
        return zk.get_time().isoformat()
    finally:
        zk.disconnect()


def _change(zk: Any, action: str, user_id: str, name: str, *, long_records: bool) -> None:
    """In the child: one change. What pyzk read of the user otherwise (card, rights) is kept."""
    users = _whole_list(zk)
    if not users:
        zk.user_packet_size = 72 if long_records else 28
    user: Any = next((user for user in users if user.user_id == user_id), None)
    if user is None:
        if action == "put":
            zk.set_user(uid=zk.next_uid, name=name, user_id=user_id)
    elif action in ("remove", "remove_admin"):
        if action == "remove_admin" or user.privilege != _ADMINISTRATOR:
            zk.delete_user(uid=user.uid)
    elif action == "remove_fingers":
        for finger in {finger.fid for finger in zk.get_templates() if finger.uid == user.uid}:
            zk.delete_user_template(uid=user.uid, temp_id=finger)
    elif user.name != name and user.privilege in (0, _ADMINISTRATOR):
        # pyzk would write every other privilege back as an ordinary user's.
        zk.set_user(
            uid=user.uid, name=name, privilege=user.privilege, password=user.password,
            group_id=user.group_id, user_id=user_id, card=user.card,
        )  # fmt: skip


def _people(zk: Any) -> list[list[Any]]:
    """In the child: everybody, with the number of fingers of each."""
    users, fingers = _whole_list(zk), _fingers(zk)
    return [
        [
            u.uid, u.user_id, u.name, u.privilege, bool(u.card),
            None if fingers is None else fingers[u.uid],
        ]
        for u in users
    ]  # fmt: skip


def _whole_list(zk: Any) -> list[Any]:
    """In the child: all users. pyzk returns a list cut short, which would "prove" a removal."""
    users: list[Any] = zk.get_users()
    if len(users) != zk.users:
        raise ValueError(f"{len(users)} users read, the terminal counts {zk.users}")
    return users


def _fingers(zk: Any) -> Counter[int] | None:
    """In the child: fingers by uid; None unless as many came as the terminal counts."""
    zk.read_sizes()
    try:
        found = Counter(finger.uid for finger in zk.get_templates())
    except Exception:  # noqa: BLE001 - pyzk raises half a dozen kinds; not knowing is an answer
        return None
    return found if found.total() == zk.fingers else None


if __name__ == "__main__":
    json.dump(_answer(json.load(sys.stdin)), sys.stdout)

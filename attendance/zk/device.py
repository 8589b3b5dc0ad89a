"""Rare administration of a terminal through pyzk: identity, users, clock.

pyzk 0.9 puts the address into a shell (never with `ommit_ping`) and hangs for ever when the
terminal closes the connection early. So every question runs in a child process of its own with a
deadline, on an address checked just before, and the key goes by standard input, not by arguments.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from attendance.addresses import checked_address
from attendance.zk.client import Limits, Target
from attendance.zk.errors import AuthRefused, DeadlinePassed, Unsupported
from attendance.zk.records import DeviceUser

_ANSWER_SECONDS: Final = 10


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


def read_clock(target: Target, *, limits: Limits | None = None) -> datetime:
    """The terminal's naive wall clock. Raises as `identity`."""
    return datetime.fromisoformat(_ask(target, {"question": "clock"}, limits))


def set_clock(target: Target, wall_clock: datetime, *, limits: Limits | None = None) -> datetime:
    """Set the terminal's clock to a naive wall-clock time; returns what it shows then."""
    asked = {"question": "set_clock", "time": wall_clock.isoformat()}
    return datetime.fromisoformat(_ask(target, asked, limits))


def _ask(target: Target, asked: Mapping[str, str], limits: Limits | None) -> Any:
    connection = {
        "ip": checked_address(target.address, networks=target.networks),
        "port": target.port,
        "password": target.comm_key,
        "force_udp": target.datagrams,
    }
    try:
        child = subprocess.run(
            [sys.executable, "-m", "attendance.zk.device"],
            input=json.dumps({**asked, "connection": connection}),
            capture_output=True,
            text=True,
            check=False,
            timeout=(limits or Limits()).contact_seconds,
        )
    except subprocess.TimeoutExpired:
        raise DeadlinePassed from None
    if child.returncode:
        reason = child.stderr.strip().rpartition("\n")[2]
        raise AuthRefused if "Unauthenticated" in reason else Unsupported(details={"why": reason})
    return json.loads(child.stdout)


def _answer(asked: Mapping[str, Any]) -> Any:
    """In the child: ask pyzk."""
    from zk import ZK

    zk = ZK(**asked["connection"], timeout=_ANSWER_SECONDS, ommit_ping=True).connect()
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
            case "set_clock":
                zk.set_time(datetime.fromisoformat(asked["time"]))
        return zk.get_time().isoformat()
    finally:
        zk.disconnect()


if __name__ == "__main__":
    json.dump(_answer(json.load(sys.stdin)), sys.stdout)

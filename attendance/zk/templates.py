"""Copies one person's finger templates from a terminal to another, in one child process.

Templates are sensitive data: they are only ever in the child's memory, which is never dumped, and
only numbers come out. What was written is read back and compared byte by byte.
"""

import json
import resource
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from attendance.zk.client import Limits, Target
from attendance.zk.device import ask_child, connection_of

_ANSWER_SECONDS: Final = 10


@dataclass(frozen=True)
class Copied:
    """`fingers` were read, `proved` of them read back equal. `refusal`: nothing was written.

    Refusals: "no_fingers" on the source, "not_there" on the destination, "other_algorithm".
    """

    fingers: int = 0
    proved: int = 0
    refusal: str = ""


def copy(
    source: Target, destination: Target, *, user_id: str, limits: Limits | None = None
) -> Copied:
    """Copy; raises AddressRefused, AuthRefused, DeadlinePassed, Unreachable, Unsupported."""
    asked = {
        "source": connection_of(source),
        "destination": connection_of(destination),
        "user_id": user_id,
    }
    return Copied(**ask_child("attendance.zk.templates", asked, limits))


def _copy(asked: Mapping[str, Any]) -> dict[str, Any]:
    """In the child."""
    with _connected(asked["source"]) as zk:
        user = _user(zk, asked["user_id"])
        fingers = [each for each in zk.get_templates() if user and each.uid == user.uid]
        algorithm = _algorithm(zk)
    if not fingers:
        return {"refusal": "no_fingers"}
    with _connected(asked["destination"]) as zk:
        user = _user(zk, asked["user_id"])
        if user is None:
            return {"refusal": "not_there"}
        if {algorithm, _algorithm(zk)} not in ({algorithm}, {algorithm, None}):
            return {"refusal": "other_algorithm"}
        zk.save_user_template(user, fingers)
        back = {each.fid: each.template for each in zk.get_templates() if each.uid == user.uid}
    proved = sum(back.get(each.fid) == each.template for each in fingers)
    return {"fingers": len(fingers), "proved": proved}


def _user(zk: Any, user_id: str) -> Any:
    return next((user for user in zk.get_users() if user.user_id == user_id), None)


def _algorithm(zk: Any) -> int | None:
    """Templates of one version mean nothing to another; None where the terminal does not tell."""
    from zk.exception import ZKErrorResponse

    try:
        return zk.get_fp_version() or None
    except ZKErrorResponse:
        return None


@contextmanager
def _connected(connection: Mapping[str, Any]) -> Iterator[Any]:
    from zk import ZK

    zk = ZK(**connection, timeout=_ANSWER_SECONDS, ommit_ping=True).connect()
    try:
        yield zk
    finally:
        zk.disconnect()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(_copy(json.load(sys.stdin)), sys.stdout)

"""Terminals for tests: simulated ones on real sockets, and their rows in the register."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from attendance.models import Terminal
from backend.org.models import Site
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import DeviceUser, LogPunch, TerminalLog
from scripts.simulated_terminal.server import running
from scripts.simulated_terminal.terminal import SimulatedTerminal

START = datetime.fromisoformat("2025-11-03 07:28:00")
CLOCK = datetime.fromisoformat("2025-11-24 08:00:05")


def device(
    count: int = 30, *, layout: str = "40", serial: str = "SIM0000001", **values: Any
) -> SimulatedTerminal:
    """A terminal with five users and `count` punches, one every seven minutes."""
    users = [DeviceUser(uid, str(100 + uid), f"Người {uid}") for uid in range(1, 6)]
    log = TerminalLog(layout, users)
    for index in range(count):
        user = users[index % 5]
        time = START + timedelta(minutes=7 * index)
        log.add(LogPunch(user.user_id, time, 1, index % 2))
    return SimulatedTerminal(log=log, clock=lambda: CLOCK, serial=serial, **values)


def register(port: int, **values: Any) -> Terminal:
    """The row of a terminal on this machine."""
    comm_key = values.pop("comm_key", 0)
    site, _ = Site.objects.get_or_create(code="VP", defaults={"name": "Văn phòng"})
    code = values.setdefault("code", f"M{port}")
    terminal = Terminal(
        **{"name": f"Máy {code}", "address": "127.0.0.1", "port": port, "site": site, **values}
    )
    terminal.set_comm_key(comm_key)
    terminal.full_clean()
    terminal.save()
    return terminal


@contextmanager
def registered(simulated: SimulatedTerminal, **values: Any) -> Iterator[Terminal]:
    """The simulated terminal runs, and the register knows it."""
    with running(simulated) as port:
        yield register(port, **values)


def named(faults: Faults) -> str:
    """A short name for a test of these faults."""
    return ",".join(
        f"{f.name}={getattr(faults, f.name)}"
        for f in fields(faults)
        if getattr(faults, f.name) != f.default
    )


def lines_of(simulated: SimulatedTerminal) -> list[str]:
    """What the terminal's log holds, as the decoder should tell it."""
    return [
        f"{punch.user_id}\t{punch.time}\t{punch.verify}\t{punch.state}\t"
        for punch in simulated.log.punches
    ]

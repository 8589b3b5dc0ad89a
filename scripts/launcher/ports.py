"""Ports on this machine: which are free, and which one we took last time."""

import contextlib
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Claims:
    """The ports of one launcher, from before its servers listen on them until it ends.

    Granian shares a port with whoever else has it (SO_REUSEPORT), and begins to listen minutes after
    its port was chosen; so another launcher is told by a name that only one socket of this machine
    can have. The kernel gives it back however the launcher ends.
    """

    def __init__(self) -> None:
        self._names: list[socket.socket] = []

    def take(self, port: int) -> bool:
        """Whether the port was free, and is ours now."""
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0giaoban-port-{port}")
        except OSError:
            name.close()
            return False
        if not is_free(port):
            name.close()
            return False
        self._names.append(name)
        return True

    def take_any(self) -> int:
        while not self.take(port := any_free()):
            pass
        return port


def remembered(file: Path) -> int:
    """The port written in `file` if it is still free, else a free one, which is written there."""
    with contextlib.suppress(OSError, ValueError):
        port = int(file.read_text(encoding="ascii"))
        if is_free(port):
            return port
    port = any_free()
    file.write_text(f"{port}\n", encoding="ascii")
    return port

"""Sockets towards a terminal: one wall-clock deadline for everything, the end of a stream is seen."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic
from typing import Final, Self

from attendance.zk.errors import ConnectionLost, DeadlinePassed, Unreachable

_RECEIVE: Final = 256 * 1024


class Deadline:
    """A moment after which nothing of this contact may still happen."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    def within(self, seconds: float, *, grace: float = 0.0) -> float:
        """At most `seconds`, at most what is left (at least `grace`). Raises DeadlinePassed."""
        left = max(self._end - monotonic(), grace)
        if left <= 0:
            raise DeadlinePassed
        return min(seconds, left)


class Transport:
    """A connection to one terminal. `datagrams` by UDP, else a TCP stream.

    `answer_seconds` is how long one answer (or one write) may take, `deadline` limits the whole.
    """

    def __init__(
        self,
        address: str,
        port: int,
        *,
        datagrams: bool,
        deadline: Deadline,
        answer_seconds: float,
    ) -> None:
        self._deadline = deadline
        self._answer_seconds = answer_seconds
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM if datagrams else socket.SOCK_STREAM)
        try:
            self._socket.settimeout(deadline.within(answer_seconds))
            self._socket.connect((address, port))
        except OSError:
            self._socket.close()
            raise Unreachable from None

    def send(self, parts: Iterable[bytes], *, grace: float = 0.0) -> None:
        """Write everything; `grace` seconds may pass after the deadline. Raises ConnectionLost,
        DeadlinePassed.
        """
        for part in parts:
            self._socket.settimeout(self._deadline.within(self._answer_seconds, grace=grace))
            try:
                self._socket.sendall(part)
            except OSError:
                raise ConnectionLost from None

    def receive(self) -> bytes | None:
        """Some bytes or a datagram, b"" at the end of the stream, None after a silence.

        Raises ConnectionLost, DeadlinePassed, Unreachable (a UDP port nobody listens on).
        """
        self._socket.settimeout(self._deadline.within(self._answer_seconds))
        try:
            return self._socket.recv(_RECEIVE)
        except TimeoutError:
            self._deadline.within(0)
            return None
        except ConnectionRefusedError:
            raise Unreachable from None
        except OSError:
            raise ConnectionLost from None

    def finish(self, *, grace: float) -> None:
        """End a stream so that what was sent arrives: nothing more is sent.

        Closing it with answers unread would be a reset, which discards what the terminal has not
        read yet. So they are read, for up to `grace` seconds.
        """
        if self._socket.type == socket.SOCK_DGRAM:
            return
        end = Deadline(grace)
        with suppress(OSError, DeadlinePassed):
            self._socket.shutdown(socket.SHUT_WR)
            while True:
                self._socket.settimeout(end.within(grace))
                if not self._socket.recv(_RECEIVE):
                    break

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

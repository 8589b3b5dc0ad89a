"""One launcher per var/ folder. The kernel releases the lock however the launcher ends."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from scripts.launcher.console import fail


@contextlib.contextmanager
def only_one(file: Path, *, busy: str) -> Iterator[None]:
    """Hold `file` locked. Ends with the line `busy` when another process holds it."""
    with file.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fail(busy)
        yield

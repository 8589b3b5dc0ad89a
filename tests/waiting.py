"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable


def until(true: Callable[..., object], what: str = "it happens", *, seconds: float = 120) -> None:
    """Return as soon as it is true; the test fails when it has not become so in time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds} s for: {what}"
        time.sleep(0.02)

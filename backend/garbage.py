"""When Python looks for cycles of objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for cycles: ten thousand rows hold none, and to look takes a third of their time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def loading() -> Iterator[None]:
    """For what a process imports when it begins: that stays, so it is never looked through again.

    To look for garbage in it while it grows takes a quarter of a start.
    """
    with uncollected():
        yield
        gc.freeze()

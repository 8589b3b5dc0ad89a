"""What the person at the terminal reads: one line at a time."""

import sys
from typing import NoReturn


def say(line: str = "") -> None:
    print(line, flush=True)


def fail(line: str) -> NoReturn:
    """End the program with one line that says what happened and what to do."""
    raise SystemExit(line)


def warn(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

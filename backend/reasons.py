"""Reasons that say something: whoever undoes, refuses or overrules gives one, in words."""

from typing import Final

#: A shorter one says nothing; the tables' own checks hold the same.
REASON_MIN: Final = 5


def says_why(reason: str) -> bool:
    """Whether there is a reason, outer spaces aside."""
    return len(reason.strip()) >= REASON_MIN

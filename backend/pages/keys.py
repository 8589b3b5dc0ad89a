"""Rows named by their numbers in addresses and forms."""

from collections.abc import Iterable

#: Longer ones are no number of a row.
_DIGITS = 18


def key_from(text: str) -> int:
    """The number of a row; 0, which no row has, where the text is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else 0


def keys_from(texts: Iterable[str]) -> list[int]:
    """The numbers among the texts, in their order."""
    return [key for text in texts if (key := key_from(text))]

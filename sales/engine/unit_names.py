"""Which unit people mean by its name: "Phường Hồng Gai", "P. Hồng Gai", "hong gai". Pure."""

import re
from collections.abc import Mapping
from typing import Final

from backend.vntext import bare_words

_KINDS: Final = re.compile(r"^(phuong|xa|dac khu|thi tran|p|x|dk) ")


def ways(names: Mapping[str, str]) -> dict[str, set[str]]:
    """Codes of units (`names` by code) by each way a name is written: with its kind and without."""
    found: dict[str, set[str]] = {}
    for code, name in names.items():
        whole = bare_words(name)
        for way in {whole, _KINDS.sub("", whole)}:
            found.setdefault(way, set()).add(code)
    return found


def named(text: str, known: Mapping[str, set[str]]) -> set[str]:
    """The codes a text may mean, of those in `ways`."""
    way = bare_words(text)
    return known.get(way) or known.get(_KINDS.sub("", way), set())

"""In which language a face is being written. Pure.

A report is frozen in Vietnamese; an English face is made of the same frozen value: sentences as their
rule wrote them in English, every other text by the dictionary of `english.py`. What is not in it (names
of people, places and agents, notes somebody typed) stays as it is.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final, Literal

from reporting.builders.english import PATTERNS, WORDS

Language = Literal["vi", "en"]

_spoken: ContextVar[Language] = ContextVar("spoken", default="vi")
_more: ContextVar[Mapping[str, str]] = ContextVar("more", default=MappingProxyType({}))
_GROUP: Final = re.compile(r"\\(\d)")
_PATTERNS: Final = [(re.compile(each), made) for each, made in PATTERNS.items()]


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Everything written inside is in that language."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


@contextmanager
def knowing(words: Mapping[str, str]) -> Iterator[None]:
    """Inside, `english` knows these words, too: those a report brings along."""
    before = _more.set(words)
    try:
        yield
    finally:
        _more.reset(before)


def spoken() -> Language:
    return _spoken.get()


def t(text: str) -> str:
    """The text in the language being spoken."""
    return text if spoken() == "vi" else english(text)


def english(text: str) -> str:
    """The English of a text, the text itself where we know none; spaces around it stay."""
    bare = text.strip()
    found = _more.get().get(bare) or WORDS.get(bare) or _by_pattern(bare)
    return text.replace(bare, found, 1) if found else text


def _by_pattern(text: str) -> str | None:
    for pattern, made in _PATTERNS:
        if match := pattern.fullmatch(text):
            return _GROUP.sub(lambda group: english(match[int(group[1])]), made)
    return None

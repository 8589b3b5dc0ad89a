"""Who an unknown user of a terminal probably is: by the name on the terminal, by the number. Pure."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice
from operator import itemgetter
from typing import Final

from backend.vntext import bare_words

#: Terminals cut names, at 8 letters on old firmware and at 24 on newer.
_SHORTEST_CUT: Final = 8
_MOST: Final = 3


@dataclass(frozen=True)
class Person:
    """An employee as far as guessing needs: `leave` is the last day of work."""

    pk: int
    code: str
    name: str
    department: str
    join: date
    leave: date | None
    user_ids: tuple[str, ...] = ()


class Reason(StrEnum):
    NAME = "name"
    CODE = "code"
    BOTH = "both"
    CUT_NAME = "cut_name"
    ALIKE = "alike"
    NUMBER = "number"


@dataclass(frozen=True)
class Suggestion:
    """`is_certain`: nobody else comes into question, and nothing speaks against it."""

    person: Person
    reason: Reason
    is_certain: bool = False


class Directory:
    """The employees by everything they can be found by: a first terminal brings hundreds at once."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by: dict[object, list[_Known]] = defaultdict(list)
        self._keys: list[tuple[str, int, _Known]] = []
        for person in people:
            known = _Known(person, bare_words(person.name))
            self._keys.append((known.key, person.pk, known))
            for trait in (person.code, known.number, known.initials, *_all_but_one(known.words)):
                self._by[trait].append(known)
        self._keys.sort(key=itemgetter(0, 1))

    def suggest(
        self, user_id: str, names: Sequence[str], *, first: date, last: date
    ) -> list[Suggestion]:
        """The likeliest first, at most three; only people employed during [first, last]."""
        keys = [key for name in names if (key := bare_words(name)) and key != bare_words(user_id)]
        number = _number(user_id)
        found = [
            Suggestion(known.person, reason)
            for known in self._candidates(user_id, number, keys)
            if (reason := _reason(known, user_id, number, keys)) is not None
            and known.person.join <= first
            and (known.person.leave is None or known.person.leave >= last)
        ]
        order = list(Reason)
        ranked = sorted(
            found,
            key=lambda s: (s.reason != Reason.BOTH, order.index(s.reason), s.person.code),
        )[:_MOST]
        if ranked and _is_certain(ranked, keys):
            ranked[0] = Suggestion(ranked[0].person, ranked[0].reason, is_certain=True)
        return ranked

    def _candidates(self, user_id: str, number: int | None, names: list[str]) -> Iterable["_Known"]:
        """Whoever has something in common with the user, each once."""
        found = {known.person.pk: known for known in self._by.get(user_id, ())}
        if number is not None:
            found |= {known.person.pk: known for known in self._by.get(number, ())}
        for name in names:
            found |= {known.person.pk: known for known in self._by.get(name, ())}
            start = bisect_left(self._keys, name, key=itemgetter(0))
            for key, pk, known in islice(self._keys, start, None):
                if not key.startswith(name):
                    break
                found[pk] = known
            for trait in _all_but_one(frozenset(name.split())):
                found |= {known.person.pk: known for known in self._by.get(trait, ())}
        return found.values()


def _all_but_one(parts: frozenset[str]) -> Iterator[frozenset[str]]:
    """The words of a name without one of them; never none at all."""
    for part in parts:
        if rest := parts - {part}:
            yield rest


class _Known:
    """A person with what is compared, made once; `initials` as "n t an"."""

    __slots__ = ("initials", "key", "number", "person", "words")

    def __init__(self, person: Person, key: str) -> None:
        self.person, self.key, self.words = person, key, frozenset(key.split())
        self.number = _number(person.code)
        *before, given = key.split() or [""]
        self.initials = " ".join([*(word[0] for word in before), given])


def _reason(known: _Known, user_id: str, number: int | None, names: list[str]) -> Reason | None:
    same_code = known.person.code == user_id
    same_number = number is not None and number == known.number
    if known.key in names:
        return Reason.BOTH if same_code or same_number else Reason.NAME
    if same_code:
        return Reason.CODE
    if known.initials in names or any(
        len(name) >= _SHORTEST_CUT and known.key.startswith(name) for name in names
    ):
        return Reason.CUT_NAME
    if any(_alike(known, name) for name in names):
        return Reason.ALIKE
    return Reason.NUMBER if same_number else None


def _alike(known: _Known, name: str) -> bool:
    """The same words but for one, and that one letter apart ("ann" for "an")."""
    parts = frozenset(name.split())
    ours, theirs = known.words - parts, parts - known.words
    if len(ours) != 1 or len(theirs) != 1 or not parts & known.words:
        return False
    return one_letter_apart(*ours, *theirs)


def one_letter_apart(first: str, second: str) -> bool:
    """Whether a letter changed, added or left out makes one of the other."""
    short, long = sorted((first, second), key=len)
    if len(long) - len(short) > 1:
        return False
    same = next((n for n, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]),
                len(short))  # fmt: skip
    rest = short[same + (len(short) == len(long)) :]
    return rest == long[same + 1 :]


def _number(text: str) -> int | None:
    """The digits an employee code or user id ends in: "NV0042" and "42" are both 42."""
    digits = re.search(r"(\d{1,9})$", text)
    return int(digits[1]) if digits else None


def _is_certain(ranked: list[Suggestion], names: list[str]) -> bool:
    """One person of that very name; or of that very code, where the terminal tells no name.

    Somebody who has an id already may have a second one, or a namesake: a person decides.
    """
    if ranked[0].person.user_ids:
        return False
    exact = {Reason.NAME, Reason.BOTH, Reason.CODE}
    if ranked[0].reason not in exact or any(other.reason in exact for other in ranked[1:]):
        return False
    return ranked[0].reason != Reason.CODE or not names

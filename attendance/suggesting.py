"""Who an unknown user of a terminal probably is: by the name on the terminal, by the number. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from backend.vntext import search_key

#: Terminals cut names, at 8 letters on old firmware and at 24 on newer.
_SHORTEST_CUT: Final = 8
_ALIKE: Final = 0.86
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


def words(text: str) -> str:
    """ "NGUYỄN  thị-An" → "nguyen thi an": how names are compared."""
    return " ".join(re.findall(r"[a-z0-9]+", search_key(text)))


class Directory:
    """The employees, prepared for many questions."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._people = [(person, words(person.name)) for person in people]

    def suggest(
        self, user_id: str, names: Sequence[str], *, first: date, last: date
    ) -> list[Suggestion]:
        """The likeliest first, at most three; only people employed during [first, last]."""
        here = [
            (person, key)
            for person, key in self._people
            if person.join <= first and (person.leave is None or person.leave >= last)
        ]
        keys = [key for name in names if (key := words(name)) and key != words(user_id)]
        found: dict[int, Suggestion] = {}
        for person, key in here:
            reason = _reason(person, key, user_id, keys)
            if reason is not None:
                found[person.pk] = Suggestion(person, reason)
        order = list(Reason)
        ranked = sorted(
            found.values(),
            key=lambda s: (s.reason != Reason.BOTH, order.index(s.reason), s.person.code),
        )[:_MOST]
        if ranked and _is_certain(ranked, keys):
            ranked[0] = Suggestion(ranked[0].person, ranked[0].reason, is_certain=True)
        return ranked


def _reason(person: Person, key: str, user_id: str, names: list[str]) -> Reason | None:
    same_code = person.code == user_id
    if key in names:
        return Reason.BOTH if same_code or _number(person.code) == _number(user_id) else Reason.NAME
    if same_code:
        return Reason.CODE
    if any(len(name) >= _SHORTEST_CUT and key.startswith(name) for name in names):
        return Reason.CUT_NAME
    if any(SequenceMatcher(None, key, name).ratio() >= _ALIKE for name in names):
        return Reason.ALIKE
    number = _number(user_id)
    if number is not None and number == _number(person.code):
        return Reason.NUMBER
    return None


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

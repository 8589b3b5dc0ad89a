"""Whose payment a line of a bank statement is: proposals with their reasons and confidence. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from backend.vntext import search_key

Reason = Literal["code", "payer", "name", "amount"]
Confidence = Literal["high", "fair", "low"]
#: What each reason weighs; two of them, or the agent's code alone, are enough to trust.
WEIGHTS: Final[Mapping[Reason, int]] = {"code": 60, "payer": 45, "name": 35, "amount": 25}
HIGH: Final = 60
FAIR: Final = 35
#: A name of one short word is found in too many texts.
_NAME_LENGTH: Final = 6
_CODE_LENGTH: Final = 6
_WORDS: Final = re.compile(r"[0-9a-z]+")


@dataclass(frozen=True, slots=True)
class Payer:
    """An agent as a payer: `amounts` are what he may be paying (debt, overdue, last settlement)."""

    code: str
    name: str
    amounts: frozenset[int]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An agent a line may belong to, and why."""

    agent: str
    score: int
    reasons: tuple[Reason, ...]

    @property
    def confidence(self) -> Confidence:
        return "high" if self.score >= HIGH else "fair" if self.score >= FAIR else "low"


class Matcher:
    """Finds payers of lines; made once for many lines.

    `known` are senders of lines matched before, as `sender_key` gives them, and their agent.
    """

    def __init__(self, payers: Sequence[Payer], known: Mapping[str, str]) -> None:
        self._payers = {payer.code: payer for payer in payers}
        self._codes = {
            code: payer.code for payer in payers if _is_telling(code := "".join(_words(payer.code)))
        }
        self._names = [(" ".join(_words(payer.name)), payer.code) for payer in payers]
        self._by_amount: dict[int, list[str]] = {}
        for payer in payers:
            for amount in payer.amounts:
                self._by_amount.setdefault(amount, []).append(payer.code)
        self._known = known

    def proposals(self, *, amount: int, sender: str, text: str) -> list[Proposal]:
        """The agents it may be from, the likeliest first, at most three.

        Where two are equally likely nobody is proposed with trust: both come with low confidence.
        """
        reasons: dict[str, set[Reason]] = {}

        def found(agent: str, reason: Reason) -> None:
            reasons.setdefault(agent, set()).add(reason)

        words = _words(f"{sender} {text}")
        for agent in self._coded(words):
            found(agent, "code")
        if (payer := self._known.get(sender_key(sender))) in self._payers:
            found(str(payer), "payer")
        whole = f" {' '.join(words)} "
        for name, agent in self._names:
            if len(name) >= _NAME_LENGTH and f" {name} " in whole:
                found(agent, "name")
        equal = self._by_amount.get(amount, [])
        for agent in equal if len(equal) == 1 or not reasons else set(equal) & reasons.keys():
            found(agent, "amount")
        told = [_proposal(agent, why) for agent, why in reasons.items()]
        told.sort(key=lambda each: (-each.score, each.agent))
        if len(told) > 1 and told[0].score == told[1].score:
            told = [Proposal(each.agent, min(each.score, FAIR - 1), each.reasons) for each in told]
        return told[:3]

    def _coded(self, words: Sequence[str]) -> set[str]:
        """Agents whose code stands in the text, also where it is written in two pieces."""
        pieces = [*words, *(a + b for a, b in pairwise(words))]
        return {self._codes[piece] for piece in pieces if piece in self._codes}


def _is_telling(code: str) -> bool:
    """A short code without a digit is found in too many texts: AN, CHI."""
    return len(code) >= _CODE_LENGTH or any(letter.isdigit() for letter in code)


def sender_key(sender: str) -> str:
    """The name of a sender however it is written."""
    return " ".join(_words(sender))


def _proposal(agent: str, why: set[Reason]) -> Proposal:
    score = min(sum(WEIGHTS[reason] for reason in why), 100)
    return Proposal(agent, score, tuple(reason for reason in WEIGHTS if reason in why))


def _words(text: str) -> list[str]:
    return _WORDS.findall(search_key(text))

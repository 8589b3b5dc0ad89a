"""Controlled documents (tài liệu kiểm soát): an issue's way, and which issue holds on a day. Pure.

ISO 9001:2015, 7.5.2 and 7.5.3: reviewed and approved for suitability before use, identified, obsolete
issues kept from unintended use.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """What people did with an issue; what the days make of it is its `Standing`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What somebody does with an issue."""

    DRAFTED = "drafted"
    CHANGED = "changed"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """How an issue stands on a day."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    COMING = "coming"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


#: Where a step leads from a state; a step that is not named is not allowed.
WAY: Final[Mapping[tuple[State, Step], State]] = {
    (State.DRAFT, Step.CHANGED): State.DRAFT,
    (State.DRAFT, Step.SUBMITTED): State.SUBMITTED,
    (State.SUBMITTED, Step.RETURNED): State.DRAFT,
    (State.SUBMITTED, Step.APPROVED): State.APPROVED,
    (State.APPROVED, Step.WITHDRAWN): State.WITHDRAWN,
}
#: States of an issue that somebody still works on: a document has at most one such issue.
OPEN: Final = frozenset({State.DRAFT, State.SUBMITTED})
#: What the author does, and what only another one may do.
BY_AUTHOR: Final = frozenset({Step.CHANGED, Step.SUBMITTED})


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue (lần ban hành) as the rules see it; a withdrawal holds from its day on."""

    number: int
    state: State
    effective: date
    withdrawn: date | None = None


def steps(state: State, *, may_control: bool, may_approve: bool, is_author: bool) -> list[Step]:
    """The steps a person may take: nobody sends back or approves what is their own."""
    return [
        step
        for (before, step) in WAY
        if before is state
        and (
            may_control
            if step in BY_AUTHOR
            else may_approve and not (is_author and state is State.SUBMITTED)
        )
    ]


def in_force(issues: Iterable[Issue], on: date) -> Issue | None:
    """The issue that holds on the day: the newest that came into force, unless it was withdrawn.

    An issue withdrawn before its effective day never replaced the one before it; one withdrawn on that
    day or later did, so nothing older comes back.
    """
    began = [issue for issue in issues if _ever_held(issue) and issue.effective <= on]
    newest = max(began, key=lambda issue: issue.effective, default=None)
    if newest is None or (newest.withdrawn is not None and newest.withdrawn <= on):
        return None
    return newest


def _ever_held(issue: Issue) -> bool:
    if issue.state not in (State.APPROVED, State.WITHDRAWN):
        return False
    return issue.withdrawn is None or issue.withdrawn >= issue.effective


def ended(issue: Issue, issues: Iterable[Issue]) -> date | None:
    """The first day the issue holds no longer; None while nothing ends it."""
    later = [each.effective for each in issues if _ever_held(each)]
    ends = [day for day in later if day > issue.effective]
    if issue.withdrawn is not None:
        ends.append(issue.withdrawn)
    return min(ends, default=None)


def standing(issue: Issue, issues: Sequence[Issue], on: date) -> Standing:
    """How the issue stands on the day, beside all issues of its document."""
    if issue.state in OPEN:
        return Standing(issue.state)
    end = ended(issue, issues)
    if end is not None and end <= on:
        return Standing.WITHDRAWN
    if issue.effective > on:
        return Standing.WITHDRAWN if issue.state is State.WITHDRAWN else Standing.COMING
    return Standing.IN_FORCE


def earliest(issues: Iterable[Issue], *, on: date) -> date:
    """The first day from which a new issue may hold: not before its approval, after the ones before."""
    after = [issue.effective for issue in issues if _ever_held(issue)]
    return max([on, *(date.fromordinal(day.toordinal() + 1) for day in after)])


def next_review(held_since: date, reviewed: Iterable[date], *, months: int) -> date:
    """When a document is to be looked at again: so many months after it came into force or was reviewed."""
    last = max([held_since, *reviewed])
    year, month = divmod(last.year * 12 + last.month - 1 + months, 12)
    for day in range(last.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(last.day, 28))

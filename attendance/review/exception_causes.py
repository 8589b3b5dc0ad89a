"""Open exceptions grouped by what probably caused them, each with the fix that suggests itself. Pure.

One terminal's outage is one group with everybody it concerned. A suggestion is never carried out
by itself: a person approves it, and may change its times first.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

#: The status "absent" (§9) asks a question too: why?
ABSENT: Final = "absent"
#: Older than so many days, an exception is overdue.
DUE_DAYS: Final = 3
#: People punch so long before a shift's start and after its end.
AROUND: Final = timedelta(minutes=30)
#: A shorter stay outside the shift is not suggested as overtime (specification §1, ot_min).
_LEAST_OVERTIME: Final = timedelta(minutes=30)
#: Nobody comes earlier (specification §1, window_before).
_BEFORE_SHIFT: Final = timedelta(minutes=240)
_MISSING: Final = frozenset({"missing_in", "missing_out", ABSENT})
#: What the person's own manager knows best; the rest is for HR.
_FOR_MANAGER: Final = frozenset(
    {ABSENT, "absent_part", "unapproved_work", "unapproved_extra", "ot_not_worked"}
)
#: Steps of punches that change no figure: one of them that comes later opens no question anew.
_CHANGES_NOTHING: Final = frozenset({"between", "repeated", "one_event", "window"})


class Fix(StrEnum):
    """Enter the missing punches, approve overtime, let it stand, or look at the day first."""

    PUNCH = "punch"
    OVERTIME = "overtime"
    ACCEPT = "accept"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Outage:
    """A terminal brought no punches in [start, end); without an end it still does not."""

    terminal: str
    site: str
    start: datetime
    end: datetime | None

    def covers(self, moment: datetime) -> bool:
        """Whether a punch due at about that moment was lost to it. Local times, without a zone."""
        after_start = self.start - AROUND <= moment
        return after_start and (self.end is None or moment <= self.end + AROUND)


@dataclass(frozen=True, slots=True)
class Issue:
    """One exception of one day of one person. `steps` are the engine's, `seen` their fingerprint."""

    employee: int
    person_code: str
    name: str
    department: str
    site: str
    day: date
    code: str
    seen: str
    steps: Sequence[Mapping[str, Any]]
    to_manager: bool = False

    @property
    def key(self) -> str:
        """Names the exception and the facts it was seen with."""
        return f"{self.employee}:{self.day}:{self.code}:{self.seen}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A fix with its moments: of punches to enter, or (from, to) of overtime to approve.

    `asked` is how many more times a person may write who knows them: nothing suggests them.
    """

    fix: Fix
    moments: tuple[datetime, ...] = ()
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the exceptions of a group are there: a code, and what makes it one matter."""

    kind: str
    subject: str = ""
    day: date | None = None
    outage: Outage | None = None

    @property
    def key(self) -> str:
        start = f"{self.outage.start:%Y-%m-%dT%H}" if self.outage else self.day or ""
        return f"{self.kind}~{self.subject}~{start}"


@dataclass(frozen=True, slots=True)
class Group:
    """Exceptions of one cause, the oldest first."""

    cause: Cause
    issues: tuple[Issue, ...]

    @property
    def people(self) -> int:
        return len({issue.employee for issue in self.issues})

    @property
    def oldest(self) -> date:
        return self.issues[0].day


def fingerprint(status: str, steps: Sequence[Mapping[str, Any]]) -> str:
    """The facts of a day that a decision rests on, in 16 characters."""
    facts = [step for step in steps if step["rule"] not in _CHANGES_NOTHING]
    text = status + json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def for_manager(code: str) -> bool:
    """Whether an exception is first the manager's to look at, where the department has one."""
    return code in _FOR_MANAGER


def age(day: date, *, on: date) -> int:
    """Days since the work date."""
    return (on - day).days


def is_overdue(day: date, *, on: date) -> bool:
    return age(day, on=on) > DUE_DAYS


def _shifts(steps: Iterable[Mapping[str, Any]]) -> list[tuple[datetime, datetime]]:
    """From and to of each shift; a flexible one as its person's arrival has moved it."""
    moved = {step["code"]: step for step in steps if step["rule"] == "flex"}
    return [
        (datetime.fromisoformat(told["from"]), datetime.fromisoformat(told["to"]))
        for step in steps
        if step["rule"] == "shift"
        for told in [moved.get(step["code"], step)]
    ]


def _moments(steps: Iterable[Mapping[str, Any]], *rules: str) -> list[datetime]:
    return sorted(datetime.fromisoformat(step["at"]) for step in steps if step["rule"] in rules)


def _terminals(steps: Iterable[Mapping[str, Any]], *rules: str) -> list[str]:
    return [step["terminal"] for step in steps if step["rule"] in rules]


def missing_moments(issue: Issue) -> tuple[datetime, ...]:
    """When the punches that are not there were due; none where the day does not tell it plainly."""
    shifts = _shifts(issue.steps)
    if len(shifts) != 1 or issue.code not in _MISSING:
        return ()
    start, end = shifts[0]
    return {"missing_in": (start,), "missing_out": (end,), ABSENT: (start, end)}[issue.code]


def moment_on(issue: Issue, clock_time: time) -> datetime:
    """The moment a clock time means on the work date: after a night shift, that of the next day."""
    moment = datetime.combine(issue.day, clock_time)
    shifts = _shifts(issue.steps)
    if not shifts:
        return moment
    start, end = min(start for start, _end in shifts), max(end for _start, end in shifts)
    is_next_day = end.date() > issue.day and moment < start - _BEFORE_SHIFT
    return moment + timedelta(days=1) if is_next_day else moment


def overtime_span(issue: Issue) -> tuple[datetime, ...]:
    """The longest stay outside the shift, from and to; none where it is under 30 minutes."""
    if issue.code in ("unapproved_work", "no_shift", "unassigned_punch"):
        spans = _stays(_moments(issue.steps, issue.code), _shifts(issue.steps))
    else:
        shifts = _shifts(issue.steps)
        came, went = _moments(issue.steps, "in"), _moments(issue.steps, "out")
        if not (shifts and came and went):
            return ()
        first, last = min(start for start, _end in shifts), max(end for _start, end in shifts)
        spans = [(came[0], first), (last, went[-1])]
    longest = max(spans, key=lambda span: span[1] - span[0], default=None)
    if longest is None or longest[1] - longest[0] < _LEAST_OVERTIME:
        return ()
    return longest


def _stays(
    seen: Sequence[datetime], shifts: Sequence[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """From the first to the last of the moments, those before the day's shifts and after apart."""
    begins = [start for start, _end in shifts]
    early = [moment for moment in seen if begins and moment < min(begins)]
    sides = early, seen[len(early) :]
    return [(side[0], side[-1]) for side in sides if side]


def _came_and_went(issue: Issue) -> bool:
    return bool(_moments(issue.steps, "in") and _moments(issue.steps, "out"))


def suggest(issue: Issue, cause: Cause) -> Suggestion:
    """What would settle the exception. An absence is a missing punch only if a terminal was out."""
    if issue.code in _MISSING and (issue.code != ABSENT or cause.outage):
        moments = missing_moments(issue)
        return Suggestion(Fix.PUNCH, moments) if moments else Suggestion(Fix.LOOK, asked=1)
    if issue.code == "outside_employment" or (
        issue.code == "unassigned_punch" and not _came_and_went(issue)
    ):
        return Suggestion(Fix.LOOK)  # the dates of employment, or the roster, may be wrong
    if issue.code in ("unapproved_work", "unapproved_extra", "unassigned_punch"):
        span = overtime_span(issue)
        return Suggestion(Fix.OVERTIME, span) if span else Suggestion(Fix.ACCEPT)
    if issue.code in ("no_shift", "punch_on_leave"):
        return Suggestion(Fix.LOOK)
    if issue.code in ("odd_punches", ABSENT, "absent_part"):
        return Suggestion(Fix.LOOK, asked=1 if issue.code == "odd_punches" else 2)
    return Suggestion(Fix.ACCEPT)


def group(
    issues: Iterable[Issue], *, outages: Sequence[Outage], usual: Mapping[int, str]
) -> list[Group]:
    """The groups, those with most exceptions first; `usual` is the terminal a person punches at."""
    found: dict[Cause, list[Issue]] = defaultdict(list)
    for issue in issues:
        found[_cause(issue, outages, usual)].append(issue)
    groups = [
        Group(cause, tuple(sorted(members, key=lambda each: (each.day, each.name, each.key))))
        for cause, members in found.items()
    ]
    return sorted(groups, key=lambda each: (-len(each.issues), each.oldest, each.cause.key))


def _cause(issue: Issue, outages: Sequence[Outage], usual: Mapping[int, str]) -> Cause:
    outage = _outage_of(issue, outages, usual)
    if outage is not None:
        return Cause("outage", outage.terminal, outage=outage)
    if issue.code in ("clock_drift", "other_site", "unassigned_punch"):
        used = _terminals(issue.steps, issue.code) or _terminals(issue.steps, "in", "out")
        return Cause(issue.code, used[0] if used else "")
    if issue.code in ("no_shift", "unapproved_work"):
        return Cause(issue.code, issue.department, day=issue.day)
    if issue.code == "outside_employment":
        return Cause(issue.code, f"{issue.name} ({issue.person_code})")
    return Cause(issue.code)


def _outage_of(issue: Issue, outages: Sequence[Outage], usual: Mapping[int, str]) -> Outage | None:
    """The outage that covers every punch that is missing: of the person's usual terminal, or,
    where none is known, of one at the person's site."""
    moments = missing_moments(issue)
    if not moments:
        return None
    own = usual.get(issue.employee)
    for outage in outages:
        concerned = outage.terminal == own if own else outage.site == issue.site
        if concerned and all(outage.covers(moment) for moment in moments):
            return outage
    return None

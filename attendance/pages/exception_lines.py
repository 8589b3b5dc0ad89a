"""What the pages of the exception inbox share: the chosen exceptions, each as a line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest

from attendance.leave.care_hours import Asked, protected_until, protection_sentence
from attendance.models import Assignee
from attendance.review import exception_words as words
from attendance.review.exception_causes import (
    Fix,
    Group,
    Issue,
    Suggestion,
    age,
    is_overdue,
    suggest,
)
from attendance.review.open_exceptions import in_charge, open_issues
from attendance.timesheet.timesheets import month_of
from backend import clock
from backend.accounts.permissions import acting
from backend.months import shifted
from backend.pages.months import day_from


@dataclass(frozen=True)
class Line:
    """One exception as shown, with the times that are suggested for it ("07:30")."""

    issue: Issue
    asked: str
    evidence: str
    suggestion: Suggestion
    fix: str
    age: int
    is_overdue: bool
    #: Why to think twice of what is suggested.
    warning: str = ""

    @property
    def times(self) -> list[tuple[str, str]]:
        """The name of each input and the suggested time, or "" where nothing suggests one."""
        suggested = [f"{moment:%H:%M}" for moment in self.suggestion.moments]
        suggested += [""] * self.suggestion.asked
        return [(f"gio.{number}.{self.issue.key}", text) for number, text in enumerate(suggested)]


def chosen_issues(request: HttpRequest) -> list[Issue]:
    """The open exceptions that ?thang= (else this month and the one before) and ?giao= ask for."""
    today = clock.today()
    month = day_from(f"{request.GET.get('thang', '')}-01")
    if month is None:
        first, last = shifted(today, -1), today
    else:
        first, last = month_of(month)
    mine = in_charge(acting(request))
    found = open_issues(mine, first=first, last=min(last, today), at=clock.now())
    chosen = request.GET.get("giao", "")
    if chosen in Assignee.values:
        found = [each for each in found if each.to_manager == (chosen == Assignee.MANAGER)]
    if request.GET.get("qua-han"):
        found = [each for each in found if is_overdue(each.day, on=today)]
    return found


def lines_of(issues: Sequence[Issue], group: Group, on: date) -> list[Line]:
    """The exceptions of one group as lines; overtime of the protected is warned of (art. 137.1)."""
    lines = [_line(issue, group, on) for issue in issues]
    asked = {_asked(line.issue) for line in lines if line.suggestion.fix == Fix.OVERTIME}
    until = protected_until(asked)
    return [
        replace(line, warning=protection_sentence(line.issue.name, until[_asked(line.issue)]))
        if _asked(line.issue) in until
        else line
        for line in lines
    ]


def _asked(issue: Issue) -> Asked:
    return issue.employee, issue.day, issue.day


def _line(issue: Issue, group: Group, on: date) -> Line:
    suggestion = suggest(issue, group.cause)
    return Line(
        issue=issue,
        asked=words.asked(issue.code),
        evidence=words.evidence(issue),
        suggestion=suggestion,
        fix=words.fix_name(suggestion),
        age=age(issue.day, on=on),
        is_overdue=is_overdue(issue.day, on=on),
    )


def query_of(request: HttpRequest, **changed: str) -> str:
    kept = {name: request.GET.get(name, "") for name in ("thang", "giao", "qua-han")}
    return urlencode({name: value for name, value in (kept | changed).items() if value})

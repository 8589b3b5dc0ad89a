"""Reads what the exceptions of a span are and what became of them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.exports.exception_sheet import ExceptionLine
from attendance.models import Assignee, ExceptionDecision, PeriodLock, Verdict
from attendance.review import exception_words as words
from attendance.review.exception_causes import Cause, Issue, age
from attendance.review.open_exceptions import asked_issues, grouped
from backend.clock import VN
from backend.org.models import Employee, PlacementQuerySet
from backend.org.transfers import on_day, placements_between


class Standing(models.TextChoices):
    """Where an exception stands."""

    OPEN = "open", gettext_lazy("chưa quyết")
    CHANGED = "changed", gettext_lazy("mở lại, vì ngày công đã đổi sau quyết định")
    REOPENED = "reopened", gettext_lazy("mở lại")
    DECIDED = "decided", gettext_lazy("đã quyết")
    CLOSED = "closed", gettext_lazy("kỳ đã khóa, chưa ai quyết")
    GONE = "gone", gettext_lazy("không còn hỏi")


_WAITING: Final = frozenset({Standing.OPEN, Standing.CHANGED, Standing.REOPENED})

_Key = tuple[int, date, str]


def exception_lines(
    held: PlacementQuerySet, *, first: date, last: date, at: datetime
) -> list[ExceptionLine]:
    """Every exception of [first, last], open or decided, by department of today, person and day.

    Also those of closed months that nobody decided, and decisions about days that do not ask any
    more. A constant number of queries.
    """
    closed = set(PeriodLock.objects.standing().values_list("period", flat=True))
    issues = {
        (issue.employee, issue.day, issue.code): issue
        for issue in asked_issues(held, first=first, last=last, at=at)
    }
    causes = _causes(issues.values())
    decisions = _newest_decisions(held, first, last)
    lines = {
        key: _line(issue, causes[key], decisions.get(key), closed, at)
        for key, issue in issues.items()
    }
    settled = [decision for key, decision in decisions.items() if key not in lines]
    placed = placements_between({each.employee_id for each in settled}, first, last)
    for each in settled:
        department = on_day(placed[each.employee_id], each.work_date).department.name
        lines[each.employee_id, each.work_date, each.code] = _settled(each, department)
    order = {
        pk: place
        for place, pk in enumerate(
            Employee.objects.filter(pk__in={pk for pk, _day, _code in lines})
            .order_by("department__code", "sort_key", "pk")
            .values_list("pk", flat=True)
        )
    }
    return [lines[key] for key in sorted(lines, key=lambda key: (order[key[0]], *key[1:]))]


def _causes(issues: Iterable[Issue]) -> dict[_Key, str]:
    return {
        (issue.employee, issue.day, issue.code): words.title(group.cause)
        for group in grouped(list(issues))
        for issue in group.issues
    }


def _newest_decisions(
    held: PlacementQuerySet, first: date, last: date
) -> dict[_Key, ExceptionDecision]:
    made = (
        ExceptionDecision.objects.filter(held.of_days(), work_date__gte=first, work_date__lte=last)
        .select_related("employee", "by")
        .prefetch_related("punches")
        .order_by("pk")
    )
    return {(each.employee_id, each.work_date, each.code): each for each in made}


def _line(
    issue: Issue,
    cause: str,
    decision: ExceptionDecision | None,
    closed: set[date],
    at: datetime,
) -> ExceptionLine:
    state = _state(issue, decision, closed)
    waits = state in _WAITING
    to = Assignee.MANAGER if issue.to_manager else Assignee.HR
    return ExceptionLine(
        code=issue.person_code,
        name=issue.name,
        department=issue.department,
        day=issue.day,
        asked=words.asked(issue.code),
        cause=cause,
        evidence=words.evidence(issue),
        state=str(state.label),
        waits_for=str(to.label) if waits else "",
        age=age(issue.day, on=at.astimezone(VN).date()) if waits else None,
        verdict=_verdict(decision),
        reason=decision.reason if decision else "",
        decided_by=str(decision.by) if decision else "",
        decided_at=_local(decision.at) if decision else None,
    )


def _state(issue: Issue, decision: ExceptionDecision | None, closed: set[date]) -> Standing:
    if (
        decision is not None
        and decision.verdict != Verdict.REOPENED
        and decision.seen == issue.seen
    ):
        return Standing.DECIDED
    if issue.day.replace(day=1) in closed:
        return Standing.CLOSED
    if decision is None:
        return Standing.OPEN
    return Standing.REOPENED if decision.verdict == Verdict.REOPENED else Standing.CHANGED


def _settled(decision: ExceptionDecision, department: str) -> ExceptionLine:
    """A decision about what its day does not ask any more: it was corrected, or came to rest."""
    person = decision.employee
    reopened = decision.verdict == Verdict.REOPENED
    return ExceptionLine(
        code=person.code,
        name=person.full_name,
        department=department,
        day=decision.work_date,
        asked=words.asked(decision.code),
        cause=words.title(Cause(decision.code)),
        evidence="",
        state=str((Standing.GONE if reopened else Standing.DECIDED).label),
        waits_for="",
        age=None,
        verdict=_verdict(decision),
        reason=decision.reason,
        decided_by=str(decision.by),
        decided_at=_local(decision.at),
    )


def _verdict(decision: ExceptionDecision | None) -> str:
    """ "đã bổ sung: chấm tay 17:00"."""
    if decision is None:
        return ""
    verdict = str(Verdict(decision.verdict).label)
    moments = sorted(_local(punch.punched_at) for punch in decision.punches.all())
    if not moments:
        return verdict
    told = ", ".join(f"{moment:%H:%M %d/%m}" for moment in moments)
    return _("%(verdict)s: chấm tay %(moments)s") % {"verdict": verdict, "moments": told}


def _local(moment: datetime) -> datetime:
    return moment.astimezone(VN).replace(tzinfo=None)

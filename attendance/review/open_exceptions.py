"""The exceptions that wait for a decision, of the people in somebody's charge."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q

from attendance.models import (
    Assignee,
    ExceptionAssignment,
    ExceptionDecision,
    PeriodLock,
    TimesheetRow,
    Verdict,
)
from attendance.review.exception_causes import (
    ABSENT,
    Group,
    Issue,
    fingerprint,
    for_manager,
    group,
    missing_moments,
)
from attendance.review.outages import outages
from attendance.timesheet.month import running
from backend.accounts.models import User
from backend.accounts.scope import placements_for
from backend.clock import VN
from backend.org.models import PlacementQuerySet
from backend.org.transfers import on_day, placements_between

#: A person's usual terminal is the one they punched at most in so many days before.
_HABIT: Final = timedelta(days=30)
_USUAL = """
    SELECT DISTINCT ON (enrolment.employee_id) enrolment.employee_id, terminal.code
    FROM attendance_enrolment enrolment
    JOIN attendance_punch punch
      ON punch.device_user_id = enrolment.device_user_id
     AND (punch.punched_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date >= enrolment.valid_from
     AND (enrolment.valid_to IS NULL
          OR (punch.punched_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= enrolment.valid_to)
    JOIN attendance_terminal terminal ON terminal.id = punch.terminal_id
    WHERE enrolment.employee_id = ANY(%s) AND punch.punched_at >= %s AND punch.punched_at < %s
    GROUP BY enrolment.employee_id, terminal.code
    ORDER BY enrolment.employee_id, count(*) DESC, terminal.code
"""

_Key = tuple[int, date, str]


def in_charge(user: User) -> PlacementQuerySet:
    """Whose exceptions the user may decide, and when: of days their departments had, never their own."""
    held = placements_for(user)
    return held if user.employee_id is None else held.exclude(employee=user.employee_id)


def open_issues(held: PlacementQuerySet, *, first: date, last: date, at: datetime) -> list[Issue]:
    """Exceptions of work dates in [first, last] without a decision that still holds.

    A day whose shift is still running asks nothing yet, one of a closed month nothing any more:
    what comes later is an adjustment there (§11). Five queries.
    """
    closed = set(PeriodLock.objects.standing().values_list("period", flat=True))
    asked = asked_issues(held, first=first, last=last, at=at, but_for=closed)
    decided = _decided({issue.employee for issue in asked}, first, last)
    return [
        issue
        for issue in asked
        if decided.get((issue.employee, issue.day, issue.code)) != issue.seen
    ]


def asked_issues(
    held: PlacementQuerySet,
    *,
    first: date,
    last: date,
    at: datetime,
    but_for: Collection[date] = (),
) -> list[Issue]:
    """Every exception that the days of [first, last] ask, decided or not, but for some months.

    Each belongs to the department and the site its person had on that day. A day whose shift is still running asks nothing yet.
    """
    rows = _asking_rows(held, first, last)
    people = {row.employee_id for row in rows}
    assigned = _assigned(people, first, last)
    placed = placements_between(people, first, last)
    found = []
    for row in rows:
        if row.work_date.replace(day=1) in but_for or running(row.explanation, at=at):
            continue
        seen = fingerprint(row.status, row.explanation)
        person, then = row.employee, on_day(placed[row.employee_id], row.work_date)
        for code in _codes(row):
            usual = for_manager(code) and then.department.manager_id not in (None, person.pk)
            to = assigned.get((row.employee_id, row.work_date, code))
            found.append(
                Issue(
                    employee=person.pk,
                    person_code=person.code,
                    name=person.full_name,
                    department=then.department.name,
                    site=then.site.code,
                    day=row.work_date,
                    code=code,
                    seen=seen,
                    steps=row.explanation,
                    to_manager=usual if to is None else to == Assignee.MANAGER,
                )
            )
    return found


def _asking_rows(held: PlacementQuerySet, first: date, last: date) -> list[TimesheetRow]:
    asked = Q(status="absent") | Q(exceptions__len__gt=0)
    rows = TimesheetRow.objects.between(first, last).filter(asked, held.of_days())
    return list(
        rows.select_related("employee").only(
            "employee__code",
            "employee__full_name",
            "work_date",
            "status",
            "exceptions",
            "explanation",
        )
    )


def _codes(row: TimesheetRow) -> list[str]:
    return [*row.exceptions, ABSENT] if row.status == ABSENT else list(row.exceptions)


def _decided(people: Collection[int], first: date, last: date) -> dict[_Key, str]:
    """The facts that the newest decision of each exception was made on; none where it was undone."""
    rows = ExceptionDecision.objects.filter(
        employee__in=people, work_date__gte=first, work_date__lte=last
    ).order_by("pk")
    return {
        (employee, day, code): "" if verdict == Verdict.REOPENED else seen
        for employee, day, code, verdict, seen in rows.values_list(
            "employee_id", "work_date", "code", "verdict", "seen"
        )
    }


def _assigned(people: Collection[int], first: date, last: date) -> dict[_Key, str]:
    rows = ExceptionAssignment.objects.filter(
        employee__in=people, work_date__gte=first, work_date__lte=last
    ).order_by("pk")
    return {
        (employee, day, code): to
        for employee, day, code, to in rows.values_list("employee_id", "work_date", "code", "to")
    }


def grouped(issues: Collection[Issue]) -> list[Group]:
    """The exceptions by their cause; outages are looked up for the days that lack punches only."""
    lacking = [issue for issue in issues if missing_moments(issue)]
    if not lacking:
        return group(issues, outages=[], usual={})
    first = _midnight(min(issue.day for issue in lacking))
    last = _midnight(max(issue.day for issue in lacking) + timedelta(days=2))
    found = outages(first=first, last=last)
    usual = _usual((issue.employee for issue in lacking), first, last) if found else {}
    return group(issues, outages=found, usual=usual)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=VN)


def _usual(people: Iterable[int], first: datetime, last: datetime) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, [sorted(set(people)), first - _HABIT, last])
        return dict(cursor.fetchall())

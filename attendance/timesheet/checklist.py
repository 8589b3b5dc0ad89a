"""What is still to be done before a month is closed, counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from attendance.collecting.completeness import Verdict
from attendance.figures import attendance_summary
from attendance.models import (
    CalendarDay,
    DayStatus,
    DepartmentConfirmation,
    DirtyDay,
    Request,
    Terminal,
    TimesheetChange,
)
from attendance.review.open_exceptions import open_issues
from attendance.terminals.terminal_board import states
from attendance.timesheet.timesheets import month_of
from backend.accounts.models import User
from backend.accounts.scope import employees_for
from backend.clock import VN
from backend.org.models import Department, Employee

#: The items, in the order in which they are done.
WAITING: Final = "waiting"
TERMINALS: Final = "terminals"
UNKNOWN: Final = "unknown"
CALENDAR: Final = "calendar"
REQUESTS: Final = "requests"
EXCEPTIONS: Final = "exceptions"
DEPARTMENTS: Final = "departments"


@dataclass(frozen=True)
class DepartmentState:
    """A department of the month: who confirmed last, and how many days changed since."""

    department: Department
    people: int
    confirmed_by: str
    confirmed_at: datetime | None
    changed: int

    @property
    def is_done(self) -> bool:
        return self.confirmed_at is not None and not self.changed


def counts(month: date, *, user: User, at: datetime) -> Mapping[str, int]:
    """How many things are left of each item, as far as the user's account sees them."""
    first, last = month_of(month)
    summary = attendance_summary(first=first, last=last)
    return {
        WAITING: DirtyDay.objects.filter(work_date__range=(first, last)).count(),
        TERMINALS: len(incomplete_terminals(month, user=user, at=at)),
        UNKNOWN: summary.unknown_punches,
        CALENDAR: unconfirmed_days(month).count(),
        REQUESTS: Request.objects.open().filter(first__lte=last, last__gte=first).count(),
        EXCEPTIONS: len(open_issues(employees_for(user), first=first, last=last, at=at)),
        DEPARTMENTS: sum(not state.is_done for state in departments(month)),
    }


def unconfirmed_days(month: date) -> QuerySet[CalendarDay]:
    """Days of the calendar that HR has not confirmed yet."""
    return CalendarDay.objects.filter(date__range=month_of(month), status=DayStatus.DRAFT)


def incomplete_terminals(month: date, *, user: User, at: datetime) -> list[Terminal]:
    """Terminals in use that may still hold punches of the month.

    Not heard of since the month ended, or known to count more records than they delivered.
    """
    _first, last = month_of(month)
    over = datetime.combine(last + timedelta(days=1), time.min, tzinfo=VN)
    found = []
    for card in states(user=user, at=at, by_code=True):
        if not card.terminal.enabled:
            continue
        heard = card.terminal.last_contact_at
        if heard is None or heard < over or card.proof.verdict == Verdict.GAP:
            found.append(card.terminal)
    return found


def departments(month: date) -> list[DepartmentState]:
    """Every department with people in the month, and its newest confirmation. Three queries."""
    first, last = month_of(month)
    people = dict(
        Employee.objects.employed_between(first, last)
        .values_list("department")
        .annotate(Count("pk"))
    )
    newest = DepartmentConfirmation.objects.filter(
        period=first, department=OuterRef("pk")
    ).order_by("-at", "-pk")
    rows = list(
        Department.objects.filter(pk__in=people)
        .annotate(
            said_at=Subquery(newest.values("at")[:1]),
            said_by=Subquery(newest.values("by__username")[:1]),
        )
        .order_by("code")
    )
    changed = _changed_since({row.pk: row.said_at for row in rows if row.said_at}, first, last)
    return [
        DepartmentState(
            department=row,
            people=people[row.pk],
            confirmed_by=row.said_by or "",
            confirmed_at=row.said_at,
            changed=changed.get(row.pk, 0),
        )
        for row in rows
    ]


def _changed_since(said: Mapping[int, datetime], first: date, last: date) -> dict[int, int]:
    """By department: days of the month whose rows changed after it was confirmed."""
    later = Q()
    for department, moment in said.items():
        later |= Q(employee__department=department, at__gt=moment)
    if not later:
        return {}
    rows = (
        TimesheetChange.objects.filter(later, work_date__range=(first, last), adjustment=None)
        .values_list("employee__department", "employee_id", "work_date")
        .distinct()
    )
    result: dict[int, int] = {}
    for department, _employee, _day in rows:
        result[department] = result.get(department, 0) + 1
    return result

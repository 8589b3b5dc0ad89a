"""What is still to be done before a month is closed, counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery

from attendance.collecting.completeness import Verdict
from attendance.figures import attendance_summary
from attendance.models import (
    CalendarDay,
    DayStatus,
    DepartmentConfirmation,
    DirtyDay,
    Request,
    Terminal,
)
from attendance.review.open_exceptions import open_issues
from attendance.terminals.terminal_board import states
from attendance.timesheet.timesheets import month_of
from backend.accounts.models import User
from backend.accounts.scope import placements_for
from backend.clock import VN
from backend.org.models import Department, Employee, Placement

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
        EXCEPTIONS: len(open_issues(placements_for(user), first=first, last=last, at=at)),
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
        Placement.objects.between(first, last)
        .filter(employee__in=Employee.objects.employed_between(first, last))
        .values_list("department")
        .annotate(Count("employee", distinct=True))
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


# A day belongs to the department of that day. Who came or went by a transfer recorded since has
# changed every day from there on, for both departments.
_CHANGED = """
    WITH said AS (
        SELECT * FROM unnest(%(departments)s::bigint[], %(moments)s::timestamptz[])
            AS said(department_id, at)
    ), moved AS (
        SELECT employee_id, effective_date, department_id, from_department_id, at
        FROM org_transfer
        UNION ALL
        SELECT transfer.employee_id, transfer.effective_date, transfer.department_id,
            transfer.from_department_id, taken.at
        FROM org_transferwithdrawal taken JOIN org_transfer transfer ON transfer.id = transfer_id
    )
    SELECT department_id, count(DISTINCT (employee_id, work_date))::int
    FROM (
        SELECT said.department_id, change.employee_id, change.work_date
        FROM attendance_timesheetchange change
        JOIN org_placement placement
          ON placement.employee_id = change.employee_id
         AND change.work_date BETWEEN placement.first AND placement.last
        JOIN said ON said.department_id = placement.department_id AND change.at > said.at
        WHERE change.work_date BETWEEN %(first)s AND %(last)s AND change.adjustment_id IS NULL
        UNION ALL
        SELECT said.department_id, day.employee_id, day.work_date
        FROM said
        JOIN moved
          ON said.department_id IN (moved.department_id, moved.from_department_id)
         AND moved.at > said.at
        JOIN attendance_timesheetrow day
          ON day.employee_id = moved.employee_id
         AND day.work_date BETWEEN greatest(moved.effective_date, %(first)s::date) AND %(last)s
    ) changed
    GROUP BY 1
"""


def _changed_since(said: Mapping[int, datetime], first: date, last: date) -> dict[int, int]:
    """By department: days of the month that changed, or changed hands, after it was confirmed."""
    if not said:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _CHANGED,
            {
                "departments": list(said),
                "moments": list(said.values()),
                "first": first,
                "last": last,
            },
        )
        return dict(cursor.fetchall())

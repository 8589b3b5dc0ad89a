"""Read-only figures of attendance for other apps: plain frozen values, no models."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery

from attendance.models import Punch, Terminal, TimesheetRow, UserIdSetAside
from attendance.people.owners import owners
from backend.clock import VN


@dataclass(frozen=True)
class DepartmentAttendance:
    """One department's days and minutes; a day is one person on one work date with a shift."""

    code: str
    name: str
    due_days: int
    present_days: int
    absent_days: int
    leave_days: int
    incomplete_days: int
    late_days: int
    late_minutes: int
    overtime_minutes: int


@dataclass(frozen=True)
class SilentTerminal:
    """A terminal in use that has not been heard of since before the cut-off of the question."""

    code: str
    name: str
    site: str
    last_contact_at: datetime | None


@dataclass(frozen=True)
class AttendanceSummary:
    """The company between two work dates, both included, as computed so far.

    `open_questions` counts rows with at least one exception; `unknown_punches` are punches of
    device users who are nobody's, in the period; `newest_punch_at` is the freshest punch stored.
    """

    first_date: date
    last_date: date
    employees: int
    departments: list[DepartmentAttendance]
    open_questions: int
    unknown_punches: int
    silent_terminals: list[SilentTerminal]
    newest_punch_at: datetime | None


def attendance_summary(
    *, first: date, last: date, heard_since: datetime | None = None
) -> AttendanceSummary:
    """The figures of [first, last]; terminals not heard since `heard_since` are named as silent."""
    rows = TimesheetRow.objects.between(first, last)
    return AttendanceSummary(
        first_date=first,
        last_date=last,
        employees=rows.exclude(status="not_employed").values("employee").distinct().count(),
        departments=_departments(first, last),
        open_questions=rows.exclude(exceptions=[]).count(),
        unknown_punches=_unknown_punches(first, last),
        silent_terminals=silent_terminals(heard_since),
        newest_punch_at=Punch.objects.aggregate(newest=Max("punched_at"))["newest"],
    )


# A day counts for the department the person belonged to on that day.
_DEPARTMENTS = """
    SELECT department.code, department.name,
        count(*) FILTER (WHERE scheduled > 0),
        count(*) FILTER (WHERE status = 'present'),
        count(*) FILTER (WHERE status = 'absent'),
        count(*) FILTER (WHERE status IN ('leave', 'trip')),
        count(*) FILTER (WHERE status = 'incomplete'),
        count(*) FILTER (WHERE late > 0),
        sum(late)::int,
        sum(ot_weekday_day + ot_weekday_night + ot_restday_day + ot_restday_night
            + ot_holiday_day + ot_holiday_night)::int
    FROM attendance_timesheetrow day
    JOIN org_placement placement
      ON placement.employee_id = day.employee_id
     AND day.work_date BETWEEN placement.first AND placement.last
    JOIN org_department department ON department.id = placement.department_id
    WHERE day.work_date BETWEEN %s AND %s
    GROUP BY department.id
    ORDER BY department.code
"""


def _departments(first: date, last: date) -> list[DepartmentAttendance]:
    with connection.cursor() as cursor:
        cursor.execute(_DEPARTMENTS, [first, last])
        return [DepartmentAttendance(*row) for row in cursor.fetchall()]


def _unknown_punches(first: date, last: date) -> int:
    """Punches of nobody, but for those of ids set aside as no person's."""
    newest = UserIdSetAside.objects.filter(device_user_id=OuterRef("device_user_id"))
    waiting = Punch.objects.filter(
        ~Exists(owners()),
        punched_at__gte=datetime.combine(first, time.min, tzinfo=VN),
        punched_at__lt=datetime.combine(last + timedelta(days=1), time.min, tzinfo=VN),
    ).annotate(aside_upto=Subquery(newest.order_by("-pk").values("upto")[:1]))
    return waiting.filter(Q(aside_upto__isnull=True) | Q(punched_at__gt=F("aside_upto"))).count()


def silent_terminals(heard_since: datetime | None) -> list[SilentTerminal]:
    """The enabled terminals not heard since that moment; None names those never heard."""
    terminals = Terminal.objects.filter(enabled=True).select_related("site").order_by("code", "pk")
    if heard_since is not None:
        terminals = terminals.filter(
            Q(last_contact_at__isnull=True) | Q(last_contact_at__lt=heard_since)
        )
    else:
        terminals = terminals.filter(last_contact_at__isnull=True)
    return [
        SilentTerminal(
            code=terminal.code,
            name=terminal.name,
            site=terminal.site.name,
            last_contact_at=terminal.last_contact_at,
        )
        for terminal in terminals
    ]

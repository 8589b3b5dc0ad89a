"""Read-only figures of attendance for other apps: plain frozen values, no models."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery

from attendance.models import ParkedRecord, Punch, Terminal, TimesheetRow, UserIdSetAside
from attendance.people.owners import owners
from attendance.timesheet.rules import rules_of
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


@dataclass(frozen=True)
class PersonAttendance:
    """One person's minutes and days of a span, in the department of its last day; `question_days`
    are still to be clarified.

    `overtime_minutes` and `overtime_year_minutes` (since New Year) are actual, not weighted.
    """

    code: str
    name: str
    department: str
    present_days: int
    absent_days: int
    late_days: int
    late_minutes: int
    early_minutes: int
    overtime_minutes: int
    overtime_year_minutes: int
    question_days: int


@dataclass(frozen=True)
class OvertimeCaps:
    """The company's limits of overtime, in minutes (Bộ luật Lao động 2019, điều 107)."""

    month_minutes: int
    year_minutes: int


# The department a person belongs to on the last day they are placed in the span.
_PEOPLE = """
    SELECT person.code, person.full_name, coalesce(department.name, ''),
        count(*) FILTER (WHERE inside AND status = 'present'),
        count(*) FILTER (WHERE inside AND status = 'absent'),
        count(*) FILTER (WHERE inside AND late > 0),
        coalesce(sum(late) FILTER (WHERE inside), 0)::int,
        coalesce(sum(early) FILTER (WHERE inside), 0)::int,
        coalesce(sum(overtime) FILTER (WHERE inside), 0)::int,
        sum(overtime)::int,
        count(*) FILTER (WHERE inside AND exceptions <> '{}')
    FROM (
        SELECT employee_id, status, late, early, exceptions, work_date >= %(first)s AS inside,
            ot_weekday_day + ot_weekday_night + ot_restday_day + ot_restday_night
            + ot_holiday_day + ot_holiday_night AS overtime
        FROM attendance_timesheetrow
        WHERE work_date BETWEEN %(new_year)s AND %(last)s AND status <> 'not_employed'
    ) day
    JOIN org_employee person ON person.id = day.employee_id
    JOIN LATERAL (
        SELECT department_id FROM org_placement placement
        WHERE placement.employee_id = person.id
          AND placement.first <= %(last)s AND placement.last >= %(first)s
        ORDER BY placement.first DESC LIMIT 1
    ) placed ON true
    JOIN org_department department ON department.id = placed.department_id
    WHERE %(departments)s::text[] IS NULL OR department.code = ANY(%(departments)s)
    GROUP BY person.id, department.id
    HAVING count(*) FILTER (WHERE inside) > 0
    ORDER BY person.code
"""


def people_attendance(
    *, first: date, last: date, departments: Sequence[str] | None = None
) -> list[PersonAttendance]:
    """Everybody with computed days in [first, last] (of these departments), by code. One query."""
    values: dict[str, Any] = {
        "first": first,
        "last": last,
        "new_year": min(first, date(last.year, 1, 1)),
        "departments": None if departments is None else list(departments),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        return [PersonAttendance(*row) for row in cursor.fetchall()]


def overtime_caps(month: date) -> OvertimeCaps:
    """The limits in force in the month."""
    rules = rules_of(month)
    return OvertimeCaps(60 * rules.ot_month_cap_hours, 60 * rules.ot_year_cap_hours)


@dataclass(frozen=True)
class TerminalHealth:
    """How a terminal did in a span, and stands now.

    `good_pulls` and `failed_pulls` count finished contacts by the hours kept of them (a terminal's
    hours are dropped after a while), `punches` the stored punches made there in the span.
    """

    code: str
    name: str
    site: str
    enabled: bool
    last_contact_at: datetime | None
    clock_offset_seconds: int | None
    records: int | None
    record_capacity: int | None
    users: int | None
    user_capacity: int | None
    good_pulls: int
    failed_pulls: int
    silent_hours: int
    punches: int
    parked: int


_TERMINALS = """
    SELECT terminal.code, terminal.name, site.name, terminal.enabled, terminal.last_contact_at,
        terminal.clock_offset_seconds, terminal.last_record_count, terminal.record_capacity,
        terminal.user_count, terminal.user_capacity,
        coalesce(told.good, 0), coalesce(told.failed, 0), coalesce(told.silent, 0),
        (SELECT count(*) FROM attendance_punch punch WHERE punch.terminal_id = terminal.id
            AND punch.punched_at >= %(start)s AND punch.punched_at < %(end)s),
        (SELECT count(*) FROM attendance_parkedrecord parked WHERE parked.terminal_id = terminal.id
            AND parked.id = ANY(%(parked)s))
    FROM attendance_terminal terminal
    JOIN org_site site ON site.id = terminal.site_id
    LEFT JOIN (
        SELECT terminal_id, sum(contacts)::int AS good, sum(failures)::int AS failed,
            count(*) FILTER (WHERE contacts = 0)::int AS silent
        FROM attendance_terminalhour WHERE hour >= %(start)s AND hour < %(end)s GROUP BY 1
    ) told ON told.terminal_id = terminal.id
    ORDER BY terminal.code, terminal.id
"""


def terminal_health(*, first: date, last: date) -> list[TerminalHealth]:
    """All terminals in use, and those that still did something in [first, last]; by code."""
    values: dict[str, Any] = {
        "start": datetime.combine(first, time.min, tzinfo=VN),
        "end": datetime.combine(last + timedelta(days=1), time.min, tzinfo=VN),
        "parked": list(ParkedRecord.objects.undecided().values_list("pk", flat=True)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TERMINALS, values)
        found = [TerminalHealth(*row) for row in cursor.fetchall()]
    return [each for each in found if each.enabled or each.good_pulls or each.punches]

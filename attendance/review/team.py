"""What a head of department looks at: lateness and overtime of each person, and how they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from attendance.models import TimesheetRow
from attendance.timesheet.rules import rules_of
from backend.org.models import Employee

#: Months told, the one asked for among them.
MONTHS = 6


@dataclass(frozen=True)
class PersonLoad:
    """A person's month so far, and overtime of the year; minutes, days, and open questions."""

    code: str
    name: str
    late_days: int
    late_minutes: int
    early_minutes: int
    absent_days: int
    questions: int
    overtime_month: int
    overtime_year: int


@dataclass(frozen=True)
class MonthLoad:
    """A month of all of them: minutes, days, and how many went over the monthly cap."""

    month: date
    late_days: int
    late_minutes: int
    absent_days: int
    overtime: int
    over_cap: int


@dataclass(frozen=True)
class TeamLoad:
    """`month_cap` and `year_cap` are minutes of overtime allowed to one person."""

    people: list[PersonLoad]
    months: list[MonthLoad]
    month_cap: int
    year_cap: int


_OVERTIME = (
    "ot_weekday_day + ot_weekday_night + ot_restday_day + ot_restday_night"
    " + ot_holiday_day + ot_holiday_night"
)
_PEOPLE = f"""
    SELECT employee.code, employee.full_name,
        count(*) FILTER (WHERE here AND late > 0),
        coalesce(sum(late) FILTER (WHERE here), 0),
        coalesce(sum(early) FILTER (WHERE here), 0),
        count(*) FILTER (WHERE here AND status = 'absent'),
        count(*) FILTER (WHERE here AND exceptions <> '{{}}'),
        coalesce(sum({_OVERTIME}) FILTER (WHERE in_month), 0),
        coalesce(sum({_OVERTIME}), 0)
    FROM org_employee employee
    LEFT JOIN attendance_timesheetrow day
      ON day.employee_id = employee.id
     AND day.work_date >= %(year)s AND day.work_date <= %(last)s
    LEFT JOIN org_placement placement
      ON placement.employee_id = day.employee_id
     AND day.work_date BETWEEN placement.first AND placement.last
    CROSS JOIN LATERAL (
        SELECT day.work_date >= %(first)s AS in_month, day.work_date >= %(first)s
            AND coalesce(placement.department_id = %(department)s, true) AS here
    ) AS month
    WHERE employee.id = ANY(%(people)s)
    GROUP BY employee.id
    ORDER BY employee.sort_key, employee.id
"""  # noqa: S608 -- columns of our own
_MONTHS = f"""
    WITH loads AS (
        SELECT date_trunc('month', work_date)::date AS month, employee_id,
            count(*) FILTER (WHERE late > 0) AS late_days, sum(late) AS late_minutes,
            count(*) FILTER (WHERE status = 'absent') AS absent_days, sum({_OVERTIME}) AS overtime
        FROM attendance_timesheetrow
        JOIN org_placement placement USING (employee_id)
        WHERE employee_id = ANY(%(people)s) AND work_date BETWEEN %(since)s AND %(last)s
          AND work_date BETWEEN placement.first AND placement.last
          AND coalesce(placement.department_id = %(department)s, true)
        GROUP BY 1, 2
    )
    SELECT month, sum(late_days)::int, sum(late_minutes)::int, sum(absent_days)::int,
        sum(overtime)::int, count(*) FILTER (WHERE overtime > %(cap)s)
    FROM loads GROUP BY month ORDER BY month
"""  # noqa: S608 -- columns of our own


def late_on(day: date, people: QuerySet[Employee]) -> list[TimesheetRow]:
    """Who of them came late on the day, as far as it has been computed."""
    rows = TimesheetRow.objects.filter(work_date=day, employee__in=people, late__gt=0)
    return list(rows.select_related("employee").order_by("employee__sort_key", "employee_id"))


def team_load(
    people: Sequence[int], *, first: date, last: date, department: int | None = None
) -> TeamLoad:
    """Lateness and overtime of the month [first, last] and of the months before it, in three queries.

    `people` are ids of employees; of those transferred within the time only the days in
    `department` are told, but for overtime beside its caps: these are the person's, wherever they
    worked. A month without any row is not told.
    """
    rules = rules_of(first)
    month_cap = rules.ot_month_cap_hours * 60
    since = date.fromordinal(first.toordinal())
    for _step in range(MONTHS - 1):
        since = date.fromordinal(since.toordinal() - 1).replace(day=1)
    asked: dict[str, Any] = {
        "people": list(people),
        "department": department,
        "first": first,
        "last": last,
        "year": first.replace(month=1),
        "since": since,
        "cap": month_cap,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, asked)
        loads = [PersonLoad(*row) for row in cursor.fetchall()]
        cursor.execute(_MONTHS, asked)
        months = [MonthLoad(*row) for row in cursor.fetchall()]
    return TeamLoad(loads, months, month_cap, rules.ot_year_cap_hours * 60)

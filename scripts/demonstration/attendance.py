"""Loads rosters, terminals and punches of the demonstration's people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.backends.utils import CursorWrapper

from attendance.models import (
    Enrolment,
    Leave,
    PatternAssignment,
    Pull,
    PullSource,
    PullState,
    Shift,
    Terminal,
)
from backend.db import copy_text
from backend.org.models import Employee, Site
from sales.draws.drawing import planned_draws
from scripts.demonstration import rosters, terminals
from scripts.demonstration.people import device_user_id
from scripts.demonstration.plan import Plan, local
from scripts.demonstration.punches import TABLE as PUNCHES
from scripts.demonstration.punches import invent_punches, record_punches
from scripts.demonstration.rosters import Duty
from scripts.simulated_terminal.people import Crowd

#: Tables that receive many rows.
TABLES = (
    PUNCHES,
    "attendance_rosterentry",
    "attendance_rosterentryevent",
    "attendance_dirtyday",
    "attendance_terminaluser",
)


@dataclass(frozen=True)
class Life:
    """When everybody is to work, when they are away, and what they leave in the terminals."""

    duties: Sequence[Duty]
    leaves: Sequence[Leave]
    crowds: dict[str, Crowd]


def invent_life(plan: Plan, employees: Sequence[Employee], until: date) -> Life:
    """Needs the calendars of days and draws in their tables; the same for every later `until`."""
    drawn = [draw.date for draw in planned_draws(plan.first_punch, until)]
    calendar = rosters.calendar(drawn, plan.first_punch, until)
    duties = list(rosters.roster(employees, plan.first_punch, until, calendar))
    leaves = rosters.leaves(plan, duties)
    return Life(duties, leaves, terminals.crowds(plan, duties, leaves))


def load_attendance(
    cursor: CursorWrapper, plan: Plan, employees: Sequence[Employee], sites: Sequence[Site]
) -> int:
    """Everything up to the day the terminals' logs begin; returns the number of punches.

    Needs the calendars of days and draws in their tables.
    """
    life = invent_life(plan, employees, plan.today + rosters.AHEAD)
    _record_roster(cursor, life.duties)
    pattern, assignments = rosters.guard_pattern(employees, plan.first_punch)
    pattern.save()
    PatternAssignment.objects.bulk_create(assignments)
    Leave.objects.bulk_create(life.leaves)
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                device_user_id=device_user_id(employee),
                employee=employee,
                valid_from=employee.join_date,
                valid_to=employee.leave_date,
            )
            for employee in employees
        ]
    )
    machines = terminals.create_terminals(sites)
    _record_breakdown(plan, machines)
    count = record_punches(cursor, plan, machines, invent_punches(plan, life.crowds))
    _mark_dirty(cursor, plan)
    return count


def _record_roster(cursor: CursorWrapper, duties: Sequence[Duty]) -> None:
    shifts = {shift.code: shift.pk for shift in Shift.objects.bulk_create(rosters.shifts())}
    copy_text(
        cursor,
        "attendance_rosterentry",
        ("employee_id", "work_date", "shift_id"),
        "".join(f"{duty.employee.pk}\t{duty.day}\t{shifts[duty.shift]}\n" for duty in duties),
    )


def _record_breakdown(plan: Plan, machines: Sequence[Terminal]) -> None:
    """The two days on which one terminal answered nobody."""
    (broken,) = (machine for machine in machines if machine.serial_number == terminals.BROKEN)
    first = plan.today - timedelta(days=terminals.BROKEN_DAYS_AGO)
    at = [local(first + timedelta(days=n), hour) for n in (0, 1) for hour in (8, 12, 17)]
    Pull.objects.bulk_create(_failed(broken, moment) for moment in at)


def _failed(terminal: Terminal, at: datetime) -> Pull:
    return Pull(
        terminal=terminal,
        source=PullSource.PULL,
        state=PullState.FAILED,
        code="no_answer",
        reason="Máy không trả lời: mất điện tại chi nhánh (dữ liệu trình diễn).",
        started_at=at,
        finished_at=at + timedelta(seconds=10),
    )


_DIRTY = """
    insert into attendance_dirtyday (employee_id, work_date)
    select id, day::date from org_employee,
        generate_series(greatest(%(first)s, join_date), least(%(last)s, leave_date),
                        interval '1 day') as day
"""


def _mark_dirty(cursor: CursorWrapper, plan: Plan) -> None:
    """Every day of everybody is to be computed; the collector does it, the newest first."""
    cursor.execute(_DIRTY, {"first": plan.first_punch, "last": plan.today})

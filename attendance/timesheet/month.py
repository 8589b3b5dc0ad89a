"""The month of people × days that the grid, the person's page and the official form all show."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from attendance.engine.facts import DayType
from attendance.roster.shift_ends import ON_THE_WAY
from attendance.timesheet.sentences import UNFINISHED
from attendance.timesheet.symbols import RUNNING
from attendance.timesheet.timesheets import day_types, month_of
from backend.clock import VN
from backend.org.models import Employee
from backend.vntext import search_key

#: A day's work in minutes: what one "công" is (Labour Code 45/2019 art. 105). A full day of shorter
#: normal hours, from six on, is one công too; a half shift is a part of one.
STANDARD_DAY, SHORTEST_DAY = 480, 360


@dataclass(frozen=True, slots=True)
class MonthCell:
    """One day of one person: symbol, minutes worked, late and left early, and what is asked."""

    symbol: str
    worked: int
    late: int
    early: int
    questions: tuple[str, ...]
    status: str


@dataclass(slots=True)
class PersonMonth:
    """A person's days by day of the month, and totals in minutes.

    `regular` includes trips; it and `leave` are minutes of a standard day, so that a full day of
    7.5 hours is one công; both also by day, leave by the form's symbol and day. Paid public
    holidays are not among the leave.
    """

    code: str
    name: str
    grade: str
    department_code: str
    department: str
    days: dict[int, MonthCell] = field(default_factory=dict)
    worked: int = 0
    regular: int = 0
    late: int = 0
    overtime: int = 0
    questions: int = 0
    leave: int = 0
    regular_by_day: dict[int, int] = field(default_factory=dict)
    leave_by_day: dict[str, dict[int, int]] = field(default_factory=dict)
    holidays_by_day: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A month of the timesheet as computed so far."""

    first: date
    last: date
    day_types: dict[date, DayType]
    people: list[PersonMonth]
    computed_at: datetime | None

    @property
    def questions(self) -> int:
        return sum(person.questions for person in self.people)


def load_month(
    month: date,
    *,
    at: datetime,
    department: str = "",
    employee: str = "",
    search: str = "",
    only_questions: bool = False,
    among: QuerySet[Employee] | None = None,
) -> MonthSheet:
    """The month of everybody, or of those `among`, in four queries. A shift that is still running at `at` asks nothing yet."""
    first, last = month_of(month)
    types = day_types(first, last, month=first)
    people = _people(first, last, department, employee, search, among)
    holidays = {day.day for day, kind in types.items() if kind == "holiday"}
    cells: dict[tuple[Any, ...], MonthCell] = {}
    newest: datetime | None = None
    for pk, day, computed_at, shown, sums, code in _rows(people, first, last, at):
        cell = cells.get(shown)
        if cell is None:
            cell = cells[shown] = _cell(*shown)
        _add(people[pk], day, cell, sums, code, holiday=day in holidays)
        if newest is None or computed_at > newest:
            newest = computed_at
    everybody = list(people.values())
    return MonthSheet(
        first=first,
        last=last,
        day_types=types,
        people=[p for p in everybody if p.questions] if only_questions else everybody,
        computed_at=newest,
    )


def running(steps: list[dict[str, Any]], *, at: datetime) -> bool:
    """Whether a shift in a row's explanation has not ended, or its last punch is on the way."""
    return any(step["rule"] == "shift" and step["to"] > _local(at - ON_THE_WAY) for step in steps)


def _local(at: datetime) -> str:
    return at.astimezone(VN).replace(tzinfo=None).isoformat(timespec="minutes")


def _people(
    first: date,
    last: date,
    department: str,
    employee: str,
    search: str,
    among: QuerySet[Employee] | None,
) -> dict[int, PersonMonth]:
    chosen = Employee.objects.employed_between(first, last).order_by(
        "department__code", "sort_key", "pk"
    )
    if among is not None:
        chosen = chosen.filter(pk__in=among)
    if department:
        chosen = chosen.filter(department__code=department)
    if employee:
        chosen = chosen.filter(code=employee)
    if search:
        chosen = chosen.filter(search__contains=search_key(search)) | chosen.filter(
            code__icontains=search.strip()
        )
    return {
        pk: PersonMonth(code, name, grade, department_code, department_name)
        for pk, code, name, grade, department_code, department_name in chosen.values_list(
            "pk", "code", "full_name", "grade", "department__code", "department__name"
        )
    }


# Written out because 15,000 rows through the ORM take six times as long (194 against 29 ms).
# Only the last two days can be running, so only their explanations are opened.
_ROWS = """
    SELECT employee_id, extract(day FROM work_date)::int, computed_at,
        symbol, worked, late, early, array_to_string(exceptions, ' '), status,
        CASE WHEN work_date >= %(lately)s THEN EXISTS (
            SELECT FROM jsonb_array_elements(explanation) AS step
            WHERE step->>'rule' = 'shift' AND step->>'to' > %(now)s
        ) ELSE false END,
        round((regular + credited) * %(standard)s::numeric / normal)::int,
        round(leave * %(standard)s::numeric / normal)::int,
        leave_code,
        ot_weekday_day + ot_weekday_night + ot_restday_day + ot_restday_night
            + ot_holiday_day + ot_holiday_night
    FROM attendance_timesheetrow,
        LATERAL (SELECT CASE WHEN scheduled BETWEEN %(shortest)s AND %(standard)s
            THEN scheduled ELSE %(standard)s END AS normal) AS day
    WHERE work_date BETWEEN %(first)s AND %(last)s AND employee_id = ANY(%(people)s)
    ORDER BY employee_id, work_date
"""


def _rows(
    people: dict[int, PersonMonth], first: date, last: date, at: datetime
) -> Iterator[tuple[int, int, datetime, tuple[Any, ...], tuple[int, int, int], str]]:
    """Person, day, when computed, what the cell shows, (regular, leave, overtime), leave code."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ROWS,
            {
                "first": first,
                "last": last,
                "people": list(people),
                "lately": (at - timedelta(days=1)).astimezone(VN).date(),
                "now": _local(at - ON_THE_WAY),
                "standard": STANDARD_DAY,
                "shortest": SHORTEST_DAY,
            },
        )
        for pk, day, computed_at, *shown, regular, leave, code, overtime in cursor.fetchall():
            yield pk, day, computed_at, tuple(shown), (regular, leave, overtime), code


def _cell(
    symbol: str, worked: int, late: int, early: int, exceptions: str, status: str, runs: bool
) -> MonthCell:
    if runs:
        known = RUNNING if status in UNFINISHED else symbol
        return MonthCell(known, worked, late, 0, (), status)
    return MonthCell(symbol, worked, late, early, tuple(exceptions.split()), status)


def _add(
    person: PersonMonth,
    day: int,
    cell: MonthCell,
    sums: tuple[int, int, int],
    leave_code: str,
    *,
    holiday: bool,
) -> None:
    regular, leave, overtime = sums
    person.days[day] = cell
    person.worked += cell.worked
    person.regular += regular
    person.late += cell.late
    person.overtime += overtime
    person.questions += bool(cell.questions)
    if regular:
        person.regular_by_day[day] = regular
    if leave:
        person.leave += leave
        person.leave_by_day.setdefault(leave_code, {})[day] = leave
    if holiday and cell.status in ("holiday", "present", "incomplete"):
        person.holidays_by_day[day] = (
            STANDARD_DAY  # paid, worked or not (art. 112); the work is extra
        )

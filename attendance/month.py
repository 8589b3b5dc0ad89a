"""The month of people × days that the grid, the official form and the API all show."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from attendance.engine.facts import DayType
from attendance.models import TimesheetRow
from attendance.timesheets import day_types, month_of
from backend.org.models import Employee
from backend.vntext import search_key

#: A day's work in minutes: what one "công" is (Labour Code 45/2019 art. 105).
STANDARD_DAY = 480


@dataclass(frozen=True, slots=True)
class MonthCell:
    """One day of one person: symbol, minutes worked and late, and whether something is asked."""

    symbol: str
    worked: int
    late: int
    questions: tuple[str, ...]
    status: str


@dataclass(slots=True)
class PersonMonth:
    """A person's days by day of the month, and totals in minutes.

    `regular` includes trips. `leave_by_code` is leave minutes by the form's symbol.
    """

    code: str
    name: str
    grade: str
    department_code: str
    department: str
    days: dict[int, MonthCell] = field(default_factory=dict)
    regular: int = 0
    late: int = 0
    overtime: int = 0
    questions: int = 0
    leave_by_code: dict[str, int] = field(default_factory=dict)

    @property
    def leave(self) -> int:
        return sum(self.leave_by_code.values())


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


_FIELDS = (
    "employee_id",
    "work_date",
    "symbol",
    "status",
    "worked",
    "regular",
    "credited",
    "late",
    "leave",
    "leave_code",
    "exceptions",
    "ot_weekday_day",
    "ot_weekday_night",
    "ot_restday_day",
    "ot_restday_night",
    "ot_holiday_day",
    "ot_holiday_night",
)


def load_month(
    month: date,
    *,
    today: date,
    department: str = "",
    employee: str = "",
    search: str = "",
    only_questions: bool = False,
) -> MonthSheet:
    """The month in three queries. Today's row is still in the making, so it asks nothing yet."""
    first, last = month_of(month)
    people = _people(first, last, department, employee, search)
    rows = TimesheetRow.objects.between(first, last).filter(employee__in=people.keys())
    for values in rows.order_by("employee_id", "work_date").values_list(*_FIELDS):
        _add(people[values[0]], values, today)
    shown = list(people.values())
    if only_questions:
        shown = [person for person in shown if person.questions]
    return MonthSheet(
        first=first,
        last=last,
        day_types=day_types(first, last),
        people=shown,
        computed_at=TimesheetRow.objects.between(first, last).aggregate(at=Max("computed_at"))[
            "at"
        ],
    )


def _people(
    first: date, last: date, department: str, employee: str, search: str
) -> dict[int, PersonMonth]:
    chosen = Employee.objects.employed_between(first, last).order_by(
        "department__code", "sort_key", "pk"
    )
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


def _add(person: PersonMonth, values: tuple[Any, ...], today: date) -> None:
    (
        _,
        day,
        symbol,
        status,
        worked,
        regular,
        credited,
        late,
        leave,
        code,
        exceptions,
        *overtime,
    ) = values
    questions = tuple(exceptions) if day < today else ()
    person.days[day.day] = MonthCell(symbol, worked, late, questions, status)
    person.regular += regular + credited
    person.late += late
    person.overtime += sum(overtime)
    person.questions += bool(questions)
    if leave:
        person.leave_by_code[code] = person.leave_by_code.get(code, 0) + leave

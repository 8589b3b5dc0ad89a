"""The official forms of a month, as plain data, from the rows as they are stored."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

from attendance.engine.counting import night_after_day
from attendance.engine.rows import OVERTIME_CLASSES
from attendance.forms.form_01a import FormDepartment, FormPerson, form_01a
from attendance.forms.form_01b import (
    OvertimeDay,
    OvertimeDepartment,
    OvertimePerson,
    OvertimePiece,
)
from attendance.forms.official import FormHead, OfficialForm
from attendance.models import FormKind
from attendance.timesheet.month import MonthSheet, PersonMonth
from attendance.timesheet.symbols import HOLIDAY, STANDARD_DAY
from backend.clock import VN
from backend.controlled_forms import foot_of
from backend.org.models import Company

_Line = TypeVar("_Line")


def timesheet_form(sheet: MonthSheet, *, at: datetime) -> OfficialForm:
    """Form 01a-LĐTL of the month's people."""
    head = _head(sheet, FormKind.TIMESHEET, at=at)
    grouped = _by_department(sheet.people, _form_person)
    departments = tuple(FormDepartment(name, people) for name, people in grouped)
    return form_01a(head, departments, standard_day_minutes=STANDARD_DAY)


def overtime_head(sheet: MonthSheet, *, at: datetime) -> FormHead:
    """What stands above form 01b-LĐTL and its details."""
    return _head(sheet, FormKind.OVERTIME, at=at)


def overtime_departments(sheet: MonthSheet) -> tuple[OvertimeDepartment, ...]:
    """Everybody of the month who worked overtime, in one query; departments without are left out."""
    days = _overtime_days(sheet)
    people = [person for person in sheet.people if person.overtime and days.get(person.code)]

    def line(person: PersonMonth) -> OvertimePerson:
        mine = {day: one for day, one in days[person.code].items() if day in person.days}
        return OvertimePerson(person.code, _name(person), mine)

    return tuple(OvertimeDepartment(name, found) for name, found in _by_department(people, line))


def _head(sheet: MonthSheet, kind: FormKind, *, at: datetime) -> FormHead:
    number, legal_line = (
        (settings.TIMESHEET_FORM_NUMBER, settings.TIMESHEET_LEGAL_LINE)
        if kind == FormKind.TIMESHEET
        else (settings.OVERTIME_FORM_NUMBER, settings.OVERTIME_LEGAL_LINE)
    )
    return FormHead(
        company=Company.objects.own().name,
        month=sheet.first,
        days=len(sheet.day_types),
        rest_days=frozenset(d.day for d, kind in sheet.day_types.items() if kind != "work"),
        number=number,
        legal_line=legal_line,
        made_at=at.astimezone(VN),
        controlled=foot_of(f"{kind.value}-LĐTL", on=at.astimezone(VN).date()),
    )


def _by_department(
    people: Iterable[PersonMonth], line: Callable[[PersonMonth], _Line]
) -> list[tuple[str, tuple[_Line, ...]]]:
    """Name and people of each department, in the order they come."""
    names: dict[str, str] = {}
    grouped: dict[str, list[_Line]] = {}
    for person in people:
        names[person.department_code] = person.department
        grouped.setdefault(person.department_code, []).append(line(person))
    return [(names[code], tuple(lines)) for code, lines in grouped.items()]


def _name(person: PersonMonth) -> str:
    return f"{person.name} ({person.part})" if person.part else person.name


def _form_person(person: PersonMonth) -> FormPerson:
    return FormPerson(
        code=person.code,
        name=_name(person),
        grade=person.grade,
        symbols={day: cell.symbol for day, cell in person.days.items()},
        regular=person.regular_by_day,
        leave=person.leave_by_day | {HOLIDAY: person.holidays_by_day},
    )


_CLASSES = ", ".join(f"ot_{name}" for name in OVERTIME_CLASSES)
_OVERTIME = f"""
    SELECT employee.code, extract(day FROM row.work_date)::int, row.regular, row.night,
        row.weighted, jsonb_path_query_array(row.explanation, '$[*].pieces[*]')::text, {_CLASSES}
    FROM attendance_timesheetrow row JOIN org_employee employee ON employee.id = row.employee_id
    WHERE row.work_date BETWEEN %s AND %s AND row.worked > row.regular
      AND employee.code = ANY(%s)
    ORDER BY employee.code, row.work_date
"""  # noqa: S608 -- names of our own columns


def _overtime_days(sheet: MonthSheet) -> dict[str, dict[int, OvertimeDay]]:
    """The overtime of each person (by code) and day of the month."""
    found: dict[str, dict[int, OvertimeDay]] = {}
    with connection.cursor() as cursor:
        people = [person.code for person in sheet.people if person.overtime]
        cursor.execute(_OVERTIME, [sheet.first, sheet.last, people])
        for code, day, regular, night, weighted, pieces, *classes in cursor.fetchall():
            minutes = _minutes(regular, night, weighted, classes)
            found.setdefault(code, {})[day] = OvertimeDay(minutes, _pieces(json.loads(pieces)))
    return found


def _minutes(regular: int, night: int, weighted: Decimal, classes: Sequence[int]) -> dict[str, int]:
    """Minutes by what they are paid, none of them zero."""
    overtime = dict(zip(OVERTIME_CLASSES, classes, strict=True))
    after_day = night_after_day(
        regular=regular, night=night, overtime=overtime, weighted_hundredths=int(weighted * 100)
    )
    overtime["weekday_night"] -= after_day
    overtime["weekday_night_after_day"] = after_day
    return {name: minutes for name, minutes in overtime.items() if minutes}


def _pieces(steps: Iterable[dict[str, Any]]) -> tuple[OvertimePiece, ...]:
    return tuple(
        OvertimePiece(
            datetime.fromisoformat(piece["from"]),
            datetime.fromisoformat(piece["to"]),
            piece["class"],
        )
        for piece in steps
    )

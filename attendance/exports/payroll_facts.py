"""Reads a month for payroll: all of it as of one moment, never half before a lock and half after."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from attendance.exports.payroll import (
    MEASURES,
    CarriedDay,
    Lock,
    Payroll,
    PayrollLine,
)
from attendance.models import Adjustment, DirtyDay, PeriodLock
from attendance.timesheet.month import MonthSheet, PersonMonth, load_month
from attendance.timesheet.timesheets import hold_computing
from attendance.timesheet.writing import MEASURES as ROW_COLUMNS
from backend.clock import VN
from backend.org.models import Employee, PlacementQuerySet


def load_payroll(
    people: QuerySet[Employee], month: date, *, at: datetime, held: PlacementQuerySet | None = None
) -> Payroll:
    """The month of the placements `held` (else of all), and of `people` what is carried to them.

    Who was transferred within the month has a line for each department, with its own days; what is
    carried from closed months stands on the last of them. Waits for a computation that is under
    way: while it is read nothing is computed or locked. A constant number of queries.
    """
    with transaction.atomic():
        hold_computing()
        sheet = load_month(month, at=at, among=held)
        totals = _totals(sheet)
        waiting = _waiting(sheet)
        adjustments = list(_adjustments(people, sheet.first))
        lock = PeriodLock.objects.holding(month).first()
    carried = defaultdict[str, list[CarriedDay]](list)
    for adjustment in adjustments:
        carried[adjustment.employee.code].append(_carried(adjustment))
    newest = {
        person.code: person
        for person in sorted(sheet.people, key=lambda each: each.since or date.min)
    }
    lines = [
        _line(
            person,
            _of_part(person, totals[person.code]),
            sum(person.holds(day) for day in waiting[person.code]),
            carried.pop(person.code, []) if newest[person.code] is person else [],
        )
        for person in sheet.people
    ]
    gone = {each.employee.code: each.employee for each in adjustments}
    lines += [_of_one_gone(gone[code], days) for code, days in carried.items()]
    return Payroll(
        month=sheet.first,
        lock=Lock(lock.pk, _local(lock.at)) if lock else None,
        lines=lines,
        carried=[_carried(adjustment) for adjustment in adjustments],
    )


def _local(moment: datetime) -> datetime:
    return moment.astimezone(VN)


_SUMS = ", ".join(f"sum({ROW_COLUMNS[name]})" for name in MEASURES)
# By the stay in a department: a day counts where the person belonged to on it.
_TOTALS = f"""
    SELECT employee.code, extract(day FROM greatest(placement.first, %(first)s::date))::int,
        sum(weighted), count(*) FILTER (WHERE status = 'absent'), {_SUMS}
    FROM attendance_timesheetrow day
    JOIN org_employee employee ON employee.id = day.employee_id
    JOIN org_placement placement
      ON placement.employee_id = day.employee_id
     AND day.work_date BETWEEN placement.first AND placement.last
    WHERE day.work_date BETWEEN %(first)s AND %(last)s AND employee.code = ANY(%(people)s)
    GROUP BY employee.code, placement.first
"""  # noqa: S608 -- names of our own columns

_Stay = tuple[int, Counter[str]]


def _totals(sheet: MonthSheet) -> dict[str, list[_Stay]]:
    """By person's code, each stay's first day of the month and the sums of the rows in it."""
    names = ("weighted", "absent", *MEASURES)
    found = defaultdict[str, list[_Stay]](list)
    with connection.cursor() as cursor:
        people = [person.code for person in sheet.people]
        cursor.execute(_TOTALS, {"first": sheet.first, "last": sheet.last, "people": people})
        for code, day, *sums in cursor.fetchall():
            found[code].append((day, Counter(dict(zip(names, sums, strict=True)))))
    return found


def _of_part(person: PersonMonth, stays: Iterable[_Stay]) -> Counter[str]:
    total = Counter[str]()
    for day, sums in stays:
        if person.holds(day):
            total.update(sums)
    return total


def _waiting(sheet: MonthSheet) -> dict[str, list[int]]:
    """By person's code, the days of the month that are to be computed anew."""
    codes = {person.code for person in sheet.people}
    days = DirtyDay.objects.filter(
        employee__code__in=codes, work_date__range=(sheet.first, sheet.last)
    )
    found = defaultdict[str, list[int]](list)
    for code, day in days.values_list("employee__code", "work_date"):
        found[code].append(day.day)
    return found


def _adjustments(people: QuerySet[Employee], month: date) -> QuerySet[Adjustment]:
    """What counts of what is carried into the month: an adjustment counts while its lock stands."""
    return (
        Adjustment.objects.filter(into=month, employee__in=people, lock__reopening__isnull=True)
        .select_related("employee__department", "change")
        .defer("change__why")
        .order_by("employee__department__code", "employee__sort_key", "work_date", "pk")
    )


def _carried(adjustment: Adjustment) -> CarriedDay:
    before, after = adjustment.change.before or {}, adjustment.change.after
    weighted = round(100 * (float(after["weighted"]) - float(before.get("weighted", 0))))
    return CarriedDay(
        code=adjustment.employee.code,
        name=adjustment.employee.full_name,
        work_date=adjustment.work_date,
        lock=adjustment.lock_id,
        at=_local(adjustment.at),
        leave_before=before.get("leave_code", ""),
        leave_after=after["leave_code"],
        delta=adjustment.delta,
        weighted=weighted,
    )


def _line(
    person: PersonMonth, totals: Counter[str], waiting: int, carried: list[CarriedDay]
) -> PayrollLine:
    return PayrollLine(
        code=person.code,
        name=person.name,
        department_code=person.department_code,
        department=person.department,
        standard=person.regular,
        holidays=sum(person.holidays_by_day.values()),
        absent_days=totals["absent"],
        questions=person.questions,
        waiting_days=waiting,
        weighted=round(100 * totals["weighted"]),
        minutes={name: totals[name] for name in MEASURES},
        leave={code: sum(days.values()) for code, days in person.leave_by_day.items()},
        **_sums(carried),
    )


def _of_one_gone(person: Employee, carried: list[CarriedDay]) -> PayrollLine:
    """Who left before the month has a line all the same when something is carried into it."""
    return PayrollLine(
        code=person.code,
        name=person.full_name,
        department_code=person.department.code,
        department=person.department.name,
        **_sums(carried),
    )


def _sums(carried: Iterable[CarriedDay]) -> dict[str, Any]:
    days = list(carried)
    deltas = Counter[str]()
    for day in days:
        deltas.update(day.delta)
    return {
        "adjusted_days": len({day.work_date for day in days}),
        "adjusted": dict(deltas),
        "adjusted_weighted": sum(day.weighted for day in days),
    }

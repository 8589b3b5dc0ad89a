"""Reads a month for payroll: all of it as of one moment, never half before a lock and half after."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from attendance.exports.payroll import (
    MEASURES,
    CarriedDay,
    Lock,
    Payroll,
    PayrollLine,
)
from attendance.models import Adjustment, DirtyDay, PeriodLock, TimesheetRow
from attendance.timesheet.month import PersonMonth, load_month
from attendance.timesheet.timesheets import hold_computing
from attendance.timesheet.writing import MEASURES as ROW_COLUMNS
from backend.clock import VN
from backend.org.models import Employee


def load_payroll(people: QuerySet[Employee], month: date, *, at: datetime) -> Payroll:
    """The month of these people: those employed in it, and those an adjustment is carried to.

    Waits for a computation that is under way: while it is read nothing is computed or locked. A
    constant number of queries.
    """
    with transaction.atomic():
        hold_computing()
        sheet = load_month(month, at=at, among=people)
        totals = _totals(people, sheet.first, sheet.last)
        waiting = _waiting(people, sheet.first, sheet.last)
        adjustments = list(_adjustments(people, sheet.first))
        lock = PeriodLock.objects.holding(month).first()
    carried = defaultdict[str, list[CarriedDay]](list)
    for adjustment in adjustments:
        carried[adjustment.employee.code].append(_carried(adjustment))
    lines = [
        _line(
            person,
            totals.get(person.code, {}),
            waiting.get(person.code, 0),
            carried.pop(person.code, []),
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


def _totals(people: QuerySet[Employee], first: date, last: date) -> dict[str, dict[str, Any]]:
    """By person's code, the sums of the rows' numbers by the names of `MEASURES`."""
    rows = (
        TimesheetRow.objects.between(first, last)
        .filter(employee__in=people)
        .values("employee__code")
        .annotate(
            **{f"sum_{ROW_COLUMNS[name]}": Sum(ROW_COLUMNS[name]) for name in MEASURES},
            sum_weighted=Sum("weighted"),
            absent=Count("pk", filter=Q(status="absent")),
        )
    )
    return {row["employee__code"]: dict(row) for row in rows}


def _waiting(people: QuerySet[Employee], first: date, last: date) -> dict[str, int]:
    """By person's code, how many days are to be computed anew."""
    days = DirtyDay.objects.filter(employee__in=people, work_date__range=(first, last))
    return dict(days.values_list("employee__code").annotate(days=Count("pk")))


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
    person: PersonMonth, totals: dict[str, Any], waiting: int, carried: list[CarriedDay]
) -> PayrollLine:
    return PayrollLine(
        code=person.code,
        name=person.name,
        department_code=person.department_code,
        department=person.department,
        standard=person.regular,
        holidays=sum(person.holidays_by_day.values()),
        absent_days=totals.get("absent", 0),
        questions=person.questions,
        waiting_days=waiting,
        weighted=round(100 * totals.get("sum_weighted", 0)),
        minutes={name: totals.get(f"sum_{ROW_COLUMNS[name]}", 0) for name in MEASURES},
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

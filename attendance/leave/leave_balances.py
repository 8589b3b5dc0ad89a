"""Balances of annual leave from what is stored: terms, grants, computed days, leave, open requests."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, time
from typing import Any

from django.db.models import OuterRef, Subquery

from attendance.leave.annual_leave import Terms, entitlement
from attendance.leave.balance import Balance, Kind, Lot, Use, balance
from attendance.leave.catalogue import ANNUAL, TRIP
from attendance.leave.working_days import working_days
from attendance.models import (
    DayPart,
    DirtyDay,
    Leave,
    LeaveGrant,
    LeaveTerms,
    Request,
    RequestKind,
    TimesheetChange,
    TimesheetRow,
)
from attendance.timesheet.symbols import SHORTEST_DAY, STANDARD_DAY
from backend.org.models import Employee

_Day = tuple[int, date]


def leave_balance(employee: Employee, *, on: date) -> Balance:
    """The balance of the year of `on`: taken up to that day as computed, planned after it."""
    return leave_balances([employee], on=on)[employee.pk]


def leave_balances(
    people: Collection[Employee], *, on: date, entitled_on: date | None = None
) -> dict[int, Balance]:
    """The balances of these people, by employee, in a number of queries that does not grow.

    With the seniority reached `entitled_on`, a day of the same year (`on`).
    """
    ids = [person.pk for person in people]
    first, last = date(on.year, 1, 1), date(on.year, 12, 31)
    terms, lots = _terms(ids), _lots(ids, first, last)
    granted = _granted(ids, first, last)
    uses, waiting = _uses(ids, on, granted), _waiting(ids, first, last)
    return {
        person.pk: balance(
            on,
            entitlement=entitlement(
                entitled_on or on,
                join=person.join_date,
                leave=person.leave_date,
                terms=terms[person.pk],
            ),
            lots=lots[person.pk],
            uses=uses[person.pk],
            waiting=waiting[person.pk],
        )
        for person in people
    }


def _terms(people: Collection[int]) -> defaultdict[int, list[Terms]]:
    found: defaultdict[int, list[Terms]] = defaultdict(list)
    rows = LeaveTerms.objects.standing().filter(employee__in=people)
    columns = ("employee_id", "from_date", "base_days", "pk")
    for employee, from_date, base, number in rows.values_list(*columns):
        found[employee].append(Terms(from_date, base, number))
    return found


def _lots(people: Collection[int], first: date, last: date) -> defaultdict[int, list[Lot]]:
    found: defaultdict[int, list[Lot]] = defaultdict(list)
    rows = LeaveGrant.objects.standing().filter(
        employee__in=people, valid_from__gte=first, valid_from__lte=last
    )
    columns = ("employee_id", "kind", "days", "valid_from", "valid_to")
    for employee, kind, *lot in rows.values_list(*columns):
        found[employee].append(Lot(Kind(kind), *lot))
    return found


def _granted(people: Collection[int], first: date, last: date) -> dict[_Day, dict[str, int]]:
    """Minutes of leave granted for each day, by symbol."""
    found: dict[_Day, dict[str, int]] = {}
    rows = Leave.objects.filter(employee__in=people, date__range=(first, last)).exclude(code=TRIP)
    columns = ("employee_id", "date", "code", "part", "start", "end")
    for employee, day, code, *part in rows.values_list(*columns):
        of_day = found.setdefault((employee, day), {})
        of_day[code] = of_day.get(code, 0) + _minutes(*part)
    return found


def _uses(
    people: Collection[int], on: date, granted: dict[_Day, dict[str, int]]
) -> defaultdict[int, list[Use]]:
    """Annual leave taken up to the day as computed, granted after it, and where computing waits."""
    found: defaultdict[int, list[Use]] = defaultdict(list)
    waiting = _not_computed(people, on)
    for employee, day, code, leave, scheduled in _computed(people, on):
        if (employee, day) in waiting:
            continue
        minutes = _of_a_standard_day(leave, scheduled)
        of_day = granted.get((employee, day), {})
        if len(of_day) > 1:  # two kinds on one day: the row knows only the first of them
            minutes = minutes * of_day.get(ANNUAL, 0) // sum(of_day.values())
        elif code != ANNUAL:
            continue
        found[employee].append(Use(day, minutes))
    for (employee, day), of_day in granted.items():
        if ANNUAL in of_day and (day > on or (employee, day) in waiting):
            found[employee].append(Use(day, of_day[ANNUAL]))
    return found


def _not_computed(people: Collection[int], on: date) -> set[_Day]:
    """Days whose rows do not know yet what was granted or taken back."""
    dirty = DirtyDay.objects.filter(
        employee__in=people, work_date__range=(on.replace(month=1, day=1), on)
    )
    return set(dirty.values_list("employee_id", "work_date"))


def _computed(people: Collection[int], on: date) -> Iterator[tuple[int, date, str, int, int]]:
    """Days with leave as they are known now: rows, and for closed months what came after."""
    first = on.replace(month=1, day=1)
    known: dict[_Day, tuple[str, int, int]] = {}
    rows = TimesheetRow.objects.between(first, on).filter(employee__in=people, leave__gt=0)
    columns = ("employee_id", "work_date", "leave_code", "leave", "scheduled")
    for employee, day, *row in rows.values_list(*columns):
        known[employee, day] = (row[0], row[1], row[2])
    for employee, day, after in _adjusted(people, first, on):
        known[employee, day] = (after["leave_code"], after["leave"], after["scheduled"])
    return ((employee, day, *row) for (employee, day), row in known.items() if row[1])


def _adjusted(people: Collection[int], first: date, on: date) -> Any:
    """What the newest adjustment of each day of a closed month says."""
    standing = TimesheetChange.objects.filter(adjustment__lock__reopening__isnull=True).exclude(
        adjustment=None
    )
    newest = standing.filter(
        employee=OuterRef("employee"), work_date=OuterRef("work_date")
    ).order_by("-pk")
    changes = standing.filter(employee__in=people, work_date__range=(first, on)).filter(
        pk=Subquery(newest.values("pk")[:1])
    )
    return changes.values_list("employee_id", "work_date", "after")


def _waiting(people: Collection[int], first: date, last: date) -> defaultdict[int, list[Use]]:
    """Annual leave of open requests, on the working days of each."""
    found: defaultdict[int, list[Use]] = defaultdict(list)
    rows = Request.objects.open().filter(
        employee__in=people,
        kind=RequestKind.LEAVE,
        code=ANNUAL,
        first__lte=last,
        last__gte=first,
    )
    columns = ("employee_id", "first", "last", "part", "start", "end")
    asked = [
        ((employee, max(begin, first), min(end, last)), _minutes(*part))
        for employee, begin, end, *part in rows.values_list(*columns)
    ]
    days = working_days({span for span, _minutes_a_day in asked})
    for span, minutes in asked:
        found[span[0]].extend(Use(day, minutes) for day in days[span])
    return found


def _minutes(part: str, start: time | None, end: time | None) -> int:
    if start and end:
        return (end.hour - start.hour) * 60 + end.minute - start.minute
    return STANDARD_DAY if part == DayPart.FULL else STANDARD_DAY // 2


def _of_a_standard_day(leave: int, scheduled: int) -> int:
    """A full day of 7.5 hours is one day."""
    normal = scheduled if SHORTEST_DAY <= scheduled <= STANDARD_DAY else STANDARD_DAY
    return leave * STANDARD_DAY // normal

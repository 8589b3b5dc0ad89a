"""The stored roster: rolled out from patterns, copied from the week before, changed by hand."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from attendance.engine.facts import DayType
from attendance.leave.care_hours import protected_spans
from attendance.models import PatternAssignment, RosterEntry, Shift
from attendance.people.employment import NotEmployedThen
from attendance.roster.overtime import overtime_days
from attendance.roster.patterns import (
    Conflict,
    Planned,
    UnknownShift,
    conflicts,
    forbidden,
    parse_cycle,
    unrolled,
)
from attendance.roster.swapping import both_of, exchanged, swaps_of
from attendance.timesheet.dirty import mark_days
from attendance.timesheet.timesheets import day_types
from backend.db import copy_into, lock_rows
from backend.org.models import Employee
from backend.org.transfers import placements_between
from backend.problems import Problem

#: A week's rest is looked for this far before the first day shown.
LOOK_BACK = timedelta(days=7)
#: The longest span rolled out at once.
LONGEST_SPAN = timedelta(days=366)

Plan = Iterable[tuple[int, date, int]]


class SpanTooLong(Problem):
    code = "span_too_long"
    message = _("Hãy chọn khoảng ngày đúng thứ tự và không quá một năm.")


class EndsBeforeItBegins(Problem):
    code = "ends_before_it_begins"
    message = _("Ngày cuối phải không trước ngày đầu.")


class CellSwapped(Problem):
    code = "cell_swapped"
    status = 409
    message = _("Người này đang đổi ca trong ngày. Hãy thu hồi lần đổi ca trước khi sửa phân ca.")


@dataclass(frozen=True)
class Rolled:
    """How many entries were made and taken away."""

    made: int
    gone: int


# One statement: what goes, what comes and which days are computed anew. The neighbours of a day
# are marked too, for the nights that reach into them.
_APPLY = """
    WITH gone AS (
        DELETE FROM attendance_rosterentry entry
        WHERE %(replace)s AND entry.employee_id = ANY(%(people)s)
          AND entry.work_date BETWEEN %(first)s AND %(last)s
          AND NOT EXISTS (
              SELECT FROM planned_roster planned
              WHERE (planned.employee_id, planned.work_date, planned.shift_id)
                  = (entry.employee_id, entry.work_date, entry.shift_id))
        RETURNING entry.employee_id, entry.work_date
    ), made AS (
        INSERT INTO attendance_rosterentry (employee_id, work_date, shift_id)
        SELECT planned.employee_id, planned.work_date, planned.shift_id
        FROM planned_roster planned
        WHERE %(replace)s OR NOT EXISTS (
            SELECT FROM attendance_rosterentry entry
            WHERE (entry.employee_id, entry.work_date) = (planned.employee_id, planned.work_date))
        ON CONFLICT (employee_id, work_date, shift_id) DO NOTHING
        RETURNING employee_id, work_date
    ), marked AS (
        INSERT INTO attendance_dirtyday (employee_id, work_date)
        SELECT DISTINCT changed.employee_id, changed.work_date + shifted.days
        FROM (SELECT * FROM gone UNION SELECT * FROM made) changed
        CROSS JOIN generate_series(-1, 1) AS shifted(days)
        ORDER BY 1, 2
        ON CONFLICT (employee_id, work_date) DO UPDATE SET work_date = excluded.work_date
    )
    SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM gone)
"""


def end_assignment(assignment: PatternAssignment, *, last: date) -> None:
    """Let the pattern apply until `last`, included. Rosters already made stay.

    Raises EndsBeforeItBegins.
    """
    if last < assignment.first:
        raise EndsBeforeItBegins
    assignment.last = last
    assignment.save(update_fields=["last"])


def roll_out(
    *, employees: Collection[int], first: date, last: date, replace: bool = False
) -> Rolled:
    """Write the roster of [first, last] from everybody's patterns; changed days are computed soon.

    A person's own pattern comes before that of the department they belong to on the day. Days nobody has a pattern for, and days
    outside employment, are left as they are. Days that have an entry are kept, unless `replace`:
    then they become the pattern's. Raises SpanTooLong, CycleMisread, UnknownShift.
    """
    if last < first or last - first > LONGEST_SPAN:
        raise SpanTooLong
    with transaction.atomic():
        people = lock_rows(Employee.objects.filter(pk__in=employees))
        spans = _spans(people, first, last)
        shifts = dict(Shift.objects.values_list("code", "pk"))
        kinds = day_types(first, last)
        rolled = Rolled(0, 0)
        by_span: dict[tuple[date, date], list[tuple[int, PatternAssignment]]] = defaultdict(list)
        for person, (low, high, assignment) in spans:
            by_span[low, high].append((person, assignment))
        for (low, high), group in sorted(by_span.items()):
            days = {day: kind for day, kind in kinds.items() if low <= day <= high}
            plan = _plan(group, days, shifts)
            part = _apply(plan, [person for person, _by in group], low, high, replace=replace)
            rolled = Rolled(rolled.made + part.made, rolled.gone + part.gone)
    return rolled


def _plan(
    group: Iterable[tuple[int, PatternAssignment]],
    kinds: Mapping[date, DayType],
    shifts: Mapping[str, int],
) -> Plan:
    """The shifts of people on these days, as their patterns say. Raises CycleMisread, UnknownShift."""
    return [
        (person, day, _known(shifts, code))
        for person, assignment in group
        for day, codes in unrolled(
            parse_cycle(assignment.pattern.cycle),
            anchor=assignment.pattern.anchor,
            offset=assignment.offset,
            days=assignment.pattern.days,
            kinds=kinds,
        )
        for code in codes
    ]


def _known(shifts: Mapping[str, int], code: str) -> int:
    if code not in shifts:
        raise UnknownShift
    return shifts[code]


def _spans(
    people: Iterable[Employee], first: date, last: date
) -> list[tuple[int, tuple[date, date, PatternAssignment]]]:
    """(employee, first and last day, assignment): whose pattern each day of a person follows."""
    own: dict[int, list[PatternAssignment]] = defaultdict(list)
    shared: dict[int, list[PatternAssignment]] = defaultdict(list)
    within = PatternAssignment.objects.filter(first__lte=last).exclude(last__lt=first)
    for item in within.select_related("pattern").order_by("first", "pk"):
        if item.employee_id is not None:
            own[item.employee_id].append(item)
        elif item.department_id is not None:
            shared[item.department_id].append(item)
    result: list[tuple[int, tuple[date, date, PatternAssignment]]] = []
    people = list(people)
    placements = placements_between([person.pk for person in people], first, last)
    for person in people:
        low, high = max(first, person.join_date), min(last, person.leave_date or last)
        followed = []
        for day in (low + timedelta(days=offset) for offset in range((high - low).days + 1)):
            theirs = next(p.department_id for p in placements[person.pk] if p.last >= day)
            followed.append((_in_force((*own[person.pk], *shared[theirs]), day), day))
        for pattern, run in groupby(followed, key=itemgetter(0)):
            days = [day for _pattern, day in run]
            if pattern is not None:
                result.append((person.pk, (days[0], days[-1], pattern)))
    return result


def _in_force(assignments: Iterable[PatternAssignment], day: date) -> PatternAssignment | None:
    """The first that holds on the day."""
    held = (a for a in assignments if a.first <= day and (a.last is None or day <= a.last))
    return next(held, None)


def _apply(plan: Plan, people: Sequence[int], first: date, last: date, *, replace: bool) -> Rolled:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE planned_roster"
            " (employee_id bigint, work_date date, shift_id bigint) ON COMMIT DROP"
        )
        copy_into(cursor, "planned_roster", ["employee_id", "work_date", "shift_id"], plan)
        cursor.execute(
            _APPLY, {"replace": replace, "people": list(people), "first": first, "last": last}
        )
        made, gone = cursor.fetchone()
        cursor.execute("DROP TABLE planned_roster")
    return Rolled(made, gone)


def copy_week(*, employees: Collection[int], monday: date, replace: bool = False) -> Rolled:
    """Make the week of `monday` like the one before it; holidays stay free (specification §3).

    Only days without an entry are filled, unless `replace`. Who has left or not come is left out.
    """
    week = timedelta(days=7)
    last = monday + timedelta(days=6)
    kinds = day_types(monday, last)
    with transaction.atomic():
        people = {
            person.pk: person for person in lock_rows(Employee.objects.filter(pk__in=employees))
        }
        before = RosterEntry.objects.between(monday - week, monday - timedelta(days=1))
        plan = [
            (person, day + week, shift)
            for person, day, shift in before.filter(employee__in=people).values_list(
                "employee_id", "work_date", "shift_id"
            )
            if kinds[day + week] != "holiday" and people[person].is_employed_on(day + week)
        ]
        return _apply(plan, list(people), monday, last, replace=replace)


def set_shifts(*, employee: Employee, day: date, codes: Sequence[str]) -> None:
    """Let the person work exactly these shifts on the date (none: free).

    Raises UnknownShift, NotEmployedThen, CellSwapped; then nothing has changed.
    """
    with transaction.atomic():
        [employee] = lock_rows(Employee.objects.filter(pk=employee.pk))
        if codes and not employee.is_employed_on(day):
            raise NotEmployedThen
        if swaps_of((employee.pk,), day, day).exists():
            raise CellSwapped
        shifts = dict(Shift.objects.filter(code__in=codes).values_list("code", "pk"))
        wanted = {_known(shifts, code) for code in codes}
        stored = RosterEntry.objects.filter(employee=employee, work_date=day)
        stored.exclude(shift__in=wanted).delete()
        RosterEntry.objects.bulk_create(
            [RosterEntry(employee=employee, work_date=day, shift_id=pk) for pk in sorted(wanted)],
            ignore_conflicts=True,
        )
        mark_days((employee.pk, day + timedelta(days=shifted)) for shifted in (-1, 0, 1))


def move_shifts(*, source: Employee, source_day: date, employee: Employee, day: date) -> None:
    """Move what is rostered in one cell to another, in place of what was there.

    Raises NotEmployedThen, CellSwapped; then nothing has changed.
    """
    with transaction.atomic():
        lock_rows(Employee.objects.filter(pk__in=(source.pk, employee.pk)))
        entries = RosterEntry.objects.filter(employee=source, work_date=source_day)
        codes = list(entries.order_by("shift__start", "pk").values_list("shift__code", flat=True))
        if (source.pk, source_day) == (employee.pk, day):
            return
        set_shifts(employee=employee, day=day, codes=codes)
        set_shifts(employee=source, day=source_day, codes=())


@dataclass(frozen=True)
class PersonRoster:
    """What one person works, after swaps: shift codes by date, and what is wrong with it."""

    codes: Mapping[date, tuple[str, ...]]
    swapped: frozenset[date]
    conflicts: tuple[Conflict, ...]


def rosters_of(employees: Collection[int], *, first: date, last: date) -> dict[int, PersonRoster]:
    """The rosters of these people on [first, last] after swaps, in three queries, one more
    where somebody is protected (Labour Code art. 137)."""
    low = first - LOOK_BACK
    swaps = list(swaps_of(employees, low, last))
    works = exchanged(swaps)
    planned: dict[int, list[Planned]] = {person: [] for person in employees}
    entries = RosterEntry.objects.between(low, last).filter(employee__in=both_of(employees, swaps))
    for person, day, code, start, end in entries.values_list(
        "employee_id", "work_date", "shift__code", "shift__start", "shift__end"
    ):
        worker = works.get((person, day), person)
        if worker in planned:
            planned[worker].append(Planned.on(day, code, start, end))
    spans = protected_spans(employees, first, last)
    overtime = overtime_days(spans, first, last) if spans else {}
    result = {}
    for person, shifts in planned.items():
        codes: dict[date, tuple[str, ...]] = {}
        for shift in sorted(shifts):
            if shift.work_date >= first:
                codes[shift.work_date] = (*codes.get(shift.work_date, ()), shift.code)
        found = conflicts(shifts)
        if person in spans:
            found += forbidden(shifts, overtime.get(person, ()), spans[person])
        result[person] = PersonRoster(
            codes,
            frozenset(day for who, day in works if who == person and day >= first),
            tuple(item for item in found if item.work_date >= first),
        )
    return result

"""The engine's one entry: facts in, rows out. Pure; the same facts in any order give the same rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from attendance.engine.facts import Absence, Care, Facts, Overtime, OwnDay, Punch, Swap
from attendance.engine.person import DayTypes, PersonRows
from attendance.engine.prepare import PunchException, corrected_time, prepare
from attendance.engine.rows import NUMBERS, OVERTIME_CLASSES, Adjustment, Result, Row
from attendance.engine.schedule import DaySchedule, ShiftDay, plan, shift_day


def compute(facts: Facts) -> Result:
    """One row for every employee and calendar date, by the specification's §2 to §11."""
    result = _compute(facts, facts.punches)
    if not facts.locks:
        return result
    frozen: dict[tuple[str, date], Row] = {}
    for period, locked_at in facts.locks.items():
        known = tuple(
            punch
            for punch in facts.punches
            if (punch.received or corrected_time(punch, facts.terminals)) <= locked_at
        )
        for row in _compute(facts, known).rows:
            if row.period == period:
                frozen[row.employee, row.date] = row
    rows, adjustments = [], []
    for row in result.rows:
        kept = frozen.get((row.employee, row.date))
        if kept is None:
            rows.append(row)
            continue
        rows.append(kept)
        delta = _difference(kept, row)
        if delta:
            into = _next_open(row.period, facts.locks)
            adjustments.append(Adjustment(row.employee, row.date, into, delta))
    return replace(result, rows=rows, adjustments=adjustments)


def _difference(kept: Row, new: Row) -> tuple[tuple[str, int], ...]:
    names = [*NUMBERS, *(f"ot.{name}" for name in OVERTIME_CLASSES)]
    return tuple(
        (name, new.number(name) - kept.number(name))
        for name in names
        if new.number(name) != kept.number(name)
    )


def _next_open(period: str, locks: Mapping[str, object]) -> str:
    """The earliest unlocked period after the row's own."""
    year, month = int(period[:4]), int(period[5:])
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        following = f"{year:04d}-{month:02d}"
        if following not in locks:
            return following


def _compute(facts: Facts, punches: tuple[Punch, ...]) -> Result:
    known = facts.around | facts.calendar
    types = DayTypes({day.toordinal(): kind for day, kind in known.items()})
    by_person, aside = prepare(facts, punches)
    schedules = _schedules(facts)
    overtime = _by_employee(set(facts.overtime))
    care = _care_of(facts.care)
    own = _own_days(facts.own_days)
    rows: list[Row] = []
    for employee in sorted(set(facts.employees), key=lambda person: person.id):
        person = PersonRows(
            facts, employee, types, care.get(employee.id, []), own.get(employee.id, {})
        )
        found, unused = person.rows(
            schedules.get(employee.id, {}),
            overtime.get(employee.id, []),
            by_person.get(employee.id, []),
        )
        rows += found
        aside |= unused
    return Result(rows, sorted(aside, key=_by_moment), [])


def _by_moment(item: PunchException) -> tuple[datetime, str, str, str, str]:
    return item.at, item.text, item.code, item.who, item.terminal


def _by_employee(requests: Iterable[Overtime]) -> dict[str, list[Overtime]]:
    grouped: dict[str, list[Overtime]] = defaultdict(list)
    for request in sorted(requests, key=lambda item: (item.start, item.end)):
        grouped[request.employee].append(request)
    return grouped


def _care_of(items: Iterable[Care]) -> dict[str, list[Care]]:
    grouped: dict[str, list[Care]] = defaultdict(list)
    for item in set(items):
        grouped[item.employee].append(item)
    return grouped


def _own_days(items: Iterable[OwnDay]) -> dict[str, dict[int, OwnDay]]:
    """By person and date; of two that contradict each other the rest is told."""
    grouped: dict[str, dict[int, OwnDay]] = defaultdict(dict)
    for item in sorted(set(items), key=lambda own: (own.kind == "rest", own.why)):
        grouped[item.employee][item.date.toordinal()] = item
    return grouped


def _schedules(facts: Facts) -> dict[str, dict[int, DaySchedule]]:
    """Every person's shifts by work date, after swaps, within employment, less leave and trips."""
    people = {employee.id: employee for employee in facts.employees}
    entries: dict[tuple[str, date], set[str]] = defaultdict(set)
    for entry in facts.roster:
        entries[entry.employee, entry.date].add(entry.shift)
    for day, a, b in sorted({_exchange(swap) for swap in facts.swaps}):
        entries[a, day], entries[b, day] = entries[b, day], entries[a, day]
    planned: dict[str, list[ShiftDay]] = defaultdict(list)
    for (person, day), codes in entries.items():
        employee = people.get(person)
        if employee is not None and employee.is_employed_on(day):
            planned[person] += [shift_day(facts.shifts[code], day.toordinal()) for code in codes]
    leaves, trips = _absences(facts.leaves), _absences(facts.trips)
    result: dict[str, dict[int, DaySchedule]] = {}
    for person, shifts in planned.items():
        shifts.sort(key=lambda item: (item.start, item.end, item.shift.code))
        plan(shifts, leaves.get(person, {}), trips.get(person, {}))
        days = result[person] = {}
        for shift in shifts:
            days.setdefault(shift.day, DaySchedule()).shifts.append(shift)
    return result


def _exchange(swap: Swap) -> tuple[date, str, str]:
    """A swap told from either side is one swap."""
    return swap.date, min(swap.a, swap.b), max(swap.a, swap.b)


def _absences(items: tuple[Absence, ...]) -> dict[str, dict[int, list[Absence]]]:
    """Leave or trips by person and work date."""
    grouped: dict[str, dict[int, list[Absence]]] = defaultdict(lambda: defaultdict(list))
    for item in sorted(set(items), key=lambda one: (one.date, one.code, str(one.part))):
        grouped[item.employee][item.date.toordinal()].append(item)
    return grouped

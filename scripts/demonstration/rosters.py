"""Who is to work when: shifts and the roster of every person.

Each kind of department has its own rhythm; a person's roster follows from the day alone, so it
can be made for any day, past or to come.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import groupby
from typing import Any

from attendance.models import (
    CalendarDay,
    Leave,
    PatternAssignment,
    PatternDays,
    Shift,
    ShiftPattern,
)
from backend.org.models import Employee
from scripts.demonstration.people import DEPARTMENTS
from scripts.demonstration.plan import Plan, days

#: How far ahead the roster is made.
AHEAD = timedelta(days=45)
REST_KINDS = frozenset({"rest", "holiday", "comp_rest", "swapped_rest"})
HOLIDAY = "holiday"
#: Two mornings, two evenings, two nights, two days off.
GUARDS = ("CA1", "CA1", "CA2", "CA2", "CA3", "CA3", None, None)


def _pause(start: str, end: str, *, paid: bool = False) -> dict[str, Any]:
    return {"from": start, "to": end, "paid": paid}


def shifts() -> list[Shift]:
    """Unsaved, one of each kind: fixed, flexible, split, of the draw's evening, continuous, night.

    Lunch at the office is unpaid; meals of shift work are paid.
    """
    lunch = [_pause("11:30", "13:30")]
    rows: tuple[tuple[str, str, time, time, list[dict[str, Any]]], ...] = (
        ("HC", "Hành chính", time(7, 30), time(17, 0), lunch),
        ("GAY", "Ca gãy quầy trả thưởng", time(7, 0), time(19, 0), [_pause("11:00", "15:00")]),
        ("TH", "Thu hồi vé", time(11, 0), time(19, 0), [_pause("13:00", "13:30")]),
        ("QS", "Trực quay số mở thưởng", time(12, 30), time(20, 30), [_pause("17:00", "17:30")]),
        ("CA1", "Bảo vệ ca sáng", time(6), time(14), [_pause("10:00", "10:30", paid=True)]),
        ("CA2", "Bảo vệ ca chiều", time(14), time(22), [_pause("18:00", "18:30", paid=True)]),
        ("CA3", "Bảo vệ ca đêm", time(22), time(6), [_pause("02:00", "02:45", paid=True)]),
    )
    fixed = [
        Shift(code=code, name=name, start=start, end=end, breaks=breaks)
        for code, name, start, end, breaks in rows
    ]
    flexible = Shift(
        code="LH",
        name="Hành chính linh hoạt",
        start=time(7, 30),
        end=time(17),
        breaks=lunch,
        flex_minutes=60,
    )
    return [*fixed, flexible]


def guard_pattern(
    employees: Iterable[Employee], first: date
) -> tuple[ShiftPattern, list[PatternAssignment]]:
    """Unsaved: the guards' rotating pattern, and whose it is from `first` on; the roster follows it."""
    pattern = ShiftPattern(
        code="BV8",
        name="Bảo vệ ba ca, hai ngày nghỉ",
        cycle=" ".join(code or "-" for code in GUARDS),
        anchor=first - timedelta(days=first.toordinal() % len(GUARDS)),
        days=PatternDays.CONTINUOUS,
    )
    guards = {office.code for office in DEPARTMENTS if office.rhythm == "guard"}
    return pattern, [
        PatternAssignment(
            pattern=pattern,
            employee=employee,
            first=max(first, employee.join_date),
            last=employee.leave_date,
            offset=number % len(GUARDS),
        )
        for number, employee in enumerate(employees)
        if employee.department.code in guards
    ]


@dataclass(frozen=True)
class Calendar:
    """Kinds of days: what the table says, else the ordinary week."""

    kinds: Mapping[date, str]
    pauses: frozenset[date] = field(default_factory=frozenset)

    def is_free(self, day: date) -> bool:
        return self.kinds.get(day, "rest" if day.weekday() > 4 else "work") in REST_KINDS

    def has_draw(self, day: date) -> bool:
        return day not in self.pauses


def calendar(draw_days: Iterable[date], first: date, last: date) -> Calendar:
    """From the tables; a day without a draw is one of the pauses."""
    drawn = set(draw_days)
    return Calendar(
        dict(CalendarDay.objects.values_list("date", "kind")),
        frozenset(day for day in days(first, last) if day not in drawn),
    )


def shift_on(rhythm: str, number: int, day: date, calendar: Calendar) -> str | None:
    """Code of the shift that person `number` of a department works on that day, if any."""
    count = day.toordinal()
    match rhythm:
        case "counter":  # six days a week, closed on holidays; the day off goes round
            if calendar.kinds.get(day) == HOLIDAY or (count + number) % 7 == 0:
                return None
            return "GAY"
        case "returns":  # every day with a draw, two days off in seven
            return "TH" if calendar.has_draw(day) and (count + number) % 7 > 1 else None
        case "guard":
            return GUARDS[(count + number) % len(GUARDS)]
        case "flexible":
            return None if calendar.is_free(day) else "LH"
        case "draw" if day.weekday() == 1 and calendar.has_draw(day):
            return "QS"
        case "sales" if day.weekday() == 5 and calendar.kinds.get(day) != HOLIDAY:
            # One Saturday in four somebody meets the agents.
            return "HC" if (count // 7 + number) % 4 == 0 else None
    return None if calendar.is_free(day) else "HC"


@dataclass(frozen=True)
class Duty:
    """What a person is to work on a day."""

    employee: Employee
    day: date
    shift: str


def roster(
    employees: Iterable[Employee], first: date, last: date, calendar: Calendar
) -> Iterator[Duty]:
    """Everybody's duties of [first, last], within employment, in order of person and day."""
    rhythms = {office.code: office.rhythm for office in DEPARTMENTS}
    for number, employee in enumerate(employees):
        rhythm = rhythms[employee.department.code]
        end = min(last, employee.leave_date or last)
        for day in days(max(first, employee.join_date), end):
            if shift := shift_on(rhythm, number, day, calendar):
                yield Duty(employee, day, shift)


def leaves(plan: Plan, duties: Iterable[Duty]) -> list[Leave]:
    """Unsaved: about a day a month of leave, sickness, a trip or a course; leave of several days.

    `duties` are in order of person and day and begin on `plan.first_punch`; more days to come do
    not change the earlier ones.
    """
    return [
        leave
        for _, own in groupby(duties, key=lambda duty: duty.employee.code)
        for leave in _leaves_of_one(plan, list(own))
    ]


def _leaves_of_one(plan: Plan, duties: Sequence[Duty]) -> Iterator[Leave]:
    luck = plan.luck(f"leaves {duties[0].employee.code}")
    code, left = "", 0
    for duty in duties:
        if left == 0 and luck.random() < 0.022:
            code = luck.choices(("P", "Ô", "CT", "H"), (7, 2, 3, 1))[0]
            left = luck.choice((1, 1, 1, 2, 3, 5)) if code == "P" else luck.choice((1, 1, 2))
        if left:
            left -= 1
            yield Leave(employee=duty.employee, date=duty.day, code=code)

"""From stored facts to stored rows: dirty days are loaded, computed and written as sets."""

import calendar
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from attendance.engine import facts as engine
from attendance.engine.compute import compute
from attendance.engine.rows import Row
from attendance.leave.care_hours import care_hours
from attendance.models import (
    CalendarChange,
    CalendarDay,
    DayKind,
    DirtyDay,
    InOutMode,
    Leave,
    ManualPunch,
    PeriodLock,
    RosterEntry,
    Shift,
    Terminal,
)
from attendance.roster.overtime import approved_overtime
from attendance.roster.own_rest import MADE_UP_WITHIN, own_days
from attendance.roster.swapping import both_of, swaps_of
from attendance.timesheet.dirty import mark_new_days
from attendance.timesheet.rules import engine_settings, rules_of, saturdays_worked
from attendance.timesheet.writing import write_adjustments, write_rows
from backend.clock import VN
from backend.db import hold_lock
from backend.milestones import announce
from backend.org.models import Placement
from backend.org.transfers import placements_between

#: Days around a month whose punches and shifts can reach into it (night shifts, chains).
MARGIN = timedelta(days=3)
#: See `clock_error`: seconds, seconds, and how long before it was received.
NOISE, RESET, NEAR = 30, 12 * 3600, timedelta(hours=36)
#: One computation at a time in the whole company; others come back a moment later.
_ONE_AT_A_TIME = 0x61747473

#: Each array is made once. As joins they were planned by the statistics of a queue that is mostly
#: empty: nested loops, minutes for a month of a company.
_TAKE = """
    DELETE FROM attendance_dirtyday
    WHERE id = ANY(ARRAY(
        SELECT id FROM attendance_dirtyday
        WHERE work_date BETWEEN %(first)s AND %(last)s AND employee_id = ANY(ARRAY(
            SELECT DISTINCT employee_id FROM attendance_dirtyday
            WHERE work_date BETWEEN %(first)s AND %(last)s
            ORDER BY employee_id LIMIT %(limit)s
        ))
        ORDER BY employee_id, work_date
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING employee_id
"""

_PUNCHES = """
    SELECT enrolment.employee_id, punch.punched_at, terminal.code, punch.received_at,
        CASE WHEN punch.correction_id IS NULL THEN pull.clock_offset_seconds END,
        punch.state, terminal.direction
    FROM attendance_punch punch
    JOIN attendance_pull pull ON pull.id = punch.pull_id
    JOIN attendance_terminal terminal ON terminal.id = punch.terminal_id
    JOIN attendance_enrolment enrolment
      ON enrolment.device_user_id = punch.device_user_id
     AND (punch.punched_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date >= enrolment.valid_from
     AND (enrolment.valid_to IS NULL
          OR (punch.punched_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= enrolment.valid_to)
    WHERE enrolment.employee_id = ANY(%(employees)s)
      AND punch.punched_at >= %(first)s AND punch.punched_at < %(last)s
"""


def month_of(day: date) -> tuple[date, date]:
    """The first and last day of the month."""
    last = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=1), day.replace(day=last)


def recompute_dirty(*, at: datetime, limit: int = 500) -> int:
    """Compute the dirty days of the newest month that has any, for up to `limit` people.

    Returns how many days were taken; 0 when there is nothing to do or another process is at it.
    Taking a day, reading its facts and writing its row are one transaction, and a punch stored
    meanwhile marks its day again: a crash repeats work, it never skips any. Days after today are
    left for their own day; when today has come, everybody gets a row for it, punch or no punch.
    """
    today = at.astimezone(VN).date()
    with transaction.atomic(), connection.cursor() as cursor:
        if not hold_lock(_ONE_AT_A_TIME, wait=False):
            return 0
        newest = _newest_dirty(cursor, today)
        if newest is None and mark_new_days(on=today):
            newest = _newest_dirty(cursor, today)
        if newest is None:
            return 0
        first, last = month_of(newest)
        last = min(last, today)
        cursor.execute(_TAKE, {"first": first, "last": last, "limit": limit})
        taken = [row[0] for row in cursor.fetchall()]
        employees = sorted(set(taken))
        rows = compute_rows(employees=employees, first=first, last=last)
        lock = PeriodLock.objects.holding(first).first()
        if lock is not None:
            write_adjustments(rows, lock=lock, at=at)
            return len(taken)
        changed = write_rows(rows, at=at)
    if changed:
        announce(
            "timesheet.computed",
            _("Bảng công %(month)s: đã tính %(days)s ngày công của %(people)s người")
            % {"month": f"{first:%m/%Y}", "days": changed, "people": len(employees)},
        )
    return len(taken)


def days_wait(*, on: date) -> bool:
    """Whether `recompute_dirty` has days to compute that are not after `on`; one cheap query."""
    return DirtyDay.objects.filter(work_date__lte=on).exists()


def hold_computing() -> None:
    """Nobody computes until the caller's transaction ends; waits for whoever is at it."""
    hold_lock(_ONE_AT_A_TIME)


def compute_waiting(month: date, *, at: datetime, limit: int = 500) -> int:
    """Compute every dirty day of an open month that is over; returns how many days were taken.

    For a caller who holds computing (`hold_computing`); all of it in the caller's transaction.
    """
    first, last = month_of(month)
    done = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, {"first": first, "last": last, "limit": limit})
            taken = [row[0] for row in cursor.fetchall()]
        if not taken:
            return done
        done += len(taken)
        write_rows(compute_rows(employees=sorted(set(taken)), first=first, last=last), at=at)


def _newest_dirty(cursor: CursorWrapper, today: date) -> date | None:
    cursor.execute("SELECT max(work_date) FROM attendance_dirtyday WHERE work_date <= %s", [today])
    newest: date | None = cursor.fetchone()[0]
    return newest


def compute_rows(*, employees: Collection[int], first: date, last: date) -> list[Row]:
    """The engine's rows of these people for [first, last], both in one month; nothing is stored."""
    if not employees:
        return []
    return compute(load_facts(employees=employees, first=first, last=last)).rows


def load_facts(*, employees: Collection[int], first: date, last: date) -> engine.Facts:
    """Everything the engine may know of these people around [first, last], in few queries."""
    low, high = first - MARGIN, last + MARGIN
    rules = rules_of(first)
    types = day_types(low - MADE_UP_WITHIN, high, month=first)
    people = placements_between(employees, low, high).values()
    swaps = tuple(swaps_of(employees, low, high))
    absences = list(Leave.objects.filter(employee__in=employees, date__range=(low, high)))
    return engine.Facts(
        calendar={day: kind for day, kind in types.items() if first <= day <= last},
        around=types,
        own_days=own_days(employees, types, first=low),
        employees=tuple(_employee(placements) for placements in people),
        terminals={
            terminal.code: engine.Terminal(terminal.code, terminal.site.code)
            for terminal in Terminal.objects.select_related("site")
        },
        shifts={shift.code: engine_shift(shift) for shift in Shift.objects.all()},
        roster=tuple(
            engine.RosterEntry(str(employee), day, code)
            for employee, day, code in RosterEntry.objects.filter(
                employee__in=both_of(employees, swaps), work_date__range=(low, high)
            ).values_list("employee_id", "work_date", "shift__code")
        ),
        swaps=tuple(engine.Swap(swap.date, str(swap.a_id), str(swap.b_id)) for swap in swaps),
        leaves=tuple(_absence(item) for item in absences if not item.is_trip),
        trips=tuple(_absence(item) for item in absences if item.is_trip),
        care=care_hours(employees, low, high),
        overtime=approved_overtime(employees, low, high),
        overtime_before=_overtime_before(employees, first),
        punches=stored_punches(employees, low, high, mode=rules.in_out_mode),
        settings=engine_settings(rules),
    )


def _employee(placements: list[Placement]) -> engine.Employee:
    """The person of these placements, which are sorted."""
    first, *later = placements
    person = first.employee
    return engine.Employee(
        str(person.pk),
        person.join_date,
        person.leave_date,
        first.site.code,
        tuple((each.first, each.site.code) for each in later),
    )


_TYPES: dict[str, engine.DayType] = {
    DayKind.WORK: "work",
    DayKind.MAKEUP_WORK: "work",
    DayKind.REST: "rest",
    DayKind.COMP_REST: "rest",
    DayKind.SWAPPED_REST: "rest",
    DayKind.HOLIDAY: "holiday",
}


def day_type(day: date, kind: str | None, saturdays: Collection[date]) -> engine.DayType:
    """What a day of the calendar's kind is; without one Monday to Friday work, the rest rest.

    `saturdays` are the months (`saturdays_worked`) in which Saturday is a day like Friday.
    """
    if kind is not None:
        return _TYPES[kind]
    return "work" if day.weekday() < (6 if day.replace(day=1) in saturdays else 5) else "rest"


def day_types(first: date, last: date, *, month: date | None = None) -> dict[date, engine.DayType]:
    """What each day of [first, last] is; for a closed `month`, by the calendar it was closed with."""
    within = (first, last)
    kinds: dict[date, str | None] = dict(
        CalendarDay.objects.filter(date__range=within).values_list("date", "kind")
    )
    if month is not None:
        since = CalendarChange.objects.filter(
            date__range=within, closed__period=month, closed__reopening=None
        )
        # The newest first: what the oldest one found is what the lock knew.
        kinds |= {change.date: change.kind_before for change in since.order_by("-pk")}
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    saturdays = saturdays_worked(first, last)
    return {day: day_type(day, kinds.get(day), saturdays) for day in days}


def _clock(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def engine_shift(shift: Shift) -> engine.Shift:
    breaks = tuple(
        engine.Break(
            _clock(time.fromisoformat(pause["from"])),
            _clock(time.fromisoformat(pause["to"])),
            bool(pause.get("paid", False)),
        )
        for pause in shift.breaks
    )
    start, end = _clock(shift.start), _clock(shift.end)
    return engine.Shift(shift.code, start, end, breaks, shift.flex_minutes)


def _absence(item: Leave) -> engine.Absence:
    part: engine.Part = "am" if item.part == "am" else "pm" if item.part == "pm" else "full"
    if item.start is not None and item.end is not None:
        hours = (_clock(item.start), _clock(item.end))
        return engine.Absence(str(item.employee_id), item.date, item.code, None, *hours)
    return engine.Absence(str(item.employee_id), item.date, item.code, part)


def stored_punches(
    employees: Collection[int], low: date, high: date, *, mode: str = InOutMode.AUTOMATIC
) -> tuple[engine.Punch, ...]:
    """What the terminals and HR tell of these people on the local days [low, high].

    `mode` is whether the key pressed or the terminal's place says which way a punch went.
    """
    by_terminals = _punches(employees, low, high, mode)
    return (*by_terminals, *_manual_punches(employees, low, high))


#: What the terminals' in/out keys say: in, out, break out, break in, overtime in, overtime out.
_KEYS: dict[int, engine.Way] = {0: "in", 1: "out", 2: "out", 3: "in", 4: "in", 5: "out"}
_PLACES: dict[str, engine.Way] = {"in": "in", "out": "out"}


def _punches(
    employees: Collection[int], low: date, high: date, mode: str
) -> tuple[engine.Punch, ...]:
    """Punches by the owner of their user id on that day, with the error of the terminal's clock.

    The moment of a corrected punch was approved by a person; nothing is taken off it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _PUNCHES,
            {
                "employees": list(employees),
                "first": datetime.combine(low, time.min, tzinfo=VN),
                "last": datetime.combine(high + timedelta(days=1), time.min, tzinfo=VN),
            },
        )
        return tuple(
            engine.Punch(
                at=punched.astimezone(VN).replace(tzinfo=None),
                terminal=terminal,
                employee=str(employee),
                received=received.astimezone(VN).replace(tzinfo=None),
                offset_seconds=clock_error(punched, received, measured),
                way=_way(mode, key, place),
            )
            for employee, punched, terminal, received, measured, key, place in cursor.fetchall()
        )


def _way(mode: str, key: int, place: str) -> engine.Way | None:
    if mode == InOutMode.DEVICE_CODE:
        return _KEYS.get(key)
    return _PLACES.get(place) if mode == InOutMode.TERMINAL_DIRECTION else None


def _manual_punches(employees: Collection[int], low: date, high: date) -> Iterator[engine.Punch]:
    """What HR entered and did not withdraw; a person's clock is not corrected."""
    standing = ManualPunch.objects.standing().filter(
        employee__in=employees,
        punched_at__gte=datetime.combine(low, time.min, tzinfo=VN),
        punched_at__lt=datetime.combine(high + timedelta(days=1), time.min, tzinfo=VN),
    )
    told = standing.values_list("employee_id", "punched_at", "at", "direction")
    for employee, punched, entered, direction in told:
        yield engine.Punch(
            at=punched.astimezone(VN).replace(tzinfo=None),
            terminal=engine.BY_HAND,
            employee=str(employee),
            received=entered.astimezone(VN).replace(tzinfo=None),
            offset_seconds=0,
            way=_PLACES.get(direction),
        )


def clock_error(punched: datetime, received: datetime, measured: int | None) -> int:
    """Seconds to take off a punch (§4.1), from the clock as `measured` when it was received.

    A clock's error is known near that moment only, and to a few seconds: older punches of a long
    log, differences below `NOISE` and clocks that are plainly reset are left as they are. The
    answer for a stored punch never changes, so a clock put right later rewrites no history.
    """
    if measured is None or not NOISE <= abs(measured) <= RESET:
        return 0
    return measured if abs(received - punched) <= NEAR else 0


_OVERTIME_BEFORE = """
    SELECT employee_id, sum(
        ot_weekday_day + ot_weekday_night + ot_restday_day + ot_restday_night
        + ot_holiday_day + ot_holiday_night)
    FROM attendance_timesheetrow
    WHERE employee_id = ANY(%s) AND work_date >= %s AND work_date < %s
    GROUP BY employee_id
"""


def _overtime_before(employees: Collection[int], first: date) -> dict[str, engine.OvertimeBefore]:
    """Overtime of the year before the month; the month itself is computed from its first day."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERTIME_BEFORE, [list(employees), first.replace(month=1, day=1), first])
        return {
            str(employee): engine.OvertimeBefore(0, int(total))
            for employee, total in cursor.fetchall()
        }

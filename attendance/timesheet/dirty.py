"""Which work dates a change can touch: they are written down here and computed soon after."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from django.db import connection

from attendance.models import ClockCorrection, DirtyDay, Pull, Shift
from backend.clock import VN
from backend.db import hold_lock

# An existing mark is touched, not skipped: its lock makes a computation under way wait for these
# punches, or come back for them. Ordered, so that two writers never wait for each other.
# A night shift's last punch comes on the day after its work date, so both days are looked at.
# A punch belongs to the local day of its moment, never to the date its clock showed.
_OF_PUNCHES = """
    INSERT INTO attendance_dirtyday (employee_id, work_date)
    SELECT DISTINCT enrolment.employee_id, punch.day - shifted.days
    FROM ({days}) punch
    JOIN attendance_enrolment enrolment
      ON enrolment.device_user_id = punch.device_user_id
     AND punch.day >= enrolment.valid_from
     AND (enrolment.valid_to IS NULL OR punch.day <= enrolment.valid_to)
    CROSS JOIN generate_series({least}, 1) AS shifted(days)
    ORDER BY 1, 2
    ON CONFLICT (employee_id, work_date) DO UPDATE SET work_date = excluded.work_date
"""
_DAYS = """
    SELECT DISTINCT device_user_id, (punched_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day
    FROM {punches}
"""
_OF_NEW = _OF_PUNCHES.format(days="SELECT device_user_id, day FROM new_days", least="%s")
_OF_CORRECTION = _OF_PUNCHES.format(
    days=_DAYS.format(punches="attendance_punch WHERE correction_id = %s"), least="0"
)

#: Where a statement that stores punches leaves whose days they are, instead of looking them up
#: again: without statistics on rows just written that takes as long as a third of storing them.
NEW_DAYS = """
    CREATE TEMPORARY TABLE new_days (
        device_user_id varchar(32) COLLATE "C" NOT NULL, day date NOT NULL
    ) ON COMMIT DROP
"""
FILL_NEW_DAYS = "INSERT INTO new_days (device_user_id, day) " + _DAYS.format(punches="new")


#: Held by whoever stores punches (shared) or changes whose a user id is (alone), until commit.
_OWNERS = 0x6F776E73


def hold_owners(*, to_change: bool) -> None:
    """Keep apart, until commit, those who store punches and those who change their owners.

    Neither sees what the other has not committed, so each would leave the day to the other.
    """
    hold_lock(_OWNERS, shared=not to_change)


def mark_new(*, pull: Pull) -> None:
    """Mark the work dates that the pull's new punches can change, by the temporary table `new_days`.

    Belongs in the transaction that stores the punches, so that no crash separates the two.
    """
    hold_owners(to_change=False)
    # A slow clock's evening punch may be corrected to the next day (timesheets.clock_error).
    least = -1 if (pull.clock_offset_seconds or 0) < 0 else 0
    with connection.cursor() as cursor:
        cursor.execute(_OF_NEW, [least])


def mark_corrected(*, correction: ClockCorrection) -> None:
    """Mark the work dates that the corrected punches can change."""
    hold_owners(to_change=False)
    with connection.cursor() as cursor:
        cursor.execute(_OF_CORRECTION, [correction.pk])


def mark_days(days: Iterable[tuple[int, date]]) -> None:
    """Mark (employee id, work date) pairs, for changes of roster, leave, calendar or mapping."""
    DirtyDay.objects.bulk_create(
        [
            DirtyDay(employee_id=employee_id, work_date=day)
            for employee_id, day in sorted(set(days))
        ],
        update_conflicts=True,
        unique_fields=["employee", "work_date"],
        update_fields=["work_date"],
    )


_WRITTEN = """
    INSERT INTO attendance_dirtyday (employee_id, work_date)
    SELECT employee_id, work_date FROM attendance_timesheetrow
    WHERE employee_id = %s AND work_date BETWEEN %s AND %s
    ORDER BY 1, 2
    ON CONFLICT (employee_id, work_date) DO UPDATE SET work_date = excluded.work_date
"""


def mark_written_days(employee_id: int, *, first: date, last: date) -> int:
    """Mark the person's days in [first, last] that have a row; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [employee_id, first, last])
        return int(cursor.rowcount)


_UNWRITTEN = """
    INSERT INTO attendance_dirtyday (employee_id, work_date)
    SELECT employee.id, day::date
    FROM org_employee employee
    CROSS JOIN generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
    WHERE employee.join_date <= day
      AND (employee.leave_date IS NULL OR employee.leave_date >= day)
      AND NOT EXISTS (
          SELECT FROM attendance_timesheetrow row
          WHERE row.employee_id = employee.id AND row.work_date = day
      )
    ORDER BY 1, 2
    ON CONFLICT (employee_id, work_date) DO NOTHING
"""


def mark_unwritten_days(*, first: date, last: date) -> int:
    """Mark the days of [first, last] nobody has a row for: whoever never punched is absent too."""
    with connection.cursor() as cursor:
        cursor.execute(_UNWRITTEN, {"first": first, "last": last})
        return int(cursor.rowcount)


#: A collector that stood still for so long still finds the days it missed.
LOOK_BACK = timedelta(days=45)

_LACKING = """
    SELECT EXISTS (
        SELECT FROM org_employee employee
        WHERE employee.join_date <= %(on)s
          AND (employee.leave_date IS NULL OR employee.leave_date >= %(on)s)
          AND NOT EXISTS (
              SELECT FROM attendance_timesheetrow row
              WHERE row.employee_id = employee.id AND row.work_date = %(on)s
          )
    )
"""


def mark_new_days(*, on: date) -> int:
    """Mark the days since `LOOK_BACK` that lack a row, if anybody lacks the row of `on`.

    Cheap to ask every second: the wide search is made once a day, or when somebody is new.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LACKING, {"on": on})
        lacking: bool = cursor.fetchone()[0]
    return mark_unwritten_days(first=on - LOOK_BACK, last=on) if lacking else 0


_OF_SHIFT = """
    INSERT INTO attendance_dirtyday (employee_id, work_date)
    SELECT DISTINCT employee_id, work_date FROM attendance_rosterentry WHERE shift_id = %s
    ORDER BY 1, 2
    ON CONFLICT (employee_id, work_date) DO UPDATE SET work_date = excluded.work_date
"""

# A day of the calendar changes its own rows, and those of the day before whose night reaches into
# it. Closed months keep the calendar they were closed with (timesheets.day_types).
_OPEN_ROWS = """
    FROM attendance_timesheetrow row
    WHERE row.work_date = ANY(%(days)s::date[]) AND NOT EXISTS (
        SELECT FROM attendance_periodlock lock
        WHERE lock.period = date_trunc('month', row.work_date)::date
          AND NOT EXISTS (
              SELECT FROM attendance_periodreopening reopening WHERE reopening.lock_id = lock.id
          )
    )
"""
_OF_DATES = f"""
    INSERT INTO attendance_dirtyday (employee_id, work_date)
    SELECT row.employee_id, row.work_date {_OPEN_ROWS} ORDER BY 1, 2
    ON CONFLICT (employee_id, work_date) DO UPDATE SET work_date = excluded.work_date
"""
# A holiday that takes somebody's own day of rest makes a later day one (roster.own_rest).
_MADE_UP_SINCE = f"""
    INSERT INTO attendance_dirtyday (employee_id, work_date)
    SELECT row.employee_id, row.work_date {_OPEN_ROWS}
      AND EXISTS (SELECT FROM attendance_ownrest rest WHERE rest.employee_id = row.employee_id)
    ORDER BY 1, 2
    ON CONFLICT (employee_id, work_date) DO UPDATE SET work_date = excluded.work_date
"""  # noqa: S608 -- our own words
#: No run of holidays is longer than what a rest day may be made up for within.
MADE_UP_WITHIN = timedelta(days=14)
_COUNT_OF_DATES = f"SELECT count(*), count(DISTINCT row.employee_id) {_OPEN_ROWS}"

_OF_USER = """
    INSERT INTO attendance_dirtyday (employee_id, work_date)
    SELECT DISTINCT %(employee)s::bigint,
        (punch.punched_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - shifted.days
    FROM attendance_punch punch CROSS JOIN generate_series(-1, 1) AS shifted(days)
    WHERE punch.device_user_id = %(user)s
      AND punch.punched_at >= %(first)s AND punch.punched_at < %(last)s
    ORDER BY 1, 2
    ON CONFLICT (employee_id, work_date) DO UPDATE SET work_date = excluded.work_date
"""
_FOR_EVER = date(9998, 12, 31)


def mark_shift(shift: Shift) -> None:
    """Mark every day the shift is rostered: its hours have changed."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_SHIFT, [shift.pk])


def mark_dates(days: Collection[date]) -> None:
    """Mark the computed days of open months that other kinds of these days can change.

    What is not computed yet is computed by the new calendar anyway.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OF_DATES, {"days": [*days, *(day - timedelta(days=1) for day in days)]})
        later = {day + timedelta(days=n) for day in days for n in range(1, MADE_UP_WITHIN.days + 1)}
        cursor.execute(_MADE_UP_SINCE, {"days": sorted(later)})


def count_dates(days: Collection[date]) -> tuple[int, int]:
    """How many computed days of how many people `mark_dates` would mark, nights before not counted."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_OF_DATES, {"days": list(days)})
        marked, people = cursor.fetchone()
    return marked, people


def mark_user(
    device_user_id: str, *, employee_id: int, first: date, last: date | None = None
) -> None:
    """Mark the person's days on which the terminals' user punched in [first, last]."""
    since = datetime.combine(first, time.min, tzinfo=VN)
    until = datetime.combine((last or _FOR_EVER) + timedelta(days=1), time.min, tzinfo=VN)
    with connection.cursor() as cursor:
        cursor.execute(
            _OF_USER,
            {"employee": employee_id, "user": device_user_id, "first": since, "last": until},
        )

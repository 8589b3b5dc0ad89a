"""Computed rows become stored rows, as sets; every change of a number is kept beside them.

An open month's rows are made anew. A closed month's rows stay, and what would have changed
becomes adjustments (specification §11).
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from attendance.engine.rows import NUMBERS, OVERTIME_CLASSES, Row
from attendance.models import Adjustment, PeriodLock, TimesheetChange, TimesheetRow
from attendance.telling import tell_opened_exceptions
from attendance.timesheet.symbols import symbol_of
from backend.db import copy_into

#: What a change tells before and after; the explanation is told as what it lost and gained.
SHOWN: Final = (
    "status",
    "symbol",
    "scheduled",
    "worked",
    "regular",
    "late",
    "early",
    "leave",
    "leave_code",
    "credited",
    "care",
    "care_worked",
    "night",
    *(f"ot_{name}" for name in OVERTIME_CLASSES),
    "weighted",
    "exceptions",
)
_CHANGING = (*SHOWN, "explanation")
_COLUMNS = ("employee_id", "work_date", *_CHANGING, "computed_at")

#: The numeric fields of §11, by the specification's name, and their columns.
MEASURES: Final = {
    **{name: name for name in NUMBERS},
    **{f"ot.{name}": f"ot_{name}" for name in OVERTIME_CLASSES},
}

_ROWS, _CHANGES = TimesheetRow._meta.db_table, TimesheetChange._meta.db_table


def _list(names: Iterable[str], of: str = "") -> str:
    return ", ".join(f'{of}"{name}"' for name in names)


def _object(of: str) -> str:
    return "jsonb_build_object(" + ", ".join(f"'{name}', {of}\"{name}\"" for name in SHOWN) + ")"


_LOST_AND_GAINED = """
    jsonb_build_object(
        'lost', coalesce((SELECT jsonb_agg(step) FROM jsonb_array_elements({old}) step
            WHERE NOT new.explanation @> jsonb_build_array(step)), '[]'),
        'gained', coalesce((SELECT jsonb_agg(step) FROM jsonb_array_elements(new.explanation) step
            WHERE NOT {old} @> jsonb_build_array(step)), '[]'))
"""

_COMPUTED = f"""
    CREATE TEMP TABLE computed ON COMMIT DROP AS SELECT {_list(_COLUMNS)} FROM {_ROWS} LIMIT 0
"""  # noqa: S608

# All parts of one statement see the rows as they were before it, so `old` is what the row said
# and `new` what it says now, whatever `written` has done meanwhile. The names are our own.
_WRITE = f"""
    WITH written AS (
        INSERT INTO {_ROWS} ({_list(_COLUMNS)}) SELECT {_list(_COLUMNS)} FROM computed
        ORDER BY employee_id, work_date
        ON CONFLICT (employee_id, work_date) DO UPDATE
        SET {", ".join(f'"{name}" = excluded."{name}"' for name in (*_CHANGING, "computed_at"))}
        WHERE ({_list(_CHANGING, f"{_ROWS}.")}) IS DISTINCT FROM ({_list(_CHANGING, "excluded.")})
        RETURNING employee_id, work_date
    ), told AS (
        INSERT INTO {_CHANGES} (employee_id, work_date, before, after, why, at)
        SELECT new.employee_id, new.work_date,
            CASE WHEN old.employee_id IS NOT NULL THEN {_object("old.")} END,
            {_object("new.")},
            CASE WHEN old.employee_id IS NULL THEN '{{"lost": [], "gained": []}}'::jsonb
                ELSE {_LOST_AND_GAINED.format(old="old.explanation")} END,
            new.computed_at
        FROM written
        JOIN computed new USING (employee_id, work_date)
        LEFT JOIN {_ROWS} old USING (employee_id, work_date)
        WHERE old.employee_id IS NULL
           OR ({_list(SHOWN, "old.")}) IS DISTINCT FROM ({_list(SHOWN, "new.")})
        ORDER BY new.employee_id, new.work_date
        RETURNING id
    )
    SELECT (SELECT count(*) FROM written), (SELECT min(id) FROM told)
"""  # noqa: S608

# What is known of a day is what the last adjustment of this lock said, else the frozen row.
_DIFFERING = f"""
    SELECT new.employee_id, new.work_date, coalesce(told.after, frozen.shown)::text,
        {_object("new.")}::text,
        ({_LOST_AND_GAINED.format(old="coalesce(frozen.explanation, '[]'::jsonb)")})::text
    FROM computed new
    LEFT JOIN LATERAL (
        SELECT {_object("old.")} AS shown, explanation FROM {_ROWS} old
        WHERE old.employee_id = new.employee_id AND old.work_date = new.work_date
    ) frozen ON true
    LEFT JOIN LATERAL (
        SELECT change.after FROM {_CHANGES} change
        JOIN {Adjustment._meta.db_table} adjustment ON adjustment.id = change.adjustment_id
        WHERE adjustment.lock_id = %s
          AND adjustment.employee_id = new.employee_id AND adjustment.work_date = new.work_date
        ORDER BY change.id DESC LIMIT 1
    ) told ON true
    WHERE {_object("new.")} IS DISTINCT FROM coalesce(told.after, frozen.shown)
    ORDER BY new.employee_id, new.work_date
"""  # noqa: S608


def write_rows(rows: Iterable[Row], *, at: datetime) -> int:
    """Store rows of an open month that are new or differ, with their changes; returns how many."""
    with connection.cursor() as cursor:
        _fill(cursor, rows, at)
        cursor.execute(_WRITE)
        changed, first_change = cursor.fetchone()
        cursor.execute("DROP TABLE computed")
    if first_change is not None:
        tell_opened_exceptions(first_change, at=at)
    return int(changed)


def write_adjustments(rows: Iterable[Row], *, lock: PeriodLock, at: datetime) -> int:
    """Adjust the closed month by what these rows tell anew; returns how many days that were.

    The rows stay as they are. A day whose minutes and leave are the same makes no adjustment.
    """
    with connection.cursor() as cursor:
        _fill(cursor, rows, at)
        cursor.execute(_DIFFERING, [lock.pk])
        found = cursor.fetchall()
        cursor.execute("DROP TABLE computed")
    into = next_open(lock.period)
    pairs = []
    for employee, day, before, after, why in found:
        old, new = json.loads(before or "null"), json.loads(after)
        delta = difference(old or {}, new)
        if not delta and (old or {}).get("leave_code", "") == new["leave_code"]:
            continue
        adjustment = Adjustment(
            lock=lock, employee_id=employee, work_date=day, into=into, delta=delta, at=at
        )
        change = TimesheetChange(
            employee_id=employee,
            work_date=day,
            before=old,
            after=new,
            why=json.loads(why),
            adjustment=adjustment,
            at=at,
        )
        pairs.append((adjustment, change))
    Adjustment.objects.bulk_create([adjustment for adjustment, _ in pairs])
    TimesheetChange.objects.bulk_create([change for _, change in pairs])
    return len(pairs)


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, int]:
    """§11: new minus old for every numeric field that differs; what `old` lacks counts 0."""
    deltas = {name: new[column] - old.get(column, 0) for name, column in MEASURES.items()}
    return {name: minutes for name, minutes in deltas.items() if minutes}


def next_open(period: date) -> date:
    """§11: the earliest month after `period` that is not closed."""
    closed = PeriodLock.objects.standing().filter(period__gt=period)
    return first_open(period, set(closed.values_list("period", flat=True)))


def first_open(period: date, closed: Collection[date]) -> date:
    """The earliest month after `period` that is not among the closed ones. Pure."""
    while True:
        year, month = (
            (period.year + 1, 1) if period.month == 12 else (period.year, period.month + 1)
        )
        period = date(year, month, 1)
        if period not in closed:
            return period


def _fill(cursor: CursorWrapper, rows: Iterable[Row], at: datetime) -> None:
    """The rows as the temporary table `computed`."""
    cursor.execute(_COMPUTED)
    copy_into(cursor, "computed", _COLUMNS, (_values(row, at) for row in rows))


def _values(row: Row, at: datetime) -> list[object]:
    return [
        row.employee,
        row.date,
        row.status,
        symbol_of(row),
        row.scheduled,
        row.worked,
        row.regular,
        row.late,
        row.early,
        row.leave,
        row.leave_code,
        row.credited,
        row.care,
        row.care_worked,
        row.night,
        *(row.overtime[name] for name in OVERTIME_CLASSES),
        f"{row.weighted_hundredths / 100:.2f}",
        "{" + ",".join(sorted(row.exceptions | row.aside)) + "}",
        json.dumps(row.steps, ensure_ascii=False),
        at,
    ]

"""Exceptions of a row (§8). Caps warn; they never remove minutes."""

from datetime import date

from attendance.engine.explain import Step, cap_step, caps_step, drift_step, site_step
from attendance.engine.facts import Employee, Facts, Interval, OvertimeBefore, Settings
from attendance.engine.pairing import Attendance
from attendance.engine.prepare import PreparedPunch
from attendance.engine.rows import Row

TWELVE_HOURS = 720  # Decree 145/2020 art. 60


def extra_presence(
    attendance: Attendance, span: Interval, settings: Settings
) -> tuple[Interval | None, Interval | None]:
    """When the person was there long before, and long after, what was to be worked."""
    if attendance.arrived is None or attendance.left is None:
        return None, None
    before, after = (attendance.arrived.minute, span[0]), (span[1], attendance.left.minute)
    is_early = before[1] - before[0] >= settings.extra_alert
    is_late = after[1] - after[0] >= settings.extra_alert and settings.ot_requires_approval
    return before if is_early else None, after if is_late else None


def place_and_clock(
    punch: PreparedPunch, employee: Employee, day: date, facts: Facts
) -> list[Step]:
    """A used punch from another site than the work date's, or of a clock that has drifted."""
    found = []
    if abs(punch.offset_seconds) >= facts.settings.drift_alert_seconds:
        found.append(drift_step(punch))
    terminal = facts.terminals.get(punch.terminal)
    site = terminal.site if terminal is not None else None
    own = employee.site_on(day)
    if site is not None and own is not None and site != own:
        found.append(site_step(punch, site, own))
    return found


def day_caps(row: Row, settings: Settings) -> list[Step]:
    """Decree 145/2020 art. 60: half of the normal hours, or twelve hours in all."""
    overtime = row.overtime
    weekday = overtime["weekday_day"] + overtime["weekday_night"]
    found = []
    if settings.normal_regime == "week":
        if row.regular + weekday > TWELVE_HOURS:
            found.append(cap_step("week", row.regular + weekday, TWELVE_HOURS))
    elif row.scheduled > 0 and 2 * weekday > row.scheduled:
        found.append(cap_step("day", weekday, row.scheduled // 2))
    if row.total_overtime - weekday > TWELVE_HOURS:
        found.append(cap_step("off", row.total_overtime - weekday, TWELVE_HOURS))
    return found


def month_and_year_caps(
    rows: list[Row], before: OvertimeBefore, settings: Settings, *, running: bool
) -> None:
    """What a row and the overtime before it make of the month and the year (§8).

    `running` totals go over rows sorted by date, `before` belonging to the first row's month and
    year; else `before` is what each row is held against.
    """
    month, year = before.month, before.year
    previous: Row | None = None
    for row in rows:
        if not running:
            month, year = before.month, before.year
        elif previous is not None and row.date.year != previous.date.year:
            month = year = 0
        elif previous is not None and row.date.month != previous.date.month:
            month = 0
        previous = row
        overtime = row.total_overtime
        month += overtime
        year += overtime
        if overtime:
            row.steps.append(caps_step(month, year, settings))
        if overtime and month > settings.ot_month_cap_hours * 60:
            row.exceptions.add("ot_cap_month")
        if overtime and year > settings.ot_year_cap_hours * 60:
            row.exceptions.add("ot_cap_year")

"""The symbol of a day on the timesheet (form 01a-LĐTL). Pure."""

from attendance.engine.rows import Row

#: A day's work in minutes: what one "công" is (Labour Code 45/2019 art. 105). A full day of shorter
#: normal hours, from six on, is one công too; a half shift is a part of one.
STANDARD_DAY, SHORTEST_DAY = 480, 360

WORKED = "+"
TRIP = "CT"
HOLIDAY = "L"
ABSENT = "V"
UNCLEAR = "?"
RUNNING = "…"
OVERTIME_ONLY = "LT"


def hours(minutes: int) -> str:
    """480 → "8", 210 → "3,5": hours as people write them on the form."""
    text = f"{minutes / 60:.1f}".rstrip("0").rstrip(".")
    return text.replace(".", ",")


def clock_time(minutes: int) -> str:
    """473 → "7:53"."""
    return f"{minutes // 60}:{minutes % 60:02}"


def symbol_of(row: Row) -> str:
    """One symbol, or each with its hours on a mixed day ("+4 P4") and on that of a half shift ("+4")."""
    if row.status == "leave":
        return row.leave_code
    if row.status == "trip":
        return TRIP
    if row.status == "present":
        return _worked(row)
    fixed = {"absent": ABSENT, "incomplete": UNCLEAR, "holiday": HOLIDAY}
    return fixed.get(row.status, "")


def _worked(row: Row) -> str:
    """Care hours that were taken are paid as work, so they are among the hours of it."""
    if row.regular == 0 and row.scheduled == 0:
        return OVERTIME_ONLY
    away = f" {row.leave_code}{hours(row.leave)}" if row.leave else ""
    trip = f" {TRIP}{hours(row.credited)}" if row.credited else ""
    half = row.regular > 0 and 0 < row.scheduled < SHORTEST_DAY
    if not away and not trip and not half:
        return WORKED
    return f"{WORKED}{hours(row.regular + row.care)}{away}{trip}"

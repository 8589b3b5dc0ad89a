"""10,000 people × one month: from stored punches to rows, as after a change of the month's rules."""

from datetime import date, datetime
from time import perf_counter

from attendance.models import TimesheetRow
from attendance.timesheet.dirty import mark_unwritten_days
from attendance.timesheet.timesheets import recompute_dirty
from backend.clock import VN
from scripts.benches.company import company
from scripts.benches.measure import Measure, against_limit, is_trial

PEOPLE = 1_000 if is_trial() else 10_000
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
AT = datetime(2026, 10, 31, 23, 0, tzinfo=VN)
LIMIT_SECONDS = 60 * PEOPLE / 10_000


def run() -> list[Measure]:
    _employees, punches = company(people=PEOPLE, first=FIRST, last=LAST, at=AT)
    mark_unwritten_days(first=FIRST, last=LAST)
    started = perf_counter()
    while recompute_dirty(at=AT):
        pass
    seconds = perf_counter() - started
    rows = TimesheetRow.objects.count()
    if rows != PEOPLE * 31:
        raise AssertionError(f"{rows} rows instead of {PEOPLE * 31}")
    return [
        against_limit(f"{PEOPLE:,} people: {punches:,} punches to rows", seconds, LIMIT_SECONDS)
    ]

"""A year of 500 people's timesheets as one workbook, as the documents page makes it."""

from datetime import date, datetime
from tempfile import TemporaryFile
from time import perf_counter

from attendance.exports.documents import Wanted, make
from attendance.models import ExportFormat, ExportKind
from attendance.timesheet.dirty import mark_unwritten_days
from attendance.timesheet.timesheets import recompute_dirty
from backend.accounts.models import Role, User
from backend.clock import VN
from scripts.benches.company import company
from scripts.benches.measure import Measure, against_limit, is_trial

PEOPLE = 50 if is_trial() else 500
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
AT = datetime(2026, 1, 1, 8, 0, tzinfo=VN)
LIMIT_SECONDS = 10.0


def run() -> list[Measure]:
    company(people=PEOPLE, first=FIRST, last=LAST, at=AT)
    mark_unwritten_days(first=FIRST, last=LAST)
    while recompute_dirty(at=AT):
        pass
    hr = User.objects.create_user("bench-hr", "hr@example.vn", None, role=Role.HR)
    wanted = Wanted(ExportKind.YEAR, ExportFormat.XLSX, FIRST, LAST)
    steps: list[tuple[int, int]] = []
    with TemporaryFile() as file:
        started = perf_counter()
        make(wanted, file, by=hr, at=AT, tick=lambda done, total: steps.append((done, total)))
        seconds = perf_counter() - started
        size = file.tell()
    if not steps or size < 100 * PEOPLE:
        raise AssertionError(f"{len(steps)} steps of progress, {size} bytes")
    return [against_limit(f"a year's workbook of {PEOPLE} people", seconds, LIMIT_SECONDS)]

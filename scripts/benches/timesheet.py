"""500 people × one month: from stored punches to rows, page and official form."""

from datetime import date, datetime
from time import perf_counter

from django.test import Client

from attendance.engine.compute import compute
from attendance.models import TimesheetRow
from attendance.timesheet.dirty import mark_unwritten_days
from attendance.timesheet.timesheets import load_facts, recompute_dirty
from backend.clock import VN
from scripts.benches.company import company, hr_browser, plain_files
from scripts.benches.measure import Measure, against_limit, best_seconds, is_trial

PEOPLE = 100 if is_trial() else 500
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
DAYS = (LAST - FIRST).days + 1
AT = datetime(2026, 10, 31, 23, 0, tzinfo=VN)
LIMIT_PAGE, LIMIT_FORM, LIMIT_MONTH = 0.2, 1.0, 5.0
#: Employee-days a second the engine must reach by itself, explanations included.
LEAST_DAYS_PER_SECOND = 5_000


def run() -> list[Measure]:
    employees, punches = company(people=PEOPLE, first=FIRST, last=LAST, at=AT)
    mark_unwritten_days(first=FIRST, last=LAST)
    started = perf_counter()
    while recompute_dirty(at=AT):
        pass
    month = perf_counter() - started
    rows = TimesheetRow.objects.count()
    if rows != PEOPLE * DAYS:
        raise AssertionError(f"{rows} rows instead of {PEOPLE * DAYS}")
    facts = load_facts(employees=employees, first=FIRST, last=LAST)
    engine = best_seconds(lambda: compute(facts))
    client = hr_browser()
    with plain_files():
        page = best_seconds(lambda: _get(client, "/cham-cong/bang-cong/"), repeats=5)
        form = best_seconds(lambda: _get(client, "/cham-cong/bang-cong/mau-01a/"))
    people = f"{PEOPLE} people × {DAYS} days"
    return [
        against_limit(f"timesheet page, {people}", page, LIMIT_PAGE),
        against_limit(f"form 01a-LĐTL as xlsx, {people}", form, LIMIT_FORM),
        against_limit(f"{punches:,} punches to {rows:,} committed rows", month, LIMIT_MONTH),
        against_limit(
            f"engine alone, {rows / engine:,.0f} employee-days/s",
            engine,
            rows / LEAST_DAYS_PER_SECOND,
        ),
    ]


def _get(client: Client, address: str) -> None:
    answer = client.get(address, {"thang": f"{FIRST:%Y-%m}"})
    if answer.status_code != 200 or len(answer.content) < PEOPLE * DAYS:
        raise AssertionError(f"{address}: {answer.status_code}, {len(answer.content)} bytes")

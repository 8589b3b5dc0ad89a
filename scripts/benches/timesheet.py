"""500 people × one month: from stored punches to rows, page and official form."""

import os
from datetime import date, datetime, time, timedelta
from random import Random
from time import perf_counter

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from attendance.engine.compute import compute
from attendance.models import (
    Enrolment,
    Pull,
    PullSource,
    PullState,
    RosterEntry,
    Shift,
    Terminal,
    TimesheetRow,
)
from attendance.timesheet.dirty import mark_unwritten_days
from attendance.timesheet.timesheets import load_facts, recompute_dirty
from backend.accounts.models import Role, User
from backend.clock import VN
from backend.db import copy_into
from backend.org.models import Department, Employee, Site
from backend.vntext import search_key, sort_key
from scripts.benches.measure import Measure, best_seconds

PEOPLE = 100 if os.environ.get("GIAOBAN_BENCH_QUICK") == "true" else 500
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
DAYS = (LAST - FIRST).days + 1
AT = datetime(2026, 10, 31, 23, 0, tzinfo=VN)
LIMIT_PAGE, LIMIT_FORM, LIMIT_MONTH = 0.2, 1.0, 5.0
#: Nobody ran collectstatic for a bench.
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
#: Employee-days a second the engine must reach by itself, explanations included.
LEAST_DAYS_PER_SECOND = 5_000


def run() -> list[Measure]:
    employees, punches = _company()
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
    client = _browser()
    with override_settings(STORAGES=settings.STORAGES | PLAIN_FILES):
        page = best_seconds(lambda: _get(client, "/cham-cong/bang-cong/"), repeats=5)
        form = best_seconds(lambda: _get(client, "/cham-cong/bang-cong/mau-01a/"))
    people = f"{PEOPLE} people × {DAYS} days"
    return [
        _limit(f"timesheet page, {people}", page, LIMIT_PAGE),
        _limit(f"form 01a-LĐTL as xlsx, {people}", form, LIMIT_FORM),
        _limit(f"{punches:,} punches to {rows:,} committed rows", month, LIMIT_MONTH),
        _limit(
            f"engine alone, {rows / engine:,.0f} employee-days/s",
            engine,
            rows / LEAST_DAYS_PER_SECOND,
        ),
    ]


def _limit(name: str, ours: float, limit: float) -> Measure:
    return Measure(
        name=name,
        ours_seconds=ours,
        peer="limit",
        peer_seconds=limit,
        ratio=ours / limit,
        meaning="of the limit",
        at_most=1,
    )


def _get(client: Client, address: str) -> None:
    answer = client.get(address, {"thang": f"{FIRST:%Y-%m}"})
    if answer.status_code != 200 or len(answer.content) < PEOPLE * DAYS:
        raise AssertionError(f"{address}: {answer.status_code}, {len(answer.content)} bytes")


def _browser() -> Client:
    user = User.objects.create_user("bench-hr", "hr@example.vn", None, role=Role.HR)
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _company() -> tuple[list[int], int]:
    """Employee ids, and the number of punches stored for them (four a working day)."""
    luck = Random(20261001)  # noqa: S311 -- invents data, guards nothing
    site = Site.objects.create(code="BENCH", name="Bench")
    departments = Department.objects.bulk_create(
        Department(code=f"B{number}", name=f"Phòng {number}") for number in range(10)
    )
    employees = Employee.objects.bulk_create(
        Employee(
            code=f"B{number:04}",
            full_name=(name := f"Nguyễn Văn An {number:04}"),
            sort_key=sort_key(name),
            search=search_key(name),
            department=departments[number % 10],
            site=site,
            join_date=FIRST,
        )
        for number in range(PEOPLE)
    )
    Enrolment.objects.bulk_create(
        Enrolment(device_user_id=person.code, employee=person, valid_from=person.join_date)
        for person in employees
    )
    shift = Shift.objects.create(
        code="HC",
        name="Hành chính",
        start=time(7, 30),
        end=time(17, 0),
        breaks=[{"from": "11:30", "to": "13:00", "paid": False}],
    )
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    working = [day for day in days if day.weekday() < 5]
    RosterEntry.objects.bulk_create(
        [
            RosterEntry(employee=person, work_date=day, shift=shift)
            for person in employees
            for day in working
        ],
        batch_size=5_000,
    )
    stamps = [
        (person.code, datetime.combine(day, time(), tzinfo=VN) + timedelta(minutes=minute))
        for person in employees
        for day in working
        for minute in _taps(luck)
    ]
    _store(site, stamps)
    return [person.pk for person in employees], len(stamps)


def _taps(luck: Random) -> list[int]:
    """Minutes of the day; one in fifty forgets the last, one in thirty comes late."""
    came = 450 + (luck.randint(1, 40) if luck.random() < 1 / 30 else -luck.randint(1, 20))
    taps = [came, 690 + luck.randint(0, 9), 780 - luck.randint(0, 9), 1020 + luck.randint(0, 30)]
    return taps[:-1] if luck.random() < 1 / 50 else taps


def _store(site: Site, stamps: list[tuple[str, datetime]]) -> None:
    terminal = Terminal.objects.create(
        code="BENCH", name="Bench", serial_number="BENCH", address="127.0.0.1", site=site
    )
    count = len(stamps)
    pull = Pull.objects.create(
        terminal=terminal,
        source=PullSource.FILE,
        state=PullState.DONE,
        read=count,
        stored=count,
        started_at=AT,
        finished_at=AT,
    )
    with connection.cursor() as cursor:
        copy_into(
            cursor,
            "attendance_punch",
            (
                "terminal_id",
                "pull_id",
                "serial_number",
                "device_user_id",
                "device_time",
                "verify",
                "state",
                "occurrence",
                "punched_at",
                "received_at",
            ),
            (
                (terminal.pk, pull.pk, "BENCH", user, at.replace(tzinfo=None), 1, 0, 1, at, AT)
                for user, at in stamps
            ),
        )
        cursor.execute("ANALYZE")

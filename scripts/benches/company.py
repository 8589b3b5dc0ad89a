"""A company of so many people with a month of roster and punches, for the benches of attendance."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

import pghistory
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from attendance.models import Enrolment, Pull, PullSource, PullState, RosterEntry, Shift, Terminal
from backend.accounts.models import Role, User
from backend.clock import VN
from backend.db import copy_into
from backend.org.models import Department, Employee, Site
from backend.vntext import search_key, sort_key


@pghistory.context(user=None)  # without one, history is an error caught for each row
def company(*, people: int, first: date, last: date, at: datetime) -> tuple[list[int], int]:
    """Employee ids, and the number of punches stored for them (four a working day) at `at`."""
    luck = Random(20261001)  # noqa: S311 -- invents data, guards nothing
    site = Site.objects.create(code="BENCH", name="Bench")
    departments = Department.objects.bulk_create(
        Department(code=f"B{number}", name=f"Phòng {number}") for number in range(10)
    )
    employees = Employee.objects.bulk_create(
        Employee(
            code=f"B{number:05}",
            full_name=(name := f"Nguyễn Văn An {number:05}"),
            sort_key=sort_key(name),
            search=search_key(name),
            department=departments[number % 10],
            site=site,
            join_date=first,
        )
        for number in range(people)
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
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
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
    _store(site, stamps, at)
    return [person.pk for person in employees], len(stamps)


def _taps(luck: Random) -> list[int]:
    """Minutes of the day; one in fifty forgets the last, one in thirty comes late."""
    came = 450 + (luck.randint(1, 40) if luck.random() < 1 / 30 else -luck.randint(1, 20))
    taps = [came, 690 + luck.randint(0, 9), 780 - luck.randint(0, 9), 1020 + luck.randint(0, 30)]
    return taps[:-1] if luck.random() < 1 / 50 else taps


def _store(site: Site, stamps: Sequence[tuple[str, datetime]], at: datetime) -> None:
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
        started_at=at,
        finished_at=at,
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
                (terminal.pk, pull.pk, "BENCH", user, told.replace(tzinfo=None), 1, 0, 1, told, at)
                for user, told in stamps
            ),
        )
        cursor.execute("ANALYZE")


def hr_browser() -> Client:
    """A browser in which somebody of HR is logged in."""
    user = User.objects.create_user("bench-hr", "hr@example.vn", None, role=Role.HR)
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def plain_files() -> override_settings:
    """Nobody ran collectstatic for a bench, so pages name their files as they are."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    return override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain})

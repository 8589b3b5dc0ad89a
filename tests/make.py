"""Plain builders of what tests stand on. Append only, keep small."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction

from attendance.models import (
    Enrolment,
    Pull,
    PullSource,
    PullState,
    Punch,
    RosterEntry,
    Shift,
    Terminal,
)
from attendance.people.transferring import transfer as record_transfer
from attendance.timesheet.dirty import FILL_NEW_DAYS, NEW_DAYS, mark_new
from attendance.timesheet.timesheets import recompute_dirty
from backend import clock
from backend.accounts.models import Role, User
from backend.clock import VN
from backend.org.models import Department, Employee, Region, RegionLevel, Site, Transfer
from backend.org.transfers import Post
from sales.draws.results import enter_result, publish_result
from sales.engine.draw_sheet import cleaned
from sales.models import Agent, AgentKind, Draw, DrawStatus, Product, Source


def region(code: str, *, parent: Region | None = None, **fields) -> Region:
    """A unit in force since July 2025; without a parent, a province."""
    values = {
        "name": f"Đơn vị {code}",
        "level": RegionLevel.WARD if parent else RegionLevel.PROVINCE,
        "valid_from": date(2025, 7, 1),
    }
    return Region.objects.create(code=code, parent=parent, **(values | fields))


def agent(code: str, region: Region, **fields) -> Agent:
    values = {
        "name": f"Đại lý {code}",
        "kind": AgentKind.PERSON,
        "opened_date": date(2020, 1, 1),
        "commission_bps": 1_200,
        "credit_limit_amount": 50_000_000,
    }
    return Agent.objects.create(code=code, region=region, **(values | fields))


def product(code: str = "TT10", **fields) -> Product:
    values = {
        "name": "Vé truyền thống",
        "face_value_amount": 10_000,
        "valid_from": date(2020, 1, 1),
    }
    return Product.objects.create(code=code, **(values | fields))


def draw(day: str | date, **fields) -> Draw:
    on = date.fromisoformat(day) if isinstance(day, str) else day
    values = {"host": "Quảng Ninh", "status": DrawStatus.HELD}
    return Draw.objects.create(date=on, **(values | fields))


def site(code: str = "HL") -> Site:
    return Site.objects.get_or_create(code=code, defaults={"name": f"Địa điểm {code}"})[0]


def department(code: str = "KD", **fields) -> Department:
    values = {"name": f"Phòng {code}"}
    return Department.objects.get_or_create(code=code, defaults=values | fields)[0]


def employee(code: str, name: str = "Nguyễn Văn An", **fields) -> Employee:
    """A person of department PKT with the terminal user id `code`."""
    department = (
        fields.pop("department", None)
        or Department.objects.get_or_create(code="PKT", defaults={"name": "Phòng Kế toán"})[0]
    )
    values = {"department": department, "site": site(), "join_date": date(2020, 1, 1)}
    person = Employee.objects.create(code=code, full_name=name, **(values | fields))
    Enrolment.objects.create(device_user_id=code, employee=person, valid_from=person.join_date)
    return person


def office_shift() -> Shift:
    """07:30 to 17:00 with unpaid lunch 11:30 to 13:00: 480 minutes."""
    return Shift.objects.get_or_create(
        code="HC",
        defaults={
            "name": "Hành chính",
            "start": "07:30",
            "end": "17:00",
            "breaks": [{"from": "11:30", "to": "13:00", "paid": False}],
        },
    )[0]


def roster(person: Employee, *days: str, shift: Shift | None = None) -> None:
    used = shift or office_shift()
    RosterEntry.objects.bulk_create(
        RosterEntry(employee=person, work_date=date.fromisoformat(day), shift=used) for day in days
    )


def terminal(code: str = "M1", **fields) -> Terminal:
    values = {"name": f"Máy {code}", "address": "127.0.0.1", "site": site(), "serial_number": code}
    return Terminal.objects.get_or_create(code=code, defaults=values | fields)[0]


_NEW = """
    WITH new AS (SELECT device_user_id, punched_at FROM attendance_punch WHERE pull_id = %s)
"""


def punches(user_id: str, *times: str, terminal_code: str = "M1", state: int = 0) -> Pull:
    """Stored punches of a terminal's user at local moments "2026-11-02 07:28", marked as new."""
    machine = terminal(terminal_code)
    stamps = [datetime.fromisoformat(text) for text in times]
    now = (max(stamps) + timedelta(minutes=1)).replace(tzinfo=VN)
    count = len(stamps)
    pull = Pull.objects.create(
        terminal=machine,
        source=PullSource.FILE,
        state=PullState.DONE,
        read=count,
        stored=count,
        started_at=now,
        finished_at=now,
    )
    Punch.objects.bulk_create(
        Punch(
            terminal=machine,
            pull=pull,
            serial_number=machine.serial_number,
            device_user_id=user_id,
            device_time=stamp,
            verify=1,
            state=state,
            punched_at=stamp.replace(tzinfo=VN),
            received_at=now,
        )
        for stamp in stamps
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NEW_DAYS)
        cursor.execute(_NEW + FILL_NEW_DAYS, [pull.pk])
        mark_new(pull=pull)
        cursor.execute("DROP TABLE pg_temp.new_days")  # the test's own transaction stores more
    return pull


def timesheets(at: datetime | None = None) -> None:
    """Every day that waits is computed, as the collectors do it; now or at the given moment."""
    while recompute_dirty(at=at or clock.now()):
        pass


def transfer(person: Employee, day: str, to: Department, *, by, site_code: str = "HL") -> Transfer:
    """Recorded on 20 November 2026."""
    post = Post(to, site(site_code), "", "")
    at = datetime(2026, 11, 20, 9, 0, tzinfo=VN)
    return record_transfer(
        employee=person, on=date.fromisoformat(day), to=post, reason="QĐ 12", by=by, at=at
    )


def result(made: Draw, numbers: Sequence[str], symbols: Sequence[str] = (), **fields) -> Draw:
    """Give the draw a published result, keyed by two people made for it."""
    people = [
        User.objects.get_or_create(username=name, defaults={"role": Role.SALES_MANAGER})[0]
        for name in ("nhap-1", "nhap-2")
    ]
    at = datetime.combine(made.date, time(18, 40), VN)
    sheet = cleaned(numbers, symbols, fields.get("series_count"))
    source = Source.PAGE if symbols else Source.IMPORT
    for person in people:
        enter_result(made.date, sheet, by=person, at=at, source=source)
    publish_result(made.date, by=people[0], at=at, minutes_no="BB-1")
    made.refresh_from_db()
    return made

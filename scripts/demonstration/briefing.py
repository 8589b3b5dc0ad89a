"""The weekly briefing: who reads it, and a first edition as soon as there is something to tell."""

from datetime import date, datetime, timedelta
from time import monotonic, sleep

from attendance.figures import silent_terminals
from attendance.timesheet.timesheets import days_wait
from backend.accounts.models import Role, User
from backend.jobs.models import Schedule
from reporting.asking import WEEKLY
from reporting.models import ReportSchedule
from reporting.setup import ensure_weekly_briefing
from scripts.demonstration.accounts import ACCOUNTS

#: A slow machine has read its terminals by then; one that cannot be read is told as missing.
LONGEST_WAIT = timedelta(minutes=3)
LOOK_EVERY_SECONDS = 0.3
READERS = frozenset({Role.EXECUTIVE, Role.AUDITOR})


def is_ordered() -> bool:
    return Schedule.objects.filter(code=WEEKLY).exists()


def attendance_is_known(*, on: date) -> bool:
    """Every terminal in use was read, and nothing of what it brought waits to be computed."""
    return not silent_terminals(None) and not days_wait(on=on)


def wait_for_attendance(*, on: date, longest: timedelta = LONGEST_WAIT) -> bool:
    """False when it is not known after that long."""
    until = monotonic() + longest.total_seconds()
    while not attendance_is_known(on=on):
        if monotonic() >= until:
            return False
        sleep(LOOK_EVERY_SECONDS)
    return True


def order_first_briefing(*, at: datetime) -> None:
    """Every Monday for the readers, the executive answering for it, and once at `at`. Again with the same `at`: nothing."""
    names = [account.username for account in ACCOUNTS if account.role in READERS]
    readers = User.objects.filter(username__in=names).order_by("pk")
    schedule = ensure_weekly_briefing(readers, first_due_at=at, at=at)
    owner = readers.filter(role=Role.EXECUTIVE).first()
    ReportSchedule.objects.filter(schedule=schedule, owner=None).update(owner=owner)

"""What falls due in tests of editions, and one scheduler's round."""

from collections.abc import Callable
from typing import Any

from backend.accounts.models import User
from backend.jobs import queue, work
from backend.jobs.models import Schedule
from backend.mail import outbox
from reporting import asking
from reporting.models import ReportSchedule
from reporting.recipients import add_recipient
from reporting.setup import ensure_weekly_briefing

Person = Callable[..., User]


def executive(person: Person, name: str, **fields: Any) -> User:
    return person("executive", username=name, **fields)


def make_due(*readers: User | str) -> None:
    now = queue.database_now()
    ensure_weekly_briefing(readers, first_due_at=now, at=now)


def schedule_of(report: str, *readers: User) -> ReportSchedule:
    """A paused schedule of any report with these readers; its owner is the first."""
    now = queue.database_now()
    schedule = Schedule.objects.create(
        code=report, name=report, handler=asking.HANDLER, cron="0 7 * * mon", enabled=False,
        payload={"report": report}, materialised_until=now, refill_at=now,
    )  # fmt: skip
    made = ReportSchedule.objects.create(schedule=schedule, report=report)
    for reader in readers:
        add_recipient(made, to=reader)
    return made


def send_now(schedule: ReportSchedule) -> None:
    payload = {"report": schedule.report, "schedule": schedule.schedule.code}
    queue.enqueue(handler=asking.HANDLER, payload=payload, due_at=queue.database_now())
    process()


def process(worker: str = "test:1") -> None:
    """What one scheduler does in one round."""
    queue.materialise(at=queue.database_now())
    work.work_off(worker=worker)
    outbox.send_due(worker=worker)

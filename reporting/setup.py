"""Setting the weekly briefing up: its schedule, its readers, and a first edition at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from backend.accounts.models import User
from backend.jobs import queue
from backend.jobs.models import Schedule
from backend.jobs.rules import Every, OnHoliday, Rule
from reporting.asking import HANDLER, WEEKLY
from reporting.models import ReportSchedule
from reporting.recipients import add_recipient

#: Monday 07:30 in Vietnam, before the briefing at 08:00.
MONDAY_MORNING: Final = Rule(Every.WEEK, weekdays=(0,), on_holiday=OnHoliday.NEXT)


def ensure_weekly_briefing(
    recipients: Iterable[User | str], *, first_due_at: datetime | None, at: datetime
) -> Schedule:
    """Have the weekly briefing made every Monday 07:30 for `recipients`, and once at `first_due_at`.

    A schedule that is there stays as it is. Calling it again with the same moment changes nothing.
    Raises AddressNotAllowed.
    """
    with transaction.atomic():
        schedule = Schedule.objects.filter(code=WEEKLY).first() or queue.put_schedule(
            code=WEEKLY,
            name="Báo cáo giao ban tuần",
            handler=HANDLER,
            rule=MONDAY_MORNING,
            payload={"report": WEEKLY},
            at=at,
        )
        report, _made = ReportSchedule.objects.get_or_create(
            schedule=schedule, defaults={"report": WEEKLY}
        )
        for recipient in recipients:
            add_recipient(report, to=recipient)
        if first_due_at is not None:
            queue.enqueue(handler=HANDLER, payload={}, due_at=first_due_at, schedule=schedule)
    return schedule

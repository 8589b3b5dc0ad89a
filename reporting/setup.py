"""Setting the weekly briefing up: its schedule, its readers, and a first edition at once."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from backend.accounts.models import User
from backend.jobs import queue
from backend.jobs.models import Schedule
from reporting.delivery import add_recipient
from reporting.editions import HANDLER, WEEKLY
from reporting.models import ReportSchedule

#: Monday 07:30 in Vietnam, before the briefing at 08:00.
MONDAY_MORNING = "30 7 * * mon"


def ensure_weekly_briefing(
    recipients: Iterable[User | str], *, first_due_at: datetime | None, at: datetime
) -> Schedule:
    """Have the weekly briefing made every Monday 07:30 for `recipients`, and once at `first_due_at`.

    Calling it again with the same moment changes nothing. Raises AddressNotAllowed.
    """
    with transaction.atomic():
        schedule = queue.put_schedule(
            code=WEEKLY,
            name="Báo cáo giao ban tuần",
            handler=HANDLER,
            cron=MONDAY_MORNING,
            at=at,
        )
        ReportSchedule.objects.get_or_create(report=WEEKLY, defaults={"schedule": schedule})
        for recipient in recipients:
            add_recipient(report=WEEKLY, to=recipient)
        if first_due_at is not None:
            queue.enqueue(handler=HANDLER, payload={}, due_at=first_due_at, schedule=schedule)
    return schedule

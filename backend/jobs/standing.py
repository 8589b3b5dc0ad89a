"""Schedules every installation has: settings.STANDING_SCHEDULES."""

from datetime import datetime

from django.conf import settings

from backend.jobs.models import Schedule
from backend.jobs.queue import put_schedule


def ensure_standing_schedules(*, at: datetime) -> None:
    """Create the standing schedules that are missing, counting from `at`.

    One that is there stays as it is, so that what somebody changed or switched off stays too.
    """
    known = set(Schedule.objects.values_list("code", flat=True))
    for code, (name, handler, cron) in settings.STANDING_SCHEDULES.items():
        if code not in known:
            put_schedule(code=code, name=str(name), handler=handler, cron=cron, at=at)

"""Schedules every installation has: each app names its own in settings.STANDING_SCHEDULES."""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from backend.jobs.models import Schedule


def ensure_standing_schedules(*, at: datetime) -> None:
    """Create the standing schedules that are missing, counting from `at`.

    One that is there stays as it is, so that what somebody changed or switched off stays too.
    """
    known = set(Schedule.objects.values_list("code", flat=True))
    for code, put in settings.STANDING_SCHEDULES.items():
        if code not in known:
            import_string(put)(at=at)

"""The weekly briefing: who reads it, and a first edition soon after the first start."""

from datetime import datetime, timedelta

from backend.accounts.models import Role, User
from backend.jobs.models import Schedule
from reporting.setup import ensure_weekly_briefing
from scripts.demonstration.accounts import ACCOUNTS

#: By then the terminals have been read and this month's timesheet computed (1 s on a quiet machine).
FIRST_AFTER = timedelta(seconds=3)
READERS = frozenset({Role.EXECUTIVE, Role.AUDITOR})


def order_first_briefing(*, at: datetime) -> Schedule:
    """Every Monday for the readers, and once just after `at`. Again with the same `at`: nothing."""
    names = [account.username for account in ACCOUNTS if account.role in READERS]
    return ensure_weekly_briefing(
        User.objects.filter(username__in=names).order_by("pk"),
        first_due_at=at + FIRST_AFTER,
        at=at,
    )

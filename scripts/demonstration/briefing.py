"""The weekly briefing: who reads it, and a first edition soon after the first start."""

from datetime import datetime, timedelta

from backend.accounts.models import Role, User
from reporting.models import ReportSchedule
from reporting.setup import ensure_weekly_briefing
from scripts.demonstration.accounts import ACCOUNTS

#: By then the terminals have been read and this month's timesheet computed (1 s on a quiet machine).
FIRST_AFTER = timedelta(seconds=3)
READERS = frozenset({Role.EXECUTIVE, Role.AUDITOR})


def order_first_briefing(*, at: datetime) -> None:
    """Every Monday for the readers, the executive answering for it, and once just after `at`. Again with the same `at`: nothing."""
    names = [account.username for account in ACCOUNTS if account.role in READERS]
    readers = User.objects.filter(username__in=names).order_by("pk")
    schedule = ensure_weekly_briefing(readers, first_due_at=at + FIRST_AFTER, at=at)
    owner = readers.filter(role=Role.EXECUTIVE).first()
    ReportSchedule.objects.filter(schedule=schedule, owner=None).update(owner=owner)

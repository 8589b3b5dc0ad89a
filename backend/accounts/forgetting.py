"""What is no longer needed of logins goes every night: it names people, addresses and browsers."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from knox.models import AuthToken

from backend.jobs.handlers import in_one_transaction

#: So long it is kept who logged in from where, to look into what has happened.
KEPT = timedelta(days=365)


def forget_ended(*, at: datetime) -> None:
    """Let ended sessions and tokens go, and what was noted of logins long enough ago."""
    Session.objects.filter(expire_date__lt=at).delete()
    AuthToken.objects.filter(expiry__lt=at).delete()
    for noted in (AccessLog, AccessAttempt):
        noted.objects.filter(attempt_time__lt=at - KEPT).delete()


run_due = in_one_transaction(forget_ended)

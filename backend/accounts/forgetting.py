"""What is no longer needed of logins goes every night: it names people, addresses and browsers."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.utils.translation import gettext
from knox.models import AuthToken

from backend.jobs.handlers import in_one_transaction
from backend.jobs.models import Schedule
from backend.jobs.queue import put_schedule

#: So long it is kept who logged in from where, to look into what has happened.
KEPT = timedelta(days=365)


def forget_ended(*, at: datetime) -> None:
    """Let ended sessions and tokens go, and what was noted of logins long enough ago."""
    Session.objects.filter(expire_date__lt=at).delete()
    AuthToken.objects.filter(expiry__lt=at).delete()
    for noted in (AccessLog, AccessAttempt):
        noted.objects.filter(attempt_time__lt=at - KEPT).delete()


run_due = in_one_transaction(forget_ended)


def schedule_forgetting(*, at: datetime) -> Schedule:
    """Have it done every night."""
    return put_schedule(
        code="logins-expire",
        name=gettext("Xóa phiên đăng nhập đã hết hạn và nhật ký đăng nhập quá một năm"),
        handler="logins.expire",
        cron="40 3 * * *",
        at=at,
    )

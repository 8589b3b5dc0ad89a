"""The exceptions that wait for a person, on the start page."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from attendance.review.exception_causes import is_overdue
from attendance.review.open_exceptions import in_charge, open_issues
from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.months import shifted
from backend.pages.cards import HomeCard


def card(user: User, at: datetime) -> HomeCard | None:
    """How many there are of this month and the one before, and how many wait too long."""
    if not may(user, "attendance.team"):
        return None
    today = at.astimezone(VN).date()
    issues = open_issues(in_charge(user), first=shifted(today, -1), last=today, at=at)
    overdue = sum(is_overdue(issue.day, on=today) for issue in issues)
    return HomeCard(
        title=_("Ngoại lệ chờ quyết"),
        url=reverse("exceptions"),
        lines=[
            (_("Ngoại lệ"), str(len(issues))),
            (_("Người"), str(len({issue.employee for issue in issues}))),
            (_("Quá hạn"), str(overdue)),
        ],
        as_of=at,
    )

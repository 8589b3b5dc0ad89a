"""The next year's calendar, on the start page of those who are to draft it."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from attendance.roster.calendar_days import year_to_draft
from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.pages.cards import HomeCard


def card(user: User, at: datetime) -> HomeCard | None:
    """From October on, until the next year has days; only for whoever changes the calendar."""
    if not may(user, "attendance.manage") or user.departments.exists():
        return None
    year = year_to_draft(at.astimezone(VN).date())
    if year is None:
        return None
    return HomeCard(
        title=_("Lịch nghỉ lễ năm %(year)s") % {"year": year},
        url=f"{reverse('calendar_draft')}?nam={year}",
        lines=[(_("Ngày đã có trong lịch"), "0")],
        as_of=at,
        waiting=[_("Chưa có ngày lễ nào của năm sau: soạn nháp rồi xác nhận")],
    )

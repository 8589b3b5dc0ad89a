"""Attendance on the start page."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from attendance.figures import attendance_summary
from attendance.review.presence import State, presence
from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.accounts.scope import employees_for
from backend.clock import VN
from backend.pages.cards import HomeCard


def card(user: User, at: datetime) -> HomeCard | None:
    """The current month so far, and what it does not contain."""
    if not may(user, "attendance.view"):
        return None
    today = at.astimezone(VN).date()
    yesterday = today - timedelta(days=1)
    first = yesterday.replace(day=1)
    summary = attendance_summary(first=first, last=yesterday)
    here = presence(at=at, among=employees_for(user))
    due = sum(department.due_days for department in summary.departments)
    present = sum(department.present_days for department in summary.departments)
    late = sum(department.late_days for department in summary.departments)
    missing = [
        _("Máy %(name)s chưa liên lạc được") % {"name": terminal.name}
        for terminal in sorted(here.silent, key=lambda terminal: terminal.code)
    ]
    if summary.unknown_punches:
        missing.append(
            _("%(count)s lượt chấm của mã chưa biết là ai") % {"count": summary.unknown_punches}
        )
    return HomeCard(
        title=_("Chấm công tháng %(month)s") % {"month": f"{first:%m/%Y}"},
        url=reverse("timesheets"),
        lines=[
            (_("Nhân viên"), str(summary.employees)),
            (_("Đang có mặt"), str(here.count(State.IN))),
            (_("Ngày công có mặt"), f"{present}/{due}"),
            (_("Lượt đi muộn"), str(late)),
            (_("Câu hỏi chờ trả lời"), str(summary.open_questions)),
        ],
        as_of=summary.newest_punch_at,
        missing=missing,
    )

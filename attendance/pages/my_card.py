"""One's own month on the start page, and the requests that wait for one's decision."""

from datetime import date, datetime

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext as _

from attendance.leave.leave_balances import leave_balance
from attendance.requests.rights import Desk
from attendance.timesheet.month import load_month
from attendance.timesheet.symbols import clock_time
from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.pages.cards import HomeCard


def card(user: User, at: datetime) -> HomeCard | None:
    """For whoever punches: what the month has so far, and what is left of the year's leave.

    For an account of nobody who punches, only what waits for its decision.
    """
    me = user.employee
    if not may(user, "attendance.own"):
        return None
    today = at.astimezone(VN).date()
    waiting = _waiting(user, today)
    if me is None:
        title, url = _("Đơn cần duyệt"), reverse("requests")
        return HomeCard(title=title, url=url, lines=waiting, as_of=at) if waiting else None
    people = load_month(today.replace(day=1), at=at, employee=me.code).people
    worked, late, questions = (
        (people[0].worked, people[0].late, people[0].questions) if people else (0, 0, 0)
    )
    lines = [
        (_("Giờ công"), clock_time(worked)),
        (_("Muộn (phút)"), str(late)),
        (_("Ngày có câu hỏi"), str(questions)),
        (_("Phép năm còn (ngày)"), floatformat(leave_balance(me, on=today).left, "-1")),
    ]
    return HomeCard(
        title=_("Công của tôi tháng %(month)s") % {"month": f"{today:%m/%Y}"},
        url=reverse("my_month"),
        lines=[*lines, *waiting],
        as_of=at,
    )


def _waiting(user: User, today: date) -> list[tuple[str, str]]:
    count = len(Desk(user, today).waiting())
    return [(_("Đơn chờ bạn duyệt"), str(count))] if count else []

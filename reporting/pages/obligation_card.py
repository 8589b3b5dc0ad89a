"""The start page's card of reports owed to authorities: what is overdue, what comes next."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.pages.cards import HomeCard
from reporting.models import Obligation
from reporting.obligations.register import open_now

AHEAD = 45
NAMED = 3


def card(user: User, now: datetime) -> HomeCard | None:
    """None for who may not see the register, and while it is empty."""
    if not may(user, "obligations.view") or not user.is_whole_company:
        return None
    if not Obligation.objects.exists():
        return None
    found = open_now(on=now.astimezone(VN).date(), ahead=AHEAD)
    late = [line for line in found if line.is_overdue]
    coming = [line for line in found if not line.is_overdue]
    lines = [(_("Phải nộp trong 45 ngày tới"), str(len(coming)))]
    if coming:
        lines.append((_("Hạn gần nhất"), f"{coming[0].due:%d/%m/%Y}"))
    waiting = [
        ngettext(
            "{name} {period} quá hạn {days} ngày",
            "{name} {period} quá hạn {days} ngày",
            line.days_late,
        ).format(name=line.obligation.name, period=line.period_name, days=line.days_late)
        for line in late[:NAMED]
    ]
    if len(late) > NAMED:
        waiting.append(_("và {count} báo cáo quá hạn khác").format(count=len(late) - NAMED))
    return HomeCard(_("Nghĩa vụ báo cáo"), reverse("obligations"), lines, now, waiting=waiting)

"""The start page's card of the next briefing, and of the tasks of one's units."""

from datetime import datetime

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.pages.cards import HomeCard
from reporting.models import Briefing, Task, TaskOwner
from reporting.tasks.states import State
from reporting.tasks.units import units_of


def briefing_card(user: User, now: datetime) -> HomeCard | None:
    """The next briefing one is invited to: when, until when items may be sent, what waits."""
    if not may(user, "briefings.attend"):
        return None
    coming = Briefing.objects.filter(participants__user=user).coming()
    briefing = coming.select_related("chair").first()
    if briefing is None:
        return None
    lines = [
        (_("Bắt đầu"), f"{localtime(briefing.starts_at):%H:%M %d/%m/%Y}"),
        (_("Hạn gửi nội dung"), f"{localtime(briefing.items_due_at):%H:%M %d/%m}"),
    ]
    unanswered = briefing.polls.filter(due_at__gt=now).exclude(voters__user=user).count()
    words = ngettext(
        "{count} câu hỏi chờ bạn trả lời", "{count} câu hỏi chờ bạn trả lời", unanswered
    )
    missing = [words.format(count=unanswered)] if unanswered else []
    link = reverse("briefing", args=[briefing.pk])
    return HomeCard(briefing.title, link, lines, now, missing)


def tasks_card(user: User, now: datetime) -> HomeCard | None:
    """What one's units have to do, and what waits for one's own word."""
    if not may(user, "briefings.attend"):
        return None
    mine = TaskOwner.objects.filter(units_of(user).owned()).values("task")
    open_ = Task.objects.open().filter(pk__in=mine)
    led = Task.objects.open().filter(state=State.REPORTED)
    waiting = led.filter(conclusion__briefing__secretary=user).count()
    if not waiting and not open_.exists():
        return None
    next_due = open_.first()
    lines = [(_("Đang mở"), str(open_.count()))]
    if next_due is not None:
        lines.append((_("Hạn gần nhất"), f"{next_due.due_date:%d/%m/%Y}"))
    if waiting:
        lines.append((_("Chờ bạn xác nhận"), str(waiting)))
    late = Task.objects.overdue(now.astimezone(VN).date()).filter(pk__in=mine).count()
    words = ngettext("{count} việc quá hạn", "{count} việc quá hạn", late)
    missing = [words.format(count=late)] if late else []
    return HomeCard(
        _("Nhiệm vụ của đơn vị"), f"{reverse('tasks')}?loc=cua-toi", lines, now, missing
    )

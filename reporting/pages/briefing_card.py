"""The start page's card of the next briefing, and of the tasks of one's units."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.pages.cards import HomeCard
from reporting.briefings.returned import returned
from reporting.models import Briefing, BriefingAlarm, Task, TaskAlarm, TaskOwner
from reporting.tasks.states import State
from reporting.tasks.units import units_of

#: How long the start page tells of mails that came back, and of how many.
RETURNED: Final = timedelta(days=7)
MOST: Final = 3


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
    waiting = [words.format(count=unanswered)] if unanswered else []
    link = reverse("briefing", args=[briefing.pk])
    return HomeCard(briefing.title, link, lines, now, waiting=waiting)


def returned_card(user: User, now: datetime) -> HomeCard | None:
    """Mails of the briefings one keeps or leads that were lost in the last seven days."""
    if not may(user, "briefings.attend"):
        return None
    led = Briefing.objects.filter(Q(secretary=user) | Q(chair=user))
    lost = returned(led)
    alarms = BriefingAlarm.objects.filter(mail__in=lost.values("pk"), at__gt=now - RETURNED)
    newest = alarms.select_related("briefing").order_by("-at", "-pk").first()
    if newest is None:
        return None
    mails = returned([newest.briefing])
    waiting = [
        f"{mail.recipient}: {mail.get_state_display()}, {mail.last_error}"
        for mail in mails.reverse()[:MOST]
    ]
    lines = [(_("Phiên họp"), newest.briefing.title), (_("Số thư"), str(mails.count()))]
    link = reverse("briefing", args=[newest.briefing_id])
    return HomeCard(
        _("Thư phiên họp bị trả lại hoặc không rõ đã tới"), link, lines, now, waiting=waiting
    )


def returned_tasks_card(user: User, now: datetime) -> HomeCard | None:
    """Reminders of tasks one was told of because they came back in the last seven days."""
    if not may(user, "briefings.attend"):
        return None
    alarms = TaskAlarm.objects.filter(told=user, reminder__mail__bounce__at__gt=now - RETURNED)
    newest_first = alarms.select_related("reminder__mail__bounce").order_by(
        "-reminder__mail__bounce__at", "-pk"
    )
    reminders = [alarm.reminder for alarm in newest_first]
    seen = Task.objects.visible_to(user).filter(pk__in=reminders[0].tasks if reminders else [])
    task = seen.order_by("due_date", "pk").first()
    if task is None:
        return None
    mails = [reminder.mail for reminder in reminders]
    waiting = [f"{mail.recipient}: {mail.bounce.reason}" for mail in mails[:MOST]]
    lines = [(_("Thư bị trả lại"), str(len(mails)))]
    link = reverse("task", args=[task.pk])
    return HomeCard(_("Thư nhắc nhiệm vụ bị trả lại"), link, lines, now, waiting=waiting)


def tasks_card(user: User, now: datetime) -> HomeCard | None:
    """What one's units have to do, and what waits for one's own word."""
    if not may(user, "briefings.attend"):
        return None
    mine = TaskOwner.objects.filter(units_of(user).owned()).values("task")
    open_ = Task.objects.open().filter(pk__in=mine)
    led = Task.objects.open().filter(state=State.REPORTED)
    to_confirm = led.filter(conclusion__briefing__secretary=user).count()
    if not to_confirm and not open_.exists():
        return None
    next_due = open_.first()
    lines = [(_("Đang mở"), str(open_.count()))]
    if next_due is not None:
        lines.append((_("Hạn gần nhất"), f"{next_due.due_date:%d/%m/%Y}"))
    if to_confirm:
        lines.append((_("Chờ bạn xác nhận"), str(to_confirm)))
    late = Task.objects.overdue(now.astimezone(VN).date()).filter(pk__in=mine).count()
    words = ngettext("{count} việc quá hạn", "{count} việc quá hạn", late)
    waiting = [words.format(count=late)] if late else []
    return HomeCard(
        _("Nhiệm vụ của đơn vị"), f"{reverse('tasks')}?loc=cua-toi", lines, now, waiting=waiting
    )

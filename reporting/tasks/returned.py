"""Reminders of tasks that came back: who set the tasks is told, once, and their unit's page shows it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from backend.accounts.models import User
from backend.db import lock_rows
from backend.mail.models import OutgoingMail
from reporting.briefings.returned import LOOK_BACK, line_of, reached, write_alarm
from reporting.models import Task, TaskAlarm, TaskReminder

#: How long the pages tell of a reminder that came back.
SHOWN: Final = timedelta(days=7)
ADVICE: Final = "Hãy báo đơn vị bằng cách khác và sửa địa chỉ thư của tài khoản."


def returned(tasks: Iterable[int], *, at: datetime) -> list[OutgoingMail]:
    """Reminders of these tasks that came back in the last seven days, oldest first."""
    about = Q()
    for pk in tasks:
        about |= Q(tasks__contains=[pk])
    reminders = TaskReminder.objects.filter(about, mail__bounce__at__gt=at - SHOWN)
    found = reminders.select_related("mail__bounce").order_by("mail__bounce__at", "pk")
    return [reminder.mail for reminder in found] if about else []


def watch(*, at: datetime) -> int:
    """Tell who set the tasks of each reminder that came back and was not told of; how many reminders."""
    fresh = TaskReminder.objects.filter(mail__bounce__at__gt=at - LOOK_BACK, alarms=None)
    with transaction.atomic():
        mails = lock_rows(OutgoingMail.objects.filter(pk__in=fresh.values("mail")))
        reminders = list(fresh.filter(mail__in=mails).select_related("mail__bounce").order_by("pk"))
        for keeper, theirs in _by_keeper(reminders).items():
            TaskAlarm.objects.bulk_create(
                TaskAlarm(reminder=reminder, told=keeper, at=at) for reminder in theirs
            )
            if keeper is not None:
                _write(theirs, to=keeper, at=at)
    return len(reminders)


#: Reminders that came back, each with those of its tasks that concern somebody.
Theirs = dict[TaskReminder, list[Task]]


def _by_keeper(reminders: Sequence[TaskReminder]) -> dict[User | None, Theirs]:
    """Whom to tell of which tasks of each reminder: who set the task, else who keeps its briefing."""
    known = Task.objects.select_related(
        "conclusion__by", "conclusion__briefing__secretary", "conclusion__briefing__chair"
    ).in_bulk({pk for reminder in reminders for pk in reminder.tasks})
    lost = {reminder.mail.recipient.lower() for reminder in reminders}
    found: dict[User | None, Theirs] = defaultdict(lambda: defaultdict(list))
    for reminder in reminders:
        for task in (known[pk] for pk in reminder.tasks):
            briefing = task.conclusion.briefing
            keepers = [task.conclusion.by, briefing.secretary, briefing.chair]
            found[reached(keepers, lost=lost)][reminder].append(task)
    return found


def _write(theirs: Theirs, *, to: User, at: datetime) -> None:
    lines = [
        "\n".join([line_of(reminder.mail), *(_told(task) for task in tasks)])
        for reminder, tasks in theirs.items()
    ]
    what = f"{len(theirs)} thư nhắc nhiệm vụ bị trả lại"
    paragraphs = [f"{what}, đơn vị chưa được nhắc:", *lines, ADVICE]
    write_alarm(f"nhac-tra-lai.{next(iter(theirs)).mail_id}", what, paragraphs, to=to, at=at)


def _told(task: Task) -> str:
    link = settings.PUBLIC_URL + reverse("task", args=[task.pk])
    return f"  {task.conclusion.text} (hạn {task.due_date:%d/%m/%Y}): {link}"

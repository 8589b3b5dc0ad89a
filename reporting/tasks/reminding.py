"""Reminding units of their tasks: some days before the last one, on it, and while it is past."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from backend.accounts.models import User
from backend.clock import VN
from backend.mail import outbox
from backend.mail.models import OutgoingMail
from reporting.models import Task, TaskReminder
from reporting.tasks.states import State
from reporting.tasks.units import speakers_of

#: Not before this hour of the morning.
FROM: Final = time(7, 0)
#: Days before the last day on which a unit is reminded; afterwards every third day.
BEFORE: Final = (3, 1, 0)
AFTER_EVERY: Final = 3


def remind(*, at: datetime) -> int:
    """Mail each account its units' tasks that are due or past; once a day. Returns how many mails."""
    local = at.astimezone(VN)
    if local.time() < FROM:
        return 0
    theirs = _by_speaker(local.date())
    had = set(TaskReminder.objects.filter(on=local.date()).values_list("user", flat=True))
    readers = [user for user in theirs if user.email and user.pk not in had]
    with transaction.atomic():
        for user in readers:
            mail = _mail(user, theirs[user], on=local.date(), at=at)
            TaskReminder.objects.create(
                user=user, on=local.date(), tasks=[task.pk for task in theirs[user]], mail=mail
            )
    return len(readers)


def is_day(due: date, on: date) -> bool:
    """Whether a task due on `due` is spoken of on `on`."""
    left = (due - on).days
    return left in BEFORE if left >= 0 else -left % AFTER_EVERY == 1


def _by_speaker(on: date) -> dict[User, list[Task]]:
    open_ = Task.objects.open().select_related("conclusion__briefing")
    near = open_.filter(due_date__lte=on + timedelta(days=max(BEFORE))).exclude(
        state=State.REPORTED
    )
    found: dict[User, list[Task]] = defaultdict(list)
    for task in near.prefetch_related("owners__department", "owners__site", "owners__region"):
        if is_day(task.due_date, on):
            for user in {u for owner in task.owners.all() for u in speakers_of(owner.unit)}:
                found[user].append(task)
    return dict(sorted(found.items(), key=lambda pair: pair[0].pk))


def _mail(user: User, tasks: Sequence[Task], *, on: date, at: datetime) -> OutgoingMail:
    past = sum(task.due_date < on for task in tasks)
    counts = ((len(tasks) - past, "nhiệm vụ sắp đến hạn"), (past, "nhiệm vụ quá hạn"))
    lines = [f"Kính gửi {user},", "Nhiệm vụ của đơn vị sắp đến hạn hoặc quá hạn:"]
    lines += [
        f"- {task.conclusion.text} (hạn {task.due_date:%d/%m/%Y}"
        f"{', quá hạn ' + str((on - task.due_date).days) + ' ngày' if task.due_date < on else ''})\n"
        f"  {settings.PUBLIC_URL}{reverse('task', args=[task.pk])}"
        for task in tasks
    ]
    lines.append("Thư tự động, mỗi ngày nhiều nhất một thư; báo xong thì thôi nhắc.")
    return outbox.enqueue(
        message_id=outbox.own_message_id(f"nhac-nhiem-vu.{user.pk}.{on}"),
        recipient=user,
        subject=", ".join(f"{count} {name}" for count, name in counts if count),
        text="\n\n".join(lines) + "\n",
        due_at=at,
    )

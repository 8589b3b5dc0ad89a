"""Mails about reports that are due soon or overdue: to who speaks for the unit, once each."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.urls import reverse

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.jobs.handlers import in_one_transaction
from backend.mail import outbox
from reporting.models import ObligationReminder, ReminderKind
from reporting.obligations.register import Owed, open_now
from reporting.tasks.units import speakers_of

#: Nobody asks to be reminded earlier.
AHEAD: Final = 60


def remind(*, at: datetime) -> int:
    """Mail what is due within its days of notice, and what is overdue; returns how many mails.

    Call it in a transaction: the rows and the mails belong together.
    """
    lines = open_now(on=at.astimezone(VN).date(), ahead=AHEAD)
    near = [line for line in lines if line.days_left <= line.obligation.remind_days]
    known = set(
        ObligationReminder.objects.filter(
            obligation__in={line.obligation.pk for line in near}
        ).values_list("obligation", "last_date", "kind", "user")
    )
    mails = 0
    for line in near:
        kind = ReminderKind.OVERDUE if line.is_overdue else ReminderKind.BEFORE
        for user in readers_of(line):
            if (line.obligation.pk, line.period.last, kind.value, user.pk) not in known:
                _mail(line, kind, user, at=at)
                mails += 1
    return mails


run_due = in_one_transaction(remind)


def readers_of(line: Owed) -> list[User]:
    """Who speaks for the unit; without such an account, who keeps the register."""
    speakers = [user for user in speakers_of(line.obligation.unit) if user.email]
    if speakers:
        return speakers
    everyone = User.objects.filter(is_active=True).exclude(email="").order_by("pk")
    return [user for user in everyone if user.is_whole_company and may(user, "obligations.manage")]


def _mail(line: Owed, kind: ReminderKind, user: User, *, at: datetime) -> None:
    """In Vietnamese: the reader's language is not known."""
    what = f"{line.obligation.name} {line.period.name()}"
    state = (
        f"quá hạn {line.days_late} ngày"
        if kind == ReminderKind.OVERDUE
        else f"còn {line.days_left} ngày"
    )
    link = reverse("obligation", args=[line.obligation.code])
    lines = [
        f"Kính gửi {user},",
        f"{what}: hạn nộp {line.due:%d/%m/%Y}, {state}.",
        f"Nơi nhận: {line.obligation.authority}\nCăn cứ: {line.obligation.legal_basis}",
        f"{settings.PUBLIC_URL}{link}",
        "Thư tự động; mỗi kỳ nhắc một lần trước hạn và một lần khi quá hạn.",
    ]
    mail = outbox.enqueue(
        message_id=outbox.own_message_id(
            f"nghia-vu.{line.obligation.pk}.{line.period.last}.{kind.value}.{user.pk}"
        ),
        recipient=user,
        subject=f"{'Quá hạn' if kind == ReminderKind.OVERDUE else 'Sắp đến hạn'}: {what}",
        text="\n\n".join(lines) + "\n",
        due_at=at,
    )
    ObligationReminder.objects.create(
        obligation=line.obligation, last_date=line.period.last, kind=kind, user=user, mail=mail
    )

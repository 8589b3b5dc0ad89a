"""Mails of a briefing that came back, could not be sent, or may not have arrived: its secretary is told
of each, once, with address and reason.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from backend.accounts.models import User
from backend.mail import outbox
from backend.mail.models import MailState, OutgoingMail
from reporting.briefings.letters import link_of
from reporting.models import Briefing, BriefingAlarm, BriefingMail, PaperSending, PollMail

#: What came back longer ago is history: nobody is told of it any more.
LOOK_BACK: Final = timedelta(days=2)
ADVICE: Final = (
    "Hãy hỏi hoặc báo người nhận bằng cách khác; địa chỉ sai thì sửa ở tài khoản; văn bản thì bấm Gửi"
    " lần nữa, thư sẽ tới địa chỉ mới."
)
#: Nobody sends these again by himself.
_UNSENT: Final = (MailState.FAILED, MailState.UNCERTAIN)
LOST: Final = Q(bounce__isnull=False) | Q(state__in=_UNSENT)


def returned(briefings: Iterable[Briefing] | QuerySet[Briefing]) -> QuerySet[OutgoingMail]:
    """Invitations, changes, reminders, questions and papers of these briefings that came back, could
    not be sent or may not have arrived, oldest first.
    """
    letters = BriefingMail.objects.filter(briefing__in=briefings).values("mail")
    questions = PollMail.objects.filter(poll__briefing__in=briefings).values("mail")
    papers = PaperSending.objects.filter(paper__briefing__in=briefings).values("mail")
    theirs = Q(pk__in=letters) | Q(pk__in=questions) | Q(pk__in=papers)
    return (
        OutgoingMail.objects.filter(theirs, LOST)
        .select_related("bounce")
        .order_by(Coalesce("bounce__at", "due_at"), "pk")
    )


def watch(*, at: datetime) -> int:
    """Tell who keeps each briefing what was lost and not told of; how many mails."""
    given_up = Q(state__in=_UNSENT, due_at__gt=at - LOOK_BACK - outbox.GIVE_UP_AFTER)
    lately = Q(bounce__at__gt=at - LOOK_BACK) | given_up
    fresh = OutgoingMail.objects.filter(lately, briefing_alarm=None)
    letters = BriefingMail.objects.filter(mail__in=fresh).values("briefing")
    questions = PollMail.objects.filter(mail__in=fresh).values("poll__briefing")
    papers = PaperSending.objects.filter(mail__in=fresh).values("paper__briefing")
    found = Q(pk__in=letters) | Q(pk__in=questions) | Q(pk__in=papers)
    briefings = Briefing.objects.filter(found).order_by("pk").values_list("pk", flat=True)
    return sum(_tell(pk, at=at) for pk in briefings)


def _tell(pk: int, *, at: datetime) -> int:
    """One row a mail, one letter for all that came back by now, whoever watches beside us."""
    with transaction.atomic():
        Briefing.objects.select_for_update(no_key=True).get(pk=pk)
        briefing = Briefing.objects.select_related("secretary", "chair").get(pk=pk)
        mails = list(returned([briefing]).filter(briefing_alarm=None))
        lost = {mail.recipient.lower() for mail in mails}
        told = reached([briefing.secretary, briefing.chair], lost=lost)
        BriefingAlarm.objects.bulk_create(
            BriefingAlarm(briefing=briefing, mail=mail, told=told, at=at) for mail in mails
        )
        if told and mails:
            _write(briefing, mails, to=told, at=at)
    return len(mails)


def reached(keepers: Iterable[User], *, lost: set[str]) -> User | None:
    """The first of them who has an address that mails reach, which is none of those `lost`."""
    for user in keepers:
        if user.is_active and user.email and user.email.lower() not in lost:
            return user
    return None


def line_of(mail: OutgoingMail) -> str:
    """To whom, about what, and what became of it."""
    return f"- {mail.recipient}: {mail.subject}\n  {mail.get_state_display()}: {mail.last_error}"


def write_alarm(key: str, what: str, paragraphs: Iterable[str], *, to: User, at: datetime) -> None:
    """Tell somebody what became of these mails (`what`); `key` tells the alarm from all others."""
    outbox.enqueue(
        message_id=outbox.own_message_id(f"{key}.{to.pk}"),
        recipient=to,
        subject=f"Báo động: {what}",
        text="\n\n".join([f"Kính gửi {to},", *paragraphs]) + "\n",
        due_at=at,
    )


def _write(briefing: Briefing, mails: Sequence[OutgoingMail], *, to: User, at: datetime) -> None:
    what = f"{len(mails)} thư của {briefing.title} bị trả lại hoặc không rõ đã tới"
    paragraphs = [
        f"{what}:",
        *map(line_of, mails),
        ADVICE,
        f"Xem trên hệ thống: {link_of(briefing)}",
    ]
    write_alarm(f"hop-tra-lai.{mails[0].pk}", what, paragraphs, to=to, at=at)

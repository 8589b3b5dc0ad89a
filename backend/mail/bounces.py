"""Mails that came back, refused at once or returned later: written down once, with the reason."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from backend.mail import failure_reports
from backend.mail.models import Bounce, MailState, OutgoingMail

#: Only what was handed over can come back; nobody knows of the last two whether it was.
HANDED_OVER = (MailState.ACCEPTED, MailState.SENDING, MailState.UNCERTAIN)


def take(content: bytes, *, at: datetime) -> bool:
    """Note the failure that a returned mail reports; False for any other mail, and changes nothing.

    Whoever sent it is not trusted: it must name a Message-ID of ours (nobody can guess one) and the
    recipient that mail went to.
    """
    report = failure_reports.read(content)
    if report is None:
        return False
    mail = OutgoingMail.objects.filter(message_id=report.message_id).first()
    reason = report.reasons.get(mail.recipient.lower(), "") if mail else ""
    if mail is None or not reason:
        return False
    handed_over = OutgoingMail.objects.filter(pk=mail.pk, state__in=HANDED_OVER)
    return note_bounce(handed_over, reason=reason, at=at)


def note_bounce(mails: QuerySet[OutgoingMail], *, reason: str, at: datetime) -> bool:
    """The one mail of `mails` came back; False when there is none, or no longer."""
    with transaction.atomic():
        mail = mails.select_for_update().first()
        if mail is None:
            return False
        mail.state, mail.lease_until, mail.last_error = MailState.BOUNCED, None, reason
        mail.save(update_fields=["state", "lease_until", "last_error"])
        Bounce.objects.create(mail=mail, reason=reason, at=at)
    return True

"""Sending what is in the outbox: one recipient at a time, never twice, whatever breaks.

A mail is claimed with a lease and an attempt number. Just before its content is handed to the
server the row becomes `sending`, fenced by the attempt. So a process killed earlier has sent
nothing (another one tries again), and a mail whose `sending` was left behind may have arrived: it
becomes `uncertain`, is shown, and waits for a person.

A mail may wait for days. Whether its reader still has the right, and which address an account has,
is asked when it goes.
"""

import hashlib
import logging
import smtplib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import DatabaseError, connection
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.jobs.queue import TakenOver, database_now, lease
from backend.mail.bounces import note_bounce
from backend.mail.illustrated import Illustrated
from backend.mail.models import Attachment, MailState, OutgoingMail, StoredFile
from backend.mail.smtp import Answer, Backend, Result, send
from backend.milestones import announce

logger = logging.getLogger(__name__)

#: A mail that could not be handed over for so long is given up, and shown as failed.
GIVE_UP_AFTER = timedelta(days=3)


def store_file(content: bytes, content_type: str) -> StoredFile:
    """Keep the bytes; the same bytes are kept once."""
    digest = hashlib.sha256(content).hexdigest()
    StoredFile.objects.bulk_create(
        [StoredFile(sha256=digest, content_type=content_type, content=content)],
        ignore_conflicts=True,
    )
    return StoredFile.objects.defer("content").get(sha256=digest, content_type=content_type)


def own_message_id(name: str) -> str:
    """The Message-ID of a mail by what it is about, so that a mail server can tell a repeat.

    Nobody who has not seen the mail can guess it, so nobody else can say that it came back.
    """
    domain = settings.DEFAULT_FROM_EMAIL.rstrip(">").rsplit("@", 1)[-1]
    seal = salted_hmac("backend.mail.message_id", name, algorithm="sha256").hexdigest()[:20]
    return f"<{name}.{seal}@{domain}>"


def enqueue(
    *,
    message_id: str,
    recipient: User | str,
    subject: str,
    text: str,
    html: str = "",
    files: Sequence[tuple[str, StoredFile]] = (),
    pictures: Sequence[tuple[str, StoredFile]] = (),
    due_at: datetime,
) -> OutgoingMail:
    """Put a mail into the outbox; call it in the transaction that is the reason for the mail.

    To an account it goes to the address that has when it is sent, which may be days later.
    `files` are attached; `pictures` are shown inside the HTML part, which names them as cid:<name>.

    An address that is none, or that smuggles a header, makes a failed mail: its recipient is told
    by the page, all others get theirs.
    """
    account = recipient if isinstance(recipient, User) else None
    address = recipient.email if isinstance(recipient, User) else recipient
    error = _address_error(address)
    mail = OutgoingMail.objects.create(
        message_id=message_id,
        recipient=_one_line(address)[:254],
        account=account,
        subject=_one_line(subject)[:250],
        text=text,
        html=html,
        due_at=due_at,
        next_attempt_at=due_at,
        state=MailState.FAILED if error else MailState.DUE,
        last_error=error,
    )
    Attachment.objects.bulk_create(
        [
            Attachment(mail=mail, file=file, name=_one_line(name), inline=inline)
            for given, inline in ((pictures, True), (files, False))
            for name, file in given
        ]
    )
    return mail


def _address_error(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        return _("Địa chỉ thư không đúng.")
    return ""


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def send_due(*, worker: str, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send every mail that is due. Returns how many the server accepted."""
    at = database_now()
    settle_abandoned(at=at)
    if not _something_due(at):
        return 0
    backend = Backend(fail_silently=False)
    accepted = 0
    try:
        while not stopping():
            if not _opened(backend):
                break
            mail = claim(worker=worker, at=database_now())
            if mail is None:
                break
            accepted += _deliver(backend, mail)
    finally:
        backend.close()
    return accepted


def settle_abandoned(*, at: datetime) -> None:
    """Mails whose sender fell silent while handing over: nobody knows, so nobody sends again."""
    OutgoingMail.objects.filter(state=MailState.SENDING, lease_until__lt=at).update(
        state=MailState.UNCERTAIN,
        last_error=_("Tiến trình gửi dừng giữa chừng; máy chủ thư có thể đã nhận."),
    )


def _something_due(at: datetime) -> bool:
    return OutgoingMail.objects.filter(state=MailState.DUE, next_attempt_at__lte=at).exists()


def _opened(backend: Backend) -> bool:
    """Connect if not connected. When the server cannot be reached all due mails wait."""
    if backend.connection is not None:
        return True
    try:
        backend.open()
    except (smtplib.SMTPException, OSError) as error:
        backend.connection = None
        postpone_all(at=database_now(), error=f"{type(error).__name__}: {error}")
        return False
    return True


POSTPONE_ALL = """
UPDATE mail_outgoingmail
SET attempt = attempt + 1, last_error = %(error)s, lease_until = NULL,
    next_attempt_at = %(at)s + least(900, 5 * power(2, least(attempt, 12))) * interval '1 second',
    state = CASE WHEN due_at < %(oldest)s THEN 'failed' ELSE state END
WHERE state = 'due' AND next_attempt_at <= %(at)s
  AND (lease_until IS NULL OR lease_until < %(at)s)
"""


def postpone_all(*, at: datetime, error: str) -> None:
    """No server: every due mail waits 5, 10, 20 s … 15 min by how often it has waited already."""
    with connection.cursor() as cursor:
        cursor.execute(POSTPONE_ALL, {"at": at, "error": error, "oldest": at - GIVE_UP_AFTER})
        logger.warning("mail server not reached, %d mails wait: %s", cursor.rowcount, error)


CLAIM = """
UPDATE mail_outgoingmail
SET claimed_by = %(worker)s, lease_until = %(lease_until)s, attempt = attempt + 1
WHERE id = (
    SELECT id FROM mail_outgoingmail
    WHERE state = 'due' AND next_attempt_at <= %(at)s
      AND (lease_until IS NULL OR lease_until < %(at)s)
    ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING *
"""


def claim(*, worker: str, at: datetime) -> OutgoingMail | None:
    """Take the next due mail; its attempt number fences everything that follows."""
    values = {"worker": worker, "at": at, "lease_until": at + lease()}
    return next(iter(OutgoingMail.objects.raw(CLAIM, values)), None)


def _deliver(backend: Backend, mail: OutgoingMail) -> bool:
    """Send one claimed mail and record the outcome. True when the server accepted it."""
    ours = OutgoingMail.objects.filter(pk=mail.pk, attempt=mail.attempt)

    def hand_over() -> None:
        at = database_now()
        if not ours.filter(state=MailState.DUE).update(
            state=MailState.SENDING, lease_until=at + lease()
        ):
            raise TakenOver(f"mail {mail.pk}, attempt {mail.attempt}")

    try:
        if reason := _objection(mail):
            ours.filter(state=MailState.DUE).update(
                state=MailState.WITHHELD, lease_until=None, last_error=reason
            )
            return False
        if mail.account and mail.account.email != mail.recipient:
            mail.recipient = mail.account.email
            ours.filter(state=MailState.DUE).update(recipient=mail.recipient)
        result = send(backend, _message(mail), hand_over=hand_over)
    except TakenOver:
        logger.warning("mail %d was taken over by another sender; nothing was sent", mail.pk)
        return False
    except DatabaseError:
        raise
    except Exception as error:
        # A bug, but one mail's: it is shown as failed, and the others go on.
        logger.exception("mail %d cannot be sent", mail.pk)
        untouched = ours.filter(state=MailState.DUE).exists()
        result = Result(Answer.REFUSED if untouched else Answer.UNKNOWN, repr(error))
    _record(mail, result, at=database_now())
    return result.answer is Answer.ACCEPTED


def _objection(mail: OutgoingMail) -> str:
    """The first reason not to send it, of those the apps have (settings.MAIL_OBJECTIONS)."""
    asked = (import_string(name)(mail) for name in settings.MAIL_OBJECTIONS)
    return next((reason for reason in asked if reason), "")


def account_ended(mail: OutgoingMail) -> str:
    """Nothing more goes to an ended account, nor to an address that belongs to ended ones only."""
    account = mail.account
    if account and account.is_active and not account.email:
        return _("Không gửi: tài khoản của người nhận không còn địa chỉ thư.")
    accounts = [account] if account else User.objects.filter(email__iexact=mail.recipient)
    known = {each.is_active for each in accounts}
    return _("Không gửi: tài khoản của người nhận đã ngừng.") if known == {False} else ""


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    message = Illustrated(
        mail.subject,
        mail.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.recipient],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for attachment in mail.attachments.select_related("file").order_by("pk"):
        file = attachment.file
        if file.content_type.startswith("text/calendar"):
            # Mail programs offer to accept only what stands beside the text (RFC 6047).
            message.attach_alternative(bytes(file.content).decode(), file.content_type)
        elif attachment.inline:
            message.illustrate(attachment.name, bytes(file.content), file.content_type)
        else:
            message.attach(attachment.name, bytes(file.content), file.content_type)
    return message


def _record(mail: OutgoingMail, result: Result, *, at: datetime) -> None:
    """Write the outcome down. A late answer still settles a mail others took for uncertain."""
    open_states = [MailState.DUE, MailState.SENDING, MailState.UNCERTAIN]
    ours = OutgoingMail.objects.filter(pk=mail.pk, attempt=mail.attempt, state__in=open_states)
    if result.answer is Answer.ACCEPTED:
        ours.update(state=MailState.ACCEPTED, accepted_at=at, lease_until=None, last_error="")
        announce("mail.delivered", f"Máy chủ thư đã nhận «{mail.subject}» cho {mail.recipient}")
    elif result.answer is Answer.UNKNOWN:
        ours.update(state=MailState.UNCERTAIN, lease_until=None, last_error=result.error)
    elif result.answer is Answer.BOUNCED:
        note_bounce(ours, reason=result.error, at=at)
    elif result.answer is Answer.REFUSED or at - mail.due_at > GIVE_UP_AFTER:
        ours.update(state=MailState.FAILED, lease_until=None, last_error=result.error)
    else:
        ours.update(
            state=MailState.DUE,
            lease_until=None,
            next_attempt_at=at + pause(mail.attempt),
            last_error=result.error,
        )
    if result.answer is not Answer.ACCEPTED:
        logger.warning("%s: %s (%s)", mail.recipient, result.answer.value, result.error)


def pause(attempt: int) -> timedelta:
    """How long one mail waits after the server put it off: 30 s, 1, 2, 4 … 15 min."""
    return min(timedelta(seconds=30 * 2 ** min(attempt - 1, 10)), timedelta(minutes=15))

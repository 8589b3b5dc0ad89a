"""The mail each recipient gets of an edition, and what became of it: one outbox row a recipient."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.mail import outbox
from backend.mail.models import MailState, OutgoingMail, StoredFile
from backend.problems import Problem
from reporting.builders.content import Report
from reporting.builders.mail import Letter, letter
from reporting.builders.speaking import Language, spoken
from reporting.models import Delivery, Edition, FileKind, Recipient, Resending
from reporting.recipients import is_in_force

#: Larger attachments become a link: many mail servers refuse more than 10 MB, base64 included.
LARGEST_MAIL = 7_000_000
TOO_LARGE: dict[Language, str] = {
    "vi": (
        "Tệp của bản này quá lớn để gửi kèm ({megabytes} MB); hãy đăng nhập theo đường dẫn trên để tải."
    ),
    "en": "The files are too large to attach ({megabytes} MB); log in by the link above to get them.",
}
#: The faces that go with a mail; the others are behind its link.
ATTACHED = frozenset({FileKind.PDF, FileKind.XLSX})


def write(report: Report, *, sha256: str, files: dict[str, int]) -> tuple[Letter, list[str]]:
    """What the mail of an edition says, and which of `files` (name → bytes) go with it.

    Files too large for a mail stay behind the link, and the mail says so.
    """
    size = sum(files.values())
    attached = list(files) if size <= LARGEST_MAIL else []
    megabytes = f"{size / 1e6:.1f}".replace(".", ",")
    too_large = TOO_LARGE[spoken()].format(megabytes=megabytes) if size > LARGEST_MAIL else ""
    link = settings.PUBLIC_URL + reverse("edition", args=[report.heading.code])
    words = letter(
        report,
        sha256=sha256,
        link=link,
        files=attached,
        site=settings.PUBLIC_URL,
        too_large=too_large,
    )
    return words, attached


def post(
    edition: Edition,
    words: Letter,
    *,
    to: Iterable[Recipient],
    files: list[tuple[str, StoredFile]],
    due_at: datetime,
) -> None:
    """Put the edition into the outbox for each recipient, in the transaction that says so."""
    pictures = [
        (each.name, outbox.store_file(each.content, "image/png")) for each in words.pictures
    ]
    for recipient in to:
        mail = outbox.enqueue(
            message_id=message_id(edition, recipient),
            recipient=recipient.user or recipient.address,
            subject=words.subject,
            text=words.text,
            html=words.html,
            files=files,
            pictures=pictures,
            due_at=due_at,
        )
        Delivery.objects.create(edition=edition, recipient=recipient, mail=mail)


def _still_reads(recipient: Recipient, edition: Edition) -> bool:
    """Whether he is on the list and may open the edition; a trial's reader is on it for that one only."""
    if not (is_in_force(recipient) and (recipient.enabled or edition.number == 0)):
        return False
    user = recipient.user
    return user is None or Edition.objects.openable_by(user).filter(pk=edition.pk).exists()


def objection(mail: OutgoingMail) -> str:
    """Why an edition's mail that waits must not go any more; empty where it may, and for other mails."""
    known = Delivery.objects.select_related(
        "edition", "recipient__schedule", "recipient__user__region", "recipient__user__territory"
    )
    copy = known.filter(mail=mail).first()
    if copy is None or _still_reads(copy.recipient, copy.edition):
        return ""
    return str(ReaderNoMore.message)


def message_id(edition: Edition, recipient: Recipient) -> str:
    """The same for the same edition and recipient, so that a mail server can tell a repeat."""
    return outbox.own_message_id(f"{edition.code}.{recipient.pk}")


class Stage(TextChoices):
    """How far one copy got, as the sender sees it."""

    DUE = "due", _("chờ gửi")
    SENT = "sent", _("đang gửi")
    ACCEPTED = "accepted", _("máy chủ thư đã nhận")
    BOUNCED = "bounced", _("bị trả lại")
    FAILED = "failed", _("không gửi được")
    UNCERTAIN = "uncertain", _("không rõ đã gửi chưa")
    WITHHELD = "withheld", _("giữ lại, không gửi")
    OPENED = "opened", _("đã mở trang")
    ACKNOWLEDGED = "acknowledged", _("đã xác nhận")


_STAGES = {
    MailState.DUE: Stage.DUE,
    MailState.SENDING: Stage.SENT,
    MailState.ACCEPTED: Stage.ACCEPTED,
    MailState.FAILED: Stage.FAILED,
    MailState.BOUNCED: Stage.BOUNCED,
    MailState.UNCERTAIN: Stage.UNCERTAIN,
    MailState.WITHHELD: Stage.WITHHELD,
}


def stage_of(delivery: Delivery) -> Stage:
    """What the reader did tells more than what his mail server said."""
    if delivery.acknowledged_at is not None:
        return Stage.ACKNOWLEDGED
    if delivery.opened_at is not None:
        return Stage.OPENED
    return _STAGES[MailState(delivery.mail.state)]


def note_opened(edition: Edition, *, by: User, at: datetime) -> None:
    """Remember when the reader first opened the edition's page. Nothing in the mail tells on him."""
    Delivery.objects.filter(edition=edition, recipient__user=by, opened_at=None).update(
        opened_at=at
    )


def acknowledge(edition: Edition, *, by: User, at: datetime) -> bool:
    """The reader confirms the edition; False when he has no copy, or has confirmed it already."""
    mine = Delivery.objects.filter(edition=edition, recipient__user=by, acknowledged_at=None)
    note_opened(edition, by=by, at=at)
    return bool(mine.update(acknowledged_at=at))


class StillOnItsWay(Problem):
    """A copy that is waiting or being sent cannot be sent again: it would arrive twice."""

    code = "delivery.on_its_way"
    status = 409
    message = _("Thư này đang chờ gửi hoặc đang gửi; chờ có kết quả rồi hãy gửi lại.")


class ReaderNoMore(Problem):
    """Who was taken off the list, has left, or has another role or part of the company by now."""

    code = "delivery.reader_no_more"
    status = 409
    message = _(
        "Không gửi: người nhận không còn được xem bản này (đã bỏ khỏi danh sách, ngừng tài khoản,"
        " đổi vai trò hoặc đổi phạm vi)."
    )


def resend(delivery: Delivery, *, by: User, at: datetime) -> OutgoingMail:
    """Send one copy again, to the address the recipient has now.

    Raises StillOnItsWay, ReaderNoMore.
    """
    with transaction.atomic():
        locked = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if not _still_reads(locked.recipient, locked.edition):
            raise ReaderNoMore
        old = OutgoingMail.objects.select_for_update().get(pk=locked.mail_id)
        if old.state in (MailState.DUE, MailState.SENDING):
            raise StillOnItsWay
        number = Resending.objects.filter(delivery=locked).count() + 1
        recipient = locked.recipient
        kept = list(old.attachments.select_related("file").order_by("pk"))
        locked.mail = outbox.enqueue(
            message_id=outbox.own_message_id(f"{locked.edition.code}.{recipient.pk}.r{number}"),
            recipient=recipient.user or recipient.address,
            subject=old.subject,
            text=old.text,
            html=old.html,
            files=[(each.name, each.file) for each in kept if not each.inline],
            pictures=[(each.name, each.file) for each in kept if each.inline],
            due_at=at,
        )
        locked.save(update_fields=["mail"])
        Resending.objects.create(delivery=locked, replaced=old, by=by, at=at)
    return locked.mail

"""Who gets an edition, and the mail each gets: one outbox row per recipient."""

from collections.abc import Iterable

from django.conf import settings
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.mail import outbox
from backend.mail.models import StoredFile
from backend.org.models import Region
from backend.problems import Problem
from reporting.builders.briefing import Briefing
from reporting.builders.mail import Letter, letter
from reporting.models import Delivery, Edition, Recipient

#: Larger attachments become a link: many mail servers refuse more than 10 MB, base64 included.
LARGEST_MAIL = 7_000_000


class AddressNotAllowed(Problem):
    """An outside address whose domain the company has not allowed."""

    code = "recipient.not_allowed"
    message = _(
        "Địa chỉ này không thuộc tên miền được phép nhận báo cáo; hãy thêm tên miền vào cấu hình"
        " hoặc chọn một tài khoản trong danh sách."
    )


def add_recipient(*, report: str, to: User | str) -> Recipient:
    """Let an account, or an outside address of an allowed domain, get a report.

    Raises AddressNotAllowed, ValidationError.
    """
    if isinstance(to, User):
        recipient, _made = Recipient.objects.get_or_create(report=report, user=to, address="")
        return recipient
    validate_email(to)
    if to.rsplit("@", 1)[1].lower() not in settings.MAIL_ALLOWED_DOMAINS:
        raise AddressNotAllowed
    recipient, _made = Recipient.objects.get_or_create(report=report, user=None, address=to)
    return recipient


def recipients_of(report: str) -> list[Recipient]:
    """Those who get the report now: accounts in force that may see reports, and addresses."""
    everyone = (
        Recipient.objects.filter(report=report, enabled=True)
        .select_related("user__region")
        .order_by("pk")
    )
    return [each for each in everyone if each.user is None or may(each.user, "reports.view")]


def scope_of(recipient: Recipient) -> Region | None:
    """Each gets the edition of his own region; None is the whole company."""
    return recipient.user.region if recipient.user else None


def write(briefing: Briefing, *, sha256: str, files: dict[str, int]) -> tuple[Letter, list[str]]:
    """What the mail of an edition says, and which of `files` (name → bytes) go with it.

    Files too large for a mail stay behind the link.
    """
    attached = list(files) if sum(files.values()) <= LARGEST_MAIL else []
    link = settings.PUBLIC_URL + reverse("edition", args=[briefing.heading.code])
    return letter(briefing, sha256=sha256, link=link, files=attached), attached


def post(
    edition: Edition,
    words: Letter,
    *,
    to: Iterable[Recipient],
    files: list[tuple[str, StoredFile]],
) -> int:
    """Put the edition into the outbox for each recipient, in the transaction that saves it."""
    count = 0
    for recipient in to:
        mail = outbox.enqueue(
            message_id=message_id(edition, recipient),
            recipient=recipient.user.email if recipient.user else recipient.address,
            subject=words.subject,
            text=words.text,
            html=words.html,
            files=files,
            due_at=edition.cut_off_at,
        )
        Delivery.objects.create(edition=edition, recipient=recipient, mail=mail)
        count += 1
    return count


def message_id(edition: Edition, recipient: Recipient) -> str:
    """The same for the same edition and recipient, so that a mail server can tell a repeat."""
    return outbox.own_message_id(f"{edition.code}.{recipient.pk}")

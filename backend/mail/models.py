"""The outbox: what is to be sent, to whom, and what the mail server said."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY

LATE_AFTER = timedelta(minutes=5)


class StoredFile(models.Model):
    """Bytes kept once, however many editions and mails refer to them (tệp lưu). Append-only."""

    sha256 = models.CharField("SHA-256", max_length=64)
    content_type = models.CharField(_("kiểu nội dung"), max_length=100)
    content = models.BinaryField(_("nội dung"))

    class Meta:
        verbose_name = _("tệp lưu")
        verbose_name_plural = _("tệp lưu")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sha256", "content_type"], name="stored_file_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.sha256[:12]


class MailState(models.TextChoices):
    DUE = "due", _("chờ gửi")
    SENDING = "sending", _("đang gửi")
    ACCEPTED = "accepted", _("máy chủ thư đã nhận")
    FAILED = "failed", _("không gửi được")
    BOUNCED = "bounced", _("bị trả lại")
    UNCERTAIN = "uncertain", _("không rõ đã gửi chưa")
    WITHHELD = "withheld", _("giữ lại, không gửi")


class OutgoingMail(models.Model):
    """One mail to one recipient (thư gửi đi).

    `sending` is written just before the content is handed over, so a process that dies while the
    state is `due` has sent nothing and one that dies while it is `sending` may have: that mail
    becomes `uncertain` and is never sent again by itself. `withheld` is one whose reader lost the right
    while it waited; `last_error` says how. One to an `account` goes to the address that has by then.
    """

    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    recipient = models.CharField(_("người nhận"), max_length=254)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("tài khoản"),
    )
    subject = models.CharField(_("tiêu đề"), max_length=250)
    text = models.TextField(_("bản chữ"))
    html = models.TextField(_("bản HTML"), blank=True)
    due_at = models.DateTimeField(_("đến hạn lúc"))
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=MailState.choices, default=MailState.DUE
    )
    attempt = models.PositiveIntegerField(_("lần thử"), default=0)
    next_attempt_at = models.DateTimeField(_("thử lại lúc"))
    claimed_by = models.CharField(_("tiến trình"), max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(_("máy chủ nhận lúc"), null=True, blank=True)
    last_error = models.TextField(_("lỗi gần nhất"), blank=True)
    files = models.ManyToManyField(StoredFile, through="Attachment")

    class Meta:
        verbose_name = _("thư gửi đi")
        verbose_name_plural = _("thư gửi đi")
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"],
                name="mail_to_send",
                condition=Q(state__in=[MailState.DUE, MailState.SENDING]),
            ),
            models.Index(
                fields=["due_at"],
                name="mail_lost",
                condition=Q(state__in=[MailState.FAILED, MailState.UNCERTAIN]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"

    def is_late(self, *, at: datetime) -> bool:
        """Still waiting more than five minutes after its time."""
        return self.state == MailState.DUE and at - self.due_at > LATE_AFTER


class Bounce(models.Model):
    """A mail that came back (thư trả lại): refused by the server at once, or returned later. Append-only."""

    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="bounce")
    reason = models.TextField(_("lý do"))
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("thư trả lại")
        verbose_name_plural = _("thư trả lại")
        indexes: ClassVar = [models.Index(fields=["at"], name="bounce_by_time")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.mail}: {self.reason}"


class BounceMailbox(models.Model):
    """How reading the mailbox of returned mails goes (hộp thư trả lại): one row a mailbox.

    `name` tells which one, as the settings name it. While it cannot be read, `failing_since` is the
    first look that failed and `error` what the newest one met.
    """

    name = models.CharField(_("hộp thư"), max_length=500, unique=True)
    read_at = models.DateTimeField(_("đọc được lần cuối lúc"), null=True)
    failing_since = models.DateTimeField(_("không đọc được từ"), null=True)
    error = models.CharField(_("lỗi gần nhất"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("hộp thư trả lại")
        verbose_name_plural = _("hộp thư trả lại")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="bounce_mailbox_failing_says_why",
                condition=Q(failing_since=None, error="")
                | (Q(failing_since__isnull=False) & ~Q(error="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """A stored file under the name the recipient sees (tệp đính kèm).

    An `inline` one is a picture inside the HTML part, which names it as cid:<name>.
    """

    mail = models.ForeignKey(OutgoingMail, models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT)
    name = models.CharField(_("tên tệp"), max_length=150)
    inline = models.BooleanField(_("hình trong thư"), default=False)

    class Meta:
        verbose_name = _("tệp đính kèm")
        verbose_name_plural = _("tệp đính kèm")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mail", "name"], name="attachment_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

"""Minutes and notices as papers: approved with number and symbol, frozen, sent."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.mail.models import OutgoingMail, StoredFile
from backend.promises import APPEND_ONLY
from reporting.models.briefings import Briefing


class PaperKind(models.TextChoices):
    MINUTES = "minutes", _("biên bản họp")
    NOTICE = "notice", _("thông báo kết luận")


class BriefingPaper(models.Model):
    """A paper of a briefing (văn bản của phiên họp) as approved. Append-only.

    `content` is the canonical JSON text the files are made from, `sha256` its digest. Numbers of a
    kind begin with 1 each year. A later one `replaces` the one before; both stay to be read.
    """

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="papers")
    kind = models.CharField(_("loại văn bản"), max_length=7, choices=PaperKind.choices)
    year = models.PositiveSmallIntegerField(_("năm"))
    number = models.PositiveIntegerField(_("số"))
    symbol = models.CharField(_("ký hiệu"), max_length=50)
    content = models.TextField(_("nội dung"))
    sha256 = models.CharField("SHA-256", max_length=64)
    pdf = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    docx = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("duyệt lúc"))
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    reason = models.CharField(_("lý do ban hành lại"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("văn bản của phiên họp")
        verbose_name_plural = _("văn bản của phiên họp")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "year", "number"], name="paper_number_once"),
            models.UniqueConstraint(
                fields=["briefing", "kind"],
                name="paper_first_once",
                condition=Q(replaces__isnull=True),
            ),
            models.CheckConstraint(
                name="paper_again_says_why",
                condition=Q(replaces__isnull=True, reason="")
                | (Q(replaces__isnull=False) & ~Q(reason="")),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.full_number

    @property
    def full_number(self) -> str:
        """Số và ký hiệu: "05/TB-XSKT", with a zero before numbers below ten."""
        return f"{self.number:02d}/{self.symbol}"


class PaperSending(models.Model):
    """Somebody the paper was sent to (lần gửi văn bản). Append-only."""

    paper = models.ForeignKey(BriefingPaper, models.PROTECT, related_name="sendings")
    recipient = models.CharField(_("người nhận"), max_length=254)
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("lần gửi văn bản")
        verbose_name_plural = _("lần gửi văn bản")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["paper", "recipient"], name="paper_sent_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.recipient

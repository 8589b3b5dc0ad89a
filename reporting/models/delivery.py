"""When reports are made, who gets them, and what became of each copy."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.jobs.models import Run, Schedule
from backend.mail.models import OutgoingMail
from backend.promises import APPEND_ONLY
from reporting.models.editions import Edition


@pghistory.track()
class ReportSchedule(models.Model):
    """Which schedule makes which report (lịch lập báo cáo), and who answers for it.

    `owner` is told when a report is late; without one, the people who may manage reports are.
    """

    report = models.CharField(_("báo cáo"), max_length=50)
    schedule = models.OneToOneField(Schedule, models.PROTECT, verbose_name=_("lịch chạy"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("người phụ trách"),
    )

    class Meta:
        verbose_name = _("lịch lập báo cáo")
        verbose_name_plural = _("lịch lập báo cáo")

    def __str__(self) -> str:
        return str(self.schedule)


class MailLanguage(models.TextChoices):
    VIETNAMESE = "vi", _("tiếng Việt")
    ENGLISH = "en", _("tiếng Anh")


@pghistory.track()
class Recipient(models.Model):
    """Who gets the reports of a schedule (người nhận): an account, or an outside address of an
    allowed domain. One who is not `enabled` is kept for what he got before.
    """

    schedule = models.ForeignKey(
        ReportSchedule, models.PROTECT, related_name="recipients", verbose_name=_("lịch")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("tài khoản")
    )
    address = models.EmailField(_("địa chỉ ngoài"), blank=True)
    enabled = models.BooleanField(_("đang nhận"), default=True)
    language = models.CharField(
        _("thư bằng tiếng"), max_length=2, choices=MailLanguage.choices, default="vi"
    )

    class Meta:
        verbose_name = _("người nhận báo cáo")
        verbose_name_plural = _("người nhận báo cáo")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="recipient_user_or_address",
                condition=Q(user__isnull=False, address="")
                | (Q(user__isnull=True) & ~Q(address="")),
            ),
            models.UniqueConstraint(
                fields=["schedule", "user", "address"],
                name="recipient_once_per_schedule",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return str(self.user) if self.user else self.address


class Delivery(models.Model):
    """One recipient's copy of an edition (lần gửi); how far it got is told by its newest mail.

    `opened_at` is when he first opened the edition's page, `acknowledged_at` when he confirmed it.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="deliveries")
    recipient = models.ForeignKey(Recipient, models.PROTECT)
    mail = models.OneToOneField(OutgoingMail, models.PROTECT)
    opened_at = models.DateTimeField(_("mở trang lúc"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("xác nhận đã xem lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("lần gửi")
        verbose_name_plural = _("lần gửi")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "recipient"], name="delivery_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="seen_stays_seen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__opened_at__isnull=False)
                & pgtrigger.Q(old__opened_at__df=pgtrigger.F("new__opened_at"))
                | pgtrigger.Q(old__acknowledged_at__isnull=False)
                & pgtrigger.Q(old__acknowledged_at__df=pgtrigger.F("new__acknowledged_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} → {self.recipient}"


class Resending(models.Model):
    """A copy sent again by a person (gửi lại): the mail it replaced, who, when. Append-only."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="resendings")
    replaced = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("lần gửi lại")
        verbose_name_plural = _("lần gửi lại")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.delivery} {self.at:%Y-%m-%d %H:%M}"


class AlarmKind(models.TextChoices):
    LATE = "late", _("chưa gửi xong sau năm phút")
    FAILED = "failed", _("không lập được")
    BOUNCED = "bounced", _("thư bị trả lại")


class Alarm(models.Model):
    """A report that did not come in time, or a copy of it that came back (báo động), told once.

    `mail` is the copy that came back. Append-only.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="alarms")
    kind = models.CharField(_("loại"), max_length=10, choices=AlarmKind.choices)
    step = models.CharField(_("bước"), max_length=200)
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, null=True, related_name="alarm")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("báo động báo cáo")
        verbose_name_plural = _("báo động báo cáo")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "kind"],
                name="alarm_once_per_run_and_kind",
                condition=Q(mail__isnull=True),
            ),
            models.CheckConstraint(
                name="alarm_of_a_mail_that_bounced",
                condition=Q(kind="bounced", mail__isnull=False)
                | (~Q(kind="bounced") & Q(mail__isnull=True)),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.run}: {self.kind}"

"""Punches that HR entered by hand: never among the terminals' own, never changed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attendance.models.endings import WithdrawableQuerySet
from backend.org.models import Employee
from backend.promises import APPEND_ONLY, has_reason


class Attachment(models.Model):
    """A paper behind a decision (tệp đính kèm): its bytes as received.

    `content_type` was told from the bytes, not from the name; `size` is in bytes.
    """

    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=50)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tệp đính kèm")
        verbose_name_plural = _("tệp đính kèm")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.name


class Direction(models.TextChoices):
    """What the person says the punch was; like a terminal's own in/out, the engine decides."""

    UNTOLD = "", _("không nói")
    IN = "in", _("vào")
    OUT = "out", _("ra")


class ManualPunch(models.Model):
    """A punch entered by a person (lượt chấm tay), with the reason and who answers for it.

    `punched_at` is a whole minute. A mistake is withdrawn (`ManualPunchWithdrawal`), not changed.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, db_index=False)
    punched_at = models.DateTimeField()
    direction = models.CharField(
        max_length=3, choices=Direction.choices, blank=True, default=Direction.UNTOLD
    )
    reason = models.TextField()
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WithdrawableQuerySet["ManualPunch"].as_manager()

    class Meta:
        verbose_name = _("lượt chấm tay")
        verbose_name_plural = _("lượt chấm tay")
        constraints: ClassVar = [
            models.CheckConstraint(name="manual_punch_past", condition=Q(punched_at__lte=F("at"))),
            has_reason("manual_punch_says_why"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["employee", "punched_at"], name="manual_punch_employee")
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.punched_at:%d/%m/%Y %H:%M}"


class ManualPunchWithdrawal(models.Model):
    """Takes a manual punch back (thu hồi); both stay to be read."""

    punch = models.OneToOneField(ManualPunch, models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thu hồi lượt chấm tay")
        verbose_name_plural = _("thu hồi lượt chấm tay")
        constraints: ClassVar = [
            has_reason("manual_punch_withdrawal_says_why"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.punch_id} {self.at:%d/%m/%Y %H:%M}"

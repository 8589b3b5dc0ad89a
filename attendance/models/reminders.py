"""Who was reminded of what, and by which mail: the rows that keep a reminder from going out twice."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.mail.models import OutgoingMail
from backend.org.models import Department
from backend.promises import APPEND_ONLY


class RequestReminder(models.Model):
    """One mail a day to somebody for whom `requests` (their numbers) wait too long (nhắc duyệt đơn)."""

    decider = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on = models.DateField(_("ngày"))
    requests = ArrayField(models.BigIntegerField())
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("nhắc duyệt đơn")
        verbose_name_plural = _("nhắc duyệt đơn")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decider", "on"], name="request_reminder_once_a_day"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.decider_id} {self.on:%d/%m/%Y}"


class ConfirmationReminder(models.Model):
    """HR asked a head to confirm a department's month (nhắc xác nhận công), once a day at most."""

    period = models.DateField(_("kỳ công"))
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name=_("phòng ban")
    )
    on = models.DateField(_("ngày"))
    mail = models.ForeignKey(OutgoingMail, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("nhắc xác nhận công")
        verbose_name_plural = _("nhắc xác nhận công")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "department", "on"], name="confirmation_reminder_once_a_day"
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.department_id} {self.period:%m/%Y}"

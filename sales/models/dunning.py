"""What agents in arrears were told, and what they promised."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from backend.promises import APPEND_ONLY, in_order
from sales.models.agents import Agent
from sales.models.scope import InRegionQuerySet


class DunningChannel(models.TextChoices):
    PHONE = "phone", _("điện thoại")
    LETTER = "letter", _("công văn")
    MESSAGE = "message", _("tin nhắn, thư điện tử")
    VISIT = "visit", _("gặp trực tiếp")


class DunningNotice(models.Model):
    """One reminder of overdue debt (nhắc nợ): what was overdue that day, what the agent promised.

    `level` is how strongly, by the days overdue (`sales.money.dunning.LEVEL_FROM_DAYS`).
    """

    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False)
    region = models.ForeignKey(Region, models.PROTECT, db_index=False)
    on = models.DateField(_("ngày nhắc"))
    level = models.PositiveSmallIntegerField(_("mức"))
    overdue_amount = models.BigIntegerField(_("quá hạn (đồng)"))
    oldest_due = models.DateField(_("hạn cũ nhất"))
    channel = models.CharField(_("cách nhắc"), max_length=10, choices=DunningChannel.choices)
    promised_date = models.DateField(_("hẹn nộp"), null=True, blank=True)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = InRegionQuerySet["DunningNotice"].as_manager()

    class Meta:
        verbose_name = _("lần nhắc nợ")
        verbose_name_plural = _("lần nhắc nợ")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="dunning_of_a_debt",
                condition=Q(overdue_amount__gt=0, level__range=(1, 3), oldest_due__lt=F("on")),
            ),
            in_order("dunning_promise_not_past", "on", "promised_date"),
        ]
        indexes: ClassVar = [models.Index(fields=["agent", "-id"], name="dunning_agent")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.on:%d/%m/%Y}"

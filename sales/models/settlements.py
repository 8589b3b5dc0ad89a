"""Statements of a closed month, one an agent, as they stood when it was closed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.jobs.models import Run
from backend.org.models import Region
from backend.promises import APPEND_ONLY
from sales.models.account import ADDS_UP, AccountAmounts
from sales.models.agents import Agent
from sales.models.periods import PeriodClose
from sales.models.scope import InRegionQuerySet


class Settlement(AccountAmounts):
    """What an agent owed before and after a closed month, and what moved it (quyết toán tháng)."""

    close = models.ForeignKey(
        PeriodClose, models.PROTECT, related_name="settlements", db_index=False
    )
    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False)
    region = models.ForeignKey(Region, models.PROTECT, db_index=False)

    objects = InRegionQuerySet["Settlement"].as_manager()

    class Meta:
        verbose_name = _("quyết toán tháng")
        verbose_name_plural = _("quyết toán tháng")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["close", "agent"], name="settlement_once"),
            models.CheckConstraint(
                name="settlement_adds_up",
                condition=ADDS_UP,
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agent"], name="settlement_agent")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.close_id} {self.agent_id} {self.closing_amount}"


class SettlementRun(models.Model):
    """A month being settled in the background (chạy quyết toán): `done` of `total` steps.

    It ends with the `close` it made, or with the `problem` that stood in its way; of a month one at
    most goes on.
    """

    month = models.DateField(_("kỳ"))
    run = models.OneToOneField(Run, models.PROTECT, related_name="+")
    close = models.OneToOneField(PeriodClose, models.PROTECT, null=True, related_name="run")
    done = models.PositiveSmallIntegerField(_("đã xong"), default=0)
    total = models.PositiveSmallIntegerField(_("tổng số bước"), default=0)
    problem = models.CharField(_("vướng mắc"), max_length=500, blank=True, default="")
    is_going_on = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("lần chạy quyết toán")
        verbose_name_plural = _("lần chạy quyết toán")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="settlement_run_one_at_a_time",
                fields=["month"],
                condition=Q(is_going_on=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y} {self.done}/{self.total}"

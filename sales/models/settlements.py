"""Statements of a closed month, one an agent, as they stood when it was closed."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from sales.models.agents import Agent
from sales.models.periods import PeriodClose
from sales.models.scope import InRegionQuerySet


class Settlement(models.Model):
    """What an agent owed before and after a closed month, and what moved it (quyết toán tháng).

    Amounts are đồng, positive as people read them: `closing` = `opening` + revenue − commission
    + tax − prizes − payout_fee − paid + other (interest, adjustments); the database checks it.
    """

    close = models.ForeignKey(
        PeriodClose, models.PROTECT, related_name="settlements", db_index=False
    )
    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False)
    region = models.ForeignKey(Region, models.PROTECT, db_index=False)
    opening_amount = models.BigIntegerField(_("nợ đầu kỳ"))
    revenue_amount = models.BigIntegerField(_("doanh thu"))
    commission_amount = models.BigIntegerField(_("hoa hồng"))
    tax_amount = models.BigIntegerField(_("thuế khấu trừ"))
    prize_amount = models.BigIntegerField(_("trả thưởng hộ"))
    payout_fee_amount = models.BigIntegerField(_("phí trả thưởng hộ"))
    paid_amount = models.BigIntegerField(_("đã nộp"))
    other_amount = models.BigIntegerField(_("lãi, điều chỉnh"))
    closing_amount = models.BigIntegerField(_("nợ cuối kỳ"))
    collateral_amount = models.BigIntegerField(_("ký quỹ đang giữ"))

    objects = InRegionQuerySet["Settlement"].as_manager()

    class Meta:
        verbose_name = _("quyết toán tháng")
        verbose_name_plural = _("quyết toán tháng")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["close", "agent"], name="settlement_once"),
            models.CheckConstraint(
                name="settlement_adds_up",
                condition=Q(
                    closing_amount=F("opening_amount")
                    + F("revenue_amount")
                    - F("commission_amount")
                    + F("tax_amount")
                    - F("prize_amount")
                    - F("payout_fee_amount")
                    - F("paid_amount")
                    + F("other_amount")
                ),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agent"], name="settlement_agent")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.close_id} {self.agent_id} {self.closing_amount}"

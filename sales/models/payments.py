"""The ledger of money agents paid in: only added to, never changed."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sales.models.agents import Agent
from sales.models.ledger import RecordingBatch


class PaymentKind(models.TextChoices):
    CASH = "cash", _("tiền mặt")
    BANK = "bank", _("chuyển khoản")
    OFFSET = "offset", _("bù trừ")


class Payment(models.Model):
    """Money from an agent (phiếu nộp tiền), in đồng; negative only in a correction."""

    batch = models.ForeignKey(RecordingBatch, models.PROTECT, db_index=False)
    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False)
    paid_date = models.DateField()
    amount = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=PaymentKind.choices)
    reference = models.CharField(max_length=100, blank=True, default="", db_default="")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("phiếu nộp tiền")
        verbose_name_plural = _("phiếu nộp tiền")
        constraints: ClassVar = [
            models.CheckConstraint(name="payment_not_zero", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="payment_negative_only_in_correction",
                condition=Q(amount__gt=0) | (Q(corrects__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agent", "paid_date"], name="payment_agent_date")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.paid_date:%d/%m/%Y} {self.amount}"

"""Allowing an agent to owe more than its collateral allows, for a while."""

from datetime import date, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY
from backend.reasons import REASON_MIN
from sales.models.agents import Agent
from sales.models.scope import OfAgentQuerySet


class CreditExceptionQuerySet(OfAgentQuerySet["CreditException"]):
    def in_force(self, on: date) -> Self:
        return self.filter(valid_from__lte=on, valid_to__gte=on)


class CreditException(models.Model):
    """Somebody with the right to it let an agent owe up to `limit_amount` (cho vượt hạn mức).

    Both days included; only added to. Of those in force the newest counts, so one of 0 đồng takes
    an earlier one back.
    """

    agent = models.ForeignKey(
        Agent, models.PROTECT, related_name="credit_exceptions", verbose_name=_("đại lý")
    )
    limit_amount = models.BigIntegerField(_("được nợ đến (đồng)"))
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"))
    reason = models.CharField(_("lý do"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CreditExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("cho vượt hạn mức")
        verbose_name_plural = _("cho vượt hạn mức")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="credit_exception_order",
                condition=Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("Ngày hết hiệu lực phải từ ngày bắt đầu trở đi."),
            ),
            models.CheckConstraint(
                name="credit_exception_not_negative",
                condition=Q(limit_amount__gte=0, limit_amount__lte=10**15),
                violation_error_message=_("Số tiền không được âm."),
            ),
            models.CheckConstraint(
                name="credit_exception_says_why",
                condition=Q(GreaterThanOrEqual(Length("reason"), REASON_MIN)),
                violation_error_message=_("Phải ghi lý do, ít nhất 5 ký tự."),
            ),
            models.CheckConstraint(
                name="credit_exception_ends",
                condition=Q(valid_to__lte=F("valid_from") + timedelta(days=92)),
                violation_error_message=_("Cho vượt hạn mức tối đa 92 ngày; hết hạn thì xét lại."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agent", "-id"], name="credit_exception_agent")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.limit_amount} – {self.valid_to:%d/%m/%Y}"

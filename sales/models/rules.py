"""Rates, terms and limits, each from a day on, with the document it comes from."""

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.promises import in_order
from backend.validity import holding


class RuleKey(models.TextChoices):
    """What a rule is about; the unit of its value stands in brackets."""

    COMMISSION_CAP = "commission.cap", _("hoa hồng đại lý tối đa (phần vạn doanh thu)")
    COMMISSION_TAX = "commission.tax", _("thuế TNCN khấu trừ trên hoa hồng cá nhân (phần vạn)")
    COMMISSION_TAX_FREE = (
        "commission.tax_free",
        _("doanh thu một năm không phải nộp thuế của đại lý cá nhân (đồng)"),
    )
    COMMISSION_TAX_ABOVE = (
        "commission.tax_above",
        _("vượt mức không phải nộp (1: chỉ phần vượt chịu thuế, 0: chịu thuế toàn bộ)"),
    )
    PAYOUT_FEE_CAP = "payout_fee.cap", _("phí trả thưởng hộ tối đa (phần vạn giải đã trả)")
    PRIZE_TAX = "prize.tax", _("thuế TNCN trên phần giải vượt ngưỡng (phần vạn)")
    PRIZE_TAX_FREE = "prize.tax_free", _("phần giải thưởng không chịu thuế (đồng mỗi vé)")
    PRIZE_CLAIM_DAYS = "prize.claim_days", _("hạn lĩnh thưởng (ngày từ ngày quay)")
    PRIZE_PAYMENT_DAYS = "prize.payment_days", _("hạn trả thưởng (ngày làm việc)")
    RETURN_CUTOFF = "return.cutoff", _("giờ khóa nhận vé trả (phút trong ngày quay)")
    RETURN_LATE = "return.late", _("vé trả sau giờ khóa (1: không nhận, 0: nhận và đánh dấu)")
    ISSUE_CAP = "issue.cap", _("phát hành tối đa (vé mỗi kỳ và loại vé)")
    DEBT_TERM_DAYS = "debt.term_days", _("hạn nộp tiền (ngày từ ngày quay)")
    OVERDUE_INTEREST = "debt.overdue_interest", _("lãi chậm nộp (phần vạn mỗi năm)")
    CREDIT_RATIO = "credit.collateral_ratio", _("hạn mức công nợ (phần vạn tài sản bảo đảm)")
    VAT = "vat", _("thuế GTGT (phần vạn)")
    EXCISE = "excise", _("thuế tiêu thụ đặc biệt (phần vạn)")
    UNSOLD_COST = "advice.unsold_cost", _("chi phí một vé ế (đồng)")
    LOST_SALE_COST = "advice.lost_sale_cost", _("thiệt hại một vé thiếu (đồng)")


class RuleQuerySet(models.QuerySet["SalesRule"]):
    def in_force(self, on: date) -> Self:
        """Rules that hold on the day, both ends included."""
        return self.filter(holding(on))


@pghistory.track()
class SalesRule(models.Model):
    """A rate, term or legal limit (quy định) while it is in force, both days included.

    The newest `valid_from` that holds on a day counts. What nobody has confirmed says so; money is
    withheld from people by confirmed rules only.
    """

    key = models.CharField(_("quy định"), max_length=30, choices=RuleKey.choices)
    value = models.BigIntegerField(_("giá trị"))
    valid_from = models.DateField(_("có hiệu lực từ"))
    valid_to = models.DateField(_("đến hết"), null=True, blank=True)
    document = models.CharField(_("văn bản"), max_length=200)
    is_confirmed = models.BooleanField(_("đã xác nhận"), default=False)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True, default="")

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("quy định bán vé")
        verbose_name_plural = _("quy định bán vé")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="sales_rule_once"),
            models.CheckConstraint(name="sales_rule_not_negative", condition=Q(value__gte=0)),
            in_order("sales_rule_order", "valid_from", "valid_to"),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()}: {self.value}"

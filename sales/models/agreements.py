"""What company and agent agreed: contracts with their commissions, and what secures the debt."""

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.db import day_span
from backend.validity import holding
from sales.models.agents import Agent
from sales.models.products import Product
from sales.models.scope import OfAgentQuerySet


class ContractQuerySet(OfAgentQuerySet["AgentContract"]):
    def in_force(self, on: date) -> Self:
        return self.filter(holding(on))


@pghistory.track()
class AgentContract(models.Model):
    """A contract (hợp đồng đại lý) while it is in force, both days included; one at a time.

    `settlement_days` is the term of payment in days from the draw, `overdue_interest_bps` the
    interest on what is paid later, a year; null leaves either to the rule in force. Commissions by product are `ContractRate`; a product without one follows the agent's.
    """

    agent = models.ForeignKey(
        Agent, models.PROTECT, related_name="contracts", verbose_name=_("đại lý")
    )
    number = models.CharField(_("số hợp đồng"), max_length=50, unique=True)
    valid_from = models.DateField(_("có hiệu lực từ"))
    valid_to = models.DateField(_("đến hết"), null=True, blank=True)
    settlement_days = models.PositiveSmallIntegerField(
        _("hạn nộp tiền (ngày từ ngày quay)"), null=True, blank=True
    )
    overdue_interest_bps = models.PositiveSmallIntegerField(
        _("lãi chậm nộp (phần vạn mỗi năm)"), null=True, blank=True
    )
    pays_prizes = models.BooleanField(_("được trả thưởng hộ"), default=False)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True, default="")

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("hợp đồng đại lý")
        verbose_name_plural = _("hợp đồng đại lý")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="contract_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("Ngày hết hiệu lực phải từ ngày bắt đầu trở đi."),
            ),
            ExclusionConstraint(
                name="contract_one_at_a_time",
                expressions=[
                    ("agent", RangeOperators.EQUAL),
                    (day_span("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "Đại lý đã có hợp đồng khác trong khoảng ngày này. "
                    "Hãy ghi ngày hết hiệu lực của hợp đồng cũ trước."
                ),
            ),
            models.CheckConstraint(
                name="contract_settlement_within_a_year",
                condition=Q(settlement_days__isnull=True) | Q(settlement_days__lte=366),
                violation_error_message=_("Hạn nộp tiền tối đa 366 ngày."),
            ),
            models.CheckConstraint(
                name="contract_interest_is_a_share",
                condition=Q(overdue_interest_bps__isnull=True)
                | Q(overdue_interest_bps__lte=10_000),
                violation_error_message=_("Lãi chậm nộp từ 0 đến 10000 phần vạn mỗi năm."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


@pghistory.track()
class ContractRate(models.Model):
    """The commission (hoa hồng) a contract gives for a product, in basis points."""

    contract = models.ForeignKey(AgentContract, models.CASCADE, related_name="rates")
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("loại vé"))
    commission_bps = models.PositiveSmallIntegerField(_("hoa hồng (phần vạn)"))

    class Meta:
        verbose_name = _("hoa hồng theo hợp đồng")
        verbose_name_plural = _("hoa hồng theo hợp đồng")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "product"], name="contract_rate_once"),
            models.CheckConstraint(
                name="contract_rate_is_a_share", condition=Q(commission_bps__lte=10_000)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.product_id}: {self.commission_bps}"


class CollateralKind(models.TextChoices):
    CASH = "cash", _("ký quỹ tiền")
    GUARANTEE = "guarantee", _("bảo lãnh ngân hàng")
    MORTGAGE = "mortgage", _("thế chấp tài sản")


class CollateralQuerySet(OfAgentQuerySet["Collateral"]):
    def in_force(self, on: date) -> Self:
        return self.filter(holding(on))


@pghistory.track()
class Collateral(models.Model):
    """What secures an agent's debt (tài sản bảo đảm) while it is in force, both days included.

    `limit_amount` is the part of its value that counts, `counted_bps` of it. Of cash (ký quỹ) only
    what the journal holds counts; its row here is the paper behind it.
    """

    agent = models.ForeignKey(
        Agent, models.PROTECT, related_name="collaterals", verbose_name=_("đại lý")
    )
    kind = models.CharField(_("loại bảo đảm"), max_length=10, choices=CollateralKind.choices)
    value_amount = models.BigIntegerField(_("giá trị (đồng)"))
    counted_bps = models.PositiveSmallIntegerField(_("tỷ lệ tính (phần vạn)"), default=10_000)
    limit_amount = models.GeneratedField(
        expression=F("value_amount") * F("counted_bps") / 10_000,
        output_field=models.BigIntegerField(),
        db_persist=True,
        verbose_name=_("hạn mức (đồng)"),
    )
    document = models.CharField(_("số văn bản"), max_length=100)
    issuer = models.CharField(_("nơi phát hành"), max_length=150, blank=True, default="")
    valid_from = models.DateField(_("có hiệu lực từ"))
    valid_to = models.DateField(_("đến hết"), null=True, blank=True)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True, default="")

    objects = CollateralQuerySet.as_manager()

    class Meta:
        verbose_name = _("tài sản bảo đảm")
        verbose_name_plural = _("tài sản bảo đảm")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="collateral_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("Ngày hết hiệu lực phải từ ngày bắt đầu trở đi."),
            ),
            models.CheckConstraint(
                name="collateral_value_positive",
                condition=Q(value_amount__gt=0, value_amount__lte=10**15),
                violation_error_message=_("Giá trị phải lớn hơn 0."),
            ),
            models.CheckConstraint(
                name="collateral_counts_a_share",
                condition=Q(counted_bps__lte=10_000),
                violation_error_message=_("Tỷ lệ tính từ 0 đến 10000 phần vạn."),
            ),
            ExclusionConstraint(
                name="collateral_document_once",
                expressions=[
                    ("agent", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("document", RangeOperators.EQUAL),
                    (day_span("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Văn bản này đã ghi cho đại lý trong khoảng ngày ấy."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.document}"

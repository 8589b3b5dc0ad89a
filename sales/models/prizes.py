"""What each prize of a product is worth, from a day on."""

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.promises import in_order
from backend.validity import holding
from sales.engine import prizes as engine
from sales.models.products import Product


class PrizeKind(models.TextChoices):
    """In the order they are told; the values are those of `sales.engine.prizes`."""

    SPECIAL = engine.SPECIAL, _("giải đặc biệt")
    SECONDARY = engine.SECONDARY, _("giải phụ đặc biệt")
    FIRST = "first", _("giải nhất")
    SECOND = "second", _("giải nhì")
    THIRD = "third", _("giải ba")
    FOURTH = "fourth", _("giải tư")
    FIFTH = "fifth", _("giải năm")
    SIXTH = "sixth", _("giải sáu")
    SEVENTH = "seventh", _("giải bảy")
    CONSOLATION = engine.CONSOLATION, _("giải khuyến khích")


class PrizeTableQuerySet(models.QuerySet["PrizeTable"]):
    def in_force(self, on: date) -> Self:
        """Tables that hold for a draw of the day, the newest first."""
        return self.filter(holding(on)).order_by("-valid_from", "-pk")


@pghistory.track()
class PrizeTable(models.Model):
    """The prizes of a product (cơ cấu giải thưởng) for draws of these days, both included.

    The newest `valid_from` that holds on the draw date counts.
    """

    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("loại vé"))
    valid_from = models.DateField(_("áp dụng từ kỳ ngày"))
    valid_to = models.DateField(_("đến hết"), null=True, blank=True)
    special_takes_consolation = models.BooleanField(
        _("vé trúng số đặc biệt lĩnh cả giải khuyến khích"), default=True
    )
    document = models.CharField(_("văn bản"), max_length=200)
    is_confirmed = models.BooleanField(_("đã xác nhận"), default=False)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True, default="")

    objects = PrizeTableQuerySet.as_manager()

    class Meta:
        verbose_name = _("cơ cấu giải thưởng")
        verbose_name_plural = _("cơ cấu giải thưởng")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "valid_from"], name="prize_table_once"),
            in_order("prize_table_order", "valid_from", "valid_to"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.valid_from:%d/%m/%Y}"


@pghistory.track()
class PrizeLevel(models.Model):
    """One prize of a table: how many last digits agree, how many numbers are drawn, its value."""

    table = models.ForeignKey(
        PrizeTable, models.CASCADE, related_name="levels", verbose_name=_("cơ cấu giải thưởng")
    )
    kind = models.CharField(_("giải"), max_length=15, choices=PrizeKind.choices)
    digits = models.PositiveSmallIntegerField(_("số chữ số"))
    draws = models.PositiveSmallIntegerField(_("số lần quay"))
    amount = models.BigIntegerField(_("giá trị (đồng)"))

    class Meta:
        verbose_name = _("mức giải thưởng")
        verbose_name_plural = _("mức giải thưởng")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["table", "kind"], name="prize_level_once"),
            models.CheckConstraint(name="prize_level_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="prize_level_digits", condition=Q(digits__gte=1, digits__lte=5, draws__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.amount}"

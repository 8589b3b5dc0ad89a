"""What is sold."""

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.promises import in_order
from backend.validity import holding
from sales.models.references import stays_while_used


class ProductKind(models.TextChoices):
    TRADITIONAL = "traditional", _("truyền thống")
    LOTO = "loto", _("lô tô")
    INSTANT = "instant", _("biết kết quả ngay")
    ELECTRONIC = "electronic", _("điện toán")


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self, on: date) -> Self:
        return self.filter(holding(on))


@pghistory.track()
class Product(models.Model):
    """A kind of ticket (loại vé) with its face value (mệnh giá) in đồng.

    A new face value is a new product with its own validity; entries keep the value they were
    recorded at.
    """

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=100)
    kind = models.CharField(
        _("loại hình"),
        max_length=15,
        choices=ProductKind.choices,
        default=ProductKind.TRADITIONAL,
    )
    face_value_amount = models.BigIntegerField(_("mệnh giá (đồng)"))
    valid_from = models.DateField(_("bán từ"))
    valid_to = models.DateField(_("đến hết"), null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("loại vé")
        verbose_name_plural = _("loại vé")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="product_face_value_positive", condition=Q(face_value_amount__gt=0)
            ),
            models.CheckConstraint(
                name="product_kind_known", condition=Q(kind__in=ProductKind.values)
            ),
            in_order("product_validity_order", "valid_from", "valid_to"),
        ]
        triggers: ClassVar = [stays_while_used("product_id")]

    def __str__(self) -> str:
        return self.name

"""Who took the yearly tax list of agents out of the system."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY


class TaxListFormat(models.TextChoices):
    XLSX = "xlsx", "Excel"
    PDF = "pdf", "PDF"
    CSV = "csv", "CSV"


class TaxListExport(models.Model):
    """The yearly list of agents' income tax left the system as a file (lần xuất bảng kê thuế).

    `shows_numbers`: tax and identity numbers stood in it in full. `digest` is the SHA-256 of the file, by
    which it is known again. Only added to.
    """

    year = models.PositiveSmallIntegerField(_("năm"))
    format = models.CharField(_("dạng tệp"), max_length=4, choices=TaxListFormat.choices)
    shows_numbers = models.BooleanField(_("đủ số định danh"))
    people = models.PositiveIntegerField(_("số người"))
    revenue_amount = models.BigIntegerField(_("doanh thu"))
    withheld_amount = models.BigIntegerField(_("thuế đã khấu trừ"))
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("lần xuất bảng kê thuế đại lý")
        verbose_name_plural = _("lần xuất bảng kê thuế đại lý")
        indexes: ClassVar = [models.Index(fields=["year", "-id"], name="tax_list_year")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.year} {self.format} {self.at:%d/%m/%Y}"

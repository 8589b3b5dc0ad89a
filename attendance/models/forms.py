"""The company's own templates of the official forms, and which of them is in use."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY


class FormKind(models.TextChoices):
    TIMESHEET = "01a", _("Bảng chấm công (01a-LĐTL)")
    OVERTIME = "01b", _("Bảng chấm công làm thêm giờ (01b-LĐTL)")


class FormTemplate(models.Model):
    """A workbook of the company's own for a form (biểu mẫu riêng): its bytes as uploaded.

    A better one is uploaded beside it; none is changed. `size` is in bytes.
    """

    kind = models.CharField(_("mẫu"), max_length=3, choices=FormKind.choices)
    name = models.CharField(_("tên tệp"), max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("biểu mẫu riêng")
        verbose_name_plural = _("biểu mẫu riêng")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.name


class FormTemplateChoice(models.Model):
    """From now on this template is used for the form, or ours again (None); the newest counts."""

    kind = models.CharField(_("mẫu"), max_length=3, choices=FormKind.choices)
    template = models.ForeignKey(FormTemplate, models.PROTECT, null=True, related_name="choices")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("chọn biểu mẫu")
        verbose_name_plural = _("chọn biểu mẫu")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%d/%m/%Y %H:%M}"

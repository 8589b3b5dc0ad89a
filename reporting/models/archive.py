"""How long editions are kept, and who took their files."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY
from reporting.models.editions import EditionFile


class Download(models.Model):
    """A file of an edition that somebody fetched (lượt tải). Append-only."""

    file = models.ForeignKey(EditionFile, models.PROTECT, related_name="downloads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("lượt tải")
        verbose_name_plural = _("lượt tải")
        indexes: ClassVar = [models.Index(fields=["file", "-at"], name="download_newest")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.file} {self.by}"


@pghistory.track()
class RetentionRule(models.Model):
    """How many years a report's editions are kept (thời hạn lưu); `years` empty is for ever.

    `basis` is the law or the company's own list that says so.
    """

    report = models.CharField(_("báo cáo"), max_length=50, unique=True)
    years = models.PositiveSmallIntegerField(_("số năm lưu"), null=True, blank=True)
    basis = models.CharField(_("căn cứ"), max_length=200)

    class Meta:
        verbose_name = _("thời hạn lưu")
        verbose_name_plural = _("thời hạn lưu")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="retention_years_positive",
                condition=Q(years__isnull=True) | Q(years__gte=1, years__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.years or '∞'}"


class RetentionRun(models.Model):
    """A look at what has outlived its term (lần rà soát lưu trữ). Append-only.

    `editions` are the codes found. They stay readable: destroying records is decided by people.
    """

    at = models.DateTimeField(_("lúc"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rules = models.JSONField(_("thời hạn áp dụng"))
    editions = models.JSONField(_("bản hết hạn lưu"))

    class Meta:
        verbose_name = _("lần rà soát lưu trữ")
        verbose_name_plural = _("lần rà soát lưu trữ")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {len(self.editions)}"

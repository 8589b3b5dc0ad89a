"""What people decided about records that were set aside: rows that are only added."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attendance.models.fields import DeviceTimeField
from attendance.models.terminals import Terminal
from backend.promises import APPEND_ONLY, has_reason


class ClockCorrection(models.Model):
    """The true time of punches whose clock was wrong, as HR approved it (hiệu chỉnh đồng hồ).

    Added to the terminal's own reading, `shift_seconds` gives the right one; the readings went
    from `first_device_time` to `last_device_time`. `records` became punches.
    """

    terminal = models.ForeignKey(Terminal, models.PROTECT)
    serial_number = models.CharField(max_length=32, db_collation="C")
    shift_seconds = models.BigIntegerField()
    first_device_time = DeviceTimeField()
    last_device_time = DeviceTimeField()
    records = models.PositiveIntegerField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("hiệu chỉnh đồng hồ")
        verbose_name_plural = _("hiệu chỉnh đồng hồ")
        constraints: ClassVar = [
            has_reason("clock_correction_says_why"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.shift_seconds:+} s"


class ParkedDismissal(models.Model):
    """Records somebody looked at and left aside for good (bỏ qua); they never become punches."""

    terminal = models.ForeignKey(Terminal, models.PROTECT)
    records = models.PositiveIntegerField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("bỏ qua bản ghi cách ly")
        verbose_name_plural = _("bỏ qua bản ghi cách ly")
        constraints: ClassVar = [
            has_reason("parked_dismissal_says_why"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.records}"


class ParkedResolution(models.Model):
    """What was decided about a record set aside: its time was corrected, or it was dismissed.

    A dismissed record may still be corrected later; then both rows stand and the correction counts.
    """

    parked = models.ForeignKey(
        "attendance.ParkedRecord", models.PROTECT, related_name="resolutions", db_index=False
    )
    correction = models.ForeignKey(ClockCorrection, models.PROTECT, null=True)
    dismissal = models.ForeignKey(ParkedDismissal, models.PROTECT, null=True)

    class Meta:
        verbose_name = _("xử lý bản ghi cách ly")
        verbose_name_plural = _("xử lý bản ghi cách ly")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="parked_resolution_is_one",
                condition=Q(correction__isnull=True, dismissal__isnull=False)
                | Q(correction__isnull=False, dismissal__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["parked"],
                name="parked_corrected_once",
                condition=Q(correction__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["parked"],
                name="parked_dismissed_once",
                condition=Q(dismissal__isnull=False),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.parked_id}"

"""What people decided about records that were set aside: rows that are only added."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from attendance.models.fields import DeviceTimeField
from attendance.models.manual import REASON_MIN
from attendance.models.terminals import APPEND_ONLY, Terminal


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
            models.CheckConstraint(
                name="clock_correction_says_why",
                condition=GreaterThanOrEqual(Length("reason"), REASON_MIN),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.shift_seconds:+} s"

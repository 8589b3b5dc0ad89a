"""What is kept about the health of terminals: examinations, clock readings, checks, dumps."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from attendance.models.terminals import Terminal
from backend.promises import APPEND_ONLY


class Checkup(models.Model):
    """One examination by the connection doctor (lần khám kết nối), of a terminal or a free address.

    `answers` grows step by step while the examination runs; no key is ever kept.
    """

    terminal = models.ForeignKey(
        Terminal, models.PROTECT, null=True, related_name="checkups", verbose_name=_("máy")
    )
    address = models.CharField(_("địa chỉ"), max_length=253)
    port = models.PositiveIntegerField(_("cổng"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("người khám"))
    answers = models.JSONField(default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("lần khám kết nối")
        verbose_name_plural = _("lần khám kết nối")

    def __str__(self) -> str:
        return f"{self.address}:{self.port} {self.started_at:%d/%m/%Y %H:%M}"


class ClockReading(models.Model):
    """How far ahead a terminal's clock was (độ lệch đồng hồ); kept where it tells something new."""

    terminal = models.ForeignKey(
        Terminal, models.PROTECT, related_name="clock_readings", db_index=False
    )
    at = models.DateTimeField()
    offset_seconds = models.IntegerField()

    class Meta:
        verbose_name = _("độ lệch đồng hồ")
        verbose_name_plural = _("độ lệch đồng hồ")
        indexes: ClassVar = [models.Index(fields=["terminal", "-at"], name="clock_terminal_at")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.offset_seconds:+d} s {self.at:%d/%m/%Y %H:%M}"


@pghistory.track(model_name="ClockPolicyEvent", fields=["terminal", "above_seconds"])
class ClockPolicy(models.Model):
    """A terminal whose clock is set without asking (tự chỉnh giờ); no row, no setting.

    Done outside punching peaks when the clock is more than `above_seconds` off; not again before
    `not_before`.
    """

    terminal = models.OneToOneField(
        Terminal, models.CASCADE, related_name="clock_policy", verbose_name=_("máy")
    )
    above_seconds = models.PositiveIntegerField(
        _("tự chỉnh khi lệch quá (giây)"), default=30, validators=[MinValueValidator(5)]
    )
    not_before = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("tự chỉnh giờ")
        verbose_name_plural = _("tự chỉnh giờ")

    def __str__(self) -> str:
        return f"{self.terminal_id} > {self.above_seconds} s"


class LogCheck(models.Model):
    """A terminal's whole log read again and compared with what is stored (lần đối chiếu toàn bộ).

    Of `records` in the log `stored` are punches and `parked` are set aside; `missing` are neither.
    `device_count` is the terminal's own count. `raw_sha256` is of the log's bytes.
    """

    terminal = models.ForeignKey(
        Terminal, models.PROTECT, related_name="log_checks", db_index=False
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("người đối chiếu")
    )
    device_count = models.PositiveIntegerField(null=True)
    records = models.PositiveIntegerField()
    stored = models.PositiveIntegerField()
    parked = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    raw_sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("lần đối chiếu toàn bộ")
        verbose_name_plural = _("lần đối chiếu toàn bộ")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="log_check_adds_up",
                condition=models.Q(
                    records=models.F("stored") + models.F("parked") + models.F("missing")
                ),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["terminal", "-id"], name="log_check_terminal")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.at:%d/%m/%Y %H:%M}"


class LogDump(models.Model):
    """A terminal's whole log, kept before it was cleared there (bản lưu trước khi xóa nhật ký).

    Written before the terminal is told to clear, so it also says who wanted that and why; whether
    it came to it, a LOG_CLEARED notice says. `size` and `sha256` are of the bytes before
    compression by zlib; `layout` and `user_ids` say how to read them, as in RawBatch.
    """

    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="log_dumps")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("người xóa"))
    reason = models.TextField(_("lý do"))
    serial_number = models.CharField(max_length=32, db_collation="C")
    layout = models.CharField(max_length=4)
    user_ids = models.JSONField(null=True)
    records = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()

    class Meta:
        verbose_name = _("bản lưu trước khi xóa nhật ký")
        verbose_name_plural = _("bản lưu trước khi xóa nhật ký")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.at:%d/%m/%Y %H:%M}"


@pghistory.track(pghistory.InsertEvent(), model_name="LogClearingEvent")
class LogClearing(models.Model):
    """A terminal's log was cleared on it (lần xóa nhật ký trên máy), everything being in `dump`.

    `records` were in the log; `left` is what the terminal counted afterwards.
    """

    terminal = models.ForeignKey(
        Terminal, models.PROTECT, related_name="log_clearings", verbose_name=_("máy")
    )
    dump = models.OneToOneField(LogDump, models.PROTECT, verbose_name=_("bản lưu"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("người xóa"))
    reason = models.TextField(_("lý do"))
    records = models.PositiveIntegerField(_("số bản ghi đã xóa"))
    left = models.PositiveIntegerField(_("còn lại trên máy"))
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("lần xóa nhật ký trên máy")
        verbose_name_plural = _("lần xóa nhật ký trên máy")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.at:%d/%m/%Y %H:%M}"

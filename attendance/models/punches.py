"""Punches and their evidence: only added to, never changed."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from attendance.models.corrections import ClockCorrection
from attendance.models.fields import DeviceTimeField
from attendance.models.terminals import Pull, Terminal
from backend.promises import APPEND_ONLY


class Punch(models.Model):
    """One line of a terminal's log (lượt chấm công), as received.

    `device_time` is the terminal's own wall clock, `punched_at` the moment it stands for.
    `state` is the terminal's in/out code, not to be trusted alone (255 on many). Terminals write
    exact doubles; `occurrence` numbers them 1, 2, 3 … within the log, so that reading the whole
    log again adds nothing and a true double is not lost. The user need not be known to anyone.
    `correction`: the clock had fallen back or run ahead; `punched_at` is what HR approved.

    Terminal and pull are not checked row by row (that was half of the time of storing a log): the
    ledger names both once for a whole log, under their locks, and neither can be deleted.
    """

    terminal = models.ForeignKey(Terminal, models.PROTECT, db_index=False, db_constraint=False)
    pull = models.ForeignKey(Pull, models.PROTECT, related_name="punches", db_constraint=False)
    serial_number = models.CharField(max_length=32, db_collation="C")
    device_user_id = models.CharField(max_length=32, db_collation="C")
    device_time = DeviceTimeField()
    verify = models.SmallIntegerField()
    state = models.SmallIntegerField()
    occurrence = models.SmallIntegerField(default=1)
    work_code = models.CharField(max_length=24, blank=True, default="", db_default="")
    punched_at = models.DateTimeField()
    received_at = models.DateTimeField()
    correction = models.ForeignKey(
        ClockCorrection, models.PROTECT, null=True, blank=True, db_index=False
    )

    class Meta:
        verbose_name = _("lượt chấm công")
        verbose_name_plural = _("lượt chấm công")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "serial_number",
                    "device_user_id",
                    "device_time",
                    "verify",
                    "state",
                    "occurrence",
                ],
                name="punch_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["device_user_id", "punched_at"], name="punch_user_moment"),
            models.Index(
                fields=["correction"],
                name="punch_correction",
                condition=models.Q(correction__isnull=False),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.device_user_id} {self.device_time:%d/%m/%Y %H:%M:%S}"


class ParkReason(models.TextChoices):
    IMPOSSIBLE_TIME = "impossible_time", _("ngày giờ không có thật")
    CLOCK_RESET = "clock_reset", _("đồng hồ máy bị đặt lại (ngày quá cũ)")
    FUTURE = "future", _("ngày giờ ở tương lai")
    BAD_USER = "bad_user", _("mã người dùng không đọc được")
    HALF_RECORD = "half_record", _("bản ghi bị cụt")
    BAD_LINE = "bad_line", _("dòng không đúng dạng")


class ParkedRecordQuerySet(models.QuerySet["ParkedRecord"]):
    def undecided(self) -> Self:
        """Those nobody has corrected or dismissed."""
        return self.filter(resolutions__isnull=True)


class ParkedRecord(models.Model):
    """A record set aside with its bytes and the reason (bản ghi cách ly); the rest of the log went on.

    `device_user_id` and `device_time` are filled in where they could be read. `line` is the line
    number of an imported file. Equal bytes in one log are numbered by `occurrence`, so that a
    repeated pull parks nothing twice.
    """

    terminal = models.ForeignKey(Terminal, models.PROTECT)
    pull = models.ForeignKey(Pull, models.PROTECT, related_name="parked_records")
    serial_number = models.CharField(max_length=32, db_collation="C")
    raw = models.BinaryField()
    occurrence = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=20, choices=ParkReason.choices)
    line = models.PositiveIntegerField(null=True, blank=True)
    device_user_id = models.CharField(max_length=32, blank=True, default="", db_collation="C")
    device_time = DeviceTimeField(null=True, blank=True)
    received_at = models.DateTimeField()

    objects = ParkedRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("bản ghi cách ly")
        verbose_name_plural = _("bản ghi cách ly")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["serial_number", "raw", "occurrence"], name="parked_once"
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.received_at:%d/%m/%Y %H:%M}"


class RawBatch(models.Model):
    """The bytes a pull added to what was already kept (dữ liệu gốc): zlib-compressed evidence.

    `start` is where they begin in the terminal's log, counted in bytes of whole records; `size`
    and `sha256` are of the bytes before compression. A large pull has several, in the log's
    order. `layout` says how to read them again ("file", "push": lines of text); `user_ids` gives
    the user ids of the terminal's inner numbers where the layout has only those.
    """

    terminal = models.ForeignKey(Terminal, models.PROTECT)
    pull = models.ForeignKey(Pull, models.PROTECT, related_name="raw_batches")
    layout = models.CharField(max_length=4, default="", db_default="")
    user_ids = models.JSONField(null=True)
    start = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("dữ liệu gốc")
        verbose_name_plural = _("dữ liệu gốc")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pull", "start"], name="raw_batch_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.pull_id}: {self.size}"

"""Documents that people took out of the system: who asked for what, how far it is, what came of it."""

import uuid
from datetime import datetime
from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.jobs.models import Run
from backend.promises import APPEND_ONLY


class ExportKind(models.TextChoices):
    TIMESHEET_FORM = "form_01a", _("Bảng chấm công, mẫu 01a-LĐTL")
    OVERTIME_FORM = "form_01b", _("Bảng chấm công làm thêm giờ, mẫu 01b-LĐTL")
    EXCEPTIONS = "exceptions", _("Danh sách ngoại lệ")
    PUNCHES = "punches", _("Sổ lượt chấm công")
    PAYROLL = "payroll", _("Bàn giao tính lương")
    YEAR = "year", _("Bảng chấm công cả năm")
    TOTALS = "totals", _("Tổng hợp công")


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", _("Excel (.xlsx)")
    CSV = "csv", _("CSV")
    PDF = "pdf", _("PDF")
    ZIP = "zip", _("mẫu từng tháng (.zip)")


@pghistory.track(pghistory.InsertEvent())
class Export(models.Model):
    """A document somebody asked for (lần xuất dữ liệu): personal data that leaves the system.

    Work dates `first` to `last`, of the people in the charge of `by`, or of one department of
    theirs. `run` makes it in the background; without one it was downloaded at once.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("tài liệu"), max_length=12, choices=ExportKind.choices)
    format = models.CharField(_("dạng tệp"), max_length=4, choices=ExportFormat.choices)
    first = models.DateField(_("từ ngày"))
    last = models.DateField(_("đến ngày"))
    department = models.CharField(_("mã phòng ban"), max_length=20, blank=True, default="")
    run = models.OneToOneField(Run, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("xuất dữ liệu")
        verbose_name_plural = _("xuất dữ liệu")
        constraints: ClassVar = [
            models.CheckConstraint(name="export_order", condition=Q(first__lte=F("last"))),
        ]
        indexes: ClassVar = [models.Index(fields=["by", "-at"], name="export_of_account")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.first:%d/%m/%Y}–{self.last:%d/%m/%Y}"


class ExportProgress(models.Model):
    """How far an export in the background is (tiến độ xuất): `done` of `total` pieces."""

    export = models.OneToOneField(Export, models.PROTECT, related_name="progress")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tiến độ xuất dữ liệu")
        verbose_name_plural = _("tiến độ xuất dữ liệu")

    def __str__(self) -> str:
        return f"{self.export_id}: {self.done}/{self.total}"


class ExportCancellation(models.Model):
    """Somebody wants an export no more (hủy xuất); it ends at its next step."""

    export = models.OneToOneField(Export, models.PROTECT, related_name="cancellation")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("hủy xuất dữ liệu")
        verbose_name_plural = _("hủy xuất dữ liệu")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.export_id} {self.at:%d/%m/%Y %H:%M}"


class ExportResult(models.Model):
    """What came of an export (kết quả xuất): a file, or the problem that stood against it.

    `people` are the employees whose data the file may hold: who may not see all of them, may not
    have it. `sha256` and `size` are of the file; of one made in the background the bytes are kept
    until `kept_until`, this row for ever.
    """

    export = models.OneToOneField(Export, models.PROTECT, related_name="result")
    problem = models.TextField(blank=True, default="")
    name = models.CharField(max_length=150, blank=True, default="")
    content_type = models.CharField(max_length=100, blank=True, default="")
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    people = ArrayField(models.BigIntegerField(), default=list)
    kept_until = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("kết quả xuất dữ liệu")
        verbose_name_plural = _("kết quả xuất dữ liệu")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.name or self.problem

    def is_kept(self, *, at: datetime) -> bool:
        """Whether the file can still be had."""
        return self.kept_until is not None and at < self.kept_until


class ExportPart(models.Model):
    """A piece of an export's file (phần tệp xuất), in order; gone when its time is over."""

    export = models.ForeignKey(Export, models.PROTECT, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        verbose_name = _("phần tệp xuất")
        verbose_name_plural = _("phần tệp xuất")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["export", "number"], name="export_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.export_id}: {self.number}"


@pghistory.track(pghistory.InsertEvent())
class ExportDownload(models.Model):
    """Somebody got the file (tải tệp xuất)."""

    export = models.ForeignKey(Export, models.PROTECT, related_name="downloads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tải tệp xuất")
        verbose_name_plural = _("tải tệp xuất")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.export_id} {self.at:%d/%m/%Y %H:%M}"

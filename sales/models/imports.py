"""Files of lines that people bring: looked at, recorded as one batch, undone as one."""

from typing import ClassVar
from uuid import uuid4

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.jobs.models import Run
from sales.models.ledger import RecordingBatch
from sales.models.plans import SalesPlan


class ImportKind(models.TextChoices):
    ISSUES = "issues", _("giao vé")
    RETURNS = "returns", _("vé trả đã xác nhận")
    SALES = "sales", _("giao và trả")
    PAYMENTS = "payments", _("nộp tiền")
    AGENTS = "agents", _("đại lý mới")
    PLANS = "plans", _("kế hoạch năm")


class ImportState(models.TextChoices):
    WAITING = "waiting", _("chờ xem")
    RUNNING = "running", _("đang ghi")
    DONE = "done", _("đã ghi")
    UNDOING = "undoing", _("đang hoàn tác")
    UNDONE = "undone", _("đã hoàn tác")
    DISCARDED = "discarded", _("đã bỏ")


class ImportProfile(models.Model):
    """Which columns a sender's files have (cách đọc cột), kept from the last file an account recorded.

    Of each account its own: anybody may type any sender. `heads` are the headings of the file; `mapping`
    is field by heading.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sender = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=ImportKind.choices)
    heads = models.TextField()
    mapping = models.JSONField()

    class Meta:
        verbose_name = _("cách đọc cột")
        verbose_name_plural = _("cách đọc cột")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["by", "sender", "kind", "heads"], name="import_profile_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.kind}"


@pghistory.track(exclude=["content", "done", "total"])
class ImportFile(models.Model):
    """A file as it was brought, what is to be read in it, and what became of it (tệp nhập).

    `sheet` is the one that is read, `mapping` is field by column from 0, null until somebody chose; `constants` stand for columns
    the file does not have. `control_sum` is the sender's own total. `run` records or undoes it in the
    background: `done` of `total` steps, written from outside its transaction. `undo_by` asked for the undo.
    `content` goes after its term (`sales.imports.retention`); all else stays.
    """

    key = models.UUIDField(primary_key=True, default=uuid4)
    kind = models.CharField(_("loại"), max_length=10, choices=ImportKind.choices)
    sender = models.CharField(_("nơi gửi"), max_length=100)
    name = models.CharField(_("tệp"), max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    sheet = models.CharField(_("trang tính"), max_length=100, blank=True, default="")
    mapping = models.JSONField(null=True)
    constants = models.JSONField(default=dict)
    control_sum = models.BigIntegerField(_("tổng kiểm tra"), null=True)
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=ImportState.choices, default=ImportState.WAITING
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    line_count = models.PositiveIntegerField(_("số dòng"), default=0)
    batch = models.OneToOneField(RecordingBatch, models.PROTECT, null=True, related_name="+")
    undo_batch = models.OneToOneField(RecordingBatch, models.PROTECT, null=True, related_name="+")
    plan = models.OneToOneField(SalesPlan, models.PROTECT, null=True, related_name="+")
    undo_reason = models.CharField(_("lý do hoàn tác"), max_length=200, blank=True)
    undo_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tệp nhập bán vé")
        verbose_name_plural = _("tệp nhập bán vé")
        constraints: ClassVar = [
            # The same file is not recorded twice; undone, it may be brought again. An earlier plan
            # may be sent again: it becomes a new version.
            models.UniqueConstraint(
                name="import_file_recorded_once",
                fields=["kind", "sha256"],
                condition=Q(~Q(kind="plans"), state__in=["running", "done", "undoing"]),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-at"], name="import_file_at")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_going_on(self) -> bool:
        return self.state in (ImportState.RUNNING, ImportState.UNDOING)

"""What is due, who does it, and what became of it. PostgreSQL remembers; APScheduler only wakes us."""

from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CatchUp(models.TextChoices):
    ALL = "all", _("chạy bù mọi lần đã lỡ")
    LATEST = "latest", _("chỉ chạy bù lần gần nhất")
    SKIP = "skip", _("bỏ qua các lần đã lỡ")


class RunState(models.TextChoices):
    DUE = "due", _("chờ chạy")
    DOING = "doing", _("đang chạy")
    DONE = "done", _("đã xong")
    FAILED = "failed", _("hỏng")
    COALESCED = "coalesced", _("gộp vào lần sau")
    SKIPPED = "skipped", _("lỡ giờ, bỏ qua")


@pghistory.track(exclude=["materialised_until", "refill_at"])
class Schedule(models.Model):
    """A calendar of one kind of work (lịch chạy).

    `cron` is a crontab line with weekday NAMES ("30 7 * * mon"): APScheduler counts weekdays from
    Monday = 0, so numbers would silently mean another day. `rule` says the calendar in words instead
    (backend/jobs/rules.py); it is one or the other. `handler` is a short name of
    settings.JOB_HANDLERS. Occurrences after `materialised_until` have no Run yet (of a rule: only
    coming ones, made anew while the calendar of days may change); nothing needs to be looked at
    before `refill_at`.
    """

    code = models.SlugField(_("mã"), max_length=50, unique=True)
    name = models.CharField(_("tên"), max_length=100)
    handler = models.CharField(_("việc"), max_length=50)
    cron = models.CharField(_("lịch (cron)"), max_length=100, blank=True)
    rule = models.JSONField(_("lịch bằng lời"), default=dict, blank=True)
    timezone = models.CharField(_("múi giờ"), max_length=50, default="Asia/Ho_Chi_Minh")
    payload = models.JSONField(_("tham số"), default=dict, blank=True)
    enabled = models.BooleanField(_("đang bật"), default=True)
    catch_up = models.CharField(
        _("khi lỡ giờ"), max_length=10, choices=CatchUp.choices, default=CatchUp.LATEST
    )
    materialised_until = models.DateTimeField(editable=False)
    refill_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("lịch chạy")
        verbose_name_plural = _("lịch chạy")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="schedule_cron_or_rule",
                condition=Q(cron="", rule__has_key="every") | (~Q(cron="") & Q(rule={})),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RunQuerySet(models.QuerySet["Run"]):
    def coming(self) -> Self:
        """Runs still to start, the next one first."""
        return self.filter(state=RunState.DUE).order_by("due_at", "pk")


class Run(models.Model):
    """One due piece of work (lần chạy) and its history; never deleted with its schedule.

    `attempt` is the fencing token: an effect is only kept when its transaction still finds the
    attempt number it started with. `runnable_at` is `due_at`, later after a failure (back-off).
    """

    schedule = models.ForeignKey(
        Schedule, models.PROTECT, null=True, blank=True, verbose_name=_("lịch chạy")
    )
    handler = models.CharField(_("việc"), max_length=50)
    payload = models.JSONField(_("tham số"), default=dict, blank=True)
    due_at = models.DateTimeField(_("đến hạn lúc"))
    runnable_at = models.DateTimeField(_("chạy từ lúc"))
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=RunState.choices, default=RunState.DUE
    )
    claimed_by = models.CharField(_("tiến trình"), max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(_("lần thử"), default=0)
    late = models.BooleanField(_("muộn"), default=False)
    started_at = models.DateTimeField(_("bắt đầu lúc"), null=True, blank=True)
    finished_at = models.DateTimeField(_("kết thúc lúc"), null=True, blank=True)
    error = models.TextField(_("lỗi"), blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần chạy")
        verbose_name_plural = _("lần chạy")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="run_once_per_due_time"),
            models.CheckConstraint(
                name="run_doing_has_lease",
                condition=~Q(state=RunState.DOING) | Q(lease_until__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["runnable_at"],
                name="run_to_start",
                condition=Q(state__in=[RunState.DUE, RunState.DOING]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handler} {self.due_at:%Y-%m-%d %H:%M}"


class Heartbeat(models.Model):
    """The last sign of life of a background process (nhịp sống); `instance` is host:pid."""

    process = models.CharField(_("tiến trình"), max_length=50)
    instance = models.CharField(_("bản chạy"), max_length=100, unique=True)
    started_at = models.DateTimeField(_("bắt đầu lúc"))
    seen_at = models.DateTimeField(_("thấy lần cuối lúc"))

    class Meta:
        verbose_name = _("nhịp sống")
        verbose_name_plural = _("nhịp sống")

    def __str__(self) -> str:
        return f"{self.process} {self.instance}"

"""Conclusions of briefings, the tasks they make, and every step of a task."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from backend.mail.models import OutgoingMail
from backend.org.models import Department, Region, Site
from backend.promises import APPEND_ONLY
from reporting.models.briefings import LONGEST_TEXT, Briefing, one_of
from reporting.tasks.states import OPEN, State
from reporting.tasks.units import units_of


class Conclusion(models.Model):
    """What was decided (kết luận), with the line as it was typed. Append-only."""

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="conclusions")
    number = models.PositiveSmallIntegerField(_("số thứ tự"))
    text = models.TextField(_("kết luận"))
    line = models.TextField(_("dòng nhập"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("kết luận")
        verbose_name_plural = _("kết luận")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["briefing", "number"], name="conclusion_number_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.text[:80]


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the person's units, and those of briefings the person may see."""
        theirs = units_of(user)
        owned = TaskOwner.objects.filter(task=OuterRef("pk")).filter(theirs.owned())
        seen = Briefing.objects.visible_to(user).values("pk")
        return self.filter(Exists(owned) | Q(conclusion__briefing__in=seen))

    def open(self) -> Self:
        """Those that have no end yet, the most urgent first."""
        return self.filter(state__in=sorted(OPEN)).order_by("due_date", "pk")

    def overdue(self, on: date) -> Self:
        """Open, not even reported done, and past the last day."""
        return self.open().filter(due_date__lt=on).exclude(state=State.REPORTED)


class TaskState(models.TextChoices):
    """The values are those of `reporting.tasks.states`."""

    NEW = "new", _("mới giao")
    DOING = "doing", _("đang làm")
    REPORTED = "reported", _("báo xong, chờ xác nhận")
    CONFIRMED = "confirmed", _("đã xác nhận xong")
    CANCELLED = "cancelled", _("đã hủy")


class Task(models.Model):
    """What a conclusion asks of its units (nhiệm vụ được giao); how it stands after its last step.

    `kpi` names the figure that is to move, with its value of the last whole week at the decision
    (`kpi_first_date` to `kpi_last_date`); None where there was none.
    """

    conclusion = models.OneToOneField(Conclusion, models.PROTECT, related_name="task")
    first_due_date = models.DateField(_("hạn ban đầu"))
    due_date = models.DateField(_("hạn"))
    state = models.CharField(
        _("trạng thái"), max_length=9, choices=TaskState.choices, default=TaskState.NEW
    )
    percent = models.PositiveSmallIntegerField(_("tiến độ (%)"), default=0)
    changed_at = models.DateTimeField(_("bước gần nhất lúc"))
    kpi = models.CharField(_("chỉ tiêu"), max_length=20, blank=True)
    kpi_value = models.BigIntegerField(_("giá trị khi quyết định"), null=True)
    kpi_first_date = models.DateField(null=True)
    kpi_last_date = models.DateField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("nhiệm vụ")
        verbose_name_plural = _("nhiệm vụ")
        constraints: ClassVar = [
            models.CheckConstraint(name="task_percent", condition=Q(percent__lte=100)),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_date"], name="task_open", condition=Q(state__in=sorted(OPEN))
            ),
        ]

    def __str__(self) -> str:
        return str(self.conclusion)


class TaskOwner(models.Model):
    """A unit that does a task (đơn vị thực hiện): a department, a branch or a region. Append-only."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="owners")
    department = models.ForeignKey(Department, models.PROTECT, null=True)
    site = models.ForeignKey(Site, models.PROTECT, null=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True)
    is_lead = models.BooleanField(_("chủ trì"))

    class Meta:
        verbose_name = _("đơn vị thực hiện")
        verbose_name_plural = _("đơn vị thực hiện")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="task_owner_is_one", condition=one_of("department", "site", "region")
            ),
            models.UniqueConstraint(
                fields=["task", "department", "site", "region"],
                name="task_owner_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["task"], condition=Q(is_lead=True), name="task_one_lead"
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return str(self.unit)

    @property
    def unit(self) -> Department | Site | Region:
        found = self.department or self.site or self.region
        assert found is not None  # noqa: S101 - the table's constraint says so
        return found


class TaskProgress(models.Model):
    """A step of a task (tiến độ): the whole of how it stands after it. Append-only."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    state = models.CharField(_("trạng thái"), max_length=9, choices=TaskState.choices)
    percent = models.PositiveSmallIntegerField(_("tiến độ (%)"))
    due_date = models.DateField(_("hạn"))
    note = models.TextField(_("nội dung"), blank=True, max_length=LONGEST_TEXT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tiến độ nhiệm vụ")
        verbose_name_plural = _("tiến độ nhiệm vụ")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "number"], name="task_step_once"),
            models.CheckConstraint(name="task_step_percent", condition=Q(percent__lte=100)),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.task_id}.{self.number} {self.state}"


class TaskFile(models.Model):
    """Evidence of a step (tệp minh chứng). Append-only."""

    progress = models.ForeignKey(TaskProgress, models.PROTECT, related_name="files")
    name = models.CharField(_("tên tệp"), max_length=200)
    content_type = models.CharField(max_length=50)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()

    class Meta:
        verbose_name = _("tệp minh chứng")
        verbose_name_plural = _("tệp minh chứng")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.name


class TaskReminder(models.Model):
    """Somebody was reminded of tasks on a day (nhắc nhiệm vụ), once a day at most. Append-only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on = models.DateField()
    tasks = models.JSONField()
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("nhắc nhiệm vụ")
        verbose_name_plural = _("nhắc nhiệm vụ")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "on"], name="task_reminder_once_a_day"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.user_id} {self.on:%d/%m/%Y}"


class TaskAlarm(models.Model):
    """A reminder of tasks came back (thư nhắc nhiệm vụ bị trả lại): who was told of it, once. Append-only.

    `told` set a task of it, or keeps its briefing; nobody where none of them can be reached.
    """

    reminder = models.ForeignKey(TaskReminder, models.PROTECT, related_name="alarms")
    told = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("báo động thư nhắc nhiệm vụ")
        verbose_name_plural = _("báo động thư nhắc nhiệm vụ")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reminder", "told"], name="task_alarm_once", nulls_distinct=False
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.reminder_id} → {self.told_id}"
